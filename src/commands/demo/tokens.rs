//! Who can sign in, and with which key.
//!
//! Where the operator has a `REGIE_JWT_SECRET`, the demo signs and verifies with it, with
//! the issuer and audience of the same settings, so that `regie token` mints for the demo too.
//! Otherwise the key is random, lives as long as the demo, and the audience is the demo's own: its
//! tokens are worth nothing anywhere else.

use std::sync::Arc;

use auth::{KeyRefused, Secret, TokenRules};
use engine::clock::Clock;
use tools::demo::Mint;

use crate::config::{Config, ConfigError, JwtKey};

/// The audience of tokens that are signed with the demo's own key.
const AUDIENCE: &str = "regie-demo";
/// Whose key tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The operator's `REGIE_JWT_SECRET`.
    Operators,
    /// Random, for this run only.
    Own,
}

/// These settings with a key that the demo can sign with.
pub(super) fn with_key(config: &Config) -> Result<(Config, Key), KeyRefused> {
    if let Some(JwtKey::Secret(_)) = config.jwt_key {
        return Ok((config.clone(), Key::Operators));
    }
    let (one, other): (u128, u128) = (rand::random(), rand::random());
    let secret = format!("{one:032x}{other:032x}");
    let config = Config {
        jwt_key: Some(JwtKey::Secret(Secret::new(secret)?)),
        jwt_issuer: None,
        jwt_audience: Some(AUDIENCE.to_owned()),
        token_rules: TokenRules::default(),
        ..config.clone()
    };
    Ok((config, Key::Own))
}

/// Makes tokens that a server with these settings accepts.
pub(super) fn mint(config: &Config) -> Result<Mint, ConfigError> {
    let system = Clock::system();
    let now = Arc::new(move || system.now());
    let max_lifetime = config.token_rules.max_lifetime;
    Ok(Mint::new(config.signer()?, max_lifetime, now))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use auth::{Authenticator, TokenRefused};
    use chrono::TimeDelta;
    use tools::demo::{BEFORE_THE_CURTAIN, Grants};

    use super::*;

    pub(in super::super) fn config(variables: &[(&str, &str)]) -> Config {
        let absent = tempfile::NamedTempFile::new().unwrap();
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Config::load(Some(absent.path()), variables).unwrap()
    }

    fn a_token(config: &Config) -> String {
        mint(config)
            .unwrap()
            .token("robin", &Grants::Agent)
            .unwrap()
    }

    fn accepts(config: &Config, token: &str) -> Result<(), TokenRefused> {
        let authenticator = Authenticator::new(config.auth().unwrap());
        authenticator
            .authenticate(token, Clock::system().now())
            .map(drop)
    }

    #[test]
    fn tokens_are_good_at_a_server_whose_clock_begins_in_the_past() {
        let (demo, _) = with_key(&config(&[])).unwrap();
        let authenticator = Authenticator::new(demo.auth().unwrap());
        let began = Clock::system().now() - BEFORE_THE_CURTAIN;
        let known = authenticator.authenticate(&a_token(&demo), began);
        assert_eq!(known.map(drop), Ok(()));
    }

    #[test]
    fn tokens_of_a_demo_are_worth_nothing_elsewhere() {
        let (one, key) = with_key(&config(&[])).unwrap();
        let (other, _) = with_key(&config(&[])).unwrap();
        assert_eq!(key, Key::Own);
        let token = a_token(&one);
        assert_eq!(accepts(&one, &token), Ok(()));
        assert_eq!(accepts(&other, &token), Err(TokenRefused::BadSignature));
        // Not even where the key is the same: the audience is the demo's.
        let without_audience = Config {
            jwt_audience: None,
            ..one
        };
        assert!(accepts(&without_audience, &token).is_err());
    }

    #[test]
    fn with_the_operators_secret_their_tokens_are_good_here() {
        for more in [None, Some(("REGIE_JWT_AUDIENCE", "desks"))] {
            let mut variables = vec![(
                "REGIE_JWT_SECRET",
                "a secret for tests, of forty bytes .....",
            )];
            variables.extend(more);
            let theirs = config(&variables);
            let (demo, key) = with_key(&theirs).unwrap();
            assert_eq!(key, Key::Operators);
            assert_eq!(accepts(&demo, &a_token(&theirs)), Ok(()));
        }
    }

    #[test]
    fn the_demos_tokens_live_no_longer_than_its_own_server_allows() {
        for (hours, expected) in [("8", 8), ("23", 23), ("744", 24)] {
            let secret = "a secret for tests, of forty bytes .....";
            let theirs = config(&[
                ("REGIE_JWT_SECRET", secret),
                ("REGIE_JWT_MAX_LIFETIME_HOURS", hours),
            ]);
            let (demo, key) = with_key(&theirs).unwrap();
            assert_eq!(key, Key::Operators);
            let authenticator = Authenticator::new(demo.auth().unwrap());
            // Good from the moment at which the server's clock begins.
            let began = Clock::system().now() - BEFORE_THE_CURTAIN;
            let viewer = authenticator.authenticate(&a_token(&demo), began).unwrap();
            let left = viewer.expires_at() - began;
            let expected = TimeDelta::hours(expected);
            assert!(left <= expected && left > expected - TimeDelta::minutes(1));
        }
    }

    #[test]
    fn with_somebody_elses_public_key_the_demo_has_a_key_of_its_own() {
        let pem = include_str!("../../../crates/auth/src/testdata/p256.public.pem");
        let theirs = config(&[
            ("REGIE_JWT_PUBLIC_KEY", pem),
            ("REGIE_JWT_ISSUER", "https://issuer.example"),
            ("REGIE_JWT_AUDIENCE", "regie"),
        ]);
        let (demo, key) = with_key(&theirs).unwrap();
        assert_eq!(key, Key::Own);
        assert_eq!(accepts(&demo, &a_token(&demo)), Ok(()));
    }
}
