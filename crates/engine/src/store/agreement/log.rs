//! Walks the log once, from its first kept event to its head: positions, hashes, and what the
//! events make of the organisation and of what is ongoing.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::difference::{Difference, LogProblem};
use super::{Findings, rows};
use crate::log::{Head, chain};
use crate::store::StoreError;
use crate::store::log::entry_of;
use domain::{After, AgentId, QueueId, Subject, WorkstreamId, World};
use entity::tables::event::{Column, Entity, Model};

/// How many events one read brings.
const PAGE: u64 = 1_000;

/// What the kept events say.
#[derive(Default)]
pub(super) struct Told {
    /// The position of the first; none: there are none.
    pub first: Option<i64>,
    /// The position of the head.
    head: i64,
    /// What they make of a world of which nothing was known before.
    pub world: World,
    /// Whom and what of the organisation they are about.
    pub agents: BTreeSet<AgentId>,
    pub queues: BTreeSet<QueueId>,
    pub workstreams: BTreeSet<WorkstreamId>,
    pub supervisors: BTreeSet<Subject>,
    pub settings: bool,
}

impl Told {
    /// Whether nothing that happened lies before them.
    pub fn is_whole(&self) -> bool {
        self.first.map_or(self.head == 0, |first| first == 1)
    }

    fn put(&mut self, after: &After) {
        match after {
            After::Conversation(_) => {}
            After::Agent(agent) => {
                self.agents.insert(agent.id);
            }
            After::Queue(queue) => {
                self.queues.insert(queue.id);
            }
            After::Workstream(workstream) => {
                self.workstreams.insert(workstream.id);
            }
            After::Supervisor(subject, _) => {
                self.supervisors.insert(subject.clone());
            }
            After::Settings(_) => self.settings = true,
        }
        self.world.put(after);
    }
}

/// Walks it; every place that is not whole is told, and the walk goes on behind it.
pub(super) async fn walk(
    snapshot: &DatabaseTransaction,
    head: Head,
    findings: &mut Findings<'_>,
) -> Result<Told, StoreError> {
    let mut told = Told {
        head: head.position,
        ..Told::default()
    };
    let mut last: Option<(i64, i64)> = None;
    loop {
        let select = Entity::find()
            .order_by_asc(Column::Position)
            .limit(PAGE)
            .apply_if(last, |select, (position, _)| {
                select.filter(Column::Position.gt(position))
            });
        let mut found = Vec::new();
        let page = rows::read(snapshot, select, &mut found).await?;
        for difference in &found {
            findings.add(difference);
        }
        if page.is_empty() {
            break;
        }
        for row in &page {
            told.first.get_or_insert(row.position);
            for problem in step(row, last, head, &mut told) {
                let position = match problem {
                    LogProblem::Missing(_) => last.map_or(1, |(position, _)| position + 1),
                    _ => row.position,
                };
                findings.add(&Difference::Log { position, problem });
            }
            last = Some((row.position, row.hash));
        }
    }
    if let Some(problem) = end(last, head) {
        let position = last.map_or(0, |(position, _)| position);
        findings.add(&Difference::Log { position, problem });
    }
    findings.report.first = told.first;
    findings.report.head = head.position;
    Ok(told)
}

/// What is wrong with this event, after the one at `last`.
fn step(row: &Model, last: Option<(i64, i64)>, head: Head, told: &mut Told) -> Vec<LogProblem> {
    let mut problems = Vec::new();
    // Before position 1 there is nothing; what was before a later first one is not known.
    let before = match last {
        Some((position, hash)) if position + 1 == row.position => Some(hash),
        Some(_) => {
            problems.push(LogProblem::Missing(row.position - 1));
            None
        }
        None => (row.position == 1).then_some(0),
    };
    if before.is_some_and(|before| chain(before, row.position, &row.change, &row.after) != row.hash)
    {
        problems.push(LogProblem::Altered);
    }
    match entry_of(row, head.epoch) {
        Ok(entry) => {
            if entry.change.kind().as_str() != row.kind {
                problems.push(LogProblem::Column("kind"));
            }
            if entry.conversation().map(|c| c.id) != row.conversation_id {
                problems.push(LogProblem::Column("conversation_id"));
            }
            told.put(&entry.after);
        }
        Err(error) => problems.push(LogProblem::Unreadable(error.to_string())),
    }
    problems
}

/// What is wrong with where the log ends.
fn end(last: Option<(i64, i64)>, head: Head) -> Option<LogProblem> {
    let (position, hash) = last.unwrap_or_default();
    if position != head.position {
        return Some(LogProblem::NotTheHead(head.position));
    }
    (hash != head.hash).then_some(LogProblem::NotTheHash)
}
