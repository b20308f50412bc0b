//! Parsing inputs: ids, texts and terms, each with the field's name when it is wrong.

use std::sync::Arc;

use async_graphql::{ID, Result};
use domain::fold::is_blank;
use domain::ids::InvalidId;

use domain::{ConversationId, Refusal};
use engine::app::Terms;
use engine::store::Idempotency;

/// The longest name, in characters.
pub(super) const LONGEST_NAME: usize = 200;
const LONGEST_REASON: usize = 500;
const LONGEST_KEY: usize = 128;

/// An input about one conversation.
pub(super) trait OnConversation {
    /// Which.
    fn conversation(&self) -> Result<ConversationId, Refusal>;
    /// Under which conditions.
    fn terms(&self, mutation: &'static str) -> Result<Terms, Refusal>;
}

/// Parses an id.
pub(super) fn id<T: std::str::FromStr<Err = InvalidId>>(
    path: &'static str,
    id: &ID,
) -> Result<T, Refusal> {
    id.parse()
        .map_err(|error: InvalidId| Refusal::InvalidInput {
            path,
            problem: error.to_string(),
        })
}

/// Parses an id that may be left out.
pub(super) fn maybe_id<T: std::str::FromStr<Err = InvalidId>>(
    path: &'static str,
    maybe: Option<&ID>,
) -> Result<Option<T>, Refusal> {
    maybe.map(|given| id(path, given)).transpose()
}

/// Parses text that must say something.
pub(super) fn text(path: &'static str, text: &str, longest: usize) -> Result<Arc<str>, Refusal> {
    let length = text.chars().count();
    if is_blank(text) || length > longest {
        let problem =
            format!("give 1 to {longest} characters that are not all blank; this has {length}");
        return Err(Refusal::InvalidInput { path, problem });
    }
    if text.contains('\0') {
        let problem = "the character U+0000 cannot be stored".to_owned();
        return Err(Refusal::InvalidInput { path, problem });
    }
    Ok(text.into())
}

/// Parses text that must say something, of whatever length: what is too long of it is cut.
pub(super) fn text_to_cut(path: &'static str, given: &str) -> Result<Arc<str>, Refusal> {
    if is_blank(given) {
        let problem = "give text that is not all blank".to_owned();
        return Err(Refusal::InvalidInput { path, problem });
    }
    text(path, given, usize::MAX)
}

/// Parses text that may be left out.
pub(super) fn maybe_text(
    path: &'static str,
    maybe: Option<&String>,
    longest: usize,
) -> Result<Option<Arc<str>>, Refusal> {
    maybe.map(|given| text(path, given, longest)).transpose()
}

/// Parses the conditions that every input may have.
pub(super) fn terms(
    mutation: &'static str,
    expected_version: Option<u32>,
    reason: Option<&String>,
    idempotency_key: Option<&String>,
) -> Result<Terms, Refusal> {
    let idempotency = match idempotency_key {
        None => None,
        Some(key) => {
            if key.is_empty() || key.chars().count() > LONGEST_KEY || key.contains('\0') {
                let problem = format!("give 1 to {LONGEST_KEY} characters");
                return Err(Refusal::InvalidInput {
                    path: "idempotencyKey",
                    problem,
                });
            }
            Some(Idempotency {
                key: key.clone(),
                mutation: mutation.to_owned(),
                // Bound when the input is parsed: see `Terms::bind`.
                input: String::new(),
                refusals: false,
            })
        }
    };
    let reason = maybe_text("reason", reason, LONGEST_REASON)?;
    Ok(Terms {
        expected_version,
        reason: reason.map(|reason| reason.to_string()),
        idempotency,
    })
}

/// Defines inputs about one conversation: what they hold, and the conditions that all of them take.
macro_rules! conversation_inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $name {
            /// The conversation (`conv_…`).
            conversation_id: async_graphql::ID,
            $($(#[$fdoc])* $field: $ty,)*
            /// Only if the conversation is at this version; otherwise VERSION_CONFLICT.
            expected_version: Option<u32>,
            /// Why, in your words, up to 500 characters; kept in the audit trail.
            reason: Option<String>,
            /// Makes it safe to repeat: a repeat with the same input is answered from the first
            /// outcome, also after a restart. 1 to 128 characters, kept for 24 hours; a refusal leaves the key free.
            idempotency_key: Option<String>,
        }

        impl $crate::graphql::commands::input::OnConversation for $name {
            fn conversation(&self) -> Result<domain::ConversationId, domain::Refusal> {
                $crate::graphql::commands::input::id("conversationId", &self.conversation_id)
            }

            fn terms(
                &self,
                mutation: &'static str,
            ) -> Result<engine::app::Terms, domain::Refusal> {
                $crate::graphql::commands::input::terms(
                    mutation,
                    self.expected_version,
                    self.reason.as_ref(),
                    self.idempotency_key.as_ref(),
                )
            }
        }
    )*};
}
pub(super) use conversation_inputs;
