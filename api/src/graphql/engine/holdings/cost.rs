//! How many bytes an operation counts for, beside its document.
//!
//! Estimates from above, by what was measured (docs/security.md), of what one operation makes the server
//! hold if nobody else asked the same: what is shared counts for each who shares it.

use async_graphql::{Name, Value, Variables};

use crate::graphql::gate::{OperationKind, Passed};

/// What a ring keeps for each member of its group, and so what a subscription counts for it.
pub(in crate::graphql::engine) const RING_SHARE: usize = 64 * 1024;
/// A payload up to this size may wait to be sent without an entry of its own: its operation counts for it.
pub(in crate::graphql::engine) const SMALL: usize = 8 * 1024;
/// What an operation takes whatever it asks: its id, its task, its place in the log, its group, a small payload.
const OPERATION: usize = 24 * 1024;
/// How often the variables of an operation are held at once: by the operation, by its group, by an
/// execution, as the key of the group, and as what the plan made of them.
const COPIES: usize = 5;
/// What a value of variables takes beside its text, and what an entry of an object does.
const VALUE: usize = size_of::<Value>();
const ENTRY: usize = 2 * (size_of::<Name>() + size_of::<Value>());

/// About how many bytes this operation makes the server hold: an execution's copy of the document too, and all
/// but the document itself.
pub(in crate::graphql::engine) fn of_operation(operation: &Passed, variables: &Variables) -> usize {
    let ring = match operation.kind {
        OperationKind::Subscription => RING_SHARE,
        OperationKind::Query | OperationKind::Mutation => 0,
    };
    let variables = variables
        .iter()
        .map(|(name, value)| ENTRY + name.len() + weight_of(value));
    let copies = COPIES * variables.sum::<usize>();
    OPERATION + ring + operation.copy_bytes() + copies
}

/// About how many bytes a value takes. Values are no deeper than the reader of JSON lets them be.
fn weight_of(value: &Value) -> usize {
    let within = match value {
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
        Value::String(text) => text.len(),
        Value::Enum(name) => name.len(),
        Value::Binary(bytes) => bytes.len(),
        // A list that was read has room for twice as many.
        Value::List(items) => items.iter().map(|item| VALUE + weight_of(item)).sum(),
        Value::Object(entries) => entries
            .iter()
            .map(|(name, value)| ENTRY + name.len() + weight_of(value))
            .sum(),
    };
    VALUE + within
}
