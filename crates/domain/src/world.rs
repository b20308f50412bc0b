//! What is ongoing and who there is, as `decide` sees it, and what a batch of commands has made of it.
//!
//! A [`World`] is at one log position. Capacity is never stored: it is what the conversations hold,
//! kept up to date with every after-image, so it adds up by construction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    After, Agent, AgentId, Conversation, ConversationId, CustomerId, Event, Presence, Queue,
    QueueId, Settings, Subject, Workstream, WorkstreamId,
};

/// What an agent carries now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Units consumed or reserved.
    pub consumed: u32,
    /// Conversations in ACTIVE, WAITING or `WRAP_UP` with this agent as primary, and in ACTIVE offered to them.
    pub conversations: u32,
}

/// Everything that rules look at.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Every ongoing conversation; in a draft also closed ones that a command names.
    pub conversations: HashMap<ConversationId, Arc<Conversation>>,
    /// Every agent.
    pub agents: BTreeMap<AgentId, Arc<Agent>>,
    /// Agents by the `sub` of their tokens.
    pub subjects: HashMap<Subject, AgentId>,
    /// Every queue.
    pub queues: BTreeMap<QueueId, Arc<Queue>>,
    /// Every workstream.
    pub workstreams: BTreeMap<WorkstreamId, Arc<Workstream>>,
    /// Presence of supervisors who set it; AVAILABLE without.
    pub supervisors: BTreeMap<Subject, Presence>,
    /// The organisation's settings.
    pub settings: Arc<Settings>,
    /// What was deleted. No rule looks at it; whoever shows what refers to it does.
    pub former: Former,
    loads: HashMap<AgentId, Load>,
    /// Supervisors with running looks, and at what.
    looks: HashMap<Subject, BTreeSet<ConversationId>>,
}

/// What was deleted, for closed conversations, events and the audit, which go on referring to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// Agents.
    pub agents: BTreeMap<AgentId, Arc<Agent>>,
    /// Queues.
    pub queues: BTreeMap<QueueId, Arc<Queue>>,
    /// Workstreams.
    pub workstreams: BTreeMap<WorkstreamId, Arc<Workstream>>,
}

impl World {
    /// The agent with this `sub`.
    pub fn agent_of(&self, subject: &Subject) -> Option<&Arc<Agent>> {
        self.subjects
            .get(subject)
            .and_then(|id| self.agents.get(id))
    }

    /// The agent that this id names, deleted or not: to show what refers to it.
    pub fn named_agent(&self, id: AgentId) -> Option<&Arc<Agent>> {
        self.agents.get(&id).or_else(|| self.former.agents.get(&id))
    }

    /// The queue that this id names, deleted or not: to show what refers to it.
    pub fn named_queue(&self, id: QueueId) -> Option<&Arc<Queue>> {
        self.queues.get(&id).or_else(|| self.former.queues.get(&id))
    }

    /// The workstream that this id names, deleted or not: to show what refers to it.
    pub fn named_workstream(&self, id: WorkstreamId) -> Option<&Arc<Workstream>> {
        let former = || self.former.workstreams.get(&id);
        self.workstreams.get(&id).or_else(former)
    }

    /// What this agent carries now.
    pub fn load(&self, agent: AgentId) -> Load {
        self.loads.get(&agent).copied().unwrap_or_default()
    }

