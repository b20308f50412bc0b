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

/// What the library tells of a type by introspection, and the validator does not know of.
const INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

static SCHEMA: LazyLock<Arc<Valid<apollo_compiler::Schema>>> = LazyLock::new(|| {
    let (schema, problem) = schema_of(&text());
    if let Some(problem) = problem {
        tracing::error!(%problem, "the schema is not whole for the validator of documents");
    }
    Arc::new(schema)
});

fn text() -> String {
    format!("{}\n{INTROSPECTION}\n", super::sdl())
}

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
    use apollo_compiler::schema::ExtendedType;
    use async_graphql::parser::parse_query;
    use serde_json::Value;

    #[test]
    fn the_schema_is_whole_for_the_validator() {
        assert_eq!(schema_of(&text()).1, None);
    }

    #[tokio::test]
    async fn the_validator_knows_every_field_that_introspection_tells_its_own_too() {
        let of_type =
            "type { ".to_owned() + &"kind name ofType { ".repeat(4) + "kind name" + &" }".repeat(5);
        let query = format!(
            "{{ __schema {{ types {{ name enumValues {{ name }} inputFields {{ name {of_type} }}
             fields {{ name {of_type} args {{ name {of_type} }} }} }} }} }}"
        );
        let told = super::super::schema(true).execute(query).await;
        let told = told.data.into_json().unwrap();
        let types = told["__schema"]["types"].as_array().unwrap();
        assert!(types.iter().any(|one| one["name"] == "__Type"));
        for one in types {
            let name = one["name"].as_str().unwrap();
            let known = SCHEMA.types.get(name).unwrap_or_else(|| panic!("{name}"));
            // What of introspection itself may be null the library says otherwise than the specification.
            let nullable = |line: String| {
                let own = name.starts_with("__");
                if own { line.replace('!', "") } else { line }
            };
            let compared =
                |shape: Vec<String>| -> Vec<String> { shape.into_iter().map(nullable).collect() };
            assert_eq!(compared(shape(one)), compared(known_shape(known)), "{name}");
        }
    }

    /// Names and types of what a type has, as introspection tells them.
    fn shape(one: &Value) -> Vec<String> {
        let list = |of: &Value| of.as_array().cloned().unwrap_or_default();
        let text = |one: &Value| one["name"].as_str().unwrap_or_default().to_owned();
        let typed = |one: &Value| format!("{}: {}", text(one), written(&one["type"]));
        let mut shape: Vec<String> = list(&one["enumValues"]).iter().map(text).collect();
        shape.extend(list(&one["inputFields"]).iter().map(typed));
        for field in list(&one["fields"]) {
            shape.push(typed(&field));
            let arguments = list(&field["args"]);
            let arguments = arguments.iter().map(typed);
            shape.extend(arguments.map(|argument| format!("{}({argument})", text(&field))));
        }
        shape.sort();
        shape
    }

    /// A type as the language writes it.
    fn written(of_type: &Value) -> String {
        let inner = &of_type["ofType"];
        match of_type["kind"].as_str() {
            Some("NON_NULL") => format!("{}!", written(inner)),
            Some("LIST") => format!("[{}]", written(inner)),
            _ => of_type["name"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The same, as the validator knows it.
    fn known_shape(known: &ExtendedType) -> Vec<String> {
        let mut shape = Vec::new();
        let fields = match known {
            ExtendedType::Object(object) => Some(&object.fields),
            ExtendedType::Interface(interface) => Some(&interface.fields),
            _ => None,
        };
        for field in fields.into_iter().flat_map(|fields| fields.values()) {
            shape.push(format!("{}: {}", field.name, field.ty));
            for argument in &field.arguments {
                shape.push(format!(
                    "{}({}: {})",
                    field.name, argument.name, argument.ty
                ));
            }
        }
        match known {
            ExtendedType::Enum(known) => shape.extend(known.values.keys().map(ToString::to_string)),
            ExtendedType::InputObject(known) => {
                let fields = known.fields.values();
                shape.extend(fields.map(|field| format!("{}: {}", field.name, field.ty)));
            }
            _ => {}
        }
        shape.sort();
        shape
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
