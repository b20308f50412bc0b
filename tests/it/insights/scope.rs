//! What a supervisor's figures say of queues that they do not lead: nothing (domain.md section 12, scope).

use chrono::TimeDelta;
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Server, Token};

/// Everything that figures say of a row, in as many documents as the limits want.
const PARTS: [&str; 4] = [
    "begun: series(figure: VISITS_BEGUN) waiting: series(figure: VISITS_WAITING) level: series(figure: SERVICE_LEVEL)
      ongoing: series(figure: ONGOING) closed: series(figure: CLOSED) occupancy: series(figure: OCCUPANCY)
      mood: series(figure: MEAN_SENTIMENT) rating: series(figure: MEAN_RATING)",
    "figures { visits {
      begun begunByStart begunByMove begunByRequeue begunByRelease begunByReturn ended waiting longestVisitSince
      longestWaitingSince accepted acceptedByBots abandoned abandonedShort abandonRate movedOut closedBySystem
      closedBySupervisor serviceLevel { within cases share } speedOfAnswer { ...times } timeToAbandon { ...times }
    } }",
    "figures {
      handleTime { ...times } wrapUpTime { ...times } botHandleTime { ...times } firstResponse { ...times }
    }",
    "figures {
      transfersIn transfersOut requeued released ongoing closed
      closedByReason { statusReason count } closedByDisposition { code count }
      responseTime { ...times } offers { made accepted rejected timedOut cancelled acceptTime { ...times } }
      sentiment { scored meanScore atOrBelowThreshold notAvailable improved worsened }
      ratings { count mean shareOfGood }
      times { presences { presence seconds } occupancy concurrency capacityInUse }
    }",
];

/// The document that asks for this part.
fn document(part: &str) -> String {
    let times = if part.contains("...times") {
        "fragment times on DurationFigures { count meanSeconds p50Seconds p90Seconds p95Seconds within { seconds count } }"
    } else {
        ""
    };
    format!(
        "query($range: InsightRange!, $group: InsightGrouping!, $interval: InsightInterval!, $filter: InsightFilter) {{
          insights(range: $range, groupBy: $group, interval: $interval, timeZone: \"UTC\", filter: $filter) {{
            completeSince partStarts totals {{ ...row }} rows {{ ...row }}
          }}
        }}
        fragment row on InsightRow {{ queue {{ id }} channel workstream {{ id }} agent {{ id }} {part} }}
        {times}"
    )
}

/// One organisation, and what happens in it step by step: with the conversations of another queue, or without.
pub struct History {
    pub floor: Floor,
    with_others: bool,
    /// The conversation that is moved to the other queue.
    moved: Option<String>,
    others: Vec<String>,
}

impl History {
    /// Nothing has happened yet.
    pub const fn of(floor: Floor, with_others: bool) -> Self {
        Self {
            floor,
            with_others,
            moved: None,
            others: Vec::new(),
        }
    }

    fn pass(&self, seconds: i64) {
        self.floor.server.clock.advance(TimeDelta::seconds(seconds));
    }

    async fn started(&self, queue: &str, channel: &str) -> String {
        let extra = json!({ "queueId": queue });
        self.floor.start_with(channel, extra).await
    }

    async fn wrote(&self, id: &str, text: &str) {
        let gateway = &self.floor.gateway;
        let message = json!({ "text": text });
        self.floor
            .act(gateway, "receiveCustomerMessage", id, message)
            .await;
    }

    /// What happens in the queue of the supervisor, a step at a time.
    async fn own(&mut self, step: usize) {
        let floor = &self.floor;
        let (queue, dora) = (floor.queue.clone(), Token::agent("dora").sign());
        match step {
            0 => {
                let id = self.started(&queue, "WHATSAPP").await;
                self.wrote(&id, "This is terrible, I hate it").await;
                self.pass(20);
                floor.act(&dora, "pickConversation", &id, json!({})).await;
                self.pass(70);
                let answer = json!({ "text": "Good day" });
                floor.act(&dora, "sendMessage", &id, answer).await;
                floor.act(&dora, "endConversation", &id, json!({})).await;
                self.pass(5);
                floor.act(&dora, "closeConversation", &id, json!({})).await;
                let rated = json!({ "score": 4 });
                floor.act(&floor.gateway, "recordRating", &id, rated).await;
            }
            1 => {
                // Bert works in other queues too: his work here is told, and not his times.
                let id = self.started(&queue, "SMS").await;
                floor
                    .act(&floor.bert, "pickConversation", &id, json!({}))
                    .await;
                self.pass(30);
                let target = json!({ "target": { "queueId": floor.second_queue } });
                let moved = self.started(&queue, "SMS").await;
                floor
                    .act(&floor.sam, "assignConversation", &moved, target)
                    .await;
                self.moved = Some(moved);
            }
            2 => {
                let left = self.started(&queue, "LIVE_CHAT").await;
                self.pass(90);
                floor
                    .act(&floor.gateway, "endByCustomer", &left, json!({}))
                    .await;
                self.started(&queue, "SMS").await;
            }
            _ => {
                self.pass(60);
                floor.presence(&dora, "AWAY").await;
            }
        }
    }

