//! What a command does to what is there: events, or a refusal and nothing else.
//!
//! One file for each kind of asker. Every refusal is found before the first event is made: what
//! depends on no target in `standing`, which `may` asks too, the rest by each act.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::policy::{self, Grant};
use super::{
    Act, Actor, Command, Conversation, ConversationId, CustomerId, Draft, Event, MessageId,
    Outcome, Refusal, Revocation, Role, Subject, Viewer,
};
use standing::Standing;

mod agent;
mod attention;
mod changes;
mod gateway;
mod manage;
mod organisation;
mod revoke;
mod standing;
mod steps;
mod supervisor;
mod timer;
mod token;

pub use standing::may;

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
    /// Everything that is kept of a customer in words goes: name, key, subjects, messages.
    Erased {
        /// The customer.
        customer: CustomerId,
        /// When.
        at: DateTime<Utc>,
    },
    /// Tokens are worth nothing from now on. No text, and still not for the log: it goes when its time is
    /// over.
    Revoked(Revocation),
}

/// Decides one command against what is there now.
pub fn decide(
    draft: &Draft<'_>,
    asker: &Asker,
    command: &Command,
    expected_version: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let mut decision = by_rule(draft, asker, command, expected_version, now)?;
    attention::settle(draft, command, &mut decision, now);
    Ok(decision)
}

/// What the command's own rule makes of it.
fn by_rule(
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
        // What people do does not come from Regie itself.
        (Asker::System, _) => return Err(Refusal::RoleRequired(Role::Administrator)),
    };
    match command {
        Command::Start(start) => gateway::start(draft, viewer, start, now),
        Command::SetPresence(presence) => manage::set_presence(draft, viewer, *presence),
        Command::AcknowledgeNotice { version } => {
            organisation::acknowledge(draft, viewer, version, now)
        }
        Command::Manage(manage) => manage::manage(draft, viewer, manage, now),
        Command::Malformed(malformed) => Err(malformed.refusal.clone()),
        Command::TokenRefreshed => Ok(token::refreshed(draft, viewer, now)),
        Command::TimerDue { .. } | Command::AgentDisconnected(_) => {
            Err(Refusal::RoleRequired(Role::Administrator))
        }
        Command::Act { conversation, act } => {
            let (agent, action) = (draft.agent_of(viewer.subject()), act.action());
            policy::known_agent(viewer, agent.map(|agent| &**agent), action)?;
            let conversation = draft.conversation(*conversation).ok_or(Refusal::NotFound)?;
            let standing = Standing::in_draft(draft, viewer, conversation, now);
            let grant = standing.permit(action)?;
            if expected_version.is_some_and(|version| version != conversation.version) {
                return Err(Refusal::VersionConflict {
                    current: conversation.version,
                    conversation: conversation.clone(),
                });
            }
            standing.meets(grant, action)?;
            let case = Case {
                draft,
                grant,
                standing,
            };
            match grant.role() {
                Role::CustomerGateway => gateway::act(&case, act),
                Role::Agent => agent::act(&case, act),
                _ => supervisor::act(&case, act),
            }
        }
    }
}

/// A command on one conversation that is allowed but for its target.
struct Case<'a> {
    draft: &'a Draft<'a>,
    grant: Grant,
    standing: Standing<'a>,
}

impl<'a> Case<'a> {
    fn viewer(&self) -> &'a Viewer {
        self.standing.viewer
    }

    fn conversation(&self) -> &'a Arc<Conversation> {
        self.standing.conversation
    }

    fn steps(&self) -> steps::Steps<'a> {
        let (actor, now) = (self.actor(), self.standing.now);
        steps::Steps::new(self.draft, self.conversation(), actor, now)
    }

    fn actor(&self) -> Actor {
        let subject = self.viewer().subject().clone();
        match (self.grant.role(), self.grant.agent()) {
            (_, Some(agent)) => Actor::Agent { agent },
            (Role::CustomerGateway, None) => Actor::Gateway { subject },
            _ => Actor::Supervisor { subject },
        }
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
