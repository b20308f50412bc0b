//! Which customers were merged into which others, as far as something ongoing is shown by a merged id.
//!
//! No conversation changes when customers are merged: it keeps the id with which it started. Whoever asks for a customer's
//! conversations, or for the name beside one, asks here who that is by now. What starts later has the surviving id, so an id
//! is forgotten with its last ongoing conversation; the rows of customers know all.

use std::collections::{BTreeSet, HashMap};

use crate::CustomerId;

/// Merged ids, and whose other names they are. A survivor is never merged itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    into: HashMap<CustomerId, CustomerId>,
    names: HashMap<CustomerId, BTreeSet<CustomerId>>,
}

impl Merged {
    /// Who a customer with this id is by now.
    pub fn survivor(&self, id: CustomerId) -> CustomerId {
        self.into.get(&id).copied().unwrap_or(id)
    }

    /// The other ids of a surviving customer.
    pub fn names(&self, survivor: CustomerId) -> impl Iterator<Item = CustomerId> {
        self.names.get(&survivor).into_iter().flatten().copied()
    }

    /// One customer, with every other id of theirs, is another one from now on. `is_shown`: whether something ongoing has
    /// that id.
    pub fn merge(
        &mut self,
        merged: CustomerId,
        surviving: CustomerId,
        is_shown: impl Fn(CustomerId) -> bool,
    ) {
        let mut ids = self.names.remove(&merged).unwrap_or_default();
        ids.insert(merged);
        for id in ids {
            if is_shown(id) {
                self.into.insert(id, surviving);
                self.names.entry(surviving).or_default().insert(id);
            } else {
                self.into.remove(&id);
            }
        }
    }

    /// Nothing ongoing has this id any more.
    pub fn forget(&mut self, id: CustomerId) {
        let Some(survivor) = self.into.remove(&id) else {
            return;
        };
        if let Some(names) = self.names.get_mut(&survivor) {
            names.remove(&id);
            if names.is_empty() {
                self.names.remove(&survivor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_chain_is_one_customer_and_nothing_is_kept_of_what_is_not_shown() {
        let ids: [CustomerId; 4] = std::array::from_fn(|_| CustomerId(Uuid::now_v7()));
        let [a, b, c, d] = ids;
        let mut merged = Merged::default();
        merged.merge(a, b, |id| id == a);
        merged.merge(b, c, |id| id == a || id == b);
        for id in [a, b, c] {
            assert_eq!(merged.survivor(id), c);
        }
        assert_eq!(merged.names(c).collect::<BTreeSet<_>>(), [a, b].into());
        assert_eq!(merged.names(b).count(), 0);
        merged.merge(d, c, |_| false);
        assert_eq!(merged.survivor(d), d);
        merged.forget(b);
        merged.forget(a);
        merged.forget(a);
        assert_eq!(merged, Merged::default());
    }
}
