//! The outside of a token: its three parts, its header, and the HTTP header it comes in.
//!
//! Only `alg`, `typ`, `crit` and `kid` are read. A `kid` is a name that is compared with those of keys
//! that the server has, and nothing else: no path, no address, no query. Whatever else a header says
//! (`jku`, `jwk`, `x5u`, `x5c`) is never followed: a token does not say where its own key is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::{TokenRefused, members};

/// The token in the value of an `Authorization` header. The scheme's case does not matter.
pub fn bearer_token(authorization: &str) -> Result<&str, TokenRefused> {
    let (scheme, token) = authorization
        .trim()
        .split_once(' ')
        .ok_or(TokenRefused::NotBearer)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim_start())
    } else {
        Err(TokenRefused::NotBearer)
    }
}

/// What a header says of its key: `kid`.
pub(super) enum KeyId {
    /// Nothing.
    None,
    /// Something that is no text.
    NoText,
    /// A name.
    Text(String),
}

/// A token taken apart; nothing in it is verified.
pub(super) struct Parts<'a> {
    /// The key that the header names.
    pub(super) key_id: KeyId,
    /// The algorithm that the header names.
    pub(super) algorithm: Algorithm,
    /// Header and payload as they were signed.
    pub(super) signed: &'a [u8],
    /// The signature, in base64url.
    pub(super) signature: &'a str,
    payload: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(token: &'a str) -> Result<Self, TokenRefused> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRefused::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenRefused::Malformed)?;
        // An encrypted token has five parts.
        if payload.contains('.') {
            return Err(TokenRefused::Malformed);
        }
        // Read whole, so that it is bounded in depth and says nothing twice.
        let header = members::object(&decoded(header)?).map_err(|_| TokenRefused::Malformed)?;
        let field = |name: &str| header.get(name).filter(|value| !value.is_null());
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let named = |name: &str| match field(name).map(text) {
            Some(None) => Err(TokenRefused::Malformed),
            found => Ok(found.flatten()),
        };
        let algorithm = named("alg")?.ok_or(TokenRefused::Malformed)?;
        if field("crit").is_some() {
            return Err(TokenRefused::ExtensionDemanded);
        }
        if named("typ")?.is_some_and(|typ| !is_access_token(&typ)) {
            return Err(TokenRefused::WrongType);
        }
        Ok(Self {
            key_id: match field("kid").map(text) {
                None => KeyId::None,
                Some(None) => KeyId::NoText,
                Some(Some(text)) => KeyId::Text(text),
            },
            algorithm: algorithm
                .parse()
                .map_err(|_| TokenRefused::AlgorithmRefused)?,
            signed: signed.as_bytes(),
            signature,
            payload,
        })
    }

    /// The payload's bytes.
    pub(super) fn payload(&self) -> Result<Vec<u8>, TokenRefused> {
        decoded(self.payload)
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, TokenRefused> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenRefused::Malformed)
}

/// `JWT` (RFC 7519) or `at+jwt` (RFC 9068), with or without `application/`.
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(
        typ.strip_prefix("application/").unwrap_or(&typ),
        "jwt" | "at+jwt"
    )
}
