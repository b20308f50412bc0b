//! A client of the live list: it holds what the messages make of it, and nothing else.

use serde_json::{Value, json};

use crate::harness::{Server, Socket};
use crate::stage::position;

/// The live list, with what its rows show of themselves.
pub fn live(fields: &str) -> String {
    format!(
        "subscription($filter: OngoingFilter, $order: OngoingOrder, $first: Int, $after: LogCursor) {{
            ongoingConversationsLive(filter: $filter, orderBy: $order, first: $first, after: $after) {{
                __typename
                ... on OngoingSnapshot {{ cursor emittedAt snapshotReason totalCount conversations {{ ...Row }} }}
                ... on OngoingChanges {{ cursor committedAt emittedAt totalCount changes {{
                    __typename
                    ... on OngoingEntered {{ index conversation {{ ...Row }} }}
                    ... on OngoingUpdated {{ index conversation {{ ...Row }} }}
                    ... on OngoingMoved {{ index conversation {{ ...Row }} }}
                    ... on OngoingLeft {{ conversationId leftReason }}
                }} }}
            }}
        }} fragment Row on Conversation {{ id {fields} }}"
    )
}

/// The same part of the view, asked for.
fn page(fields: &str) -> String {
    format!(
        "query($filter: OngoingFilter, $order: OngoingOrder, $first: Int) {{
            ongoingConversations(filter: $filter, orderBy: $order, first: $first) {{
                asOf totalCount edges {{ node {{ id {fields} }} }}
            }}
        }}"
    )
}

/// What a list shows at one place of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub rows: Vec<Value>,
    pub total: Value,
}

/// What the view shows now, and where in the log that is.
pub async fn asked(server: &Server, token: &str, fields: &str, of: &Value) -> (i64, Shown) {
    let data = server.data(token, &page(fields), of.clone()).await;
    let view = &data["ongoingConversations"];
    let rows = view["edges"].as_array().unwrap().iter();
    let shown = Shown {
        rows: rows.map(|edge| edge["node"].clone()).collect(),
        total: view["totalCount"].clone(),
    };
    (position(&view["asOf"]), shown)
}

/// A subscriber that holds what it was told.
pub struct Mirror {
    pub socket: Socket,
    pub shown: Shown,
    /// The last message's cursor.
    pub cursor: Value,
    most: usize,
}

impl Mirror {
    /// Subscribes to this part of the view, and waits for the first message if that must be a snapshot.
    pub async fn begin(server: &Server, token: &str, fields: &str, of: &Value) -> (Self, Value) {
        let mut mirror = Self::subscribed(server, token, fields, of).await;
        let first = mirror.next().await;
        (mirror, first)
    }

    /// Subscribes, with an empty list.
    pub async fn subscribed(server: &Server, token: &str, fields: &str, of: &Value) -> Self {
        let mut socket = server.socket(token).await;
        socket.subscribe(&live(fields), of.clone()).await;
        let shown = Shown {
            rows: Vec::new(),
            total: Value::Null,
        };
        let most = of["first"].as_u64().unwrap_or(25);
        Self {
            socket,
            shown,
            cursor: Value::Null,
            most: usize::try_from(most).unwrap(),
        }
    }

    /// Goes on by this token.
    pub async fn replace(&mut self, token: &str) {
        let ping = json!({ "type": "ping", "payload": { "token": token } });
        self.socket.send(ping).await;
        let pong = self.socket.pong().await;
        assert_eq!(pong["payload"]["accepted"], true);
    }

    /// Goes on after this one's cursor, with what it shows.
    pub async fn resumed(self, server: &Server, token: &str, fields: &str, of: &Value) -> Self {
        let mut of = of.clone();
        of["after"] = self.cursor.clone();
        let next = Self::subscribed(server, token, fields, &of).await;
        Self {
            shown: self.shown,
            cursor: self.cursor,
            ..next
        }
    }

    /// Where it is.
    pub fn position(&self) -> i64 {
        position(&self.cursor)
    }

    /// Takes the next message in; the message.
    pub async fn next(&mut self) -> Value {
        let message = self.socket.event().await["ongoingConversationsLive"].clone();
        self.take(&message);
        message
    }

    /// Takes messages in until it is at this position; what it shows after each, and where.
    pub async fn until(&mut self, last: i64) -> Vec<(i64, Shown)> {
        let mut history = Vec::new();
        while self.position() < last {
            self.next().await;
            history.push((self.position(), self.shown.clone()));
        }
        history
    }

    /// Takes a message in.
    pub fn take(&mut self, message: &Value) {
        let before = (!self.cursor.is_null()).then(|| self.position());
        self.cursor = message["cursor"].clone();
        assert!(
            before.is_none_or(|before| before <= self.position()),
            "back in time"
        );
        self.shown.total = message["totalCount"].clone();
        if message["__typename"] == "OngoingSnapshot" {
            self.shown
                .rows
                .clone_from(message["conversations"].as_array().unwrap());
        } else {
            assert!(
                before.is_none_or(|before| before < self.position()),
                "told twice"
            );
            for change in message["changes"].as_array().unwrap() {
                self.change(change);
            }
        }
        assert!(self.shown.rows.len() <= self.most);
    }

    fn change(&mut self, change: &Value) {
        let rows = &mut self.shown.rows;
        let place = |rows: &[Value], id: &Value| {
            let found = rows.iter().position(|row| row["id"] == *id);
            found.unwrap_or_else(|| panic!("not shown: {change}"))
        };
        let index = || usize::try_from(change["index"].as_u64().unwrap()).unwrap();
        let row = change["conversation"].clone();
        match change["__typename"].as_str().unwrap() {
            "OngoingEntered" => rows.insert(index(), row),
            "OngoingUpdated" => {
                assert_eq!(place(rows, &row["id"]), index());
                rows[index()] = row;
            }
            "OngoingMoved" => {
                rows.remove(place(rows, &row["id"]));
                rows.insert(index(), row);
            }
            "OngoingLeft" => {
                rows.remove(place(rows, &change["conversationId"]));
            }
            other => panic!("{other}"),
        }
        assert!(rows.len() <= self.most, "longer than asked for: {change}");
    }
}

/// The kinds of a message's changes, each with its index or why it left.
pub fn kinds(message: &Value) -> Vec<String> {
    let changes = message["changes"].as_array();
    let changes = changes.unwrap_or_else(|| panic!("no changes: {message}"));
    let kind = |change: &Value| {
        let kind = change["__typename"].as_str().unwrap();
        let kind = kind.trim_start_matches("Ongoing");
        match change["leftReason"].as_str() {
            Some(reason) => format!("{kind} {reason}"),
            None => format!("{kind} {}", change["index"]),
        }
    };
    changes.iter().map(kind).collect()
}

/// This order of the view, and so many.
pub fn by(field: &str, direction: &str, first: u32) -> Value {
    json!({ "order": { "field": field, "direction": direction }, "first": first })
}
