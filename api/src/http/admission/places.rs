//! How many connections each subject has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Subject;

/// The connections of all subjects; as large as there are connections.
#[derive(Clone)]
pub(super) struct Places {
    most: usize,
    taken: Arc<Mutex<HashMap<Subject, usize>>>,
}

/// One connection's place, given back when this is dropped.
pub(crate) struct Place {
    of: Subject,
    places: Places,
}

impl Places {
    /// So many for each subject.
    pub(super) fn new(most: usize) -> Self {
        let taken = Arc::default();
        Self { most, taken }
    }

    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// A place for this subject; else how many it would have with it.
    pub(super) fn take(&self, subject: &Subject) -> Result<Place, usize> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(subject).copied().unwrap_or(0) + 1;
        if count > self.most {
            return Err(count);
        }
        taken.insert(subject.clone(), count);
        Ok(Place {
            of: subject.clone(),
            places: self.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &self.places.taken;
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
        let places = Places::new(2);
        let (first, second) = (places.take(&ann).unwrap(), places.take(&ann).unwrap());
        assert_eq!(places.take(&ann).err(), Some(3));
        let others = places.take(&bob).unwrap();
        drop(first);
        let third = places.take(&ann).unwrap();
        drop((second, third, others));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
