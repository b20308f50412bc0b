//! A small organisation at work, for tests of live data, races and timers: short ways to act, and to
//! read the tables behind it. Nothing here asserts a rule; tests do.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{Database, Server, Socket, Token};
use crate::main_job::{Organisation, organise};

pub use crate::harness::cursors::position;

/// What every change shows of itself, and of the conversation as it was then.
pub const CHANGES: &str = "subscription($after: LogCursor, $filter: ConversationChangeFilter) {
    conversationChanges(after: $after, filter: $filter) {
        __typename
        ... on ConversationChangeEvent {
            cursor
            change { __typename ... on MessagePosted { visibility author } }
            conversation { id state version agent { id } queue { id } sentiment { level } }
        }
        ... on ConversationLeftScope { cursor conversationId }
    }
}";

/// The messages of a conversation.
pub const TRANSCRIPT: &str = "subscription($id: ID!, $after: LogCursor) { conversationTranscript(conversationId: $id, after: $after) {
    __typename ... on TranscriptMessage { cursor message { id text } } ... on TranscriptEnded { cursor cause }
} }";

/// A server, its database, its people.
pub struct Stage {
    pub server: Server,
    pub database: Database,
    pub organisation: Organisation,
    pub admin: String,
    pub gateway: String,
    pub supervisor: String,
}

impl Stage {
    /// A server on this database, with these agents (capacity 3) AVAILABLE in the messaging queue.
    pub async fn on(database: Database, agents: &[&str]) -> Self {
        let server = Server::on(database.clone()).await;
        let organisation = organise(&server, agents).await;
        let long = Duration::from_hours(90 * 24);
        Self {
            server,
            database,
            organisation,
            admin: Token::administrator().lasting(long).sign(),
            gateway: Token::gateway().lasting(long).sign(),
            supervisor: Token::supervisor("sam").lasting(long).sign(),
        }
    }

    /// Ends the server as a crash would, and starts another that goes by the same clock.
    pub async fn restarted(mut self) -> Self {
        let clock = self.server.clock.clone();
        drop(self.server);
        self.server = Server::at(self.database.clone(), clock).await;
        self
    }

    /// Another AVAILABLE agent of the messaging queue, with so many units; their id.
    pub async fn hire(&self, subject: &str, capacity: u32) -> String {
        let input = json!({ "subject": subject, "name": subject, "capacity": capacity, "queueIds": [self.organisation.queue] });
        let payload = self
            .server
            .done(&self.admin, "createAgent", input, "agent { id }")
            .await;
        self.present(subject, "AVAILABLE").await;
        payload["agent"]["id"].as_str().unwrap().to_owned()
    }

    /// Sets an agent's presence.
    pub async fn present(&self, subject: &str, presence: &str) {
        let input = json!({ "presence": presence });
        self.server
            .done(&agent(subject), "setPresence", input, "")
            .await;
    }

    /// An agent's id.
    pub async fn agent_id(&self, subject: &str) -> String {
        let agents = "{ agents(first: 100) { edges { node { id name } } } }";
        let data = self.server.data(&self.admin, agents, json!({})).await;
        let edges = data["agents"]["edges"].as_array().unwrap();
        let edge = edges.iter().find(|edge| edge["node"]["name"] == subject);
        edge.unwrap()["node"]["id"].as_str().unwrap().to_owned()
    }

    /// Another messaging queue; its id.
    pub async fn queue(&self, name: &str) -> String {
        let input = json!({ "name": name });
        let payload = self
            .server
            .done(&self.admin, "createQueue", input, "queue { id }")
            .await;
        payload["queue"]["id"].as_str().unwrap().to_owned()
    }

    /// A conversation on this channel, of a customer who was told of monitoring.
    pub async fn start(&self, channel: &str) -> String {
        self.start_with(channel, &self.organisation.workstream)
            .await
    }

    /// A conversation on this channel and workstream.
    pub async fn start_with(&self, channel: &str, workstream: &str) -> String {
        let input = json!({
            "channel": channel, "queueId": self.organisation.queue, "workstreamId": workstream,
            "noticeGivenAt": "2026-01-01T00:00:00Z",
        });
        let payload = self
            .server
            .done(
                &self.gateway,
                "startConversation",
                input,
                "conversation { id }",
            )
            .await;
        payload["conversation"]["id"].as_str().unwrap().to_owned()
    }

    /// Something this token does to a conversation, which must be done.
    pub async fn act(&self, token: &str, mutation: &str, conversation: &str) {
        self.server
            .done(token, mutation, on(conversation), "")
            .await;
    }

    /// The customer writes.
    pub async fn customer_writes(&self, conversation: &str, text: &str) {
        let mut input = on(conversation);
        input["text"] = json!(text);
        self.server
            .done(&self.gateway, "receiveCustomerMessage", input, "")
            .await;
    }

    /// The supervisor offers a conversation to an agent; the whole payload, refused or not.
    pub async fn assign(&self, conversation: &str, agent: &str) -> Value {
        assign(
            &self.server,
            &self.supervisor,
            conversation,
            agent,
            json!({}),
        )
        .await
    }

