//! What a desk asks for, as web/desk does, is far within the limits of an operation.

use std::fs;
use std::path::Path;

use api::graphql::gate::{Gate, Limits};
use async_graphql::Variables;
use serde_json::json;

/// Every document that the program has, fragments too.
fn documents(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| end == "ts" || end == "tsx")
        {
            let text = fs::read_to_string(&path).unwrap();
            let each = text.split("graphql(`").skip(1);
            found.extend(each.filter_map(|from| Some(from.split_once("`)")?.0.trim().to_owned())));
        }
    }
}

#[test]
fn a_desk_stays_well_below_the_limits_with_the_largest_pages_and_a_search() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/desk/src");
    let mut found = Vec::new();
    documents(&source, &mut found);
    let (fragments, operations): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|text| text.starts_with("fragment "));
    assert!(operations.len() > 15, "{}", operations.len());
    let gate = Gate::new(Limits {
        complexity: 15_000,
        ..Limits::default()
    });
    let variables = json!({
        "first": 100, "last": 100, "language": "ENGLISH", "filter": { "text": "ada" }, "id": "conv_1", "conversationId": "conv_1",
        "input": {}, "search": "ada", "everybody": true, "timeZone": "UTC", "interval": "QUARTER_HOUR", "figure": "ABANDONED",
        "range": { "from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z" }, "ids": vec!["agent_1"; 100],
    });
    for operation in operations {
        let document = format!("{operation} {}", fragments.join(" "));
        let variables = Variables::from_json(variables.clone());
        let refused = gate.pass(&document, None, &variables).err();
        assert!(refused.is_none(), "{operation}: {refused:?}");
    }
}
