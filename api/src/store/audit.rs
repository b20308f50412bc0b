//! The audit trail: one entry for every action of a supervisor or administrator, refusals included,
//! chained by hash under the writer's lock so that a removed or altered row shows.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::StoreError;
use super::load::Heads;
use crate::domain::command::Target;
use crate::domain::policy::Action;
use crate::domain::{
    Act, Actor, AgentId, Code, Command, Conversation, ConversationId, Manage, QueueId, Role, State,
    StatusReason, Viewer,
};
use entity::tables::audit;

/// What an audit entry says beside who and when.
#[derive(Debug)]
pub(super) struct Note<'a> {
    pub viewer: &'a Viewer,
    pub command: &'a Command,
    pub reason: Option<&'a str>,
    pub before: Option<&'a Conversation>,
    pub after: Option<&'a Conversation>,
    pub refusal: Option<Code>,
}

/// Whether this command leaves an audit entry, and in which role it was given. `actor` is known
/// when it was not refused.
pub(super) fn role_of(viewer: &Viewer, command: &Command, actor: Option<&Actor>) -> Option<Role> {
    match actor {
        Some(Actor::Supervisor { .. }) => return Some(Role::Supervisor),
        Some(Actor::Administrator { .. }) => return Some(Role::Administrator),
        Some(_) => return None,
        None => {}
    }
    match command {
        Command::Manage(_) => Some(Role::Administrator),
        Command::Act { act, .. } => match act.action() {
            Action::Monitor
            | Action::StopMonitoring
            | Action::Join
            | Action::Assign
            | Action::CancelOffer
            | Action::Transfer
            | Action::CancelTransfer
            | Action::ForceClose => Some(Role::Supervisor),
            Action::Send | Action::Leave => {
                let supervises = viewer.has_role(Role::Supervisor) && !viewer.has_role(Role::Agent);
                supervises.then_some(Role::Supervisor)
            }
            _ => None,
        },
        Command::Start(_)
        | Command::SetPresence(_)
        | Command::TimerDue { .. }
        | Command::AgentDisconnected(_)
        | Command::AccessLost { .. } => None,
    }
}

/// What an entry keeps of a conversation: ids and states, no text.
#[derive(Serialize)]
struct Snapshot {
    state: State,
    reason: StatusReason,
    version: u32,
    queue: QueueId,
    agent: Option<AgentId>,
}

fn snapshot(conversation: Option<&Conversation>) -> Result<Option<String>, StoreError> {
    conversation
        .map(|c| {
            serde_json::to_string(&Snapshot {
                state: c.state,
                reason: c.reason,
                version: c.version,
                queue: c.queue,
                agent: c.assigned_agent(),
            })
        })
        .transpose()
        .map_err(StoreError::row("audit"))
}

/// The next row of the chain.
pub(super) fn next_row(
    heads: &mut Heads,
    note: &Note<'_>,
    role: Role,
    at: DateTime<Utc>,
) -> Result<audit::ActiveModel, StoreError> {
    let overrides = serde_json::to_string(&overrides(note.command));
    let number = heads.audit_number + 1;
    let entry = audit::Model {
        number,
        at,
        subject: note.viewer.subject().to_string(),
        role,
        action: action_name(note.command).to_owned(),
        conversation_id: conversation_of(note.command),
        target: target(note.command),
        refusal: note.refusal.map(|code| code.as_str().to_owned()),
        reason: note.reason.map(str::to_owned),
        overrides: overrides.map_err(StoreError::row("audit"))?,
        before: snapshot(note.before)?,
        after: snapshot(note.after)?,
        hash: String::new(),
    };
    let hash = chain(&heads.audit_hash, &entry);
    heads.audit_number = number;
    heads.audit_hash.clone_from(&hash);
    Ok(audit::ActiveModel {
        number: Set(entry.number),
        at: Set(entry.at),
        subject: Set(entry.subject),
        role: Set(entry.role),
        action: Set(entry.action),
        conversation_id: Set(entry.conversation_id),
        target: Set(entry.target),
        refusal: Set(entry.refusal),
        reason: Set(entry.reason),
        overrides: Set(entry.overrides),
        before: Set(entry.before),
        after: Set(entry.after),
        hash: Set(hash),
    })
}

