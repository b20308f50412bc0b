//! The places of a list's rows in its order, and the window of those that are shown: the first so many.

use std::collections::BTreeSet;

/// Places in order, and those at the beginning that are shown.
#[derive(Debug)]
pub struct Places<K> {
    all: BTreeSet<K>,
    shown: Vec<K>,
    count: usize,
}

/// What comes of one row's going from a place to another, in what is shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Shift<K> {
    /// It was not shown and is not.
    Unseen,
    /// It stays at this index.
    Stays(usize),
    /// It is shown at another index, this one; counted without it.
    Moves(usize),
    /// It is not shown any more. What comes up at the end, and its index.
    Leaves(Option<(usize, K)>),
    /// It is shown from now on, at this index. What is not any more, to make room.
    Enters(usize, Option<K>),
}

impl<K: Ord + Clone> Places<K> {
    /// These places, of which so many are shown.
    pub fn new(all: BTreeSet<K>, count: usize) -> Self {
        let shown = all.iter().take(count).cloned().collect();
        Self { all, shown, count }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Those that are shown.
    pub fn shown(&self) -> &[K] {
        &self.shown
    }

    /// One row goes from there to here; none: it is in no place.
    pub fn put(&mut self, from: Option<&K>, to: Option<&K>) -> Shift<K> {
        let shows = |place: &K| {
            self.shown.len() < self.count || self.shown.last().is_some_and(|last| place <= last)
        };
        let concerns_shown = from.into_iter().chain(to).any(shows);
        if from != to {
            from.map(|from| self.all.remove(from));
            self.all.extend(to.cloned());
        }
        if !concerns_shown {
            return Shift::Unseen;
        }
        let now: Vec<K> = self.all.iter().take(self.count).cloned().collect();
        let before = std::mem::replace(&mut self.shown, now);
        let now = &self.shown;
        let index = |places: &[K], place: Option<&K>| {
            place.and_then(|place| places.binary_search(place).ok())
        };
        match (index(&before, from), index(now, to)) {
            (Some(was), Some(is)) if was == is => Shift::Stays(is),
            (Some(_), Some(is)) => Shift::Moves(is),
            (Some(_), None) => {
                // The first of those that were not shown, if there are any, comes up at the end.
                let next = now.last().filter(|_| now.len() == before.len());
                Shift::Leaves(next.map(|next| (now.len() - 1, next.clone())))
            }
            (None, Some(is)) => {
                let pushed = before.last().filter(|_| before.len() == self.count);
                Shift::Enters(is, pushed.cloned())
            }
            (None, None) => Shift::Unseen,
        }
    }
}
