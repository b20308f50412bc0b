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
        self.entries.push_back((position, bytes, entry));
        self.bytes += bytes;
        self.edge = position;
        while self.entries.len() > ENTRIES || self.bytes > BYTES {
            let Some((gone, bytes, _)) = self.entries.pop_front() else {
                break;
            };
            self.bytes -= bytes;
            self.since = gone;
        }
    }

    /// Up to `count` entries after this position, each with its own, and the position that they lead to; none when the
    /// ring does not reach back that far.
    pub fn after(&self, position: i64, count: usize) -> Option<(Vec<(i64, T)>, i64)> {
        if position < self.since {
            return None;
        }
        let first = self.entries.partition_point(|(at, ..)| *at <= position);
        let entries: Vec<(i64, T)> = self
            .entries
            .range(first..)
            .take(count)
            .map(|(at, _, entry)| (*at, entry.clone()))
            .collect();
        let rest = self.entries.get(first + entries.len());
        let to = match rest {
            // There is more: the next read begins after the last one taken.
            Some(_) => self.entries[first + entries.len() - 1].0,
            None => self.edge.max(position),
        };
        Some((entries, to))
    }

    /// Begins anew after this position, empty.
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

    #[test]
    fn a_reader_gets_each_entry_once_and_in_order() {
        let mut ring = Ring::new(10);
        for position in [11, 15, 16, 20] {
            ring.push(position, 1, position);
        }
        assert_eq!(ring.after(10, 2), Some((vec![(11, 11), (15, 15)], 15)));
        assert_eq!(ring.after(15, 2), Some((vec![(16, 16), (20, 20)], 20)));
        assert_eq!(ring.after(20, 2), Some((vec![], 20)));
        assert_eq!(
            ring.after(13, 9),
            Some((vec![(15, 15), (16, 16), (20, 20)], 20))
        );
    }

    #[test]
    fn a_reader_ahead_of_the_ring_stays_where_it_is() {
        let ring: Ring<i64> = Ring::new(10);
        assert_eq!(ring.after(12, 9), Some((vec![], 12)));
    }

    #[test]
    fn whoever_is_before_the_ring_is_told_so() {
        let mut ring = Ring::new(10);
        assert_eq!(ring.after(9, 9), None);
        for (position, _) in (11..).zip(0..=ENTRIES) {
            ring.push(position, 1, position);
        }
        assert_eq!(ring.since, 11);
        assert_eq!(ring.after(10, 9), None, "11 made room");
        assert_eq!(ring.after(11, 1), Some((vec![(12, 12)], 12)));
    }

    #[test]
    fn the_ring_is_bounded_in_bytes() {
        let mut ring = Ring::new(0);
        for position in 1..=10 {
            ring.push(position, BYTES / 4, position);
        }
        assert_eq!(ring.since, 6);
        assert_eq!(
            ring.after(6, 9),
            Some((vec![(7, 7), (8, 8), (9, 9), (10, 10)], 10))
        );
    }
}