/// SHA-256 over the hash of the entry before and every column of this one, each with its length.
fn chain(before: &str, entry: &audit::Model) -> String {
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
    crate::hex::hex(&hasher.finalize())
}

const fn conversation_of(command: &Command) -> Option<ConversationId> {
    match command {
        Command::Act { conversation, .. } => Some(*conversation),
        _ => None,
    }
}

fn target(command: &Command) -> Option<String> {
    match command {
        Command::Act { act, .. } => match act {
            Act::AssignToAgent(target) | Act::Transfer(target) => Some(target.agent.to_string()),
            Act::AssignToQueue(queue) => Some(queue.to_string()),
            _ => None,
        },
        Command::Manage(manage) => match manage {
            Manage::CreateAgent { id, .. } => Some(id.to_string()),
            Manage::CreateQueue { id, .. } => Some(id.to_string()),
            Manage::CreateWorkstream(workstream) => Some(workstream.id.to_string()),
            Manage::AddMember { agent, queue } | Manage::RemoveMember { agent, queue } => {
                Some(format!("{agent} {queue}"))
            }
            Manage::UpdateSettings(_) => None,
        },
        _ => None,
    }
}

fn overrides(command: &Command) -> Vec<&'static str> {
    let Command::Act {
        act: Act::AssignToAgent(target) | Act::Transfer(target),
        ..
    } = command
    else {
        return Vec::new();
    };
    let Target {
        override_presence,
        override_capacity,
        override_declines,
        ..
    } = target;
    [
        (*override_presence, "PRESENCE"),
        (*override_capacity, "CAPACITY"),
        (*override_declines, "DECLINES"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect()
}

/// The mutation's name.
const fn action_name(command: &Command) -> &'static str {
    match command {
        Command::Start(_) => "startConversation",
        Command::SetPresence(_) => "setPresence",
        Command::TimerDue { .. } => "timer",
        Command::AgentDisconnected(_) => "agentDisconnected",
        Command::AccessLost { .. } => "accessLost",
        Command::Manage(manage) => match manage {
            Manage::CreateAgent { .. } => "createAgent",
            Manage::CreateQueue { .. } => "createQueue",
            Manage::CreateWorkstream(_) => "createWorkstream",
            Manage::AddMember { .. } => "addQueueMember",
            Manage::RemoveMember { .. } => "removeQueueMember",
            Manage::UpdateSettings(_) => "updateSupervisorSettings",
        },
        Command::Act { act, .. } => match act {
            Act::CustomerMessage { .. } => "receiveCustomerMessage",
            Act::CustomerDisconnected => "customerDisconnected",
            Act::CustomerReconnected => "customerReconnected",
            Act::EndByCustomer => "endByCustomer",
            Act::ChangeMode(_) => "changeMode",
            Act::RecordConsent { .. } => "recordConsent",
            Act::Pick => "pickConversation",
            Act::Accept => "acceptOffer",
            Act::Reject => "rejectOffer",
            Act::SetAside => "setAsideConversation",
            Act::Reopen => "reopenConversation",
            Act::Release => "releaseConversation",
            Act::End => "endConversation",
            Act::Close => "closeConversation",
            Act::Send { .. } => "sendMessage",
            Act::Leave => "leaveConversation",
            Act::Monitor { .. } => "monitorConversation",
            Act::StopMonitoring => "stopMonitoring",
            Act::Join => "joinConversation",
            Act::AssignToAgent(_) | Act::AssignToQueue(_) => "assignConversation",
            Act::CancelOffer => "cancelOffer",
            Act::Transfer(_) => "transferConversation",
            Act::CancelTransfer => "cancelTransfer",
            Act::ForceClose => "forceCloseConversation",
        },
    }
}
