//! The keys that tokens are verified with.
//!
//! Invariants: a [`Secret`] that exists is long enough; a [`VerifyingKey`] that exists is usable;
//! the kind of key fixes the algorithms. So a public key can never be taken for an HMAC secret,
//! and neither type shows its content in `Debug`.

use std::fmt;

use jsonwebtoken::crypto::{rust_crypto, verify};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::TokenRefused;
use super::token::Parts;

/// Why a key cannot be used. Safe to show: it carries nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// A secret below [`Secret::MIN_BYTES`].
    #[error("a secret needs at least 32 bytes")]
    SecretTooShort,
    /// A PEM document where a secret is due.
    #[error("a PEM key cannot be a secret")]
    SecretIsPem,
    /// A private key where a public one is due.
    #[error("this is a private key, and only its public key belongs here")]
    PrivateKey,
    /// Not one PEM block that holds a public key.
    #[error("this is not one public key in PEM (BEGIN PUBLIC KEY, or BEGIN RSA PUBLIC KEY)")]
    NotPublicKeyPem,
    /// An RSA key outside 2,048 to 4,096 bits.
    #[error("an RSA key needs 2,048 to 4,096 bits")]
    RsaSize,
    /// Neither RSA nor P-256 nor Ed25519.
    #[error("only RSA, EC P-256 and Ed25519 keys are supported")]
    UnsupportedKey,
}

/// A shared secret for HS256, of at least 32 bytes (RFC 7518 section 3.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The least number of bytes: as many as the hash has.
    pub const MIN_BYTES: usize = 32;

    /// A secret; refused when it is too short, or a PEM document that was put in the wrong place.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyRefused> {
        let text = text.into();
        if text.contains("-----BEGIN") {
            return Err(KeyRefused::SecretIsPem);
        }
        if text.len() < Self::MIN_BYTES {
            return Err(KeyRefused::SecretTooShort);
        }
        Ok(Self(text))
    }

    pub(super) const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// A key that tokens are verified with, and the algorithms it goes with.
#[derive(Clone)]
pub struct VerifyingKey {
    key: DecodingKey,
    algorithms: &'static [Algorithm],
}

impl VerifyingKey {
    /// A shared secret: HS256.
    pub fn secret(secret: &Secret) -> Self {
        Self {
            key: DecodingKey::from_secret(secret.as_bytes()),
            algorithms: &[Algorithm::HS256],
        }
    }

    /// A public key in PEM: RSA is RS256 and PS256, EC P-256 is ES256, Ed25519 is `EdDSA`.
    pub fn public_key_pem(pem: &str) -> Result<Self, KeyRefused> {
        if pem.contains("PRIVATE KEY-----") {
            return Err(KeyRefused::PrivateKey);
        }
        // The first block would be taken silently where there are two.
        let labels = pem.matches("-----BEGIN ").count();
        let public = pem.contains("-----BEGIN PUBLIC KEY-----")
            || pem.contains("-----BEGIN RSA PUBLIC KEY-----");
        if labels != 1 || !public {
            return Err(KeyRefused::NotPublicKeyPem);
        }
        let pem = pem.as_bytes();
        if let Ok(key) = DecodingKey::from_rsa_pem(pem) {
            rsa(key)
        } else if let Ok(key) = DecodingKey::from_ec_pem(pem) {
            ec(key)
        } else if let Ok(key) = DecodingKey::from_ed_pem(pem) {
            ed(key)
        } else {
            // What base64 and DER say of a broken document is no help; an unknown curve such as
            // Ed448 ends here as well.
            Err(KeyRefused::UnsupportedKey)
        }
    }

    /// The modulus and exponent of an RSA key as they stand in a JSON Web Key.
    pub(super) fn rsa_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyRefused> {
        let significant = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let leading = bytes
                .get(zeros)
                .map_or(0, |byte| byte.leading_zeros() as usize);
            (bytes.len() - zeros) * 8 - leading
        };
        let odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte % 2 == 1);
        if !(2048..=4096).contains(&significant(modulus)) {
            return Err(KeyRefused::RsaSize);
        }
        // An exponent of 1 would make every text its own signature.
        if !odd(modulus) || !odd(exponent) || !(2..=33).contains(&significant(exponent)) {
            return Err(KeyRefused::UnsupportedKey);
        }
        Ok(Self {
            key: DecodingKey::from_rsa_raw_components(modulus, exponent),
            algorithms: &[Algorithm::RS256, Algorithm::PS256],
        })
    }

    /// The point of an EC P-256 key.
    pub(super) fn p256_components(x: &[u8], y: &[u8]) -> Result<Self, KeyRefused> {
        if x.len() != 32 || y.len() != 32 {
            return Err(KeyRefused::UnsupportedKey);
        }
        ec(DecodingKey::from_ec_der(&[&[4], x, y].concat()))
    }

    /// The bytes of an Ed25519 key.
    pub(super) fn ed25519_bytes(x: &[u8]) -> Result<Self, KeyRefused> {
        ed(DecodingKey::from_ed_der(x))
    }

    /// This key for one of its algorithms only; none when it is not one of them.
    pub(super) fn only(mut self, algorithm: Algorithm) -> Option<Self> {
        let at = self.algorithms.iter().position(|own| *own == algorithm)?;
        self.algorithms = &self.algorithms[at..=at];
        Some(self)
    }

    /// The algorithms that it goes with.
    pub(super) const fn algorithms(&self) -> &'static [Algorithm] {
        self.algorithms
    }

    /// Whether the signature of these parts is by this key.
    pub(super) fn verify(&self, parts: &Parts<'_>) -> Result<(), TokenRefused> {
        if !self.algorithms.contains(&parts.algorithm) {
            return Err(TokenRefused::AlgorithmRefused);
        }
        match verify(parts.signature, parts.signed, &self.key, parts.algorithm) {
            Ok(true) => Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::Base64(_)) => {
                Err(TokenRefused::Malformed)
            }
            Ok(false) | Err(_) => Err(TokenRefused::BadSignature),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({:?})", self.algorithms)
    }
}

// The three below check now what the library would only find out, or panic about, at each token.

fn rsa(key: DecodingKey) -> Result<VerifyingKey, KeyRefused> {
    let der = key
        .try_get_as_bytes()
        .map_err(|_| KeyRefused::UnsupportedKey)?;
    let components = rust_crypto::DEFAULT_PROVIDER
        .key_utils
        .rsa_pub_components_from_public_key;
    let (modulus, _) = components(der).map_err(|_| KeyRefused::RsaSize)?;
    let leading = modulus
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    if modulus.len() * 8 - leading < 2048 {
        return Err(KeyRefused::RsaSize);
    }
    Ok(VerifyingKey {
        key,
        algorithms: &[Algorithm::RS256, Algorithm::PS256],
    })
}

fn ec(key: DecodingKey) -> Result<VerifyingKey, KeyRefused> {
    (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&Algorithm::ES256, &key)
        .map_err(|_| KeyRefused::UnsupportedKey)?;
    Ok(VerifyingKey {
        key,
        algorithms: &[Algorithm::ES256],
    })
}

fn ed(key: DecodingKey) -> Result<VerifyingKey, KeyRefused> {
    let length = key.try_get_as_bytes().map_or(0, <[u8]>::len);
    if length != 32 {
        return Err(KeyRefused::UnsupportedKey);
    }
    (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&Algorithm::EdDSA, &key)
        .map_err(|_| KeyRefused::UnsupportedKey)?;
    Ok(VerifyingKey {
        key,
        algorithms: &[Algorithm::EdDSA],
    })
}
