//! `updateCustomer`: a customer has another name, at any time (domain.md section 11).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::case::Recorder;
use crate::case::recorder::in_order;
use crate::{
    Actor, AuditDetail, Change, Conversation, CustomerRef, Decision, Draft, Event, KnownCustomer,
    Outcome, Refusal, Role, Text, Viewer, policy,
};

/// How many of a customer's ongoing conversations have an event of their own, the newest; the others are shown by the new
/// name all the same.
const TOLD: usize = 100;

/// A customer's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UpdateCustomer {
    /// Whose.
    pub customer: CustomerRef,
    /// The name from now on.
    pub name: Arc<str>,
}

impl UpdateCustomer {
    /// What the audit keeps of it: never a key, which may be a telephone number.
    pub(crate) fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        match &self.customer {
            CustomerRef::Id(id) => AuditDetail::target(id),
            CustomerRef::Key(_) => AuditDetail::of(outcome.and_then(|done| done.customer)),
        }
    }
}

/// What comes of it. A customer of another source is answered like none.
pub(crate) fn decide(
    update: &UpdateCustomer,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let subject = viewer.subject().clone();
    let is_administrator = viewer.has_role(Role::Administrator);
    let actor = if is_administrator {
        Actor::Administrator { subject }
    } else {
        policy::require_role(viewer, Role::CustomerGateway)?;
        Actor::Gateway { subject }
    };
    let path = update.customer.path();
    let known = draft
        .customer(&update.customer)
        .filter(|known| known.erased_at.is_none())
        .filter(|known| is_administrator || is_own(draft, viewer, known))
        .ok_or(Refusal::TargetNotFound { path })?;
    let outcome = Outcome {
        customer: Some(known.id),
        ..Outcome::default()
    };
    if known.name.as_ref() == Some(&update.name) {
        return Ok(Decision::repeated(actor, outcome));
    }
    let change = Change::CustomerChanged { customer: known.id };
    let text = Text::Customer {
        id: known.id,
        key: None,
        source: None,
        name: Some(update.name.clone()),
    };
    Ok(Decision {
        events: told(draft, &[known], &change, &actor, now),
        texts: vec![text],
        ..Decision::repeated(actor, outcome)
    })
}

/// Whether it is a customer of the gateway's source; one of none, from before there were sources, is found by a conversation
/// that the gateway carries.
fn is_own(draft: &Draft<'_>, viewer: &Viewer, known: &KnownCustomer) -> bool {
    let Some(source) = viewer.access().source() else {
        return false;
    };
    if known.sources.is_empty() && known.before.is_empty() {
        let carries = |c: &Arc<Conversation>| policy::carries(viewer.access(), c.origin());
        let last = known.last.and_then(|id| draft.conversation(id));
        return draft.of_customer(known.id).chain(last).any(carries);
    }
    let earlier = [source.clone(), viewer.subject().clone().into()];
    known.sources.contains(source) || earlier.iter().any(|one| known.before.contains(one))
}

/// The events of a change of customers: one for each ongoing conversation of theirs, as it is; where they have none, for
/// the conversation that started last.
pub(super) fn told(
    draft: &Draft<'_>,
    customers: &[&KnownCustomer],
    change: &Change,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Vec<Event> {
    let theirs = customers
        .iter()
        .flat_map(|known| draft.of_customer(known.id));
    let mut these = in_order(theirs);
    these.drain(..these.len().saturating_sub(TOLD));
    if these.is_empty() {
        let last = customers.iter().filter_map(|known| known.last).max();
        these.extend(last.and_then(|id| draft.conversation(id)));
    }
    let tell = |conversation: &Arc<Conversation>| {
        let mut recorder = Recorder::new(draft, conversation, actor.clone(), now);
        recorder.push(change.clone());
        recorder.into_events()
    };
    these.into_iter().flat_map(tell).collect()
}
