//! The textbook view: async-graphql over SeaORM, with a dataloader for each relation.
//!
//! On the project's own tables, with one index more, for the order that is asked for. It checks no
//! token and counts no limits, which is to its advantage.

use std::collections::HashMap;
use std::hash::Hash;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::runtime::{TokioSpawner, TokioTimer};
use async_graphql::{
    ComplexObject, Context, EmptyMutation, EmptySubscription, Enum, ID, InputObject, Object,
    Schema, SimpleObject,
};
use async_graphql_axum::GraphQL;
use axum::Router;
use axum::routing::post_service;
use chrono::{DateTime, Utc};
use domain::ids::{AgentId, CustomerId, QueueId, WorkstreamId};
use domain::words::State;
use entity::tables::{agent, conversation, customer, queue, workstream};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, DbErr, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::commands::{connect, replay_one};
use crate::Result;
use crate::process::{Ask, Told, asked, listen, tell};

#[derive(Clone, SimpleObject)]
struct Named {
    id: ID,
    name: Option<String>,
}

#[derive(SimpleObject)]
struct Sentiment {
    level: String,
}

#[derive(SimpleObject)]
#[graphql(complex)]
struct Conversation {
    id: ID,
    state: String,
    status_reason: String,
    channel: String,
    started_at: DateTime<Utc>,
    version: i32,
    sentiment: Sentiment,
    #[graphql(skip)]
    row: conversation::Model,
}

impl From<conversation::Model> for Conversation {
    fn from(row: conversation::Model) -> Self {
        Self {
            id: ID(row.id.to_string()),
            state: row.state.to_string(),
            status_reason: row.reason.to_string(),
            channel: row.channel.to_string(),
            started_at: row.started_at,
            version: row.version,
            sentiment: Sentiment {
                level: row.sentiment.to_string(),
            },
            row,
        }
    }
}

#[ComplexObject]
impl Conversation {
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Named>> {
        load(ctx, self.row.queue_id).await
    }

    async fn workstream(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Named>> {
        load(ctx, self.row.workstream_id).await
    }

    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Named>> {
        match self.row.agent_id {
            Some(agent) => load(ctx, agent).await,
            None => Ok(None),
        }
    }

    async fn customer(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Named>> {
        load(ctx, self.row.customer_id).await
    }
}

async fn load<K>(ctx: &Context<'_>, id: K) -> async_graphql::Result<Option<Named>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Db: Loader<K, Value = Named, Error = String>,
{
    let loaded = ctx.data::<DataLoader<Db>>()?.load_one(id).await;
    loaded.map_err(async_graphql::Error::new)
}

struct Db(DatabaseConnection);

macro_rules! loaders {
    ($($key:ty = $table:ident, $name:expr;)*) => {$(
        impl Loader<$key> for Db {
            type Value = Named;
            type Error = String;

            async fn load(&self, keys: &[$key]) -> std::result::Result<HashMap<$key, Named>, String> {
                let rows = $table::Entity::find()
                    .filter($table::Column::Id.is_in(keys.iter().copied()))
                    .all(&self.0)
                    .await
                    .map_err(|error: DbErr| error.to_string())?;
                let name: fn($table::Model) -> Option<String> = $name;
                let named = rows.into_iter().map(|row| {
                    let key = row.id;
                    let id = ID(key.to_string());
                    (key, Named { id, name: name(row) })
                });
                Ok(named.collect())
            }
        }
    )*};
}

loaders! {
    AgentId = agent, |row| Some(row.name);
    CustomerId = customer, |row| row.name;
    QueueId = queue, |row| Some(row.name);
    WorkstreamId = workstream, |row| Some(row.name);
}

#[derive(SimpleObject)]
struct Edge {
    node: Conversation,
}

#[derive(SimpleObject)]
struct Connection {
    total_count: u64,
    edges: Vec<Edge>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum OrderField {
    StartedAt,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Direction {
    Asc,
}

#[derive(InputObject)]
struct Order {
    field: OrderField,
    direction: Direction,
}

struct Query;

#[Object]
impl Query {
    async fn ongoing_conversations(
        &self,
        ctx: &Context<'_>,
        first: u64,
        order_by: Order,
    ) -> async_graphql::Result<Connection> {
        let (OrderField::StartedAt, Direction::Asc) = (order_by.field, order_by.direction);
        let db = ctx.data::<DatabaseConnection>()?;
        let ongoing =
            || conversation::Entity::find().filter(conversation::Column::State.ne(State::Closed));
        let total_count = ongoing().count(db).await?;
        let rows = ongoing()
            .order_by_asc(conversation::Column::StartedAt)
            .limit(first)
            .all(db)
            .await?;
        let edges = rows.into_iter().map(|row| Edge { node: row.into() });
        Ok(Connection {
            total_count,
            edges: edges.collect(),
        })
    }
}

/// Serves until the parent goes.
pub async fn serve(url: &str) -> Result<()> {
    let readers = connect(url, 8).await?;
    let index = "CREATE INDEX IF NOT EXISTS ix_peer_started ON conversations (started_at, state)";
    readers.execute_unprepared(index).await?;
    readers.execute_unprepared("ANALYZE").await?;
    // Without its cache: what it remembers, it would go on showing after a change.
    let loader = DataLoader::new(
        Db(readers.clone()),
        TokioSpawner::current(),
        TokioTimer::default(),
    )
    .max_batch_size(1000);
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
        .data(readers)
        .data(loader)
        .finish();
    listen(Router::new().route("/graphql", post_service(GraphQL::new(schema)))).await?;
    let mut churn = None;
    let mut asks = asked();
    while let Some(ask) = asks.recv().await {
        let told = match ask {
            Ask::Churn { rate } => {
                let writer = connect(url, 1).await?;
                let events = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
                let task = tokio::spawn(replay_one(writer, rate, events.clone()));
                churn = Some((task, events, std::time::Instant::now()));
                Told::Done
            }
            Ask::Rest => {
                let (task, events, since) = churn.take().ok_or("nothing to end")?;
                let failed = task.is_finished();
                task.abort();
                if failed {
                    return Err("the peer's writer ended early".into());
                }
                Told::Rested {
                    events: events.load(std::sync::atomic::Ordering::Relaxed),
                    seconds: since.elapsed().as_secs_f64(),
                }
            }
            Ask::Emit { .. } | Ask::ChurnOf { .. } => return Err("does not emit".into()),
        };
        tell(&told)?;
    }
    Ok(())
}
