//! A reader's mailbox: the positions of the events to look at.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::log::Head;

/// How many positions wait for a reader. Beyond that its events are hardly in memory any more.
const MOST: usize = 16_384;

/// What is to be looked at by one reader.
#[derive(Debug)]
pub struct Mailbox {
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Debug)]
struct State {
    /// It has what came after this position.
    since: i64,
    positions: VecDeque<i64>,
    /// Everything up to here was taken, or concerns others.
    passed: i64,
    /// Whether something that came is not in it any more.
    lost: bool,
    /// Whether its reader may still be at work on what they took.
    busy: bool,
}

/// What a reader finds in their mailbox.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// The positions of the next events to look at, oldest first. None of them: everything up to this head was.
    Positions(Vec<i64>, Head),
    /// It does not have what follows the reader's position, or this one, whichever is later.
    Lost(i64),
}

impl Mailbox {
    /// An empty mailbox that gets what comes after this position.
    pub(super) const fn since(since: i64) -> Self {
        Self {
            state: Mutex::new(State::since(since)),
            moved: Notify::const_new(),
        }
    }

    /// The position after which it has what concerns its reader.
    pub fn begins_after(&self) -> i64 {
        self.state().since
    }

    /// Puts an event in; whether the reader is to be woken: who has not taken what was in it before was.
    pub(super) fn put(&self, position: i64) -> bool {
        let mut state = self.state();
        // By another of the reader's addresses.
        if state.lost || state.positions.back() == Some(&position) {
            return false;
        }
        if state.positions.len() >= MOST {
            state.lose();
            return true;
        }
        let first = state.positions.is_empty();
        if first {
            state.passed = position - 1;
        }
        state.positions.push_back(position);
        first
    }

    /// Loses what it has.
    pub(super) fn lose(&self) {
        self.state().lose();
    }

    pub(super) fn start_over(&self, since: i64) {
        *self.state() = State::since(since);
    }

    pub(super) fn take(&self, position: i64, head: Head) -> Taken {
        let mut state = self.state();
        if state.lost || position < state.since {
            state.busy = true;
            return Taken::Lost(state.passed);
        }
        let taken = std::mem::take(&mut state.positions);
        let taken: Vec<_> = taken.into_iter().filter(|at| *at > position).collect();
        state.busy = !taken.is_empty();
        Taken::Positions(taken, head)
    }

    /// Whether there is nothing in it, and its reader is done with what was.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state();
        state.positions.is_empty() && !state.lost && !state.busy
    }

    /// Wakes the reader, who looks into it, maybe in vain.
    pub fn wake(&self) {
        self.moved.notify_one();
    }

    /// Waits until the reader is woken, or was since they waited last.
    pub async fn moved(&self) {
        self.moved.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const fn since(since: i64) -> Self {
        Self {
            since,
            positions: VecDeque::new(),
            passed: since,
            lost: false,
            busy: true,
        }
    }

    fn lose(&mut self) {
        self.lost = true;
        self.positions = VecDeque::new();
    }
}
