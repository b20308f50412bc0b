//! The settings: defaults, `regie.toml`, then `REGIE_*`, each over the last.
//!
//! Invariants: a [`Config`] that exists is valid; a wrong setting is one line that names it the
//! way its source spells it, and the mend; no secret shows in an error or in `Debug`.
//! docs/configuration.md is the table for operators; a test holds it against [`NAMES`].

mod layers;
mod limits;
mod names;
mod values;
mod web;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use api::auth::{AuthConfig, Secret, Signer, VerifyingKey};
use axum::http::HeaderValue;
use chrono::TimeDelta;

use layers::{FILE_VARIABLE, Layer, Layers, Setting};
use limits::LimitSettings;
pub(crate) use names::help;
use names::{defaults, names};
pub(crate) use values::{DatabaseUrl, LogFilter, LogFormat, address};
use web::ManifestFile;

/// The file that is read when nobody names one; it may be absent.
const DEFAULT_FILE: &str = "regie.toml";

/// Every setting but the limits' ([`limits::NUMBERS`]). In the environment: `REGIE_` and the name in upper
/// case.
const NAMES: &[&str] = &[
    "listen",
    "max_connections",
    "database_url",
    "jwt_secret",
    "jwt_public_key",
    "jwt_issuer",
    "jwt_audience",
    "log",
    "log_format",
    "idempotency_hours",
    "event_retention_days",
    "agent_grace_seconds",
    "graphiql",
    "max_body_bytes",
    "allowed_origins",
    "introspection",
    "trusted_documents",
];

/// What holds where nobody says otherwise. `graphiql` follows `listen`; the rest has no default.
const DEFAULTS: &[(&str, &str)] = &[
    ("listen", "127.0.0.1:8080"),
    ("max_connections", "10000"),
    ("database_url", "sqlite://regie.db?mode=rwc"),
    ("log", "info"),
    ("log_format", "text"),
    ("idempotency_hours", "24"),
    ("event_retention_days", "7"),
    ("agent_grace_seconds", "150"),
    ("max_body_bytes", "262144"),
    ("introspection", "true"),
];

/// A wrong setting, as one line: its name, what is wrong, the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(String);

impl ConfigError {
    fn new(setting: &str, why: impl fmt::Display) -> Self {
        Self(format!("{setting}: {why}"))
    }
}

/// The settings of one server.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// `listen`: the IP and port that the server listens on.
    pub(crate) listen: SocketAddr,
    /// `database_url`: `sqlite://FILE?mode=rwc` or `postgres://…`.
    pub(crate) database_url: DatabaseUrl,
    /// `jwt_secret` or `jwt_public_key`; never both, and none is fine until a server starts.
    pub(crate) jwt_key: Option<JwtKey>,
    /// `jwt_issuer`: the `iss` that tokens must carry. Needed with a public key; without it, in
    /// secret mode, `iss` is not looked at.
    pub(crate) jwt_issuer: Option<String>,
    /// `jwt_audience`: the `aud` that tokens must have. Needed with a public key, whose owner
    /// makes tokens for others too; without it, in secret mode, a token with `aud` is refused.
    pub(crate) jwt_audience: Option<String>,
    /// `log`: which lines are logged.
    pub(crate) log: LogFilter,
    /// `log_format`: `text` or `json`.
    pub(crate) log_format: LogFormat,
    /// `idempotency_hours`: how long the first outcome of an `idempotencyKey` is kept.
    pub(crate) idempotency: TimeDelta,
    /// `event_retention_days`: how far back a cursor can resume.
    pub(crate) event_retention: TimeDelta,
    /// `agent_grace_seconds`: how long an agent may have no connection.
    pub(crate) agent_grace: TimeDelta,
    /// `graphiql`: whether `/graphiql` is served; by default only on a loopback address.
    pub(crate) graphiql: bool,
    /// `max_connections`: connections at once, web sockets among them.
    pub(crate) max_connections: usize,
    /// `max_body_bytes`: the longest request body.
    pub(crate) max_body_bytes: usize,
    /// `allowed_origins`: other web origins whose pages may use the API; none by default.
    pub(crate) allowed_origins: Vec<HeaderValue>,
    /// `introspection`: whether clients may ask for the schema.
    pub(crate) introspection: bool,
    /// `trusted_documents`, or `--trusted-documents`: the only documents that may run.
    pub(crate) trusted_documents: Option<ManifestFile>,
    /// The limits.
    pub(crate) limits: LimitSettings,
}

