//! One thing that happened, and what it is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Change;
use crate::conversation::Footprint;
use crate::{Agent, Conversation, Presence, Queue, Settings, Subject, Workstream};

/// What an event is about, as it was right after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// A conversation.
    Conversation(Arc<Conversation>),
    /// An agent.
    Agent(Arc<Agent>),
    /// A supervisor's presence.
    Supervisor(Subject, Presence),
    /// A queue.
    Queue(Arc<Queue>),
    /// A workstream.
    Workstream(Arc<Workstream>),
    /// The settings.
    Settings(Arc<Settings>),
}

/// One thing that happened, before the log gives it a position.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What changed.
    pub change: Change,
    /// What it is about, right after.
    pub after: After,
    /// Who could see the conversation before, where that differs from after.
    pub before: Option<Footprint>,
}

impl Event {
    /// The conversation it is about, right after.
    pub const fn conversation(&self) -> Option<&Arc<Conversation>> {
        match &self.after {
            After::Conversation(conversation) => Some(conversation),
            _ => None,
        }
    }
}
