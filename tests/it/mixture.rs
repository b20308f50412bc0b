//! A random mixture of commands by everybody, many at once: most are done, many are refused, some
//! are repeats. The same seed asks for the same, though races decide what comes of it.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::harness::Token;
use crate::stage::{Stage, agent, at_once, codes, on, with};

/// The agents who take part.
pub const AGENTS: [&str; 3] = ["anna", "bert", "cora"];

/// What is asked of a conversation: by whom, what, and how often beside the others.
const ACTS: [(&str, &str, usize); 25] = [
    ("gateway", "receiveCustomerMessage", 10),
    ("gateway", "customerDisconnected", 2),
    ("gateway", "customerReconnected", 3),
    ("gateway", "endByCustomer", 1),
    ("gateway", "recordConsent", 1),
    ("agent", "pickConversation", 10),
    ("agent", "acceptOffer", 8),
    ("agent", "rejectOffer", 3),
    ("agent", "setAsideConversation", 3),
    ("agent", "reopenConversation", 3),
    ("agent", "releaseConversation", 4),
    ("agent", "endConversation", 1),
    ("agent", "closeConversation", 2),
    ("agent", "sendMessage", 6),
    ("agent", "leaveConversation", 2),
    ("agent", "updateConversation", 3),
    ("supervisor", "updateConversation", 3),
    ("supervisor", "assignConversation", 10),
    ("supervisor", "cancelOffer", 2),
    ("supervisor", "monitorConversation", 10),
    ("supervisor", "stopMonitoring", 3),
    ("supervisor", "joinConversation", 8),
    ("supervisor", "leaveConversation", 4),
    ("supervisor", "transferConversation", 6),
    ("supervisor", "cancelTransfer", 1),
];

type Call = (String, &'static str, Value, &'static str);

/// Who asks for what.
pub struct Mixture {
    random: StdRng,
    conversations: Vec<String>,
    agents: Vec<String>,
    queues: Vec<String>,
    supervisors: Vec<String>,
    /// How often each code was the answer; `DONE` when it was done.
    pub codes: BTreeMap<String, usize>,
}

impl Mixture {
    /// A mixture for these agents, with another queue that they are members of as well.
    pub async fn new(stage: &Stage, seed: u64) -> Self {
        let other = stage.queue("Other").await;
        let mut agents = Vec::new();
        for name in AGENTS {
            let id = stage.agent_id(name).await;
            let input = json!({ "agentId": id, "queueId": other });
            stage
                .server
                .done(&stage.admin, "addQueueMember", input, "")
                .await;
            agents.push(id);
        }
        let supervisors = ["sam", "sue", "sid"].map(|name| Token::supervisor(name).sign());
        Self {
            random: StdRng::seed_from_u64(seed),
            conversations: Vec::new(),
            agents,
            queues: vec![stage.organisation.queue.clone(), other],
            supervisors: supervisors.to_vec(),
            codes: BTreeMap::new(),
        }
    }

    /// So many commands at once; each must have an answer, whatever it is.
    pub async fn round(&mut self, stage: &Stage, count: usize) {
        if self.conversations.len() < 8 || self.random.random_ratio(1, 2) {
            let call = self.start(stage);
            let payload = at_once(&stage.server, [call]).await.remove(0);
            if let Some(id) = payload["conversation"]["id"].as_str() {
                self.conversations.push(id.to_owned());
            }
        }
        let calls: Vec<Call> = (0..count).map(|_| self.any(stage)).collect();
        let payloads = at_once(&stage.server, calls).await;
        for code in codes(&payloads) {
            *self.codes.entry(code).or_default() += 1;
        }
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from.choose(&mut self.random).unwrap().clone()
    }

    /// Half of the customers have come before; some of those do not say their name again.
    fn start(&mut self, stage: &Stage) -> Call {
        let key = format!("customer-{}", self.random.random_range(0..6));
        let number: u32 = self.random.random_range(0..1000);
        let customer = match number % 3 {
            0 => json!({ "key": key }),
            1 => json!({ "key": key, "name": format!("Name {number}") }),
            _ => json!({ "name": format!("Somebody {number}") }),
        };
        let input = json!({
            "channel": self.pick(&["LIVE_CHAT", "WHATSAPP", "SMS"]),
            "queueId": self.pick(&self.queues.clone()), "customer": customer,
            "workstreamId": stage.organisation.workstream, "subject": format!("About {number}"),
            "noticeGivenAt": "2026-01-01T00:00:00Z",
        });
        (
            stage.gateway.clone(),
            "startConversation",
            input,
            "conversation { id }",
        )
    }

