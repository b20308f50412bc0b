//! The validator of documents against Regie's schema.
//!
//! Its schema is read from the server's own text of it once in a process, whatever servers run there.
//!
//! What it must not do: judge differently by who asks.

use std::sync::{Arc, LazyLock};

use apollo_compiler::validation::Valid;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, ServerError};
use futures_util::FutureExt;

use super::Schema;
use super::gate::{Validator, schema_of};

/// No operation has this name: it is none that the language can write.
const NO_OPERATION: &str = " ";

static SCHEMA: LazyLock<Arc<Valid<apollo_compiler::Schema>>> = LazyLock::new(|| {
    let (schema, problem) = schema_of(&super::sdl());
    if let Some(problem) = problem {
        tracing::error!(%problem, "the schema is not whole for the validator of documents");
    }
    Arc::new(schema)
});

/// A validator, with the words of this schema where it has some. Without `names` errors tell none.
pub(super) fn validator(schema: &Schema, names: bool) -> Validator {
    let schema = schema.clone();
    let library = move |document: &ExecutableDocument| objections(&schema, document);
    Validator::new(Arc::clone(&SCHEMA), Box::new(library), names)
}

/// The validator of a server that tells names, without one.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn of_any_server() -> Validator {
    validator(&super::schema(true), true)
}

/// What the library has against a document without its variables.
///
/// It validates before it looks for the operation, and there is none of this name: so nothing can be
/// executed, nothing is waited for, and a document to which it objects to nothing else ends with that.
fn objections(schema: &Schema, document: &ExecutableDocument) -> Vec<ServerError> {
    let mut request = Request::new("").operation_name(NO_OPERATION);
    request.set_parsed_query(document.clone());
    let answer = schema.execute(request).now_or_never();
    let mut errors = answer.map(|answer| answer.errors).unwrap_or_default();
    errors.retain(|error| !error.message.starts_with("Unknown operation named"));
    errors
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn the_schema_is_whole_for_the_validator() {
        assert_eq!(schema_of(&super::super::sdl()).1, None);
    }

    #[test]
    fn the_library_is_asked_for_its_words_without_executing() {
        let schema = super::super::schema(true);
        let told = |text: &str| objections(&schema, &parse_query(text).unwrap());
        assert!(told("{ viewer { subject } }").is_empty());
        assert!(told("subscription { notifications { cursor } }").is_empty());
        // Without the request's data every resolver would fail, and say so.
        assert!(told("mutation A { setPresence(input: { presence: AWAY }) { asOf } }").is_empty());
        let unknown = told("query A($x: ID) { viewer { subjekt } }");
        assert!(
            unknown
                .iter()
                .any(|error| error.message.contains("Did you mean"))
        );
        assert_eq!(unknown.len(), 2, "{unknown:?}");
    }
}
