//! The schema, and what runs operations on it.
//!
//! Resolvers parse, ask and show; they decide no rule. `engine` is the whole interface to
//! transports; `gate` is what an operation passes before it is executed.

#![allow(
    clippy::unused_async,
    reason = "a resolver is async, whether it waits or not"
)]

use async_graphql::{SDLExportOptions, ValidationMode};

mod commands;
mod context;
mod described;
pub mod engine;
mod errors;
mod events;
pub mod gate;
mod insights;
mod loaders;
mod query;
mod scalars;
mod subscription;
mod types;
pub(crate) mod validation;

/// Regie's schema.
pub type Schema =
    async_graphql::Schema<query::Query, commands::Mutation, subscription::Subscription>;

/// The schema; what a request needs comes with the request. Without introspection nothing else tells
/// names that a client does not know either: errors suggest none.
fn schema(introspection: bool) -> Schema {
    let schema = builder();
    if introspection {
        schema.finish()
    } else {
        schema
            .disable_introspection()
            .disable_suggestions()
            .finish()
    }
}

/// The same schema without most rules of validation, for the executions of a subscription after the one that
/// planned it: [`schema`] has judged its document then, and its variables, of which only the cursor that
/// it resumes from may be another since. Every execution would judge them again, which takes longer than showing
/// one conversation.
fn schema_for_repeats() -> Schema {
    builder().validation_mode(ValidationMode::Fast).finish()
}

fn builder() -> described::Builder {
    described::described(Schema::build(
        query::Query::default(),
        commands::Mutation::default(),
        subscription::Subscription,
    ))
    // The gate bounds depth and nesting; this only stands behind it and counts fragments too.
    .limit_recursive_depth(64)
}

/// The schema's text: the contract with clients.
pub fn sdl() -> String {
    // With where scalars are specified: the text must say what introspection says.
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .include_specified_by();
    described::in_sdl(&schema(true).sdl_with_options(options))
}
