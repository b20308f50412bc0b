//! The document as the execution library needs it, where that is not as it was written.
//!
//! The library finds a subscription's field only where it stands directly at the root, though a valid one
//! may stand in fragments there. Invariant: what comes out means the same, and its fields have
//! the places that they had. What has not exactly one unconditional field stays as it is, and is refused.
//! Measured and validated is what was written. Work: linear in the document.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Positioned};

use super::shape::{self, AtRoot, at_root};

/// The field of an operation, and the fragments around it.
struct Found {
    operation: Option<Name>,
    field: Positioned<Selection>,
    fragments: HashSet<Name>,
    stands_at_root: bool,
}

/// The document with the field of each subscription out of the fragments that it stands in; none if all
/// stand at the root.
pub(super) fn lifted(document: &ExecutableDocument) -> Option<ExecutableDocument> {
    let subscriptions = document.operations.iter();
    let found: Option<Vec<Found>> = subscriptions
        .filter(|(_, operation)| operation.node.ty == OperationType::Subscription)
        .map(|(name, operation)| find(document, name, &operation.node))
        .collect();
    // They may share fragments, which go once nobody spreads them any more: all or none.
    let found = found?;
    if found.iter().all(|found| found.stands_at_root) {
        return None;
    }
    let mut document = document.clone();
    for found in found {
        let operation = match (&mut document.operations, found.operation) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(each), Some(name)) => each.get_mut(&name),
            (DocumentOperations::Multiple(_), None) => None,
        };
        if let Some(operation) = operation {
            operation.node.selection_set.node.items = vec![found.field];
        }
        for name in found.fragments {
            document.fragments.remove(&name);
        }
    }
    Some(document)
}

fn find(
    document: &ExecutableDocument,
    name: Option<&Name>,
    operation: &OperationDefinition,
) -> Option<Found> {
    shape::check_root(document, operation).ok()?;
    let (mut field, mut fragments) = (None, HashSet::new());
    let visited = at_root(document, &operation.selection_set.node, |found| {
        if let AtRoot::Selection(selection) = found {
            match &selection.node {
                Selection::Field(_) => field = Some(selection.clone()),
                Selection::FragmentSpread(spread) => {
                    fragments.insert(spread.node.fragment_name.node.clone());
                }
                Selection::InlineFragment(_) => {}
            }
        }
        Ok(())
    });
    visited.ok()?;
    let root = &operation.selection_set.node.items;
    Some(Found {
        operation: name.cloned(),
        field: field?,
        fragments,
        stands_at_root: matches!(
            root.first().map(|first| &first.node),
            Some(Selection::Field(_))
        ),
    })
}
