//! `mergeCustomers`: two customers are one from now on, for good (domain.md section 11). No conversation changes: the merged
//! id becomes another name of the surviving customer.

use serde::Serialize;

use super::update_customer::told;
use crate::action::AuditedAction;
use crate::case::organisation::invalid;
use crate::case::{OrganisationCase, OrganisationCommand};
use crate::{
    AuditDetail, Change, CustomerId, CustomerRef, Decision, KnownCustomer, Managed, Outcome,
    Refusal, Text,
};

/// Who becomes whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MergeCustomers {
    /// Whose id becomes another name.
    pub merged: CustomerId,
    /// Of whom; an id that was merged before means the customer who survived.
    pub surviving: CustomerId,
}

impl OrganisationCommand for MergeCustomers {
    fn audited(&self) -> AuditedAction {
        AuditedAction::MergeCustomers
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let merged = known(case, self.merged, "mergedId")?;
        let surviving = known(case, self.surviving, "survivingId")?;
        if merged.id == surviving.id {
            return Err(invalid("mergedId", "they are the same customer"));
        }
        if merged.id != self.merged {
            let problem = format!("was merged into {}: name that customer", merged.id);
            return Err(invalid("mergedId", &problem));
        }
        let change = Change::CustomersMerged {
            merged: merged.id,
            surviving: surviving.id,
        };
        let events = told(
            case.draft,
            &[merged, surviving],
            &change,
            &case.actor,
            case.now,
        );
        let outcome = Outcome {
            customer: Some(surviving.id),
            ..Outcome::default()
        };
        let text = Text::Merged {
            merged: merged.id,
            surviving: surviving.id,
            name: surviving.name.clone(),
        };
        Ok(Decision {
            texts: vec![text],
            ..case.done((events, outcome))
        })
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        // Both: what was done can never be undone, so that the trail says who became whom.
        AuditDetail::target(format!("{} {}", self.merged, self.surviving))
    }

    fn managed(&self) -> Managed {
        Managed::Nothing
    }
}

/// The customer with this id; nobody where their data were erased.
fn known<'d>(
    case: &'d OrganisationCase<'_>,
    id: CustomerId,
    path: &'static str,
) -> Result<&'d KnownCustomer, Refusal> {
    let known = case.draft.customer(&CustomerRef::Id(id));
    known
        .filter(|known| known.erased_at.is_none())
        .ok_or(Refusal::TargetNotFound { path })
}
