//! Stock subscriptions: async-graphql-axum over a tokio broadcast, each subscriber executed alone.

use std::sync::Arc;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{
    Context, Data, EmptyMutation, Enum, ID, Object, Schema, SimpleObject, Subscription,
};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::broadcast;

use crate::Result;
use crate::process::{Ask, Told, asked, listen, tell};

/// More than any run emits at once: nobody shall be dropped for being behind.
pub const CAPACITY: usize = 16_384;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Level {
    Negative,
    Positive,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum State {
    Active,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Channel {
    Whatsapp,
}

#[derive(Clone, SimpleObject)]
struct Named {
    id: ID,
    name: Arc<str>,
}

#[derive(Clone, SimpleObject)]
struct Sentiment {
    level: Level,
    score: f32,
    confidence: f32,
    since: DateTime<Utc>,
}

#[derive(Clone, SimpleObject)]
struct Conversation {
    id: ID,
    state: State,
    channel: Channel,
    version: i32,
    waiting_since: Option<DateTime<Utc>>,
    queue: Option<Named>,
    agent: Option<Named>,
    sentiment: Sentiment,
}

#[derive(Clone, SimpleObject)]
struct SentimentChange {
    cursor: String,
    committed_at: DateTime<Utc>,
    from: Level,
    to: Level,
    conversation: Conversation,
}

/// The queues that a viewer sees, by id; none: all.
struct Sees(Option<Vec<String>>);

struct Query;

#[Object]
impl Query {
    async fn ready(&self) -> bool {
        true
    }
}

struct Changes(broadcast::Sender<Arc<SentimentChange>>);

#[Subscription]
impl Changes {
    async fn sentiment_changes(&self, ctx: &Context<'_>) -> impl Stream<Item = SentimentChange> {
        let sees = ctx.data_opt::<Arc<Sees>>().cloned();
        let changes = stream::unfold(self.0.subscribe(), |mut changes| async move {
            // Whoever is too far behind ends, as the channel cannot give what it dropped.
            let change = changes.recv().await.ok()?;
            Some((change, changes))
        });
        changes.filter_map(move |change| {
            let queue = change.conversation.queue.as_ref();
            let visible = match sees.as_deref() {
                Some(Sees(Some(queues))) => {
                    queue.is_some_and(|queue| queues.iter().any(|id| *id == *queue.id))
                }
                _ => true,
            };
            std::future::ready(visible.then(|| (*change).clone()))
        })
    }
}

/// A cursor as long as the project's, with the position where the project has it.
pub fn cursor(position: i64) -> String {
    let mut bytes = [7; 28];
    bytes[16..24].copy_from_slice(&position.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn change(position: i64) -> SentimentChange {
    let now = Utc::now();
    let rises = position % 2 == 0;
    let id = |prefix: &str| ID(format!("{prefix}_{:032x}", 0x0199_aaaa_bbbb_7ccc_u64));
    SentimentChange {
        cursor: cursor(position),
        committed_at: now,
        from: if rises {
            Level::Negative
        } else {
            Level::Positive
        },
        to: if rises {
            Level::Positive
        } else {
            Level::Negative
        },
        conversation: Conversation {
            id: id("conv"),
            state: State::Active,
            channel: Channel::Whatsapp,
            version: 2,
            waiting_since: None,
            queue: Some(Named {
                id: id("queue"),
                name: "Team 00".into(),
            }),
            agent: Some(Named {
                id: id("agent"),
                name: "Agent 000".into(),
            }),
            sentiment: Sentiment {
                level: if rises {
                    Level::Positive
                } else {
                    Level::Negative
                },
                score: if rises { 0.431 } else { -0.431 },
                confidence: 0.9,
                since: now,
            },
        },
    }
}

/// Serves until the parent goes.
pub async fn serve() -> Result<()> {
    let (changes, _) = broadcast::channel(CAPACITY);
    let schema = Schema::build(Query, EmptyMutation, Changes(changes.clone())).finish();
    let upgrade = move |protocol: GraphQLProtocol, upgrade: WebSocketUpgrade| async move {
        let response: Response =
            upgrade
                .protocols(ALL_WEBSOCKET_PROTOCOLS)
                .on_upgrade(move |socket| {
                    GraphQLWebSocket::new(socket, schema, protocol)
                        .on_connection_init(|_payload| async {
                            let mut data = Data::default();
                            data.insert(Arc::new(Sees(None)));
                            Ok(data)
                        })
                        .serve()
                });
        response
    };
    listen(Router::new().route("/graphql", get(upgrade))).await?;
    let mut position = 0;
    emit_as_asked(|| {
        position += 1;
        // Without subscribers there is nobody to send to.
        let _ = changes.send(Arc::new(change(position)));
        position
    })
    .await
}

/// Emits what the parent asks for, until it goes; `one` makes the next event and says its position.
pub async fn emit_as_asked(mut one: impl FnMut() -> i64) -> Result<()> {
    let mut asks = asked();
    while let Some(ask) = asks.recv().await {
        let Ask::Emit { count, rate } = ask else {
            return Err("only emits".into());
        };
        let mut positions = Vec::new();
        let pause = (rate > 0.0).then(|| std::time::Duration::from_secs_f64(1.0 / rate));
        let mut ticks = pause.map(tokio::time::interval);
        for _ in 0..count {
            if let Some(ticks) = &mut ticks {
                ticks.tick().await;
            }
            positions.push(one());
        }
        tell(&Told::Emitted { positions })?;
    }
    Ok(())
}
