//! Why a token was refused, in words that may be shown to whoever sent it.
//!
//! Invariant: no variant can carry text of the token; claims are named by the names this server
//! looks for.

/// Why a token was not accepted. All of them are `UNAUTHENTICATED` to a client.
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
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
}
