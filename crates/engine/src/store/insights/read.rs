//! Reading figures: what the buckets of a range say, in as few rows as there are.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    AccessMode, ColumnTrait, Condition, EntityTrait, IntoActiveModel, IsolationLevel,
    TransactionTrait,
};

use super::super::{Store, StoreError};
use super::begin::{EVER, read_hands};
use super::progress::Progress;
use super::rows::{Length, Queues, Source, Table, Times, Work, read, read_each};
use domain::insights::{
    AgentKey, AgentTimes, DAY, Durations, Figures, Hand, MINUTE, QUARTER, QueueKey, bucket_of,
};
use domain::{AgentId, QueueId};
use entity::tables::{insight_agent_bucket, insight_queue_bucket, insight_time_bucket};

/// From an instant to before another one, both at the begin of a minute, and the instants at which it is cut.
#[derive(Clone, Debug)]
pub struct Range {
    /// Its parts, one after the other.
    pub parts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// Figures of one key in one part of a range.
pub type Piece<K, F> = (usize, K, F);

/// What the buckets say of a range.
#[derive(Clone, Debug)]
pub struct Pieces<K, F> {
    /// By the part of the range.
    pub pieces: Vec<Piece<K, F>>,
    /// The same of what came after the range, up to now, as one part.
    pub later: Vec<(K, F)>,
    /// What goes on now.
    pub ever: Vec<(K, F)>,
}

impl Range {
    fn from(&self) -> DateTime<Utc> {
        self.parts
            .first()
            .map_or(DateTime::UNIX_EPOCH, |part| part.0)
    }

    fn to(&self) -> DateTime<Utc> {
        self.parts
            .last()
            .map_or(DateTime::UNIX_EPOCH, |part| part.1)
    }

    /// The part in which a bucket is that begins then.
    fn part_of(&self, start: DateTime<Utc>) -> Option<usize> {
        let place = self.parts.partition_point(|part| part.1 <= start);
        self.parts
            .get(place)
            .filter(|part| part.0 <= start)
            .map(|_| place)
    }
}

/// Where the buckets of one length are read that lie next to each other.
pub(in crate::store) type Span = (Length, DateTime<Utc>, DateTime<Utc>);

/// The longest buckets that lie wholly within one part, for all parts.
pub(in crate::store) fn spans(
    parts: &[(DateTime<Utc>, DateTime<Utc>)],
    progress: &Progress,
) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut add = |length, from, to| {
        if from >= to {
            return;
        }
        match spans.last_mut() {
            Some((last, _, until)) if *last == length && *until == from => *until = to,
            _ => spans.push((length, from, to)),
        }
    };
    let (quarters_to, days_to) = (progress.state.quarters_to, progress.state.days_to);
    for (from, to) in parts {
        let (first, last) = (up(*from, DAY), bucket_of(*to, DAY).min(days_to));
        if first < last {
            quarters_and_minutes(*from, first, quarters_to, &mut add);
            add(Length::Day, first, last);
            quarters_and_minutes(last, *to, quarters_to, &mut add);
        } else {
            quarters_and_minutes(*from, *to, quarters_to, &mut add);
        }
    }
    spans
}

fn quarters_and_minutes(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    quarters_to: DateTime<Utc>,
    add: &mut impl FnMut(Length, DateTime<Utc>, DateTime<Utc>),
) {
    let (first, last) = (up(from, QUARTER), bucket_of(to, QUARTER).min(quarters_to));
    if first < last {
        add(Length::Minute, from, first);
        add(Length::Quarter, first, last);
        add(Length::Minute, last, to);
    } else {
        add(Length::Minute, from, to);
    }
}

/// The first bucket that begins at this instant or later.
fn up(at: DateTime<Utc>, length: TimeDelta) -> DateTime<Utc> {
    let begin = bucket_of(at, length);
    if begin == at { at } else { begin + length }
}

impl Store {
    /// How far the log is counted; none: nothing is.
    pub async fn insight_progress(&self) -> Result<Option<Progress>, StoreError> {
        Progress::read(&self.read).await
    }

    /// Figures of conversations, in these queues; none: in all.
    pub async fn queue_figures(
        &self,
        progress: &Progress,
        range: &Range,
        queues: Option<&[QueueId]>,
    ) -> Result<Pieces<QueueKey, Figures>, StoreError> {
        use insight_queue_bucket::Column as C;
        let also = queues.map(|queues| C::QueueId.is_in(queues.iter().copied()));
        self.pieces::<Queues>(progress, range, Condition::all().add_option(also))
            .await
    }

