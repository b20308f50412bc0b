//! Who takes part in a bench: tokens, and the viewers that they stand for.

use std::sync::Arc;
use std::time::Duration;

use auth::{AuthConfig, Authenticator, Secret, Signer, TokenRequest, VerifyingKey};
use chrono::Utc;
use domain::{Permission, QueueId, Role, Scope, Subject, Viewer};

use crate::Result;

/// Of no use elsewhere: servers of benches listen on loopback for minutes.
const SECRET: &str = "the secret of servers that live for one bench";

/// Signs and verifies.
pub struct People {
    signer: Signer,
    authenticator: Authenticator,
}

/// What the servers of benches accept.
pub fn auth() -> Result<AuthConfig> {
    Ok(AuthConfig::new(VerifyingKey::secret(&Secret::new(SECRET)?)))
}

impl People {
    /// Everybody.
    pub fn new() -> Result<Self> {
        Ok(Self {
            signer: Signer::new(&Secret::new(SECRET)?, None, None),
            authenticator: Authenticator::new(auth()?),
        })
    }

    /// A supervisor's token with every permission over these queues.
    pub fn supervisor(&self, subject: &str, queues: Scope<QueueId>) -> Result<String> {
        self.token(subject, Role::Supervisor, |request| {
            request.permissions = Permission::ALL.iter().copied().collect();
            request.queues = queues;
        })
    }

    /// An administrator.
    pub fn administrator(&self) -> Result<Arc<Viewer>> {
        self.viewer(&self.token("admin", Role::Administrator, |_| ())?)
    }

    /// The gateway of every channel.
    pub fn gateway(&self) -> Result<Arc<Viewer>> {
        let all = |request: &mut TokenRequest| request.channels = Scope::All;
        self.viewer(&self.token("gateway", Role::CustomerGateway, all)?)
    }

    /// The agent with this `sub`.
    pub fn agent(&self, subject: &str) -> Result<Arc<Viewer>> {
        self.viewer(&self.agent_token(subject)?)
    }

    /// The token of the agent with this `sub`.
    pub fn agent_token(&self, subject: &str) -> Result<String> {
        self.token(subject, Role::Agent, |_| ())
    }

    /// The viewer that a token stands for.
    pub fn viewer(&self, token: &str) -> Result<Arc<Viewer>> {
        Ok(self.authenticator.authenticate(token, Utc::now())?)
    }

    fn token(
        &self,
        subject: &str,
        role: Role,
        more: impl FnOnce(&mut TokenRequest),
    ) -> Result<String> {
        let subject = Subject::new(subject).ok_or("a blank subject")?;
        let mut request = TokenRequest::new(subject, Duration::from_hours(12));
        request.roles.insert(role);
        more(&mut request);
        Ok(self.signer.sign(&request, Utc::now())?)
    }
}