    fn any(&mut self, stage: &Stage) -> Call {
        match self.random.random_range(0..60) {
            0 => return self.start(stage),
            1 => {
                let presence = self.pick(&["AVAILABLE", "AVAILABLE", "BUSY", "AWAY"]);
                let input = json!({ "presence": presence });
                return (agent(self.pick(&AGENTS)), "setPresence", input, "");
            }
            2 => {
                let member = self.pick(&["addQueueMember", "removeQueueMember"]);
                let (agent, queue) = (self.pick(&self.agents.clone()), self.queues[1].clone());
                let input = json!({ "agentId": agent, "queueId": queue });
                return (stage.admin.clone(), member, input, "");
            }
            3 => {
                let on = self.random.random_ratio(5, 6);
                let input = json!({ "supervisorMonitor": on });
                return (stage.admin.clone(), "updateSupervisorSettings", input, "");
            }
            4 if self.random.random_ratio(1, 3) => {
                let id = self.pick(&self.conversations.clone());
                return (
                    self.supervisors[0].clone(),
                    "forceCloseConversation",
                    on(&id),
                    "",
                );
            }
            _ => {}
        }
        let (who, mutation) = self.act();
        // The last few conversations, so that commands meet.
        let recent = self.conversations.len().saturating_sub(6);
        let recent = &self.conversations[recent..];
        let id = recent.choose(&mut self.random).unwrap().clone();
        let input = with(on(&id), self.input(mutation, who));
        let token = match who {
            "gateway" => stage.gateway.clone(),
            "agent" => agent(self.pick(&AGENTS)),
            _ => self.pick(&self.supervisors.clone()),
        };
        (token, mutation, input, "")
    }

    fn act(&mut self) -> (&'static str, &'static str) {
        let all: usize = ACTS.iter().map(|(.., weight)| weight).sum();
        let mut at = self.random.random_range(0..all);
        for (who, mutation, weight) in ACTS {
            if at < weight {
                return (who, mutation);
            }
            at -= weight;
        }
        unreachable!("the weights add up");
    }

    fn input(&mut self, mutation: &str, who: &str) -> Value {
        let number: u32 = self.random.random_range(0..1000);
        let agent = self.pick(&self.agents.clone());
        let mut input = match mutation {
            "receiveCustomerMessage" if number.is_multiple_of(2) => {
                json!({ "text": "I hate this, it is terrible!" })
            }
            "receiveCustomerMessage" => json!({ "text": "Thank you, that is great!" }),
            "sendMessage" if who == "agent" && number.is_multiple_of(2) => {
                json!({ "text": "I will look", "visibility": "PUBLIC" })
            }
            "sendMessage" => json!({ "text": "Take care", "visibility": "INTERNAL" }),
            "recordConsent" => json!({ "consent": self.pick(&["GRANTED", "DENIED"]) }),
            "assignConversation" if number.is_multiple_of(5) => {
                json!({ "target": { "queueId": self.pick(&self.queues.clone()) } })
            }
            "assignConversation" => {
                json!({ "target": { "agentId": agent }, "overrideCapacity": number.is_multiple_of(4), "overrideDeclines": true })
            }
            "updateConversation" => {
                let tag = self.pick(&["vip", "VIP", "late", "refund"]);
                json!({ "addTags": [tag], "removeTags": ["returned"], "priority": self.pick(&["LOW", "URGENT"]) })
            }
            "transferConversation" => {
                json!({ "agentId": agent, "overrideCapacity": number.is_multiple_of(2) })
            }
            _ => json!({}),
        };
        match number % 10 {
            0 | 1 => input["idempotencyKey"] = json!(format!("key-{}", number % 50)),
            2 => input["expectedVersion"] = json!(number % 7 + 1),
            _ => {}
        }
        input
    }
}
