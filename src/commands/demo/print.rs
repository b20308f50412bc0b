//! What the demo says of itself: where it is, who can sign in, what to try.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use auth::SignRefused;
use tools::demo::{People, User};

use super::tokens::Key;

/// The page, ready to print.
pub(super) struct Page {
    address: SocketAddr,
    key: Key,
    seed: u64,
    service: String,
    people: Vec<User>,
}

impl Page {
    /// The page of this demo.
    pub(super) fn new(
        address: SocketAddr,
        key: Key,
        seed: u64,
        people: &People,
    ) -> Result<Self, SignRefused> {
        Ok(Self {
            address,
            key,
            seed,
            service: people.service().to_owned(),
            people: people.signed()?,
        })
    }

    /// Who can sign in, with the tokens that it prints.
    pub(super) fn people(&self) -> &[User] {
        &self.people
    }

    /// Prints it to standard output.
    pub(super) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let address = self.address;
        writeln!(
            out,
            "\nRegie, a demo. Ctrl-C stops it and leaves nothing behind.\n"
        )?;
        let signed_in = match (self.key, self.people.first()) {
            (Key::Own, Some(first)) => format!("  (signs in as {})", first.subject),
            _ => String::new(),
        };
        writeln!(out, "  GraphiQL  http://{address}/graphiql{signed_in}")?;
        writeln!(
            out,
            "  GraphQL   http://{address}/graphql  (POST, GET, WebSocket, SSE)"
        )?;
        writeln!(
            out,
            "  Seed      {}  (--seed makes the same choices again)",
            self.seed
        )?;
        writeln!(
            out,
            "\nA link signs in; what follows token= is the bearer token."
        )?;
        for User {
            subject,
            what,
            token,
        } in &self.people
        {
            writeln!(out, "\n  {subject}: {what}")?;
            writeln!(out, "  http://{address}/graphiql#token={token}")?;
        }
        if self.key == Key::Operators {
            let first = "Signed with your REGIE_JWT_SECRET: `regie token` makes more, and these";
            writeln!(out, "\n{first}\nare good wherever that secret is.")?;
        }
        writeln!(
            out,
            "\nTo try, as ingrid: list ongoingConversations by SENTIMENT, monitorConversation one that\n\
             turned sour and joinConversation it; assignConversation one that waits in OPEN, to an\n\
             agent, who answers within seconds, or to Robin, who is you; watch conversationChanges.\n\
             As marco: only {} are there, and assigning is refused.\n",
            self.service
        )?;
        out.flush()
    }
}
