//! An operation as the execution library needs it, where that is not as it was written.
//!
//! The library finds a subscription's field only where it stands directly at the root, though a valid one
//! may stand in fragments there. Invariant: what comes out means the same, and its fields have
//! the places that they had. Measured and validated is what was written. What comes out is no larger than
//! that, since one operation is lifted: many may share a fragment.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Positioned};

use super::shape::{AtRoot, at_root};

/// The document with the one field of this subscription at its root; none if it stands there. The operation
/// has passed the gate.
pub(super) fn lifted(
    document: &ExecutableDocument,
    name: Option<&Name>,
    operation: &OperationDefinition,
) -> Option<ExecutableDocument> {
    let root = &operation.selection_set.node.items;
    let stands_there = matches!(root.first()?.node, Selection::Field(_));
    if operation.ty != OperationType::Subscription || stands_there {
        return None;
    }
    let (field, around) = at_root_of(document, operation);
    let field = field?.clone();
    // What nobody spreads any more goes: an unused fragment would be refused.
    let others = document.operations.iter();
    let others = others.filter(|(other, _)| *other != name);
    let used: HashSet<&Name> = others
        .flat_map(|(_, other)| at_root_of(document, &other.node).1)
        .collect();
    let mut lifted = document.clone();
    lifted
        .fragments
        .retain(|name, _| used.contains(name) || !around.contains(name));
    let operation = match (&mut lifted.operations, name) {
        (DocumentOperations::Single(operation), _) => operation,
        (DocumentOperations::Multiple(each), name) => each.get_mut(name?)?,
    };
    operation.node.selection_set.node.items = vec![field];
    Some(lifted)
}

/// A field at the root of this operation, and the fragments that are spread there.
fn at_root_of<'d>(
    document: &'d ExecutableDocument,
    operation: &'d OperationDefinition,
) -> (Option<&'d Positioned<Selection>>, HashSet<&'d Name>) {
    let (mut field, mut fragments) = (None, HashSet::new());
    let visited = at_root(document, &operation.selection_set.node, |found| {
        if let AtRoot::Selection(selection) = found {
            match &selection.node {
                Selection::Field(_) => field = Some(selection),
                Selection::FragmentSpread(spread) => {
                    fragments.insert(&spread.node.fragment_name.node);
                }
                Selection::InlineFragment(_) => {}
            }
        }
        Ok(())
    });
    debug_assert!(visited.is_ok(), "nothing is refused here");
    (field, fragments)
}