    /// What happens elsewhere in the meantime, which takes no time.
    async fn elsewhere(&mut self, step: usize) {
        let floor = &self.floor;
        let (bert, robo) = (floor.bert.clone(), floor.robo.clone());
        match step {
            0 => {
                for channel in ["WHATSAPP", "SMS", "LIVE_CHAT"] {
                    let id = self.started(&floor.second_queue, channel).await;
                    self.wrote(&id, "I hate all of this").await;
                    self.others.push(id);
                }
                let call = self.started(&floor.voice_queue, "VOICE").await;
                floor.act(&robo, "pickConversation", &call, json!({})).await;
            }
            1 => {
                let id = self.others[0].clone();
                let target = json!({ "target": { "agentId": floor.agent("bert") }, "overrideCapacity": true });
                floor
                    .act(&floor.sam, "assignConversation", &id, target)
                    .await;
                floor.act(&bert, "acceptOffer", &id, json!({})).await;
                let answer = json!({ "text": "Good day" });
                floor.act(&bert, "sendMessage", &id, answer).await;
            }
            2 => {
                // What was moved there from here is that queue's.
                let moved = self.moved.clone().unwrap();
                self.wrote(&moved, "Thank you, this is wonderful").await;
                let closed = json!({ "reason": "Done." });
                floor
                    .act(&floor.sam, "forceCloseConversation", &moved, closed)
                    .await;
                let rated = json!({ "score": 1 });
                floor
                    .act(&floor.gateway, "recordRating", &moved, rated)
                    .await;
                let id = self.others[1].clone();
                floor
                    .act(&floor.gateway, "endByCustomer", &id, json!({}))
                    .await;
                floor
                    .act(&bert, "endConversation", &self.others[0].clone(), json!({}))
                    .await;
            }
            _ => {
                let id = self.others[0].clone();
                floor.act(&bert, "closeConversation", &id, json!({})).await;
            }
        }
    }

    pub async fn live(&mut self) {
        for step in 0..4 {
            self.own(step).await;
            if self.with_others {
                self.elsewhere(step).await;
            }
        }
        super::all_counted(&self.floor).await;
    }

    /// The texts of all answers.
    async fn told(&self, token: &str) -> Vec<(String, String)> {
        let floor = &self.floor;
        let mut told = Vec::new();
        for group in ["NONE", "QUEUE", "CHANNEL", "WORKSTREAM", "AGENT"] {
            for interval in ["WHOLE", "HOUR"] {
                for filter in [
                    Value::Null,
                    json!({ "queueIds": [floor.queue, floor.second_queue] }),
                ] {
                    let more = json!({ "group": group, "interval": interval, "filter": filter });
                    let asked = super::asked(&floor.server, &more);
                    for part in PARTS {
                        let document = document(part);
                        let answer = floor.server.post(token, &document, asked.clone()).await;
                        assert!(answer["data"]["insights"].is_object(), "{answer}");
                        told.push((format!("{more} {part}"), answer.to_string()));
                    }
                }
            }
        }
        told
    }
}

#[tokio::test]
async fn conversations_of_other_queues_change_no_byte_of_what_a_supervisor_is_told() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        // Dora works here alone: her times are told.
        floor
            .add_agent("dora", "HUMAN", vec![floor.queue.clone()])
            .await;
        let (one, other) = two(floor, &database).await;
        let mut histories = Vec::new();
        for (floor, with_others) in [(one, false), (other, true)] {
            let mut history = History::of(floor, with_others);
            history.live().await;
            histories.push(history);
        }
        let (without, with) = (&histories[0], &histories[1]);
        assert_eq!(
            without.floor.server.clock.now(),
            with.floor.server.clock.now()
        );
        let pia = Token::supervisor("pia").queues(&[&with.floor.queue]).sign();
        let told = with.told(&pia).await;
        assert_eq!(without.told(&pia).await, told);
        // So it is not for having nothing to say.
        let all = told
            .iter()
            .map(|(_, text)| text.as_str())
            .collect::<String>();
        for said in [
            "\"occupancy\":0.",
            "\"abandoned\":1",
            "\"count\":1,\"mean\":4.0",
        ] {
            assert!(all.contains(said), "{said}");
        }
        // And who leads the other queue sees the difference.
        let sam = &with.floor.sam;
        let [(_, less), (_, more)] = [
            without.told(sam).await.remove(0),
            with.told(sam).await.remove(0),
        ];
        assert_ne!(less, more);
    }
}

/// Two servers with this organisation, each on its own copy, whose clocks stand still at the same instant.
pub async fn two(mut floor: Floor, database: &Database) -> (Floor, Floor) {
    let at = floor.server.clock.now() + TimeDelta::minutes(1);
    let on_copy = async || {
        let copy = database.copy().await;
        Server::at(copy, Clock::standing_at(at)).await
    };
    let server = std::mem::replace(&mut floor.server, Server::start().await);
    // What a stopped server leaves is one file, or a database without connections.
    server.stop().await;
    floor.server = on_copy().await;
    let other = floor.copied_to(on_copy().await);
    (floor, other)
}
