//! An organisation ready to act in: queues and workstreams of every kind, people in every role, and
//! short ways to bring a conversation into a state. What a refusal must leave alone is compared by
//! [`Floor::fingerprint`].

use domain::Role;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Token};

/// What a conversation is, as an administrator sees it, with everything that a command may change.
const FACTS: &str = "query($id: ID!) {
    conversation(id: $id) {
        version state statusReason mode consent noticeGivenAt lastActivityAt autoCloseAt closedAt
        queue { id } agent { id } consultants { id } joinedSupervisors
        pendingOffer { id kind agent { id } }
        monitorSessions { id joinedAt endedAt tokenExpiresAt } reviewSessions { id endsAt endedAt }
        participants { role joinedAt leftAt }
    }
    agents { edges { node { id presence capacity { consumedUnits } activeConversations } } }
    supervisorSettings { supervisorMonitor supervisorAssign supervisorTransfer supervisorForceClose
        supervisorTakeOver supervisorManageAgents }
    ongoingConversations { totalCount asOf }
}";

/// The organisation on a server of its own. Every setting is on.
pub struct Floor {
    pub server: Server,
    pub admin: String,
    pub gateway: String,
    /// `sam`, a supervisor of everything with every permission.
    pub sam: String,
    /// `anna`, a member of the messaging queue; so is `bert`.
    pub anna: String,
    pub bert: String,
    /// `carl`, a member of no queue.
    pub carl: String,
    /// `robo`, a bot of the messaging and the voice queue.
    pub robo: String,
    pub queue: String,
    pub second_queue: String,
    pub voice_queue: String,
    pub record_queue: String,
    pub workstream: String,
    pub voice_workstream: String,
    pub record_workstream: String,
    agents: std::collections::HashMap<&'static str, String>,
}

impl Floor {
    /// On a fresh `SQLite` database.
    pub async fn new() -> Self {
        Self::on(Database::sqlite()).await
    }

    /// On this database.
    pub async fn on(database: Database) -> Self {
        Self::at(Server::on(database).await).await
    }

    /// At this server, which nobody has used.
    pub async fn at(server: Server) -> Self {
        let admin = Token::administrator().sign();
        let lists =
            "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } }";
        let lists = server.data(&admin, lists, json!({})).await;
        let of_kind = |list: &str, kind: &str| {
            let edges = lists[list]["edges"].as_array().unwrap();
            let found = edges.iter().find(|edge| edge["node"]["kind"] == kind);
            text(&found.unwrap()["node"]["id"])
        };
        let mut floor = Self {
            sam: Token::supervisor("sam").sign(),
            gateway: Token::gateway().sign(),
            anna: Token::agent("anna").sign(),
            bert: Token::agent("bert").sign(),
            carl: Token::agent("carl").sign(),
            robo: Token::agent("robo").sign(),
            queue: of_kind("queues", "MESSAGING"),
            second_queue: String::new(),
            voice_queue: of_kind("queues", "VOICE"),
            record_queue: of_kind("queues", "RECORD"),
            workstream: of_kind("workstreams", "MESSAGING"),
            voice_workstream: of_kind("workstreams", "VOICE"),
            record_workstream: of_kind("workstreams", "RECORD"),
            agents: std::collections::HashMap::new(),
            admin,
            server,
        };
        floor.second_queue = floor.create_queue("Second", "MESSAGING").await;
        let (queue, voice, record) = (&floor.queue, &floor.voice_queue, &floor.record_queue);
        let everywhere = vec![queue.clone(), voice.clone(), record.clone()];
        floor.add_agent("anna", "HUMAN", everywhere.clone()).await;
        floor.add_agent("bert", "HUMAN", everywhere.clone()).await;
        floor.add_agent("carl", "HUMAN", vec![]).await;
        floor.add_agent("robo", "BOT", everywhere).await;
        floor.settings(true).await;
        floor
    }

    /// The same organisation at another server, whose database is a copy of this one's.
    pub fn copied_to(&self, server: Server) -> Self {
        Self {
            server,
            admin: self.admin.clone(),
            gateway: self.gateway.clone(),
            sam: self.sam.clone(),
            anna: self.anna.clone(),
            bert: self.bert.clone(),
            carl: self.carl.clone(),
            robo: self.robo.clone(),
            queue: self.queue.clone(),
            second_queue: self.second_queue.clone(),
            voice_queue: self.voice_queue.clone(),
            record_queue: self.record_queue.clone(),
            workstream: self.workstream.clone(),
            voice_workstream: self.voice_workstream.clone(),
            record_workstream: self.record_workstream.clone(),
            agents: self.agents.clone(),
        }
    }

    pub async fn add_agent(&mut self, subject: &'static str, kind: &str, queues: Vec<String>) {
        let input =
            json!({ "subject": subject, "name": subject, "kind": kind, "queueIds": queues });
        let made = self
            .server
            .done(&self.admin, "createAgent", input, "agent { id }")
            .await;
        self.agents.insert(subject, text(&made["agent"]["id"]));
        if kind == "HUMAN" {
            self.presence(&Token::agent(subject).sign(), "AVAILABLE")
                .await;
        }
    }

