//! The inside of a verified token: its payload as claims (domain.md section 3).
//!
//! A claim that is not there grants nothing. A role, permission or channel that this version
//! does not know grants nothing either, so that an issuer may be ahead of the server. A claim of
//! the wrong type, a malformed queue id, or the same claim twice refuses the token: whoever made
//! it meant something else than what would be understood.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::TokenRefused::{self, LivesTooLong, MalformedClaim, MissingClaim};
use super::members;
use super::rules::{ClaimPath, TokenRules};
use domain::fold::is_blank;
use domain::viewer::Claims;
use domain::{Channel, Permission, QueueId, Revocation, Scope, Source, Subject};

/// 9999-12-31T23:59:59Z, the last instant that RFC 3339 can write.
pub(super) const LAST_SECOND: i64 = 253_402_300_799;

/// The members of a token's payload.
pub(super) struct Payload(Map<String, Value>);

impl Payload {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenRefused> {
        members::object(json).map(Self)
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
        let audiences = match self.0.get("aud") {
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
    pub(super) fn claims(&self, rules: &TokenRules) -> Result<Claims, TokenRefused> {
        let paths = &rules.claims;
        let subject = self
            .text_at("sub", &paths.subject)?
            .ok_or(MissingClaim("sub"))?;
        let expires_at = self
            .instant("exp", f64::floor)?
            .ok_or(MissingClaim("exp"))?;
        let issued_at = match self.instant("iat", f64::floor)? {
            Some(issued_at) if expires_at - issued_at > rules.max_lifetime => {
                return Err(LivesTooLong);
            }
            Some(issued_at) => issued_at,
            // As early as it may have been: then a revocation of its subject hits it, unless it ends
            // after everything that the revocation is kept for.
            None => expires_at - rules.max_lifetime,
        };
        Ok(Claims {
            subject: Subject::new(subject).ok_or(MalformedClaim("sub"))?,
            roles: rules.roles.roles(&self.names("roles", &paths.roles)?),
            permissions: {
                let names = self.names("permissions", &paths.permissions)?;
                let known = names.into_iter().filter_map(Permission::parse);
                known.collect::<BTreeSet<_>>()
            },
            queues: self.scope("queues", &paths.queues, |text| {
                let id: QueueId = text.parse().map_err(|_| MalformedClaim("queues"))?;
                Ok(Some(id))
            })?,
            channels: self.scope("channels", &paths.channels, |text| Ok(Channel::parse(text)))?,
            source: match self.text_at("source", &paths.source)? {
                Some(text) => Some(Source::new(text).ok_or(MalformedClaim("source"))?),
                None => None,
            },
            issued_at,
            expires_at,
            token_id: match self.text_at("jti", &paths.token_id)? {
                // What cannot be stored could not be taken back.
                Some(id)
                    if is_blank(id) || id.len() > Revocation::MAX_TOKEN_ID || id.contains('\0') =>
                {
                    return Err(MalformedClaim("jti"));
                }
                id => id.map(Into::into),
            },
        })
    }

    /// Whether the token says when it was issued.
    pub(super) fn has_issue_date(&self) -> bool {
        self.0.contains_key("iat")
    }

    fn text(&self, claim: &'static str) -> Result<Option<&str>, TokenRefused> {
        self.text_at(claim, &claim.into())
    }

    fn text_at(&self, claim: &'static str, at: &ClaimPath) -> Result<Option<&str>, TokenRefused> {
        match at.find(claim, &self.0)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(MalformedClaim(claim)),
        }
    }

    /// The names in a list.
    fn names(&self, claim: &'static str, at: &ClaimPath) -> Result<Vec<&str>, TokenRefused> {
        let value = at.find(claim, &self.0)?;
        value.map_or(Ok(Vec::new()), |value| texts(claim, value))
    }

    /// A list, or all of them: `"*"` or `["*"]`. A list that has `*` among others is malformed.
    fn scope<T: Ord>(
        &self,
        claim: &'static str,
        at: &ClaimPath,
        parse: impl Fn(&str) -> Result<Option<T>, TokenRefused>,
    ) -> Result<Scope<T>, TokenRefused> {
        let Some(value) = at.find(claim, &self.0)? else {
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
        let Some(value) = self.0.get(claim) else {
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
