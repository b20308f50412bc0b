//! What supervisors do to conversations that others are after at the same moment, on one server and on two
//! (domain.md section 13): one has it in the end, nobody is filled beyond capacity, and nothing is lost.

mod bulk;
mod drain;
mod requeue;
mod take_over;

use std::time::Duration;

use domain::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::field::{Outcomes, staffed};
use super::held;
use crate::harness::{Database, Server, Token, soon};
use crate::proof::tables::Tables;
use crate::stage::Stage;
use crate::store::board_is_what_is_stored;

/// A stage, and on PostgreSQL a second server beside its own.
struct Field {
    stage: Stage,
    other: Option<Server>,
    /// The agents' ids, in the order of their names.
    ids: Vec<String>,
}

/// Who asks for what: a token, a mutation, its input, and what is asked of its payload.
type Call = (String, &'static str, Value, &'static str);

impl Field {
    async fn on(database: Database, agents: &[&str], units: u32) -> Self {
        let (stage, ids) = staffed(database, agents, units).await;
        let settings = json!({ "supervisorTakeOver": true });
        stage
            .server
            .done(&stage.admin, "updateSupervisorSettings", settings, "")
            .await;
        let other = match stage.database.kind() {
            "postgres" => {
                let clock = stage.server.clock.clone();
                Some(Server::at(stage.database.clone(), clock).await)
            }
            _ => None,
        };
        Self { stage, other, ids }
    }

    fn servers(&self) -> Vec<&Server> {
        let servers = [Some(&self.stage.server), self.other.as_ref()];
        servers.into_iter().flatten().collect()
    }

    /// Every server shows what all of them did.
    async fn agreed(&self) {
        let tables = Tables::open(&self.stage.database).await;
        let last = tables.head().await;
        tables.close().await;
        for server in self.servers() {
            let here = async || server.app.board.head().position >= last;
            soon("the board is at the head", here).await;
        }
    }

    /// These calls at the same moment, at each server in turn; then every server shows what came of them.
    async fn at_once(&self, calls: impl IntoIterator<Item = Call>) -> Vec<Value> {
        let servers = self.servers();
        let calls = calls.into_iter().zip(servers.into_iter().cycle());
        let calls = calls.map(|((token, mutation, input, fields), server)| async move {
            server.mutate(&token, mutation, input, fields).await
        });
        let payloads = join_all(calls).await;
        self.agreed().await;
        payloads
    }

    /// Everything that must hold in the end, and at every position of the log; keeps the figures.
    async fn holds(&self, outcomes: &Outcomes, name: &str) {
        let events = held::throughout(&self.stage).await;
        self.agreed().await;
        for server in self.servers() {
            board_is_what_is_stored(server).await;
        }
        outcomes.record(name, &self.stage, events);
    }

    /// Who has this conversation: (state, primary agent, consultants, offered to), by names.
    async fn whose(&self, id: &str) -> (String, Option<String>, Vec<String>, Option<String>) {
        let fields = "state agent { name } consultants { name } pendingOffer { agent { name } }";
        let now = self.stage.conversation(id, fields).await;
        let name = |of: &Value| of["name"].as_str().map(str::to_owned);
        let mut consultants: Vec<_> = now["consultants"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(name)
            .collect();
        consultants.sort();
        let offered = name(&now["pendingOffer"]["agent"]);
        let state = now["state"].as_str().unwrap().to_owned();
        (state, name(&now["agent"]), consultants, offered)
    }

    /// How often a conversation has an event of this kind.
    async fn times(&self, id: &str, kind: &str) -> usize {
        let kinds = self.stage.kinds(id).await;
        kinds.iter().filter(|one| *one == kind).count()
    }
}

/// The token of an agent who supervises everything too.
fn both(subject: &str) -> String {
    let token = Token::supervisor(subject).and(Role::Agent);
    token.lasting(Duration::from_hours(90 * 24)).sign()
}
