//! What an execution for many is a function of, beside the position of the board or the event.
//!
//! Two requests with the same question get the same bytes. A subscription's root `after` only says
//! where it starts, so it is no part of the question when it comes as a variable. Fields at the root are
//! those of the operation, and of the fragments that it spreads there.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Variables};
use async_graphql_value::{ConstValue, Value};

use crate::domain::Access;
use crate::graphql::gate::Passed;
use crate::store::Cursor;

/// The argument by which a subscription resumes.
const RESUME: &str = "after";
/// The argument by which a query waits.
const WAIT: &str = "minCursor";
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

/// The variables with nothing of where the root field resumes, if that comes by a variable that nothing
/// else uses: left out, or the same for everybody where it must be given or has a default.
pub(super) fn without_resume(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Variables {
    let uses = Uses::of(document, operation, RESUME);
    let mut left = variables.clone();
    if let [only] = uses.named[..]
        && !uses.others.contains(&only)
    {
        if uses.may_leave_out(only) {
            left.remove(only);
        } else {
            let anywhere = ConstValue::String(Cursor::ANYWHERE.to_string());
            left.insert(Name::new(only), anywhere);
        }
    }
    left
}

/// The variables without those cursors that the root fields wait for and that have been reached: what
/// they asked for is what is asked for without them. None where there is something to wait for.
pub(super) fn without_reached<'v>(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &'v Variables,
    reached: impl Fn(Cursor) -> bool,
) -> Option<Cow<'v, Variables>> {
    let mut left = Cow::Borrowed(variables);
    if !waits_at_root(document) {
        return Some(left);
    }
    let uses = Uses::of(document, operation, WAIT);
    if uses.literal {
        return None;
    }
    for name in &uses.named {
        match variables.get(*name) {
            None if uses.has_default(name) => return None,
            None | Some(ConstValue::Null) => {}
            Some(ConstValue::String(text)) => {
                let is_reached = text.parse::<Cursor>().is_ok_and(&reached);
                if !is_reached || !uses.may_leave_out(name) {
                    return None;
                }
                left.to_mut().remove(*name);
            }
            Some(_) => return None,
        }
    }
    Some(left)
}

/// Whether a field at the root waits for a cursor. Most do not.
fn waits_at_root(document: &ExecutableDocument) -> bool {
    let at_root = fragments_at_root(document, |_| true);
    let at_root = at_root
        .iter()
        .filter_map(|name| document.fragments.get(*name));
    let fragments = at_root.map(|fragment| &fragment.node.selection_set.node);
    let roots = document.operations.iter();
    let roots = roots.map(|(_, operation)| &operation.node.selection_set.node);
    roots.chain(fragments).any(waits)
}

