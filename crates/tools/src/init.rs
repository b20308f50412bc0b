//! A first organisation, made from a plan through the API, as its administrator would.
//!
//! Invariant: what is there already, by its name (an agent by its subject), is used and not made again, so a plan that
//! failed half-way is carried out by running it again. Settings become what the plan says.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Caller, Client, ClientError, Mutation};

/// What the organisation is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// What its supervisors may do.
    pub supervisors: Supervisors,
    /// Rules of work.
    pub workstreams: Vec<PlannedWorkstream>,
    /// Where conversations wait.
    pub queues: Vec<PlannedQueue>,
    /// Who answers them.
    pub agents: Vec<PlannedAgent>,
}

/// What supervisors may do; what is not named stays as it is, which is off in a new organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Supervisors {
    /// Watch conversations silently, and join them.
    #[serde(
        rename(serialize = "supervisorMonitor"),
        skip_serializing_if = "Option::is_none"
    )]
    pub monitor: Option<bool>,
    /// Give waiting conversations to agents.
    #[serde(
        rename(serialize = "supervisorAssign"),
        skip_serializing_if = "Option::is_none"
    )]
    pub assign: Option<bool>,
    /// Move running conversations to other agents.
    #[serde(
        rename(serialize = "supervisorTransfer"),
        skip_serializing_if = "Option::is_none"
    )]
    pub transfer: Option<bool>,
    /// End conversations from outside.
    #[serde(
        rename(serialize = "supervisorForceClose"),
        skip_serializing_if = "Option::is_none"
    )]
    pub force_close: Option<bool>,
    /// See how customers feel.
    #[serde(
        rename(serialize = "sentimentAnalysis"),
        skip_serializing_if = "Option::is_none"
    )]
    pub sentiment: Option<bool>,
}

/// A workstream.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedWorkstream {
    /// By which it is known.
    pub name: String,
    /// `MESSAGING` (the default) or `VOICE`.
    pub kind: Option<String>,
    /// Capacity units that a conversation takes.
    pub units: Option<u32>,
    /// Seconds until an offer times out.
    pub offer_timeout_seconds: Option<u32>,
    /// `NONE`, `NOTICE` (the default) or `CONSENT_REQUIRED`.
    pub monitoring_notice: Option<String>,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedQueue {
    /// By which it is known.
    pub name: String,
    /// `MESSAGING` (the default) or `VOICE`.
    pub kind: Option<String>,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAgent {
    /// The `sub` of their tokens.
    pub subject: String,
    /// What colleagues see.
    pub name: String,
    /// Capacity units.
    pub capacity: Option<u32>,
    /// Names of queues, planned or there.
    #[serde(default)]
    pub queues: Vec<String>,
}

/// Why a plan is not carried out, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The server does not do as asked.
    #[error("{what}: {error}")]
    Client {
        /// For what.
        what: String,
        /// Why.
        error: ClientError,
    },
    /// An agent is to work where there is nothing.
    #[error("agent {agent}: there is no queue `{queue}`, and the plan has none")]
    NoQueue {
        /// The agent's subject.
        agent: String,
        /// The queue's name.
        queue: String,
    },
}

/// What there is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Queues by name.
    pub queues: BTreeMap<String, Thing>,
    /// Workstreams by name.
    pub workstreams: BTreeMap<String, Thing>,
    /// Agents by subject.
    pub agents: BTreeMap<String, Thing>,
}

/// A queue, workstream or agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Its id.
    pub id: String,
    /// Whether it was made now.
    pub is_new: bool,
}

/// One who carries a plan out.
struct Maker {
    administrator: Caller,
    /// What the keys of this run begin with.
    run: Uuid,
    /// How many mutations were sent.
    sent: AtomicUsize,
}

