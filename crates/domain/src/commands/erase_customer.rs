//! `eraseCustomer`: a customer's name, key and texts go. That changes nothing that a rule looks at, so it is no
//! event: see docs/decisions/0009-erasure.md. What supervisors review of it ends, which is one.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::{AuditDetail, CustomerId, Decision, InUse, Managed, MonitoringEnd, Outcome, Refusal, Text};

/// A customer's name, key and texts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EraseCustomer(pub CustomerId);

impl OrganisationCommand for EraseCustomer {
    fn audited(&self) -> AuditedAction {
        AuditedAction::EraseCustomer
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let customer = self.0;
        InUse::of_customer(case.draft, customer).none()?;
        let path = "customerId";
        let known = case.draft.customer(customer);
        let erased_at = known.ok_or(Refusal::TargetNotFound { path })?;
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
        let reviewed = case.draft.watched().filter(|one| one.customer == customer);
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

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
