//! Texts that clients sent with their hash, kept for those who send the hash alone.
//!
//! Invariants: bounded in number and bytes; the text used longest ago makes room; what is kept has
//! passed the gate, and is found by its own hash only.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::Hash;

/// The store of automatic persisted queries; one for all viewers, and gone with the process.
pub struct Automatic {
    most_bytes: usize,
    state: Mutex<State>,
}

struct State {
    texts: LruCache<Hash, Arc<str>>,
    bytes: usize,
}

impl Default for Automatic {
    fn default() -> Self {
        Self::new(
            NonZeroUsize::new(1_000).unwrap_or(NonZeroUsize::MIN),
            4 << 20,
        )
    }
}

impl Automatic {
    /// A store for so many texts and so many bytes of text.
    pub fn new(texts: NonZeroUsize, bytes: usize) -> Self {
        Self {
            most_bytes: bytes,
            state: Mutex::new(State {
                texts: LruCache::sparse(texts),
                bytes: 0,
            }),
        }
    }

    pub(super) fn get(&self, hash: &Hash) -> Option<Arc<str>> {
        self.state().texts.get(hash).cloned()
    }

    /// Keeps a text under its hash, which the caller has checked.
    pub(super) fn put(&self, hash: Hash, text: &str) {
        if text.len() > self.most_bytes {
            return;
        }
        let mut state = self.state();
        if state.texts.get(&hash).is_some() {
            return;
        }
        state.bytes += text.len();
        if let Some((_, oldest)) = state.texts.push(hash, text.into()) {
            state.bytes -= oldest.len();
        }
        while state.bytes > self.most_bytes {
            let Some((_, oldest)) = state.texts.pop_lru() else {
                break;
            };
            state.bytes -= oldest.len();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Automatic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state();
        f.debug_struct("Automatic")
            .field("texts", &state.texts.len())
            .field("bytes", &state.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::hash;
    use super::*;

    fn put(store: &Automatic, text: &str) {
        store.put(hash(text), text);
    }

    fn has(store: &Automatic, text: &str) -> bool {
        store.get(&hash(text)).is_some()
    }

    #[test]
    fn the_text_used_longest_ago_makes_room_by_number_and_by_bytes() {
        let store = Automatic::new(NonZeroUsize::new(2).unwrap(), 100);
        put(&store, "a");
        put(&store, "b");
        assert!(has(&store, "a"));
        put(&store, "c");
        assert!(has(&store, "a") && has(&store, "c") && !has(&store, "b"));
        let long = "x".repeat(99);
        put(&store, &long);
        assert!(has(&store, &long) && !has(&store, "a") && has(&store, "c"));
        put(&store, &"y".repeat(101));
        assert!(has(&store, &long));
        put(&store, &"z".repeat(100));
        let state = store.state();
        assert_eq!((state.texts.len(), state.bytes), (1, 100));
    }

    #[test]
    fn a_text_that_comes_twice_counts_once() {
        let store = Automatic::new(NonZeroUsize::new(10).unwrap(), 100);
        for _ in 0..5 {
            put(&store, "a text");
        }
        assert_eq!(store.state().bytes, 6);
    }
}
