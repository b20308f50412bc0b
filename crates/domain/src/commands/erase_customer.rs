//! `eraseCustomer`: a customer's name, key and texts go. That changes nothing that a rule looks at, so it is no
//! event: see docs/decisions/0009-erasure.md. What supervisors review of it ends, which is one.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::{
    AuditDetail, CustomerRef, Decision, InUse, Managed, MonitoringEnd, Outcome, Refusal, Text,
};

/// A customer's name, keys and texts go, under every id of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EraseCustomer(pub CustomerRef);

impl OrganisationCommand for EraseCustomer {
    fn audited(&self) -> AuditedAction {
        AuditedAction::EraseCustomer
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let path = self.0.path();
        // What is ongoing is on the board, whatever the store was asked.
        if let CustomerRef::Id(id) = &self.0 {
            InUse::of_customer(case.draft, *id).none()?;
        }
        let known = case.draft.customer(&self.0);
        let known = known.ok_or(Refusal::TargetNotFound { path })?;
        let (customer, erased_at) = (known.id, known.erased_at);
        InUse::of_customer(case.draft, customer).none()?;
        // Once erased, nothing can come to this customer again: their key makes a new one.
        let texts = match erased_at {
            Some(_) => vec![],
            None => vec![Text::Erased {
                customer,
                at: case.now,
            }],
        };
        let outcome = Outcome {
            erased: Some((customer, erased_at.unwrap_or(case.now))),
            ..Outcome::default()
        };
        // Nothing ongoing is of this customer, so these are reviews.
        let is_theirs = |id| case.draft.survivor(id) == customer;
        let reviewed = case.draft.watched().filter(|one| is_theirs(one.customer));
        let mut events = Vec::new();
        for conversation in in_order(reviewed) {
            let actor = case.actor.clone();
            let mut recorder = Recorder::new(case.draft, conversation, actor, case.now);
            recorder.stop_reviews(MonitoringEnd::CustomerErased);
            events.extend(recorder.into_events());
        }
        Ok(Decision {
            texts,
            ..case.done((events, outcome))
        })
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        // A key is not for the audit: it may be a telephone number.
        match &self.0 {
            CustomerRef::Id(id) => AuditDetail::target(id),
            CustomerRef::Key(_) => {
                AuditDetail::of(outcome.and_then(|done| done.erased).map(|(id, _)| id))
            }
        }
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
