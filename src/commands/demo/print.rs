//! What the demo says of itself: where it is, who can sign in, what to try.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use api::auth::{SignRefused, Signer};
use api::domain::{Permission, QueueId, Scope};

use super::organisation::{Organisation, SERVICE};
use super::tokens::{Grants, Key, token};

/// What a supervisor may do who only looks and joins.
const LOOKS_AND_JOINS: &[Permission] = &[Permission::Monitor, Permission::Join];

/// The page, ready to print.
pub(super) struct Page {
    address: SocketAddr,
    key: Key,
    seed: u64,
    service: String,
    /// Who, what they may, and their token.
    people: [(&'static str, String, String); 5],
}

impl Page {
    /// The page of this demo.
    pub(super) fn new(
        address: SocketAddr,
        key: Key,
        seed: u64,
        organisation: &Organisation,
        signer: &Signer,
    ) -> Result<Self, SignRefused> {
        let led = SERVICE.map(|place| &organisation.places[place]);
        let service = led.map(|place| place.name).join(" and ");
        let queues: BTreeSet<QueueId> = led
            .iter()
            .filter_map(|place| place.queue.parse().ok())
            .collect();
        let everything = Grants::Supervisor(Scope::All, Permission::ALL);
        let service_only = Grants::Supervisor(Scope::Only(queues), LOOKS_AND_JOINS);
        let people = [
            (
                "ingrid",
                "supervisor of every queue, may do everything".to_owned(),
                everything,
            ),
            (
                "marco",
                format!("supervisor of {service}, monitors and joins"),
                service_only,
            ),
            (
                "robin",
                "agent; nobody plays Robin but you".to_owned(),
                Grants::Agent,
            ),
            (
                "gateway",
                "gateway of every channel".to_owned(),
                Grants::Gateway,
            ),
            (
                "administrator",
                "administrator".to_owned(),
                Grants::Administrator,
            ),
        ];
        let signed = people.map(|(subject, what, grants)| {
            token(signer, subject, grants).map(|token| (subject, what, token))
        });
        let [ingrid, marco, robin, gateway, administrator] = signed;
        Ok(Self {
            address,
            key,
            seed,
            service,
            people: [ingrid?, marco?, robin?, gateway?, administrator?],
        })
    }

    /// Prints it to standard output.
    pub(super) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let address = self.address;
        writeln!(
            out,
            "\nRegie, a demo. Ctrl-C stops it and leaves nothing behind.\n"
        )?;
        writeln!(out, "  GraphiQL  http://{address}/graphiql")?;
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
        for (subject, what, token) in &self.people {
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
