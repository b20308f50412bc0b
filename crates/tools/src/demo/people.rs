//! Who can sign in to the demo, and their tokens.

use auth::SignRefused;
use domain::{Permission, QueueId, Scope};
use serde_json::{Value, json};

use super::tokens::{Grants, Mint};
use crate::client::{Client, ClientError};

/// An operation that every holder of a token may carry out.
const OPERATION: &str = "{ viewer { subject } }";

/// What a supervisor may do who only looks and joins.
const LOOKS_AND_JOINS: &[Permission] = &[Permission::Monitor, Permission::Join];

/// Somebody who can sign in.
pub struct User {
    /// The name in the token.
    pub subject: &'static str,
    /// What they are, in words.
    pub what: String,
    /// The token.
    pub token: String,
}

impl User {
    /// Carries out an operation with the token, to see that it is accepted.
    pub async fn sign_in(&self, client: &Client) -> Result<(), ClientError> {
        let caller = client.caller(&self.token)?;
        caller.query::<Value>(OPERATION, json!({})).await.map(drop)
    }
}

/// The people of a demo; the first is whom the page signs in.
pub struct People {
    mint: Mint,
    service: String,
    all: [(&'static str, String, Grants); 5],
}

impl People {
    /// Those of an organisation whose second supervisor leads these queues
    /// ([`super::Organisation::service`]).
    pub fn new(led: &[(&'static str, QueueId)], mint: Mint) -> Self {
        let (names, queues): (Vec<_>, _) = led.iter().copied().unzip();
        let service = names.join(" and ");
        let all = [
            (
                "ingrid",
                "supervisor of every queue, may do everything; an agent too".to_owned(),
                Grants::Lead,
            ),
            (
                "marco",
                format!("supervisor of {service}, monitors and joins"),
                Grants::Supervisor(Scope::Only(queues), LOOKS_AND_JOINS),
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
        Self { mint, service, all }
    }

    /// The queues that the second supervisor leads, in words.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Them with tokens that begin now.
    pub fn signed(&self) -> Result<Vec<User>, SignRefused> {
        let signed = self.all.iter().map(|(subject, what, grants)| {
            Ok(User {
                subject,
                what: what.clone(),
                token: self.mint.token(subject, grants)?,
            })
        });
        signed.collect()
    }
}
