//! Figures for whoever asks: rows by what they are grouped by, each with its parts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use crate::board::view::{Filter, RowViewer};
use crate::store::{Piece, Pieces, Progress, Range, StoreError};
use domain::insights::{AgentKey, AgentTimes, Figures, Hand, QueueKey};
use domain::{AgentId, Channel, Conversation, InsightGrouping, QueueId, WorkstreamId};

/// What is asked.
#[derive(Clone, Debug)]
pub struct InsightQuestion {
    /// The range, in its parts.
    pub range: Range,
    /// By what rows are apart.
    pub group: InsightGrouping,
    /// In these queues alone; none: in all. The viewer's scope is in it.
    pub queues: Option<BTreeSet<QueueId>>,
    /// On these channels alone.
    pub channels: Option<BTreeSet<Channel>>,
    /// Of these workstreams alone.
    pub workstreams: Option<BTreeSet<WorkstreamId>>,
    /// Of these agents alone.
    pub agents: Option<BTreeSet<AgentId>>,
    /// Within how many seconds an agent should take a conversation; none: each workstream says so itself.
    pub service_level_seconds: Option<u32>,
    /// The agents whose times the viewer may know; none: all.
    pub timed: Option<BTreeSet<AgentId>>,
}

/// Figures, and how far they are counted.
#[derive(Clone, Debug)]
pub struct InsightAnswer {
    /// How far the log is counted.
    pub progress: Progress,
    /// How long ago the last event is that is counted; none where all are.
    pub behind: TimeDelta,
    /// Up to when agents' times are counted.
    pub now: DateTime<Utc>,
    /// The parts of the range.
    pub range: Range,
    /// A row for each group in which there is something.
    pub rows: BTreeMap<Group, Row>,
    /// All of them together.
    pub totals: Row,
}

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Everything.
    All,
    /// A queue.
    Queue(QueueId),
    /// A channel.
    Channel(Channel),
    /// A workstream.
    Workstream(WorkstreamId),
    /// An agent.
    Agent(AgentId),
}

/// One row: the parts of the range, one after the other, and all of them together.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// All parts together.
    pub whole: Cell,
    /// Each part.
    pub parts: Vec<Cell>,
}

/// The figures of one group in one part.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What was counted.
    pub figures: Figures,
    /// Of [`Self::cases`] those that an agent took in time.
    pub in_time: u64,
    /// Visits that an agent or the customer ended, but for those that were too short.
    pub cases: u64,
    /// How many conversations were ongoing at its end, or are now.
    pub ongoing: i64,
    /// How many visits were running at its end, or are now.
    pub waiting: i64,
    /// The agent's times.
    pub times: AgentTimes,
}

/// Since when customers wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oldest {
    /// Since when the oldest visit runs.
    pub visit: Option<DateTime<Utc>>,
    /// Since when who waits longest waits.
    pub wait: Option<DateTime<Utc>>,
}

impl Oldest {
    fn take(&mut self, c: &Conversation) {
        let older = |one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>| {
            one.into_iter().chain(other).min()
        };
        self.visit = older(self.visit, c.course.visit);
        self.wait = older(self.wait, c.waiting_since);
    }
}

impl Cell {
    fn join(&mut self, other: &Self) {
        self.figures.join(&other.figures);
        self.in_time += other.in_time;
        self.cases += other.cases;
        self.times.join(&other.times);
    }
}

impl Row {
    fn of(parts: usize) -> Self {
        Self {
            whole: Cell::default(),
            parts: vec![Cell::default(); parts],
        }
    }

    /// Joins the parts, and counts what was going on at the end of each back from what goes on now.
    fn close(&mut self, ongoing: i64, waiting: i64) {
        let (mut ongoing, mut waiting) = (ongoing, waiting);
        (self.whole.ongoing, self.whole.waiting) = (ongoing, waiting);
        for part in self.parts.iter_mut().rev() {
            (part.ongoing, part.waiting) = (ongoing, waiting);
            ongoing -= part.figures.ongoing;
            waiting -= part.figures.waiting;
        }
        for part in &self.parts {
            self.whole.join(part);
        }
    }
}

/// Rows as they are put together, each with what goes on and what waits now.
struct Table {
    parts: usize,
    rows: BTreeMap<Group, (Row, i64, i64)>,
}

