//! What a list must be, computed from every row: one conversation after the other, without SQL.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::fold::{Named, Search};
use domain::{Conversation, ConversationId, ParticipantRole, State, Tag};
use engine::store::Address;
use entity::tables::{agent, conversation, customer, participant};
use sea_orm::EntityTrait as _;
use serde_json::Value;

use crate::harness::Database;
use crate::stage::Stage;

/// The orders.
pub const FIELDS: [&str; 3] = ["STARTED_AT", "CLOSED_AT", "LAST_ACTIVITY_AT"];

/// Every conversation, and who was ever its primary agent.
pub struct Past {
    conversations: Vec<Conversation>,
    primaries: BTreeMap<ConversationId, BTreeSet<String>>,
    agents: BTreeMap<String, String>,
    names: BTreeMap<ConversationId, Vec<Named>>,
}

impl Past {
    pub async fn read(database: &Database) -> Self {
        let address = Address::of(&database.url).unwrap();
        let tables = sea_orm::Database::connect(engine::store::options(&address, 1));
        let tables = tables.await.unwrap();
        let rows = conversation::Entity::find().all(&tables).await.unwrap();
        let customers = customer::Entity::find().all(&tables).await.unwrap();
        let customers: BTreeMap<_, _> = customers.into_iter().map(|c| (c.id, c.name)).collect();
        let named = |row: &conversation::Model| {
            let both = [row.subject.clone(), customers[&row.customer_id].clone()];
            (
                row.id,
                both.into_iter().flatten().map(Named::from).collect(),
            )
        };
        let names = rows.iter().map(named).collect();
        let image = |row: conversation::Model| serde_json::from_str(&row.image).unwrap();
        let mut primaries: BTreeMap<ConversationId, BTreeSet<String>> = BTreeMap::new();
        for stay in participant::Entity::find().all(&tables).await.unwrap() {
            if stay.role == ParticipantRole::PrimaryAgent {
                let of = primaries.entry(stay.conversation_id).or_default();
                of.insert(stay.who);
            }
        }
        let agents = agent::Entity::find().all(&tables).await.unwrap();
        let named = |row: agent::Model| (row.subject, row.id.to_string());
        Self {
            conversations: rows.into_iter().map(image).collect(),
            primaries,
            names,
            agents: agents.into_iter().map(named).collect(),
        }
    }

    /// The id of an agent.
    pub fn agent(&self, subject: &str) -> String {
        self.agents[subject].clone()
    }

    /// A customer of more than one conversation.
    pub fn some_customer(&self) -> String {
        let mut often: BTreeMap<String, usize> = BTreeMap::new();
        for one in &self.conversations {
            *often.entry(one.customer.to_string()).or_default() += 1;
        }
        often.into_iter().max_by_key(|(_, n)| *n).unwrap().0
    }

    /// Every queue.
    pub fn queues(&self) -> BTreeSet<String> {
        let of = |one: &Conversation| one.queue.to_string();
        self.conversations.iter().map(of).collect()
    }

    /// Two instants within which about half of it happened.
    pub fn times(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let mut all: Vec<_> = self.conversations.iter().map(|c| c.started_at).collect();
        all.sort();
        (all[all.len() / 4], all[all.len() * 3 / 4])
    }

    /// The ids of the list that somebody gets.
    pub fn list(
        &self,
        who: &str,
        stage: &Stage,
        filter: &Value,
        field: &str,
        direction: &str,
    ) -> Vec<String> {
        let mut rows: Vec<&Conversation> = self
            .conversations
            .iter()
            .filter(|one| self.finds(who, stage, one) && self.passes(filter, one))
            .filter(|one| filter["tags"].is_null() || self.knows_tags(who, stage, one))
            .collect();
        rows.sort_by(|a, b| compare(field, direction, a, b));
        rows.iter().map(|one| one.id.to_string()).collect()
    }

    fn handled(&self, subject: &str, one: &Conversation) -> bool {
        let agent = &self.agents[subject];
        let now = one.primary_agent().is_some_and(|a| a.to_string() == *agent);
        let ever = self.primaries.get(&one.id);
        now || (one.state == State::Closed && ever.is_some_and(|those| those.contains(agent)))
    }

