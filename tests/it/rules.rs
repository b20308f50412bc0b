//! docs/rules.md against docs/domain.md and the tests that there are: each section is covered, each rule has a
//! number of its own and tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

use crate::listed;

/// Where the table's files stand, by how they begin.
const FOLDERS: [(&str, &str); 4] = [
    ("domain/", "crates/domain/src/tests/"),
    ("board/", "crates/engine/src/board/tests/"),
    ("words/", "crates/domain/src/sentiment/"),
    ("scorer/", "crates/sentiment/src/"),
];

/// The sections that the table covers.
const SECTIONS: [u32; 11] = [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13];

/// The sections that it does not cover, and why.
const ELSEWHERE: [(u32, &str); 2] = [
    (1, "words, which the schema and the compiler hold"),
    (9, "codes, which `schema.rs` holds"),
];

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

/// Whether there is the test that this file and name in the table stand for.
fn is_there(path: &str, name: &str) -> bool {
    let folder = FOLDERS.iter().find(|(short, _)| path.starts_with(short));
    match folder {
        Some((short, folder)) => {
            listed::is_in(&root().join(folder).join(&path[short.len()..]), name)
        }
        None => listed::has(path, name),
    }
}

/// What is wrong with the table, line by line.
fn faults(document: &str) -> Vec<String> {
    let mut faults = Vec::new();
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
            if !is_there(path, name) {
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

/// The sections of the rulebook, each with its text.
fn sections(rulebook: &str) -> Vec<(u32, &str)> {
    let parts = rulebook.split("\n## ").skip(1);
    let numbered = parts.filter_map(|part| Some((part.split_once('.')?.0.parse().ok()?, part)));
    numbered.collect()
}

#[test]
fn every_section_of_the_rulebook_that_is_built_is_covered() {
    let rulebook = fs::read_to_string(root().join("docs/domain.md")).unwrap();
    let sections = sections(&rulebook);
    assert!(sections.len() >= SECTIONS.len() + ELSEWHERE.len());
    for (number, text) in &sections {
        let elsewhere = ELSEWHERE.iter().any(|(section, _)| section == number);
        let planned = text.contains("\n*Not built yet*");
        assert!(
            SECTIONS.contains(number) || elsewhere || planned,
            "section {number} is built: give it rules in docs/rules.md, and a place in SECTIONS"
        );
    }
    for number in SECTIONS {
        let there = sections.iter().any(|(section, _)| *section == number);
        assert!(there, "docs/domain.md has no section {number}");
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
