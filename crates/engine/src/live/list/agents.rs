//! Taking a list of agents: what they have to do from the board, and what they handled today from the figures and from
//! the events that these do not count yet.
//!
//! Figures are counted some time after the events. So what the buckets say up to their position is read first, then the
//! board is looked at, and what the events between the two ended is added: exact at the board's position, whatever the
//! figures lack.

use std::collections::HashMap;
use std::time::Duration;

use crate::app::App;
use crate::board::agent_list::{
    AgentList, AgentScope, AgentSnapshot, AgentsWanted, Day, HandledOn,
};
use crate::board::list::ListViewer;
use crate::live::list::ListError;
use crate::store::{ResumeError, StoreError};
use domain::insights::day_of;

/// How often it is tried, and how long after a try without figures to go on from the next one is made.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// The list as it is now.
pub(super) async fn take(
    app: &App,
    viewer: &ListViewer,
    wanted: &AgentsWanted,
) -> Result<AgentList, ListError> {
    let scope = AgentScope::of(viewer.access.clone());
    let (from, to) = day_of(app.clock.now(), wanted.zone);
    let day = Day { from, to };
    for _ in 0..TRIES {
        if let Some((snapshot, handled)) = look(app, &scope, day).await? {
            return Ok(AgentList::new(viewer, wanted.clone(), snapshot, handled));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoreError::Row {
        table: "insight_progress",
        problem: "figures are not counted".to_owned(),
    }
    .into())
}

/// The board, and what was handled up to there; none: the figures are of no use now, and will be in a moment.
async fn look(
    app: &App,
    scope: &AgentScope,
    day: Day,
) -> Result<Option<(AgentSnapshot, HandledOn)>, ListError> {
    let queues = scope
        .queues()
        .map(|these| these.iter().copied().collect::<Vec<_>>());
    let counted = app
        .store
        .handled_within(day.from, day.to, queues.as_deref());
    let Some((progress, by_agent)) = counted.await? else {
        return Ok(None);
    };
    // Another server may have counted what is on its way here.
    let mut position = progress.position;
    if !app.log.comes_to(position).await {
        return Ok(None);
    }
    let snapshot = app.board.read(|board| AgentSnapshot::from(board, scope));
    if !snapshot.has_figures() {
        return Err(ListError::Disabled);
    }
    let until = snapshot.position();
    // What was written before there were figures is counted from more than one event.
    if until < position || (progress.state.restores && position < until) {
        return Ok(None);
    }
    let mut handled = HandledOn {
        day,
        by: HashMap::new(),
        at: progress.state.at,
    };
    for (agent, count, millis) in by_agent {
        let known = handled.by.entry(agent).or_default();
        known.count += count;
        known.millis += millis;
    }
    while position < until {
        let entries = match app.log.after(position).await {
            Ok(entries) => entries,
            Err(ResumeError::Expired) => return Ok(None),
            Err(ResumeError::Store(error)) => return Err(error.into()),
        };
        for entry in entries.iter().take_while(|entry| entry.position <= until) {
            handled.go_on(entry, scope);
            position = entry.position;
        }
    }
    Ok(Some((snapshot, handled)))
}