impl Table {
    fn of(parts: usize) -> Self {
        Self {
            parts,
            rows: BTreeMap::new(),
        }
    }

    fn row(&mut self, group: Group) -> &mut (Row, i64, i64) {
        let parts = self.parts;
        let row = self.rows.entry(group);
        row.or_insert_with(|| (Row::of(parts), 0, 0))
    }

    fn put<K: Copy>(
        &mut self,
        pieces: Pieces<K, Figures>,
        group_of: impl Fn(&K) -> Option<Group>,
        in_time: impl Fn(&K, &Figures) -> u64,
    ) {
        for (part, key, figures) in pieces.pieces {
            let Some(group) = group_of(&key) else {
                continue;
            };
            let cell = &mut self.row(group).0.parts[part];
            cell.figures.join(&figures);
            cell.in_time += in_time(&key, &figures);
            cell.cases += figures.accepted.count + figures.abandoned.count;
        }
        let going_on = pieces.ever.iter().map(|one| (one, 1));
        for ((key, figures), sign) in going_on.chain(pieces.later.iter().map(|one| (one, -1))) {
            let moves = figures.ongoing != 0 || figures.waiting != 0;
            let Some(group) = group_of(key).filter(|_| moves) else {
                continue;
            };
            let (_, ongoing, waiting) = self.row(group);
            *ongoing += sign * figures.ongoing;
            *waiting += sign * figures.waiting;
        }
    }

    fn put_times(
        &mut self,
        range: &Range,
        times: Vec<Piece<AgentId, AgentTimes>>,
        hands: &[(AgentId, Hand)],
        now: DateTime<Utc>,
    ) {
        for (part, agent, times) in times {
            let (row, ..) = self.row(Group::Agent(agent));
            row.parts[part].times.join(&times);
        }
        for (agent, hand) in hands {
            for (part, (from, to)) in range.parts.iter().enumerate() {
                let mut hand = *hand;
                hand.counted_to = hand.counted_to.max(*from);
                let times = hand.times_to(now.min(*to));
                if times != AgentTimes::default() {
                    let (row, ..) = self.row(Group::Agent(*agent));
                    row.parts[part].times.join(&times);
                }
            }
        }
    }

    fn close(self) -> (BTreeMap<Group, Row>, Row) {
        let close = |(mut row, ongoing, waiting): (Row, i64, i64)| {
            row.close(ongoing, waiting);
            row
        };
        let is_empty = |row: &(Row, i64, i64)| {
            let nothing = Cell::default();
            let bare = |cell: &Cell| cell.figures.is_empty() && cell.times == nothing.times;
            row.1 == 0 && row.2 == 0 && row.0.parts.iter().all(bare)
        };
        let mut totals = (Row::of(self.parts), 0, 0);
        for (row, ongoing, waiting) in self.rows.values() {
            for (total, part) in totals.0.parts.iter_mut().zip(&row.parts) {
                total.join(part);
            }
            totals.1 += ongoing;
            totals.2 += waiting;
        }
        let rows = self.rows.into_iter().filter(|(_, row)| !is_empty(row));
        let rows = rows.map(|(group, row)| (group, close(row))).collect();
        (rows, close(totals))
    }
}