    /// What this supervisor watches now.
    pub fn watched_by(&self, supervisor: &Subject) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.looks.get(supervisor).into_iter().flatten();
        ids.filter_map(|id| self.conversations.get(id))
    }

    /// Puts an event's after-image in place.
    pub fn apply(&mut self, event: &Event) {
        self.put(&event.after);
    }

    /// Puts an after-image in place; a closed conversation leaves.
    pub fn put(&mut self, after: &After) {
        match after {
            After::Conversation(conversation) => {
                let before = if conversation.is_ongoing() {
                    self.conversations
                        .insert(conversation.id, conversation.clone())
                } else {
                    self.conversations.remove(&conversation.id)
                };
                self.move_looks(before.as_deref(), conversation);
                let loads = &mut self.loads;
                shift(before.as_deref(), conversation, |agent, by| {
                    let load = loads.entry(agent).or_default();
                    *load = by.of(*load);
                });
            }
            After::Agent(agent) => self.put_agent(agent),
            After::Supervisor(subject, presence) => {
                self.supervisors.insert(subject.clone(), *presence);
            }
            After::Queue(queue) if queue.deleted_at.is_some() => {
                self.queues.remove(&queue.id);
                self.former.queues.insert(queue.id, queue.clone());
            }
            After::Queue(queue) => {
                self.queues.insert(queue.id, queue.clone());
            }
            After::Workstream(workstream) if workstream.deleted_at.is_some() => {
                let (id, former) = (workstream.id, &mut self.former.workstreams);
                self.workstreams.remove(&id);
                former.insert(id, workstream.clone());
            }
            After::Workstream(workstream) => {
                self.workstreams.insert(workstream.id, workstream.clone());
            }
            After::Settings(settings) => self.settings = settings.clone(),
        }
    }

    fn put_agent(&mut self, agent: &Arc<Agent>) {
        let before = self.agents.remove(&agent.id);
        // The subject it had may be another agent's by now.
        if let Some(before) = before
            && self.subjects.get(&before.subject) == Some(&agent.id)
        {
            self.subjects.remove(&before.subject);
        }
        if agent.deleted_at.is_some() {
            self.former.agents.insert(agent.id, agent.clone());
            return;
        }
        self.subjects.insert(agent.subject.clone(), agent.id);
        self.agents.insert(agent.id, agent.clone());
    }

    /// Keeps `looks` what the images say. Most conversations have none, before and after.
    fn move_looks(&mut self, before: Option<&Conversation>, after: &Conversation) {
        for ended in before.iter().flat_map(|before| &before.monitors) {
            if let Some(theirs) = self.looks.get_mut(&ended.supervisor) {
                theirs.remove(&after.id);
                if theirs.is_empty() {
                    self.looks.remove(&ended.supervisor);
                }
            }
        }
        for running in after.monitors.iter().filter(|_| after.is_ongoing()) {
            let theirs = self.looks.entry(running.supervisor.clone()).or_default();
            theirs.insert(after.id);
        }
    }
}

/// By how much a load changes.
#[derive(Clone, Copy, Debug, Default)]
struct Shift {
    units: i64,
    conversations: i64,
}

impl Shift {
    fn of(self, load: Load) -> Load {
        let sum = |value: u32, by: i64| u32::try_from(i64::from(value) + by).unwrap_or(0);
        Load {
            consumed: sum(load.consumed, self.units),
            conversations: sum(load.conversations, self.conversations),
        }
    }
}

/// What replacing one image by the next does to agents' loads.
fn shift(before: Option<&Conversation>, after: &Conversation, mut by: impl FnMut(AgentId, Shift)) {
    for (image, sign) in before
        .map(|image| (image, -1))
        .into_iter()
        .chain([(after, 1)])
    {
        for (agent, units) in image.capacity_held() {
            by(
                agent,
                Shift {
                    units: sign * i64::from(units),
                    conversations: 0,
                },
            );
        }
        if let Some(agent) = image.assigned_agent().filter(|_| image.is_ongoing()) {
            by(
                agent,
                Shift {
                    units: 0,
                    conversations: sign,
                },
            );
        }
    }
}

/// A world as the commands of a batch have left it so far: `decide` reads it, `absorb` goes on.
#[derive(Debug)]
pub struct Draft<'w> {
    base: &'w World,
    changed: World,
    settings: Option<Arc<Settings>>,
    customers: HashMap<CustomerId, Option<DateTime<Utc>>>,
}

impl<'w> Draft<'w> {
    /// Nothing changed yet.
    pub fn new(base: &'w World) -> Self {
        Self {
            base,
            changed: World::default(),
            settings: None,
            customers: HashMap::new(),
        }
    }

    /// Adds a customer whom a command names, and when their data were erased, read from the store.
    pub fn remember_customer(&mut self, id: CustomerId, erased_at: Option<DateTime<Utc>>) {
        self.customers.insert(id, erased_at);
    }

    /// Whether there is such a customer, and when their data were erased. Known only of a customer
    /// whom a command names.
    pub fn customer(&self, id: CustomerId) -> Option<Option<DateTime<Utc>>> {
        self.customers.get(&id).copied()
    }

    /// Adds a closed conversation that a command names, read from the store.
    pub fn remember_closed(&mut self, conversation: Arc<Conversation>) {
        self.changed
            .conversations
            .insert(conversation.id, conversation);
    }

    /// The conversation as it is now.
    pub fn conversation(&self, id: ConversationId) -> Option<&Arc<Conversation>> {
        self.changed
            .conversations
            .get(&id)
            .or_else(|| self.base.conversations.get(&id))
    }

