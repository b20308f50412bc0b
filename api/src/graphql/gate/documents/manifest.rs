//! The list of trusted documents, as graphql-codegen and relay-compiler write it: one JSON object
//! whose keys are hashes and whose values are the documents' texts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::parser::parse_query;

use super::identifier::{Identifier, hash_of_digits};
use super::{Hash, hash};
use crate::graphql::gate::lexer;

/// As deep as the parser may be sent before limits are known.
const DEEPEST: u64 = 64;

/// Trusted documents.
pub struct Manifest {
    by_hash: HashMap<Hash, Arc<str>>,
    /// Keys that are no SHA-256, such as relay-compiler's MD5: which text each stands for.
    by_key: HashMap<Box<str>, Hash>,
    texts: HashSet<Arc<str>>,
}

/// Why a text is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestRefused {
    /// Another shape.
    #[error("is not a JSON object of documents by their hash")]
    Shape,
    /// A key that claims to be a hash and is not that of its text.
    #[error("has the key {0:?}, which is not the SHA-256 of its document")]
    Hash(String),
    /// No GraphQL.
    #[error("has under {key:?} a text that is no GraphQL document: {why}")]
    Document {
        /// Its key.
        key: String,
        /// What the parser says.
        why: String,
    },
    /// Nothing could ever run.
    #[error("lists no document")]
    Empty,
}

impl Manifest {
    /// Reads a manifest.
    pub fn parse(json: &str) -> Result<Self, ManifestRefused> {
        let documents: HashMap<String, String> =
            serde_json::from_str(json).map_err(|_| ManifestRefused::Shape)?;
        if documents.is_empty() {
            return Err(ManifestRefused::Empty);
        }
        // In order, so that the same file gets the same answer.
        let mut documents: Vec<_> = documents.into_iter().collect();
        documents.sort();
        let mut manifest = Self {
            by_hash: HashMap::with_capacity(documents.len()),
            by_key: HashMap::new(),
            texts: HashSet::with_capacity(documents.len()),
        };
        for (key, text) in documents {
            check(&key, &text)?;
            let hash = hash(&text);
            match hash_of_digits(&key) {
                Some(claimed) if claimed != hash => return Err(ManifestRefused::Hash(key)),
                Some(_) => {}
                None => {
                    manifest.by_key.insert(key.into(), hash);
                }
            }
            let text: Arc<str> = text.into();
            manifest.texts.insert(Arc::clone(&text));
            manifest.by_hash.insert(hash, text);
        }
        Ok(manifest)
    }

    /// How many documents it has.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether it has none, which cannot be.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The document of this name.
    pub(super) fn get(&self, identifier: &Identifier<'_>) -> Option<&str> {
        let hash = match identifier {
            Identifier::Sha256(hash) => hash,
            Identifier::Own(key) => self.by_key.get(*key)?,
        };
        self.by_hash.get(hash).map(AsRef::as_ref)
    }

    /// Whether this very text is listed.
    pub(super) fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }
}

fn check(key: &str, text: &str) -> Result<(), ManifestRefused> {
    let refused = |why: String| ManifestRefused::Document {
        key: key.to_owned(),
        why,
    };
    if lexer::scan(text).nesting > DEEPEST {
        return Err(refused("its brackets nest too deeply".to_owned()));
    }
    // One line, whatever the parser's picture of the place.
    let first = |error: async_graphql::parser::Error| {
        let text = error.to_string();
        refused(text.lines().last().unwrap_or_default().trim().to_owned())
    };
    parse_query(text).map(|_| ()).map_err(first)
}

impl std::fmt::Debug for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Manifest")
            .field("documents", &self.len())
            .finish_non_exhaustive()
    }
}
