//! Whether a document is valid by the GraphQL specification against the schema.
//!
//! The execution library validates every operation with its variables, and lets some documents
//! through that the specification does not (decision 0014). Here a document is judged by a complete
//! validator, once, whatever its variables: what it refuses is refused before anything runs. Where
//! the library refuses it too, the answer is in the library's words, which know more (what the name
//! is likely meant to be); the judgement is never the library's.
//!
//! Invariants: what is judged has passed the limits of text, tokens, nesting and selections, so that the
//! work is bounded; an answer has a bounded number of errors, each of bounded length; without
//! introspection none of them tells a name of the schema.
//!
//! What it must not do: look at variables, execute, or remember.

mod inputs;
mod words;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::fmt;
use std::sync::Arc;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument as LibraryDocument;

use words::Words;

/// The most errors that one answer tells of a document.
const MOST_ERRORS: usize = 10;

/// What the execution library has to say against a document, whatever its variables.
pub type Library = Box<dyn Fn(&LibraryDocument) -> Vec<ServerError> + Send + Sync>;

/// Judges documents against one schema.
pub struct Validator {
    schema: Arc<Valid<Schema>>,
    library: Library,
    words: Words,
}

impl Validator {
    /// Against this schema, with the library's words where it has any. Without `names` no answer of
    /// this validator's own tells a name of the schema.
    pub fn new(schema: Arc<Valid<Schema>>, library: Library, names: bool) -> Self {
        Self {
            schema,
            library,
            words: Words::new(names),
        }
    }

    /// Refuses a document that is not valid, with a few of the errors. `text` is what the library's
    /// `document` was parsed from.
    pub(super) fn check(
        &self,
        text: &str,
        document: &LibraryDocument,
    ) -> Result<(), Vec<ServerError>> {
        let own = self.faults(text);
        if own.is_empty() {
            return Ok(());
        }
        let library = (self.library)(document);
        let told = if library.is_empty() { own } else { library };
        Err(told
            .into_iter()
            .take(MOST_ERRORS)
            .map(words::bounded)
            .collect())
    }

    /// What is wrong with a document, in this validator's words; nothing if it is valid.
    fn faults(&self, text: &str) -> Vec<ServerError> {
        match ExecutableDocument::parse_and_validate(&self.schema, text, "") {
            Err(invalid) => {
                let each = invalid.errors.iter().take(MOST_ERRORS);
                each.map(|fault| self.words.of(&fault)).collect()
            }
            Ok(document) => {
                let faults = inputs::faults(&self.schema, &document);
                let each = faults.into_iter().take(MOST_ERRORS);
                each.map(|fault| self.words.of_input(&fault, &document.sources))
                    .collect()
            }
        }
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").finish_non_exhaustive()
    }
}

/// The schema of this text, for validators. What is wrong with the text, if anything, is said too: it
/// is the server's own, and a test holds it to be whole.
pub fn schema_of(sdl: &str) -> (Valid<Schema>, Option<String>) {
    match Schema::parse_and_validate(sdl, "schema.graphql") {
        Ok(schema) => (schema, None),
        Err(invalid) => (
            Valid::assume_valid(invalid.partial),
            Some(invalid.errors.to_string()),
        ),
    }
}