    /// The words of the rulebook, viewer by viewer.
    fn finds(&self, who: &str, stage: &Stage, one: &Conversation) -> bool {
        let in_queue = one.queue.to_string() == stage.organisation.queue;
        let channel = one.channel.as_str();
        match who {
            "supervisor" | "administrator" => true,
            "of one queue" => in_queue,
            "gateway" => channel == "SMS",
            "agent" => self.handled("anna", one),
            "agent, supervisor of one queue" => in_queue || self.handled("bert", one),
            "agent, gateway" => channel == "WHATSAPP" || self.handled("cora", one),
            _ => false,
        }
    }

    /// Gateways are not shown tags, and agents none of what another agent handled after them.
    fn knows_tags(&self, who: &str, stage: &Stage, one: &Conversation) -> bool {
        let in_queue = one.queue.to_string() == stage.organisation.queue;
        let has = |subject: &str| {
            let agent = &self.agents[subject];
            one.primary_agent().is_some_and(|a| a.to_string() == *agent)
        };
        match who {
            "supervisor" | "administrator" => true,
            "of one queue" => in_queue,
            "agent" => has("anna"),
            "agent, supervisor of one queue" => in_queue || has("bert"),
            "agent, gateway" => has("cora"),
            _ => false,
        }
    }

    fn passes(&self, filter: &Value, one: &Conversation) -> bool {
        let agent = |id: &str| {
            let ever = self.primaries.get(&one.id);
            ever.is_some_and(|those| those.contains(id))
        };
        let last = one.closed_at.unwrap_or(one.last_activity_at);
        among(&filter["states"], one.state.as_str())
            && among(&filter["channels"], one.channel.as_str())
            && among(&filter["queueIds"], &one.queue.to_string())
            && among(&filter["statusReasons"], one.reason.as_str())
            && among(&filter["sentiments"], one.sentiment.level.as_str())
            && filter["agentId"].as_str().is_none_or(agent)
            && (filter["customerId"].as_str()).is_none_or(|id| one.customer.to_string() == id)
            && filter["text"]
                .as_str()
                .is_none_or(|text| Search::new(text).finds(&self.names[&one.id].iter()))
            && filter["tags"].as_array().is_none_or(|tags| {
                let mut tags = tags.iter().filter_map(|tag| Tag::new(tag.as_str()?));
                tags.any(|tag| one.tags.iter().any(|its| its.folded() == tag.folded()))
            })
            && filter["dispositionCodes"].as_array().is_none_or(|codes| {
                let code = one.disposition.as_deref();
                codes
                    .iter()
                    .any(|each| each.as_str() == code && code.is_some())
            })
            && filter["ratings"].as_array().is_none_or(|scores| {
                let score = one.rating.map(|rating| u64::from(rating.score));
                scores
                    .iter()
                    .any(|each| each.as_u64() == score && score.is_some())
            })
            && within(&filter["started"], Some(one.started_at))
            && within(&filter["closed"], one.closed_at)
            && within(&filter["lastActivity"], Some(last))
    }
}

fn among(these: &Value, one: &str) -> bool {
    let these = these.as_array();
    these.is_none_or(|these| these.iter().any(|each| each == one))
}

fn within(range: &Value, at: Option<DateTime<Utc>>) -> bool {
    let instant = |end: &str| -> Option<DateTime<Utc>> {
        range[end].as_str().map(|text| text.parse().unwrap())
    };
    let (from, to) = (instant("from"), instant("to"));
    from.is_none_or(|from| at.is_some_and(|at| at >= from))
        && to.is_none_or(|to| at.is_some_and(|at| at < to))
}

fn compare(field: &str, direction: &str, a: &Conversation, b: &Conversation) -> Ordering {
    let value = |one: &Conversation| match field {
        "STARTED_AT" => Some(one.started_at),
        "CLOSED_AT" => one.closed_at,
        _ => Some(one.last_activity_at),
    };
    let by_value = match (value(a), value(b)) {
        (None, Some(_)) => return Ordering::Greater,
        (Some(_), None) => return Ordering::Less,
        (a, b) => a.cmp(&b),
    };
    let forward = by_value.then(a.id.cmp(&b.id));
    if direction == "ASC" {
        forward
    } else {
        forward.reverse()
    }
}
