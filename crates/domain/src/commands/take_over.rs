//! `takeOverConversation`: a supervisor who is an agent too becomes the primary agent at once (domain.md section 13).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, Standing, ViewerCan, invalid_state};
use crate::policy::Needs;
use crate::{
    Agent, AgentKind, AuditDetail, CancelReason, Change, Decision, Mode, OfferKind, Outcome,
    Permission, Refusal, Role, Setting, State, SystemMessage,
};

/// Takes it over, whatever the presence and capacity.
#[derive(Clone, Copy, Debug)]
pub struct TakeOver;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::TakeOver,
    audited: AuditedAction::TakeOverConversation,
    needs: Needs::Supervisor(Setting::SupervisorTakeOver, Permission::TakeOver),
    in_closed: false,
    meets: |standing, _| takeable(standing).map(drop),
    viewer_can: Some(ViewerCan {
        field: "takeOver",
        description: "`takeOverConversation`, for supervisors who are agents too: become its primary agent at once.",
    }),
};

impl ConversationCommand for TakeOver {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let me = takeable(&case.standing)?.id;
        let mut recorder = case.recorder();
        let from = case.conversation().primary_agent();
        let from = from.ok_or_else(|| needed(&case.standing))?;
        let units = recorder.workstream().units;
        recorder.cancel_pending(CancelReason::TakenOver);
        recorder.becomes_primary(me);
        let change = Change::TakenOver {
            from,
            agent: me,
            units,
        };
        recorder.taken(change);
        recorder.say(SystemMessage::TakenOver);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}

/// As which agent the viewer would take it over, where the conversation can be taken over.
fn takeable<'a>(standing: &Standing<'a>) -> Result<&'a Agent, Refusal> {
    standing.messaging()?;
    let conversation = standing.conversation;
    if let Some(offer) = conversation.pending(OfferKind::Assignment) {
        return Err(Refusal::OfferPending(offer.id));
    }
    if !(conversation.is_in_conversation() || conversation.state == State::Waiting) {
        return Err(needed(standing));
    }
    if conversation.mode != Mode::Text {
        return Err(Refusal::ModeNotSupported(conversation.mode));
    }
    let is_agent = standing.viewer.has_role(Role::Agent);
    let me = standing.agent.filter(|_| is_agent);
    let me = me.filter(|me| me.kind == AgentKind::Human);
    let me = me.ok_or(Refusal::AgentRowNeeded)?;
    if conversation.primary_agent() == Some(me.id) {
        return Err(Refusal::AlreadyPrimary);
    }
    Ok(me)
}

fn needed(standing: &Standing<'_>) -> Refusal {
    invalid_state(standing.conversation, "ACTIVE and accepted, or WAITING")
}
