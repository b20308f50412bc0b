//! Who asks, as far as the token says (domain.md section 3).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fold::is_blank;
use super::{Channel, Permission, QueueId, Role};

/// A token's `sub`: the stable name of a person or program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(Arc<str>);

impl Subject {
    /// The longest subject, in characters.
    pub const MAX_LENGTH: usize = 255;

    /// A subject; none when the text is blank, too long, or has U+0000, which cannot be stored.
    pub fn new(text: &str) -> Option<Self> {
        let fits =
            !is_blank(text) && text.chars().count() <= Self::MAX_LENGTH && !text.contains('\0');
        fits.then(|| Self(text.into()))
    }

    /// The text of the token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// The name under which a gateway's customers, conversations and external ids are kept, the same for all its tokens
/// (domain.md section 11). Text like that of a subject.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(Subject);

impl Source {
    /// A source; none where a subject would be none.
    pub fn new(text: &str) -> Option<Self> {
        Subject::new(text).map(Self)
    }

    /// The text of the token.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<Subject> for Source {
    fn from(subject: Subject) -> Self {
        Self(subject)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A set of things a token names one by one, or all of them (`*`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope<T: Ord> {
    /// `*`.
    All,
    /// Only these.
    Only(BTreeSet<T>),
}

impl<T: Ord> Default for Scope<T> {
    fn default() -> Self {
        Self::nothing()
    }
}

impl<T: Ord> Scope<T> {
    /// The empty scope.
    pub const fn nothing() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// Whether the scope has this one.
    pub fn contains(&self, one: &T) -> bool {
        match self {
            Self::All => true,
            Self::Only(these) => these.contains(one),
        }
    }
}

/// What a verified token says of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `sub`.
    pub subject: Subject,
    /// `roles`.
    pub roles: BTreeSet<Role>,
    /// `permissions`, of a supervisor.
    pub permissions: BTreeSet<Permission>,
    /// `queues`, a supervisor's scope.
    pub queues: Scope<QueueId>,
    /// `channels`, a gateway's scope.
    pub channels: Scope<Channel>,
    /// `source`, a gateway's; none: its `sub`.
    pub source: Option<Source>,
    /// `iat`: when the token was issued, to the second.
    pub issued_at: DateTime<Utc>,
    /// `exp`: when the token ends.
    pub expires_at: DateTime<Utc>,
    /// `jti`, when the token carries one.
    pub token_id: Option<Arc<str>>,
}

/// What a token lets its holder see, whoever that is. Many viewers have the same access; what an
/// agent sees depends on who they are as well. The default shows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access {
    roles: BTreeSet<Role>,
    queues: Scope<QueueId>,
    channels: Scope<Channel>,
    source: Option<Source>,
}

impl Access {
    /// The roles.
    pub const fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// Whether it comes with this role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The supervisor's scope.
    pub const fn queues(&self) -> &Scope<QueueId> {
        &self.queues
    }

    /// The gateway's channels.
    pub const fn channels(&self) -> &Scope<Channel> {
        &self.channels
    }

    /// The gateway's source; none without the role `CUSTOMER_GATEWAY`, so that who has the others alone is alike.
    pub const fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// Whether its holder supervises or administrates, whatever it is.
    pub fn leads(&self) -> bool {
        self.has_role(Role::Supervisor) || self.has_role(Role::Administrator)
    }

    /// Whether its holder may know how many events there were, those that they do not see among them. An agent
    /// or gateway may not, in whatever other roles: a count would betray a supervisor who watches silently.
    pub fn knows_positions(&self) -> bool {
        self.leads() && !self.has_role(Role::Agent) && !self.has_role(Role::CustomerGateway)
    }

    /// Whether everybody with this access sees the same conversations.
    pub fn is_impersonal(&self) -> bool {
        !self.has_role(Role::Agent)
    }
}

/// A holder of a verified token. Only `auth` makes one: see `Viewer::of_verified_token`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    subject: Subject,
    access: Arc<Access>,
    permissions: BTreeSet<Permission>,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    token_id: Option<Arc<str>>,
}

impl Viewer {
    /// The viewer that a verified token stands for. Only `auth` may make one, which clippy holds.
    pub fn of_verified_token(claims: Claims) -> Self {
        let is_gateway = claims.roles.contains(&Role::CustomerGateway);
        let source = claims
            .source
            .unwrap_or_else(|| claims.subject.clone().into());
        let access = Access {
            source: is_gateway.then_some(source),
            roles: claims.roles,
            queues: claims.queues,
            channels: claims.channels,
        };
        Self {
            subject: claims.subject,
            access: Arc::new(access),
            permissions: claims.permissions,
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
            token_id: claims.token_id,
        }
    }

    /// The token's `sub`.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What the token lets its holder see, whoever they are.
    pub const fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// The token's roles.
    pub fn roles(&self) -> &BTreeSet<Role> {
        self.access.roles()
    }

    /// Whether the token has this role.
    pub fn has_role(&self, role: Role) -> bool {
        self.access.has_role(role)
    }

    /// The token's permissions.
    pub const fn permissions(&self) -> &BTreeSet<Permission> {
        &self.permissions
    }

    /// The supervisor's scope.
    pub fn queues(&self) -> &Scope<QueueId> {
        self.access.queues()
    }

    /// The gateway's channels.
    pub fn channels(&self) -> &Scope<Channel> {
        self.access.channels()
    }

    /// When the token was issued, to the second.
    pub const fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// When the token ends.
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// The token's `jti`.
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }
}
