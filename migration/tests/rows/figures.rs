//! One row of every entity of figures.

use chrono::DateTime;
use domain::ids::{AgentId, QueueId, WorkstreamId};
use domain::words::Channel;
use entity::tables::{
    insight_agent_bucket, insight_hand, insight_progress, insight_queue_bucket, insight_time_bucket,
};
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::at;

pub(super) async fn figures(db: &DatabaseConnection) {
    let zero = DateTime::UNIX_EPOCH;
    let (agent, queue) = (AgentId::new(zero), QueueId::new(zero));
    let workstream = WorkstreamId::new(zero);
    let figures = r#"{"bs":1}"#.to_owned();
    there_and_back!(
        db,
        insight_queue_bucket,
        (15, at(0), queue, Channel::Sms, workstream),
        insight_queue_bucket::Model {
            minutes: 15,
            start: at(0),
            queue_id: queue,
            channel: Channel::Sms,
            workstream_id: workstream,
            figures: figures.clone(),
        }
    );
    there_and_back!(
        db,
        insight_agent_bucket,
        (15, at(0), agent, queue),
        insight_agent_bucket::Model {
            minutes: 15,
            start: at(0),
            agent_id: agent,
            queue_id: queue,
            figures: figures.clone(),
        }
    );
    there_and_back!(
        db,
        insight_time_bucket,
        (15, at(0), agent),
        insight_time_bucket::Model {
            minutes: 15,
            start: at(0),
            agent_id: agent,
            figures,
        }
    );
    there_and_back!(
        db,
        insight_hand,
        agent,
        insight_hand::Model {
            agent_id: agent,
            hand: "{}".to_owned(),
        }
    );
    there_and_back!(
        db,
        insight_progress,
        1,
        insight_progress::Model {
            id: 1,
            position: 7,
            state: "{}".to_owned(),
            holder: Some(Uuid::nil()),
            held_until: Some(at(2)),
        }
    );
}
