//! The ongoing conversations as compact rows, for views that look at every one of them.
//!
//! A column each for what is filtered by, for every order, and for the images, so that a scan of a
//! hundred thousand reads two short columns from end to end. Queues and agents are numbered in the
//! order in which they come up. Kept by `State` with every after-image; knows no viewer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::view::OrderField;
use domain::{AgentId, Conversation, ConversationId, QueueId, Source};

/// Nobody is assigned.
pub(super) const NOBODY: u32 = u32::MAX;
/// It is from before there were sources.
pub(super) const NO_SOURCE: u16 = u16::MAX;
/// It is of one of the sources that have no number here.
pub(super) const MANY_SOURCES: u16 = u16::MAX - 1;
/// The order has no value for the row.
const NO_VALUE: i64 = i64::MIN;

/// What views filter by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    /// The queue's number.
    pub queue: u32,
    /// The number of the agent who has it or is offered it, or [`NOBODY`].
    pub agent: u32,
    /// The state.
    pub state: u8,
    /// The channel.
    pub channel: u8,
    /// The sentiment level.
    pub sentiment: u8,
    /// The priority.
    pub priority: u8,
    /// The reasons for attention, as bits.
    pub attention: u16,
    /// The source's number, or [`NO_SOURCE`].
    pub source: u16,
}

/// The set of one enum value, as bits.
pub(super) const fn bit(value: u8) -> u16 {
    1 << value
}

/// Things numbered in the order in which they come up.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    numbers: HashMap<T, u32>,
    things: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            things: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, thing: &T) -> u32 {
        if let Some(number) = self.numbers.get(thing) {
            return *number;
        }
        // Fewer than four thousand million queues and agents.
        let number = u32::try_from(self.things.len()).unwrap_or(NOBODY);
        self.things.push(thing.clone());
        self.numbers.insert(thing.clone(), number);
        number
    }

    /// All of them, in the order of their numbers.
    pub(super) fn all(&self) -> &[T] {
        &self.things
    }
}

/// The rows. A row's index changes when others leave.
#[derive(Debug, Default)]
pub(super) struct Rows {
    indexes: HashMap<ConversationId, u32>,
    ids: Vec<ConversationId>,
    traits: Vec<Traits>,
    values: [Vec<i64>; OrderField::ALL.len()],
    images: Vec<Arc<Conversation>>,
    queues: Numbered<QueueId>,
    agents: Numbered<AgentId>,
    sources: Numbered<Source>,
}

impl Rows {
    /// Puts an after-image in its row; a closed conversation's row goes.
    pub(super) fn put(&mut self, conversation: &Arc<Conversation>) {
        let index = self.indexes.get(&conversation.id).copied();
        match (index, conversation.is_ongoing()) {
            (Some(index), true) => self.write(index as usize, conversation),
            (None, true) => self.push(conversation),
            (Some(index), false) => self.remove(index as usize),
            (None, false) => {}
        }
    }

    fn traits_of(&mut self, conversation: &Conversation) -> Traits {
        let agent = conversation.assigned_agent();
        let reasons = conversation.attention.keys();
        let source = conversation.source.as_ref();
        Traits {
            attention: reasons.fold(0, |bits, reason| bits | bit(*reason as u8)),
            queue: self.queues.number(&conversation.queue),
            agent: agent.map_or(NOBODY, |agent| self.agents.number(&agent)),
            state: conversation.state as u8,
            channel: conversation.channel as u8,
            sentiment: conversation.sentiment.level as u8,
            source: source.map_or(NO_SOURCE, |source| {
                // Numbers that do not fit are of no source alone: what they stand for is asked of the image.
                let number = u16::try_from(self.sources.number(source)).ok();
                number
                    .filter(|number| *number < MANY_SOURCES)
                    .unwrap_or(MANY_SOURCES)
            }),
            priority: conversation.priority as u8,
        }
    }

    fn write(&mut self, index: usize, conversation: &Arc<Conversation>) {
        self.traits[index] = self.traits_of(conversation);
        for (field, values) in OrderField::ALL.iter().zip(&mut self.values) {
            values[index] = field.value(conversation).unwrap_or(NO_VALUE);
        }
        self.images[index] = conversation.clone();
    }

    fn push(&mut self, conversation: &Arc<Conversation>) {
        let index = u32::try_from(self.ids.len()).unwrap_or(NOBODY);
        self.indexes.insert(conversation.id, index);
        self.ids.push(conversation.id);
        let traits = self.traits_of(conversation);
        self.traits.push(traits);
        for (field, values) in OrderField::ALL.iter().zip(&mut self.values) {
            values.push(field.value(conversation).unwrap_or(NO_VALUE));
        }
        self.images.push(conversation.clone());
    }

    /// The last row takes the index of the one that goes.
    fn remove(&mut self, index: usize) {
        let gone = self.ids.swap_remove(index);
        self.traits.swap_remove(index);
        for values in &mut self.values {
            values.swap_remove(index);
        }
        self.images.swap_remove(index);
        let freed = self.indexes.remove(&gone);
        if let (Some(moved), Some(freed)) = (self.ids.get(index), freed) {
            self.indexes.insert(*moved, freed);
        }
    }

    /// What views filter by, row by row.
    pub(super) fn traits(&self) -> &[Traits] {
        &self.traits
    }

    /// What this order orders by, in this row; none where it has no value.
    pub(super) fn value(&self, field: OrderField, index: usize) -> Option<i64> {
        let value = self.values[field as usize][index];
        (value != NO_VALUE).then_some(value)
    }

    /// The conversation of this row.
    pub(super) fn id(&self, index: usize) -> ConversationId {
        self.ids[index]
    }

    /// The conversation of this row, as it is.
    pub(super) fn image(&self, index: usize) -> &Arc<Conversation> {
        &self.images[index]
    }

    /// The sources by number.
    pub(super) fn sources(&self) -> &[Source] {
        self.sources.all()
    }

    /// The queues by number.
    pub(super) fn queues(&self) -> &[QueueId] {
        self.queues.all()
    }

    /// The agents by number.
    pub(super) fn agents(&self) -> &[AgentId] {
        self.agents.all()
    }
}
