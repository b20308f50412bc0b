//! The outside of a token: its three parts, its header, and the HTTP header it comes in.
//!
//! Only `alg`, `typ` and `crit` are read. Whatever else a header says (`kid`, `jku`, `jwk`,
//! `x5u`) is never followed: a token does not say where its own key is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::TokenRefused;

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

/// The header's fields that matter. A field given twice is an error of the derived reader.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

/// A token taken apart; nothing in it is verified.
pub(super) struct Parts<'a> {
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
        let header: Header =
            serde_json::from_slice(&decoded(header)?).map_err(|_| TokenRefused::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenRefused::ExtensionDemanded);
        }
        if header.typ.is_some_and(|typ| !is_access_token(&typ)) {
            return Err(TokenRefused::WrongType);
        }
        Ok(Self {
            algorithm: header
                .alg
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
