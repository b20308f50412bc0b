//! The statements. Each says all that it needs, so that none must be in a transaction with another.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::store::upsert::all_but;
use domain::ids::AgentId;
use entity::tables::agent_connection::{ActiveModel, Column, Entity};

/// Rows in one statement; the databases bound the number of values in one.
const ROWS: usize = 200;

/// Says until when these agents are connected at this server.
pub(super) async fn put(
    db: &DatabaseTransaction,
    server: Uuid,
    agents: &[(AgentId, DateTime<Utc>)],
) -> Result<(), DbErr> {
    let latest = all_but::<Entity>(&[]);
    for piece in agents.chunks(ROWS) {
        let rows = piece.iter().map(|(agent, until)| ActiveModel {
            agent_id: Set(*agent),
            server_id: Set(server),
            connected_until: Set(*until),
        });
        Entity::insert_many(rows)
            .on_conflict(latest.clone())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Rows of these agents that have passed mean nothing once there is one that lies ahead.
pub(super) async fn forget_passed(
    db: &DatabaseTransaction,
    agents: &[AgentId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for piece in agents.chunks(ROWS) {
        Entity::delete_many()
            .filter(Column::AgentId.is_in(piece.iter().copied()))
            .filter(Column::ConnectedUntil.lte(now))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Moves on what lies ahead at this server; how many rows that were.
pub(super) async fn refresh(
    db: &DatabaseTransaction,
    server: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let refreshed = Entity::update_many()
        .col_expr(Column::ConnectedUntil, Expr::value(until))
        .filter(Column::ServerId.eq(server))
        .filter(Column::ConnectedUntil.gt(now))
        .exec(db)
        .await?;
    Ok(refreshed.rows_affected)
}

/// Ends what lies ahead at this server.
pub(super) async fn close(
    db: &DatabaseTransaction,
    server: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    refresh(db, server, now, now).await.map(drop)
}

/// For whoever is disconnected, it is as if their last stream closed now.
pub(super) async fn restart_grace(
    db: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ConnectedUntil, Expr::value(now))
        .filter(Column::ConnectedUntil.lte(now))
        .exec(db)
        .await?;
    Ok(())
}

/// Agents of whom every row passed at this instant or before, who waited longest first.
pub(super) async fn away_since(
    db: &DatabaseConnection,
    instant: DateTime<Utc>,
    at_most: u64,
) -> Result<Vec<AgentId>, DbErr> {
    let other = Alias::new("other");
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, other.clone())
        .and_where(Expr::col((other.clone(), Column::AgentId)).equals((Entity, Column::AgentId)))
        .and_where(Expr::col((other, Column::ConnectedUntil)).gt(instant))
        .take();
    Entity::find()
        .select_only()
        .column(Column::AgentId)
        .filter(Column::ConnectedUntil.lte(instant))
        .filter(Expr::exists(later).not())
        .group_by(Column::AgentId)
        .order_by_asc(Column::ConnectedUntil.min())
        .limit(at_most)
        .into_tuple()
        .all(db)
        .await
}

/// The rows of these agents, as (agent, connected until).
pub(super) async fn of(
    transaction: &DatabaseTransaction,
    agents: Vec<AgentId>,
) -> Result<Vec<(AgentId, DateTime<Utc>)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::AgentId, Column::ConnectedUntil])
        .filter(Column::AgentId.is_in(agents))
        .into_tuple()
        .all(transaction)
        .await
}
