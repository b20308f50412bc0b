//! The first walk over the log: what must be known before figures are counted day by day.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::super::begin::Snapshot;
use super::super::corrections::CameIn;
use super::super::projector::occurrence;
use super::ground::{Events, Ground};
use crate::board::Board;
use crate::store::StoreError;
use crate::store::load::load_from;
use domain::AgentId;
use domain::insights::{
    AgentKey, Backwards, Correction, Counted, Counting, Figures, Hand, HandsThen, QUARTER,
    QueueKey, bucket_of,
};

/// What the log says of the place where counting begins, and of what comes later.
pub(super) struct Survey {
    /// Agents' hands where they are known first.
    pub then: HandsThen,
    /// What goes on where the figures are.
    pub queues: BTreeMap<QueueKey, Figures>,
    /// What agents have there.
    pub work: BTreeMap<AgentKey, Figures>,
    /// What corrections add to the minutes in which messages came in.
    pub corrections: Counted,
}

impl Survey {
    /// Walks over the whole log that is kept.
    pub(super) async fn make(
        snapshot: &DatabaseTransaction,
        ground: &Ground,
    ) -> Result<Self, StoreError> {
        // Nobody asks up to when these hands are counted.
        let end = Snapshot::of(&Board::new(load_from(snapshot).await?), ground.first_at);
        let mut survey = Self {
            then: HandsThen::default(),
            queues: end.queues,
            work: end.work,
            corrections: Counted::default(),
        };
        let (hands_at, now_at) = (ground.hands_at(), ground.now_at());
        let mut backwards = Backwards::new(ground.is_whole());
        let mut counting = ground.counting();
        let mut events = Events::new(snapshot, ground.before, ground.head);
        loop {
            let page = events.next().await?;
            if page.is_empty() {
                break;
            }
            for entry in page {
                if entry.position <= hands_at {
                    backwards.before(&entry.after);
                } else {
                    backwards.since(entry.at, &entry.change, &entry.after);
                }
                let mut counted = Counted::default();
                counting.count(occurrence(&entry), &mut counted);
                if entry.position <= ground.progress.position {
                    for correction in counted.corrections {
                        survey.correct(snapshot, ground, correction).await?;
                    }
                }
                if entry.position > now_at {
                    less(&mut survey.queues, counted.queues);
                    less(&mut survey.work, counted.work);
                }
            }
        }
        survey.then = backwards.hands(&end.hands, ground.hands_counted_to());
        Ok(survey)
    }

    async fn correct(
        &mut self,
        snapshot: &DatabaseTransaction,
        ground: &Ground,
        correction: Correction,
    ) -> Result<(), StoreError> {
        if let Some(place) = CameIn::read(snapshot, correction).await? {
            let state = &ground.progress.state;
            place.correct(correction, state, &mut self.corrections);
        }
        Ok(())
    }

    /// Whether the log says how this agent stands at this instant.
    pub(super) fn is_known(&self, agent: AgentId, at: DateTime<Utc>) -> bool {
        let from = self.then.known_from.get(&agent);
        from.is_none_or(|from| *from <= at)
    }

    /// The first instant of buckets that the log says all of, of this agent's times.
    pub(super) fn times_from(&self, agent: AgentId) -> Option<DateTime<Utc>> {
        let from = self.then.known_from.get(&agent)?;
        Some(bucket_of(*from, QUARTER) + QUARTER)
    }
}

impl Ground {
    /// Counting as it begins at the first event that is kept, before any hand is known.
    pub(super) fn counting(&self) -> Counting {
        let judgement = self.progress.state.judgement_after(self.before);
        Counting::new(judgement, BTreeMap::<AgentId, Hand>::new(), self.first_at)
    }
}

/// Takes what goes on more after these away from it.
fn less<K: Copy + Ord>(
    going_on: &mut BTreeMap<K, Figures>,
    counted: BTreeMap<(DateTime<Utc>, K), Figures>,
) {
    for ((_, key), more) in counted {
        let figures = going_on.entry(key).or_default();
        figures.ongoing -= more.ongoing;
        figures.waiting -= more.waiting;
    }
}
