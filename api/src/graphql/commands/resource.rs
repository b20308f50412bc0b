//! What the inputs of administrators' mutations have in common: how agents, queues and workstreams are
//! given, and how a new value is told from none and from null.

use std::sync::Arc;

use async_graphql::{InputObject, MaybeUndefined};

use super::input::{LONGEST_NAME, text};
use domain::patch::AutoClosePatch;
use domain::{Refusal, Subject, WrapUpCapacity};

/// The most capacity units that an agent may have, and that a conversation may take.
pub(super) const MOST_UNITS: u32 = 1_000;
/// The most seconds that a time limit may have: ten years.
const LONGEST_SECONDS: u32 = 315_360_000;

/// Seconds (1 or more) after which a conversation leaves a state by itself. null: the default of its channel.
/// Left out: that default for a new workstream, and unchanged for one that is there.
#[derive(InputObject)]
pub struct AutoCloseInput {
    /// In OPEN.
    open_seconds: MaybeUndefined<u32>,
    /// In ACTIVE; a VOICE conversation goes to WRAP_UP instead of CLOSED.
    active_seconds: MaybeUndefined<u32>,
    /// In WAITING.
    waiting_seconds: MaybeUndefined<u32>,
    /// In WRAP_UP.
    wrap_up_seconds: MaybeUndefined<u32>,
}

/// Defines payloads that show one thing of the organisation.
macro_rules! directory_payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$fdoc:meta])* $field:ident : $ty:ident })*) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$fdoc])*
            $field: Option<$ty>,
            /// Where in the event log this is. Null when refused.
            as_of: Option<crate::graphql::scalars::Cursor>,
            /// Why it was refused; empty when it was done.
            errors: Vec<crate::graphql::errors::CommandError>,
        }

        impl From<super::Done> for $name {
            fn from(done: super::Done) -> Self {
                Self { $field: done.outcome.$field.map($ty), as_of: done.as_of, errors: done.errors }
            }
        }
    )*};
}
pub(super) use directory_payloads;

/// Parses a new value: left out, it stays as it is; null says nothing that could be done.
pub(super) fn given<T, V>(
    path: &'static str,
    value: &MaybeUndefined<T>,
    parse: impl FnOnce(&T) -> Result<V, Refusal>,
) -> Result<Option<V>, Refusal> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(invalid(path, "give a value, or leave it out")),
        MaybeUndefined::Value(value) => parse(value).map(Some),
    }
}

/// Parses a name.
pub(super) fn name(given: &str) -> Result<Arc<str>, Refusal> {
    text("name", given, LONGEST_NAME)
}

/// Parses the `sub` of an agent's tokens.
pub(super) fn subject(given: &str) -> Result<Subject, Refusal> {
    let problem = "give 1 to 255 characters that are not all blank";
    Subject::new(given).ok_or_else(|| invalid("subject", problem))
}

/// Parses own auto-close times.
pub(super) fn auto_close(own: &AutoCloseInput) -> Result<AutoClosePatch, Refusal> {
    let parse = |path, given: &MaybeUndefined<u32>| match given {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(given) => seconds(path, *given).map(|given| Some(Some(given))),
    };
    Ok(AutoClosePatch {
        open_seconds: parse("autoClose.openSeconds", &own.open_seconds)?,
        active_seconds: parse("autoClose.activeSeconds", &own.active_seconds)?,
        waiting_seconds: parse("autoClose.waitingSeconds", &own.waiting_seconds)?,
        wrap_up_seconds: parse("autoClose.wrapUpSeconds", &own.wrap_up_seconds)?,
    })
}

/// Parses for how long `WRAP_UP` keeps the agent's capacity; none: until CLOSED.
pub(super) fn wrap_up_capacity(given: Option<u32>) -> Result<WrapUpCapacity, Refusal> {
    Ok(match given {
        None => WrapUpCapacity::Always,
        Some(0) => WrapUpCapacity::Never,
        Some(given) => {
            let path = "wrapUpCapacitySeconds";
            WrapUpCapacity::Seconds(at_most(path, given, LONGEST_SECONDS)?)
        }
    })
}

/// Parses a time limit.
pub(super) fn seconds(path: &'static str, given: u32) -> Result<u32, Refusal> {
    if given == 0 {
        return Err(invalid(path, "give 1 second or more"));
    }
    at_most(path, given, LONGEST_SECONDS)
}

/// Parses a time limit that may be left out.
pub(super) fn maybe_seconds(
    path: &'static str,
    given: Option<u32>,
) -> Result<Option<u32>, Refusal> {
    given.map(|given| seconds(path, given)).transpose()
}

/// Parses a number with an upper limit.
pub(super) fn at_most(path: &'static str, given: u32, most: u32) -> Result<u32, Refusal> {
    if given > most {
        return Err(invalid(path, &format!("give at most {most}")));
    }
    Ok(given)
}

fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.to_owned(),
    }
}