    pub async fn create_queue(&self, name: &str, kind: &str) -> String {
        let input = json!({ "name": name, "kind": kind });
        let made = self
            .server
            .done(&self.admin, "createQueue", input, "queue { id }")
            .await;
        text(&made["queue"]["id"])
    }

    /// A workstream with what is given, the rest as by default.
    pub async fn create_workstream(&self, mut input: Value) -> String {
        input["name"] = json!("Own");
        let fields = "workstream { id }";
        let made = self
            .server
            .done(&self.admin, "createWorkstream", input, fields)
            .await;
        text(&made["workstream"]["id"])
    }

    /// Switches every action of supervisors on or off.
    pub async fn settings(&self, on: bool) {
        self.set(json!({
            "supervisorMonitor": on, "supervisorAssign": on,
            "supervisorTransfer": on, "supervisorForceClose": on, "supervisorTakeOver": on,
        }))
        .await;
    }

    pub async fn set(&self, settings: Value) {
        self.server
            .done(&self.admin, "updateSupervisorSettings", settings, "")
            .await;
    }

    pub async fn presence(&self, token: &str, presence: &str) {
        self.server
            .done(token, "setPresence", json!({ "presence": presence }), "")
            .await;
    }

    /// The id of an agent by subject.
    pub fn agent(&self, subject: &str) -> String {
        self.agents[subject].clone()
    }

    /// What `startConversation` takes for this channel.
    pub fn start_input(&self, channel: &str) -> Value {
        let (queue, workstream) = match channel {
            "VOICE" => (&self.voice_queue, &self.voice_workstream),
            "RECORD" => (&self.record_queue, &self.record_workstream),
            _ => (&self.queue, &self.workstream),
        };
        json!({
            "channel": channel, "queueId": queue, "workstreamId": workstream,
            "customer": { "name": "Ada" }, "noticeGivenAt": "2026-01-01T00:00:00Z",
        })
    }

    /// What `receiveFromCustomer` takes for this channel and customer.
    pub fn receive_input(&self, channel: &str, key: &str) -> Value {
        let mut input = self.start_input(channel);
        input["customer"] = json!({ "key": key, "name": "Ada" });
        input["text"] = json!("hello");
        input
    }

    /// A new conversation: OPEN. Fields of `extra` replace those of the input.
    pub async fn start_with(&self, channel: &str, extra: Value) -> String {
        let input = merged(self.start_input(channel), extra);
        let fields = "conversation { id }";
        let made = self
            .server
            .done(&self.gateway, "startConversation", input, fields)
            .await;
        text(&made["conversation"]["id"])
    }

    pub async fn open(&self, channel: &str) -> String {
        self.start_with(channel, json!({})).await
    }

    /// ACTIVE, anna's.
    pub async fn active(&self, channel: &str) -> String {
        let id = self.open(channel).await;
        self.act(&self.anna, "pickConversation", &id, json!({}))
            .await;
        id
    }

    /// Offered to anna, whatever she has already.
    pub async fn offered(&self, channel: &str) -> String {
        let id = self.open(channel).await;
        let input = merged(self.to("anna"), json!({ "overrideCapacity": true }));
        self.act(&self.sam, "assignConversation", &id, input).await;
        id
    }

    /// ACTIVE, anna's, with a transfer request to bert.
    pub async fn requested(&self, channel: &str) -> String {
        let id = self.active(channel).await;
        let target = json!({ "agentId": self.agent("bert"), "overrideCapacity": true });
        self.act(&self.sam, "transferConversation", &id, target)
            .await;
        id
    }

    /// WAITING, anna's, on WhatsApp.
    pub async fn waiting(&self) -> String {
        let id = self.active("WHATSAPP").await;
        self.act(&self.anna, "setAsideConversation", &id, json!({}))
            .await;
        id
    }

    /// WRAP_UP, anna's.
    pub async fn wrap_up(&self, channel: &str) -> String {
        let id = self.active(channel).await;
        self.act(&self.anna, "endConversation", &id, json!({}))
            .await;
        id
    }

    pub async fn closed(&self, channel: &str) -> String {
        let id = self.wrap_up(channel).await;
        self.act(&self.anna, "closeConversation", &id, json!({}))
            .await;
        id
    }

    /// ACTIVE, anna's, who asks for help with a note.
    pub async fn asked_for_help(&self) -> String {
        let id = self.active("WHATSAPP").await;
        let note = json!({ "note": "May I refund this?" });
        self.act(&self.anna, "requestHelp", &id, note).await;
        id
    }

    /// ACTIVE, anna's, whose last message did not arrive.
    pub async fn undelivered(&self) -> String {
        let id = self.active("WHATSAPP").await;
        self.fails_to_deliver(&id).await;
        id
    }

