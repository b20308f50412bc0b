//! How many connections each subject has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Subject;

/// The connections of all subjects; as large as there are connections.
#[derive(Clone)]
pub(super) struct ConnectionSlots {
    most: usize,
    taken: Arc<Mutex<HashMap<Subject, usize>>>,
}

/// One connection's slot, given back when this is dropped.
pub(crate) struct ConnectionSlot {
    of: Subject,
    slots: ConnectionSlots,
}

impl ConnectionSlots {
    /// So many for each subject.
    pub(super) fn new(most: usize) -> Self {
        let taken = Arc::default();
        Self { most, taken }
    }

    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// A slot for this subject; else how many it would have with it.
    pub(super) fn take(&self, subject: &Subject) -> Result<ConnectionSlot, usize> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(subject).copied().unwrap_or(0) + 1;
        if count > self.most {
            return Err(count);
        }
        taken.insert(subject.clone(), count);
        Ok(ConnectionSlot {
            of: subject.clone(),
            slots: self.clone(),
        })
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let taken = &self.slots.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.of) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_given_back_can_be_taken_again_and_leaves_nothing_behind() {
        let (ann, bob) = (Subject::new("ann").unwrap(), Subject::new("bob").unwrap());
        let slots = ConnectionSlots::new(2);
        let (first, second) = (slots.take(&ann).unwrap(), slots.take(&ann).unwrap());
        assert_eq!(slots.take(&ann).err(), Some(3));
        let others = slots.take(&bob).unwrap();
        drop(first);
        let third = slots.take(&ann).unwrap();
        drop((second, third, others));
        assert!(slots.taken.lock().unwrap().is_empty());
    }
}
