//! The second walk over the log: figures, a day (UTC) after the other.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::super::begin::read_hands;
use super::super::projector::occurrence;
use super::ground::{Events, Ground};
use super::survey::Survey;
use crate::log::Entry;
use crate::store::StoreError;
use domain::AgentId;
use domain::insights::{Counted, Counting, DAY, Hand, Judgement, QUARTER, bucket_of};

/// The figures of a stretch of time, by the minute.
pub(super) struct Stretch {
    /// Its begin.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
    /// What the log says of it, but for corrections.
    pub counted: Counted,
}

impl Stretch {
    /// One in which nothing happened.
    fn empty(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self {
            from,
            to,
            counted: Counted::default(),
        }
    }
}

/// Where this walk is.
pub(super) struct Recount<'a> {
    ground: &'a Ground,
    survey: &'a Survey,
    events: Events<'a>,
    read: VecDeque<Entry>,
    counting: Counting,
    /// Whether it has come to where hands are known.
    has_hands: bool,
    /// Up to when stored times are counted.
    stored: BTreeMap<AgentId, Hand>,
    day: DateTime<Utc>,
    last: DateTime<Utc>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Days,
    After,
    Over,
}

impl<'a> Recount<'a> {
    pub(super) async fn begin(
        snapshot: &'a DatabaseTransaction,
        ground: &'a Ground,
        survey: &'a Survey,
    ) -> Result<Self, StoreError> {
        let stored = read_hands(snapshot).await?;
        let state = &ground.progress.state;
        let mut walk = Self {
            ground,
            survey,
            events: Events::new(snapshot, ground.before, ground.progress.position),
            read: VecDeque::new(),
            counting: ground.counting(),
            has_hands: false,
            stored,
            day: bucket_of(ground.first_at, DAY),
            last: state.at.max(state.quarters_to + QUARTER),
            phase: Phase::Before,
        };
        walk.take_hands(ground.before);
        Ok(walk)
    }

    /// The next stretch: what was before the log, then days, then what is to come; none: that was the last.
    pub(super) async fn next(&mut self) -> Result<Option<Stretch>, StoreError> {
        match self.phase {
            Phase::Before => {
                self.phase = Phase::Days;
                Ok(Some(Stretch::empty(DateTime::UNIX_EPOCH, self.day)))
            }
            Phase::Days => {
                let day = self.one_day().await?;
                if self.day > self.last {
                    self.phase = Phase::After;
                }
                Ok(Some(day))
            }
            Phase::After => {
                self.phase = Phase::Over;
                // Further than anything is counted, and what both databases know.
                Ok(Some(Stretch::empty(self.day, self.day + DAY * 36_500)))
            }
            Phase::Over => Ok(None),
        }
    }

    /// Agents' hands where the figures are.
    pub(super) fn hands(&self) -> &BTreeMap<AgentId, Hand> {
        if self.has_hands {
            self.counting.hands()
        } else {
            &self.survey.then.hands
        }
    }

    /// By which settings the next event is judged.
    pub(super) const fn judgement(&self) -> Judgement {
        self.counting.judgement()
    }

    async fn one_day(&mut self) -> Result<Stretch, StoreError> {
        let (from, to) = (self.day, self.day + DAY);
        let mut counted = Counted::default();
        loop {
            if self.read.is_empty() {
                self.read.extend(self.events.next().await?);
            }
            let counts_at = |entry: &Entry| self.counting.to().max(entry.at);
            let Some(entry) = self.read.pop_front_if(|entry| counts_at(entry) < to) else {
                break;
            };
            self.counting.count(occurrence(&entry), &mut counted);
            counted.corrections.clear();
            if !self.has_hands {
                counted.times.clear();
                self.take_hands(entry.position);
            }
        }
        if self.has_hands {
            let state = &self.ground.progress.state;
            let (stored, joined) = (&self.stored, state.quarters_to);
            let latest = state.at.max(joined + QUARTER);
            // Times of who did nothing are stored up to the last quarter of an hour that was counted.
            let counted_to = |agent: AgentId, hand: &Hand| {
                let stored = stored.get(&agent).map(|hand| hand.counted_to);
                let good = stored.filter(|at| hand.counted_to <= *at && *at <= latest);
                // Who is not there any more was there until an event of a later day.
                let is_over = to <= state.at;
                let otherwise = if is_over { to } else { joined };
                good.unwrap_or(otherwise).min(to)
            };
            self.counting.count_each(counted_to, &mut counted);
        }
        self.day = to;
        Ok(Stretch { from, to, counted })
    }

    /// Goes on with the hands that are known where the walk is now.
    fn take_hands(&mut self, position: i64) {
        if position != self.ground.hands_at() {
            return;
        }
        let mut hands = self.survey.then.hands.clone();
        if !self.ground.begins_where_counting_began() {
            // Who did nothing since is counted from where they are; what that adds is in buckets from before the log.
            for (agent, hand) in &mut hands {
                let stored = self.stored.get(agent).map(|hand| hand.counted_to);
                hand.counted_to = stored.map_or(hand.counted_to, |at| at.min(hand.counted_to));
            }
        }
        self.counting.take_hands(hands);
        self.has_hands = true;
    }
}
