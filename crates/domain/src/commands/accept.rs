//! `acceptOffer`: an agent takes what is offered, an assignment or a transfer request (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Refusal};

/// Takes what is offered.
#[derive(Clone, Copy, Debug)]
pub struct Accept;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Accept,
    audited: AuditedAction::AcceptOffer,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.offered_to(grant.as_agent()?).map(drop),
    viewer_can: Some(ViewerCan {
        field: "accept",
        description: "`acceptOffer`, for the agent it is offered to.",
    }),
};

impl ConversationCommand for Accept {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let me = case.grant().as_agent()?;
        let offer = case.standing.offered_to(me)?;
        let (offer, by) = (offer.id, offer.by.clone());
        let mut recorder = case.recorder();
        recorder.becomes_primary(me);
        recorder.taken(match case.conversation().transfer_from() {
            Some(from) => Change::TransferAccepted {
                offer,
                from,
                to: me,
                by,
            },
            None => Change::OfferAccepted {
                offer,
                agent: me,
                by,
            },
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
