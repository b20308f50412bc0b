//! Workstreams: settings for a kind of contact.

use sea_orm::entity::prelude::*;

use domain::ids::WorkstreamId;
use domain::words::{MonitoringNotice, QueueKind};

/// A workstream. Where an auto-close time is null, the default of the conversation's channel holds
/// (domain.md section 2).
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workstreams")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkstreamId,
    /// Its name.
    pub name: String,
    /// What kind of queue its conversations are in.
    pub kind: QueueKind,
    /// The presences in which an agent may be assigned work without override: a JSON array of
    /// presences; never contains INACTIVE.
    #[sea_orm(column_type = "Text")]
    pub allowed_presences: String,
    /// Capacity units that one conversation takes, 0 or more.
    pub units: i32,
    /// Seconds until an unanswered offer or transfer request ends.
    pub offer_seconds: i32,
    /// Seconds that `WRAP_UP` keeps the agent's capacity; 0: not at all; null: until CLOSED.
    pub wrap_up_capacity_seconds: Option<i32>,
    /// What must have happened before a conversation may be monitored.
    pub monitoring_notice: MonitoringNotice,
    /// Seconds that a live-chat customer may be away before the contact ends.
    pub customer_grace_seconds: i32,
    /// Seconds in OPEN after which a conversation closes; null: the channel's default.
    pub auto_close_open_seconds: Option<i32>,
    /// Seconds in ACTIVE after which a conversation closes (a call goes to `WRAP_UP`); null: the
    /// channel's default.
    pub auto_close_active_seconds: Option<i32>,
    /// Seconds in WAITING after which a conversation closes; null: the channel's default.
    pub auto_close_waiting_seconds: Option<i32>,
    /// Seconds in `WRAP_UP` after which a conversation closes; null: the channel's default.
    pub auto_close_wrap_up_seconds: Option<i32>,
    /// Seconds that a conversation may wait for an agent until it needs attention.
    pub attention_waiting_seconds: i32,
    /// Seconds that a customer may go unanswered until it needs attention.
    pub attention_unanswered_seconds: i32,
    /// Seconds that an agent may have it in conversation until it needs attention.
    pub attention_handled_seconds: i32,
    /// How its conversations may be said to have ended, as JSON.
    #[sea_orm(column_type = "Text")]
    pub dispositions: String,
    /// Whether people must say it.
    pub disposition_required: bool,
    /// Whether the next agent reads a customer's earlier conversations.
    pub earlier_transcripts: bool,
    /// The language (ISO 639-1) that its customers most probably write; null: not said.
    pub language: Option<String>,
    /// Whether what a customer writes is looked at for escalation signals.
    pub escalation_signals: bool,
    /// Within how many seconds an agent should take a conversation; null: the default of its kind.
    pub service_level_seconds: Option<i32>,
    /// When it was made: by the migration or by an administrator.
    pub created_at: DateTimeUtc,
    /// When an administrator deleted it; null: it is there.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
