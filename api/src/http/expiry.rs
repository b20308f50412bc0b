//! Ends live connections when their tokens end.
//!
//! One task looks at the clock twice a second for all of them, since a silent connection should
//! cost no wake-ups of its own. The clock is the engine's, which tests and demos move.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

/// How often the clock is looked at; a token's end is noticed this late at most.
const TICK: Duration = Duration::from_millis(500);

/// When the tokens of all live connections end.
pub(super) struct Expiries(Arc<Inner>);

struct Inner {
    now: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By instant; the number tells apart those of the same instant.
    due: BTreeMap<(DateTime<Utc>, u64), CancellationToken>,
    last: u64,
    ticking: bool,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what is due. Answers whether there is anything left to watch for.
    fn end_due(&self) -> bool {
        let now = (self.now)();
        let mut state = self.state();
        while let Some(first) = state.due.first_entry()
            && first.key().0 <= now
        {
            first.remove().cancel();
        }
        state.ticking = !state.due.is_empty();
        state.ticking
    }
}

/// One connection's token.
pub(super) struct Watch {
    key: (DateTime<Utc>, u64),
    expired: CancellationToken,
    of: Weak<Inner>,
}

impl Expiries {
    pub(super) fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            now: Box::new(now),
            state: Mutex::default(),
        }))
    }

    /// Watches for this instant, until the watch is dropped. Starts the clock's task with the
    /// first, so it must be called in a runtime.
    pub(super) fn watch(&self, at: DateTime<Utc>) -> Watch {
        let expired = CancellationToken::new();
        let mut state = self.0.state();
        state.last += 1;
        let key = (at, state.last);
        state.due.insert(key, expired.clone());
        if !state.ticking {
            state.ticking = true;
            tokio::spawn(tick(Arc::downgrade(&self.0)));
        }
        Watch {
            key,
            expired,
            of: Arc::downgrade(&self.0),
        }
    }
}

/// Runs while connections are watched.
async fn tick(of: Weak<Inner>) {
    while let Some(inner) = of.upgrade() {
        if !inner.end_due() {
            return;
        }
        drop(inner);
        tokio::time::sleep(TICK).await;
    }
}

impl Watch {
    /// Ready once the token has ended.
    pub(super) fn expired(&self) -> WaitForCancellationFuture<'_> {
        self.expired.cancelled()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(inner) = self.of.upgrade() {
            inner.state().due.remove(&self.key);
        }
    }
}