    /// Every ongoing conversation.
    pub fn ongoing(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let untouched = |c: &&Arc<Conversation>| !self.changed.conversations.contains_key(&c.id);
        let base = self.base.conversations.values().filter(untouched);
        base.chain(
            self.changed
                .conversations
                .values()
                .filter(|c| c.is_ongoing()),
        )
    }

    /// What this supervisor watches now.
    pub fn watched_by(&self, supervisor: &Subject) -> impl Iterator<Item = &Arc<Conversation>> {
        let untouched = |c: &&Arc<Conversation>| !self.changed.conversations.contains_key(&c.id);
        let base = self.base.watched_by(supervisor).filter(untouched);
        let changed = self.changed.conversations.values();
        base.chain(changed.filter(|c| c.is_ongoing() && c.monitor_of(supervisor).is_some()))
    }

    /// The agent with this id.
    pub fn agent(&self, id: AgentId) -> Option<&Arc<Agent>> {
        let deleted = self.changed.former.agents.contains_key(&id);
        let base = self.base.agents.get(&id).filter(|_| !deleted);
        self.changed.agents.get(&id).or(base)
    }

    /// Every agent.
    pub fn agents(&self) -> impl Iterator<Item = &Arc<Agent>> {
        let untouched = |agent: &&Arc<Agent>| {
            let changed = &self.changed;
            let (there, former) = (&changed.agents, &changed.former.agents);
            !there.contains_key(&agent.id) && !former.contains_key(&agent.id)
        };
        let base = self.base.agents.values().filter(untouched);
        base.chain(self.changed.agents.values())
    }

    /// The agent with this `sub`.
    pub fn agent_of(&self, subject: &Subject) -> Option<&Arc<Agent>> {
        let id = self
            .changed
            .subjects
            .get(subject)
            .or_else(|| self.base.subjects.get(subject))?;
        // Whoever had the subject at the start of the batch may have another one now.
        self.agent(*id).filter(|agent| agent.subject == *subject)
    }

    /// The queue with this id.
    pub fn queue(&self, id: QueueId) -> Option<&Arc<Queue>> {
        let deleted = self.changed.former.queues.contains_key(&id);
        let base = self.base.queues.get(&id).filter(|_| !deleted);
        self.changed.queues.get(&id).or(base)
    }

    /// The workstream with this id.
    pub fn workstream(&self, id: WorkstreamId) -> Option<&Arc<Workstream>> {
        let deleted = self.changed.former.workstreams.contains_key(&id);
        let base = self.base.workstreams.get(&id).filter(|_| !deleted);
        self.changed.workstreams.get(&id).or(base)
    }

    /// The organisation's settings.
    pub fn settings(&self) -> &Arc<Settings> {
        self.settings.as_ref().unwrap_or(&self.base.settings)
    }

    /// A supervisor's presence.
    pub fn supervisor_presence(&self, subject: &Subject) -> Presence {
        let set = self
            .changed
            .supervisors
            .get(subject)
            .or_else(|| self.base.supervisors.get(subject));
        set.copied().unwrap_or(Presence::Available)
    }

    /// Supervisors who set a presence that is not among these.
    pub fn supervisors_not_in(&self, these: &[Presence]) -> impl Iterator<Item = Subject> {
        let known = self
            .base
            .supervisors
            .keys()
            .chain(self.changed.supervisors.keys());
        let subjects: std::collections::BTreeSet<_> = known.collect();
        subjects
            .into_iter()
            .filter(|subject| !these.contains(&self.supervisor_presence(subject)))
            .cloned()
    }

    /// What this agent carries now.
    pub fn load(&self, agent: AgentId) -> Load {
        self.changed
            .loads
            .get(&agent)
            .copied()
            .unwrap_or_else(|| self.base.load(agent))
    }

    /// Goes on from where these events leave it.
    pub fn absorb(&mut self, events: &[Event]) {
        for event in events {
            match &event.after {
                After::Conversation(conversation) => {
                    let before = self.conversation(conversation.id).cloned();
                    let (base, loads) = (self.base, &mut self.changed.loads);
                    shift(before.as_deref(), conversation, |agent, by| {
                        let load = loads.entry(agent).or_insert_with(|| base.load(agent));
                        *load = by.of(*load);
                    });
                    // A closed one stays here, so that later commands of the batch find it closed.
                    self.changed
                        .conversations
                        .insert(conversation.id, conversation.clone());
                }
                After::Settings(settings) => self.settings = Some(settings.clone()),
                directory => self.changed.put(directory),
            }
        }
    }
}
