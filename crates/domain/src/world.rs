//! What is ongoing and who there is, as `decide` sees it, and what a batch of commands has made of it.
//!
//! A [`World`] is at one log position. Capacity is never stored: it is what the conversations hold,
//! kept up to date with every after-image, so it adds up by construction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

mod draft;
mod index;
mod merged;

use super::fold::Named;
use super::{
    After, Agent, AgentId, Change, Conversation, ConversationId, CustomerId, Event, Presence,
    Queue, QueueId, Settings, Subject, Workstream, WorkstreamId,
};

pub use draft::Draft;
use index::Index;
pub use index::Key;
use merged::Merged;

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
    /// The closed conversations that are reviewed now: as many as there are such sessions, at most.
    pub reviewed: HashMap<ConversationId, Arc<Conversation>>,
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
    merged: Merged,
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

    /// The ongoing conversations that have to do with this, and of looks the closed ones that are reviewed.
    pub fn concerning(&self, key: Key<'_>) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.index.under(key);
        ids.filter_map(|id| self.kept(id))
    }

    /// The conversation, if it is ongoing, or closed and reviewed.
    pub fn kept(&self, id: ConversationId) -> Option<&Arc<Conversation>> {
        let reviewed = || self.reviewed.get(&id);
        self.conversations.get(&id).or_else(reviewed)
    }

    /// Who a customer with this id is by now: the one into whom they were merged, as far as something ongoing has the
    /// id.
    pub fn survivor(&self, id: CustomerId) -> CustomerId {
        self.merged.survivor(id)
    }

    /// Every id of this customer that something ongoing may have.
    pub fn ids_of(&self, customer: CustomerId) -> impl Iterator<Item = CustomerId> {
        let survivor = self.survivor(customer);
        [survivor].into_iter().chain(self.merged.names(survivor))
    }

    /// The ongoing conversations of a customer, under whichever id they started.
    pub fn of_customer(&self, customer: CustomerId) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.ids_of(customer);
        ids.flat_map(|id| self.concerning(Key::Customer(id)))
    }

    /// One customer is another one from now on.
    pub fn merge(&mut self, merged: CustomerId, surviving: CustomerId) {
        let index = &self.index;
        let is_shown = |id| index.under(Key::Customer(id)).next().is_some();
        self.merged.merge(merged, surviving, is_shown);
    }

    /// Goes on by what a change says that no after-image does.
    pub fn learn(&mut self, change: &Change) {
        if let Change::CustomersMerged { merged, surviving } = change {
            self.merge(*merged, *surviving);
        }
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
        self.learn(&event.change);
    }

    /// Puts an after-image in place; a closed conversation leaves, once nobody reviews it.
    pub fn put(&mut self, after: &After) {
        match after {
            After::Conversation(conversation) => {
                let id = conversation.id;
                let is_kept = conversation.is_ongoing() || !conversation.monitors.is_empty();
                let before = if conversation.is_ongoing() {
                    let before = self.conversations.insert(id, conversation.clone());
                    before.or_else(|| self.reviewed.remove(&id))
                } else {
                    let ongoing = self.conversations.remove(&id);
                    let before = ongoing.or_else(|| self.reviewed.remove(&id));
                    if is_kept {
                        self.reviewed.insert(id, conversation.clone());
                    }
                    before
                };
                let kept = is_kept.then_some(&**conversation);
                self.index.go_on(id, before.as_deref(), kept);
                if !is_kept {
                    self.forget_customer(conversation.customer);
                }
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

    fn forget_customer(&mut self, id: CustomerId) {
        if self.index.under(Key::Customer(id)).next().is_none() {
            self.merged.forget(id);
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
