//! How many bytes a server keeps ready for many: answers of the board's position, and the rings of groups.
//!
//! One budget for both, since both can be made again. Where there is too much, the answers go first, which are good
//! until the next commit only; then the rings keep an equal share each (`group::rings`).

use std::sync::atomic::{AtomicUsize, Ordering};

/// A bound, and what is kept.
pub(super) struct Budget {
    most: usize,
    bytes: AtomicUsize,
}

impl Budget {
    /// Nothing yet, of at most so many bytes.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            bytes: AtomicUsize::new(0),
        }
    }

    /// How many bytes there may be.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// Something had so many bytes, and has so many now.
    pub(super) fn count(&self, before: usize, now: usize) {
        // Wraps to the right sum also where it became less.
        let more = now.wrapping_sub(before);
        self.bytes.fetch_add(more, Ordering::Relaxed);
    }

    /// Whether there is more than there may be.
    pub(super) fn is_exceeded(&self) -> bool {
        self.bytes() > self.most
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}
