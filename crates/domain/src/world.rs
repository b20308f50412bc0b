//! What is ongoing and who there is, as `decide` sees it, and what a batch of commands has made of it.
//!
//! A [`World`] is at one log position. Capacity is never stored: it is what the conversations hold,
//! kept up to date with every after-image, so it adds up by construction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use chrono::{DateTime, Utc};

mod index;

use super::fold::Named;
use super::{
    After, Agent, AgentId, Conversation, ConversationId, CustomerId, Event, Presence, Queue,
    QueueId, Settings, Subject, Workstream, WorkstreamId,
};

use index::Index;
pub use index::Key;

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
    pub deleted: Deleted,
    loads: HashMap<AgentId, Load>,
    index: Index,
    /// The names of agents and queues as searches look at them.
    agent_names: HashMap<AgentId, Named>,
    queue_names: HashMap<QueueId, Named>,
    /// The agents who are members of each queue that has any.
    members: HashMap<QueueId, BTreeSet<AgentId>>,
}

/// What was deleted, for closed conversations, events and the audit, which go on referring to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
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
        self.agents
            .get(&id)
            .or_else(|| self.deleted.agents.get(&id))
    }

    /// The queue that this id names, deleted or not: to show what refers to it.
    pub fn named_queue(&self, id: QueueId) -> Option<&Arc<Queue>> {
        self.queues
            .get(&id)
            .or_else(|| self.deleted.queues.get(&id))
    }

    /// The workstream that this id names, deleted or not: to show what refers to it.
    pub fn named_workstream(&self, id: WorkstreamId) -> Option<&Arc<Workstream>> {
        let deleted = || self.deleted.workstreams.get(&id);
        self.workstreams.get(&id).or_else(deleted)
    }

    /// What this agent carries now.
    pub fn load(&self, agent: AgentId) -> Load {
        self.loads.get(&agent).copied().unwrap_or_default()
    }

    /// The name of an agent who is not deleted, to be searched.
    pub fn name_of_agent(&self, id: AgentId) -> Option<&Named> {
        self.agent_names.get(&id)
    }

    /// The name of a queue that is not deleted, to be searched.
    pub fn name_of_queue(&self, id: QueueId) -> Option<&Named> {
        self.queue_names.get(&id)
    }

    /// The ongoing conversations that have to do with this.
    pub fn concerning(&self, key: Key<'_>) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.index.under(key);
        ids.filter_map(|id| self.conversations.get(&id))
    }

    /// How many keys have conversations.
    #[cfg(test)]
    pub(crate) fn keys(&self) -> usize {
        self.index.len()
    }

    /// The members of this queue, oldest first.
    fn members_of(&self, queue: QueueId) -> impl Iterator<Item = AgentId> {
        self.members.get(&queue).into_iter().flatten().copied()
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
                let ongoing = conversation.is_ongoing().then_some(&**conversation);
                self.index
                    .go_on(conversation.id, before.as_deref(), ongoing);
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
                self.queue_names.remove(&queue.id);
                self.deleted.queues.insert(queue.id, queue.clone());
            }
            After::Queue(queue) => {
                rename(&mut self.queue_names, queue.id, &queue.name);
                self.queues.insert(queue.id, queue.clone());
            }
            After::Workstream(workstream) if workstream.deleted_at.is_some() => {
                let (id, deleted) = (workstream.id, &mut self.deleted.workstreams);
                self.workstreams.remove(&id);
                deleted.insert(id, workstream.clone());
            }
            After::Workstream(workstream) => {
                self.workstreams.insert(workstream.id, workstream.clone());
            }
            After::Settings(settings) => self.settings = settings.clone(),
        }
    }

    fn put_agent(&mut self, agent: &Arc<Agent>) {
        let before = self.agents.remove(&agent.id);
        self.move_memberships(before.as_deref(), agent);
        // The subject it had may be another agent's by now.
        if let Some(before) = before
            && self.subjects.get(&before.subject) == Some(&agent.id)
        {
            self.subjects.remove(&before.subject);
        }
        if agent.deleted_at.is_some() {
            self.agent_names.remove(&agent.id);
            self.deleted.agents.insert(agent.id, agent.clone());
            return;
        }
        rename(&mut self.agent_names, agent.id, &agent.name);
        self.subjects.insert(agent.subject.clone(), agent.id);
        self.agents.insert(agent.id, agent.clone());
    }

    fn move_memberships(&mut self, before: Option<&Agent>, after: &Agent) {
        let is_there = after.deleted_at.is_none();
        for queue in before.into_iter().flat_map(|before| &before.queues) {
            if is_there && after.queues.contains(queue) {
                continue;
            }
            if let Some(members) = self.members.get_mut(queue) {
                members.remove(&after.id);
                if members.is_empty() {
                    self.members.remove(queue);
                }
            }
        }
        for queue in after.queues.iter().filter(|_| is_there) {
            if before.is_none_or(|before| !before.queues.contains(queue)) {
                self.members.entry(*queue).or_default().insert(after.id);
            }
        }
    }
}

