//! Many clients at once: each sends what somebody might do next, waits for the answer, and goes on
//! until the server is gone, or until they are told.

mod hands;

pub use hands::DEEDS;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::cast::{Cast, Person};
use super::client::{Came, Command, Desk};

/// How many at once where the server is killed.
pub const CLIENTS: u64 = 12;
/// How many conversations run at once, about.
const ONGOING: usize = 40;

/// What is known of a conversation from answers; it may be out of date, and then a command is refused.
#[derive(Clone)]
struct Known {
    id: String,
    state: String,
    agent: Option<String>,
    offered: Option<String>,
}

/// What clients share.
pub struct Floor {
    pub cast: Cast,
    known: Mutex<Vec<Known>>,
    /// Messages that were acknowledged: of customers, and to them.
    messages: Mutex<[Vec<String>; 2]>,
    keys: Mutex<u64>,
}

/// What a round of load came to.
#[derive(Default)]
pub struct Round {
    pub answered: Vec<(Command, Value)>,
    pub in_doubt: Vec<Command>,
    /// How many of those in doubt were answered INTERNAL.
    pub failed: usize,
}

impl Floor {
    pub fn new(cast: Cast) -> Self {
        Self {
            cast,
            known: Mutex::default(),
            messages: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// A command of this person, under a key of its own.
    pub fn command(&self, who: &Person, mutation: &'static str, mut input: Value) -> Command {
        let mut keys = self.keys.lock().unwrap();
        *keys += 1;
        input["idempotencyKey"] = json!(format!("key {keys}"));
        if let Some(text) = input.get("text") {
            // So that each message can be told from every other.
            input["text"] = json!(format!("{} [{keys}]", text.as_str().unwrap()));
        }
        if mutation == "receiveFromCustomer" {
            input["externalId"] = json!(format!("wamid.{keys}"));
        }
        if mutation == "startConversation" {
            input["subject"] = json!(format!("Subject [{keys}]"));
        }
        Command {
            subject: who.subject.clone(),
            token: who.token.clone(),
            mutation,
            input,
        }
    }

    /// A start in this workstream.
    pub fn start(&self, rng: &mut StdRng, workstream: usize) -> Command {
        let channel = ["WHATSAPP", "WHATSAPP", "LIVE_CHAT", "SMS"]
            .choose(rng)
            .unwrap();
        let input = json!({
            "channel": channel,
            "queueId": self.cast.queues.choose(rng).unwrap(),
            "workstreamId": self.cast.workstreams[workstream],
            "noticeGivenAt": "2026-01-01T00:00:00Z",
            "customer": { "key": format!("customer {}", rng.random_range(0..60)), "name": "Ada" },
        });
        self.command(&self.cast.gateway, "startConversation", input)
    }

    /// A customer's message, wherever it belongs.
    fn receive(&self, rng: &mut StdRng) -> Command {
        let channel = ["WHATSAPP", "SMS"].choose(rng).unwrap();
        let input = json!({
            "channel": channel,
            "queueId": self.cast.queues.choose(rng).unwrap(),
            "workstreamId": self.cast.workstreams.choose(rng).unwrap(),
            "noticeGivenAt": "2026-01-01T00:00:00Z",
            // Others than those of `start`: an offer that nobody answers is left alone.
            "customer": { "key": format!("writer {}", rng.random_range(0..20)) },
            "text": "Where is my order?",
        });
        self.command(&self.cast.gateway, "receiveFromCustomer", input)
    }

    /// Something becomes of a message that was posted before, mostly not long ago.
    fn changed(&self, rng: &mut StdRng) -> Option<Command> {
        let deed = rng.random_range(0..4_usize);
        let messages = self.messages.lock().unwrap()[usize::from(deed == 0)].clone();
        let recent = messages.len().saturating_sub(30);
        let message = json!({ "messageId": messages[recent..].choose(rng)? });
        let (mutation, mut input) = match deed {
            0 => {
                let state = ["SENT", "DELIVERED", "READ", "FAILED"].choose(rng).unwrap();
                ("recordDelivery", json!({ "state": state }))
            }
            1 => ("editCustomerMessage", json!({ "text": "I meant this" })),
            2 => {
                let reaction = [Some("+1"), Some("-1"), None].choose(rng).unwrap();
                ("reactToMessage", json!({ "reaction": reaction }))
            }
            _ => ("removeCustomerMessage", json!({})),
        };
        input["message"] = message;
        Some(self.command(&self.cast.gateway, mutation, input))
    }

    /// Learns from an answer.
    pub fn learn(&self, command: &Command, payload: &Value) {
        let seen = &payload["conversation"];
        let of_customer = payload["messageId"].as_str();
        let said = of_customer.or(payload["message"]["id"].as_str());
        let coaches = command.mutation == "coachAgent";
        if let Some(id) = said.filter(|_| !command.is_on_message() && !coaches) {
            let mut messages = self.messages.lock().unwrap();
            messages[usize::from(of_customer.is_none())].push(id.to_owned());
        }
        if payload["errors"][0]["code"] == "CONVERSATION_CLOSED" {
            let id = command.input["conversationId"].as_str();
            let mut known = self.known.lock().unwrap();
            known.retain(|one| Some(&*one.id) != id);
            return;
        }
        let Some(id) = seen["id"].as_str() else {
            return;
        };
        let mut known = self.known.lock().unwrap();
        known.retain(|one| one.id != id || seen["state"] != "CLOSED");
        if seen["state"] == "CLOSED" {
            return;
        }
        let at = known.iter().position(|one| one.id == id);
        let at = at.unwrap_or_else(|| {
            known.push(Known {
                id: id.to_owned(),
                state: String::new(),
                agent: None,
                offered: None,
            });
            known.len() - 1
        });
        let one = &mut known[at];
        seen["state"].as_str().unwrap().clone_into(&mut one.state);
        // Gateways are not told; messages do not ask.
        if command.subject != "gateway" && seen.get("agent").is_some() {
            one.agent = seen["agent"]["id"].as_str().map(str::to_owned);
            let offered = seen["pendingOffer"]["agent"]["id"].as_str();
            one.offered = offered.map(str::to_owned);
        }
        if one.state == "OPEN" {
            (one.agent, one.offered) = (None, None);
        }
    }

    /// What somebody might do next.
    fn next(&self, rng: &mut StdRng) -> Command {
        let known = self.known.lock().unwrap().clone();
        let cast = &self.cast;
        if known.len() < ONGOING && rng.random_bool(0.3) || known.is_empty() {
            let short = usize::from(rng.random_bool(0.5));
            return self.start(rng, short);
        }
        if rng.random_bool(0.06) {
            return self.receive(rng);
        }
        if rng.random_bool(0.15)
            && let Some(command) = self.changed(rng)
        {
            return command;
        }
        match rng.random_range(0..100) {
            0..4 => {
                let who = cast.agents.choose(rng).unwrap();
                let presence = ["AVAILABLE", "AVAILABLE", "BUSY", "AWAY"]
                    .choose(rng)
                    .unwrap();
                self.command(who, "setPresence", json!({ "presence": presence }))
            }
            4 => {
                let who = cast.supervisors.choose(rng).unwrap();
                let presence = ["AVAILABLE", "AWAY"].choose(rng).unwrap();
                self.command(who, "setPresence", json!({ "presence": presence }))
            }
            5 => {
                let alerts = ["NEGATIVE", "VERY_NEGATIVE"].choose(rng).unwrap();
                let input = json!({ "sentimentAlertThreshold": alerts });
                self.command(&cast.admin, "updateSupervisorSettings", input)
            }
            6 => {
                // Off ends every running look in the same command.
                let input = json!({ "supervisorMonitor": rng.random_bool(0.8) });
                self.command(&cast.admin, "updateSupervisorSettings", input)
            }
            7 => {
                let member = cast.agents.choose(rng).unwrap();
                let input = json!({ "agentId": member.id, "queueId": cast.queues[1] });
                let deed = *["addQueueMember", "removeQueueMember"].choose(rng).unwrap();
                self.command(&cast.admin, deed, input)
            }
            8..16 => self.hand(known.choose(rng).unwrap(), rng),
            _ => self.act(known.choose(rng).unwrap(), rng),
        }
    }

    /// What somebody might do with this conversation.
    fn act(&self, one: &Known, rng: &mut StdRng) -> Command {
        let cast = &self.cast;
        let some_agent = cast.agents.choose(rng).unwrap();
        let agent = |id: &Option<String>| id.as_deref().and_then(|id| cast.agent(id));
        let own = agent(&one.agent).unwrap_or(some_agent);
        let offered = agent(&one.offered).unwrap_or(some_agent);
        let sam = self.mind(one, rng);
        let gateway = &cast.gateway;
        let on = json!({ "conversationId": one.id });
        let with = |field: &str, value: Value| {
            let mut input = on.clone();
            input[field] = value;
            input
        };
        let says = ["This is terrible, I hate it", "Hello", "Great, thank you!"];
        let says = with("text", json!(says.choose(rng).unwrap()));
        let dice = rng.random_range(0..100);
        let (who, mutation, input) = match (one.state.as_str(), dice) {
            ("OPEN", 0..45) => {
                let target = with("target", json!({ "agentId": some_agent.id }));
                (sam, "assignConversation", target)
            }
            ("OPEN", 45..70) => (some_agent, "pickConversation", on),
            ("OPEN", 70..78) => {
                let queue = cast.queues.choose(rng).unwrap();
                (
                    sam,
                    "assignConversation",
                    with("target", json!({ "queueId": queue })),
                )
            }
            ("OPEN", 78..82) => (gateway, "endByCustomer", on),
            ("ACTIVE", 0..34) if one.offered.is_some() => (offered, "acceptOffer", on),
            ("ACTIVE", 34..44) if one.offered.is_some() => (offered, "rejectOffer", on),
            ("ACTIVE", 44..50) if one.offered.is_some() => (sam, "cancelOffer", on),
            ("ACTIVE", 0..16) => (own, "sendMessage", says),
            ("ACTIVE", 16..34) | ("WRAP_UP", 55..70) => (sam, "monitorConversation", on),
            ("ACTIVE", 34..44) => (sam, "joinConversation", on),
            ("ACTIVE", 44..50) => (sam, "stopMonitoring", on),
            ("ACTIVE", 50..54) => (sam, "sendMessage", says),
            ("ACTIVE", 54..68) => (
                sam,
                "transferConversation",
                with("agentId", json!(some_agent.id)),
            ),
            ("ACTIVE", 68..73) => (own, "setAsideConversation", on),
            ("ACTIVE", 73..76) => (own, "releaseConversation", on),
            ("ACTIVE", 76..84) => (own, "endConversation", on),
            ("ACTIVE", 84..88) | ("WAITING", 40..50) | ("WRAP_UP", 70..85) => {
                (sam, "forceCloseConversation", on)
            }
            ("ACTIVE", 88..90) => (gateway, "customerDisconnected", on),
            ("ACTIVE", 90..92) => (gateway, "customerReconnected", on),
            ("ACTIVE", 92..96) => (own, "updateConversation", with("addTags", json!(["vip"]))),
            ("WRAP_UP", 85..95) => (gateway, "recordRating", with("score", json!(4))),
            ("WAITING", 0..40) => (own, "reopenConversation", on),
            ("WRAP_UP", 0..55) => (own, "closeConversation", on),
            _ => (gateway, "receiveCustomerMessage", says),
        };
        self.command(who, mutation, input)
    }
}

/// How long clients go on.
#[derive(Clone)]
pub enum Until {
    /// The server is gone. Before that no command fails.
    Gone,
    /// This is set, whatever fails meanwhile.
    Told(Arc<AtomicBool>),
}

/// Loads the server with every client until it is gone; what each was answered, and what not.
pub async fn load(floor: &Arc<Floor>, desk: &Desk, seed: u64) -> Round {
    load_until(floor, desk, seed, CLIENTS, &Until::Gone).await
}

/// Loads the server with so many clients for so long; what each was answered, and what not.
pub async fn load_until(
    floor: &Arc<Floor>,
    desk: &Desk,
    seed: u64,
    clients: u64,
    until: &Until,
) -> Round {
    let many = clients;
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..many {
        let (floor, desk, until) = (floor.clone(), desk.clone(), until.clone());
        let rng = StdRng::seed_from_u64(seed.wrapping_mul(many).wrapping_add(client));
        clients.spawn(work(floor, desk, rng, until));
    }
    let mut all = Round::default();
    for round in clients.join_all().await {
        all.answered.extend(round.answered);
        all.in_doubt.extend(round.in_doubt);
        all.failed += round.failed;
    }
    all
}

async fn work(floor: Arc<Floor>, desk: Desk, mut rng: StdRng, until: Until) -> Round {
    let mut round = Round::default();
    loop {
        if let Until::Told(told) = &until
            && told.load(Ordering::Relaxed)
        {
            return round;
        }
        let command = floor.next(&mut rng);
        match desk.send(&command).await {
            Came::Answered(payload) => {
                floor.learn(&command, &payload);
                round.answered.push((command, payload));
            }
            Came::Failed(code) => {
                let lasting = matches!(until, Until::Told(_)) && code == "INTERNAL";
                assert!(lasting, "{command:?}: {code}");
                round.in_doubt.push(command);
                round.failed += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Came::InDoubt => {
                round.in_doubt.push(command);
                if matches!(until, Until::Gone) {
                    return round;
                }
            }
            Came::NotSent => return round,
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..40))).await;
    }
}
