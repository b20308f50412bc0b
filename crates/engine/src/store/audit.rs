//! The audit trail: one entry for every action of a supervisor or administrator, refusals included,
//! chained by hash under the writer's lock so that a removed or altered row shows.
//!
//! Entries are only ever appended, here and nowhere else; they hold ids and states, no text of
//! customers. What entries must not do is tell their subject more than the answer did: how a
//! conversation was is kept only for who sees it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveModelTrait as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::load::Heads;
use domain::command::Target;
use domain::{
    Act, Agent, AgentId, Command, Conversation, ConversationId, Decision, Draft, Manage, Outcome,
    Override, Queue, QueueId, Refusal, Revoked, Role, Settings, State, StatusReason, Viewer,
    Workstream, policy,
};
use entity::tables::audit;

/// What was asked, and what came of it.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub viewer: &'a Viewer,
    pub command: &'a Command,
    pub reason: Option<&'a str>,
    pub decided: &'a Result<Decision, Refusal>,
}

/// What an entry keeps of what it acted on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Image {
    Conversation(Snapshot),
    Settings(Box<Settings>),
    Agent { agent: Arc<Agent> },
    Queue { queue: Arc<Queue> },
    Workstream { workstream: Arc<Workstream> },
}

/// What an entry keeps of a conversation: ids and states, no text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Where it stood.
    pub state: State,
    /// Why it stood there.
    pub reason: StatusReason,
    /// Its version.
    pub version: u32,
    /// Its queue.
    pub queue: QueueId,
    /// Who had it, or was offered it as an assignment.
    pub agent: Option<AgentId>,
}

impl From<&Conversation> for Snapshot {
    fn from(conversation: &Conversation) -> Self {
        Self {
            state: conversation.state,
            reason: conversation.reason,
            version: conversation.version,
            queue: conversation.queue,
            agent: conversation.assigned_agent(),
        }
    }
}

impl Asked<'_> {
    /// The next row of the chain; none when this is no action of a supervisor or administrator.
    /// `draft` is as it was before.
    pub fn entry(
        &self,
        draft: &Draft<'_>,
        heads: &mut Heads,
        at: DateTime<Utc>,
    ) -> Result<Option<audit::ActiveModel>, StoreError> {
        let deed = self.command.deed();
        // Most commands are an agent's or gateway's: nothing is looked up for them.
        let Some(deed) = deed.filter(|deed| deed.audited_as(self.viewer, false).is_some()) else {
            return Ok(None);
        };
        let agent = draft.agent_of(self.viewer.subject()).map(|agent| &**agent);
        let id = conversation_of(self.command);
        let conversation = id.and_then(|id| draft.conversation(id));
        let as_agent = conversation.is_some_and(|c| policy::acts_as_agent(self.viewer, agent, c));
        let Some(role) = deed.audited_as(self.viewer, as_agent) else {
            return Ok(None);
        };
        let outcome = self.decided.as_ref().ok().map(|decision| &decision.outcome);
        let seen = conversation.filter(|c| policy::sees(self.viewer.access(), agent, c).any());
        let before = match seen {
            Some(conversation) => Some(Image::Conversation((&**conversation).into())),
            None => self.managed(draft, outcome),
        };
        let overrides: Vec<_> = overrides(self.command).map(Override::as_str).collect();
        let mut entry = audit::Model {
            number: heads.audit_number + 1,
            at,
            subject: self.viewer.subject().to_string(),
            role,
            action: deed.as_str().to_owned(),
            conversation_id: id,
            target: target(self.command, outcome),
            refusal: self
                .decided
                .as_ref()
                .err()
                .map(|refusal| refusal.code().as_str().to_owned()),
            reason: self.reason.map(str::to_owned),
            overrides: serde_json::to_string(&overrides).map_err(StoreError::row("audit"))?,
            before: json(before)?,
            after: json(outcome.and_then(after))?,
            hash: String::new(),
        };
        entry.hash = chain(&heads.audit_hash, &entry);
        heads.audit_number = entry.number;
        heads.audit_hash.clone_from(&entry.hash);
        Ok(Some(audit::ActiveModel::from(entry).reset_all()))
    }

    /// How what an administrator changes was before: the settings only when they were changed, the rest also
    /// when that was refused, but for who may not change it.
    fn managed(&self, draft: &Draft<'_>, outcome: Option<&Outcome>) -> Option<Image> {
        let Command::Manage(manage) = self.command else {
            return None;
        };
        if !self.viewer.has_role(Role::Administrator) {
            return None;
        }
        match manage {
            Manage::UpdateSettings(_) => {
                outcome.map(|_| Image::Settings(Box::new((**draft.settings()).clone())))
            }
            Manage::AddMember { agent, .. }
            | Manage::RemoveMember { agent, .. }
            | Manage::UpdateAgent(agent, _)
            | Manage::DeleteAgent(agent) => {
                let agent = draft.agent(*agent)?.clone();
                Some(Image::Agent { agent })
            }
            Manage::UpdateQueue(queue, _) | Manage::DeleteQueue(queue) => {
                let queue = draft.queue(*queue)?.clone();
                Some(Image::Queue { queue })
            }
            Manage::UpdateWorkstream(workstream, _) | Manage::DeleteWorkstream(workstream) => {
                let workstream = draft.workstream(*workstream)?.clone();
                Some(Image::Workstream { workstream })
            }
            Manage::CreateAgent { .. }
            | Manage::CreateQueue { .. }
            | Manage::CreateWorkstream(_)
            | Manage::EraseCustomer(_)
            | Manage::Revoke { .. } => None,
        }
    }
}

