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
use domain::{
    Agent, AgentId, Command, Conversation, Decision, Draft, Managed, Outcome, Override, Queue,
    QueueId, Refusal, Role, Settings, State, StatusReason, Viewer, Workstream, policy,
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
        let Some(action) = self.command.audited() else {
            return Ok(None);
        };
        let asked_by = action.asked_by();
        // Most commands are an agent's or gateway's: nothing is looked up for them.
        if asked_by.audited_as(self.viewer, false).is_none() {
            return Ok(None);
        }
        let agent = draft.agent_of(self.viewer.subject()).map(|agent| &**agent);
        let id = self.command.audited_conversation(draft, self.viewer);
        let conversation = id.and_then(|id| draft.conversation(id));
        let as_agent =
            conversation.is_some_and(|c| policy::asks_as_agent(asked_by, self.viewer, agent, c));
        let Some(role) = asked_by.audited_as(self.viewer, as_agent) else {
            return Ok(None);
        };
        let outcome = self.decided.as_ref().ok().map(|decision| &decision.outcome);
        let seen = conversation.filter(|c| policy::sees(self.viewer.access(), agent, c).any());
        let before = match seen {
            Some(conversation) => Some(Image::Conversation((&**conversation).into())),
            None => self.managed(draft, outcome),
        };
        let detail = self.command.audit(outcome);
        let overrides: Vec<_> = detail.overrides.lifted().map(Override::as_str).collect();
        let mut entry = audit::Model {
            number: heads.audit_number + 1,
            at,
            subject: self.viewer.subject().to_string(),
            role,
            action: action.as_str().to_owned(),
            conversation_id: id,
            target: detail.target,
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
        match manage.managed() {
            Managed::Nothing => None,
            Managed::Settings => {
                outcome.map(|_| Image::Settings(Box::new((**draft.settings()).clone())))
            }
            Managed::Agent(agent) => Some(Image::Agent {
                agent: draft.agent(agent)?.clone(),
            }),
            Managed::Queue(queue) => Some(Image::Queue {
                queue: draft.queue(queue)?.clone(),
            }),
            Managed::Workstream(workstream) => Some(Image::Workstream {
                workstream: draft.workstream(workstream)?.clone(),
            }),
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
