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
    /// Whether it has the tokens.
    tokens: bool,
}

impl Page {
    /// The page of this demo.
    pub(super) fn new(
        address: SocketAddr,
        key: Key,
        seed: u64,
        people: &People,
        tokens: bool,
    ) -> Result<Self, SignRefused> {
        Ok(Self {
            address,
            key,
            seed,
            service: people.service().to_owned(),
            people: people.signed()?,
            // The pages hand none out where the operator's secret signs.
            tokens: tokens || key == Key::Operators,
        })
    }

    /// Who can sign in, with the tokens that it prints.
    pub(super) fn people(&self) -> &[User] {
        &self.people
    }

    /// Prints it to standard output: where it is, who is there, where to go on.
    pub(super) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let address = self.address;
        let signed_in = match (self.key, self.people.first()) {
            (Key::Own, Some(first)) => format!("  (signs in as {})", first.subject),
            _ => String::new(),
        };
        writeln!(
            out,
            "\n  Desk      http://{address}/{signed_in}\n  \
               GraphiQL  http://{address}/graphiql\n  \
               GraphQL   http://{address}/graphql  (POST, GET, WebSocket, SSE)\n\n\
             A demo of Regie, seed {} (--seed makes the same choices again). Ctrl-C ends it and leaves\n\
             nothing behind.\n",
            self.seed
        )?;
        let first = if self.tokens {
            "A link signs in; without graphiql in it, to the desk. What follows token= is the bearer token."
        } else {
            "Desk and GraphiQL have these to choose from; --tokens prints links and a token for each."
        };
        writeln!(out, "{first}")?;
        for User {
            subject,
            what,
            token,
        } in &self.people
        {
            writeln!(out, "  {subject:13}  {what}")?;
            if self.tokens {
                writeln!(out, "  http://{address}/graphiql#token={token}\n")?;
            }
        }
        if self.key == Key::Operators {
            let first = "Signed with your REGIE_JWT_SECRET: `regie token` makes more, and these";
            writeln!(out, "\n{first}\nare good wherever that secret is.")?;
        }
        writeln!(
            out,
            "\nTo try, as ingrid: the desk, or the tabs of GraphiQL from left to right, or docs/tour.md. Assign to Robin,\n\
             who is you. As marco: only {} are there, and assigning is refused.\n\
             To go on: docs/api.md builds on it, docs/first-organisation.md sets up one of your own.\n",
            self.service
        )?;
        out.flush()
    }
}