fn after(outcome: &Outcome) -> Option<Image> {
    let conversation = outcome.conversation.as_deref();
    let settings = outcome.settings.as_deref();
    let (agent, queue) = (outcome.agent.clone(), outcome.queue.clone());
    let workstream = outcome.workstream.clone();
    conversation
        .map(|conversation| Image::Conversation(conversation.into()))
        .or_else(|| settings.map(|settings| Image::Settings(Box::new(settings.clone()))))
        .or_else(|| agent.map(|agent| Image::Agent { agent }))
        .or_else(|| queue.map(|queue| Image::Queue { queue }))
        .or_else(|| workstream.map(|workstream| Image::Workstream { workstream }))
}

fn json(image: Option<Image>) -> Result<Option<String>, StoreError> {
    image
        .map(|image| serde_json::to_string(&image))
        .transpose()
        .map_err(StoreError::row("audit"))
}

/// SHA-256 over the hash of the entry before and every column of this one, each with its length.
pub(super) fn chain(before: &str, entry: &audit::Model) -> String {
    let mut hasher = Sha256::new();
    let mut column = |text: Option<&str>| {
        hasher.update(
            text.map_or(u64::MAX, |text| text.len() as u64)
                .to_be_bytes(),
        );
        hasher.update(text.unwrap_or_default());
    };
    column(Some(before));
    column(Some(&entry.number.to_string()));
    column(Some(&entry.at.timestamp_micros().to_string()));
    column(Some(&entry.subject));
    column(Some(entry.role.as_str()));
    column(Some(&entry.action));
    column(entry.conversation_id.map(|id| id.to_string()).as_deref());
    column(entry.target.as_deref());
    column(entry.refusal.as_deref());
    column(entry.reason.as_deref());
    column(Some(&entry.overrides));
    column(entry.before.as_deref());
    column(entry.after.as_deref());
    base16ct::lower::encode_string(&hasher.finalize())
}

fn conversation_of(command: &Command) -> Option<ConversationId> {
    match command {
        Command::Act { conversation, .. } => Some(*conversation),
        Command::Malformed(malformed) => malformed.conversation,
        _ => None,
    }
}

/// At whom or what it was aimed: what the input names, or what came into being or ended by it.
fn target(command: &Command, outcome: Option<&Outcome>) -> Option<String> {
    match command {
        Command::Act { act, .. } => match act {
            Act::AssignToAgent(target) | Act::Transfer(target) => Some(target.agent.to_string()),
            Act::AssignToQueue(queue) => Some(queue.to_string()),
            Act::Monitor { .. } | Act::StopMonitoring | Act::Join | Act::Leave => {
                Some(outcome?.session.as_ref()?.session.to_string())
            }
            Act::Send { .. } => Some(outcome?.message?.to_string()),
            Act::CancelOffer | Act::CancelTransfer => Some(outcome?.offer?.to_string()),
            _ => None,
        },
        Command::Manage(manage) => match manage {
            // What was refused never came into being.
            Manage::CreateAgent { id, .. } => outcome.map(|_| id.to_string()),
            Manage::CreateQueue { id, .. } => outcome.map(|_| id.to_string()),
            Manage::CreateWorkstream(workstream) => outcome.map(|_| workstream.id.to_string()),
            Manage::AddMember { agent, queue } | Manage::RemoveMember { agent, queue } => {
                Some(format!("{agent} {queue}"))
            }
            Manage::UpdateSettings(_) => None,
            Manage::UpdateAgent(id, _) | Manage::DeleteAgent(id) => Some(id.to_string()),
            Manage::UpdateQueue(id, _) | Manage::DeleteQueue(id) => Some(id.to_string()),
            Manage::UpdateWorkstream(id, _) | Manage::DeleteWorkstream(id) => Some(id.to_string()),
            Manage::EraseCustomer(id) => Some(id.to_string()),
            Manage::Revoke { what, .. } => Some(match what {
                Revoked::Token(id) => id.to_string(),
                Revoked::Subject(subject) => subject.to_string(),
            }),
        },
        _ => None,
    }
}

fn overrides(command: &Command) -> impl Iterator<Item = Override> {
    let lifted = match command {
        Command::Act {
            act:
                Act::AssignToAgent(Target {
                    override_presence,
                    override_capacity,
                    override_declines,
                    ..
                })
                | Act::Transfer(Target {
                    override_presence,
                    override_capacity,
                    override_declines,
                    ..
                }),
            ..
        } => [*override_presence, *override_capacity, *override_declines],
        _ => [false; 3],
    };
    Override::ALL
        .iter()
        .zip(lifted)
        .filter_map(|(limit, lifted)| lifted.then_some(*limit))
}
