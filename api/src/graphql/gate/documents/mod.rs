//! Which document a request means: its text, a hash of a text that came before, or one of a list.
//!
//! Automatic persisted queries: a request brings a text with its SHA-256, later ones the hash alone.
//! Trusted documents: only those of a manifest that was made with the frontend may run. Either works
//! the same over every transport, by `extensions.persistedQuery.sha256Hash` and by `documentId`
//! (`sha256:HEX`; a manifest's own keys too).
//!
//! Invariant: a hash stands for the text that has it and for no other, whoever sent it.

mod automatic;
mod identifier;
mod manifest;
mod refusals;

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{GateRefusal, GraphQlRequest};
use identifier::Identifier;

pub use automatic::Automatic;
pub use manifest::{Manifest, ManifestRefused};

/// SHA-256 of a document's text.
type Hash = [u8; 32];

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

/// Which documents may run.
#[derive(Debug)]
pub enum Documents {
    /// Any; without a store, only those that come as text.
    Any(Option<Automatic>),
    /// Those of the manifest.
    Listed(Manifest),
}

impl Default for Documents {
    fn default() -> Self {
        Self::Any(Some(Automatic::default()))
    }
}

/// The document that a request means.
pub(super) struct ResolvedDocument<'a> {
    pub(super) text: Text<'a>,
    /// To be remembered under this hash once the document has passed.
    remember: Option<Hash>,
}

/// A document's text.
pub(super) enum Text<'a> {
    Sent(&'a str),
    Kept(Arc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Sent(text) => text,
            Self::Kept(text) => text,
        }
    }
}

impl<'a> ResolvedDocument<'a> {
    fn as_sent(text: &'a str) -> Self {
        Self {
            text: Text::Sent(text),
            remember: None,
        }
    }
}

impl Documents {
    /// The document that this request means, or why it means none that may run.
    pub(super) fn find<'a>(
        &'a self,
        request: &'a GraphQlRequest,
    ) -> Result<ResolvedDocument<'a>, GateRefusal> {
        let identifier = Identifier::of(request)?;
        match (request.query.as_deref(), identifier) {
            (None, None) => Err(GateRefusal::no_document()),
            (text, identifier) => match self {
                Self::Listed(manifest) => listed(manifest, text, identifier),
                Self::Any(store) => any(store.as_ref(), text, identifier),
            },
        }
    }

    /// The document passed the gate.
    pub(super) fn passed(&self, found: &ResolvedDocument<'_>) {
        if let (Self::Any(Some(store)), Some(hash)) = (self, found.remember) {
            store.put(hash, &found.text);
        }
    }
}

fn listed<'a>(
    manifest: &'a Manifest,
    text: Option<&'a str>,
    identifier: Option<Identifier<'_>>,
) -> Result<ResolvedDocument<'a>, GateRefusal> {
    let Some(identifier) = identifier else {
        let text = text.filter(|text| manifest.has(text));
        return text
            .map(ResolvedDocument::as_sent)
            .ok_or_else(refusals::not_listed);
    };
    let listed = manifest.get(&identifier).ok_or_else(refusals::not_listed)?;
    match text {
        Some(text) if text != listed => Err(refusals::mismatch()),
        _ => Ok(ResolvedDocument::as_sent(listed)),
    }
}

fn any<'a>(
    store: Option<&Automatic>,
    text: Option<&'a str>,
    identifier: Option<Identifier<'_>>,
) -> Result<ResolvedDocument<'a>, GateRefusal> {
    match (text, identifier, store) {
        (Some(text), Some(Identifier::Sha256(wanted)), _) => {
            if hash(text) != wanted {
                return Err(refusals::mismatch());
            }
            Ok(ResolvedDocument {
                text: Text::Sent(text),
                remember: Some(wanted),
            })
        }
        // Nobody can say that the text is what the name stands for.
        (_, Some(Identifier::Own(_)), _) => Err(refusals::own_identifier()),
        (Some(text), None, _) => Ok(ResolvedDocument::as_sent(text)),
        (None, Some(Identifier::Sha256(wanted)), Some(store)) => {
            let kept = store.get(&wanted).ok_or_else(refusals::not_found)?;
            Ok(ResolvedDocument {
                text: Text::Kept(kept),
                remember: None,
            })
        }
        (None, Some(Identifier::Sha256(_)), None) => Err(refusals::not_supported()),
        (None, None, _) => Err(GateRefusal::no_document()),
    }
}
