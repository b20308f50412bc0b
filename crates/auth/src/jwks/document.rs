//! A JSON Web Key Set (RFC 7517) as keys that tokens can be verified with.
//!
//! A key's own `kty`, `crv`, `alg`, `use` and `key_ops` say what it is for; the token only chooses
//! among what is left. What is not for verifying signatures by an algorithm that Regie accepts is
//! passed over, since a set has other keys too: never a shared secret (`oct`), never a private key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::TokenRefused;
use super::super::keys::VerifyingKey;
use super::super::token::{KeyId, Parts};

/// The most keys of a set that are looked at.
const MOST_KEYS: usize = 100;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The members of a key that matter.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
}

/// One key of an issuer.
#[derive(Clone, Debug)]
struct Named {
    id: Option<String>,
    key: VerifyingKey,
    /// SHA-256 over what the key is and what it is for.
    print: [u8; 32],
}

/// The keys of an issuer that verify tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<Named>);

impl KeySet {
    /// The usable keys of this document; none when it is no key set, or has no usable key.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(json).ok()?;
        let keys = document.keys.into_iter().take(MOST_KEYS);
        let mut named: Vec<Named> = Vec::new();
        for key in keys.filter_map(Named::of) {
            // Of two that a token could not tell apart, the first.
            let twin = |other: &Named| {
                let mut own = other.key.algorithms().iter();
                other.id == key.id && own.any(|own| key.key.algorithms().contains(own))
            };
            if key.id.is_none() || !named.iter().any(twin) {
                named.push(key);
            }
        }
        (!named.is_empty()).then_some(Self(named))
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a key of this set is not in that one.
    pub(super) fn loses_one_in(&self, next: &Self) -> bool {
        let kept = |key: &Named| next.0.iter().any(|other| other.print == key.print);
        !self.0.iter().all(kept)
    }

    /// The key that these parts are to be verified with.
    pub(super) fn find(&self, parts: &Parts<'_>) -> Result<&VerifyingKey, TokenRefused> {
        let fits = |named: &&Named| named.key.algorithms().contains(&parts.algorithm);
        match &parts.key_id {
            // A token may leave the name out where there is nothing to choose.
            KeyId::None => {
                let mut fitting = self.0.iter().filter(fits);
                match (fitting.next(), fitting.next()) {
                    (Some(only), None) => Ok(&only.key),
                    (None, _) => Err(TokenRefused::AlgorithmRefused),
                    (Some(_), Some(_)) => Err(TokenRefused::UnknownKey),
                }
            }
            KeyId::NoText => Err(TokenRefused::UnknownKey),
            KeyId::Text(id) => {
                let named = |named: &&Named| named.id.as_ref() == Some(id);
                if !self.0.iter().any(|key| named(&key)) {
                    return Err(TokenRefused::UnknownKey);
                }
                let fitting = self.0.iter().filter(named).find(fits);
                fitting.map_or(Err(TokenRefused::AlgorithmRefused), |named| Ok(&named.key))
            }
        }
    }
}

impl Named {
    fn of(key: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        if jwk.d.is_some() {
            tracing::warn!("the issuer's key set shows a private key, which is passed over");
            return None;
        }
        let verifies = |ops: &Vec<String>| ops.iter().any(|op| op == "verify");
        if jwk
            .purpose
            .as_deref()
            .is_some_and(|purpose| purpose != "sig")
            || !jwk.key_ops.as_ref().is_none_or(verifies)
        {
            return None;
        }
        let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
        let (key, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (bytes(&jwk.n)?, bytes(&jwk.e)?);
                let key = VerifyingKey::rsa_components(&n, &e).ok()?;
                (key, [n, e])
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&jwk.x)?, bytes(&jwk.y)?);
                let key = VerifyingKey::p256_components(&x, &y).ok()?;
                (key, [x, y])
            }
            ("OKP", Some("Ed25519")) => {
                let x = bytes(&jwk.x)?;
                let key = VerifyingKey::ed25519_bytes(&x).ok()?;
                (key, [x, Vec::new()])
            }
            _ => return None,
        };
        let key = match &jwk.alg {
            None => key,
            // RFC 9864 calls EdDSA with this curve by the curve's name.
            Some(alg) if alg == "Ed25519" => key.only(Algorithm::EdDSA)?,
            Some(alg) => key.only(alg.parse().ok()?)?,
        };
        let mut print = Sha256::new();
        for part in [
            jwk.kid.as_deref().unwrap_or_default().as_bytes(),
            format!("{:?}", key.algorithms()).as_bytes(),
            &material[0],
            &material[1],
        ] {
            print.update((part.len() as u64).to_be_bytes());
            print.update(part);
        }
        Some(Self {
            id: jwk.kid,
            key,
            print: print.finalize().into(),
        })
    }
}
