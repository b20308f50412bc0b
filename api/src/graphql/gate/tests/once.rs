//! What is found out about a document once, and that it never lets more through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;
use serde_json::json;

use super::super::{GateOptions, Validator, schema_of};
use super::*;

fn measured(gate: &Gate) -> u64 {
    gate.measured.load(Ordering::Relaxed)
}

fn run(gate: &Gate, document: &str, variables: serde_json::Value) -> Result<(), ServerError> {
    let passed = gate.pass(document, None, &Variables::from_json(variables));
    passed
        .map(|_| ())
        .map_err(|mut refusal| refusal.errors.remove(0))
}

#[test]
fn an_operation_that_passes_with_any_variables_is_not_measured_again() {
    let gate = Gate::new(Limits::default());
    let document = "query($n: Int = 20, $id: ID) { a(first: $n) { ...F } b(id: $id) }
        fragment F on C { edges { node { c } } }";
    for variables in [json!({}), json!({ "n": 100 }), json!({ "n": 0, "id": "x" })] {
        run(&gate, document, variables).unwrap();
    }
    assert_eq!(measured(&gate), 0);
}

#[test]
fn a_page_that_is_too_large_is_still_refused_with_its_figure() {
    let gate = Gate::new(Limits::default());
    let document = "query($n: Int = 101, $m: Int) { a(first: $n) { b } c(last: $m) { b } }";
    for (variables, found) in [(json!({}), 101), (json!({ "n": 1, "m": 500 }), 500)] {
        let error = run(&gate, document, variables).unwrap_err();
        assert_eq!(extension(&error, "limit"), Value::from("pageSize"));
        assert_eq!(extension(&error, "found"), Value::from(found));
    }
    run(&gate, document, json!({ "n": 1 })).unwrap();
    let literal = "query($n: Int) { a(first: 500, last: $n) { b } }";
    let error = run(&gate, literal, json!({ "n": 1 })).unwrap_err();
    assert_eq!(extension(&error, "found"), Value::from(500));
}

#[test]
fn what_fits_only_with_small_pages_is_measured_each_time() {
    let gate = Gate::new(Limits::default());
    let document = "query($n: Int) { a(first: $n) { b(first: $n) { c(first: $n) { d } } } }";
    run(&gate, document, json!({ "n": 10 })).unwrap();
    let error = run(&gate, document, json!({ "n": 100 })).unwrap_err();
    assert_eq!(extension(&error, "limit"), Value::from("complexity"));
    assert_eq!(extension(&error, "found"), Value::from(1_010_101));
    assert_eq!(measured(&gate), 2);
}

#[test]
fn a_variable_of_another_operation_is_no_obstacle() {
    let gate = Gate::new(Limits::default());
    let document = "query A($n: Int) { a(filter: $n) } query B($n: Int) { b(first: $n) { c } }";
    let variables = Variables::from_json(json!({ "n": 5_000 }));
    assert!(gate.pass(document, Some("A"), &variables).is_ok());
    let refused = gate.pass(document, Some("B"), &variables).unwrap_err();
    assert_eq!(
        extension(&refused.errors[0], "limit"),
        Value::from("pageSize")
    );
}

#[test]
fn introspection_that_is_switched_off_is_refused_and_typename_is_not() {
    let gate = Gate::new(GateOptions {
        introspection: false,
        ..GateOptions::default()
    });
    for document in [
        "{ __schema { types { name } } }",
        "{ a: __type(name: \"Query\") { name } }",
        "{ ...F } fragment F on Query { __schema { description } }",
    ] {
        let error = run(&gate, document, json!({})).unwrap_err();
        assert_eq!(extension(&error, "code"), Value::from("LIMIT_EXCEEDED"));
        assert_eq!(
            extension(&error, "limit"),
            Value::from("introspectionFields")
        );
        assert_eq!(extension(&error, "allowed"), Value::from(0));
        assert_eq!(extension(&error, "found"), Value::from(1));
    }
    run(&gate, "{ __typename a { __typename } }", json!({})).unwrap();
}

#[test]
fn a_document_is_judged_once_and_not_before_it_keeps_the_limits() {
    let (schema, _) = schema_of("type Query { a(first: Int): Query b: Int }");
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    // The library is asked for words each time that a document is found invalid.
    let library = move |_: &ExecutableDocument| {
        counted.fetch_add(1, Ordering::Relaxed);
        Vec::new()
    };
    let validator = Validator::new(Arc::new(schema), Box::new(library), true);
    let gate = Gate::new(Limits::default()).with_validator(validator);
    let document = "query($n: Int) { a(first: $n) { c } }";
    let refused = || run(&gate, document, json!({ "n": 1 })).unwrap_err();
    let large = run(&gate, document, json!({ "n": 500 })).unwrap_err();
    assert_eq!(extension(&large, "limit"), Value::from("pageSize"));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(refused().message, refused().message);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // A required variable is missing, but that is of no interest in a document that is not valid.
    let document = "query($n: Int!) { a(first: $n) { c } }";
    let error = run(&gate, document, json!({})).unwrap_err();
    assert!(error.message.starts_with("Not valid"), "{}", error.message);
    run(&gate, "{ a(first: 1) { b } }", json!({})).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
