//! What a batch of commands has made of the world so far, and what they name that is not ongoing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use super::{Key, Load, World};
use crate::message::MessageRecord;
use crate::{
    Agent, AgentId, Channel, Conversation, ConversationId, CustomerId, CustomerRef, EarlierReading,
    ExternalId, KnownCustomer, MessageHead, MessageId, Presence, Queue, QueueId, Settings, Subject,
    Text, Workstream, WorkstreamId,
};

mod absorbing;

/// The base of a draft that is put aside.
static NOTHING: LazyLock<World> = LazyLock::new(World::default);

/// A world as the commands of a batch have left it so far: `decide` reads it, `absorb` goes on.
#[derive(Debug)]
pub struct Draft<'w> {
    base: &'w World,
    changed: World,
    settings: Option<Arc<Settings>>,
    /// The customers whom commands name, by their surviving ids.
    customers: HashMap<CustomerId, KnownCustomer>,
    named: HashMap<CustomerRef, CustomerId>,
    /// Merged ids of what is not ongoing, and of what this batch merged.
    merged: HashMap<CustomerId, CustomerId>,
    /// The messages that commands name, and those that earlier commands posted.
    messages: HashMap<MessageId, MessageHead>,
    /// What is recorded of the messages that commands change; none where no command of the batch does.
    records: Option<HashMap<MessageId, MessageRecord>>,
    /// The messages that came in with an id of their provider, as far as a command names it.
    delivered: HashMap<ExternalId, MessageId>,
    /// What agents have read of earlier conversations, as far as a command asks for it.
    readings: HashSet<EarlierReading>,
    /// How many conversations were looked at that no command named.
    #[cfg(test)]
    pub(crate) looked: std::cell::Cell<usize>,
}

impl Draft<'static> {
    /// A draft that is put aside, in which nothing has changed yet.
    pub fn nothing() -> Self {
        Self::new(&NOTHING)
    }
}

impl<'w> Draft<'w> {
    /// Nothing changed yet.
    pub fn new(base: &'w World) -> Self {
        Self {
            base,
            changed: World::default(),
            settings: None,
            customers: HashMap::new(),
            named: HashMap::new(),
            merged: HashMap::new(),
            messages: HashMap::new(),
            records: None,
            delivered: HashMap::new(),
            readings: HashSet::new(),
            #[cfg(test)]
            looked: std::cell::Cell::default(),
        }
    }

