//! What each subject makes this server hold, in bytes.
//!
//! A subject has one account, whichever tokens and connections they use. An operation that runs over a
//! WebSocket or as an event stream is an entry in it (`cost` says of how many bytes), as is a live list
//! that the subject pays for, and a large payload that waits until its client takes it. Invariants: an
//! entry is in exactly one account and is gone when its [`Held`] is dropped; a document counts once in an
//! account, however many of the subject's operations run it; an account without entries is not kept.
//!
//! Locks: the one in here is the innermost. Nothing waits under it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::ServerError;

use crate::graphql::gate::{Passed, limit_exceeded};
use domain::Subject;

mod cost;
mod hold;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub(super) use cost::RING_SHARE;
use cost::{SMALL, of_operation};

/// The accounts of all subjects at one server.
#[derive(Clone)]
pub struct Holdings {
    most: usize,
    accounts: Arc<Mutex<HashMap<Subject, Account>>>,
}

/// What one subject makes the server hold.
#[derive(Default)]
struct Account {
    bytes: usize,
    entries: usize,
    /// How often each parsed document is held, by its address, which is its own while it is held.
    documents: HashMap<usize, usize>,
}

/// One entry in a subject's account, taken out of it when this is dropped.
pub struct Held {
    of: Subject,
    bytes: usize,
    document: Option<Passed>,
    holdings: Holdings,
}

/// What one subject holds is more than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldsTooMuch {
    /// The bytes allowed.
    pub allowed: usize,
    /// The bytes that there would be.
    pub found: usize,
}

impl HoldsTooMuch {
    /// `LIMIT_EXCEEDED`, with the limit.
    pub fn error(self) -> ServerError {
        limit_exceeded(
            "heldBytesPerViewer",
            "bytes that the server holds for one subject",
            self.allowed as u64,
            self.found as u64,
        )
    }

    /// How many bytes there are too many.
    pub const fn excess(self) -> usize {
        self.found.saturating_sub(self.allowed)
    }
}

impl Holdings {
    /// Accounts of at most so many bytes each.
    pub fn new(most: usize) -> Self {
        let accounts = Arc::default();
        Self { most, accounts }
    }

    /// An entry of so many bytes, and of this document unless the subject holds it already; refused where
    /// the account would be too large with it.
    pub fn hold(
        &self,
        subject: &Subject,
        bytes: usize,
        document: Option<&Passed>,
    ) -> Result<Held, HoldsTooMuch> {
        let mut accounts = self.accounts();
        let account = accounts.get(subject);
        let known = |document: &Passed| {
            account.is_some_and(|account| account.documents.contains_key(&document.address()))
        };
        let new = document.filter(|document| !known(document));
        let held = account.map_or(0, |account| account.bytes);
        let found = held + bytes + new.map_or(0, Passed::parsed_bytes);
        if found > self.most {
            let allowed = self.most;
            return Err(HoldsTooMuch { allowed, found });
        }
        let account = accounts.entry(subject.clone()).or_default();
        account.bytes = found;
        account.entries += 1;
        if let Some(document) = document {
            *account.documents.entry(document.address()).or_default() += 1;
        }
        Ok(self.entry(subject, bytes, document))
    }

    /// An entry of no bytes so far, which cannot be refused.
    pub fn open(&self, subject: &Subject) -> Held {
        let mut accounts = self.accounts();
        accounts.entry(subject.clone()).or_default().entries += 1;
        self.entry(subject, 0, None)
    }

    /// Whether this subject holds more than allowed. An entry that grows is not refused, so this can be.
    pub fn check(&self, subject: &Subject) -> Result<(), HoldsTooMuch> {
        let accounts = self.accounts();
        let found = accounts.get(subject).map_or(0, |account| account.bytes);
        if found > self.most {
            let allowed = self.most;
            return Err(HoldsTooMuch { allowed, found });
        }
        Ok(())
    }

    fn entry(&self, subject: &Subject, bytes: usize, document: Option<&Passed>) -> Held {
        Held {
            of: subject.clone(),
            bytes,
            document: document.cloned(),
            holdings: self.clone(),
        }
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<Subject, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Whose account it is in.
    pub const fn subject(&self) -> &Subject {
        &self.of
    }

    /// The entry has so many bytes from now on.
    pub fn set(&mut self, bytes: usize) {
        if bytes == self.bytes {
            return;
        }
        if let Some(account) = self.holdings.accounts().get_mut(&self.of) {
            account.bytes = account.bytes - self.bytes + bytes;
        }
        self.bytes = bytes;
    }

    /// The entry is in this subject's account from now on. It has no document.
    pub fn pass_to(&mut self, subject: &Subject) {
        debug_assert!(self.document.is_none(), "a document stays where it is");
        if self.of == *subject {
            return;
        }
        let mut other = self.holdings.open(subject);
        other.set(self.bytes);
        *self = other;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut accounts = self.holdings.accounts();
        let Some(account) = accounts.get_mut(&self.of) else {
            return;
        };
        account.bytes -= self.bytes;
        account.entries -= 1;
        if let Some(document) = &self.document
            && let Some(times) = account.documents.get_mut(&document.address())
        {
            *times -= 1;
            if *times == 0 {
                account.documents.remove(&document.address());
                account.bytes -= document.parsed_bytes();
            }
        }
        if account.entries == 0 {
            accounts.remove(&self.of);
        }
    }
}
