//! Who can sign in, and with which key.
//!
//! Where the operator has a `REGIE_JWT_SECRET`, the demo signs and verifies with it, with
//! the issuer and audience of the same settings, so that `regie token` mints for the demo too.
//! Otherwise the key is random, lives as long as the demo, and the audience is the demo's own: its
//! tokens are worth nothing anywhere else.

use engine::clock::Clock;
use std::time::Duration;

use auth::{KeyRefused, Secret, SignRefused, Signer, TokenRequest, TokenRules};
use chrono::TimeDelta;
use domain::{Permission, QueueId, Role, Scope, Subject};

use crate::config::{Config, ConfigError, JwtKey};

/// The audience of tokens that are signed with the demo's own key.
const AUDIENCE: &str = "regie-demo";
/// How long a token is valid, where the settings allow it: a working day, and then some.
const TTL: Duration = Duration::from_hours(24);
/// How long before the moment tokens say that they were issued. The server's clock begins in the
/// past, and what was issued in its future is refused.
const BEFORE: TimeDelta = super::BEFORE_THE_CURTAIN;

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

/// What a token says beyond who its holder is.
pub(super) enum Grants {
    Administrator,
    Gateway,
    Agent,
    /// The scope, and what may be done in it.
    Supervisor(Scope<QueueId>, &'static [Permission]),
}

/// Makes the demo's tokens.
#[derive(Clone)]
pub(super) struct Mint {
    signer: Signer,
    ttl: Duration,
}

impl Mint {
    /// Makes tokens that a server with these settings accepts.
    pub(super) fn of(config: &Config) -> Result<Self, ConfigError> {
        let most = config.token_rules.max_lifetime.to_std();
        Ok(Self {
            signer: config.signer()?,
            ttl: most.map_or(TTL, |most| most.min(TTL)),
        })
    }

    /// A token for this person.
    pub(super) fn token(
        &self,
        subject: &'static str,
        grants: &Grants,
    ) -> Result<String, SignRefused> {
        // The names are the demo's own, and none is blank or too long.
        let subject = Subject::new(subject).ok_or(SignRefused::Signing)?;
        let mut request = TokenRequest::new(subject, self.ttl);
        let role = match grants {
            Grants::Administrator => Role::Administrator,
            Grants::Agent => Role::Agent,
            Grants::Gateway => {
                request.channels = Scope::All;
                Role::CustomerGateway
            }
            Grants::Supervisor(queues, permissions) => {
                request.queues = queues.clone();
                request.permissions = permissions.iter().copied().collect();
                Role::Supervisor
            }
        };
        request.roles = [role].into();
        self.signer.sign(&request, Clock::system().now() - BEFORE)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use auth::{Authenticator, TokenRefused};

    use super::*;

    pub(in super::super) fn config(variables: &[(&str, &str)]) -> Config {
        let absent = tempfile::NamedTempFile::new().unwrap();
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Config::load(Some(absent.path()), variables).unwrap()
    }

    fn a_token(config: &Config) -> String {
        Mint::of(config)
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
        let began = Clock::system().now() - super::super::BEFORE_THE_CURTAIN;
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
            let began = Clock::system().now() - BEFORE;
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
