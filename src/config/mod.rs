//! The settings: defaults, `regie.toml`, then `REGIE_*`, each over the last.
//!
//! Invariants: a [`Config`] that exists is valid; a wrong setting is one line that names it the
//! way its source spells it, and the mend; no secret shows in an error or in `Debug`.
//! docs/configuration.md is the table for operators; a test holds it against [`NAMES`].

mod identity;
mod layers;
mod limits;
mod names;
mod sign_in;
mod values;
mod web;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use api::http::pages::desk::DeskOptions;
use auth::TokenRules;
use axum::http::HeaderValue;
use chrono::TimeDelta;

use crate::scorer::ScorerAddress;

pub(crate) use identity::JwtKey;
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
    "jwks_url",
    "jwks_max_age_seconds",
    "jwks_outage_hours",
    "jwt_clock_skew_seconds",
    "jwt_max_lifetime_hours",
    "jwt_subject_claim",
    "jwt_roles_claim",
    "jwt_permissions_claim",
    "jwt_queues_claim",
    "jwt_channels_claim",
    "jwt_source_claim",
    "jwt_token_id_claim",
    "jwt_role_map",
    "log",
    "log_format",
    "idempotency_hours",
    "event_retention_days",
    "removed_texts_days",
    "agent_grace_seconds",
    "sentiment_scorer_url",
    "desk",
    "attachment_origins",
    "desk_client_id",
    "desk_scope",
    "desk_sign_in_parameters",
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
    ("jwks_max_age_seconds", "3600"),
    ("jwks_outage_hours", "24"),
    ("jwt_clock_skew_seconds", "30"),
    ("jwt_max_lifetime_hours", "744"),
    ("log", "info"),
    ("log_format", "text"),
    ("idempotency_hours", "24"),
    ("event_retention_days", "7"),
    ("removed_texts_days", "30"),
    ("agent_grace_seconds", "150"),
    ("desk", "true"),
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

    /// No address can be made of `listen`.
    pub(crate) fn of_listen(text: &str, why: &dyn fmt::Display) -> Self {
        Self::new("listen", format!("\"{text}\" is no address: {why}"))
    }
}

/// The settings of one server.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// `listen`: the IP and port that the server listens on.
    pub(crate) listen: SocketAddr,
    /// `database_url`: `sqlite://FILE?mode=rwc` or `postgres://…`.
    pub(crate) database_url: DatabaseUrl,
    /// `jwt_secret`, `jwt_public_key` or `jwks_url`; never two, and none is fine until a server starts.
    pub(crate) jwt_key: Option<JwtKey>,
    /// `jwt_issuer`: the `iss` that tokens must carry. Needed with a public key; without it, in
    /// secret mode, `iss` is not looked at.
    pub(crate) jwt_issuer: Option<String>,
    /// `jwt_audience`: the `aud` that tokens must have. Needed with a public key, whose owner
    /// makes tokens for others too; without it, in secret mode, a token with `aud` is refused.
    pub(crate) jwt_audience: Option<String>,
    /// What is asked of a token's claims: `jwt_clock_skew_seconds`, `jwt_max_lifetime_hours`, the names
    /// of claims, and `jwt_role_map`.
    pub(crate) token_rules: TokenRules,
    /// `log`: which lines are logged.
    pub(crate) log: LogFilter,
    /// `log_format`: `text` or `json`.
    pub(crate) log_format: LogFormat,
    /// `idempotency_hours`: how long the first outcome of an `idempotencyKey` is kept.
    pub(crate) idempotency: TimeDelta,
    /// `event_retention_days`: how far back a cursor can resume.
    pub(crate) event_retention: TimeDelta,
    /// `removed_texts_days`: how long what removed messages said is kept.
    pub(crate) removed_texts: TimeDelta,
    /// `agent_grace_seconds`: how long an agent may have no connection.
    pub(crate) agent_grace: TimeDelta,
    /// `sentiment_scorer_url`: the operator's scorer, asked after Regie's own.
    pub(crate) sentiment_scorer: Option<ScorerAddress>,
    /// `desk`: whether the desk is served at `/`.
    pub(crate) desk: bool,
    /// `attachment_origins`: whose pictures, sound and film the desk shows in place; none by default. `desk_client_id`,
    /// `desk_scope`, `desk_sign_in_parameters`: how people sign in to it.
    pub(crate) desk_options: DeskOptions,
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
        let needed = |name| needed(layers, name);
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
        let yes_or_no = |setting: Setting| {
            let expected = "a yes or no (write true or false)";
            setting.parse(|text| text.parse().ok(), expected)
        };
        let attachment_origins = layers.setting("attachment_origins")?;
        let graphiql = layers.setting("graphiql")?;
        let sentiment_scorer = layers.setting("sentiment_scorer_url")?;
        let allowed_origins = layers.setting("allowed_origins")?;
        let trusted_documents = layers.setting("trusted_documents")?;
        let jwt_key = JwtKey::read(layers)?;
        let jwt_issuer = named("jwt_issuer")?;
        let sign_in = sign_in::read(layers, jwt_issuer.as_deref())?;
        // Also where nothing is fetched, so that a wrong value does not wait for the day it is needed.
        identity::key_times(layers)?;
        let config = Self {
            listen,
            database_url: DatabaseUrl::parse(&database_url.text)
                .map_err(|why| database_url.refuse(why))?,
            token_rules: identity::rules(layers, jwt_key.as_ref())?,
            jwt_key,
            jwt_issuer,
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
            removed_texts: needed("removed_texts_days")?
                .parse(values::days, "a number of days (write 1 to 3650)")?,
            agent_grace: needed("agent_grace_seconds")?
                .parse(values::seconds, "a number of seconds (write 1 to 86400)")?,
            sentiment_scorer: match sentiment_scorer {
                None => None,
                // Not quoted: its path may hold a secret.
                Some(setting) => Some(ScorerAddress::parse(&setting.text).ok_or_else(|| {
                    setting.refuse(
                        "is not the address of a scorer (write https://HOST/PATH; http only on \
                         this machine)",
                    )
                })?),
            },
            desk: yes_or_no(needed("desk")?)?,
            desk_options: DeskOptions {
                attachment_origins: match attachment_origins {
                    None => Vec::new(),
                    Some(setting) => setting.parse(
                        web::secure_origins,
                        "a list of origins (write https://HOST or https://HOST:PORT, with commas between)",
                    )?,
                },
                sign_in,
            },
            graphiql: match graphiql {
                None => listen.ip().is_loopback(),
                Some(setting) => yes_or_no(setting)?,
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
            introspection: yes_or_no(needed("introspection")?)?,
            trusted_documents: trusted_documents.as_ref().map(ManifestFile::of),
            limits: LimitSettings::read(layers)?,
        };
        config.check_addressee()?;
        Ok(config)
    }
}

/// A setting that has a default, which may be overridden by nothing but a value: it is always there.
fn needed(layers: &Layers, name: &'static str) -> Result<Setting, ConfigError> {
    layers
        .setting(name)?
        .ok_or_else(|| ConfigError::new(name, "is not set"))
}
