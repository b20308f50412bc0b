//! Where settings come from: defaults, then the file, then the environment, each over the last.
//!
//! Invariants: every value is text until its setting reads it, so `REGIE_X=007` is not a number
//! by accident; every value can be named the way its source spells it; a name that nobody reads is
//! refused. No message in here quotes a value: it may be a secret.

use std::ffi::OsString;
use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::ConfigError;

/// What the environment's variables begin with.
pub(super) const PREFIX: &str = "REGIE_";

/// The variable that names the configuration file; not a setting itself.
pub(super) const FILE_VARIABLE: &str = "REGIE_CONFIG";

/// One source's values.
pub(super) struct Layer {
    metadata: Metadata,
    values: Dict,
}

impl Layer {
    /// What holds where nobody says otherwise.
    pub(super) fn defaults(values: &[(&str, &str)]) -> Self {
        let values = values.iter();
        Self {
            metadata: Metadata::named("default"),
            values: values
                .map(|(name, text)| ((*name).to_owned(), Value::from(*text)))
                .collect(),
        }
    }

    /// The file with this content.
    pub(super) fn file(path: &Path, content: &str) -> Result<Self, ConfigError> {
        let path = path.display().to_string();
        // The parser's own message quotes the line, and the line may hold a secret.
        let values = Toml::from_str(content).map_err(|error| {
            let before = error.span().and_then(|span| content.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            ConfigError::new(
                &path,
                format!("line {line} is not TOML (write NAME = \"VALUE\")"),
            )
        })?;
        let metadata = Metadata::named("file")
            .interpolater(move |_, name| format!("{} in {path}", name.join(".").escape_debug()));
        Ok(Self { metadata, values })
    }

    /// The variables that are Regie's. An empty one is as good as none.
    pub(super) fn environment(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut values = Dict::new();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            let Some(setting) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if name == FILE_VARIABLE || value.is_empty() {
                continue;
            }
            // Only the upper-case spelling is a setting: REGIE_listen must not pass for it.
            if setting.is_empty() || setting.contains(|c: char| c.is_ascii_lowercase()) {
                return Err(unknown(name));
            }
            let Some(text) = value.to_str() else {
                return Err(ConfigError::new(name, "is not UTF-8 text"));
            };
            values.insert(setting.to_ascii_lowercase(), Value::from(text));
        }
        let metadata = Metadata::named("environment")
            .interpolater(|_, name| format!("{PREFIX}{}", name.join(".").to_ascii_uppercase()));
        Ok(Self { metadata, values })
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// The layers, merged.
pub(super) struct Layers(Figment);

impl Layers {
    /// Merges from weak to strong; refuses names that are not among the known ones.
    pub(super) fn merge(
        layers: impl IntoIterator<Item = Layer>,
        known: &[&str],
    ) -> Result<Self, ConfigError> {
        let mut merged = Figment::new();
        for layer in layers {
            for name in layer.values.keys() {
                if !known.contains(&name.as_str()) {
                    let spelled = layer.metadata.interpolate(&Profile::Default, &[name]);
                    return Err(unknown(&spelled));
                }
            }
            merged = merged.merge(layer);
        }
        Ok(Self(merged))
    }

    /// The strongest source's value for a setting.
    pub(super) fn setting(&self, name: &'static str) -> Result<Option<Setting>, ConfigError> {
        let Ok(value) = self.0.find_value(name) else {
            return Ok(None);
        };
        let spelled = match self.0.get_metadata(value.tag()) {
            Some(metadata) => metadata.interpolate(&Profile::Default, &[name]),
            None => name.to_owned(),
        };
        let text = match &value {
            Value::String(_, text) => Some(text.clone()),
            Value::Bool(_, truth) => Some(truth.to_string()),
            Value::Num(_, number) => number
                .to_i128()
                .map(|number| number.to_string())
                .or_else(|| number.to_u128().map(|number| number.to_string())),
            Value::Char(..) | Value::Empty(..) | Value::Dict(..) | Value::Array(..) => None,
        };
        match text {
            Some(text) => Ok(Some(Setting {
                name: spelled,
                text,
            })),
            None => Err(ConfigError::new(
                &spelled,
                "takes one value (write it in quotes)",
            )),
        }
    }
}

fn unknown(name: &str) -> ConfigError {
    let mend = "is not a setting (docs/configuration.md has them all; mend or remove the name)";
    ConfigError::new(name, mend)
}

/// One setting's text, and its name as its source spells it.
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) text: String,
}

impl Setting {
    /// The value, or the line that says what it should be. Quotes the text: not for secrets.
    pub(super) fn parse<T>(
        &self,
        parse: impl FnOnce(&str) -> Option<T>,
        expected: &str,
    ) -> Result<T, ConfigError> {
        parse(&self.text).ok_or_else(|| {
            let shown: String = self.text.chars().take(60).collect();
            self.refuse(format!("{shown:?} is not {expected}"))
        })
    }

    /// The line that names this setting.
    pub(super) fn refuse(&self, why: impl std::fmt::Display) -> ConfigError {
        ConfigError::new(&self.name, why)
    }
}