    /// Figures of agents' work, in these queues and of these agents; none: of all.
    pub async fn work_figures(
        &self,
        progress: &Progress,
        range: &Range,
        queues: Option<&[QueueId]>,
        agents: Option<&[AgentId]>,
    ) -> Result<Pieces<AgentKey, Figures>, StoreError> {
        use insight_agent_bucket::Column as C;
        let queues = queues.map(|queues| C::QueueId.is_in(queues.iter().copied()));
        let agents = agents.map(|agents| C::AgentId.is_in(agents.iter().copied()));
        let also = Condition::all().add_option(queues).add_option(agents);
        self.pieces::<Work>(progress, range, also).await
    }

    /// The stints that people ended from an instant to before another one, both at the begin of a minute, in these queues
    /// (none: in all): whose, how many, how many milliseconds together. And how far the log is counted: that is of the
    /// same moment. None: nothing is counted.
    pub async fn handled_within(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        queues: Option<&[QueueId]>,
    ) -> Result<Option<(Progress, Vec<(AgentId, u64, u64)>)>, StoreError> {
        use insight_agent_bucket::Column as C;
        let snapshot = self
            .read
            .begin_with_config(
                Some(IsolationLevel::RepeatableRead).filter(|_| !self.is_sqlite()),
                Some(AccessMode::ReadOnly).filter(|_| !self.is_sqlite()),
            )
            .await?;
        let Some(progress) = Progress::read(&snapshot).await? else {
            return Ok(None);
        };
        let queues = queues.map(|queues| C::QueueId.is_in(queues.iter().copied()));
        let also = Condition::all().add_option(queues);
        let range = Range {
            parts: vec![(from, to)],
        };
        let pieces = in_parts::<Work>(&snapshot, &progress, &range, &also).await?;
        snapshot.commit().await?;
        let handled = pieces.into_iter().map(|(_, key, figures)| {
            let Durations { count, millis, .. } = figures.handled;
            (key.agent, count, millis)
        });
        let handled = handled.filter(|(_, count, _)| *count > 0);
        Ok(Some((progress, handled.collect())))
    }

    /// Agents' times, of these agents; none: of all. And their hands, from which the time goes on that is not in buckets yet.
    pub async fn agent_times(
        &self,
        progress: &Progress,
        range: &Range,
        agents: Option<&[AgentId]>,
    ) -> Result<(Vec<Piece<AgentId, AgentTimes>>, Vec<(AgentId, Hand)>), StoreError> {
        use insight_time_bucket::Column as C;
        let also = agents.map(|agents| C::AgentId.is_in(agents.iter().copied()));
        let also = Condition::all().add_option(also);
        let times = in_parts::<Times>(&self.read, progress, range, &also).await?;
        let hands = read_hands(&self.read).await?;
        let asked = |agent: &AgentId| agents.is_none_or(|agents| agents.contains(agent));
        let hands = hands.into_iter().filter(|(agent, _)| asked(agent));
        Ok((times, hands.collect()))
    }

    async fn pieces<T: Table>(
        &self,
        progress: &Progress,
        range: &Range,
        also: Condition,
    ) -> Result<Pieces<T::Key, T::Figures>, StoreError>
    where
        <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
    {
        let pieces = in_parts::<T>(&self.read, progress, range, &also).await?;
        // Up to beyond whatever is counted.
        let end = bucket_of(progress.state.at, MINUTE) + DAY;
        let after = Range {
            parts: vec![(range.to(), end.max(range.to()))],
        };
        let later = in_parts::<T>(&self.read, progress, &after, &also).await?;
        let (length, start) = EVER;
        let to = start + MINUTE;
        let ever = read::<T>(&self.read, length, start, to, also).await?;
        Ok(Pieces {
            pieces,
            later: later
                .into_iter()
                .map(|(_, key, figures)| (key, figures))
                .collect(),
            ever: ever
                .into_iter()
                .map(|(_, key, figures)| (key, figures))
                .collect(),
        })
    }
}

/// Figures by the part of the range, in as few rows as there are: those of one key and part joined.
async fn in_parts<T: Table>(
    connection: &impl Source,
    progress: &Progress,
    range: &Range,
    also: &Condition,
) -> Result<Vec<Piece<T::Key, T::Figures>>, StoreError>
where
    <T::Entity as EntityTrait>::Model: IntoActiveModel<T::Row> + Send + Sync,
{
    debug_assert!(range.from() <= range.to());
    let mut joined: BTreeMap<(usize, T::Key), T::Figures> = BTreeMap::new();
    for (length, from, to) in spans(&range.parts, progress) {
        let take = |start, key, figures| {
            if let Some(part) = range.part_of(start) {
                T::join(joined.entry((part, key)).or_default(), &figures);
            }
        };
        read_each::<T>(connection, length, from, to, also.clone(), take).await?;
    }
    let pieces = joined.into_iter();
    Ok(pieces
        .map(|((part, key), figures)| (part, key, figures))
        .collect())
}