    /// Anna writes to the customer what does not arrive.
    pub async fn fails_to_deliver(&self, id: &str) {
        self.act(&self.anna, "sendMessage", id, json!({ "text": "hello" }))
            .await;
        let last = "transcript(last: 1) { nodes { id } }";
        let seen = self.see(&self.gateway, id, last).await;
        let message = json!({ "messageId": seen["transcript"]["nodes"][0]["id"] });
        let failed = json!({ "message": message, "state": "FAILED" });
        self.server
            .done(&self.gateway, "recordDelivery", failed, "")
            .await;
    }

    /// ACTIVE, anna's, monitored by sam.
    pub async fn monitored(&self, channel: &str) -> String {
        let id = self.active(channel).await;
        self.act(&self.sam, "monitorConversation", &id, json!({}))
            .await;
        id
    }

    /// ACTIVE, anna's, monitored and coached by sam.
    pub async fn coached(&self) -> String {
        let id = self.monitored("WHATSAPP").await;
        self.act(
            &self.sam,
            "coachAgent",
            &id,
            json!({ "text": "Offer a refund." }),
        )
        .await;
        id
    }

    /// CLOSED, reviewed by sam.
    pub async fn reviewed(&self, channel: &str) -> String {
        let id = self.closed(channel).await;
        self.act(&self.sam, "reviewConversation", &id, json!({}))
            .await;
        id
    }

    /// ACTIVE, anna's, joined by sam.
    pub async fn joined(&self, channel: &str) -> String {
        let id = self.monitored(channel).await;
        self.act(&self.sam, "joinConversation", &id, json!({}))
            .await;
        id
    }

    /// An assignment to this agent.
    pub fn to(&self, agent: &str) -> Value {
        json!({ "target": { "agentId": self.agent(agent) } })
    }

    /// A command on a conversation that must be done; what the conversation is then.
    pub async fn act(&self, token: &str, mutation: &str, id: &str, extra: Value) -> Value {
        let fields = "conversation { version state statusReason queue { id } agent { name }
            pendingOffer { id kind agent { name } } consultants { name } joinedSupervisors mode }";
        let payload = self
            .server
            .done(token, mutation, on(id, extra), fields)
            .await;
        payload["conversation"].clone()
    }

    /// A command that must be refused; the code. Asserts that nothing changed.
    pub async fn code(&self, token: &str, mutation: &str, id: &str, extra: Value) -> String {
        text(&self.refusal(token, mutation, id, extra).await["code"])
    }

    /// A command that must be refused; the error. Asserts that nothing changed.
    pub async fn refusal(&self, token: &str, mutation: &str, id: &str, extra: Value) -> Value {
        let before = self.fingerprint(id).await;
        let input = on(id, extra);
        let payload = self
            .server
            .mutate(token, mutation, input.clone(), "asOf conversation { id }")
            .await;
        let errors = payload["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{mutation} {input} was done: {payload:#}");
        assert_eq!(payload["asOf"], Value::Null, "{payload:#}");
        assert_eq!(payload["conversation"], Value::Null, "{payload:#}");
        assert_eq!(
            self.fingerprint(id).await,
            before,
            "{mutation} {input} changed something"
        );
        errors[0].clone()
    }

    /// Everything that a command on this conversation may change, and the log's position.
    pub async fn fingerprint(&self, id: &str) -> Value {
        self.server
            .data(&self.admin, FACTS, json!({ "id": id }))
            .await
    }

    /// Fields of a conversation, as this viewer sees it.
    pub async fn see(&self, token: &str, id: &str, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ conversation(id: $id) {{ {fields} }} }}");
        self.server.data(token, &query, json!({ "id": id })).await["conversation"].clone()
    }

    /// The texts of the transcript that this viewer may read; none when they may read none.
    pub async fn texts(&self, token: &str, id: &str) -> Option<Vec<String>> {
        let seen = self
            .see(
                token,
                id,
                "transcript(first: 100) { edges { node { text } } }",
            )
            .await;
        let edges = seen["transcript"]["edges"].as_array()?;
        Some(
            edges
                .iter()
                .map(|edge| text(&edge["node"]["text"]))
                .collect(),
        )
    }

    /// The capacity units of an agent that are consumed or reserved.
    pub async fn consumed(&self, subject: &str) -> i64 {
        let query =
            "query($id: ID!) { node(id: $id) { ... on Agent { capacity { consumedUnits } } } }";
        let id = json!({ "id": self.agent(subject) });
        let data = self.server.data(&self.admin, query, id).await;
        data["node"]["capacity"]["consumedUnits"].as_i64().unwrap()
    }
}

/// The input of a command on this conversation.
pub fn on(id: &str, extra: Value) -> Value {
    merged(json!({ "conversationId": id }), extra)
}

/// One object with the fields of the other laid over it.
pub fn merged(mut base: Value, extra: Value) -> Value {
    let Value::Object(extra) = extra else {
        panic!("give an object")
    };
    base.as_object_mut().unwrap().extend(extra);
    base
}

/// A JSON string's text.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// A supervisor of everything under another subject.
pub fn other_supervisor() -> String {
    Token::supervisor("olga").sign()
}

/// `sam` with the role `API_ACCESS` as well.
pub fn with_api_access() -> String {
    Token::supervisor("sam").and(Role::ApiAccess).sign()
}
