//! Why a token was refused: for the operator, in the log. Whoever sent it gets the same words whatever
//! the reason ([`TokenRefused::shown`]), so that trying teaches nothing.
//!
//! Invariant: no variant can carry text of the token; claims are named by what they mean to this
//! server.

/// Why a token was not accepted. All of them are `UNAUTHENTICATED` to a client, in the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenRefused {
    /// The `Authorization` header has another scheme, or no token.
    #[error("the Authorization header must read: Bearer TOKEN")]
    NotBearer,
    /// More than [`MAX_TOKEN_BYTES`](super::MAX_TOKEN_BYTES).
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// Not three base64url parts with a JSON object in the first two.
    #[error("the token is not a signed JSON Web Token")]
    Malformed,
    /// `alg` is `none`, unknown, or not one of the configured key's.
    #[error("the token's algorithm is not accepted here")]
    AlgorithmRefused,
    /// `typ` says that it is something else, such as a logout or a proof-of-possession token.
    #[error("the token's type is not JWT or at+jwt")]
    WrongType,
    /// `crit` names extensions, and this server has none.
    #[error("the token demands a header extension that is not supported")]
    ExtensionDemanded,
    /// The issuer's keys have none of the `kid` that the token names, or the token names none and
    /// several keys would do.
    #[error("the token names no key that the issuer has")]
    UnknownKey,
    /// The issuer's keys could not be had, or are older than they may become.
    #[error("the issuer's keys are not to be had")]
    KeysUnavailable,
    /// Signed with another key, or changed after it was signed.
    #[error("the token's signature is not valid")]
    BadSignature,
    /// The claims have the same name twice, so that two readers might see two things.
    #[error("the token has a claim twice")]
    DuplicateClaim,
    /// This claim is needed and not there.
    #[error("the token lacks the claim {0}")]
    MissingClaim(&'static str),
    /// This claim has a type or a value that it cannot have.
    #[error("the token's claim {0} is malformed")]
    MalformedClaim(&'static str),
    /// `iss` is not the configured issuer.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// `aud` does not have the configured audience, or names one where none is configured.
    #[error("the token is for another audience")]
    WrongAudience,
    /// `nbf` lies more than the leeway ahead.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` lies more than the leeway ahead.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// From `iat` (or, without one, from now) to `exp` is longer than a token may live here.
    #[error("the token lives longer than tokens may")]
    LivesTooLong,
    /// It was taken back.
    #[error("the token was revoked")]
    Revoked,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
}

impl TokenRefused {
    /// What whoever sent it is told. Only the form of the `Authorization` header is named, which has
    /// nothing to do with the token in it.
    pub const fn shown(&self) -> &'static str {
        match self {
            Self::NotBearer => "the Authorization header must read: Bearer TOKEN",
            _ => "the token is not accepted",
        }
    }

    /// The label under which it is counted.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::NotBearer | Self::TooLong | Self::Malformed | Self::DuplicateClaim => "form",
            Self::AlgorithmRefused | Self::WrongType | Self::ExtensionDemanded => "header",
            Self::UnknownKey | Self::BadSignature => "signature",
            Self::KeysUnavailable => "keys",
            Self::Revoked => "revoked",
            Self::MissingClaim(_) | Self::MalformedClaim(_) => "claims",
            Self::WrongIssuer | Self::WrongAudience => "addressee",
            Self::NotYetValid | Self::IssuedInFuture | Self::LivesTooLong | Self::Expired => "time",
        }
    }
}
