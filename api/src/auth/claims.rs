//! The inside of a verified token: its payload as claims (domain.md section 3).
//!
//! A claim that is not there grants nothing. A role, permission or channel that this version
//! does not know grants nothing either, so that an issuer may be ahead of the server. A claim of
//! the wrong type, a malformed queue id, or the same claim twice refuses the token: whoever made
//! it meant something else than what would be understood.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::TokenRefused::{self, MalformedClaim, MissingClaim};
use crate::domain::viewer::Claims;
use crate::domain::{Channel, Permission, QueueId, Role, Scope, Subject};

/// The longest `jti`, in bytes.
const MAX_TOKEN_ID: usize = 255;

/// 9999-12-31T23:59:59Z, the last instant that RFC 3339 can write.
pub(super) const LAST_SECOND: i64 = 253_402_300_799;

/// The members of a token's payload.
pub(super) struct Payload {
    members: BTreeMap<String, Value>,
    has_duplicate: bool,
}

impl Payload {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenRefused> {
        let payload: Self = serde_json::from_slice(json).map_err(|_| TokenRefused::Malformed)?;
        if payload.has_duplicate {
            return Err(TokenRefused::DuplicateClaim);
        }
        Ok(payload)
    }

    pub(super) fn check_issuer(&self, expected: Option<&str>) -> Result<(), TokenRefused> {
        let issuer = self.text("iss")?;
        match (expected, issuer) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(MissingClaim("iss")),
            (Some(expected), Some(issuer)) if issuer == expected => Ok(()),
            (Some(_), Some(_)) => Err(TokenRefused::WrongIssuer),
        }
    }

    pub(super) fn check_audience(&self, expected: Option<&str>) -> Result<(), TokenRefused> {
        let audiences = match self.members.get("aud") {
            None => None,
            Some(Value::String(one)) => Some(vec![one.as_str()]),
            Some(several) => Some(texts("aud", several)?),
        };
        match (expected, audiences) {
            (None, None) => Ok(()),
            (Some(_), None) => Err(MissingClaim("aud")),
            (Some(expected), Some(audiences)) if audiences.contains(&expected) => Ok(()),
            (_, Some(_)) => Err(TokenRefused::WrongAudience),
        }
    }

    /// `nbf`, rounded up to a second.
    pub(super) fn not_before(&self) -> Result<Option<DateTime<Utc>>, TokenRefused> {
        self.instant("nbf", f64::ceil)
    }

    /// What the token says of its holder.
    pub(super) fn claims(&self) -> Result<Claims, TokenRefused> {
        let subject = self.text("sub")?.ok_or(MissingClaim("sub"))?;
        Ok(Claims {
            subject: Subject::new(subject).ok_or(MalformedClaim("sub"))?,
            roles: self.known("roles", Role::parse)?,
            permissions: self.known("permissions", Permission::parse)?,
            queues: self.scope("queues", |text| {
                let id: QueueId = text.parse().map_err(|_| MalformedClaim("queues"))?;
                Ok(Some(id))
            })?,
            channels: self.scope("channels", |text| Ok(Channel::parse(text)))?,
            expires_at: self
                .instant("exp", f64::floor)?
                .ok_or(MissingClaim("exp"))?,
            token_id: match self.text("jti")? {
                Some(id) if id.trim().is_empty() || id.len() > MAX_TOKEN_ID => {
                    return Err(MalformedClaim("jti"));
                }
                id => id.map(Into::into),
            },
        })
    }

    fn text(&self, claim: &'static str) -> Result<Option<&str>, TokenRefused> {
        match self.members.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(MalformedClaim(claim)),
        }
    }

    /// The names in a list that this version knows.
    fn known<T: Ord>(
        &self,
        claim: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<BTreeSet<T>, TokenRefused> {
        let Some(value) = self.members.get(claim) else {
            return Ok(BTreeSet::new());
        };
        Ok(texts(claim, value)?.into_iter().filter_map(parse).collect())
    }

    /// A list, or all of them: `"*"` or `["*"]`. A list that has `*` among others is malformed.
    fn scope<T: Ord>(
        &self,
        claim: &'static str,
        parse: impl Fn(&str) -> Result<Option<T>, TokenRefused>,
    ) -> Result<Scope<T>, TokenRefused> {
        let Some(value) = self.members.get(claim) else {
            return Ok(Scope::nothing());
        };
        if value.as_str() == Some("*") {
            return Ok(Scope::All);
        }
        let texts = texts(claim, value)?;
        if texts == ["*"] {
            return Ok(Scope::All);
        }
        if texts.contains(&"*") {
            return Err(MalformedClaim(claim));
        }
        let named: Result<Vec<Option<T>>, _> = texts.into_iter().map(parse).collect();
        Ok(Scope::Only(named?.into_iter().flatten().collect()))
    }

    /// A `NumericDate`: seconds since 1970, perhaps with a fraction, up to the year 9999.
    fn instant(
        &self,
        claim: &'static str,
        round: fn(f64) -> f64,
    ) -> Result<Option<DateTime<Utc>>, TokenRefused> {
        let Some(value) = self.members.get(claim) else {
            return Ok(None);
        };
        let seconds = value
            .as_i64()
            .or_else(|| value.as_f64().and_then(|seconds| whole(round(seconds))))
            .filter(|seconds| (0..=LAST_SECOND).contains(seconds))
            .ok_or(MalformedClaim(claim))?;
        DateTime::from_timestamp(seconds, 0)
            .map(Some)
            .ok_or(MalformedClaim(claim))
    }
}

/// The strings of a list of strings.
fn texts<'a>(claim: &'static str, value: &'a Value) -> Result<Vec<&'a str>, TokenRefused> {
    let list = value.as_array().ok_or(MalformedClaim(claim))?;
    list.iter()
        .map(|one| one.as_str().ok_or(MalformedClaim(claim)))
        .collect()
}

/// A rounded number as seconds, when it can be an instant at all.
fn whole(seconds: f64) -> Option<i64> {
    const LIMIT: f64 = 1e12;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounded, and far inside what an i64 and an f64 hold exactly"
    )]
    (seconds.abs() < LIMIT).then_some(seconds as i64)
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Reads an object and notes when a name comes twice, where a plain map would keep the last.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
        let mut payload = Payload {
            members: BTreeMap::new(),
            has_duplicate: false,
        };
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            payload.has_duplicate |= payload.members.insert(name, value).is_some();
        }
        Ok(payload)
    }
}
