//! Which operation is meant, and what may stand at a root.

use async_graphql::Variables;
use serde_json::json;

use super::super::OperationKind;
use super::*;

fn named(document: &str, name: &str) -> Result<Passed, GateRefusal> {
    Gate::new(Limits::default()).pass(document, Some(name), &Variables::default())
}

#[test]
fn the_operation_is_chosen_by_name() {
    let document = "query A { a } mutation B { b } subscription C { c }";
    for (name, kind) in [
        ("A", OperationKind::Query),
        ("B", OperationKind::Mutation),
        ("C", OperationKind::Subscription),
    ] {
        let passed = named(document, name).unwrap();
        assert_eq!(passed.kind, kind);
        assert_eq!(passed.operation_name.as_deref(), Some(name));
    }
    let only = pass("query A { a }").unwrap();
    assert_eq!(only.operation_name.as_deref(), Some("A"));
}

#[test]
fn an_unknown_or_missing_name_is_refused() {
    assert_invalid("query A { a } query B { b }", "operationName");
    for (document, name) in [("query A { a }", "B"), ("{ a }", "A"), ("{ a }", "")] {
        let refusal = named(document, name).unwrap_err();
        assert_eq!(
            refusal.errors[0].message,
            format!("Unknown operation named \"{name}\".")
        );
    }
}

#[test]
fn a_syntax_error_says_what_and_where_and_repeats_nothing_of_the_text() {
    let error = refused(&format!(
        "{{ viewer {{ subject }} }} }} # {}",
        "x".repeat(2_000)
    ));
    assert!(
        error.message.starts_with("Syntax error: expected "),
        "{}",
        error.message
    );
    assert!(error.message.len() < 200, "{}", error.message);
    assert_eq!(
        (error.locations[0].line, error.locations[0].column),
        (1, 24)
    );
}

#[test]
fn a_text_that_is_no_document_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "{ 8f31 }",
        "fragment F on T { a }",
        "query A { a } query A { b }",
    ] {
        let error = refused(text);
        assert_eq!(
            extension(&error, "code"),
            Value::from("INVALID_INPUT"),
            "{text}"
        );
    }
}

#[test]
fn a_mutation_selects_each_response_key_once() {
    assert!(pass("mutation { a b x: a }").is_ok());
    assert!(pass("mutation { a { id id } b { id } }").is_ok());
    for document in [
        "mutation { a a }",
        "mutation { x: a x: a }",
        "mutation { a @skip(if: true) a @include(if: false) }",
        "mutation { a ... { a } }",
        "mutation { a ... on Mutation @skip(if: true) { a } }",
        "mutation { a ...F } fragment F on Mutation { a }",
        "mutation { ...F ...F } fragment F on Mutation { a }",
        "mutation { ...F ...G } fragment F on Mutation { ...H } fragment G on Mutation { ...H }
         fragment H on Mutation { a }",
    ] {
        assert_invalid(document, "run");
    }
}

#[test]
fn a_subscription_has_exactly_one_root_field() {
    assert!(pass("subscription { a { b c } }").is_ok());
    assert!(pass("subscription { ...F } fragment F on S { ... { a @custom } }").is_ok());
    for document in [
        "subscription { a b }",
        "subscription { a a }",
        "subscription { a ... { b } }",
        "subscription { ...F } fragment F on S { a b }",
        "subscription { ...F ...F } fragment F on S { a }",
    ] {
        assert_invalid(document, "exactly one field");
    }
    for document in [
        "subscription { a @skip(if: false) }",
        "subscription { ... @include(if: true) { a } }",
        "subscription { ...F @skip(if: false) } fragment F on S { a }",
        "subscription { ...F } fragment F on S { a @include(if: true) }",
    ] {
        assert_invalid(document, "@skip or @include");
    }
    assert_invalid("subscription { __typename }", "introspection");
}

#[test]
fn a_required_variable_must_be_there() {
    let document = "query($id: ID!) { a(id: $id) }";
    assert!(pass_with(document, &json!({ "id": "x" })).is_ok());
    assert!(pass("query($n: Int! = 3) { a(n: $n) }").is_ok());
    assert_invalid(document, "was not provided");
    let null = refused_with(document, &json!({ "id": null }));
    assert_eq!(
        null.message,
        "Variable \"$id\" of required type \"ID!\" must not be null."
    );
}
