//! Conversations by what they have to do with, so that a command looks at these and at no others: what is ongoing, and
//! what is closed and reviewed, by the looks alone.
//!
//! Invariant: a conversation stands under a [`Key`] if and only if its image is under that key. [`Index::go_on`] is the
//! only way to change the index, and [`World::put`](super::World::put) calls it with every image, so that no command can
//! forget it. [`Key::all_of`] and [`Key::has`] say the same, and a test compares the index with a scan.
//!
//! An image that changes no key allocates nothing and looks nothing up: each key of it is compared with the image before.

use std::collections::{BTreeSet, HashMap, btree_set};
use std::hash::Hash;
use std::ops::Bound;
use std::sync::Arc;

use crate::{
    AgentId, Conversation, ConversationId, CustomerId, QueueId, State, Subject, WorkstreamId,
};

/// What a conversation has to do with: an ongoing one, and by its looks a closed one that is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// An agent who has it, is offered it (also as a transfer) or advises.
    Agent(AgentId),
    /// The queue that it is in, whatever its state.
    Queue(QueueId),
    /// The queue in which it is OPEN.
    OpenIn(QueueId),
    /// Its workstream.
    Workstream(WorkstreamId),
    /// Its customer.
    Customer(CustomerId),
    /// A supervisor with a running look at it.
    Supervisor(&'a Subject),
    /// The id of a token that holds a running look at it.
    Token(&'a Arc<str>),
}

impl<'a> Key<'a> {
    /// The keys of this image, some of them maybe twice.
    pub fn all_of(image: &'a Conversation) -> impl Iterator<Item = Self> {
        let offered = image.offer.as_ref().map(|offer| offer.agent);
        let agents = image.agents_taking_part().chain(offered);
        let looks = image.monitors.iter();
        let supervisors = looks.clone().map(|look| Key::Supervisor(&look.supervisor));
        let tokens = looks.filter_map(|look| look.token.as_ref()).map(Key::Token);
        let of_ongoing = [
            Key::Queue(image.queue),
            Key::Workstream(image.workstream),
            Key::Customer(image.customer),
        ]
        .into_iter()
        .chain((image.state == State::Open).then_some(Key::OpenIn(image.queue)))
        .chain(agents.map(Key::Agent));
        let ongoing = image.is_ongoing();
        of_ongoing
            .filter(move |_| ongoing)
            .chain(supervisors)
            .chain(tokens)
    }

    /// Whether this image is under the key.
    pub fn has(self, image: &Conversation) -> bool {
        let of_looks = matches!(self, Key::Supervisor(_) | Key::Token(_));
        if !of_looks && !image.is_ongoing() {
            return false;
        }
        match self {
            Key::Agent(agent) => {
                let offered = image.offer.as_ref().map(|offer| offer.agent);
                offered == Some(agent) || image.agents_taking_part().any(|one| one == agent)
            }
            Key::Queue(queue) => image.queue == queue,
            Key::OpenIn(queue) => image.queue == queue && image.state == State::Open,
            Key::Workstream(workstream) => image.workstream == workstream,
            Key::Customer(customer) => image.customer == customer,
            Key::Supervisor(supervisor) => image.look_of(supervisor).is_some(),
            Key::Token(token) => {
                let mut looks = image.monitors.iter();
                looks.any(|look| look.token.as_ref() == Some(token))
            }
        }
    }
}

/// Conversations by their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    agents: HashMap<AgentId, Ids>,
    queues: HashMap<QueueId, Ids>,
    open: HashMap<QueueId, Ids>,
    workstreams: HashMap<WorkstreamId, Ids>,
    customers: HashMap<CustomerId, Ids>,
    supervisors: HashMap<Subject, Ids>,
    tokens: HashMap<Arc<str>, Ids>,
}

impl Index {
    /// Goes on from the image before, if it was kept, to the one after, if it is.
    pub(super) fn go_on(
        &mut self,
        id: ConversationId,
        before: Option<&Conversation>,
        after: Option<&Conversation>,
    ) {
        let missing =
            |key: &Key<'_>, image: Option<&Conversation>| image.is_none_or(|image| !key.has(image));
        for key in before.into_iter().flat_map(Key::all_of) {
            if missing(&key, after) {
                self.remove(key, id);
            }
        }
        for key in after.into_iter().flat_map(Key::all_of) {
            if missing(&key, before) {
                self.insert(key, id);
            }
        }
    }

