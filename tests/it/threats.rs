//! SECURITY.md against the tests that there are: each threat has a number, a stop, and tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

use crate::listed;

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
        let tests: Vec<&str> = cells[4].split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            faults.push(format!("{number} is shown by no test"));
        }
        for test in tests {
            let found = test.split_once("::").is_some_and(|(file, name)| {
                match file.strip_prefix("tests/it/") {
                    Some(file) => listed::has(file, name),
                    None => listed::is_in(&root().join(file), name),
                }
            });
            if !found {
                faults.push(format!("{number}: there is no test {test}"));
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
| 1 | a | b | c | `tests/it/threats.rs::every_threat_has_a_stop_and_tests_that_exist` |
| 2 | a | b | | `tests/it/threats.rs::every_threat_has_a_stop_and_tests_that_exist` |
| 4 | a | b | c | `tests/it/threats.rs::gone`, `nowhere.rs::faults` |
| 5 | a | b | c | `tests/it/threats.rs::faults` |
| 6 | a | b | c | by reading it |
";
    assert_eq!(
        faults(document),
        [
            "2 says not all of it",
            "4 follows 2",
            "4: there is no test tests/it/threats.rs::gone",
            "4: there is no test nowhere.rs::faults",
            "5: there is no test tests/it/threats.rs::faults",
            "6 is shown by no test",
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
