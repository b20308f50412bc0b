//! Ends live connections when their tokens end, or are taken back.
//!
//! One task looks at the clock twice a second for all of them, since a silent connection should
//! cost no wake-ups of its own. The clock is the engine's, which tests and demos move.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::{
    CancellationToken, WaitForCancellationFuture, WaitForCancellationFutureOwned,
};

use domain::Viewer;

/// How often the clock is looked at; a token's end is noticed this late at most.
const TICK: Duration = Duration::from_millis(500);

/// When the tokens of all live connections end.
pub(super) struct Expiries(Arc<Inner>);

struct Inner {
    now: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    is_revoked: Box<dyn Fn(&Viewer) -> bool + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By instant; the number tells apart those of the same instant.
    due: BTreeMap<(DateTime<Utc>, u64), Watched>,
    last: u64,
    ticking: bool,
}

/// What ends with a token, and whose it is; none for what only its own end ends.
struct Watched {
    ended: CancellationToken,
    viewer: Option<Arc<Viewer>>,
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
            first.remove().ended.cancel();
        }
        state.due.retain(|_, watched| {
            let viewer = watched.viewer.as_deref();
            let revoked = viewer.is_some_and(|viewer| (self.is_revoked)(viewer));
            if revoked {
                watched.ended.cancel();
            }
            !revoked
        });
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
    pub(super) fn new(
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        is_revoked: impl Fn(&Viewer) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            now: Box::new(now),
            is_revoked: Box::new(is_revoked),
            state: Mutex::default(),
        }))
    }

    /// Watches for the end of this viewer's token, until the watch is dropped. Starts the clock's task
    /// with the first, so it must be called in a runtime.
    pub(super) fn watch(&self, viewer: &Arc<Viewer>) -> Watch {
        self.watch_for(viewer.expires_at(), Some(Arc::clone(viewer)))
    }

    /// A watch that never ends anything.
    pub(super) fn watch_nothing(&self) -> Watch {
        self.watch_for(DateTime::<Utc>::MAX_UTC, None)
    }

    fn watch_for(&self, at: DateTime<Utc>, viewer: Option<Arc<Viewer>>) -> Watch {
        let expired = CancellationToken::new();
        let mut state = self.0.state();
        state.last += 1;
        let key = (at, state.last);
        let ended = expired.clone();
        state.due.insert(key, Watched { ended, viewer });
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
    /// Ready once the token has ended, or was taken back.
    pub(super) fn expired(&self) -> WaitForCancellationFuture<'_> {
        self.expired.cancelled()
    }

    /// The same, to be kept: waiting on costs less than a new wait.
    pub(super) fn ended(&self) -> WaitForCancellationFutureOwned {
        self.expired.clone().cancelled_owned()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(inner) = self.of.upgrade() {
            inner.state().due.remove(&self.key);
        }
    }
}
