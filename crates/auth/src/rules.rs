//! What a token's claims are called and how long it may live: what an operator sets, so that tokens
//! of an identity provider fit as they are (docs/identity.md).
//!
//! Invariants: with a map of roles, nothing grants a role but what the map names; a path leads to at
//! most one value.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::TokenRefused::{self, MalformedClaim};
use domain::Role;

/// Where a claim stands in a token's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// A path: the name of a claim (`roles`); names with dots between for one inside another
    /// (`realm_access.roles`); a name that has `://`, as it is (`https://desk.example/roles`); or a
    /// JSON Pointer, for names with dots in them (`/extn.queues`). None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let names: Vec<String> = if let Some(pointer) = text.strip_prefix('/') {
            let unescaped = |name: &str| name.replace("~1", "/").replace("~0", "~");
            pointer.split('/').map(unescaped).collect()
        } else if text.contains("://") {
            vec![text.to_owned()]
        } else {
            text.split('.').map(str::to_owned).collect()
        };
        let blank = |name: &String| name.trim().is_empty() || name.trim() != name;
        (!names.iter().any(blank)).then_some(Self(names))
    }

    /// The value there, if there is one. On the way to it there are only objects.
    pub(super) fn find<'a>(
        &self,
        claim: &'static str,
        members: &'a Map<String, Value>,
    ) -> Result<Option<&'a Value>, TokenRefused> {
        let mut at = members;
        let Some((last, outer)) = self.0.split_last() else {
            return Ok(None);
        };
        for name in outer {
            match at.get(name) {
                None => return Ok(None),
                Some(Value::Object(inner)) => at = inner,
                Some(_) => return Err(MalformedClaim(claim)),
            }
        }
        Ok(at.get(last))
    }
}

impl From<&str> for ClaimPath {
    /// The claim of this name at the top.
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

/// Where each of the claims that Regie reads stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPaths {
    /// Who the holder is: text. `sub` unless set otherwise.
    pub subject: ClaimPath,
    /// `roles`: a list of names.
    pub roles: ClaimPath,
    /// `permissions`: a list of names.
    pub permissions: ClaimPath,
    /// `queues`: a list of ids, or `*`.
    pub queues: ClaimPath,
    /// `channels`: a list of names, or `*`.
    pub channels: ClaimPath,
    /// `source`: text.
    pub source: ClaimPath,
    /// The token's own id: text. `jti` unless set otherwise.
    pub token_id: ClaimPath,
}

impl Default for ClaimPaths {
    fn default() -> Self {
        Self {
            subject: "sub".into(),
            roles: "roles".into(),
            permissions: "permissions".into(),
            queues: "queues".into(),
            channels: "channels".into(),
            source: "source".into(),
            token_id: "jti".into(),
        }
    }
}

/// What the names of roles in a token mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap(Option<BTreeMap<String, BTreeSet<Role>>>);

impl RoleMap {
    /// A map: `NAME=ROLE`, with commas between; a name may come several times. None for anything
    /// else, and where ROLE is none of Regie's.
    pub fn parse(text: &str) -> Option<Self> {
        let mut map = BTreeMap::<String, BTreeSet<Role>>::new();
        for entry in text.split(',') {
            let (name, role) = entry.rsplit_once('=')?;
            let (name, role) = (name.trim(), Role::parse(role.trim())?);
            if name.is_empty() {
                return None;
            }
            map.entry(name.to_owned()).or_default().insert(role);
        }
        Some(Self(Some(map)))
    }

    /// The roles that these names grant. Without a map a name grants the role of that name.
    pub(super) fn roles(&self, names: &[&str]) -> BTreeSet<Role> {
        let names = names.iter();
        match &self.0 {
            None => names.filter_map(|name| Role::parse(name)).collect(),
            Some(map) => names
                .filter_map(|name| map.get(*name))
                .flatten()
                .copied()
                .collect(),
        }
    }
}

/// What is asked of a token beside its signature, issuer and audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRules {
    /// How far `nbf` and `iat` may lie ahead of this server's clock, since an issuer's clock may run
    /// ahead. `exp` has no such leeway: a token must end at one instant, the same for a request and
    /// for a stream that is already running.
    pub clock_skew: TimeDelta,
    /// The longest time from `iat` to `exp`. It bounds how long a revocation has to be kept.
    pub max_lifetime: TimeDelta,
    /// Where the claims stand.
    pub claims: ClaimPaths,
    /// What the names of roles mean.
    pub roles: RoleMap,
}

impl TokenRules {
    /// The leeway where nobody sets another, in seconds.
    pub const CLOCK_SKEW_SECONDS: i64 = domain::revocation::CLOCK_SKEW_SECONDS;
    /// The longest life where nobody sets another: 31 days, in hours.
    pub const MAX_LIFETIME_HOURS: i64 = domain::revocation::MAX_TOKEN_LIFETIME_HOURS;
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            clock_skew: TimeDelta::seconds(Self::CLOCK_SKEW_SECONDS),
            max_lifetime: TimeDelta::hours(Self::MAX_LIFETIME_HOURS),
            claims: ClaimPaths::default(),
            roles: RoleMap::default(),
        }
    }
}
