//! What an execution for many is a function of, beside the position of the board or the event.
//!
//! The one key of kept answers, groups and live lists: two requests with the same question get the same bytes. A subscription's root `after` only says
//! where it starts, so it is no part of the question when it comes as a variable.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Name, Variables};
use async_graphql_value::ConstValue;

use crate::graphql::gate::Passed;
use domain::{Access, Permission, Subject, Viewer};
use engine::log::GivenCursor;

mod uses;

use uses::{Uses, has_at_root};

/// The argument by which a subscription resumes.
const RESUME: &str = "after";
/// The argument by which a query waits.
const WAIT: &str = "minCursor";
/// What keeping a question takes beside its document and variables, about.
const OVERHEAD: usize = 512;

/// A document, operation, variables and who asks, as far as that matters.
#[derive(Clone)]
pub(super) struct Question {
    operation: Passed,
    variables: Arc<str>,
    access: Arc<Access>,
    /// Who asks, and what they may do, where what they see depends on who they are.
    own: Option<(Subject, BTreeSet<Permission>)>,
}

impl Question {
    /// The question that this viewer asks by this operation with these variables.
    pub(super) fn new(operation: Passed, variables: &Variables, viewer: &Viewer) -> Self {
        // Variables are maps in order of their names, and have no values that JSON lacks.
        let variables = serde_json::to_string(variables).unwrap_or_default().into();
        let access = viewer.access().clone();
        let own = || (viewer.subject().clone(), viewer.permissions().clone());
        Self {
            operation,
            variables,
            own: (!access.is_impersonal()).then(own),
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
            && self.own == other.own
    }
}

impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.operation.address().hash(state);
        self.variables.hash(state);
        self.access.hash(state);
        self.own.hash(state);
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
            let anywhere = ConstValue::String(GivenCursor::anywhere());
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
    reached: impl Fn(GivenCursor) -> bool,
) -> Option<Cow<'v, Variables>> {
    let mut left = Cow::Borrowed(variables);
    // Most have none.
    if !has_at_root(document, WAIT) {
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
                let is_reached = text.parse::<GivenCursor>().is_ok_and(&reached);
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
            assert_eq!(left["a"], GivenCursor::anywhere());
            let given = left["a"].as_str().unwrap().parse::<GivenCursor>();
            assert!(given.is_ok(), "it can be read: {must}");
        }
    }

    /// What is asked when the log is here already; none where it must be waited for.
    fn asked(document: &str, cursor: &serde_json::Value, here: bool) -> Option<serde_json::Value> {
        let document = parse_query(document).unwrap();
        let variables = Variables::from_json(json!({ "a": cursor, "b": 1 }));
        let reached = |_: GivenCursor| here;
        let left = without_reached(&document, None, &variables, reached);
        left.map(|left| serde_json::to_value(left).unwrap())
    }

    #[test]
    fn a_cursor_that_was_reached_is_no_part_of_the_question() {
        let cursor = json!(GivenCursor::anywhere());
        let query = "query($a: C, $b: I) { x(minCursor: $a, first: $b) z(minCursor: $a) }";
        assert_eq!(asked(query, &cursor, true), Some(json!({ "b": 1 })));
        assert_eq!(asked(query, &cursor, false), None, "it is to be waited for");
        assert_eq!(
            asked(query, &json!("nonsense"), true),
            None,
            "it is to be refused"
        );
        let none = json!({ "a": null, "b": 1 });
        assert_eq!(asked(query, &serde_json::Value::Null, true), Some(none));
        for root in [
            "query($a: C, $b: I) { ...F } fragment F on Query { x(minCursor: $a) { y } }",
            "query($a: C, $b: I) { ... on Query { x(minCursor: $a) { y } } }",
            "query($a: C, $b: I) { ... { ...F } } fragment F on Query { ...G }
             fragment G on Query { x(minCursor: $a) }",
        ] {
            assert_eq!(
                asked(root, &cursor, true),
                Some(json!({ "b": 1 })),
                "{root}"
            );
            assert_eq!(asked(root, &cursor, false), None, "{root}");
        }
        for by_itself in [
            "query($a: C, $b: I) { x(minCursor: $a) { y(z: $a) } }",
            "query($a: C!, $b: I) { x(minCursor: $a) }",
            "query($a: C, $b: I) { x(minCursor: \"written\") }",
        ] {
            assert_eq!(asked(by_itself, &cursor, true), None, "{by_itself}");
        }
    }
}
