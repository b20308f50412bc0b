//! The fallback of a build without npm: GraphiQL from pinned files on a public CDN.
//!
//! Every file carries the hash of what its npm package holds, so a browser runs exactly these
//! bytes or none. It is the last GraphiQL that exists as one script; the bundled one is newer.

/// One file that the browser loads from elsewhere.
pub(super) struct File {
    /// Where it lies, version included.
    pub(super) url: &'static str,
    integrity: &'static str,
}

const fn file(url: &'static str, integrity: &'static str) -> File {
    File { url, integrity }
}

/// The style sheet of GraphiQL.
pub(super) const STYLE: File = file(
    "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/graphiql.min.css",
    "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
);

/// The scripts, in the order in which they need each other.
pub(super) const SCRIPTS: [File; 4] = [
    file(
        "https://cdn.jsdelivr.net/npm/react@18.3.1/umd/react.production.min.js",
        "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    file(
        "https://cdn.jsdelivr.net/npm/react-dom@18.3.1/umd/react-dom.production.min.js",
        "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    file(
        "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/graphiql.min.js",
        "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    ),
    file(
        "https://cdn.jsdelivr.net/npm/graphql-ws@5.16.2/umd/graphql-ws.min.js",
        "sha384-+EVxFEOpy8LWPRQcpntm0FKN2O+BzrMNSL0G3HIgVWFmeb6xqZqjuLivrQUTXZKi",
    ),
];

/// The tags for the page's head: the pinned files, then the page's own.
pub(super) fn tags() -> String {
    let style = format!(
        r#"<link rel="stylesheet" crossorigin="anonymous" href="{}" integrity="{}">"#,
        STYLE.url, STYLE.integrity
    );
    let own_style = r#"<link rel="stylesheet" href="graphiql/assets/regie.css">"#.to_owned();
    let scripts = SCRIPTS.iter().map(|File { url, integrity }| {
        format!(
            r#"<script defer crossorigin="anonymous" src="{url}" integrity="{integrity}"></script>"#
        )
    });
    let own_script = r#"<script type="module" src="graphiql/assets/cdn.js"></script>"#.to_owned();
    let tags: Vec<String> = [style, own_style]
        .into_iter()
        .chain(scripts)
        .chain([own_script])
        .collect();
    tags.join("\n    ")
}

/// The words for exactly these scripts in the policy's `script-src`.
pub(super) fn script_sources() -> String {
    SCRIPTS.map(|file| file.url).join(" ")
}

#[cfg(test)]
mod tests {
    use base64::Engine;

    use super::*;

    #[test]
    fn every_file_has_a_version_and_a_hash_of_full_length() {
        for File { url, integrity } in SCRIPTS.iter().chain([&STYLE]) {
            let hash = integrity.strip_prefix("sha384-").expect("a sha384 hash");
            let bytes = base64::prelude::BASE64_STANDARD
                .decode(hash)
                .expect("base64");
            assert_eq!(bytes.len(), 48, "{url}");
            assert!(url.starts_with("https://"), "{url}");
            let version = url
                .split('@')
                .nth(1)
                .and_then(|rest| rest.split('/').next());
            assert_eq!(version.expect("a version").split('.').count(), 3, "{url}");
        }
    }

    #[test]
    fn the_tags_name_every_file_with_its_hash() {
        let tags = tags();
        for File { url, integrity } in SCRIPTS.iter().chain([&STYLE]) {
            assert!(
                tags.contains(&format!(r#""{url}" integrity="{integrity}""#)),
                "{tags}"
            );
        }
    }
}
