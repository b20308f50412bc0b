//! What an execution for many is a function of, beside the position of the board or the event.
//!
//! Two requests with the same question get the same bytes. A subscription's root `after` only says
//! where it starts, so it is no part of the question when it comes as a variable.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql_value::Value;

use crate::domain::Access;
use crate::graphql::gate::Passed;

/// The argument by which a subscription resumes.
const RESUME: &str = "after";
/// What keeping a question takes beside its document and variables, about.
const OVERHEAD: usize = 512;

/// A document, operation, variables and access.
#[derive(Clone)]
pub(super) struct Question {
    operation: Passed,
    variables: Arc<str>,
    access: Arc<Access>,
}

impl Question {
    /// The question that this operation asks with these variables.
    pub(super) fn new(operation: Passed, variables: &Variables, access: Arc<Access>) -> Self {
        // Variables are maps in order of their names, and have no values that JSON lacks.
        let variables = serde_json::to_string(variables).unwrap_or_default().into();
        Self {
            operation,
            variables,
            access,
        }
    }

    /// The operation.
    pub(super) const fn operation(&self) -> &Passed {
        &self.operation
    }

    /// Who has the answer in common.
    pub(super) const fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// About how many bytes it takes to keep.
    pub(super) fn bytes(&self) -> usize {
        self.operation.bytes() + self.variables.len() + OVERHEAD
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.operation.is(&other.operation)
            && self.variables == other.variables
            && self.access == other.access
    }
}

impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.operation.address().hash(state);
        self.variables.hash(state);
        self.access.hash(state);
    }
}

/// The variables without the one that the root field resumes by, if nothing else uses it.
pub(super) fn without_resume(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Variables {
    let mut uses = Uses::default();
    for (name, each) in document.operations.iter() {
        let chosen = operation.is_none_or(|wanted| name.is_some_and(|name| name == wanted));
        if chosen {
            uses.directives(&each.node.directives);
            uses.selections(&each.node.selection_set.node, true);
        }
    }
    for fragment in document.fragments.values() {
        uses.directives(&fragment.node.directives);
        uses.selections(&fragment.node.selection_set.node, false);
    }
    let mut left = variables.clone();
    if let [only] = uses.resumes[..]
        && !uses.others.contains(&only)
    {
        left.remove(only);
    }
    left
}

/// Which variables a document uses, and where.
#[derive(Default)]
struct Uses<'d> {
    resumes: Vec<&'d str>,
    others: Vec<&'d str>,
}

impl<'d> Uses<'d> {
    fn selections(&mut self, set: &'d SelectionSet, root: bool) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, root),
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set.node, root);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &'d Field, root: bool) {
        for (name, value) in &field.arguments {
            match &value.node {
                Value::Variable(variable) if root && name.node == RESUME => {
                    self.resumes.push(variable);
                }
                value => self.value(value),
            }
        }
        self.selections(&field.selection_set.node, false);
    }

    fn directives(&mut self, directives: &'d [async_graphql::Positioned<Directive>]) {
        for directive in directives {
            for (_, value) in &directive.node.arguments {
                self.value(&value.node);
            }
        }
    }

    fn value(&mut self, value: &'d Value) {
        match value {
            Value::Variable(name) => self.others.push(name),
            Value::List(list) => list.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.value(value)),
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn left(document: &str) -> serde_json::Value {
        let document = parse_query(document).unwrap();
        let variables = Variables::from_json(json!({ "a": "cursor", "b": 1 }));
        serde_json::to_value(without_resume(&document, None, &variables)).unwrap()
    }

    #[test]
    fn where_a_subscription_starts_is_no_part_of_the_question() {
        let subscription = "subscription($a: C, $b: I) { x(after: $a, filter: { n: $b }) { y } }";
        assert_eq!(left(subscription), json!({ "b": 1 }));
    }

    #[test]
    fn a_variable_that_is_used_elsewhere_too_stays() {
        for elsewhere in [
            "subscription($a: C) { x(after: $a) { y(cursor: $a) } }",
            "subscription($a: C) { x(after: $a) { y(at: [{ c: $a }]) } }",
            "subscription($a: C) { x(after: $a) { y @include(if: $a) } }",
            "subscription($a: C) { x(after: $a) { ...F } } fragment F on X { y(after: $a) }",
            "subscription($a: C) { ...F } fragment F on Subscription { x(after: $a) { y } }",
        ] {
            assert_eq!(
                left(elsewhere),
                json!({ "a": "cursor", "b": 1 }),
                "{elsewhere}"
            );
        }
    }
}
