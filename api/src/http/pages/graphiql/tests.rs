//! The routes as a browser asks for them, with whichever files this build embeds.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::response::Response;

use super::super::test_tools::{ask, header_of, ingrid, text};
use super::*;

async fn get_path(path: &str) -> Response {
    ask(routes(), path, &[]).await
}

fn demo() -> Router {
    routes_of_demo(Arc::new(|| vec![ingrid()]))
}

async fn page_text() -> String {
    text(get_path("/graphiql").await).await
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
    let scripts = policy.split(';').find(|rule| rule.contains("script-src"));
    assert_eq!(scripts.map(str::trim), Some("script-src 'self'"));
    assert!(!policy.contains("//"), "{policy}");
}

#[tokio::test]
async fn every_file_of_the_page_is_served_with_its_type() {
    let page = page_text().await;
    let assets = own_assets(&page);
    let expected = if source() == Source::Bundled { 2 } else { 0 };
    assert_eq!(assets.len(), expected, "{page}");
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
        assert!(cache.contains("immutable"), "{cache}");
        assert_eq!(header_of(&response, "content-encoding"), "gzip");
        let body = to_bytes(response.into_body(), 16 << 20).await;
        assert!(body.expect("a body").starts_with(&[0x1f, 0x8b]), "{asset}");
    }
}

#[tokio::test]
async fn the_page_names_no_other_host() {
    assert!(!page_text().await.contains("//"));
}

#[tokio::test]
async fn a_page_without_its_bundle_says_what_is_missing() {
    if source() == Source::Missing {
        assert!(page_text().await.contains("npm"));
    }
}

#[tokio::test]
async fn a_server_that_is_no_demo_has_no_sample_users() {
    assert!(!page_text().await.contains(r#"name="regie-people""#));
    for path in ["/graphiql/people", "/graphiql/assets/people"] {
        assert_eq!(
            get_path(path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_demos_page_has_its_sample_users_from_its_own_server() {
    if source() == Source::Bundled {
        let page = text(ask(demo(), "/graphiql", &[]).await).await;
        assert!(
            page.contains(r#"name="regie-people" content="graphiql/people""#),
            "{page}"
        );
        assert!(!page.contains("a.token"), "{page}");
    }
    for headers in [&[][..], &[("sec-fetch-site", "same-origin")]] {
        let response = ask(demo(), "/graphiql/people", headers).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header_of(&response, "cache-control"), "no-store");
        let people = text(response).await;
        assert!(people.contains("a.token.of-ingrid"), "{people}");
    }
}

#[tokio::test]
async fn sample_users_are_neither_for_other_sites_nor_for_proxies() {
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "http://localhost:3000"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "desk.example"),
        ("forwarded", "for=192.0.2.1"),
        ("via", "1.1 proxy"),
    ] {
        let response = ask(demo(), "/graphiql/people", &[header]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header:?}");
        assert_eq!(text(response).await, "", "{header:?}");
    }
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