/// Folds a name when it changes. Most after-images of an agent have another presence, and the same name.
fn rename<K: Eq + Hash>(names: &mut HashMap<K, Named>, id: K, name: &Arc<str>) {
    if names.get(&id).is_none_or(|known| known.text() != name) {
        names.insert(id, name.clone().into());
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
    /// How many conversations were looked at that no command named.
    #[cfg(test)]
    pub(crate) looked: std::cell::Cell<usize>,
}

impl<'w> Draft<'w> {
    /// Nothing changed yet.
    pub fn new(base: &'w World) -> Self {
        Self {
            base,
            changed: World::default(),
            settings: None,
            customers: HashMap::new(),
            #[cfg(test)]
            looked: std::cell::Cell::default(),
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

    /// Every ongoing conversation, at the cost of all of them. A command looks at those that it concerns, or at the ones
    /// whose turn it is.
    #[cfg(test)]
    pub(crate) fn ongoing(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let base = self.base.conversations.values();
        self.with_changed(base, |_| true)
    }

    /// The ongoing conversations that follow this one in the order of their ids, so many at most; none: the first.
    pub fn following(
        &self,
        after: Option<ConversationId>,
        at_most: usize,
    ) -> Vec<&Arc<Conversation>> {
        let changed = &self.changed.conversations;
        // As many of those in the base may be closed by now.
        let mut ids = self.base.index.following(after, at_most + changed.len());
        ids.extend(changed.keys().filter(|id| Some(**id) > after));
        ids.sort_unstable();
        ids.dedup();
        let images = ids.into_iter().filter_map(|id| self.conversation(id));
        let these: Vec<_> = images.filter(|c| c.is_ongoing()).take(at_most).collect();
        #[cfg(test)]
        self.looked.set(self.looked.get() + these.len());
        these
    }

    /// The ongoing conversations that have to do with this.
    pub fn concerning<'a>(&'a self, key: Key<'a>) -> impl Iterator<Item = &'a Arc<Conversation>> {
        self.with_changed(self.base.concerning(key), move |image| key.has(image))
    }

    /// The ongoing conversations with running looks.
    pub fn watched(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.base.index.watched().into_iter();
        let base = ids.filter_map(|id| self.base.conversations.get(&id));
        self.with_changed(base, |image| !image.monitors.is_empty())
    }

    /// What of the base nothing has changed, and of what is ongoing and changed what passes.
    fn with_changed<'a>(
        &'a self,
        base: impl Iterator<Item = &'a Arc<Conversation>>,
        passes: impl Fn(&Conversation) -> bool,
    ) -> impl Iterator<Item = &'a Arc<Conversation>> {
        let untouched = |c: &&Arc<Conversation>| !self.changed.conversations.contains_key(&c.id);
        let changed = self.changed.conversations.values();
        let passing = changed.filter(move |c| c.is_ongoing() && passes(c));
        let all = base.filter(untouched).chain(passing);
        #[cfg(test)]
        let all = all.inspect(|_| self.looked.set(self.looked.get() + 1));
        all
    }

    /// The members of this queue.
    pub fn members_of(&self, queue: QueueId) -> impl Iterator<Item = &Arc<Agent>> {
        let (agents, deleted) = (&self.changed.agents, &self.changed.deleted.agents);
        let base = self.base.members_of(queue);
        let untouched = base.filter(|id| !agents.contains_key(id) && !deleted.contains_key(id));
        let untouched = untouched.filter_map(|id| self.base.agents.get(&id));
        untouched.chain(
            agents
                .values()
                .filter(move |agent| agent.queues.contains(&queue)),
        )
    }

    /// The agent with this id.
    pub fn agent(&self, id: AgentId) -> Option<&Arc<Agent>> {
        let deleted = self.changed.deleted.agents.contains_key(&id);
        let base = self.base.agents.get(&id).filter(|_| !deleted);
        self.changed.agents.get(&id).or(base)
    }

    /// Every agent.
    pub fn agents(&self) -> impl Iterator<Item = &Arc<Agent>> {
        let untouched = |agent: &&Arc<Agent>| {
            let changed = &self.changed;
            let (there, deleted) = (&changed.agents, &changed.deleted.agents);
            !there.contains_key(&agent.id) && !deleted.contains_key(&agent.id)
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
        let deleted = self.changed.deleted.queues.contains_key(&id);
        let base = self.base.queues.get(&id).filter(|_| !deleted);
        self.changed.queues.get(&id).or(base)
    }

    /// The workstream with this id.
    pub fn workstream(&self, id: WorkstreamId) -> Option<&Arc<Workstream>> {
        let deleted = self.changed.deleted.workstreams.contains_key(&id);
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
