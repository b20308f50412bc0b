//! `removeQueueMember`: an agent is no longer a member of a queue.

use serde::Serialize;

use crate::action::AuditedAction;
use crate::case::organisation::{agent, agent_event, open_in, queue, unchanged};
use crate::case::{OrganisationCase, OrganisationCommand, Recorder, in_order};
use crate::world::Key;
use crate::{
    Actor, AgentId, AuditDetail, CancelReason, Change, Decision, Managed, OfferKind, Outcome,
    QueueId, Refusal,
};

/// The membership ends; nothing happens where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RemoveMember {
    /// Who.
    pub agent: AgentId,
    /// Where.
    pub queue: QueueId,
}

impl OrganisationCommand for RemoveMember {
    fn audited(&self) -> AuditedAction {
        AuditedAction::RemoveQueueMember
    }

    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal> {
        let agent = agent(case.draft, self.agent)?;
        queue(case.draft, self.queue)?;
        if !agent.queues.contains(&self.queue) {
            return Ok(case.done(unchanged(|outcome| outcome.agent = Some(agent.clone()))));
        }
        let mut after = (**agent).clone();
        after.queues.remove(&self.queue);
        let change = Change::MembershipChanged {
            queue: self.queue,
            member: false,
            left: open_in(case.draft, self.queue),
        };
        let (mut events, outcome) = agent_event(change, after);
        let asked = case
            .draft
            .concerning(Key::Agent(self.agent))
            .filter(|conversation| {
                let pending = conversation.pending(OfferKind::Transfer);
                conversation.queue == self.queue
                    && pending.is_some_and(|offer| offer.agent == self.agent)
            });
        for conversation in in_order(asked) {
            let mut recorder = Recorder::new(case.draft, conversation, Actor::System, case.now);
            recorder.cancel_pending(CancelReason::MembershipLost);
            events.extend(recorder.into_events());
        }
        Ok(case.done((events, outcome)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(format!("{} {}", self.agent, self.queue))
    }

    fn managed(&self) -> Managed {
        Managed::Agent(self.agent)
    }
}
