//! The fragments of a document, each before those that spread it.
//!
//! With that order every fragment is measured once and looked up afterwards, and no step follows a
//! spread by recursion: neither a cycle nor a long chain can hang it or exhaust the stack.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned};

use super::GateRefusal;

/// The names of the fragments that a selection set spreads, at any depth, with repetitions.
fn spreads_of<'a>(set: &'a SelectionSet, into: &mut Vec<&'a Positioned<Name>>) {
    // As deep as the brackets of the text, which are limited.
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => spreads_of(&field.node.selection_set.node, into),
            Selection::InlineFragment(inline) => {
                spreads_of(&inline.node.selection_set.node, into);
            }
            Selection::FragmentSpread(spread) => into.push(&spread.node.fragment_name),
        }
    }
}

/// The names of all fragments, each after those that it spreads. A cycle is refused.
///
/// A spread of an unknown fragment is left to validation.
pub(super) fn in_order(document: &ExecutableDocument) -> Result<Vec<&Name>, GateRefusal> {
    let mut waits_for: HashMap<&Name, usize> = HashMap::new();
    let mut spread_in: HashMap<&Name, Vec<&Name>> = HashMap::new();
    for (name, fragment) in &document.fragments {
        let mut spreads = Vec::new();
        spreads_of(&fragment.node.selection_set.node, &mut spreads);
        spreads.retain(|spread| document.fragments.contains_key(&spread.node));
        waits_for.insert(name, spreads.len());
        for spread in spreads {
            spread_in.entry(&spread.node).or_default().push(name);
        }
    }
    let mut order: Vec<&Name> = waits_for
        .iter()
        .filter_map(|(name, count)| (*count == 0).then_some(*name))
        .collect();
    let mut next = 0;
    while let Some(name) = order.get(next).copied() {
        next += 1;
        for waiting in spread_in.get(name).into_iter().flatten() {
            if let Some(count) = waits_for.get_mut(waiting) {
                *count -= 1;
                if *count == 0 {
                    order.push(waiting);
                }
            }
        }
    }
    if order.len() == document.fragments.len() {
        return Ok(order);
    }
    // Name the first in the text, so that the same document gets the same answer.
    let in_cycle = document
        .fragments
        .iter()
        .filter(|(name, _)| waits_for.get(name).is_some_and(|count| *count > 0))
        .min_by_key(|(_, fragment)| position(fragment.pos));
    Err(in_cycle.map_or_else(
        || GateRefusal::invalid("Fragments spread one another in a cycle.", None),
        |(name, fragment)| {
            GateRefusal::invalid(
                format!(
                    "Cannot spread fragment \"{name}\" within itself, or it spreads one that is."
                ),
                Some(fragment.pos),
            )
        },
    ))
}

/// Where it is in the text, for comparing.
fn position(at: Pos) -> (usize, usize) {
    (at.line, at.column)
}
