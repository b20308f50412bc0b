//! Workstreams.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::attention::AttentionThresholds;
use crate::domain::{self, WrapUpCapacity, directory};
use crate::graphql::enums::{MonitoringNotice, Presence, QueueKind};

/// Settings for a kind of contact.
#[derive(Clone)]
pub struct Workstream(pub Arc<domain::Workstream>);

/// Settings for a kind of contact. A conversation keeps its workstream, also when it moves to
/// another queue.
#[Object]
impl Workstream {
    /// The workstream's id (`ws_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The workstream's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// For which kind of channel.
    async fn kind(&self) -> QueueKind {
        self.0.kind.into()
    }

    /// Presences in which an agent may be given work without override.
    async fn allowed_presences(&self) -> Vec<Presence> {
        self.0
            .allowed_presences
            .iter()
            .map(|presence| (*presence).into())
            .collect()
    }

    /// Capacity units that one conversation takes; 1 or more.
    async fn units(&self) -> u32 {
        self.0.units
    }

    /// Seconds until an unanswered offer or transfer request times out.
    async fn offer_timeout_seconds(&self) -> u32 {
        self.0.offer_seconds
    }

    /// Seconds for which WRAP_UP keeps the agent's capacity; 0: not at all; null: until CLOSED.
    async fn wrap_up_capacity_seconds(&self) -> Option<u32> {
        wrap_up_capacity_seconds(self.0.wrap_up_capacity)
    }

    /// What must have happened before monitoring.
    async fn monitoring_notice(&self) -> MonitoringNotice {
        self.0.monitoring_notice.into()
    }

    /// Seconds for which a live-chat customer may be away before the contact counts as ended.
    async fn customer_grace_seconds(&self) -> u32 {
        self.0.customer_grace_seconds
    }

    /// Own auto-close times.
    async fn auto_close(&self) -> AutoClose {
        self.0.auto_close.into()
    }

    /// When its conversations need attention.
    async fn attention(&self) -> AttentionThresholds {
        self.0.attention.into()
    }

    /// When the workstream was deleted; null while it is there. Only what refers to it shows a deleted workstream:
    /// closed conversations, events, the audit trail. Lists and `node` do not.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

/// The setting as the schema has it: 0: not at all; none: until CLOSED.
pub(super) const fn wrap_up_capacity_seconds(setting: WrapUpCapacity) -> Option<u32> {
    match setting {
        WrapUpCapacity::Always => None,
        WrapUpCapacity::Never => Some(0),
        WrapUpCapacity::Seconds(seconds) => Some(seconds),
    }
}

/// Seconds after which a conversation leaves a state by itself; null: the default of its channel
/// (LIVE_CHAT: 20 min OPEN, 15 min WRAP_UP; asynchronous messaging: 30 d OPEN or ACTIVE, 28 d
/// WAITING, 1 d WRAP_UP; VOICE: 30 d OPEN, 2 h ACTIVE to WRAP_UP, 1 d WRAP_UP; RECORD never).
#[derive(SimpleObject)]
pub struct AutoClose {
    /// In OPEN.
    open_seconds: Option<u32>,
    /// In ACTIVE; a VOICE conversation goes to WRAP_UP instead of CLOSED.
    active_seconds: Option<u32>,
    /// In WAITING.
    waiting_seconds: Option<u32>,
    /// In WRAP_UP.
    wrap_up_seconds: Option<u32>,
}

impl From<directory::AutoClose> for AutoClose {
    fn from(own: directory::AutoClose) -> Self {
        Self {
            open_seconds: own.open_seconds,
            active_seconds: own.active_seconds,
            waiting_seconds: own.waiting_seconds,
            wrap_up_seconds: own.wrap_up_seconds,
        }
    }
}
