//! What was made ready for many, in the order of the log.
//!
//! One task appends; each subscriber is a position in it. Invariant: after `since`, and up to `edge`,
//! the ring has everything that is for its subscribers. It is bounded: what goes to make room moves
//! `since`, and whoever has not read that far gets it elsewhere, never a gap.

use std::collections::VecDeque;

/// How many entries are kept.
const ENTRIES: usize = 1_024;
/// How many bytes they may have together.
const BYTES: usize = 4 * 1024 * 1024;

/// Entries by position.
#[derive(Debug)]
pub struct Ring<T> {
    entries: VecDeque<(i64, usize, T)>,
    bytes: usize,
    since: i64,
    edge: i64,
}

/// What the ring has for a reader.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// The entry that comes next, and its position.
    Entry(i64, T),
    /// Nothing so far.
    Nothing,
    /// It does not reach back that far.
    Gone,
}

impl<T: Clone> Ring<T> {
    /// An empty ring that begins after this position.
    pub const fn new(since: i64) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            since,
            edge: since,
        }
    }

    /// Appends what is at this position of the log; nothing lies between it and the entry before.
    pub fn push(&mut self, position: i64, bytes: usize, entry: T) {
        self.push_within(BYTES, position, bytes, entry);
    }

    /// The same, and keeps no more than so many bytes, if that is less than every ring may have.
    pub fn push_within(&mut self, most: usize, position: i64, bytes: usize, entry: T) {
        self.entries.push_back((position, bytes, entry));
        self.bytes += bytes;
        self.edge = position;
        while self.entries.len() > ENTRIES || self.bytes > most.min(BYTES) {
            self.drop_oldest();
        }
    }

    /// The first entry after this position.
    pub fn after(&self, position: i64) -> Found<T> {
        if position < self.since {
            return Found::Gone;
        }
        // Most readers have everything.
        if position >= self.edge {
            return Found::Nothing;
        }
        let first = self.entries.partition_point(|(at, ..)| *at <= position);
        match self.entries.get(first) {
            Some((at, _, entry)) => Found::Entry(*at, entry.clone()),
            None => Found::Nothing,
        }
    }

    /// Keeps no more than so many entries, the newest.
    pub fn keep(&mut self, most: usize) {
        while self.entries.len() > most {
            self.drop_oldest();
        }
    }

    /// Keeps the newest entries that have no more than so many bytes together, and no room for more.
    pub fn keep_within(&mut self, bytes: usize) {
        while self.bytes > bytes {
            self.drop_oldest();
        }
        self.entries.shrink_to(2 * self.entries.len());
    }

    /// How many bytes the entries have that [`keep`](Self::keep) would drop.
    pub fn bytes_but_for(&self, most: usize) -> usize {
        let newest = self.entries.iter().rev().take(most);
        self.bytes - newest.map(|(_, bytes, _)| bytes).sum::<usize>()
    }

    fn drop_oldest(&mut self) {
        if let Some((gone, bytes, _)) = self.entries.pop_front() {
            self.bytes -= bytes;
            self.since = gone;
        }
    }

    /// How many bytes its entries have together, as they were given.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Begins again after this position, empty.
    pub fn restart(&mut self, since: i64) {
        *self = Self::new(since);
    }

    /// Whether it has everything that follows this position.
    pub const fn reaches(&self, position: i64) -> bool {
        position >= self.since
    }

    /// Where the ring ends: the position of its last entry, or where it began.
    pub const fn edge(&self) -> i64 {
        self.edge
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a reader at this position gets.
    fn read(ring: &Ring<i64>, mut position: i64) -> Option<Vec<i64>> {
        let mut read = Vec::new();
        loop {
            match ring.after(position) {
                Found::Entry(at, entry) => {
                    assert_eq!(at, entry);
                    position = at;
                    read.push(at);
                }
                Found::Nothing => return Some(read),
                Found::Gone => return None,
            }
        }
    }

    #[test]
    fn a_reader_gets_each_entry_once_and_in_order() {
        let mut ring = Ring::new(10);
        for position in [11, 15, 16, 20] {
            ring.push(position, 1, position);
        }
        assert_eq!(read(&ring, 10), Some(vec![11, 15, 16, 20]));
        assert_eq!(read(&ring, 13), Some(vec![15, 16, 20]));
        assert_eq!(read(&ring, 15), Some(vec![16, 20]));
        assert_eq!(read(&ring, 20), Some(vec![]));
    }

    #[test]
    fn a_reader_ahead_of_the_ring_waits_for_what_is_ahead_of_them() {
        let mut ring = Ring::new(10);
        assert_eq!(read(&ring, 12), Some(vec![]));
        for position in [11, 12, 13] {
            ring.push(position, 1, position);
        }
        assert_eq!(read(&ring, 12), Some(vec![13]));
    }

    #[test]
    fn whoever_is_before_the_ring_is_told_so() {
        let mut ring = Ring::new(10);
        assert_eq!(read(&ring, 9), None);
        for (position, _) in (11..).zip(0..=ENTRIES) {
            ring.push(position, 1, position);
        }
        assert_eq!(ring.since, 11);
        assert_eq!(read(&ring, 10), None, "11 made room");
        assert_eq!(ring.after(11), Found::Entry(12, 12));
    }

    #[test]
    fn a_ring_that_must_give_way_keeps_its_newest() {
        let mut ring = Ring::new(10);
        for position in 11..=20 {
            ring.push(position, 7, position);
        }
        ring.keep(3);
        assert_eq!(
            (read(&ring, 17), ring.bytes()),
            (Some(vec![18, 19, 20]), 21)
        );
        assert_eq!(read(&ring, 16), None, "17 made room");
        assert_eq!(ring.edge(), 20);
    }

    #[test]
    fn the_ring_is_bounded_in_bytes() {
        let mut ring = Ring::new(0);
        for position in 1..=10 {
            ring.push(position, BYTES / 4, position);
        }
        assert_eq!(ring.since, 6);
        assert_eq!(read(&ring, 6), Some(vec![7, 8, 9, 10]));
    }
}
