//! The settings of identity: whose tokens are accepted, and what their claims are called.
//!
//! Invariants: what is set for another's tokens is refused beside a secret, whose tokens have Regie's
//! own claims, so that nothing is set in vain; issuer and audience are needed with somebody else's keys.

use std::sync::Arc;

use auth::{
    AuthConfig, ClaimPath, KeyTimes, Keys, RemoteKeys, RoleMap, Secret, Signer, TokenRules,
    VerifyingKey,
};
use chrono::TimeDelta;

use super::layers::{Layers, Setting};
use super::{Config, ConfigError, values};

/// The settings that need `jwt_public_key` or `jwks_url`.
const FOREIGN: [&str; 11] = [
    "jwt_subject_claim",
    "jwt_roles_claim",
    "jwt_permissions_claim",
    "jwt_queues_claim",
    "jwt_channels_claim",
    "jwt_source_claim",
    "jwt_token_id_claim",
    "jwt_role_map",
    "desk_client_id",
    "desk_scope",
    "desk_sign_in_parameters",
];

/// The key that tokens are verified with.
#[derive(Clone, Debug)]
pub(crate) enum JwtKey {
    /// `jwt_secret`: at least 32 bytes, for HS256. Whoever has it can make tokens.
    Secret(Secret),
    /// `jwt_public_key`: PEM, or the path of a PEM file. Somebody else makes the tokens.
    PublicKey(VerifyingKey),
    /// `jwks_url`: where somebody else publishes the keys of the tokens they make.
    Published(Arc<RemoteKeys>),
}

impl JwtKey {
    pub(super) fn read(layers: &Layers) -> Result<Option<Self>, ConfigError> {
        let mut given = Vec::new();
        for name in ["jwt_secret", "jwt_public_key", "jwks_url"] {
            given.extend(layers.setting(name)?.map(|setting| (name, setting)));
        }
        match given.as_slice() {
            [] => Ok(None),
            [(name, setting)] => Self::of(name, setting, layers).map(Some),
            [(_, first), (_, second), ..] => {
                let why = format!("stands beside {} (remove one of them)", second.name);
                Err(first.refuse(why))
            }
        }
    }

    fn of(name: &str, setting: &Setting, layers: &Layers) -> Result<Self, ConfigError> {
        match name {
            "jwt_secret" => Secret::new(setting.text.as_str())
                .map(Self::Secret)
                .map_err(|why| {
                    let mend = "`openssl rand -base64 48` makes a good one";
                    setting.refuse(format!("{why} ({mend})"))
                }),
            "jwt_public_key" => VerifyingKey::public_key_pem(&pem(setting)?)
                .map(Self::PublicKey)
                .map_err(|why| {
                    setting.refuse(format!("{why} (`openssl pkey -in KEY -pubout` prints one)"))
                }),
            _ => RemoteKeys::new(&setting.text, key_times(layers)?)
                .map(|keys| Self::Published(Arc::new(keys)))
                .map_err(|why| setting.refuse(why)),
        }
    }

    /// Whether tokens are made by whoever has another key than this server.
    const fn is_anothers(&self) -> bool {
        matches!(self, Self::PublicKey(_) | Self::Published(_))
    }
}

/// How long the keys of `jwks_url` hold.
pub(super) fn key_times(layers: &Layers) -> Result<KeyTimes, ConfigError> {
    Ok(KeyTimes {
        max_age: super::needed(layers, "jwks_max_age_seconds")?
            .parse(values::key_age, "a number of seconds (write 60 to 86400)")?,
        outage: super::needed(layers, "jwks_outage_hours")?
            .parse(values::outage, "a number of hours (write 1 to 168)")?,
    })
}

/// What is asked of a token's claims.
pub(super) fn rules(layers: &Layers, key: Option<&JwtKey>) -> Result<TokenRules, ConfigError> {
    if !key.is_some_and(JwtKey::is_anothers) {
        for name in FOREIGN {
            if let Some(setting) = layers.setting(name)? {
                return Err(setting.refuse(
                    "only with jwks_url or jwt_public_key (tokens that jwt_secret signs have \
                     Regie's own claims; remove it)",
                ));
            }
        }
    }
    let mut rules = TokenRules {
        clock_skew: super::needed(layers, "jwt_clock_skew_seconds")?
            .parse(values::skew, "a number of seconds (write 0 to 300)")?,
        max_lifetime: super::needed(layers, "jwt_max_lifetime_hours")?
            .parse(values::hours, "a number of hours (write 1 to 8760)")?,
        ..TokenRules::default()
    };
    let paths = &mut rules.claims;
    for (name, place) in [
        ("jwt_subject_claim", &mut paths.subject),
        ("jwt_roles_claim", &mut paths.roles),
        ("jwt_permissions_claim", &mut paths.permissions),
        ("jwt_queues_claim", &mut paths.queues),
        ("jwt_channels_claim", &mut paths.channels),
        ("jwt_source_claim", &mut paths.source),
        ("jwt_token_id_claim", &mut paths.token_id),
    ] {
        if let Some(setting) = layers.setting(name)? {
            *place = setting.parse(
                ClaimPath::parse,
                "the path of a claim (write a name, names with dots between, or /A/B)",
            )?;
        }
    }
    if let Some(setting) = layers.setting("jwt_role_map")? {
        rules.roles = setting.parse(
            RoleMap::parse,
            "a map of roles (write NAME=ROLE with commas between, such as desk-leads=SUPERVISOR)",
        )?;
    }
    Ok(rules)
}

