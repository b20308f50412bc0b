//! Figures of conversations, by queue, channel and workstream.

use sea_orm::entity::prelude::*;

use domain::Channel;
use domain::ids::{QueueId, WorkstreamId};

/// One bucket of one key. Not foreign keys: figures outlive what they are of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_queue_buckets")]
pub struct Model {
    /// How long it is: 1, 15 or 1,440; 0: all the time up to now, of which only what goes on is kept.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minutes: i32,
    /// When it begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: DateTimeUtc,
    /// The queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// The channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: Channel,
    /// The workstream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workstream_id: WorkstreamId,
    /// `domain::insights::Figures`: JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
}

impl ActiveModelBehavior for ActiveModel {}
