//! The keys of an issuer who publishes them: fetched, kept, renewed (docs/identity.md).
//!
//! Invariants: at most one fetch at a time, and one in [`BETWEEN_FETCHES`], however many tokens name
//! unknown keys; what was fetched goes on being used while the issuer cannot be reached, and no longer
//! than [`KeyTimes::outage`]; a key that the issuer takes away verifies nothing from the next fetch on,
//! also no token that was remembered. Only the clock that is handed in counts.

mod document;
mod fetch;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use self::document::KeySet;
use self::fetch::Source;
use super::TokenRefused;
use super::token::Parts;

pub use fetch::KeysAddressRefused;

/// How far fetches lie apart at least, whatever asks for them.
pub const BETWEEN_FETCHES: TimeDelta = TimeDelta::seconds(10);
/// How long an answer holds at least, whatever it says.
const LEAST_AGE: TimeDelta = TimeDelta::seconds(60);
/// How soon a fetch that failed is repeated.
const RETRY: TimeDelta = TimeDelta::seconds(30);
/// How often it is looked at whether a fetch is due.
const TICK: Duration = Duration::from_secs(1);

/// How long fetched keys hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// After so long they are fetched again; sooner, when the issuer's answer says so.
    pub max_age: TimeDelta,
    /// For so long they are used when they cannot be.
    pub outage: TimeDelta,
}

/// An issuer's keys, by the address where it publishes them.
pub struct RemoteKeys {
    source: Source,
    times: KeyTimes,
    known: RwLock<Arc<Known>>,
    /// When a fetch last began. Held while it runs.
    turn: Mutex<Option<DateTime<Utc>>>,
}

/// What was known at an instant.
pub(super) struct Seen(Arc<Known>);

/// What is known of the keys.
#[derive(Debug, Default)]
struct Known {
    keys: KeySet,
    /// When they were fetched; none before the first time.
    fetched_at: Option<DateTime<Utc>>,
    /// When to fetch again; none is at once.
    due_at: Option<DateTime<Utc>>,
    /// How often a key was taken away.
    generation: u64,
}

impl RemoteKeys {
    /// Keys from this address; nothing is fetched yet.
    pub fn new(url: &str, times: KeyTimes) -> Result<Self, KeysAddressRefused> {
        Ok(Self {
            source: Source::new(url)?,
            times,
            known: RwLock::default(),
            turn: Mutex::default(),
        })
    }

    /// Fetches them, and goes on doing so in time, for as long as somebody holds them. Returns after
    /// the first attempt, whatever came of it: a server starts without its issuer, and refuses tokens
    /// until it has the keys.
    pub async fn keep(self: &Arc<Self>, now: impl Fn() -> DateTime<Utc> + Send + 'static) {
        self.refetch(&self.seen(), now()).await;
        tokio::spawn(renew(Arc::downgrade(self), now));
    }

    /// Whether there are keys that may be used at this instant.
    pub fn are_usable(&self, now: DateTime<Utc>) -> bool {
        self.generation(now).is_ok()
    }

    /// Changes whenever a key is taken away: what was verified before has to be verified again.
    pub(super) fn generation(&self, now: DateTime<Utc>) -> Result<u64, TokenRefused> {
        let known = self.known();
        let fetched_at = known.fetched_at.ok_or(TokenRefused::KeysUnavailable)?;
        if now - fetched_at > self.times.outage {
            return Err(TokenRefused::KeysUnavailable);
        }
        Ok(known.generation)
    }

    pub(super) fn verify(&self, parts: &Parts<'_>) -> Result<(), TokenRefused> {
        self.known().keys.find(parts)?.verify(parts)
    }

    /// What is known now.
    pub(super) fn seen(&self) -> Seen {
        Seen(self.known())
    }

    /// Fetches the keys now, unless that was done a moment ago; whoever comes meanwhile waits for the
    /// same fetch. Says whether it is worth looking again for who has seen this much.
    pub(super) async fn refetch(self: &Arc<Self>, seen: &Seen, now: DateTime<Utc>) -> bool {
        let keys = Arc::clone(self);
        // A task of its own: that one who asked goes away must not cost the others their answer.
        let fetch = tokio::spawn(async move {
            let mut turn = keys.turn.lock().await;
            if turn.is_none_or(|began| (now - began).abs() >= BETWEEN_FETCHES) {
                *turn = Some(now);
                keys.fetch(now).await;
            }
        });
        let _ = fetch.await;
        !Arc::ptr_eq(&seen.0, &self.known())
    }

    async fn fetch(&self, now: DateTime<Utc>) {
        let before = self.known();
        let known = match self.source.fetch().await {
            Ok(fetched) => {
                let lost = before.keys.loses_one_in(&fetched.keys);
                if lost || before.fetched_at.is_none() {
                    tracing::info!(keys = fetched.keys.len(), lost, "the issuer's keys");
                }
                let own = self.times.max_age;
                let age = fetched
                    .max_age
                    .map_or(own, |age| age.clamp(LEAST_AGE, own.max(LEAST_AGE)));
                Known {
                    keys: fetched.keys,
                    fetched_at: Some(now),
                    due_at: Some(now + age),
                    generation: before.generation + u64::from(lost),
                }
            }
            Err(error) => {
                let usable = self.are_usable(now);
                tracing::warn!(%error, usable, "the issuer's keys cannot be fetched");
                Known {
                    keys: before.keys.clone(),
                    due_at: Some(now + RETRY),
                    ..*before
                }
            }
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    fn is_due(&self, now: DateTime<Utc>) -> bool {
        let due_at = self.known().due_at;
        due_at.is_none_or(|due_at| now >= due_at)
    }

    fn known(&self) -> Arc<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

/// Fetches when it is due, until nobody holds the keys any more.
async fn renew(keys: Weak<RemoteKeys>, now: impl Fn() -> DateTime<Utc> + Send) {
    loop {
        tokio::time::sleep(TICK).await;
        let Some(keys) = keys.upgrade() else {
            return;
        };
        let now = now();
        if keys.is_due(now) {
            keys.refetch(&keys.seen(), now).await;
        }
    }
}