impl App {
    /// The figures that are asked for; none: nothing is counted yet.
    pub async fn insights(
        &self,
        question: InsightQuestion,
    ) -> Result<Option<InsightAnswer>, StoreError> {
        let Some(progress) = self.store.insight_progress().await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let mut table = Table::of(question.range.parts.len());
        let queues: Option<Vec<_>> = question
            .queues
            .as_ref()
            .map(|these| these.iter().copied().collect());
        if question.is_by_agent() {
            let agents: Option<Vec<_>> = question
                .agents
                .as_ref()
                .map(|these| these.iter().copied().collect());
            let (queues, agents) = (queues.as_deref(), agents.as_deref());
            let work = self
                .store
                .work_figures(&progress, &question.range, queues, agents)
                .await?;
            let group = |key: &AgentKey| match question.group {
                InsightGrouping::Agent => Some(Group::Agent(key.agent)),
                InsightGrouping::Queue => Some(Group::Queue(key.queue)),
                _ => Some(Group::All),
            };
            table.put(work, group, |_, _| 0);
            if question.group == InsightGrouping::Agent {
                let timed = question.timed_agents();
                let (times, hands) = self
                    .store
                    .agent_times(&progress, &question.range, timed.as_deref())
                    .await?;
                table.put_times(&question.range, times, &hands, now);
            }
        } else {
            let figures = self
                .store
                .queue_figures(&progress, &question.range, queues.as_deref())
                .await?;
            let seconds = self.seconds_of(&question);
            let within = |key: &QueueKey, figures: &Figures| {
                let limit = seconds(key.workstream);
                figures.accepted.within(limit).unwrap_or(0)
            };
            table.put(figures, |key| question.group_of(key), within);
        }
        let (rows, totals) = table.close();
        let is_behind = progress.position < self.log.head().position;
        let behind = is_behind.then(|| now - progress.state.at);
        Ok(Some(InsightAnswer {
            behind: behind.unwrap_or_default(),
            progress,
            now,
            range: question.range,
            rows,
            totals,
        }))
    }

    /// Since when the oldest visit runs, and who waits longest waits, by group and in all; nothing where the range is over.
    pub fn oldest_waits(
        &self,
        row_viewer: RowViewer<'_>,
        question: &InsightQuestion,
    ) -> BTreeMap<Group, Oldest> {
        let mut oldest: BTreeMap<Group, Oldest> = BTreeMap::new();
        let is_over = question
            .range
            .parts
            .last()
            .is_none_or(|part| part.1 <= self.clock.now());
        if is_over || question.is_by_agent() {
            return oldest;
        }
        let filter = Filter {
            queues: question.queues.clone(),
            channels: question.channels.clone(),
            ..Filter::default()
        };
        self.board.read(|board| {
            board.each_waiting(row_viewer, &filter, |c| {
                let Some(group) = question.group_of(&QueueKey::of(c)) else {
                    return;
                };
                for group in BTreeSet::from([group, Group::All]) {
                    oldest.entry(group).or_default().take(c);
                }
            });
        });
        oldest
    }

    /// Within how many seconds a workstream's conversations should be taken.
    fn seconds_of(&self, question: &InsightQuestion) -> impl Fn(WorkstreamId) -> u32 + use<> {
        let asked = question.service_level_seconds;
        let levels: BTreeMap<_, _> = self.board.read(|board| {
            let world = &board.world;
            let deleted = world.deleted.workstreams.values();
            let all = world.workstreams.values().chain(deleted);
            all.map(|one| (one.id, one.service_level())).collect()
        });
        move |workstream| {
            asked
                .or_else(|| levels.get(&workstream).copied())
                .unwrap_or(60)
        }
    }
}

impl InsightQuestion {
    /// Whether the viewer may know this agent's times.
    pub fn times(&self, agent: AgentId) -> bool {
        let timed = self.timed.as_ref();
        timed.is_none_or(|timed| timed.contains(&agent))
    }

    /// The agents whose times are asked for; none: of all.
    fn timed_agents(&self) -> Option<Vec<AgentId>> {
        match (&self.agents, &self.timed) {
            (None, None) => None,
            (Some(these), None) | (None, Some(these)) => Some(these.iter().copied().collect()),
            (Some(these), Some(timed)) => Some(these.intersection(timed).copied().collect()),
        }
    }

    /// Whether it asks for agents apart, or for some of them.
    pub fn is_by_agent(&self) -> bool {
        self.group == InsightGrouping::Agent || self.agents.is_some()
    }

    fn group_of(&self, key: &QueueKey) -> Option<Group> {
        let has = |channels: &BTreeSet<Channel>| channels.contains(&key.channel);
        let is_of = |workstreams: &BTreeSet<WorkstreamId>| workstreams.contains(&key.workstream);
        if !self.channels.as_ref().is_none_or(has) || !self.workstreams.as_ref().is_none_or(is_of) {
            return None;
        }
        Some(match self.group {
            InsightGrouping::Queue => Group::Queue(key.queue),
            InsightGrouping::Channel => Group::Channel(key.channel),
            InsightGrouping::Workstream => Group::Workstream(key.workstream),
            InsightGrouping::None | InsightGrouping::Agent => Group::All,
        })
    }
}
