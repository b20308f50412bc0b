//! The tokens of the demo's people.

use std::time::Duration;

use auth::{SignRefused, Signer, TokenRequest};
use chrono::TimeDelta;
use domain::{Permission, QueueId, Role, Scope, Subject};

use crate::Now;

/// How long a token is valid, where the settings allow it: a working day, and then some.
const TTL: Duration = Duration::from_hours(24);

/// What a token says beyond who its holder is.
pub enum Grants {
    /// An administrator.
    Administrator,
    /// The gateway of every channel.
    Gateway,
    /// An agent.
    Agent,
    /// A supervisor: the scope, and what may be done in it.
    Supervisor(Scope<QueueId>, &'static [Permission]),
    /// A supervisor of every queue who may do everything, and is an agent too.
    Lead,
}

/// Makes the demo's tokens.
#[derive(Clone)]
pub struct Mint {
    signer: Signer,
    ttl: Duration,
    now: Now,
    /// How long before the moment tokens say that they were issued. The server's clock begins in the
    /// past, and what was issued in its future is refused.
    before: TimeDelta,
}

impl Mint {
    /// Makes tokens with this signer, for a server that accepts none which lives longer than
    /// `max_lifetime`; `now` is the system's time, not that of the demo's server.
    pub fn new(signer: Signer, max_lifetime: TimeDelta, now: Now) -> Self {
        let most = max_lifetime.to_std();
        Self {
            signer,
            ttl: most.map_or(TTL, |most| most.min(TTL)),
            now,
            before: super::BEFORE_THE_CURTAIN,
        }
    }

    /// The same for a server whose clock is this much behind.
    pub(super) fn behind(&self, before: TimeDelta) -> Self {
        Self {
            before,
            ..self.clone()
        }
    }

    /// A token for this person.
    pub fn token(&self, subject: &'static str, grants: &Grants) -> Result<String, SignRefused> {
        // The names are the demo's own, and none is blank or too long.
        let subject = Subject::new(subject).ok_or(SignRefused::Signing)?;
        let mut request = TokenRequest::new(subject, self.ttl);
        let roles: &[Role] = match grants {
            Grants::Administrator => &[Role::Administrator],
            Grants::Agent => &[Role::Agent],
            Grants::Gateway => {
                request.channels = Scope::All;
                &[Role::CustomerGateway]
            }
            Grants::Supervisor(queues, permissions) => {
                request.queues = queues.clone();
                request.permissions = permissions.iter().copied().collect();
                &[Role::Supervisor]
            }
            Grants::Lead => {
                request.queues = Scope::All;
                request.permissions = Permission::ALL.iter().copied().collect();
                &[Role::Supervisor, Role::Agent]
            }
        };
        request.roles = roles.iter().copied().collect();
        self.signer.sign(&request, (self.now)() - self.before)
    }
}
