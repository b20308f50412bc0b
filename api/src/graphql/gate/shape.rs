//! Which operation of the document is meant, and whether its root has a lawful shape.
//!
//! Both rules hold whatever `@skip` and `@include` say: two selections of one mutation that merge
//! into one response key would run it twice, and a subscription must have exactly one source.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::GateRefusal;

/// The operation that the request means, and its name.
pub(super) fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'a Name>, &'a Positioned<OperationDefinition>), GateRefusal> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get_key_value(name)
            .map(|(name, operation)| (Some(name), operation))
            .ok_or_else(|| unknown(name)),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown(name)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut each = operations.iter();
            match (each.next(), each.next()) {
                (Some((name, operation)), None) => Ok((Some(name), operation)),
                _ => Err(GateRefusal::invalid(
                    "The document has several operations; say which one by operationName.",
                    None,
                )),
            }
        }
    }
}

fn unknown(name: &str) -> GateRefusal {
    // The name is the caller's own; a long one is not worth an answer of its length.
    let shown: String = name.chars().take(100).collect();
    GateRefusal::invalid(format!("Unknown operation named \"{shown}\"."), None)
}

/// Checks the root of a mutation or subscription. Fragments must be free of cycles.
pub(super) fn check_root(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), GateRefusal> {
    match operation.ty {
        OperationType::Query => Ok(()),
        OperationType::Mutation => each_response_key_once(document, operation),
        OperationType::Subscription => one_unconditional_field(document, operation),
    }
}

/// What stands at a root, fragments written out.
pub(super) enum AtRoot<'a> {
    /// Whatever it is.
    Selection(&'a Positioned<Selection>),
    /// A field.
    Field(&'a Positioned<Field>),
    /// A fragment that was spread at this root before.
    Again(&'a Positioned<Name>),
}

/// Visits a root without recursion; each fragment is entered once, so the work is linear.
pub(super) fn at_root<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    mut visit: impl FnMut(AtRoot<'a>) -> Result<(), GateRefusal>,
) -> Result<(), GateRefusal> {
    let mut entered = HashSet::new();
    let mut open = vec![set.items.iter()];
    while let Some(top) = open.last_mut() {
        let Some(selection) = top.next() else {
            open.pop();
            continue;
        };
        visit(AtRoot::Selection(selection))?;
        match &selection.node {
            Selection::Field(field) => visit(AtRoot::Field(field))?,
            Selection::InlineFragment(inline) => {
                open.push(inline.node.selection_set.node.items.iter());
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name;
                if !entered.insert(&name.node) {
                    visit(AtRoot::Again(name))?;
                } else if let Some(fragment) = document.fragments.get(&name.node) {
                    open.push(fragment.node.selection_set.node.items.iter());
                }
            }
        }
    }
    Ok(())
}

fn each_response_key_once(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), GateRefusal> {
    let mut keys = HashSet::new();
    at_root(
        document,
        &operation.selection_set.node,
        |found| match found {
            AtRoot::Selection(_) => Ok(()),
            AtRoot::Field(field) => {
                let key = field.node.response_key();
                if keys.insert(&key.node) {
                    return Ok(());
                }
                Err(GateRefusal::invalid(
                    format!(
                        "The mutation selects \"{}\" twice at its root, which would run it twice; \
                     give each its own alias.",
                        key.node
                    ),
                    Some(field.pos),
                ))
            }
            AtRoot::Again(name) => Err(GateRefusal::invalid(
                format!(
                    "The mutation spreads the fragment \"{}\" twice at its root, which would run its \
                 fields twice.",
                    name.node
                ),
                Some(name.pos),
            )),
        },
    )
}

fn one_unconditional_field(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), GateRefusal> {
    const ONE: &str = "A subscription has exactly one field at its root.";
    let mut fields = 0;
    at_root(
        document,
        &operation.selection_set.node,
        |found| match found {
            AtRoot::Selection(selection) => {
                let conditional = selection.node.directives().iter().find(|directive| {
                    matches!(directive.node.name.node.as_str(), "skip" | "include")
                });
                match conditional {
                    None => Ok(()),
                    Some(directive) => Err(GateRefusal::invalid(
                        "A subscription cannot have @skip or @include at its root.",
                        Some(directive.pos),
                    )),
                }
            }
            AtRoot::Field(field) => {
                fields += 1;
                if fields > 1 {
                    return Err(GateRefusal::invalid(ONE, Some(field.pos)));
                }
                if field.node.name.node.starts_with("__") {
                    return Err(GateRefusal::invalid(
                        "A subscription cannot select introspection at its root.",
                        Some(field.pos),
                    ));
                }
                Ok(())
            }
            AtRoot::Again(name) => Err(GateRefusal::invalid(ONE, Some(name.pos))),
        },
    )
}
