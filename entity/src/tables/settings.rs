//! Settings: what the organisation allows its supervisors, and how sentiment is handled.

use sea_orm::entity::prelude::*;

use domain::words::AlertThreshold;

/// The organisation's settings; exactly one row, made by the migration.
#[sea_orm::model]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Supervisors may monitor and join.
    pub supervisor_monitor: bool,
    /// Supervisors may assign, and withdraw offers.
    pub supervisor_assign: bool,
    /// Supervisors may transfer, and cancel transfers.
    pub supervisor_transfer: bool,
    /// Supervisors may force-close.
    pub supervisor_force_close: bool,
    /// Supervisors may take over.
    pub supervisor_take_over: bool,
    /// Supervisors may manage the agents of their queues.
    pub supervisor_manage_agents: bool,
    /// Supervisors see figures by agent.
    pub agent_insights: bool,
    /// A customer who leaves a queue before so many seconds have passed counts for no rate.
    pub short_abandon_seconds: i32,
    /// Customer messages are scored; when off, every sentiment is `NOT_AVAILABLE`.
    pub sentiment_analysis: bool,
    /// From which level on supervisors are alerted.
    pub sentiment_alert_threshold: AlertThreshold,
    /// An agent who lets an offer time out becomes INACTIVE.
    pub inactive_after_missed_offer: bool,
    /// What agents are told about being watched, in the operator's words.
    #[sea_orm(column_type = "Text")]
    pub monitoring_notice_text: String,
}

impl ActiveModelBehavior for ActiveModel {}
