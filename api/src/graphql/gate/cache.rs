//! Parsed documents, by their text.
//!
//! They are kept with what was found out about them whatever their variables: whether they are valid
//! too, or the few errors why not. The size is bounded by the weight of all documents together, which
//! follows the memory they take.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument;
use lru::LruCache;

use super::unvarying::Unvarying;

/// Bytes of text that weigh as much as one token's part of the parsed document.
const BYTES_PER_TOKEN: u64 = 256;
/// What a token's part of a parsed document takes, about.
const BYTES_OF_A_TOKEN: usize = 300;

/// A parsed document that is small enough to look at.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) document: ExecutableDocument,
    /// What was found out about it when it was parsed.
    pub(super) unvarying: Unvarying,
    /// Whether it is valid, once somebody had to know.
    pub(super) validity: OnceLock<Result<(), Vec<ServerError>>>,
    /// Whether an execution of it for many has asked who asks.
    pub(super) personal: AtomicBool,
    weight: u64,
    /// Whether it asks what the schema is.
    pub(super) introspects: bool,
}

impl Parsed {
    /// A document of so many tokens. Its text, the key, weighs too: comments are no tokens.
    pub(super) fn new(
        document: ExecutableDocument,
        unvarying: Unvarying,
        tokens: u64,
        text: &str,
    ) -> Self {
        let weight = tokens + text.len() as u64 / BYTES_PER_TOKEN;
        Self {
            document,
            unvarying,
            validity: OnceLock::new(),
            personal: AtomicBool::new(false),
            weight,
            introspects: text.contains("__schema"),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.weight).unwrap_or(usize::MAX / BYTES_OF_A_TOKEN) * BYTES_OF_A_TOKEN
    }
}

/// The documents used last.
pub(super) struct DocumentCache {
    capacity: u64,
    state: Mutex<State>,
}

struct State {
    documents: LruCache<Box<str>, Arc<Parsed>>,
    weight: u64,
}

impl DocumentCache {
    /// A cache for documents of so many tokens together, long texts counted as more.
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            capacity,
            state: Mutex::new(State {
                documents: LruCache::unbounded(),
                weight: 0,
            }),
        }
    }

    pub(super) fn get(&self, text: &str) -> Option<Arc<Parsed>> {
        self.state().documents.get(text).cloned()
    }

    pub(super) fn put(&self, text: &str, parsed: Arc<Parsed>) {
        if parsed.weight > self.capacity {
            return;
        }
        let mut state = self.state();
        state.weight += parsed.weight;
        // Two requests may have parsed the same text at once.
        if let Some(earlier) = state.documents.put(text.into(), parsed) {
            state.weight -= earlier.weight;
        }
        while state.weight > self.capacity {
            let Some((_, oldest)) = state.documents.pop_lru() else {
                break;
            };
            state.weight -= oldest.weight;
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn parsed(tokens: u64) -> Arc<Parsed> {
        let document = parse_query("{ a }").unwrap();
        Arc::new(Parsed::new(document, Unvarying::default(), tokens, "{ a }"))
    }

    #[test]
    fn a_long_comment_weighs_too() {
        let text = format!("{{ a }} #{}", "x".repeat(2_560));
        let document = parse_query(&text).unwrap();
        let parsed = Parsed::new(document, Unvarying::default(), 3, &text);
        assert_eq!(parsed.weight, 13);
    }

    #[test]
    fn the_document_used_longest_ago_makes_room() {
        let cache = DocumentCache::new(10);
        cache.put("a", parsed(4));
        cache.put("b", parsed(4));
        assert!(cache.get("a").is_some());
        cache.put("c", parsed(4));
        assert!(cache.get("b").is_none());
        assert!(cache.get("a").is_some() && cache.get("c").is_some());
    }

    #[test]
    fn a_document_put_twice_weighs_once() {
        let cache = DocumentCache::new(10);
        for _ in 0..5 {
            cache.put("a", parsed(4));
        }
        cache.put("b", parsed(4));
        assert!(cache.get("a").is_some() && cache.get("b").is_some());
    }

    #[test]
    fn a_document_larger_than_the_cache_is_not_kept() {
        let cache = DocumentCache::new(10);
        cache.put("a", parsed(4));
        cache.put("b", parsed(11));
        assert!(cache.get("a").is_some());
        assert!(cache.get("b").is_none());
    }
}
