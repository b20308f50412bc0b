//! Tokens for every role.

use auth::{Secret, Signer, TokenRequest};
use chrono::{DateTime, Utc};
use domain::{Channel, Permission, QueueId, Role, Scope, Source, Subject};
use std::sync::LazyLock;
use std::time::Duration;

/// What test servers verify with.
pub const SECRET: &str = "a secret for tests only, thirty-two bytes and more";

/// When the first token was signed.
static BEGAN: LazyLock<DateTime<Utc>> = LazyLock::new(Utc::now);

/// A token to be, with what it says.
pub struct Token(TokenRequest);

impl Token {
    /// A token with one role and nothing else.
    pub fn of(subject: &str, role: Role) -> Self {
        let mut request =
            TokenRequest::new(Subject::new(subject).unwrap(), Duration::from_hours(7 * 24));
        request.roles = [role].into();
        Self(request)
    }

    /// A supervisor of everything.
    pub fn supervisor(subject: &str) -> Self {
        let mut token = Self::of(subject, Role::Supervisor);
        token.0.permissions = Permission::ALL.iter().copied().collect();
        token.0.queues = Scope::All;
        token
    }

    /// An agent.
    pub fn agent(subject: &str) -> Self {
        Self::of(subject, Role::Agent)
    }

    /// A gateway of every channel.
    pub fn gateway() -> Self {
        Self::gateway_of("gateway")
    }

    /// A gateway of every channel, held by this subject.
    pub fn gateway_of(subject: &str) -> Self {
        Self::of(subject, Role::CustomerGateway)
            .every_channel()
            .source("gateway")
    }

    /// With this source.
    pub fn source(mut self, source: &str) -> Self {
        self.0.source = Source::new(source);
        self
    }

    /// With every channel.
    pub fn every_channel(mut self) -> Self {
        self.0.channels = Scope::All;
        self
    }

    /// An administrator.
    pub fn administrator() -> Self {
        Self::of("admin", Role::Administrator)
    }

    /// With another role as well.
    pub fn and(mut self, role: Role) -> Self {
        self.0.roles.insert(role);
        self
    }

    /// With these roles only.
    pub fn roles(mut self, roles: &[Role]) -> Self {
        self.0.roles = roles.iter().copied().collect();
        self
    }

    /// With these channels only.
    pub fn channels(mut self, channels: &[Channel]) -> Self {
        self.0.channels = Scope::Only(channels.iter().copied().collect());
        self
    }

    /// With these queues only.
    pub fn queues(mut self, queues: &[&str]) -> Self {
        let ids = queues.iter().map(|id| id.parse::<QueueId>().unwrap());
        self.0.queues = Scope::Only(ids.collect());
        self
    }

    /// With these permissions only.
    pub fn permissions(mut self, permissions: &[Permission]) -> Self {
        self.0.permissions = permissions.iter().copied().collect();
        self
    }

    /// With this id of its own.
    pub fn id(mut self, id: &str) -> Self {
        self.0.token_id = Some(id.to_owned());
        self
    }

    /// For so long.
    pub fn lasting(mut self, ttl: Duration) -> Self {
        self.0.ttl = ttl;
        self
    }

    /// Signed. Long ones are all issued when the tests began, so that of two tokens of a subject none
    /// is the newer one by the accident of a second: a newer one takes over what an earlier one holds.
    pub fn sign(&self) -> String {
        let long = self.0.ttl >= Duration::from_hours(24);
        self.sign_at(if long { *BEGAN } else { Utc::now() })
    }

    /// Signed, and issued at this instant.
    pub fn sign_at(&self, issued_at: DateTime<Utc>) -> String {
        let signer = Signer::new(&Secret::new(SECRET).unwrap(), None, None);
        signer.sign(&self.0, issued_at).unwrap()
    }
}