impl Config {
    /// With somebody else's key, a token must say that it is for this server.
    pub(super) fn check_addressee(&self) -> Result<(), ConfigError> {
        let with = match &self.jwt_key {
            Some(JwtKey::PublicKey(_)) => "a public key",
            Some(JwtKey::Published(_)) => "jwks_url",
            Some(JwtKey::Secret(_)) | None => return Ok(()),
        };
        let why = |claim: &str| {
            format!("needed with {with} (write the {claim} of the tokens made for Regie)")
        };
        match (&self.jwt_issuer, &self.jwt_audience) {
            (None, _) => Err(ConfigError::new("REGIE_JWT_ISSUER", why("iss"))),
            (_, None) => Err(ConfigError::new("REGIE_JWT_AUDIENCE", why("aud"))),
            (Some(_), Some(_)) => Ok(()),
        }
    }

    /// How tokens are verified; needed to serve.
    pub(crate) fn auth(&self) -> Result<AuthConfig, ConfigError> {
        let keys = match &self.jwt_key {
            Some(JwtKey::Secret(secret)) => VerifyingKey::secret(secret).into(),
            Some(JwtKey::PublicKey(key)) => key.clone().into(),
            Some(JwtKey::Published(keys)) => Keys::Remote(Arc::clone(keys)),
            None => {
                return Err(ConfigError::new(
                    "REGIE_JWT_SECRET",
                    "not set, nor is REGIE_JWT_PUBLIC_KEY or REGIE_JWKS_URL (set one of them; a \
                     secret needs at least 32 bytes)",
                ));
            }
        };
        Ok(AuthConfig {
            keys,
            issuer: self.jwt_issuer.clone(),
            audience: self.jwt_audience.clone(),
            rules: self.token_rules.clone(),
        })
    }

    /// The signer of tokens that a server with these settings accepts.
    pub(crate) fn signer(&self) -> Result<Signer, ConfigError> {
        let anothers = |name| {
            Err(ConfigError::new(
                name,
                "the server verifies somebody else's tokens, so none can be made here (ask that \
                 issuer for one, or set REGIE_JWT_SECRET instead)",
            ))
        };
        match &self.jwt_key {
            Some(JwtKey::Secret(secret)) => {
                let (issuer, audience) = (self.jwt_issuer.clone(), self.jwt_audience.clone());
                Ok(Signer::new(secret, issuer, audience))
            }
            Some(JwtKey::PublicKey(_)) => anothers("REGIE_JWT_PUBLIC_KEY"),
            Some(JwtKey::Published(_)) => anothers("REGIE_JWKS_URL"),
            None => Err(ConfigError::new(
                "REGIE_JWT_SECRET",
                "not set, so no token can be signed (set the server's secret, at least 32 bytes)",
            )),
        }
    }

    /// Refuses a life that the server would refuse in a token.
    pub(crate) fn check_lifetime(&self, ttl: std::time::Duration) -> Result<(), ConfigError> {
        let most = self.token_rules.max_lifetime;
        match TimeDelta::from_std(ttl) {
            Ok(ttl) if ttl <= most => Ok(()),
            _ => Err(ConfigError::new(
                "--ttl",
                format!(
                    "longer than tokens may live (at most {} hours; REGIE_JWT_MAX_LIFETIME_HOURS \
                     sets it, also for the server)",
                    most.num_hours()
                ),
            )),
        }
    }
}

/// A PEM document, given as such (perhaps with `\n` for its line ends) or as the path of a file.
fn pem(setting: &Setting) -> Result<String, ConfigError> {
    if setting.text.contains("-----BEGIN") {
        return Ok(setting.text.replace("\\n", "\n"));
    }
    // The text is not quoted: it might be a key that was put in the wrong place.
    std::fs::read_to_string(&setting.text).map_err(|error| {
        setting.refuse(format!(
            "neither PEM text nor the path of a readable file: {error} (write one of them)"
        ))
    })
}