    /// Puts the draft aside: it keeps what has changed, and lets go of what it is based on.
    #[must_use]
    pub fn aside(self) -> Draft<'static> {
        Draft {
            base: &NOTHING,
            changed: self.changed,
            settings: self.settings,
            customers: self.customers,
            named: self.named,
            merged: self.merged,
            messages: self.messages,
            records: self.records,
            delivered: self.delivered,
            readings: self.readings,
            #[cfg(test)]
            looked: self.looked,
        }
    }

    /// Goes on with a draft on this base, which may have moved since the draft was put aside: what the draft has changed
    /// stands over it.
    #[must_use]
    pub fn on(self, base: &'w World) -> Self {
        Self { base, ..self }
    }

    /// Adds a customer whom a command names so, read from the store.
    pub fn remember_customer(&mut self, named: CustomerRef, known: KnownCustomer) {
        self.named.insert(named, known.id);
        self.customers.insert(known.id, known);
    }

    /// The customer whom a command names so.
    pub fn customer(&self, named: &CustomerRef) -> Option<&KnownCustomer> {
        self.customers.get(self.named.get(named)?)
    }

    /// A customer has this name from now on.
    pub fn rename_customer(&mut self, id: CustomerId, name: Arc<str>) {
        if let Some(known) = self.customers.get_mut(&id) {
            known.name = Some(name);
        }
    }

    /// Adds that a customer of something that is not ongoing is another one by now.
    pub fn remember_merged(&mut self, merged: CustomerId, surviving: CustomerId) {
        self.merged.insert(merged, surviving);
    }

    /// Who a customer with this id is by now, as far as a command may ask.
    pub fn survivor(&self, id: CustomerId) -> CustomerId {
        let known = self.base.survivor(id);
        self.merged.get(&known).copied().unwrap_or(known)
    }

    /// The ongoing conversations of a customer, under whichever id they started.
    pub fn of_customer(&self, customer: CustomerId) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.base.ids_of(customer);
        ids.flat_map(|id| self.concerning(Key::Customer(id)))
    }

    /// Adds a message that a command names, read from the store.
    pub fn remember_message(&mut self, message: MessageHead) {
        self.messages.insert(message.id, message);
    }

    /// Adds that a message came in with this id of its provider.
    pub fn remember_delivered(&mut self, external: ExternalId, message: MessageId) {
        self.delivered.insert(external, message);
    }

    /// Adds what is recorded of the messages that commands change, and keeps the same of those that are posted from
    /// now on.
    pub fn remember_records(&mut self, records: impl IntoIterator<Item = MessageRecord>) {
        let known = self.records.get_or_insert_default();
        known.extend(records.into_iter().map(|record| (record.head.id, record)));
    }

    /// What is recorded of a message that a command changes.
    pub fn record(&self, id: MessageId) -> Option<&MessageRecord> {
        self.records.as_ref()?.get(&id)
    }

    /// Goes on from what was said.
    pub fn hear(&mut self, texts: &[Text]) {
        for text in texts {
            if let Text::Message {
                id,
                external: Some(external),
                ..
            }
            | Text::Delivery {
                message: id,
                external: Some(external),
                ..
            } = text
            {
                self.remember_delivered(external.clone(), *id);
            }
            if let Text::EarlierRead(reading, _) = text {
                self.remember_reading(*reading);
            }
            if let Text::Customer {
                id,
                name: Some(name),
                ..
            } = text
            {
                self.rename_customer(*id, name.clone());
            }
            let records = self.records.as_mut();
            let record = records.zip(text.message());
            if let Some(record) = record.and_then(|(records, id)| records.get_mut(&id)) {
                record.hear(text);
            }
        }
    }

    /// Adds that an agent has read an earlier conversation.
    pub fn remember_reading(&mut self, reading: EarlierReading) {
        self.readings.insert(reading);
    }

    /// Whether that is known, as far as a command asks for it.
    pub fn has_read(&self, reading: &EarlierReading) -> bool {
        self.readings.contains(reading)
    }

    /// The message with this id, as far as a command names it.
    pub fn message(&self, id: MessageId) -> Option<MessageHead> {
        self.messages.get(&id).copied()
    }

    /// The message that came in with this id of its provider.
    pub fn delivered(&self, external: &ExternalId) -> Option<MessageHead> {
        self.message(*self.delivered.get(external)?)
    }

    /// The customer's conversation on this channel that closed last, as far as commands ask for it.
    pub fn last_closed(&self, customer: CustomerId, channel: Channel) -> Option<ConversationId> {
        let known = self.changed.conversations.values();
        known
            .filter(|c| self.survivor(c.customer) == customer && c.channel == channel)
            .filter_map(|c| Some((c.closed_at?, c.id)))
            .max()
            .map(|(_, id)| id)
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
            .or_else(|| self.base.kept(id))
    }

    /// Every ongoing conversation, at the cost of all of them. A command looks at those that it concerns, or at the ones
    /// whose turn it is.
    #[cfg(test)]
    pub(crate) fn ongoing(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let base = self.base.conversations.values();
        self.with_changed(base, Conversation::is_ongoing)
    }

    /// The same, and every closed one that is reviewed.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let base = self.base.conversations.values();
        let base = base.chain(self.base.reviewed.values());
        self.with_changed(base, |c| c.is_ongoing() || !c.monitors.is_empty())
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

    /// The ongoing conversations that have to do with this, and of looks the closed ones that are reviewed.
    pub fn concerning<'a>(&'a self, key: Key<'a>) -> impl Iterator<Item = &'a Arc<Conversation>> {
        self.with_changed(self.base.concerning(key), move |image| key.has(image))
    }

    /// The conversations with running looks, closed ones that are reviewed among them.
    pub fn watched(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        let ids = self.base.index.watched().into_iter();
        let base = ids.filter_map(|id| self.base.kept(id));
        self.with_changed(base, |image| !image.monitors.is_empty())
    }

    /// What of the base nothing has changed, and of what changed what passes.
    fn with_changed<'a>(
        &'a self,
        base: impl Iterator<Item = &'a Arc<Conversation>>,
        passes: impl Fn(&Conversation) -> bool,
    ) -> impl Iterator<Item = &'a Arc<Conversation>> {
        let untouched = |c: &&Arc<Conversation>| !self.changed.conversations.contains_key(&c.id);
        let changed = self.changed.conversations.values();
        let passing = changed.filter(move |c| passes(c));
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
}
