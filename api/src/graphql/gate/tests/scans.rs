//! What a field counts for what it looks at, where that is more than it shows.

use apollo_compiler::schema::ExtendedType;

use super::super::schema_of;
use super::*;

/// So many fields at the root.
fn times(count: usize, field: &str) -> String {
    let fields: String = (0..count)
        .map(|number| format!("a{number}: {field} "))
        .collect();
    format!("{{ {fields} }}")
}

#[test]
fn a_search_in_the_view_counts_though_it_shows_nothing() {
    let field = "ongoingConversations(first: 0, filter: { text: \"ada\" }) { totalCount }";
    assert!(pass(&times(9, field)).is_ok());
    // 10 * (view + search + field + totalCount)
    assert_limit(&times(10, field), "complexity", 20_000, 21_020);
    let summary = "ongoingSummary(filter: { unassigned: true, text: \"ada\" }) { totalCount }";
    assert_limit(&times(10, summary), "complexity", 20_000, 21_020);
}

#[test]
fn the_view_without_a_search_counts_as_a_list() {
    for field in [
        "ongoingConversations(first: 0, filter: { text: null, unassigned: true }) { totalCount }",
        "ongoingConversations(first: 0) { totalCount }",
        "ongoingSummary { totalCount unassignedCount byState { state count } }",
    ] {
        assert!(pass(&times(20, field)).is_ok(), "{field}");
    }
    let rows = |fields: &str| {
        format!("{{ ongoingConversations(first: 100) {{ edges {{ node {{ {fields} }} }} }} }}")
    };
    // 1 + view + 100 * (edges + node + 198)
    assert!(pass(&rows(&"id ".repeat(196))).is_ok());
    assert_limit(&rows(&"id ".repeat(198)), "complexity", 20_000, 20_101);
}

#[test]
fn whether_a_search_comes_by_a_variable_is_seen_when_it_comes() {
    let whole = |field: &str| format!("query($filter: F, $text: String) {}", times(10, field));
    let by_filter = whole("ongoingConversations(first: 0, filter: $filter) { totalCount }");
    let by_text = whole("ongoingConversations(first: 0, filter: { text: $text }) { totalCount }");
    for (document, variables) in [
        (&by_filter, json!({ "filter": { "text": "ada" } })),
        (&by_text, json!({ "text": "ada" })),
    ] {
        assert_limit_with(document, &variables, "complexity", 20_000, 21_020);
    }
    for variables in [
        json!({}),
        json!({ "filter": null, "text": null }),
        json!({ "filter": { "unassigned": true } }),
        json!({ "filter": { "text": null } }),
    ] {
        assert!(pass_with(&by_filter, &variables).is_ok(), "{variables}");
        assert!(pass_with(&by_text, &variables).is_ok(), "{variables}");
    }
    let by_default = by_text.replace("$text: String", "$text: String = \"ada\"");
    assert_limit(&by_default, "complexity", 20_000, 21_020);
}

#[test]
fn a_list_of_candidates_counts_for_all_who_are_measured() {
    let rows = |first: u64| {
        format!(
            "{{ ongoingConversations(first: {first}) {{ edges {{ node {{
             assignableAgents(first: 0) {{ totalCount }}
             transferableAgents(first: 0) {{ totalCount }} }} }} }} }}"
        )
    };
    // 1 + view + 100 * (edges + node + 2 * (candidates + field + totalCount))
    assert_limit(&rows(100), "complexity", 20_000, 20_701);
    assert!(pass(&rows(50)).is_ok());
}

#[test]
fn what_scans_is_in_the_schema() {
    let (schema, problem) = schema_of(&crate::graphql::sdl());
    assert_eq!(problem, None);
    for (name, _) in Limits::default().scans {
        let has = |of: &ExtendedType| matches!(of, ExtendedType::Object(of) if of.fields.contains_key(*name));
        assert!(schema.types.values().any(has), "{name}");
    }
    // Whatever has a filter with a text is one of them.
    let mut searching = Vec::new();
    for (name, of) in &schema.types {
        let ExtendedType::Object(of) = of else {
            continue;
        };
        let fields = of.fields.iter().filter(|_| name != "Mutation");
        for (name, field) in fields {
            for argument in &field.arguments {
                let input = schema.types.get(argument.ty.inner_named_type());
                if let Some(ExtendedType::InputObject(input)) = input
                    && input.fields.contains_key("text")
                {
                    assert_eq!(argument.name, "filter", "{name}");
                    searching.push(name.as_str());
                }
            }
        }
    }
    searching.sort_unstable();
    // A page of all conversations is read from the database by an index, its search too: it counts as any page.
    // Agents are few beside conversations: a search of their names counts as the list itself.
    searching.retain(|name| !["agents", "agentsLive", "conversations"].contains(name));
    let view = [
        "ongoingConversations",
        "ongoingConversationsLive",
        "ongoingSummary",
        "ongoingSummaryLive",
    ];
    assert_eq!(searching, view);
}
