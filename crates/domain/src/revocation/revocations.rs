//! The tokens that were taken back, in memory: asked for every token that comes, and for every live
//! connection twice a second.
//!
//! Invariants: what was added is there until its time is over, in whatever order it came; an answer costs two
//! look-ups. Where the rows are, and how they come here, is the engine's.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Revocation, Revoked};
use crate::Viewer;

/// What was taken back.
#[derive(Debug, Default)]
pub struct Revocations {
    clock_skew: TimeDelta,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By the number under which each was written last.
    by_number: BTreeMap<i64, Vec<Revoked>>,
    all: HashMap<Revoked, (i64, Revocation)>,
}

impl Revocations {
    /// None yet, of tokens whose issuers' clocks may run ahead by so much.
    pub fn new(clock_skew: TimeDelta) -> Self {
        Self {
            clock_skew,
            kept: RwLock::default(),
        }
    }

    /// Adds one, which was written under this number. Of the same tokens the latest is kept.
    pub fn add(&self, number: i64, revocation: Revocation) {
        let mut kept = self.write();
        let what = revocation.what.clone();
        if kept
            .all
            .get(&what)
            .is_some_and(|(known, _)| *known > number)
        {
            return;
        }
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
        let hits = |what: Revoked| {
            let one = kept.all.get(&what);
            one.is_some_and(|(_, one)| self.hits(one, viewer))
        };
        hits(Revoked::Subject(viewer.subject().clone()))
            || viewer
                .token_id()
                .is_some_and(|id| hits(Revoked::Token(id.into())))
    }

    /// Whether this one, which need not be among them, takes this viewer's token back.
    pub fn hits(&self, one: &Revocation, viewer: &Viewer) -> bool {
        one.hits(viewer, self.clock_skew)
    }

    /// Drops those that hit no token any more.
    pub fn prune(&self, now: DateTime<Utc>) {
        let mut kept = self.write();
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
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
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
