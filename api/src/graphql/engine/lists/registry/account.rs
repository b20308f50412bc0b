//! Lists in the accounts of those who pay for them.
//!
//! A list has one payer, in whose account it counts with all its bytes: whoever began it; when they leave it to
//! others, one of those; while it is kept, who left it last. So every byte is in one account. Where an account has too much, what
//! is only kept is released, as it does where all lists together have too much. A list that somebody has is never
//! ended for it: others may have it too.

use std::cmp::Reverse;
use std::sync::Arc;

use super::{ListGroup, ListGroups, Registered, Registry, in_steps, locked};
use crate::graphql::engine::holdings::HoldsTooMuch;
use domain::Subject;

impl ListGroups {
    /// Whether this subject may have the list: somebody else pays for it, or it fits into their account.
    pub(super) fn take(&self, number: u64, subject: &Subject) -> Result<(), HoldsTooMuch> {
        let is_theirs = |registered: &Registered| registered.held.subject() == subject;
        if !locked(&self.registry)
            .lists
            .get(&number)
            .is_some_and(is_theirs)
        {
            return Ok(());
        }
        match self.holdings.check(subject) {
            Ok(()) => Ok(()),
            Err(too_much) => {
                self.evict_for(subject, too_much.excess());
                self.holdings.check(subject)
            }
        }
    }

    /// Makes room for so many bytes in this subject's account: by lists that are kept for them, the oldest
    /// first, then by what the rings of lists that they pay for keep for slow readers, the largest first. How many
    /// bytes that gave.
    pub(in crate::graphql::engine) fn evict_for(&self, subject: &Subject, needed: usize) -> usize {
        // Dropped after the lock was let go.
        let mut gone = Vec::new();
        let mut registry = locked(&self.registry);
        let given = registry.evict_for(subject, needed, &mut gone);
        drop(registry);
        drop(gone);
        given
    }

    /// Where a list that has grown makes its subject hold too much, what is only kept for them is released. Who has
    /// the list keeps it: it grows by what others do, and a subject that holds too much can begin nothing.
    pub(super) fn keep_within_account(
        &self,
        registry: &mut Registry,
        number: u64,
        gone: &mut Vec<Arc<ListGroup>>,
    ) {
        let Some(registered) = registry.lists.get(&number) else {
            return;
        };
        let subject = registered.held.subject().clone();
        if let Err(too_much) = self.holdings.check(&subject) {
            registry.evict_for(&subject, too_much.excess(), gone);
        }
    }
}

impl Registry {
    fn evict_for(
        &mut self,
        subject: &Subject,
        needed: usize,
        gone: &mut Vec<Arc<ListGroup>>,
    ) -> usize {
        let mut given = 0;
        let kept = self.kept().into_iter();
        let theirs = kept.filter(|(_, _, left)| *left == subject);
        let theirs: Vec<u64> = theirs.map(|(_, number, _)| number).collect();
        for number in theirs {
            if given < needed {
                given += self.lists[&number].bytes;
                gone.extend(self.remove(number));
            }
        }
        if given >= needed {
            return given;
        }
        for number in self.paid_rings(subject) {
            if given < needed {
                let registered = &self.lists[&number];
                let freed = in_steps(registered.group.trim());
                let bytes = registered.bytes.saturating_sub(freed);
                self.set_bytes(number, bytes);
                given += freed;
            }
        }
        given
    }

    /// The lists for which this subject pays whose rings have something to give, the largest first.
    fn paid_rings(&self, subject: &Subject) -> Vec<u64> {
        let pays = |registered: &Registered| registered.held.subject() == subject;
        let paid = self.lists.iter().filter(|(_, registered)| pays(registered));
        let spare = paid
            .map(|(number, registered)| (in_steps(registered.group.trimmable_bytes()), *number));
        let mut spare: Vec<_> = spare.filter(|(bytes, _)| *bytes > 0).collect();
        spare.sort_unstable_by_key(|(bytes, number)| (Reverse(*bytes), *number));
        spare.into_iter().map(|(_, number)| number).collect()
    }

    /// Another subject who has the list pays for it, if this one did, who has left it.
    pub(super) fn pass_on(&mut self, number: u64, from: &Subject) {
        let Some(registered) = self.lists.get_mut(&number) else {
            return;
        };
        if registered.held.subject() != from {
            return;
        }
        let mut subjects = self.subjects.iter();
        if let Some((other, _)) = subjects.find(|(_, theirs)| theirs.contains_key(&number)) {
            registered.held.pass_to(other);
        }
    }
}
