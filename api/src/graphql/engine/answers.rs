//! Answers to queries, kept for as long as they are true.
//!
//! What a query of the view answers is a function of its question and the board's position, if no
//! resolver asked who asks or read the database. Then the bytes are made once, by a task of their own,
//! and everybody with the same question at the same position gets them. Invariant: an answer is only
//! given while the board is at the position for which it was asked; whatever moves the board (every
//! change of what the view shows does) empties this. Bounded in bytes, with what groups keep ready (`budget`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::budget::Budget;
use super::question::Question;
use engine::log::Head;

/// What an execution for many came to.
#[derive(Clone, Debug)]
pub(super) enum KeptAnswer {
    /// The answer, as JSON.
    Ready(Bytes),
    /// Everybody executes it by themselves: it depends on who asks or on the database, or it failed.
    Own,
}

type Slot = Shared<BoxFuture<'static, KeptAnswer>>;

/// The answers of one position.
pub(super) struct Answers {
    budget: Arc<Budget>,
    state: Mutex<State>,
}

struct State {
    head: Head,
    slots: HashMap<Question, Slot>,
    bytes: usize,
}

impl Answers {
    /// None yet, in this budget.
    pub(super) fn new(head: Head, budget: Arc<Budget>) -> Self {
        let state = Mutex::new(State {
            head,
            slots: HashMap::new(),
            bytes: 0,
        });
        Self { budget, state }
    }

    /// The answer that is kept or being made, or the one that `make` begins to make. `head` is where
    /// the board is now.
    pub(super) fn get(
        &self,
        question: &Question,
        head: impl FnOnce() -> Head,
        make: impl FnOnce() -> BoxFuture<'static, KeptAnswer>,
    ) -> Slot {
        let mut state = self.state();
        // Under the lock: nobody goes back to a position that another caller has left.
        let head = head();
        if state.head != head || self.budget.is_exceeded() {
            self.empty(&mut state);
            state.head = head;
        }
        if let Some(slot) = state.slots.get(question) {
            return slot.clone();
        }
        let slot = make().shared();
        self.add(&mut state, question.bytes());
        state.slots.insert(question.clone(), slot.clone());
        slot
    }

    /// An answer of so many bytes was made.
    pub(super) fn weigh(&self, bytes: usize) {
        self.add(&mut self.state(), bytes);
    }

    /// Keeps none any more.
    pub(super) fn clear(&self) {
        self.empty(&mut self.state());
    }

    fn add(&self, state: &mut State, bytes: usize) {
        state.bytes += bytes;
        self.budget.count(0, bytes);
    }

    fn empty(&self, state: &mut State) {
        self.budget.count(state.bytes, 0);
        (state.slots, state.bytes) = (HashMap::new(), 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