/// Whether a field of these waits for a cursor; what is in fragments with a name aside.
fn waits(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => field.node.get_argument(WAIT).is_some(),
        Selection::InlineFragment(inline) => waits(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
}

/// The fragments whose fields are fields at the root of these operations.
fn fragments_at_root(
    document: &ExecutableDocument,
    chosen: impl Fn(Option<&Name>) -> bool,
) -> HashSet<&str> {
    let operations = document.operations.iter();
    let chosen = operations.filter(|(name, _)| chosen(*name));
    let mut sets: Vec<_> = chosen
        .map(|(_, operation)| &operation.node.selection_set.node)
        .collect();
    let mut found = HashSet::new();
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(_) => {}
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    if let Some(fragment) = document.fragments.get(name)
                        && found.insert(name)
                    {
                        sets.push(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
    found
}

/// Which variables a document uses, and where.
struct Uses<'d> {
    /// The argument of root fields that is looked for.
    argument: &'static str,
    /// The variables that it is given by.
    named: Vec<&'d str>,
    /// Whether it is written out somewhere, other than as null.
    literal: bool,
    others: Vec<&'d str>,
    definitions: Vec<&'d VariableDefinition>,
}

impl<'d> Uses<'d> {
    fn of(
        document: &'d ExecutableDocument,
        operation: Option<&str>,
        argument: &'static str,
    ) -> Self {
        let mut uses = Self {
            argument,
            named: Vec::new(),
            literal: false,
            others: Vec::new(),
            definitions: Vec::new(),
        };
        let chosen = |name: Option<&Name>| {
            operation.is_none_or(|wanted| name.is_some_and(|name| name == wanted))
        };
        for (name, each) in document.operations.iter() {
            if chosen(name) {
                let definitions = each.node.variable_definitions.iter();
                uses.definitions.extend(definitions.map(|each| &each.node));
                uses.directives(&each.node.directives);
                uses.selections(&each.node.selection_set.node, true);
            }
        }
        let at_root = fragments_at_root(document, chosen);
        for (name, fragment) in &document.fragments {
            uses.directives(&fragment.node.directives);
            let root = at_root.contains(name.as_str());
            uses.selections(&fragment.node.selection_set.node, root);
        }
        uses
    }

    /// Whether the operation means the same without a value for it where the argument is.
    fn may_leave_out(&self, name: &str) -> bool {
        let mut definitions = self.definitions.iter();
        !self.others.contains(&name)
            && !self.has_default(name)
            && definitions
                .any(|each| each.name.node.as_str() == name && each.var_type.node.nullable)
    }

    fn has_default(&self, name: &str) -> bool {
        let mut definitions = self.definitions.iter();
        definitions.any(|each| each.name.node.as_str() == name && each.default_value.is_some())
    }

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
                Value::Variable(variable) if root && name.node == self.argument => {
                    self.named.push(variable);
                }
                value => {
                    self.literal |= root && name.node == self.argument && *value != Value::Null;
                    self.value(value);
                }
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
            "subscription($a: C) { ...F x(after: $a) { y } } fragment F on Subscription { z(of: $a) }",
        ] {
            assert_eq!(
                left(elsewhere),
                json!({ "a": "cursor", "b": 1 }),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn where_a_subscription_starts_is_known_in_fragments_at_the_root_too() {
        for within in [
            "subscription($a: C) { ...F } fragment F on Subscription { x(after: $a) { y } }",
            "subscription($a: C) { ...F } fragment F on Subscription { ... { ...G } }
             fragment G on Subscription { x(after: $a) { y } }",
            "subscription($a: C) { ... on Subscription { x(after: $a) { y } } }",
        ] {
            assert_eq!(left(within), json!({ "b": 1 }), "{within}");
        }
    }

    #[test]
    fn a_variable_that_must_be_given_is_the_same_for_everybody() {
        for must in [
            "subscription($a: C!, $b: I) { x(after: $a) { y } }",
            "subscription($a: C = \"early\", $b: I) { x(after: $a) { y } }",
        ] {
            let left = left(must);
            assert_eq!(left["b"], 1);
            let given = left["a"].as_str().unwrap().parse::<Cursor>();
            assert_eq!(given, Ok(Cursor::ANYWHERE), "it can be read: {must}");
        }
    }

    /// What is asked when the log stands at this position; none where it must be waited for.
    fn asked(document: &str, cursor: &serde_json::Value, here: i64) -> Option<serde_json::Value> {
        let document = parse_query(document).unwrap();
        let variables = Variables::from_json(json!({ "a": cursor, "b": 1 }));
        let reached = |cursor: Cursor| cursor.position <= here;
        let left = without_reached(&document, None, &variables, reached);
        left.map(|left| serde_json::to_value(left).unwrap())
    }

    #[test]
    fn a_cursor_that_was_reached_is_no_part_of_the_question() {
        let cursor = Cursor {
            epoch: uuid::Uuid::nil(),
            position: 7,
            hash: 0,
            step: 0,
            list: 0,
        };
        let cursor = json!(cursor.to_string());
        let query = "query($a: C, $b: I) { x(minCursor: $a, first: $b) z(minCursor: $a) }";
        assert_eq!(asked(query, &cursor, 7), Some(json!({ "b": 1 })));
        assert_eq!(asked(query, &cursor, 6), None, "it is to be waited for");
        assert_eq!(
            asked(query, &json!("nonsense"), 7),
            None,
            "it is to be refused"
        );
        let none = json!({ "a": null, "b": 1 });
        assert_eq!(asked(query, &serde_json::Value::Null, 7), Some(none));
        for root in [
            "query($a: C, $b: I) { ...F } fragment F on Query { x(minCursor: $a) { y } }",
            "query($a: C, $b: I) { ... on Query { x(minCursor: $a) { y } } }",
            "query($a: C, $b: I) { ... { ...F } } fragment F on Query { ...G }
             fragment G on Query { x(minCursor: $a) }",
        ] {
            assert_eq!(asked(root, &cursor, 7), Some(json!({ "b": 1 })), "{root}");
            assert_eq!(asked(root, &cursor, 6), None, "{root}");
        }
        for by_itself in [
            "query($a: C, $b: I) { x(minCursor: $a) { y(z: $a) } }",
            "query($a: C!, $b: I) { x(minCursor: $a) }",
            "query($a: C, $b: I) { x(minCursor: \"written\") }",
        ] {
            assert_eq!(asked(by_itself, &cursor, 7), None, "{by_itself}");
        }
    }
}