/// The key that tokens are verified with.
#[derive(Clone, Debug)]
pub(crate) enum JwtKey {
    /// `jwt_secret`: at least 32 bytes, for HS256. Whoever has it can make tokens.
    Secret(Secret),
    /// `jwt_public_key`: PEM, or the path of a PEM file. Somebody else makes the tokens.
    PublicKey(VerifyingKey),
}

impl Config {
    /// The settings of this process: the file that `--config` or `REGIE_CONFIG` names, else
    /// `regie.toml` where there is one, and then the environment.
    pub(crate) fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let variables: Vec<_> = variables.into_iter().collect();
        let from_variable = variables
            .iter()
            .find(|(name, value)| name == FILE_VARIABLE && !value.is_empty())
            .map(|(_, path)| PathBuf::from(path));
        let (named_by, path) = match (file, from_variable) {
            (Some(path), _) => ("--config", path.to_owned()),
            (None, Some(path)) => (FILE_VARIABLE, path),
            (None, None) => (DEFAULT_FILE, DEFAULT_FILE.into()),
        };
        let content = match std::fs::read_to_string(&path) {
            Ok(content) => Some(content),
            Err(error)
                if named_by == DEFAULT_FILE && error.kind() == std::io::ErrorKind::NotFound =>
            {
                None
            }
            Err(error) => {
                let path = path.display();
                let why = format!("cannot read \"{path}\": {error} (name a readable TOML file)");
                return Err(ConfigError::new(named_by, why));
            }
        };
        Self::of(content.as_deref().map(|text| (&*path, text)), variables)
    }

    /// The settings of this file's content and these variables.
    fn of(
        file: Option<(&Path, &str)>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut sources = vec![Layer::defaults(&defaults())];
        if let Some((path, content)) = file {
            sources.push(Layer::file(path, content)?);
        }
        sources.push(Layer::environment(variables)?);
        Self::read(&Layers::merge(sources, &names())?)
    }

    fn read(layers: &Layers) -> Result<Self, ConfigError> {
        // A default may be overridden by nothing but a value, so these are always there.
        let needed = |name| {
            layers
                .setting(name)?
                .ok_or_else(|| ConfigError::new(name, "is not set"))
        };
        let named = |name| {
            let expected = "a name (write text without blanks around it)";
            let setting = layers.setting(name)?;
            setting
                .map(|setting| setting.parse(values::name, expected))
                .transpose()
        };
        let listen = needed("listen")?.parse(
            values::address,
            "an address (write HOST:PORT, such as 127.0.0.1:8080)",
        )?;
        let database_url = needed("database_url")?;
        let graphiql = layers.setting("graphiql")?;
        let allowed_origins = layers.setting("allowed_origins")?;
        let trusted_documents = layers.setting("trusted_documents")?;
        let config = Self {
            listen,
            database_url: DatabaseUrl::parse(&database_url.text)
                .map_err(|why| database_url.refuse(why))?,
            jwt_key: JwtKey::read(layers)?,
            jwt_issuer: named("jwt_issuer")?,
            jwt_audience: named("jwt_audience")?,
            log: needed("log")?.parse(
                LogFilter::parse,
                "a log filter (write a level, such as info, or directives, such as info,api=debug)",
            )?,
            log_format: needed("log_format")?
                .parse(LogFormat::parse, "a log format (write text or json)")?,
            idempotency: needed("idempotency_hours")?
                .parse(values::hours, "a number of hours (write 1 to 8760)")?,
            event_retention: needed("event_retention_days")?
                .parse(values::days, "a number of days (write 1 to 3650)")?,
            agent_grace: needed("agent_grace_seconds")?
                .parse(values::seconds, "a number of seconds (write 1 to 86400)")?,
            graphiql: match graphiql {
                None => listen.ip().is_loopback(),
                Some(setting) => setting.parse(
                    |text| text.parse().ok(),
                    "a yes or no (write true or false)",
                )?,
            },
            max_connections: needed("max_connections")?.parse(
                values::connections,
                "a number of connections (write 16 to 1000000)",
            )?,
            max_body_bytes: needed("max_body_bytes")?.parse(
                values::body_bytes,
                "a number of bytes (write 1024 to 16777216)",
            )?,
            allowed_origins: match allowed_origins {
                None => Vec::new(),
                Some(setting) => setting.parse(
                    web::origins,
                    "a list of web origins (write https://HOST or https://HOST:PORT, with commas \
                     between)",
                )?,
            },
            introspection: needed("introspection")?.parse(
                |text| text.parse().ok(),
                "a yes or no (write true or false)",
            )?,
            trusted_documents: trusted_documents.as_ref().map(ManifestFile::of),
            limits: LimitSettings::read(layers)?,
        };
        config.check_public_key_mode()?;
        Ok(config)
    }

    /// With somebody else's key, a token must say that it is for this server.
    fn check_public_key_mode(&self) -> Result<(), ConfigError> {
        if !matches!(self.jwt_key, Some(JwtKey::PublicKey(_))) {
            return Ok(());
        }
        let why = |claim: &str| {
            format!("needed with a public key (write the {claim} of the tokens made for Regie)")
        };
        match (&self.jwt_issuer, &self.jwt_audience) {
            (None, _) => Err(ConfigError::new("REGIE_JWT_ISSUER", why("iss"))),
            (_, None) => Err(ConfigError::new("REGIE_JWT_AUDIENCE", why("aud"))),
            (Some(_), Some(_)) => Ok(()),
        }
    }

    /// How tokens are verified; needed to serve.
    pub(crate) fn auth(&self) -> Result<AuthConfig, ConfigError> {
        let key = match &self.jwt_key {
            Some(JwtKey::Secret(secret)) => VerifyingKey::secret(secret),
            Some(JwtKey::PublicKey(key)) => key.clone(),
            None => {
                return Err(ConfigError::new(
                    "REGIE_JWT_SECRET",
                    "not set, nor is REGIE_JWT_PUBLIC_KEY (set one of them; a secret needs at \
                     least 32 bytes)",
                ));
            }
        };
        Ok(AuthConfig {
            key,
            issuer: self.jwt_issuer.clone(),
            audience: self.jwt_audience.clone(),
        })
    }

    /// The signer of tokens that a server with these settings accepts.
    pub(crate) fn signer(&self) -> Result<Signer, ConfigError> {
        match &self.jwt_key {
            Some(JwtKey::Secret(secret)) => {
                let (issuer, audience) = (self.jwt_issuer.clone(), self.jwt_audience.clone());
                Ok(Signer::new(secret, issuer, audience))
            }
            Some(JwtKey::PublicKey(_)) => Err(ConfigError::new(
                "REGIE_JWT_PUBLIC_KEY",
                "the server verifies somebody else's tokens, so none can be made here (ask that \
                 issuer for one, or set REGIE_JWT_SECRET instead)",
            )),
            None => Err(ConfigError::new(
                "REGIE_JWT_SECRET",
                "not set, so no token can be signed (set the server's secret, at least 32 bytes)",
            )),
        }
    }
}

impl JwtKey {
    fn read(layers: &Layers) -> Result<Option<Self>, ConfigError> {
        match (
            layers.setting("jwt_secret")?,
            layers.setting("jwt_public_key")?,
        ) {
            (None, None) => Ok(None),
            (Some(secret), None) => Secret::new(secret.text.as_str())
                .map(|secret| Some(Self::Secret(secret)))
                .map_err(|why| {
                    secret.refuse(format!(
                        "{why} (`openssl rand -base64 48` makes a good one)"
                    ))
                }),
            (None, Some(key)) => {
                let pem = pem(&key)?;
                VerifyingKey::public_key_pem(&pem)
                    .map(|key| Some(Self::PublicKey(key)))
                    .map_err(|why| {
                        key.refuse(format!("{why} (`openssl pkey -in KEY -pubout` prints one)"))
                    })
            }
            (Some(secret), Some(key)) => {
                Err(secret.refuse(format!("stands beside {} (remove one of them)", key.name)))
            }
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
