//! Public keys: which are accepted, and that none of them is ever taken for a secret.

use super::*;

const RSA: &str = include_str!("../testdata/rsa.public.pem");
const RSA_PKCS1: &str = include_str!("../testdata/rsa.pkcs1.pem");
const RSA_1024: &str = include_str!("../testdata/rsa1024.public.pem");
const RSA_PRIVATE: &str = include_str!("../testdata/rsa.private.pem");
const P256: &str = include_str!("../testdata/p256.public.pem");
const P256_PRIVATE: &str = include_str!("../testdata/p256.private.pem");
const P384: &str = include_str!("../testdata/p384.public.pem");
const ED25519: &str = include_str!("../testdata/ed25519.public.pem");
const ED25519_PRIVATE: &str = include_str!("../testdata/ed25519.private.pem");
const ED448: &str = include_str!("../testdata/ed448.public.pem");

fn signed(algorithm: Algorithm) -> String {
    let key = match algorithm {
        Algorithm::ES256 => EncodingKey::from_ec_pem(P256_PRIVATE.as_bytes()),
        Algorithm::EdDSA => EncodingKey::from_ed_pem(ED25519_PRIVATE.as_bytes()),
        _ => EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()),
    };
    let header = json!({ "alg": algorithm, "kid": "any" }).to_string();
    forge(
        &header,
        &claims_without("aud").to_string(),
        algorithm,
        &key.unwrap(),
    )
}

fn answer(pem: &str, token: &str) -> Result<String, TokenRefused> {
    let key = VerifyingKey::public_key_pem(pem).unwrap();
    let viewer = authenticator_with(key).authenticate(token, now())?;
    Ok(viewer.subject().to_string())
}

#[test]
fn each_public_key_verifies_its_own_algorithms() {
    let pems = [
        (RSA, vec![Algorithm::RS256, Algorithm::PS256]),
        (RSA_PKCS1, vec![Algorithm::RS256, Algorithm::PS256]),
        (P256, vec![Algorithm::ES256]),
        (ED25519, vec![Algorithm::EdDSA]),
    ];
    let algorithms = [
        Algorithm::RS256,
        Algorithm::PS256,
        Algorithm::RS512,
        Algorithm::ES256,
        Algorithm::EdDSA,
    ];
    for algorithm in algorithms {
        let token = signed(algorithm);
        for (pem, own) in &pems {
            let expected = if own.contains(&algorithm) {
                Ok("sanne".to_owned())
            } else {
                Err(TokenRefused::AlgorithmRefused)
            };
            assert_eq!(answer(pem, &token), expected, "{algorithm:?}");
        }
    }
}

#[test]
fn a_signature_of_the_family_but_not_of_the_named_algorithm_is_refused() {
    let key = EncodingKey::from_rsa_pem(RSA_PRIVATE.as_bytes()).unwrap();
    let payload = claims_without("aud").to_string();
    let token = forge(r#"{"alg":"PS256"}"#, &payload, Algorithm::RS256, &key);
    assert_eq!(answer(RSA, &token), Err(TokenRefused::BadSignature));
}

#[test]
fn a_public_key_is_never_taken_for_a_secret() {
    let payload = claims_without("aud").to_string();
    for pem in [RSA, RSA_PKCS1, P256, ED25519] {
        for secret in [pem, pem.trim_end()] {
            let key = EncodingKey::from_secret(secret.as_bytes());
            let token = forge(HS256, &payload, Algorithm::HS256, &key);
            assert_eq!(answer(pem, &token), Err(TokenRefused::AlgorithmRefused));
            // The same under the name of the key's own algorithm.
            let algorithm = VerifyingKey::public_key_pem(pem).unwrap();
            let name = format!("{algorithm:?}");
            let alg = ["RS256", "ES256", "EdDSA"]
                .into_iter()
                .find(|alg| name.contains(alg));
            let header = json!({ "alg": alg }).to_string();
            let token = forge(&header, &payload, Algorithm::HS256, &key);
            assert_eq!(answer(pem, &token), Err(TokenRefused::BadSignature));
        }
        assert_eq!(Secret::new(pem), Err(KeyRefused::SecretIsPem));
    }
    assert_eq!(
        refusal_of_token(&signed(Algorithm::RS256)),
        TokenRefused::AlgorithmRefused
    );
}

#[test]
fn an_unfit_public_key_is_refused_at_the_start() {
    let refused = |pem: &str| VerifyingKey::public_key_pem(pem).unwrap_err();
    assert_eq!(refused(RSA_1024), KeyRefused::RsaSize);
    assert_eq!(refused(P384), KeyRefused::UnsupportedKey);
    assert_eq!(refused(ED448), KeyRefused::UnsupportedKey);
    for private in [RSA_PRIVATE, P256_PRIVATE, ED25519_PRIVATE] {
        assert_eq!(refused(private), KeyRefused::PrivateKey);
    }
    assert_eq!(refused(""), KeyRefused::NotPublicKeyPem);
    assert_eq!(refused(SECRET), KeyRefused::NotPublicKeyPem);
    assert_eq!(
        refused(&format!("{RSA}{P256}")),
        KeyRefused::NotPublicKeyPem
    );
    let certificate = RSA.replace("PUBLIC KEY", "CERTIFICATE");
    assert_eq!(refused(&certificate), KeyRefused::NotPublicKeyPem);

    // Broken inside: nothing, noise, and an Ed25519 key of 31 bytes.
    let wrapped =
        |der: &str| format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
    assert_eq!(refused(&wrapped("")), KeyRefused::UnsupportedKey);
    assert_eq!(refused(&wrapped("!!!!")), KeyRefused::UnsupportedKey);
    let mut short = vec![
        0x30, 0x29, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x20, 0x00,
    ];
    short.extend([7; 31]);
    let der = base64::engine::general_purpose::STANDARD.encode(short);
    assert_eq!(refused(&wrapped(&der)), KeyRefused::UnsupportedKey);
}

#[test]
fn a_secret_has_at_least_32_bytes() {
    assert_eq!(Secret::new(""), Err(KeyRefused::SecretTooShort));
    assert_eq!(Secret::new("x".repeat(31)), Err(KeyRefused::SecretTooShort));
    assert!(Secret::new("x".repeat(32)).is_ok());
}

#[test]
fn no_key_shows_in_debug() {
    let config = AuthConfig::new(VerifyingKey::secret(&secret()));
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        secret(),
        config.clone(),
        Authenticator::new(config),
        Signer::new(&secret(), None, None),
    );
    assert!(!shown.contains("forty-two"), "{shown}");
    assert!(
        !shown.contains(&format!("{:?}", SECRET.as_bytes()[..4].to_vec())[1..10]),
        "{shown}"
    );
}
