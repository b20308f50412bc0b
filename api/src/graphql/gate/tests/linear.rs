//! Small documents that are huge when their fragments are written out.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::DocumentOperations;

use super::super::measure::{PageSizes, Ruler};
use super::*;

/// Fragments that each spread the next one twice.
fn doubling(levels: usize, last: &str) -> String {
    let links: String = (0..levels)
        .map(|i| format!("fragment F{i} on T {{ ...F{0} ...F{0} }} ", i + 1))
        .collect();
    format!("{{ a {{ ...F0 }} }} {links} fragment F{levels} on T {{ {last} }}")
}

fn work(document: &str) -> (u64, u64) {
    let document = parse_query(document).unwrap();
    let DocumentOperations::Single(operation) = &document.operations else {
        panic!("one anonymous operation");
    };
    let (variables, limits) = (Variables::default(), Limits::default());
    let sizes = PageSizes::of(&operation.node, &variables);
    let mut ruler = Ruler::new(&document, sizes, &limits).unwrap();
    let measure = ruler.operation(&operation.node);
    (ruler.work, measure.selections)
}

#[test]
fn doubling_fragments_are_measured_in_linear_work() {
    let (work, selections) = work(&doubling(40, "b"));
    // Two spreads a level, the last field, the field and spread of the operation.
    assert_eq!(work, 2 * 40 + 1 + 2);
    assert_eq!(selections, 3 * (1 << 40));
}

#[test]
fn figures_saturate() {
    let (_, selections) = work(&doubling(90, "b"));
    assert_eq!(selections, u64::MAX);
}

#[test]
fn doubling_fragments_are_refused_also_when_they_cost_nothing() {
    for last in ["b", "__typename"] {
        let error = refused(&doubling(30, last));
        assert_eq!(extension(&error, "limit"), Value::from("selections"));
    }
}

#[test]
fn another_operation_of_the_document_cannot_hide_the_size() {
    let document = doubling(30, "__typename").replacen("{ a", "query Big { a", 1);
    let document = format!("query Small {{ a }} {document}");
    let refusal = Gate::new(Limits::default())
        .pass(&document, Some("Small"), &Variables::default())
        .unwrap_err();
    assert_eq!(
        extension(&refusal.errors[0], "limit"),
        Value::from("selections")
    );
}

#[test]
fn cycles_are_refused_and_do_not_hang() {
    let message = "within itself";
    assert_invalid("{ ...A } fragment A on T { b { ...A } }", message);
    assert_invalid(
        "{ ...A } fragment A on T { ...B } fragment B on T { ... on T { ...A } }",
        message,
    );
    // Not even spread by the operation.
    assert_invalid("{ a } fragment A on T { b { ...A } }", message);
}

#[test]
fn a_document_is_parsed_once() {
    let gate = Gate::new(Limits::default());
    let none = Variables::default();
    let first = gate.pass("{ a }", None, &none).unwrap();
    let second = gate.pass("{ a }", None, &none).unwrap();
    assert!(std::ptr::eq(first.document(), second.document()));
}

#[test]
fn thirty_doubling_fragments_are_visited_once_each_and_refused_with_the_figure() {
    let document = doubling(30, "b");
    let (work, _) = work(&document);
    assert_eq!(work, 2 * 30 + 1 + 2);
    assert_limit(&document, "selections", 5_000, 3 * (1 << 30));
}
