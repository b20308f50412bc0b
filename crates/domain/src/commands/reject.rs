//! `rejectOffer`: an agent refuses what is offered, an assignment or a transfer request (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal};

/// Refuses what is offered, which counts as a decline.
#[derive(Clone, Copy, Debug)]
pub struct Reject;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Reject,
    audited: AuditedAction::RejectOffer,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.offered_to(grant.as_agent()?).map(drop),
    viewer_can: Some(ViewerCan {
        field: "reject",
        description: "`rejectOffer`, for the agent it is offered to.",
    }),
};

impl ConversationCommand for Reject {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let agent = case.grant().as_agent()?;
        let offer = case.standing.offered_to(agent)?;
        let (offer, by) = (offer.id, offer.by.clone());
        let mut recorder = case.recorder();
        recorder.push(match case.conversation().transfer_from() {
            Some(from) => Change::TransferRejected {
                offer,
                from,
                agent,
                by,
            },
            None => Change::OfferRejected { offer, agent, by },
        });
        Ok(recorder.done_with(Outcome {
            offer: Some(offer),
            ..Outcome::default()
        }))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