/// Carries the plan out, as the administrator of this token.
pub async fn carry_out(plan: &Plan, client: &Client, token: &str) -> Result<Made, InitError> {
    let administrator = client.caller(token).map_err(failed("the administrator"))?;
    let maker = Maker {
        administrator,
        run: Uuid::now_v7(),
        sent: AtomicUsize::new(0),
    };
    let mut made = Made {
        queues: maker.there("queues", "name").await?,
        workstreams: maker.there("workstreams", "name").await?,
        agents: maker.there("agents", "subject").await?,
    };
    check(plan, &made)?;
    let settings = serde_json::to_value(&plan.supervisors).unwrap_or_default();
    if settings != json!({}) {
        let update = &Mutation::UPDATE_SETTINGS;
        maker
            .mutate(update, settings, "settings", "supervisors")
            .await?;
    }
    for one in &plan.workstreams {
        let input = json!({
            "name": one.name, "kind": one.kind, "units": one.units,
            "offerTimeoutSeconds": one.offer_timeout_seconds, "monitoringNotice": one.monitoring_notice,
        });
        let create = (&Mutation::CREATE_WORKSTREAM, "workstream");
        maker
            .make(create, &one.name, input, &mut made.workstreams)
            .await?;
    }
    for one in &plan.queues {
        let input = json!({ "name": one.name, "kind": one.kind });
        let create = (&Mutation::CREATE_QUEUE, "queue");
        maker
            .make(create, &one.name, input, &mut made.queues)
            .await?;
    }
    for one in &plan.agents {
        let queues = one.queues.iter().filter_map(|name| made.queues.get(name));
        let queues: Vec<&str> = queues.map(|one| one.id.as_str()).collect();
        let input = json!({
            "subject": one.subject, "name": one.name, "capacity": one.capacity, "queueIds": queues,
        });
        let create = (&Mutation::CREATE_AGENT, "agent");
        maker
            .make(create, &one.subject, input, &mut made.agents)
            .await?;
    }
    Ok(made)
}

impl Maker {
    /// What there is of a list, by what it is known by.
    async fn there(&self, list: &str, by: &str) -> Result<BTreeMap<String, Thing>, InitError> {
        let document = format!(
            "query($after: String) {{ {list}(first: 100, after: $after) {{ \
             nodes {{ id known: {by} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut all, mut after) = (BTreeMap::new(), Value::Null);
        loop {
            let asked = self
                .administrator
                .query(&document, json!({ "after": after }));
            let mut answer: BTreeMap<String, Page> = asked.await.map_err(failed(list))?;
            let Some(page) = answer.remove(list) else {
                return Ok(all);
            };
            all.extend(page.nodes.into_iter().map(|node| {
                let (id, is_new) = (node.id, false);
                (node.known, Thing { id, is_new })
            }));
            after = json!(page.page_info.end_cursor);
            if !page.page_info.has_next_page {
                return Ok(all);
            }
        }
    }

    /// Makes what is not there.
    async fn make(
        &self,
        (mutation, what): (&Mutation, &str),
        known_by: &str,
        input: Value,
        there: &mut BTreeMap<String, Thing>,
    ) -> Result<(), InitError> {
        if there.contains_key(known_by) {
            return Ok(());
        }
        let payload = self.mutate(mutation, input, what, known_by).await?;
        let id = payload[what]["id"].as_str().unwrap_or_default().to_owned();
        there.insert(known_by.to_owned(), Thing { id, is_new: true });
        Ok(())
    }

    async fn mutate(
        &self,
        mutation: &Mutation,
        input: Value,
        what: &str,
        known_by: &str,
    ) -> Result<Value, InitError> {
        // Names may be longer than a key.
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let key = format!("init-{}-{number}", self.run);
        let made = self.administrator.mutate(mutation, input, &key).await;
        made.map_err(failed(&format!("{what} {known_by}")))
    }
}

fn failed(what: &str) -> impl FnOnce(ClientError) -> InitError {
    let what = what.to_owned();
    |error| InitError::Client { what, error }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    known: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Before anything is made: every queue that an agent is to work at is there, or planned.
fn check(plan: &Plan, made: &Made) -> Result<(), InitError> {
    for agent in &plan.agents {
        let unknown = agent.queues.iter().find(|name| {
            !made.queues.contains_key(*name)
                && !plan.queues.iter().any(|queue| queue.name == **name)
        });
        if let Some(queue) = unknown {
            let (agent, queue) = (agent.subject.clone(), queue.clone());
            return Err(InitError::NoQueue { agent, queue });
        }
    }
    Ok(())
}
