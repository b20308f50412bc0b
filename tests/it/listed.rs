//! The tests that there are: those of this binary as its own harness lists them, those of other crates by their source,
//! since no binary has the tests of another.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::harness::Database;

/// The tests of this binary, each with the path of its module. `.ci/run` runs all of them, also those that are ignored
/// where a server or a filesystem of their own is not asked for.
static LISTED: LazyLock<BTreeSet<String>> = LazyLock::new(|| list(&[]));

/// Those of them that are run only where they are asked for.
static IGNORED: LazyLock<BTreeSet<String>> = LazyLock::new(|| list(&["--ignored"]));

fn list(which: &[&str]) -> BTreeSet<String> {
    let mut listing = Command::new(std::env::current_exe().unwrap());
    let listing = listing.args(["--list", "--format", "terse"]).args(which);
    let text = String::from_utf8(listing.output().unwrap().stdout).unwrap();
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    names.map(str::to_owned).collect()
}

/// Whether this is a test that `cargo test` runs on a machine with no server.
pub fn is_run_without_a_server(test: &str) -> bool {
    LISTED.contains(test) && !IGNORED.contains(test)
}

/// Whether there is a test of this name in this file of `tests/it`.
pub fn has(file: &str, name: &str) -> bool {
    let module = file.strip_suffix(".rs").unwrap_or(file);
    let module = module.strip_suffix("/mod").unwrap_or(module);
    let path = format!("{}::{name}", module.replace('/', "::"));
    LISTED.contains(&path)
}

/// Whether a source of another crate has a test of this name that is run whenever tests are.
pub fn is_in(source: &Path, name: &str) -> bool {
    let source = std::fs::read_to_string(source).unwrap_or_default();
    is_run(&source, name)
}

/// Whether this source has a test of this name that is run whenever tests are.
fn is_run(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let begins = [format!("fn {name}("), format!("async fn {name}(")];
    let begins = |line: &&str| begins.iter().any(|begins| line.starts_with(begins));
    let Some(at) = lines.iter().position(begins) else {
        return false;
    };
    let above = lines[..at].iter().rev();
    let attributes: Vec<_> = above.take_while(|line| line.starts_with("#[")).collect();
    let has = |begins: &str| attributes.iter().any(|line| line.starts_with(begins));
    (has("#[test]") || has("#[tokio::test")) && !has("#[ignore") && !has("#[cfg")
}

#[test]
fn a_test_of_this_binary_is_found_by_file_and_name_and_nothing_else_is() {
    let me = "a_test_of_this_binary_is_found_by_file_and_name_and_nothing_else_is";
    assert!(has("listed.rs", me));
    assert!(!has("rules.rs", me) && !has("listed.rs", "is_run") && !has("nowhere.rs", me));
}

#[tokio::test]
#[should_panic(expected = "needs PostgreSQL and is not ignored")]
async fn a_test_that_needs_a_server_is_not_run_without() {
    Database::postgres().await;
}

#[test]
fn a_test_that_is_left_out_is_none() {
    for (attributes, run) in [
        ("#[test]", true),
        (
            "#[tokio::test(flavor = \"multi_thread\")]\n    #[allow(unused)]",
            true,
        ),
        ("#[test]\n#[ignore = \"slow\"]", false),
        ("#[ignore]\n#[tokio::test]", false),
        ("#[test]\nfn other() {}\n", false),
        ("", false),
    ] {
        let source = format!("{attributes}\nasync fn it_holds() {{}}\n");
        assert_eq!(is_run(&source, "it_holds"), run, "{attributes}");
        assert!(!is_run(&source, "it"));
    }
}
