//! What Regie itself says in transcripts, in the languages of its customers.

use async_graphql::Enum;

use domain::SystemMessage;

/// A language in which Regie itself speaks.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[graphql(name = "EN")]
    En,
    /// Dutch.
    #[graphql(name = "NL")]
    Nl,
}

/// The message in this language: plain, polite, and without a name, since customers read it too.
pub const fn said(message: SystemMessage, language: Language) -> &'static str {
    use Language::{En, Nl};
    use SystemMessage as Says;
    match (message, language) {
        (Says::SupervisorJoined, En) => "A supervisor has joined the conversation.",
        (Says::SupervisorJoined, Nl) => "Een supervisor neemt deel aan het gesprek.",
        (Says::SupervisorLeft, En) => "A supervisor has left the conversation.",
        (Says::SupervisorLeft, Nl) => "Een supervisor heeft het gesprek verlaten.",
        (Says::ForceClosed, En) => "A supervisor has ended the conversation.",
        (Says::ForceClosed, Nl) => "Een supervisor heeft het gesprek beëindigd.",
        (Says::TakenOver, En) => "A supervisor has taken over the conversation.",
        (Says::TakenOver, Nl) => "Een supervisor heeft het gesprek overgenomen.",
    }
}
