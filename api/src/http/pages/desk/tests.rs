//! The routes as a browser asks for them, with whichever files this build embeds.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::Response;

use super::super::test_tools::{ask, header_of, ingrid, text};
use super::*;

async fn get_path(path: &str) -> Response {
    ask(routes(&DeskOptions::default()), path, &[]).await
}

fn demo() -> Router {
    routes_of_demo(&DeskOptions::default(), Arc::new(|| vec![ingrid()]))
}

#[tokio::test]
async fn the_page_loads_from_its_own_server_alone() {
    let response = get_path("/").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header_of(&response, "content-security-policy"),
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
         media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-cache"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(header_of(&response, name), value, "{name}");
    }
    let page = text(response).await;
    assert!(!page.contains("//"), "{page}");
    assert!(
        !page.contains("<style") && !page.contains("style="),
        "{page}"
    );
}

#[tokio::test]
async fn every_file_of_the_page_is_served_with_its_type() {
    let page = text(get_path("/").await).await;
    let files: Vec<_> = page
        .split('"')
        .filter(|part| part.starts_with("desk/assets/"))
        .collect();
    let of_kind = |kind: &str| files.iter().filter(|file| file.ends_with(kind)).count();
    if source() == Source::Bundled {
        assert_eq!((of_kind(".css"), of_kind(".svg")), (1, 1), "{page}");
        // The page's own, and what it shares with those that are loaded later.
        assert!(of_kind(".js") >= 1, "{page}");
        assert_eq!(of_kind(".js") + 2, files.len(), "{page}");
    } else {
        assert_eq!(files, [""; 0], "{page}");
    }
    for file in files {
        let response = get_path(&format!("/{file}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{file}");
        let kind = match file.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/javascript; charset=utf-8",
        };
        assert_eq!(header_of(&response, "content-type"), kind, "{file}");
        assert_eq!(header_of(&response, "content-encoding"), "gzip");
        let cache = header_of(&response, "cache-control");
        assert!(cache.contains("immutable"), "{cache}");
    }
}

#[tokio::test]
async fn a_page_without_its_bundle_says_what_is_missing() {
    if source() == Source::Missing {
        assert!(text(get_path("/").await).await.contains("npm"));
    }
}

#[tokio::test]
async fn media_of_the_named_origins_are_shown_and_of_no_other() {
    let origins = ["https://media.example", "https://cdn.example:8443"];
    let options = DeskOptions {
        attachment_origins: origins.map(HeaderValue::from_static).to_vec(),
        sign_in: None,
    };
    let response = ask(routes(&options), "/", &[]).await;
    let policy = header_of(&response, "content-security-policy").to_owned();
    for directive in ["img-src", "media-src"] {
        let all = "'self' https://media.example https://cdn.example:8443";
        assert!(policy.contains(&format!("{directive} {all};")), "{policy}");
    }
    assert_eq!(policy.matches("https://").count(), 4, "{policy}");
    if source() == Source::Bundled {
        let page = text(response).await;
        let named = r#"content="https://media.example https://cdn.example:8443""#;
        assert!(page.contains(named), "{page}");
    }
}

#[tokio::test]
async fn the_page_reaches_the_issuer_where_people_sign_in_and_nobody_else() {
    let sign_in = SignIn::new(
        "https://sso.example/realms/desk",
        "regie-desk".to_owned(),
        "openid".to_owned(),
        BTreeMap::new(),
    );
    assert!(sign_in.is_some());
    let options = DeskOptions {
        attachment_origins: Vec::new(),
        sign_in,
    };
    let response = ask(routes(&options), "/", &[]).await;
    let policy = header_of(&response, "content-security-policy").to_owned();
    assert!(
        policy.contains("connect-src 'self' https://sso.example;"),
        "{policy}"
    );
    assert_eq!(policy.matches("https://").count(), 1, "{policy}");
    if source() == Source::Bundled {
        let page = text(response).await;
        assert!(
            page.contains("&quot;https://sso.example/realms/desk&quot;"),
            "{page}"
        );
        assert!(page.contains("&quot;regie-desk&quot;"), "{page}");
    }
    assert!(!text(get_path("/").await).await.contains("regie-sign-in"));
}

#[tokio::test]
async fn a_demos_page_has_its_sample_users_and_no_other_page_has_any() {
    if source() == Source::Bundled {
        let page = text(ask(demo(), "/", &[]).await).await;
        let named = r#"name="regie-people" content="desk/people""#;
        assert!(page.contains(named), "{page}");
        assert!(!page.contains("a.token"), "{page}");
    }
    let own = ask(demo(), "/desk/people", &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(header_of(&own, "cache-control"), "no-store");
    assert!(text(own).await.contains("a.token.of-ingrid"));
    let other = ask(demo(), "/desk/people", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    assert!(!text(get_path("/").await).await.contains("regie-people"));
    let none = get_path("/desk/people").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn unknown_files_and_the_bare_template_are_not_found() {
    for path in ["/desk/assets/index.html", "/desk/assets/nothing.js"] {
        let response = get_path(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