    /// The conversations under this key, oldest first.
    pub(super) fn under(&self, key: Key<'_>) -> impl Iterator<Item = ConversationId> {
        let ids = match key {
            Key::Agent(agent) => self.agents.get(&agent),
            Key::Queue(queue) => self.queues.get(&queue),
            Key::OpenIn(queue) => self.open.get(&queue),
            Key::Workstream(workstream) => self.workstreams.get(&workstream),
            Key::Customer(customer) => self.customers.get(&customer),
            Key::Supervisor(supervisor) => self.supervisors.get(supervisor),
            Key::Token(token) => self.tokens.get(token),
        };
        ids.into_iter().flat_map(Ids::iter)
    }

    /// The conversations that follow this one in the order of their ids, so many at most; none: the first.
    pub(super) fn following(
        &self,
        after: Option<ConversationId>,
        at_most: usize,
    ) -> Vec<ConversationId> {
        // Each is of one workstream.
        let of_each = self.workstreams.values().map(|ids| ids.after(after));
        let mut ids: Vec<_> = of_each.flat_map(|ids| ids.take(at_most)).collect();
        ids.sort_unstable();
        ids.truncate(at_most);
        ids
    }

    /// The conversations with running looks, oldest first.
    pub(super) fn watched(&self) -> BTreeSet<ConversationId> {
        self.supervisors.values().flat_map(Ids::iter).collect()
    }

    fn insert(&mut self, key: Key<'_>, id: ConversationId) {
        match key {
            Key::Agent(agent) => insert(&mut self.agents, agent, id),
            Key::Queue(queue) => insert(&mut self.queues, queue, id),
            Key::OpenIn(queue) => insert(&mut self.open, queue, id),
            Key::Workstream(workstream) => insert(&mut self.workstreams, workstream, id),
            Key::Customer(customer) => insert(&mut self.customers, customer, id),
            Key::Supervisor(supervisor) => insert(&mut self.supervisors, supervisor.clone(), id),
            Key::Token(token) => insert(&mut self.tokens, token.clone(), id),
        }
    }

    fn remove(&mut self, key: Key<'_>, id: ConversationId) {
        match key {
            Key::Agent(agent) => remove(&mut self.agents, &agent, id),
            Key::Queue(queue) => remove(&mut self.queues, &queue, id),
            Key::OpenIn(queue) => remove(&mut self.open, &queue, id),
            Key::Workstream(workstream) => remove(&mut self.workstreams, &workstream, id),
            Key::Customer(customer) => remove(&mut self.customers, &customer, id),
            Key::Supervisor(supervisor) => remove(&mut self.supervisors, supervisor, id),
            Key::Token(token) => remove(&mut self.tokens, token, id),
        }
    }

    /// How many keys have conversations.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let ids = self.agents.len() + self.queues.len() + self.open.len() + self.workstreams.len();
        ids + self.customers.len() + self.supervisors.len() + self.tokens.len()
    }
}

fn insert<K: Eq + Hash>(ids: &mut HashMap<K, Ids>, key: K, id: ConversationId) {
    ids.entry(key)
        .and_modify(|ids| ids.insert(id))
        .or_insert(Ids::One(id));
}

fn remove<K: Eq + Hash>(ids: &mut HashMap<K, Ids>, key: &K, id: ConversationId) {
    if ids.get_mut(key).is_some_and(|ids| ids.remove(id)) {
        ids.remove(key);
    }
}

/// At least one conversation. Most customers have one, which takes no allocation of its own.
#[derive(Clone, Debug)]
enum Ids {
    One(ConversationId),
    Many(BTreeSet<ConversationId>),
}

impl Ids {
    fn insert(&mut self, id: ConversationId) {
        match self {
            Self::One(one) if *one == id => {}
            Self::One(one) => *self = Self::Many([*one, id].into()),
            Self::Many(many) => {
                many.insert(id);
            }
        }
    }

    /// Whether none is left.
    fn remove(&mut self, id: ConversationId) -> bool {
        match self {
            Self::One(one) => *one == id,
            Self::Many(many) => {
                many.remove(&id);
                many.is_empty()
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = ConversationId> {
        self.after(None)
    }

    /// Those that follow this one; none: all.
    fn after(
        &self,
        after: Option<ConversationId>,
    ) -> impl Iterator<Item = ConversationId> + use<'_> {
        let (one, many): (_, Option<btree_set::Range<'_, _>>) = match self {
            Self::One(one) => (Some(*one).filter(|one| Some(*one) > after), None),
            Self::Many(many) => {
                let from = after.map_or(Bound::Unbounded, Bound::Excluded);
                (None, Some(many.range((from, Bound::Unbounded))))
            }
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }
}
