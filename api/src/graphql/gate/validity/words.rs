//! How a fault of a document is told.

use apollo_compiler::diagnostic::Diagnostic;
use apollo_compiler::parser::{LineColumn, SourceMap};
use apollo_compiler::validation::DiagnosticData;
use async_graphql::{Pos, ServerError};

use super::inputs::Fault;
use crate::graphql::gate::coded;
use domain::refusal::Code;

/// The most characters of one message: names in it are the document's, and as long as that.
const MOST_CHARACTERS: usize = 300;
/// What is said where a name of the schema could be told.
const WITHOUT_NAMES: &str = "The document is not valid here.";

/// What may be told.
pub(super) struct Words {
    names: bool,
}

impl Words {
    /// With the schema's names, or without.
    pub(super) const fn new(names: bool) -> Self {
        Self { names }
    }

    /// A fault that the validator found.
    pub(super) fn of(&self, fault: &Diagnostic<'_, DiagnosticData>) -> ServerError {
        let at = fault.line_column_range().map(|range| range.start);
        self.told(&fault.error.to_string(), at)
    }

    /// A fault of an input value.
    pub(super) fn of_input(&self, fault: &Fault, sources: &SourceMap) -> ServerError {
        let at = fault.at.and_then(|at| at.line_column(sources));
        self.told(&fault.message, at)
    }

    fn told(&self, message: &str, at: Option<LineColumn>) -> ServerError {
        let at = at.map(|LineColumn { line, column }| Pos { line, column });
        let message = if self.names {
            format!("Not valid: {message}.")
        } else {
            WITHOUT_NAMES.to_owned()
        };
        coded(Code::InvalidInput, message, at)
    }
}

/// The same error with a code, and a message no longer than one has to be.
pub(super) fn bounded(mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", Code::InvalidInput.as_str());
    }
    if let Some((end, _)) = error.message.char_indices().nth(MOST_CHARACTERS) {
        error.message.truncate(end);
        error.message.push('…');
    }
    error
}
