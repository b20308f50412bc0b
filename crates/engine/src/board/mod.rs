//! What is ongoing, in memory, at one log position.
//!
//! Loaded once with the head it belongs to, then changed only by committed events, in the order of
//! the log. Readers take shared pointers and the position under a lock that is never held across
//! an await. The writer decides against the same state that readers see.

use std::collections::{HashMap, hash_map};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use self::past::Past;
use self::rows::Rows;
use crate::log::{Entry, Head};
use domain::fold::Named;
use domain::{After, Change, Conversation, ConversationId, CustomerId, World};

pub mod agent_list;
mod asked;
pub mod list;
pub mod past;
mod places;
mod row_filter;
mod rows;
mod step;
pub mod view;

pub use step::Listed;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// The names that lists show beside a conversation; they stand in rows of their own in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// What the conversation is about.
    pub subject: Option<Named>,
    /// The customer's name.
    pub customer: Option<Named>,
}

impl Names {
    /// Those that there are.
    pub fn iter(&self) -> impl Iterator<Item = &Named> + Clone {
        self.subject.iter().chain(&self.customer)
    }
}

/// What an event said of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The names beside its conversation from then on.
    pub names: Names,
    /// Whether ongoing conversations show the customer by another name since.
    pub renames: bool,
    /// The ids under which conversations have this customer: several of one who was merged.
    pub customers: Vec<CustomerId>,
}

/// Everything ongoing, at one position.
#[derive(Debug)]
pub struct State {
    /// What rules look at.
    pub world: World,
    /// Where in the log this is.
    pub head: Head,
    /// Agents as they were before this.
    pub past: Past,
    rows: Rows,
    subjects: HashMap<ConversationId, Named>,
    /// By their surviving ids.
    customers: HashMap<CustomerId, Known>,
}

/// What is known of a customer while conversations of theirs are ongoing.
#[derive(Debug, Default)]
struct Known {
    name: Option<Named>,
    conversations: usize,
}

/// The name by which ongoing conversations showed a customer; none: by none.
struct Shown(Option<Named>);

impl State {
    /// A state that was read from the database in one snapshot.
    pub fn new(world: World, names: HashMap<ConversationId, Names>, head: Head) -> Self {
        let mut state = Self {
            world,
            head,
            past: Past::new(head.position),
            rows: Rows::default(),
            subjects: HashMap::new(),
            customers: HashMap::new(),
        };
        for conversation in state.world.conversations.values() {
            state.rows.put(conversation);
        }
        for (id, names) in names {
            let conversation = state.world.conversations.get(&id);
            if let Some(customer) = conversation.map(|c| state.world.survivor(c.customer)) {
                state.name(id, customer, names);
            }
        }
        state
    }

    /// The names beside an ongoing conversation.
    pub fn names(&self, conversation: &Conversation) -> Names {
        Names {
            subject: self.subjects.get(&conversation.id).cloned(),
            customer: self
                .customers
                .get(&self.world.survivor(conversation.customer))
                .and_then(|c| c.name.clone()),
        }
    }

    /// What a search looks at of an ongoing conversation.
    fn searched(&self, conversation: &Conversation) -> impl Iterator<Item = &Named> + Clone {
        let subject = self.subjects.get(&conversation.id).into_iter();
        let customer = self.world.survivor(conversation.customer);
        let customer = self.customers.get(&customer);
        subject.chain(customer.and_then(|known| known.name.as_ref()))
    }

    /// Goes on by one event. Names come with a conversation's first event, and with a customer's change; a
    /// customer's other name then holds for all conversations of theirs; what that comes to is answered.
    pub fn apply(&mut self, entry: &Entry, names: Option<Names>) -> Option<Naming> {
        // The world forgets who was merged when nothing shows them any more.
        let ended = entry.change.begins_or_ends();
        let ended = entry.conversation().filter(|c| ended && !c.is_ongoing());
        if let Some(conversation) = ended {
            self.forget(conversation);
        }
        self.world.put(&entry.after);
        self.past.note(entry);
        self.head = Head {
            epoch: entry.epoch,
            position: entry.position,
            hash: entry.hash,
        };
        let After::Conversation(conversation) = &entry.after else {
            return None;
        };
        self.rows.put(conversation);
        let shown = match &entry.change {
            Change::CustomersMerged { merged, surviving } => self.merge(*merged, *surviving),
            _ => None,
        };
        let names = names?;
        let customer = self.world.survivor(conversation.customer);
        let renames = if entry.change.names() {
            let renames = self.rename(customer, names.customer.clone());
            renames || shown.is_some_and(|Shown(name)| name != names.customer)
        } else {
            self.name(conversation.id, customer, names)
        };
        Some(Naming {
            names: self.names(conversation),
            renames,
            customers: self.world.ids_of(customer).collect(),
        })
    }

    /// One customer is another one from now on; the name by which ongoing conversations showed the former, where some did.
    fn merge(&mut self, merged: CustomerId, surviving: CustomerId) -> Option<Shown> {
        self.world.merge(merged, surviving);
        let before = self.customers.remove(&merged)?;
        let known = self.customers.entry(surviving).or_default();
        known.conversations += before.conversations;
        Some(Shown(before.name))
    }

    /// A customer has this name from now on; whether ongoing conversations showed another one.
    fn rename(&mut self, customer: CustomerId, name: Option<Named>) -> bool {
        let Some(known) = self.customers.get_mut(&customer) else {
            return false;
        };
        let renames = known.name != name;
        known.name = name;
        renames
    }

    /// Whether that is another name for a customer who is shown already.
    fn name(&mut self, conversation: ConversationId, customer: CustomerId, names: Names) -> bool {
        if let Some(subject) = names.subject {
            self.subjects.insert(conversation, subject);
        }
        let known = self.customers.entry(customer).or_default();
        let is_shown = known.conversations > 0;
        known.conversations += 1;
        let renames = names.customer.is_some() && names.customer != known.name;
        known.name = names.customer.or(known.name.take());
        is_shown && renames
    }

    fn forget(&mut self, conversation: &Conversation) {
        self.subjects.remove(&conversation.id);
        let customer = self.world.survivor(conversation.customer);
        if let hash_map::Entry::Occupied(mut known) = self.customers.entry(customer) {
            known.get_mut().conversations -= 1;
            if known.get().conversations == 0 {
                known.remove();
            }
        }
    }
}

/// The state, shared.
#[derive(Debug)]
pub struct Board(RwLock<State>);

impl Board {
    /// A board that shows this.
    pub fn new(state: State) -> Self {
        Self(RwLock::new(state))
    }

    /// Looks at the state; take what is needed and let go.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.guard())
    }

    /// For the writer, which decides a batch against one state.
    pub(crate) fn guard(&self) -> RwLockReadGuard<'_, State> {
        // A panic while applying would leave a half-applied state; apply does not panic.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the writer: puts committed events on the board. What is remembered of the past changes here too.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where in the log the board is.
    pub fn head(&self) -> Head {
        self.guard().head
    }
}
