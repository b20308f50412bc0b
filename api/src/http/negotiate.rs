//! Which media type the client wants, and which one it sent.

use axum::http::{HeaderMap, HeaderValue, header};

/// The media types that `/graphql` answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: well-formed requests get 200, whatever came of them.
    Json,
    /// `application/graphql-response+json`: the status says what came of the request.
    GraphQlResponse,
    /// `text/event-stream`: results as they come.
    EventStream,
}

impl MediaType {
    const ALL: [Self; 3] = [Self::GraphQlResponse, Self::Json, Self::EventStream];

    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        })
    }

    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("application", "json"),
            Self::GraphQlResponse => ("application", "graphql-response+json"),
            Self::EventStream => ("text", "event-stream"),
        }
    }

    /// How closely the range names this type; none when it does not have it.
    fn specificity(self, range: &str) -> Option<u8> {
        let (main, sub) = range.split_once('/')?;
        let (own_main, own_sub) = self.parts();
        if main == "*" && sub == "*" {
            return Some(0);
        }
        if !main.eq_ignore_ascii_case(own_main) {
            return None;
        }
        if sub == "*" {
            return Some(1);
        }
        sub.eq_ignore_ascii_case(own_sub).then_some(2)
    }
}

/// One range of an `Accept` header.
struct Range<'a> {
    range: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let quality = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, value)| thousandths(value.trim()));
        Self { range, quality }
    }
}

/// A quality value; one that cannot be read counts as zero.
fn thousandths(value: &str) -> u16 {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().unwrap_or(0);
    match whole {
        "0" => fraction,
        "1" if fraction == 0 => 1000,
        _ => 0,
    }
}

/// The media type to answer in; none when the client accepts none of ours.
///
/// The highest quality wins, then the range that names the type most closely, so that `*/*` beside
/// a named type does not outdo it. A bare `*/*` or no header means `application/json`, as the
/// GraphQL-over-HTTP specification asks; an event stream has to be named.
pub(super) fn accepted(headers: &HeaderMap) -> Option<MediaType> {
    let values = headers.get_all(header::ACCEPT);
    let mut texts = values.iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<Range<'_>> = texts
        .by_ref()
        .flat_map(|text| text.split(','))
        .filter(|text| !text.trim().is_empty())
        .map(Range::parse)
        .collect();
    if ranges.is_empty() {
        return Some(MediaType::Json);
    }
    let rank = |media: MediaType| {
        let (specificity, quality) = ranges
            .iter()
            .filter_map(|range| Some((media.specificity(range.range)?, range.quality)))
            .max()?;
        let named = specificity == 2 || (specificity == 1 && media != MediaType::EventStream);
        let by_wildcard = media == MediaType::Json;
        (quality > 0 && (named || by_wildcard)).then_some((quality, specificity))
    };
    let mut best: Option<((u16, u8), MediaType)> = None;
    for media in MediaType::ALL {
        if let Some(rank) = rank(media)
            && best.is_none_or(|(highest, _)| rank > highest)
        {
            best = Some((rank, media));
        }
    }
    best.map(|(_, media)| media)
}

/// Whether the body is declared as `application/json`, in UTF-8.
pub(super) fn is_json_body(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(text) = value.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"))
        && parts
            .filter_map(|parameter| parameter.split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
            .all(|(_, charset)| {
                let charset = charset.trim().trim_matches('"');
                charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
            })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, text.parse().unwrap());
        accepted(&headers)
    }

    #[test]
    fn the_type_that_the_client_prefers_is_chosen() {
        use MediaType::{EventStream, GraphQlResponse, Json};
        for (text, expected) in [
            ("application/json", Json),
            ("application/graphql-response+json", GraphQlResponse),
            ("Application/GraphQL-Response+JSON", GraphQlResponse),
            ("*/*", Json),
            ("application/*", GraphQlResponse),
            ("application/json, text/plain, */*", Json),
            ("application/graphql-response+json, */*", GraphQlResponse),
            (
                "application/json, application/graphql-response+json",
                GraphQlResponse,
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                GraphQlResponse,
            ),
            (
                "application/graphql-response+json;q=0.8, application/json;q=0.9",
                Json,
            ),
            ("application/graphql-response+json;q=0, */*", Json),
            ("application/json; charset=utf-8", Json),
            ("text/html, */*;q=0.1", Json),
            ("text/event-stream", EventStream),
            ("text/event-stream, application/json;q=0.5", EventStream),
            ("", Json),
        ] {
            assert_eq!(accept(text), Some(expected), "{text}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Some(Json));
    }

    #[test]
    fn a_client_that_wants_something_else_gets_nothing() {
        for text in [
            "text/html",
            "text/*",
            "application/xml, image/*",
            "application/json;q=0",
            "*/*;q=0",
            "json",
            "application/json;q=2",
        ] {
            assert_eq!(accept(text), None, "{text}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        for (text, expected) in [
            ("application/json", true),
            ("APPLICATION/JSON; Charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/graphql", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, text.parse().unwrap());
            assert_eq!(is_json_body(&headers), expected, "{text}");
        }
        assert!(!is_json_body(&HeaderMap::new()));
    }
}
