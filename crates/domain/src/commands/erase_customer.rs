//! `eraseCustomer`: a customer's name, key and texts go. That changes nothing that a rule looks at, so it is no
//! event: see docs/decisions/0009-erasure.md.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{AuditDetail, CustomerId, Decision, InUse, Managed, Outcome, Refusal, Text};

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
        Ok(Decision {
            texts,
            ..case.done((vec![], outcome))
        })
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.0)
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}
