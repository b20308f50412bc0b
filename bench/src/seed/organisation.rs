//! The organisation of every bench: queues, agents, and what supervisors may.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::commands;
use domain::patch::{SettingsPatch, WorkstreamPatch};
use domain::{
    AgentId, AgentKind, AlertThreshold, Asker, Command, ConversationId, Disposition, Manage,
    Presence, QueueId, QueueKind, State, Viewer, WorkstreamId, World,
};
use engine::store::{History, Import, Order};

use crate::Result;
use crate::people::People;

/// Messaging queues beside the one that a new database has.
pub const QUEUES: usize = 20;
/// Agents, where a bench is not about them.
pub const AGENTS: u32 = 200;

/// How conversations may be said to have ended.
pub const DISPOSITIONS: [&str; 10] = [
    "answered",
    "refunded",
    "replaced",
    "sent on",
    "advice",
    "complaint",
    "order",
    "return",
    "no answer",
    "other",
];

/// An order without conditions.
pub fn order(viewer: &Arc<Viewer>, command: Command) -> Order {
    Order {
        asker: Asker::Viewer(viewer.clone()),
        command,
        expected_version: None,
        reason: None,
        idempotency: None,
    }
}

/// What benches need to know of a database that was seeded.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The queues, by name.
    pub queues: Vec<QueueId>,
    /// The workstream of all conversations.
    pub workstream: WorkstreamId,
    /// The agents with their subjects, by subject; number `i` is in queue `i % QUEUES`.
    pub agents: Vec<(AgentId, String)>,
}

impl Organisation {
    /// Reads it off a world.
    pub fn of(world: &World) -> Result<Self> {
        let teams = world.queues.values();
        let teams = teams.filter(|queue| queue.name.starts_with("Team "));
        let mut queues: Vec<_> = teams.map(|queue| (queue.name.clone(), queue.id)).collect();
        queues.sort();
        let mut streams = world.workstreams.values();
        let workstream = streams.find(|stream| stream.kind == QueueKind::Messaging);
        let agents = world.agents.values();
        let mut agents: Vec<_> = agents
            .map(|agent| (agent.id, agent.subject.to_string()))
            .collect();
        agents.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(Self {
            queues: queues.into_iter().map(|(_, id)| id).collect(),
            workstream: workstream.ok_or("no workstream for messages")?.id,
            agents,
        })
    }

    /// Makes it in a new database.
    pub async fn found(
        import: &mut Import,
        people: &People,
        agents: u32,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let administrator = people.administrator()?;
        let manage = |what| order(&administrator, Command::Manage(what));
        let mut orders = vec![manage(Manage::UpdateSettings(commands::UpdateSettings(
            SettingsPatch {
                supervisor_assign: Some(true),
                supervisor_transfer: Some(true),
                // Alerts are events of their own, and would depend on the order of the messages.
                sentiment_alert_threshold: Some(AlertThreshold::DoNotSend),
                ..SettingsPatch::default()
            },
        )))];
        let workstreams = import.world().workstreams.values();
        let ids: Vec<WorkstreamId> = workstreams.map(|stream| stream.id).collect();
        for id in ids {
            let dispositions = DISPOSITIONS.map(|code| Disposition {
                code: code.into(),
                label: code.into(),
            });
            let patch = WorkstreamPatch {
                dispositions: Some(dispositions.to_vec()),
                ..WorkstreamPatch::default()
            };
            orders.push(manage(Manage::UpdateWorkstream(
                commands::UpdateWorkstream(id, patch),
            )));
        }
        let queues: Vec<QueueId> = (0..QUEUES).map(|_| QueueId::new(Utc::now())).collect();
        for (number, id) in queues.iter().enumerate() {
            orders.push(manage(Manage::CreateQueue(commands::CreateQueue {
                id: *id,
                name: format!("Team {number:02}").into(),
                kind: QueueKind::Messaging,
                hours: None,
            })));
        }
        for number in 0..agents as usize {
            let subject = format!("agent-{number:04}");
            let agent = people.agent(&subject)?;
            orders.push(manage(Manage::CreateAgent(commands::CreateAgent {
                id: AgentId::new(Utc::now()),
                subject: agent.subject().clone(),
                name: format!("Agent {number:04}").into(),
                kind: AgentKind::Human,
                capacity: 100_000,
                queues: BTreeSet::from([queues[number % QUEUES]]),
            })));
            orders.push(order(&agent, Command::SetPresence(Presence::Available)));
        }
        done(import.take(&orders, now, History::Forgotten).await?)?;
        Self::of(import.world())
    }
}

/// Fails when an order of the seed was refused, which is a mistake in it.
pub fn done<T>(answers: Vec<std::result::Result<T, domain::Refusal>>) -> Result<()> {
    for answer in answers {
        if let Err(refusal) = answer {
            return Err(format!("the seed was refused: {}", refusal.code().as_str()).into());
        }
    }
    Ok(())
}

/// The ongoing conversations that pass, by id.
pub fn ongoing(world: &World, which: impl Fn(State, QueueId) -> bool) -> Vec<ConversationId> {
    let conversations = world.conversations.values();
    let mut ids: Vec<_> = conversations
        .filter(|conversation| which(conversation.state, conversation.queue))
        .map(|conversation| conversation.id)
        .collect();
    ids.sort();
    ids
}
