//! SECURITY.md against the sources: each threat has a number, a stop, and tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is wrong with the table of threats, line by line.
fn faults(document: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut last = 0;
    for line in document.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Ok(number) = cells[0].parse::<u32>() else {
            continue;
        };
        if number != last + 1 {
            faults.push(format!("{number} follows {last}"));
        }
        last = number;
        if cells.len() != 5 || cells.iter().any(|cell| cell.is_empty()) {
            faults.push(format!("{number} says not all of it"));
            continue;
        }
        for test in cells[4].split('`').skip(1).step_by(2) {
            let found = test.split_once("::").is_some_and(|(file, name)| {
                let source = fs::read_to_string(root().join(file)).unwrap_or_default();
                source.contains(&format!("fn {name}("))
            });
            if !found {
                faults.push(format!("{number}: there is no {test}"));
            }
        }
    }
    if last == 0 {
        faults.push("there is no threat".to_owned());
    }
    faults
}

#[test]
fn every_threat_has_a_stop_and_tests_that_exist() {
    let document = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let faults = faults(&document);
    assert!(faults.is_empty(), "SECURITY.md:\n{}", faults.join("\n"));
}

#[test]
fn a_threat_without_a_stop_and_a_test_that_is_not_there_are_found() {
    let document = "
| # | Who | What | Stop | Shown by |
|---|---|---|---|---|
| 1 | a | b | c | `tests/it/threats.rs::faults` |
| 2 | a | b | | `tests/it/threats.rs::faults` |
| 4 | a | b | c | `tests/it/threats.rs::gone`, `nowhere.rs::faults` |
";
    assert_eq!(
        faults(document),
        [
            "2 says not all of it",
            "4 follows 2",
            "4: there is no tests/it/threats.rs::gone",
            "4: there is no nowhere.rs::faults",
        ]
    );
    assert_eq!(faults(""), ["there is no threat"]);
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate_that_is_shipped() {
    let manifest = |folder: &str| -> String {
        let path: PathBuf = root().join(folder).join("Cargo.toml");
        fs::read_to_string(path).unwrap()
    };
    assert!(manifest("").contains("unsafe_code = \"forbid\""));
    for folder in ["", "api", "entity", "migration"] {
        let inherits = manifest(folder).contains("[lints]\nworkspace = true");
        assert!(inherits, "{folder} has lints of its own");
    }
}
