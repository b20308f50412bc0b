//! What is ongoing, in memory, at one log position.
//!
//! Loaded once with the head it belongs to, then changed only by committed events, in the order of
//! the log. Readers take shared pointers and the position under a lock that is never held across
//! an await. The writer decides against the same state that readers see.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::domain::{After, Conversation, ConversationId, CustomerId, World};
use crate::store::{Entry, Head};

pub mod view;

/// The names that lists show beside a conversation; they stand in rows of their own in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// What the conversation is about.
    pub subject: Option<Arc<str>>,
    /// The customer's name.
    pub customer: Option<Arc<str>>,
}

/// Everything ongoing, at one position.
#[derive(Debug)]
pub struct State {
    /// What rules look at.
    pub world: World,
    /// Where in the log this is.
    pub head: Head,
    names: HashMap<ConversationId, Names>,
}

impl State {
    /// A state that was read from the database in one snapshot.
    pub fn new(world: World, names: HashMap<ConversationId, Names>, head: Head) -> Self {
        Self { world, head, names }
    }

    /// The names beside an ongoing conversation.
    pub fn names(&self, conversation: ConversationId) -> Names {
        self.names.get(&conversation).cloned().unwrap_or_default()
    }

    /// Goes on by one event. Names come with a conversation's first event.
    pub fn apply(&mut self, entry: &Entry, names: Option<Names>) {
        self.world.put(&entry.after);
        self.head = Head {
            epoch: entry.epoch,
            position: entry.position,
            hash: entry.hash,
        };
        if let After::Conversation(conversation) = &entry.after {
            if let Some(names) = names {
                self.names.insert(conversation.id, names);
            }
            if !conversation.is_ongoing() {
                self.names.remove(&conversation.id);
            }
        }
    }

    /// A customer is known by another name now.
    pub fn rename(&mut self, customer: CustomerId, name: &Arc<str>) {
        let theirs = |c: &&Arc<Conversation>| c.customer == customer;
        for conversation in self.world.conversations.values().filter(theirs) {
            self.names.entry(conversation.id).or_default().customer = Some(name.clone());
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

    /// For the writer: puts committed events on the board.
    pub(crate) fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Where in the log the board is.
    pub fn head(&self) -> Head {
        self.guard().head
    }
}
