//! Holds the state tables against the event log: what the rows say, and what the log says they
//! must be.
//!
//! Everything is read in one snapshot, so this may run beside a server; nothing is changed. The
//! expected rows are made by the writer's own functions (`projection`, `World::put`) from the
//! events that are kept, and compared column by column, so a new column is compared without new
//! code. The log and the closed conversations are read in pages: what stays in memory is what is
//! ongoing, which a server holds too. Text is not compared: it is in no event, and may be erased.

use sea_orm::{AccessMode, DatabaseTransaction, IsolationLevel, TransactionTrait};

use super::load::{load_from, read_head};
use super::{Store, StoreError};

mod board;
mod conversations;
mod difference;
mod history;
mod log;
mod page;
mod rows;
mod rules;

pub use difference::{Difference, LogProblem, RowProblem};

/// What holding the tables against the log came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardReport {
    /// The position of the first event that is kept; none: the log is empty.
    pub first: Option<i64>,
    /// The head's position.
    pub head: i64,
    /// Conversations whose latest event is kept, and that were held against their events.
    pub by_events: u64,
    /// Conversations of which no event is kept, and whose rows were held against their own image.
    pub by_image: u64,
    /// How many of both are ongoing.
    pub ongoing: u64,
    /// Rows that were compared.
    pub rows: u64,
    /// Agents, queues, workstreams, supervisors and settings whose latest event is kept.
    pub organisation: u64,
    /// Differences that were told.
    pub differences: u64,
}

/// Where differences go, one by one.
struct Findings<'a> {
    tell: &'a mut (dyn FnMut(&Difference) + Send),
    report: BoardReport,
}

impl Findings<'_> {
    fn add(&mut self, difference: &Difference) {
        self.report.differences += 1;
        (self.tell)(difference);
    }
}

impl Store {
    /// Holds the state tables, and the board that a server would load from them, against the log;
    /// tells each difference as it is found.
    pub async fn verify_board(
        &self,
        tell: &mut (dyn FnMut(&Difference) + Send),
    ) -> Result<BoardReport, StoreError> {
        let snapshot = self
            .read
            .begin_with_config(
                Some(IsolationLevel::RepeatableRead).filter(|_| !self.is_sqlite()),
                Some(AccessMode::ReadOnly).filter(|_| !self.is_sqlite()),
            )
            .await?;
        let mut findings = Findings {
            tell,
            report: BoardReport::default(),
        };
        look(&snapshot, &mut findings).await?;
        snapshot.commit().await?;
        Ok(findings.report)
    }
}

async fn look(
    snapshot: &DatabaseTransaction,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    let head = read_head(snapshot).await?.log;
    let told = log::walk(snapshot, head, findings).await?;
    let apart = conversations::hold_all(snapshot, told.first, head.epoch, findings).await?;
    match load_from(snapshot).await {
        Ok(state) => board::hold(snapshot, &told, &state.world, &apart, findings).await?,
        // What cannot be read was found row by row, or is of the organisation.
        Err(error) => findings.add(&Difference::NotLoadable(error.to_string())),
    }
    Ok(())
}
