//! What depends on what, by reading the sources: rules that the compiler does not hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file under a folder of the workspace, with its path from there.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} holds no sources");
    let relative = |path: &PathBuf| {
        path.strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/")
    };
    found
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The code of a file: without comments, and without the tests at its end.
fn code(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The files under a folder, tests aside, whose code has one of these words.
fn users(folder: &str, words: &[&str]) -> Vec<String> {
    let files = sources(folder)
        .into_iter()
        .filter(|(path, _)| !is_test(path));
    let uses = |(path, source): (String, String)| {
        let code = code(&source);
        let word = words.iter().find(|word| code.contains(*word))?;
        Some(format!("{path}: {word}"))
    };
    files.filter_map(uses).collect()
}

fn only_in(users: &[String], folders: &[&str]) {
    let strangers: Vec<_> = users
        .iter()
        .filter(|user| !folders.iter().any(|folder| user.starts_with(folder)))
        .collect();
    assert!(strangers.is_empty(), "only {folders:?} may: {strangers:#?}");
    assert!(
        !users.is_empty(),
        "nobody does, so this rule looks at the wrong words"
    );
}

#[test]
fn the_domain_knows_no_database_no_transport_no_runtime_and_no_clock() {
    let words = [
        "sea_orm",
        "sqlx",
        "async_graphql",
        "axum",
        "tokio",
        "reqwest",
        "futures_util",
        "async fn",
        ".await",
        "Utc::now",
        "SystemTime",
        "Instant::now",
        "std::fs",
        "std::env",
        "std::net",
        "rand::",
        "crate::app",
        "crate::auth",
        "crate::board",
        "crate::graphql",
        "crate::http",
        "crate::live",
        "crate::store",
    ];
    let users = users("api/src/domain", &words);
    assert!(users.is_empty(), "{users:#?}");
}

#[test]
fn only_authentication_makes_a_viewer() {
    let users = users("api/src", &["of_verified_token("]);
    only_in(&users, &["api/src/auth/", "api/src/domain/viewer.rs"]);
}

#[test]
fn only_the_store_sees_rows_and_the_database() {
    only_in(&users("api/src", &["entity::tables"]), &["api/src/store/"]);
    only_in(&users("api/src", &["sea_orm", "sqlx"]), &["api/src/store/"]);
    let binary = users("src", &["entity::tables", "sea_orm::", "sqlx"]);
    assert!(binary.is_empty(), "{binary:#?}");
}

#[test]
fn no_library_gets_the_databases_url() {
    // The address is read in one place; what opens a connection gets what was read.
    let users = users("api/src", &["ConnectOptions::new("]);
    only_in(&users, &["api/src/store/address.rs"]);
}

#[test]
fn there_is_one_clock() {
    let words = ["Utc::now", "Local::now", "SystemTime::now"];
    // The command line has no server whose clock it could ask.
    only_in(&users("api/src", &words), &["api/src/clock.rs"]);
    only_in(&users("src", &words), &["src/commands/"]);
}

#[test]
fn only_resolvers_and_transports_know_graphql_and_http() {
    only_in(
        &users("api/src", &["async_graphql"]),
        // The fuzz targets give the gate what a transport would.
        &["api/src/graphql/", "api/src/http/", "api/src/fuzzing.rs"],
    );
    only_in(&users("api/src", &["axum"]), &["api/src/http/"]);
}

#[test]
fn lower_layers_do_not_know_upper_ones() {
    for (folder, upper) in [
        (
            "api/src/store",
            ["crate::graphql", "crate::http", "crate::app", "crate::live"],
        ),
        (
            "api/src/board",
            ["crate::graphql", "crate::http", "crate::app", "crate::live"],
        ),
        (
            "api/src/auth",
            [
                "crate::graphql",
                "crate::http",
                "crate::app",
                "crate::store",
            ],
        ),
        (
            "api/src/graphql",
            ["crate::http", "sea_orm", "entity::tables", "axum"],
        ),
        (
            "api/src/sentiment",
            [
                "crate::graphql",
                "crate::http",
                "crate::app",
                "crate::store",
            ],
        ),
    ] {
        let users = users(folder, &upper);
        assert!(users.is_empty(), "{users:#?}");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["api/src", "entity/src", "migration/src", "src", "tests/it"] {
        for (path, source) in sources(folder) {
            assert!(
                source.starts_with("//!"),
                "{path} does not say what it is for"
            );
        }
    }
}
