//! `pickConversation`: an agent or bot takes a conversation from one of their queues (domain.md section 2).

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, Standing, ViewerCan};
use crate::policy::{Grant, Needs};
use crate::{AgentKind, AuditDetail, Change, Decision, Outcome, Refusal};

/// Takes it, whatever the capacity and presence.
#[derive(Clone, Copy, Debug)]
pub struct Pick;

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Pick,
    audited: AuditedAction::PickConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: pickable,
    viewer_can: Some(ViewerCan {
        field: "pick",
        description: "`pickConversation`, for agents: take it from one of your queues.",
    }),
};

impl ConversationCommand for Pick {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let agent = case.standing.agent.ok_or(Refusal::AgentUnknown)?;
        let mut recorder = case.recorder();
        let units = match agent.kind {
            AgentKind::Human => recorder.workstream().units,
            AgentKind::Bot => 0,
        };
        recorder.becomes_primary(agent.id);
        recorder.taken(Change::Picked {
            agent: agent.id,
            kind: agent.kind,
            units,
        });
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}

fn pickable(standing: &Standing<'_>, _: &Grant<'_>) -> Result<(), Refusal> {
    standing.unassigned()?;
    let agent = standing.agent.ok_or(Refusal::AgentUnknown)?;
    if !agent.queues.contains(&standing.conversation.queue) {
        return Err(Refusal::TargetNotInQueue);
    }
    Ok(())
}
