//! What a command does to what is there: events, or a refusal and nothing else.
//!
//! One file for each kind of asker. Every refusal is found before the first event is made.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::policy::{self, Grant};
use super::{
    Act, Actor, Command, Conversation, ConversationId, CustomerId, Draft, Event, MessageId,
    Outcome, Refusal, Role, State, Subject, Viewer,
};

mod agent;
mod gateway;
mod manage;
mod steps;
mod supervisor;
mod timer;

pub use supervisor::DECLINES_BEFORE_OVERRIDE;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Asker {
    /// The holder of a token.
    Viewer(Arc<Viewer>),
    /// Regie itself, for a timer.
    System,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Who did it, in which role.
    pub actor: Actor,
    /// What happened, in order; none when it was so already.
    pub events: Vec<Event>,
    /// Texts and names, which stand in rows of their own.
    pub texts: Vec<Text>,
    /// What the answer shows.
    pub outcome: Outcome,
}

/// Text that a command brings, kept apart from the log so that it can be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// What a message says.
    Message(MessageId, Arc<str>),
    /// What a conversation is about.
    Subject(ConversationId, Arc<str>),
    /// A customer, by the gateway's own key and by name.
    Customer {
        /// The customer.
        id: CustomerId,
        /// Whose key it is.
        gateway: Subject,
        /// The gateway's own key.
        key: Option<Arc<str>>,
        /// The name; none leaves the one that is known.
        name: Option<Arc<str>>,
    },
}

/// Decides one command against what is there now.
pub fn decide(
    draft: &Draft<'_>,
    asker: &Asker,
    command: &Command,
    expected_version: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let viewer = match (asker, command) {
        (Asker::System, Command::TimerDue { conversation, kind }) => {
            return Ok(timer::due(draft, *conversation, *kind, now));
        }
        (Asker::Viewer(viewer), _) => viewer,
        (Asker::System, Command::AgentDisconnected(agent)) => {
            return Ok(timer::agent_disconnected(draft, *agent, now));
        }
        (
            Asker::System,
            Command::AccessLost {
                conversation,
                supervisor,
            },
        ) => return Ok(timer::access_lost(draft, *conversation, supervisor, now)),
        // What people do does not come from Regie itself.
        (Asker::System, _) => return Err(Refusal::RoleRequired(Role::Administrator)),
    };
    match command {
        Command::Start(start) => gateway::start(draft, viewer, start, now),
        Command::SetPresence(presence) => manage::set_presence(draft, viewer, *presence),
        Command::Manage(manage) => manage::manage(draft, viewer, manage, now),
        Command::Malformed(malformed) => Err(malformed.refusal.clone()),
        Command::TimerDue { .. } | Command::AgentDisconnected(_) | Command::AccessLost { .. } => {
            Err(Refusal::RoleRequired(Role::Administrator))
        }
        Command::Act { conversation, act } => {
            let agent = draft.agent_of(viewer.subject());
            policy::known_agent(viewer, agent.map(|agent| &**agent), act.action())?;
            let conversation = draft.conversation(*conversation).ok_or(Refusal::NotFound)?;
            let grant = policy::permit(
                viewer,
                agent.map(|agent| &**agent),
                draft.settings(),
                conversation,
                act.action(),
            )?;
            if expected_version.is_some_and(|version| version != conversation.version) {
                return Err(Refusal::VersionConflict {
                    current: conversation.version,
                    conversation: conversation.clone(),
                });
            }
            let case = Case {
                draft,
                viewer,
                grant,
                conversation,
                now,
            };
            match grant.role() {
                Role::CustomerGateway => gateway::act(&case, act),
                Role::Agent => agent::act(&case, act),
                _ => supervisor::act(&case, act),
            }
        }
    }
}

/// A command on one conversation that the policy allowed.
struct Case<'a> {
    draft: &'a Draft<'a>,
    viewer: &'a Viewer,
    grant: Grant,
    conversation: &'a Arc<Conversation>,
    now: DateTime<Utc>,
}

impl<'a> Case<'a> {
    fn steps(&self) -> steps::Steps<'a> {
        steps::Steps::new(self.draft, self.conversation, self.actor(), self.now)
    }

    fn actor(&self) -> Actor {
        let subject = self.viewer.subject().clone();
        match (self.grant.role(), self.grant.agent()) {
            (_, Some(agent)) => Actor::Agent { agent },
            (Role::CustomerGateway, None) => Actor::Gateway { subject },
            _ => Actor::Supervisor { subject },
        }
    }

    fn ongoing(&self) -> Result<(), Refusal> {
        if self.conversation.is_ongoing() {
            Ok(())
        } else {
            Err(Refusal::ConversationClosed)
        }
    }

    fn needs(&self, met: bool, needed: &'static str) -> Result<(), Refusal> {
        if met {
            Ok(())
        } else {
            Err(invalid_state(self.conversation, needed))
        }
    }

    fn in_state(&self, state: State, needed: &'static str) -> Result<(), Refusal> {
        self.needs(self.conversation.state == state, needed)
    }
}

fn invalid_state(conversation: &Conversation, needed: &'static str) -> Refusal {
    let (state, reason) = (conversation.state, conversation.reason);
    Refusal::InvalidState {
        state,
        reason,
        needed,
    }
}

/// An act that the policy gave to a role which has no such act: a fault of the policy's table.
fn not_for_this_role(act: &Act) -> Refusal {
    debug_assert!(false, "the policy let {act:?} through to the wrong role");
    Refusal::NotFound
}
