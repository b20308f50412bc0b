//! Who acts, and where: an organisation made once, before the first kill.

use domain::Role;
use serde_json::{Value, json};

use super::client::Desk;
use crate::harness::Token;

/// How long an offer in the short workstream waits.
pub const OFFER_SECONDS: u32 = 2;
/// Agents who work.
const AGENTS: [&str; 8] = [
    "anna", "bert", "cora", "dirk", "elsa", "finn", "gwen", "hugo",
];
/// Supervisors of everything.
const SUPERVISORS: [&str; 3] = ["sam", "sue", "sid"];

/// Somebody with a token.
#[derive(Clone)]
pub struct Person {
    pub subject: String,
    pub token: String,
    /// Their agent's id; empty for others.
    pub id: String,
}

/// Everybody.
pub struct Cast {
    pub admin: Person,
    pub gateway: Person,
    pub agents: Vec<Person>,
    pub supervisors: Vec<Person>,
    /// Agents who supervise everything too.
    pub leads: Vec<Person>,
    /// An agent who never answers an offer.
    pub mute: Person,
    /// Two messaging queues.
    pub queues: [String; 2],
    /// Messaging workstreams: one with long offers, one with short ones.
    pub workstreams: [String; 2],
}

impl Cast {
    /// Makes the organisation.
    pub async fn assemble(desk: &Desk) -> Self {
        let admin = person("admin", &Token::administrator());
        let token = &admin.token;
        let lists =
            "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } }";
        let lists = desk.query(token, lists, json!({})).await;
        let messaging = |list: &str| {
            let edges = lists[list]["edges"].as_array().unwrap();
            let found = edges
                .iter()
                .find(|edge| edge["node"]["kind"] == "MESSAGING");
            text(&found.unwrap()["node"]["id"])
        };
        let second = json!({ "name": "Second" });
        let second = desk
            .done(token, "createQueue", second, "queue { id }")
            .await;
        let short = json!({
            "name": "Short", "kind": "MESSAGING", "offerTimeoutSeconds": OFFER_SECONDS,
            "wrapUpCapacitySeconds": 1,
        });
        let short = desk
            .done(token, "createWorkstream", short, "workstream { id }")
            .await;
        let queues = [messaging("queues"), text(&second["queue"]["id"])];
        let workstreams = [messaging("workstreams"), text(&short["workstream"]["id"])];
        let settings = json!({
            "supervisorAssign": true, "supervisorTransfer": true, "supervisorForceClose": true,
            "supervisorTakeOver": true,
            "inactiveAfterMissedOffer": true,
        });
        desk.done(token, "updateSupervisorSettings", settings, "")
            .await;
        let mut agents = Vec::new();
        for subject in AGENTS.into_iter().chain(["mute"]) {
            let mut agent = person(subject, &Token::agent(subject));
            let capacity = if subject == "mute" { 1_000 } else { 6 };
            let input = json!({ "subject": subject, "name": subject, "capacity": capacity, "queueIds": queues });
            let made = desk.done(token, "createAgent", input, "agent { id }").await;
            agent.id = text(&made["agent"]["id"]);
            let present = json!({ "presence": "AVAILABLE" });
            desk.done(&agent.token, "setPresence", present, "").await;
            agents.push(agent);
        }
        let mute = agents.pop().unwrap();
        Self {
            gateway: person("gateway", &Token::gateway()),
            supervisors: SUPERVISORS
                .iter()
                .map(|subject| person(subject, &Token::supervisor(subject)))
                .collect(),
            leads: agents.iter().take(3).map(leading).collect(),
            admin,
            agents,
            mute,
            queues,
            workstreams,
        }
    }

    /// The agent with this id.
    pub fn agent(&self, id: &str) -> Option<&Person> {
        self.agents.iter().find(|agent| agent.id == id)
    }
}

/// An agent's token as a supervisor of everything.
fn leading(agent: &Person) -> Person {
    let token = Token::supervisor(&agent.subject).and(Role::Agent);
    Person {
        token: token.sign(),
        ..agent.clone()
    }
}

fn person(subject: &str, token: &Token) -> Person {
    Person {
        subject: subject.to_owned(),
        token: token.sign(),
        id: String::new(),
    }
}

/// A JSON string's text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
