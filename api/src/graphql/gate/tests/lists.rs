//! Lists without pages: what they count for, how deep they may lie, and that none is forgotten.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;

use super::super::{measure, schema_of};
use super::*;

/// Every field of the schema, introspection apart, that is a list of what has fields itself.
fn lists_of(schema: &Schema) -> BTreeSet<String> {
    let leaf = |name: &str| {
        schema
            .types
            .get(name)
            .is_none_or(|of| of.is_scalar() || of.is_enum())
    };
    let mut lists = BTreeSet::new();
    for (name, of) in &schema.types {
        let fields = match of {
            ExtendedType::Object(of) => &of.fields,
            ExtendedType::Interface(of) => &of.fields,
            _ => continue,
        };
        let own = fields.iter().filter(|_| !name.starts_with("__"));
        let lists_here =
            own.filter(|(_, field)| field.ty.is_list() && !leaf(field.ty.inner_named_type()));
        lists.extend(lists_here.map(|(name, _)| name.to_string()));
    }
    lists
}

#[test]
fn every_list_of_the_schema_has_pages_or_a_figure() {
    let (schema, problem) = schema_of(&crate::graphql::sdl());
    assert_eq!(problem, None);
    let found = lists_of(&schema);
    let known = Limits::default().lists.iter().map(|(name, _)| *name);
    let known = known.chain(measure::PAGES.iter().copied());
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    let missing: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(missing.is_empty(), "lists without a figure: {missing:?}");
    assert!(gone.is_empty(), "figures of no list: {gone:?}");
}

#[test]
fn lists_without_pages_lie_two_inside_one_another_at_most() {
    let around = |below: &str| format!("{{ a(first: 1) {{ edges {{ node {{ {below} }} }} }} }}");
    let two = "members { name queues { id name } } queues { members { name } }";
    assert!(pass(&around(two)).is_ok());
    let four = "members { queues { members { queues { id } } } }";
    assert_limit(&around(four), "nestedLists", 2, 4);
    // Whatever lies between, and through fragments.
    let between = "participants { agent { queues { b { ...M } } } }";
    let document = format!("{} fragment M on Q {{ members {{ id }} }}", around(between));
    assert_limit(&document, "nestedLists", 2, 3);
    // Pages are counted, not limited, and an answer's one error is no list.
    let pages = "queues { edges { node { members { queues { id } } } } }";
    assert!(pass(&format!("{{ {pages} }}")).is_err_and(|refused| {
        extension(&refused.errors[0], "limit") == Value::from("complexity")
    }));
    let pages = pages.replace("queues { edges", "queues(first: 5) { edges");
    assert!(pass(&format!("{{ errors {{ {pages} }} }}")).is_ok());
}

#[test]
fn a_list_counts_for_as_many_items_as_it_has_in_a_large_organisation() {
    // 1 + 100 * (edges + node + (members + 100 * 2))
    let members = "{ queues(first: 100) { edges { node { members { id name } } } } }";
    assert_limit(members, "complexity", 20_000, 20_301);
    // 1 + 100 * (edges + node + queue + (members + 100 * (queues + 10)))
    let document =
        "{ ongoing(first: 100) { edges { node { queue { members { queues { id } } } } } } }";
    assert_limit(document, "complexity", 20_000, 110_401);
    // 1 + 100 * (changes + conversation + (running + 10 * 20)): changes are the page of a live list.
    let fields: String = "abcdefghijklmnopqrst"
        .chars()
        .map(|a| format!("{a} "))
        .collect();
    let document = format!(
        "subscription {{ live(first: 100) {{ ... on C {{ changes {{ conversation {{
         runningMonitorSessions {{ {fields} }} }} }} }} }} }}"
    );
    assert_limit(&document, "complexity", 20_000, 20_301);
}

#[test]
fn as_many_ids_as_are_asked_for_count_like_the_items_of_a_page() {
    let literal = |ids: usize| {
        let ids = vec!["\"conv_1\""; ids].join(", ");
        format!("{{ nodes(ids: [{ids}]) {{ id }} }}")
    };
    assert!(pass(&literal(100)).is_ok());
    assert_limit(&literal(101), "pageSize", 100, 101);
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = |count: usize| serde_json::json!({ "ids": vec!["conv_1"; count] });
    assert!(pass_with(document, &ids(100)).is_ok());
    assert_limit_with(document, &ids(101), "pageSize", 100, 101);
    // 1 + 100 * (members + 100 * 2)
    let members = literal(100).replace("{ id }", "{ ... on Queue { members { id name } } }");
    assert_limit(&members, "complexity", 20_000, 20_101);
}
