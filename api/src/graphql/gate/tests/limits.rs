//! Each limit, with the figure it allows and the figure it found.

use serde_json::json;

use super::*;

/// `{f{f{…}}}`, so many fields inside one another.
fn nested(field: &str, depth: usize) -> String {
    let open = format!("{{{field}").repeat(depth);
    format!("{open}{}", "}".repeat(depth))
}

/// What `GraphiQL` asks for when it loads a schema.
fn introspection() -> String {
    let of_type = "{ kind name ofType ".repeat(9) + "{ kind name" + &" }".repeat(10);
    format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }}
         mutationType {{ name kind }} subscriptionType {{ name kind }} types {{ ...FullType }}
         directives {{ name description isRepeatable locations
         args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
         fields(includeDeprecated: true) {{ name description
         args(includeDeprecated: true) {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated
         deprecationReason }} inputFields(includeDeprecated: true) {{ ...InputValue }}
         interfaces {{ ...TypeRef }} enumValues(includeDeprecated: true) {{ name description
         isDeprecated deprecationReason }} possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue
         isDeprecated deprecationReason }}
         fragment TypeRef on __Type {of_type}"
    )
}

#[test]
fn the_introspection_query_of_graphiql_passes() {
    assert!(pass(&introspection()).is_ok());
}

#[test]
fn introspection_that_multiplies_lists_is_refused() {
    let document = "{ __schema { types { fields { type { fields { type { fields { type {
        fields { name } } } } } } } } } }";
    assert_limit(document, "introspectionLists", 3, 4);
    let many = "abcdef"
        .chars()
        .map(|a| format!("{a}: __schema {{ description }} "));
    let many: String = many.collect();
    assert_limit(&format!("{{ {many} }}"), "introspectionFields", 5, 6);
}

#[test]
fn depth_is_fifteen_fields() {
    assert!(pass(&nested("a", 15)).is_ok());
    assert_limit(&nested("a", 16), "depth", 15, 16);
    let below_schema = format!("{{ __schema {} }}", nested("ofType", 21));
    assert_limit(&below_schema, "introspectionDepth", 20, 22);
}

#[test]
fn depth_goes_through_fragments() {
    let document = format!("{{ a {{ ...F }} }} fragment F on T {}", nested("b", 15));
    assert_limit(&document, "depth", 15, 16);
}

#[test]
fn text_and_variables_have_a_size() {
    let long = format!("{{ a }} #{}", "x".repeat(64 * 1024));
    assert_limit(&long, "documentBytes", 65_536, 65_543);
    let variables = json!({ "x": "y".repeat(64 * 1024) });
    assert_limit_with("{ a }", &variables, "variablesBytes", 65_536, 65_544);
}

#[test]
fn tokens_are_counted_before_the_parser_runs() {
    let document = format!("{{ {} }}", "a ".repeat(4_999));
    assert_limit(&document, "tokens", 5_000, 5_001);
}

#[test]
fn brackets_cannot_exhaust_the_stack() {
    for (open, close) in [("{a", "}"), ("{...{", "}}")] {
        let document = format!("{}a{}", open.repeat(500), close.repeat(500));
        let error = refused(&document);
        assert_eq!(extension(&error, "limit"), Value::from("nesting"));
    }
    let lists = format!("{{ a(b: {}{}) }}", "[".repeat(63), "]".repeat(63));
    assert_limit(&lists, "nesting", 64, 65);
    let types = format!(
        "query($a: {}I{}) {{ a }}",
        "[".repeat(2_000),
        "]".repeat(2_000)
    );
    assert_limit(&types, "nesting", 64, 2_001);
}

#[test]
fn the_deepest_brackets_that_pass_are_parsed_without_trouble() {
    let lists = format!("{{ a(b: {}{}) }}", "[".repeat(62), "]".repeat(62));
    assert!(pass(&lists).is_ok());
    let inline = format!("{{ {}a{} }}", "...{".repeat(63), "}".repeat(63));
    assert!(pass(&inline).is_ok());
}

#[test]
fn a_page_multiplies_what_lies_below() {
    let document =
        |size: &str| format!("query($n: Int = 100) {{ a({size}) {{ b(first: 100) {{ c d }} }} }}");
    // 1 + 100 * (1 + 100 * 2)
    assert_limit(&document("first: 100"), "complexity", 20_000, 20_101);
    assert_limit(&document("last: 100"), "complexity", 20_000, 20_101);
    assert_limit(&document("first: $n"), "complexity", 20_000, 20_101);
    assert!(pass_with(&document("first: $n"), &json!({ "n": 50 })).is_ok());
    assert!(pass(&document("first: 50")).is_ok());
}

#[test]
fn a_connection_without_a_size_counts_as_its_default() {
    let connection =
        |below: &str| format!("{{ a {{ edges {{ node {{ b {{ nodes {{ {below} }} }} }} }} }} }}");
    // 1 + 50 * (edges + node + (b + 50 * (nodes + 8)))
    assert_limit(&connection("c d e f g h i j"), "complexity", 20_000, 22_651);
    let through_fragment = "{ a { ...F } } fragment F on C { edges { node { b { ...G } } } }
        fragment G on D { nodes { c d e f g h i j } }";
    assert_limit(through_fragment, "complexity", 20_000, 22_651);
}

#[test]
fn a_page_has_at_most_a_hundred_items() {
    assert_limit("{ a(first: 101) { b } }", "pageSize", 100, 101);
    let by_variable = "query($n: Int) { a(last: $n) { b } }";
    assert_limit_with(by_variable, &json!({ "n": 5_000 }), "pageSize", 100, 5_000);
}

#[test]
fn aliases_root_fields_directives_and_fragments_are_counted() {
    let numbered =
        |count: usize, each: &dyn Fn(usize) -> String| -> String { (0..count).map(each).collect() };
    let aliases = numbered(51, &|i| format!("a{i}: b "));
    assert_limit(&format!("{{ x {{ {aliases} }} }}"), "aliases", 50, 51);
    let fields = numbered(21, &|i| format!("a{i} "));
    assert_limit(
        &format!("{{ ...F }} fragment F on Q {{ {fields} }}"),
        "rootFields",
        20,
        21,
    );
    let directives = "@a ".repeat(51);
    assert_limit(&format!("{{ x {directives} }}"), "directives", 50, 51);
    assert_limit(&format!("query {directives} {{ x }}"), "directives", 50, 51);
    let fragments = numbered(101, &|i| format!("fragment F{i} on T {{ a }} "));
    assert_limit(&format!("{{ x }} {fragments}"), "fragments", 100, 101);
}

#[test]
fn limits_can_be_set() {
    let limits = Limits {
        depth: 2,
        ..Limits::default()
    };
    let gate = Gate::new(limits);
    let none = Variables::default();
    assert!(gate.pass("{ a { b } }", None, &none).is_ok());
    assert!(gate.pass("{ a { b { c } } }", None, &none).is_err());
}
