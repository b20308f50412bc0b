//! The board that a server would load, against the world that the log makes where it reaches: the
//! organisation, every ongoing conversation, those that are closed and reviewed, and what each agent carries.

use std::collections::HashMap;
use std::fmt::Display;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use serde::Serialize;

use super::Findings;
use super::conversations::Apart;
use super::difference::{Difference, RowProblem, fields};
use super::log::Told;
use crate::store::StoreError;
use crate::store::load::running_sessions;
use domain::{After, ConversationId, World};
use entity::tables::conversation;

/// Holds what would be loaded. Conversations whose rows were told already are left out.
pub(super) async fn hold(
    snapshot: &DatabaseTransaction,
    told: &Told,
    loaded: &World,
    apart: &Apart,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    organisation(told, loaded, findings);
    let positions = positions(snapshot).await?;
    let mut due = told.world.clone();
    for (id, is) in loaded.conversations.iter().chain(&loaded.reviewed) {
        let log = due.kept(*id).cloned();
        // Of what happened before the first kept event, the rows are all there is.
        let before = |first: i64| positions.get(id).is_some_and(|at| *at < first);
        if log.is_none() && told.first.is_none_or(before) {
            due.put(&After::Conversation(is.clone()));
        } else if !apart.contains(id) {
            compare(
                &format!("conversation {id}"),
                Some(is),
                log.as_ref(),
                findings,
            );
        }
    }
    for (id, log) in due.conversations.iter().chain(&due.reviewed) {
        if loaded.kept(*id).is_none() && !apart.contains(id) {
            compare(&format!("conversation {id}"), None, Some(log), findings);
        }
    }
    loads(&due, loaded, findings);
    Ok(())
}

/// The positions of what is ongoing by its row, or closed and reviewed.
async fn positions(
    snapshot: &DatabaseTransaction,
) -> Result<HashMap<ConversationId, i64>, StoreError> {
    let rows: Vec<(ConversationId, i64)> = conversation::Entity::find()
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::Position])
        .filter(Expr::cust("conversations.state <> 'CLOSED'"))
        .into_tuple()
        .all(snapshot)
        .await?;
    let reviewed: Vec<(ConversationId, i64)> = conversation::Entity::find()
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::Position])
        .filter(conversation::Column::Id.in_subquery(running_sessions()))
        .filter(conversation::Column::ClosedAt.is_not_null())
        .into_tuple()
        .all(snapshot)
        .await?;
    Ok(rows.into_iter().chain(reviewed).collect())
}

/// Whom and what the log is about, as the tables have them.
fn organisation(told: &Told, loaded: &World, findings: &mut Findings<'_>) {
    let due = &told.world;
    for id in &told.agents {
        row(
            "agents",
            id,
            loaded.agents.get(id),
            due.agents.get(id),
            findings,
        );
    }
    for id in &told.queues {
        row(
            "queues",
            id,
            loaded.queues.get(id),
            due.queues.get(id),
            findings,
        );
    }
    for id in &told.workstreams {
        let (is, log) = (loaded.workstreams.get(id), due.workstreams.get(id));
        row("workstreams", id, is, log, findings);
    }
    for subject in &told.supervisors {
        let (is, log) = (
            loaded.supervisors.get(subject),
            due.supervisors.get(subject),
        );
        row("supervisors", subject, is, log, findings);
    }
    if told.settings {
        let (is, log) = (Some(&loaded.settings), Some(&due.settings));
        row("settings", &"1", is, log, findings);
    }
    if told.is_whole() {
        // Queues, workstreams and settings also come with a new database; people never.
        for (id, agent) in &loaded.agents {
            if !told.agents.contains(id) {
                row("agents", id, Some(agent), None, findings);
            }
        }
        for (subject, presence) in &loaded.supervisors {
            if !told.supervisors.contains(subject) {
                row("supervisors", subject, Some(presence), None, findings);
            }
        }
    }
}

/// One row of the organisation. An agent's queues stand in a table of their own.
fn row<T: Serialize>(
    table: &'static str,
    id: &impl Display,
    is: Option<&T>,
    log: Option<&T>,
    findings: &mut Findings<'_>,
) {
    findings.report.organisation += 1;
    for problem in problems(is, log) {
        let queues = matches!(&problem, RowProblem::Differs { column, .. } if column == "queues");
        let table = if table == "agents" && queues {
            "memberships"
        } else {
            table
        };
        findings.add(&Difference::Row {
            table,
            row: id.to_string(),
            problem,
        });
    }
}

fn compare<T: Serialize>(what: &str, is: Option<&T>, log: Option<&T>, findings: &mut Findings<'_>) {
    for problem in problems(is, log) {
        findings.add(&Difference::Board {
            what: what.to_owned(),
            problem,
        });
    }
}

fn problems<T: Serialize>(is: Option<&T>, log: Option<&T>) -> Vec<RowProblem> {
    match (is, log) {
        (Some(is), Some(log)) => fields(is, log)
            .into_iter()
            .map(|(column, row, log)| RowProblem::Differs { column, row, log })
            .collect(),
        (None, Some(_)) => vec![RowProblem::Missing],
        (Some(_), None) => vec![RowProblem::Unknown],
        (None, None) => Vec::new(),
    }
}

/// What each agent carries: added up from what would be loaded, and from one event to the next.
fn loads(due: &World, loaded: &World, findings: &mut Findings<'_>) {
    for id in loaded.agents.keys() {
        let (is, log) = (loaded.load(*id), due.load(*id));
        for (column, is, log) in [
            ("consumed units", is.consumed, log.consumed),
            ("conversations", is.conversations, log.conversations),
        ] {
            if is != log {
                findings.add(&Difference::Board {
                    what: format!("agent {id}"),
                    problem: RowProblem::Differs {
                        column: column.to_owned(),
                        row: is.to_string(),
                        log: log.to_string(),
                    },
                });
            }
        }
    }
}
