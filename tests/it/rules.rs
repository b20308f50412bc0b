//! docs/rules.md against the sources: each rule has a number of its own and tests that exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the table's files stand, by how they begin.
const FOLDERS: [(&str, &str); 3] = [
    ("domain/", "crates/domain/src/tests/"),
    ("words/", "crates/domain/src/sentiment/"),
    ("scorer/", "crates/sentiment/src/"),
];

/// The sections that the table covers.
const SECTIONS: [u32; 7] = [2, 3, 4, 5, 6, 7, 8];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A row: the rule's number, and its tests as the table names them.
struct Row {
    number: (u32, u32),
    tests: Vec<String>,
}

fn number(cell: &str) -> Option<(u32, u32)> {
    let (section, rule) = cell.trim().split_once('.')?;
    Some((section.parse().ok()?, rule.parse().ok()?))
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

fn rows(document: &str) -> Vec<Row> {
    let lines = document.lines().filter(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let number = number(cells[0])?;
        let tests = quoted(cells.last()?);
        Some(Row { number, tests })
    };
    lines.filter_map(row).collect()
}

/// The file that a test's name in the table stands for.
fn file(name: &str) -> PathBuf {
    let folder = FOLDERS.iter().find(|(short, _)| name.starts_with(short));
    match folder {
        Some((short, folder)) => root().join(folder).join(&name[short.len()..]),
        None => root().join("tests/it").join(name),
    }
}

/// What is wrong with the table, line by line.
fn faults(document: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sources = BTreeMap::new();
    let mut last = (0, 0);
    for Row { number, tests } in rows(document) {
        let (section, rule) = number;
        if number <= last {
            faults.push(format!("{section}.{rule} stands twice, or out of order"));
        }
        last = number;
        if tests.is_empty() {
            faults.push(format!("{section}.{rule} has no test"));
        }
        for test in tests {
            let Some((path, name)) = test.split_once("::") else {
                faults.push(format!("{section}.{rule}: {test} names no test"));
                continue;
            };
            let source = sources
                .entry(path.to_owned())
                .or_insert_with(|| fs::read_to_string(file(path)).unwrap_or_default());
            if !source.contains(&format!("fn {name}(")) {
                faults.push(format!("{section}.{rule}: there is no {test}"));
            }
        }
    }
    faults
}

#[test]
fn every_rule_has_tests_and_every_test_that_a_rule_names_exists() {
    let document = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let faults = faults(&document);
    assert!(faults.is_empty(), "docs/rules.md:\n{}", faults.join("\n"));
    for section in SECTIONS {
        let has = |row: &Row| row.number.0 == section;
        assert!(rows(&document).iter().any(has), "section {section}");
    }
}

#[test]
fn a_rule_without_a_test_and_a_test_that_is_not_there_are_found() {
    let document = "
| Rule | What it says | Stated by |
|---|---|---|
| 2.1 | fine | `rules.rs::a_rule_without_a_test_and_a_test_that_is_not_there_are_found` |
| 2.2 | nobody holds it | |
| 2.3 | gone | `rules.rs::gone`, `domain/nowhere.rs::gone` |
| 2.3 | twice | `rules.rs` |
";
    assert_eq!(
        faults(document),
        [
            "2.2 has no test",
            "2.3: there is no rules.rs::gone",
            "2.3: there is no domain/nowhere.rs::gone",
            "2.3 stands twice, or out of order",
            "2.3: rules.rs names no test",
        ]
    );
}
