//! The keys that tokens are verified with, and that no secret is ever shown.

use super::*;

const PUBLIC_KEY: &str = include_str!("../../../crates/auth/src/testdata/ed25519.public.pem");
const PRIVATE_KEY: &str = include_str!("../../../crates/auth/src/testdata/ed25519.private.pem");

#[test]
fn a_server_needs_exactly_one_key() {
    let none = from_environment(&[]).unwrap();
    assert_eq!(
        none.auth().unwrap_err().to_string(),
        "REGIE_JWT_SECRET: not set, nor is REGIE_JWT_PUBLIC_KEY or REGIE_JWKS_URL (set one of \
         them; a secret needs at least 32 bytes)"
    );
    let both = from_file("jwt_public_key = \"x\"", &[("REGIE_JWT_SECRET", SECRET)]);
    assert_eq!(
        both.unwrap_err().to_string(),
        "REGIE_JWT_SECRET: stands beside jwt_public_key in regie.toml (remove one of them)"
    );
    assert!(
        from_environment(&[("REGIE_JWT_SECRET", SECRET)])
            .unwrap()
            .auth()
            .is_ok()
    );
}

#[test]
fn an_unfit_key_is_named_and_not_shown() {
    assert_eq!(
        line("REGIE_JWT_SECRET", "hunter2"),
        "REGIE_JWT_SECRET: a secret needs at least 32 bytes (`openssl rand -base64 48` makes a \
         good one)"
    );
    assert!(line("REGIE_JWT_SECRET", PUBLIC_KEY).contains("a PEM key cannot be a secret"));
    let private = line("REGIE_JWT_PUBLIC_KEY", PRIVATE_KEY);
    assert!(private.contains("this is a private key"), "{private}");
    let misplaced = line("REGIE_JWT_PUBLIC_KEY", SECRET);
    assert!(
        misplaced.contains("neither PEM text nor the path"),
        "{misplaced}"
    );
    for line in [private, misplaced] {
        assert!(
            !line.contains("forty-two") && !line.contains("MC4C"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
    }
}

#[test]
fn a_public_key_is_text_or_a_file_and_needs_issuer_and_audience() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), PUBLIC_KEY).unwrap();
    let path = file.path().to_str().unwrap();
    let one_line = PUBLIC_KEY.replace('\n', "\\n");
    for key in [PUBLIC_KEY, one_line.as_str(), path] {
        let mut pairs = vec![("REGIE_JWT_PUBLIC_KEY", key)];
        let refused = from_environment(&pairs).unwrap_err().to_string();
        assert!(
            refused.starts_with("REGIE_JWT_ISSUER: needed with a public key"),
            "{refused}"
        );
        pairs.push(("REGIE_JWT_ISSUER", "https://issuer.example"));
        let refused = from_environment(&pairs).unwrap_err().to_string();
        assert!(
            refused.starts_with("REGIE_JWT_AUDIENCE: needed with a public key"),
            "{refused}"
        );
        pairs.push(("REGIE_JWT_AUDIENCE", "regie"));
        assert!(from_environment(&pairs).unwrap().auth().is_ok());
    }
}

#[test]
fn no_secret_shows_in_debug() {
    let config = from_environment(&[
        ("REGIE_JWT_SECRET", SECRET),
        ("REGIE_DATABASE_URL", "postgres://regie:hunter2@db/regie"),
    ]);
    let config = config.unwrap();
    let shown = format!(
        "{config:?} {config:#?} {:?} {:?}",
        config.auth(),
        config.signer()
    );
    assert!(
        !shown.contains("forty-two") && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(shown.contains("DatabaseUrl(postgres:redacted)"), "{shown}");
}
