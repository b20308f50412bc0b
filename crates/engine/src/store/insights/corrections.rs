//! Scores that are replaced: the message moves in the bucket in which it came in.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use super::super::log::entry_of;
use super::super::{Store, StoreError};
use super::progress::Standing;
use domain::insights::{
    AgentKey, Correction, Counted, Figures, MINUTE, QueueKey, bucket_of, human,
};
use entity::tables::{event, message};

/// Adds to the figures what each correction changes. What the log does not keep any more stays as it was counted.
pub(super) async fn correct(
    store: &Store,
    state: &Standing,
    counted: &mut Counted,
) -> Result<(), StoreError> {
    for correction in std::mem::take(&mut counted.corrections) {
        if let Some(place) = CameIn::read(&store.read, correction).await? {
            place.correct(correction, state, counted);
        }
    }
    Ok(())
}

/// When the message came in, and where it was counted then.
pub(super) struct CameIn {
    position: i64,
    at: DateTime<Utc>,
    queue: QueueKey,
    work: Option<AgentKey>,
}

impl CameIn {
    pub(super) async fn read(
        connection: &impl ConnectionTrait,
        correction: Correction,
    ) -> Result<Option<Self>, StoreError> {
        let position: Option<i64> = message::Entity::find_by_id(correction.message)
            .select_only()
            .column(message::Column::Position)
            .into_tuple()
            .one(connection)
            .await?;
        let Some(position) = position else {
            return Ok(None);
        };
        let row = event::Entity::find_by_id(position).one(connection).await?;
        let Some(row) = row else { return Ok(None) };
        let entry = entry_of(&row, uuid::Uuid::nil())?;
        let found = entry.conversation().map(|c| Self {
            position,
            at: entry.at,
            queue: QueueKey::of(c),
            work: human(c).map(|agent| AgentKey {
                agent,
                queue: c.queue,
            }),
        });
        Ok(found)
    }

    /// Moves the message where it was counted.
    pub(super) fn correct(&self, correction: Correction, state: &Standing, counted: &mut Counted) {
        let minute = bucket_of(self.at, MINUTE);
        let mut moved = Figures::default();
        correction.apply(&mut moved, state.judgement_after(self.position - 1));
        let queue = counted.queues.entry((minute, self.queue)).or_default();
        queue.join(&moved);
        if let Some(work) = self.work {
            counted.work.entry((minute, work)).or_default().join(&moved);
        }
    }
}
