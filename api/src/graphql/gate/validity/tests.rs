//! The validator against a small schema. `tests/it/validity.rs` has the same through HTTP.

use async_graphql::parser::parse_query;

use super::*;

const SCHEMA: &str = r"
    scalar Any
    enum Kind { SMALL LARGE }
    input Point { x: Int! y: Int = 0 z: Int! = 0 next: Point many: [Int!] }
    input Either @oneOf { left: Int right: Int }
    directive @oneOf on INPUT_OBJECT
    type Query { at(point: Point, points: [Point!], either: Either, any: Any, kind: Kind): Query n(id: ID): Int }
";

fn validator(names: bool) -> Validator {
    let (schema, problem) = schema_of(SCHEMA);
    assert_eq!(problem, None);
    Validator::new(Arc::new(schema), Box::new(|_| Vec::new()), names)
}

fn told(names: bool, text: &str) -> Vec<ServerError> {
    // Where the library cannot read it there is nothing to judge.
    let document = parse_query(text).unwrap();
    let checked = validator(names).check(text, &document);
    checked.err().unwrap_or_default()
}

fn message(text: &str) -> String {
    let told = told(true, text);
    assert!(told.len() < 2, "{told:?}");
    told.first()
        .map(|error| error.message.clone())
        .unwrap_or_default()
}

#[test]
fn a_valid_document_passes() {
    for text in [
        "{ at(point: { x: 1, next: { x: 2 } }) { n(id: 3) } }",
        "query($x: Int!, $p: Point!) { at(point: { x: $x, many: [$x, 2] }, points: [$p]) { n } }",
        "query($x: Int = 1) { at(point: { x: $x }) { n } }",
        "query($x: Int) { at(point: { x: 1, y: $x, z: $x }) { n } }",
        "query($x: Int!) { at(either: { left: $x }) { ...F } } fragment F on Query { n }",
        "query($any: Any) { at(any: { a: $any, b: [{ c: LARGE }] }) { n } }",
    ] {
        assert_eq!(message(text), "", "{text}");
    }
}

#[test]
fn an_input_field_stands_once_wherever_it_is() {
    for text in [
        "{ at(point: { x: 1, x: 2 }) { n } }",
        "{ at(points: [{ x: 1, next: { x: 1, x: 1 } }]) { n } }",
        "{ at(any: [{ x: 1, x: 1 }]) { n } }",
        "query($p: Point = { x: 1, x: 2 }) { at(point: $p) { n } }",
        "{ ...F } fragment F on Query { at(point: { x: 1, x: 1 }) { n } }",
    ] {
        let expected = "Not valid: there can be only one input field named \"x\".";
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn a_variable_stands_where_its_type_may() {
    for (text, variable, wanted) in [
        (
            "query($x: Int) { at(point: { x: $x }) { n } }",
            "Int",
            "Int!",
        ),
        (
            "query($x: Int = null) { at(point: { x: $x }) { n } }",
            "Int",
            "Int!",
        ),
        (
            "query($x: Int) { at(point: { x: 1, many: [$x] }) { n } }",
            "Int",
            "Int!",
        ),
        (
            "query($x: Int) { at(point: { x: 1, many: $x }) { n } }",
            "Int",
            "[Int!]",
        ),
        (
            "query($x: Point) { at(points: [$x]) { n } }",
            "Point",
            "Point!",
        ),
        (
            "query($x: Int) { ...F } fragment F on Query { at(point: { x: $x }) { n } }",
            "Int",
            "Int!",
        ),
    ] {
        let expected = format!(
            "Not valid: variable \"$x\" of type \"{variable}\" is used where \"{wanted}\" is needed."
        );
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn one_of_takes_exactly_one_field_with_a_value() {
    for (text, valid) in [
        ("{ at(either: { left: 1 }) { n } }", true),
        ("{ at(either: {}) { n } }", false),
        ("{ at(either: { left: null }) { n } }", false),
        ("{ at(either: { left: 1, right: 2 }) { n } }", false),
        ("query($x: Int) { at(either: { left: $x }) { n } }", false),
    ] {
        assert_eq!(message(text).is_empty(), valid, "{text}");
    }
}

#[test]
fn an_error_says_where_it_is_and_has_a_code() {
    let told = told(
        true,
        "query($x: Int) {\n  at(kind: SMALL, point: { x: $x }) { n }\n}",
    );
    let at = told[0].locations[0];
    assert_eq!((at.line, at.column), (2, 31));
    let code = told[0].extensions.as_ref().unwrap().get("code").unwrap();
    assert_eq!(*code, "INVALID_INPUT".into());
}

#[test]
fn without_names_no_answer_tells_one() {
    for text in [
        "{ at { nothing } }",
        "{ at(point: {}) { n } }",
        "query($x: Int) { at(point: { x: $x }) { n } }",
        "{ at(kind: MIDDLE) { n } }",
    ] {
        let told = told(false, text);
        assert_eq!(told[0].message, "The document is not valid here.", "{text}");
        assert_eq!(told[0].locations.len(), 1);
    }
}

#[test]
fn an_answer_is_no_longer_than_it_has_to_be() {
    let name = "a".repeat(10_000);
    let unknown: String = (0..1_000)
        .map(|at| format!(" {name}{at}"))
        .take(6)
        .collect();
    let text = format!("{{ {unknown} {} }}", "x ".repeat(500));
    let told = told(true, &text);
    assert_eq!(told.len(), MOST_ERRORS);
    assert!(
        told.iter()
            .all(|error| error.message.chars().count() <= 301)
    );
}

#[test]
fn the_library_has_the_first_word_and_never_the_last() {
    let (schema, _) = schema_of(SCHEMA);
    let objects = |_: &LibraryDocument| vec![ServerError::new("I know better.", None)];
    let validator = Validator::new(Arc::new(schema), Box::new(objects), true);
    let check = |text: &str| validator.check(text, &parse_query(text).unwrap());
    assert_eq!(check("{ x }").unwrap_err()[0].message, "I know better.");
    assert!(check("{ n }").is_ok());
}
