//! Customers who write without a pause, and what was acknowledged to them, with when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::json;
use tokio::task::JoinSet;

use crate::proof::cast::{Cast, text};
use crate::proof::client::{Came, Command, Desk};

/// How many write at once.
const CUSTOMERS: usize = 6;

/// An acknowledged message.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub at: Instant,
    pub message: String,
    pub command: Command,
}

/// The load on a server, until it is ended.
pub struct Load {
    ended: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    customers: JoinSet<()>,
}

impl Load {
    /// Lets customers write to this server, with keys that begin so.
    pub async fn on(desk: &Desk, cast: &Cast, keys: &'static str) -> Self {
        let mut load = Self {
            ended: Arc::default(),
            acknowledged: Arc::default(),
            customers: JoinSet::new(),
        };
        for customer in 0..CUSTOMERS {
            let input = json!({
                "channel": "WHATSAPP", "queueId": cast.queues[0], "workstreamId": cast.workstreams[0],
                "customer": { "key": format!("{keys} {customer}"), "name": "Ada" },
            });
            let fields = "conversation { id }";
            let started = desk
                .done(&cast.gateway.token, "startConversation", input, fields)
                .await;
            let id = text(&started["conversation"]["id"]);
            let (desk, gateway) = (desk.clone(), cast.gateway.clone());
            let (ended, acknowledged) = (load.ended.clone(), load.acknowledged.clone());
            load.customers.spawn(async move {
                for number in 0_u64.. {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let command = Command {
                        subject: gateway.subject.clone(),
                        token: gateway.token.clone(),
                        mutation: "receiveCustomerMessage",
                        input: json!({
                            "conversationId": id, "text": format!("message {number}"),
                            "idempotencyKey": format!("{keys}-{customer}-{number}"),
                        }),
                    };
                    let Came::Answered(payload) = desk.send(&command).await else {
                        panic!("{command:?} is not answered");
                    };
                    assert_eq!(payload["errors"], json!([]), "{payload}");
                    acknowledged.lock().unwrap().push(Acknowledged {
                        at: Instant::now(),
                        message: text(&payload["messageId"]),
                        command,
                    });
                }
            });
        }
        load
    }

    /// How many are acknowledged by now.
    pub fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Waits until so many more are.
    pub async fn more(&mut self, by: usize) {
        let until = self.count() + by;
        while self.count() < until {
            assert!(self.customers.try_join_next().is_none(), "a customer ended");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Ends it; what was acknowledged.
    pub async fn end(mut self) -> Vec<Acknowledged> {
        self.ended.store(true, Ordering::Relaxed);
        while let Some(ended) = self.customers.join_next().await {
            ended.unwrap();
        }
        let acknowledged = self.acknowledged.lock().unwrap();
        acknowledged.clone()
    }
}