    /// The conversation as the supervisor sees it now.
    pub async fn conversation(&self, id: &str, fields: &str) -> Value {
        conversation(&self.server, &self.supervisor, id, fields).await
    }

    /// How many units this agent has taken.
    pub async fn consumed(&self, subject: &str) -> i64 {
        let query = "{ agents(first: 100) { edges { node { name capacity { consumedUnits } } } } }";
        let data = self.server.data(&self.supervisor, query, json!({})).await;
        let edges = data["agents"]["edges"].as_array().unwrap();
        let edge = edges.iter().find(|edge| edge["node"]["name"] == subject);
        edge.unwrap()["node"]["capacity"]["consumedUnits"]
            .as_i64()
            .unwrap()
    }

    /// A connection of the test's own.
    pub async fn tables(&self) -> DatabaseConnection {
        sea_orm::Database::connect(&self.database.url)
            .await
            .unwrap()
    }

    /// Every event, in order.
    pub async fn events(&self) -> Vec<entity::tables::event::Model> {
        entity::tables::event::Entity::find()
            .order_by_asc(entity::tables::event::Column::Position)
            .all(&self.tables().await)
            .await
            .unwrap()
    }

    /// The kinds of a conversation's events, in order.
    pub async fn kinds(&self, conversation: &str) -> Vec<String> {
        let events = self.events().await.into_iter();
        events
            .filter(|event| {
                event
                    .conversation_id
                    .is_some_and(|id| id.to_string() == conversation)
            })
            .map(|event| event.kind)
            .collect()
    }

    /// How long after the last event of one kind the last of another was decided, by the server's clock.
    pub async fn between(&self, conversation: &str, kind: &str, other: &str) -> TimeDelta {
        let events = self.events().await;
        let last = |kind: &str| {
            let of_it = events.iter().rfind(|event| {
                let about = event.conversation_id.map(|id| id.to_string());
                event.kind == kind && about.as_deref() == Some(conversation)
            });
            of_it.unwrap_or_else(|| panic!("no {kind}")).at
        };
        last(other) - last(kind)
    }
}

/// An agent's token.
pub fn agent(subject: &str) -> String {
    Token::agent(subject)
        .lasting(Duration::from_hours(90 * 24))
        .sign()
}

/// An input about a conversation.
pub fn on(conversation: &str) -> Value {
    json!({ "conversationId": conversation })
}

/// One object with the fields of both.
pub fn with(mut one: Value, other: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut one, other) else {
        panic!("two objects are needed");
    };
    fields.extend(more);
    one
}

/// Offers a conversation to an agent; the whole payload, refused or not.
pub async fn assign(
    server: &Server,
    token: &str,
    conversation: &str,
    agent: &str,
    extra: Value,
) -> Value {
    let query = "mutation($input: AssignConversationInput!) { assignConversation(input: $input) {
        offer { id agent { id } } capacityExceededBy conversation { version agent { id } }
        errors { code ... on AlreadyAssigned { agent { id } } }
    } }";
    let input = with(on(conversation), json!({ "target": { "agentId": agent } }));
    let input = with(input, extra);
    let data = server.data(token, query, json!({ "input": input })).await;
    data["assignConversation"].clone()
}

/// A conversation as this token sees it now.
pub async fn conversation(server: &Server, token: &str, id: &str, fields: &str) -> Value {
    let query = format!("query($id: ID!) {{ conversation(id: $id) {{ {fields} }} }}");
    let data = server.data(token, &query, json!({ "id": id })).await;
    data["conversation"].clone()
}

/// The cursor at which the ongoing view stands now.
pub async fn as_of(server: &Server, token: &str) -> String {
    let data = server
        .data(token, "{ ongoingSummary { asOf } }", json!({}))
        .await;
    data["ongoingSummary"]["asOf"].as_str().unwrap().to_owned()
}

/// The code of each payload: `DONE`, or why it was refused.
pub fn codes(payloads: &[Value]) -> Vec<String> {
    let code = |payload: &Value| {
        let code = payload["errors"][0]["code"].as_str();
        code.unwrap_or("DONE").to_owned()
    };
    payloads.iter().map(code).collect()
}

/// How many payloads have this code.
pub fn count(payloads: &[Value], code: &str) -> usize {
    codes(payloads).iter().filter(|one| *one == code).count()
}

/// The same mutation with many inputs at the same moment.
pub async fn at_once(
    server: &Server,
    calls: impl IntoIterator<Item = (String, &'static str, Value, &'static str)>,
) -> Vec<Value> {
    join_all(
        calls
            .into_iter()
            .map(|(token, mutation, input, fields)| async move {
                server.mutate(&token, mutation, input, fields).await
            }),
    )
    .await
}

/// Reads events until the one at this position; each as (position, event).
pub async fn read_until(socket: &mut Socket, field: &str, last: i64) -> Vec<(i64, Value)> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|(position, _)| *position < last) {
        let event = socket.event().await[field].clone();
        seen.push((position(&event["cursor"]), event));
    }
    seen
}
