//! The tokens that were taken back, in memory: asked for every token that comes, and for every live
//! connection twice a second.
//!
//! Invariants: what was added is there until its time is over; an answer costs two look-ups. Where the
//! rows are, and how they come here, is `app`'s.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use chrono::{DateTime, Utc};

use crate::domain::{Revocation, Revoked, Viewer};

/// What was taken back.
#[derive(Debug, Default)]
pub struct Revocations(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// By the number under which each was written last.
    by_number: BTreeMap<i64, Vec<Revoked>>,
    all: HashMap<Revoked, (i64, Revocation)>,
}

impl Revocations {
    /// Adds one, which was written under this number. A later one of the same tokens takes its place.
    pub fn add(&self, number: i64, revocation: Revocation) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let what = revocation.what.clone();
        if let Some((before, _)) = kept.all.insert(what.clone(), (number, revocation)) {
            kept.forget(before, &what);
        }
        kept.by_number.entry(number).or_default().push(what);
    }

    /// Whether this viewer's token was taken back.
    pub fn hit(&self, viewer: &Viewer) -> bool {
        let kept = self.read();
        if kept.all.is_empty() {
            return false;
        }
        let hits = |what: Revoked| kept.all.get(&what).is_some_and(|(_, one)| one.hits(viewer));
        hits(Revoked::Subject(viewer.subject().clone()))
            || viewer
                .token_id()
                .is_some_and(|id| hits(Revoked::Token(id.into())))
    }

    /// Drops those that hit no token any more.
    pub fn prune(&self, now: DateTime<Utc>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let over = kept.all.values().filter(|(_, one)| one.until <= now);
        let over: Vec<_> = over
            .map(|(number, one)| (*number, one.what.clone()))
            .collect();
        for (number, what) in over {
            kept.all.remove(&what);
            kept.forget(number, &what);
        }
    }

    /// Those that hold at this instant, the oldest first, each with its number.
    pub fn list(&self, now: DateTime<Utc>) -> Vec<(i64, Revocation)> {
        let kept = self.read();
        let whats = kept.by_number.values().flatten();
        let listed = whats.filter_map(|what| kept.all.get(what).cloned());
        listed.filter(|(_, one)| now < one.until).collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget(&mut self, number: i64, what: &Revoked) {
        if let Some(whats) = self.by_number.get_mut(&number) {
            whats.retain(|one| one != what);
            if whats.is_empty() {
                self.by_number.remove(&number);
            }
        }
    }
}
