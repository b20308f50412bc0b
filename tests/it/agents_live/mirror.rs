//! A client of `agentsLive`: it holds what the messages make of it, and nothing else.

use serde_json::{Value, json};

use crate::harness::{Server, Socket};
use crate::stage::position;

/// Everything that a row shows of itself.
pub const ROW: &str = "presence presenceSince capacity { totalUnits consumedUnits availableUnits } activeConversations
    longestHandleSince openHelpRequests handledToday meanHandleSecondsToday";

/// The list, with these fields of its rows.
pub fn live(fields: &str) -> String {
    format!(
        "subscription($filter: AgentsLiveFilter, $order: AgentsLiveOrder, $first: Int, $zone: String! = \"UTC\", $after: LogCursor) {{
            agentsLive(filter: $filter, orderBy: $order, first: $first, timeZone: $zone, after: $after) {{
                __typename
                ... on AgentsLiveSnapshot {{ cursor emittedAt snapshotReason totalCount liveAgents {{ ...Row }} }}
                ... on AgentsLiveChanges {{ cursor committedAt emittedAt totalCount changes {{
                    __typename
                    ... on LiveAgentEntered {{ index row {{ ...Row }} }}
                    ... on LiveAgentUpdated {{ index row {{ ...Row }} }}
                    ... on LiveAgentMoved {{ index row {{ ...Row }} }}
                    ... on LiveAgentLeft {{ agentId leftReason }}
                }} }}
            }}
        }} fragment Row on LiveAgent {{ agent {{ id name }} {fields} }}"
    )
}

/// What a list shows at one place of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub rows: Vec<Value>,
    pub total: Value,
}

impl Shown {
    /// The row of the agent of this name.
    pub fn of(&self, name: &str) -> &Value {
        let found = self.rows.iter().find(|row| row["agent"]["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not shown: {self:?}"))
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<&str> {
        let names = self.rows.iter().map(|row| row["agent"]["name"].as_str());
        names.map(Option::unwrap).collect()
    }
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
    /// Subscribes to this list, and takes its first message in.
    pub async fn begin(server: &Server, token: &str, of: &Value) -> (Self, Value) {
        let mut mirror = Self::subscribed(server, token, of).await;
        let first = mirror.next().await;
        (mirror, first)
    }

    /// Subscribes, with an empty list.
    pub async fn subscribed(server: &Server, token: &str, of: &Value) -> Self {
        let mut socket = server.socket(token).await;
        socket.subscribe(&live(ROW), of.clone()).await;
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
    pub async fn resumed(self, server: &Server, token: &str, of: &Value) -> Self {
        let mut of = of.clone();
        of["after"] = self.cursor.clone();
        let next = Self::subscribed(server, token, &of).await;
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
        let message = self.socket.event().await["agentsLive"].clone();
        self.take(&message);
        message
    }

    /// The next message, taken in, or none when the server is silent.
    pub async fn next_unless_silent(&mut self) -> Option<Value> {
        let message = self.socket.next_unless_silent().await?;
        assert_eq!(message["type"], "next", "{message}");
        let message = message["payload"]["data"]["agentsLive"].clone();
        self.take(&message);
        Some(message)
    }

    /// Takes a message in.
    fn take(&mut self, message: &Value) {
        let before = (!self.cursor.is_null()).then(|| self.position());
        self.cursor = message["cursor"].clone();
        let now = self.position();
        assert!(before.is_none_or(|before| before <= now), "back in time");
        self.shown.total = message["totalCount"].clone();
        if message["__typename"] == "AgentsLiveSnapshot" {
            let rows = message["liveAgents"].as_array().unwrap();
            self.shown.rows.clone_from(rows);
        } else {
            assert!(before.is_none_or(|before| before < now), "told twice");
            for change in message["changes"].as_array().unwrap() {
                self.change(change);
            }
        }
        assert!(self.shown.rows.len() <= self.most);
    }

    fn change(&mut self, change: &Value) {
        let rows = &mut self.shown.rows;
        let place = |rows: &[Value], id: &Value| {
            let found = rows.iter().position(|row| row["agent"]["id"] == *id);
            found.unwrap_or_else(|| panic!("not shown: {change}"))
        };
        let index = || usize::try_from(change["index"].as_u64().unwrap()).unwrap();
        let row = change["row"].clone();
        match change["__typename"].as_str().unwrap() {
            "LiveAgentEntered" => {
                let id = &row["agent"]["id"];
                assert!(rows.iter().all(|other| other["agent"]["id"] != *id));
                rows.insert(index(), row);
            }
            "LiveAgentUpdated" => {
                assert_eq!(place(rows, &row["agent"]["id"]), index());
                rows[index()] = row;
            }
            "LiveAgentMoved" => {
                rows.remove(place(rows, &row["agent"]["id"]));
                rows.insert(index(), row);
            }
            "LiveAgentLeft" => {
                rows.remove(place(rows, &change["agentId"]));
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
        let kind = kind.trim_start_matches("LiveAgent");
        match change["leftReason"].as_str() {
            Some(reason) => format!("{kind} {reason}"),
            None => format!("{kind} {}", change["index"]),
        }
    };
    changes.iter().map(kind).collect()
}

/// This order of the list, and so many.
pub fn by(field: &str, direction: &str, first: u32) -> Value {
    json!({ "order": { "field": field, "direction": direction }, "first": first })
}
