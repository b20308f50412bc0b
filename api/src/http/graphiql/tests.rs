//! The routes as a browser asks for them, with whichever files this build embeds.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

use super::*;

async fn get_path(path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    routes::<()>().oneshot(request).await.expect("an answer")
}

async fn page_text() -> String {
    let body = to_bytes(get_path("/graphiql").await.into_body(), 1 << 20)
        .await
        .expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The addresses in the page that belong to this server.
fn own_assets(page: &str) -> Vec<String> {
    page.split('"')
        .filter(|part| part.starts_with("graphiql/assets/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_page_is_html_that_nobody_may_frame_or_sniff() {
    let response = get_path("/graphiql").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header_of(&response, "content-type"),
        "text/html; charset=utf-8"
    );
    assert_eq!(header_of(&response, "x-frame-options"), "DENY");
    assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header_of(&response, "referrer-policy"), "no-referrer");
    assert_eq!(header_of(&response, "cache-control"), "no-cache");
    let policy = header_of(&response, "content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-eval"), "{policy}");
}

#[tokio::test]
async fn every_file_of_the_page_is_served_with_its_type() {
    let page = page_text().await;
    assert!(!page.contains(FILES_HERE));
    let assets = own_assets(&page);
    assert_eq!(assets.len(), 2, "{page}");
    for asset in assets {
        let response = get_path(&format!("/{asset}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{asset}");
        let expected = match asset.rsplit('.').next() {
            Some("css") => "text/css",
            _ => "text/javascript",
        };
        let kind = format!("{expected}; charset=utf-8");
        assert_eq!(header_of(&response, "content-type"), kind, "{asset}");
        assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
        let cache = header_of(&response, "cache-control");
        assert_eq!(
            cache.contains("immutable"),
            source() == Source::Bundled,
            "{cache}"
        );
        let body = to_bytes(response.into_body(), 16 << 20)
            .await
            .expect("a body");
        let compressed = body.starts_with(&[0x1f, 0x8b]);
        assert_eq!(compressed, source() == Source::Bundled, "{asset}");
    }
}

#[tokio::test]
async fn a_bundled_page_names_no_other_host() {
    if source() == Source::Bundled {
        assert!(!page_text().await.contains("//"));
        assert!(!policy(Source::Bundled).contains("//"));
    }
}

#[test]
fn the_fallback_lets_in_its_pinned_files_and_no_other() {
    let policy = policy(Source::Cdn);
    let allowed: Vec<&str> = policy
        .split([' ', ';'])
        .filter(|word| word.starts_with("https:"))
        .collect();
    let pinned: Vec<&str> = cdn::SCRIPTS
        .iter()
        .chain([&cdn::STYLE])
        .map(|file| file.url)
        .collect();
    assert_eq!(allowed, pinned);
}

#[tokio::test]
async fn unknown_files_and_the_bare_template_are_not_found() {
    for path in [
        "/graphiql/assets/index.html",
        "/graphiql/assets/nothing.js",
        "/graphiql/assets/../page",
    ] {
        assert_eq!(
            get_path(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_trailing_slash_leads_to_the_page() {
    let response = get_path("/graphiql/").await;
    assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header_of(&response, "location"), "../graphiql");
}
