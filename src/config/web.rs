//! What browsers and documents may come: web origins, and the manifest of trusted documents.

use std::path::{Path, PathBuf};

use api::graphql::gate::{Documents, GateOptions, Manifest};
use axum::http::HeaderValue;
use url::Url;

use super::layers::Setting;
use super::{Config, ConfigError};

/// Web origins, with commas between; blanks around them do not matter.
pub(super) fn origins(text: &str) -> Option<Vec<HeaderValue>> {
    text.split(',').map(|one| origin(one.trim())).collect()
}

/// The same of https alone.
pub(super) fn secure_origins(text: &str) -> Option<Vec<HeaderValue>> {
    let origins = origins(text)?;
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-:/[]".contains(byte);
    let is_secure = |one: &HeaderValue| {
        // It becomes part of a policy and of a page, where other characters mean something.
        one.as_bytes().starts_with(b"https:") && one.as_bytes().iter().all(is_plain)
    };
    origins.iter().all(is_secure).then_some(origins)
}

/// An origin as browsers write it: scheme, host, and the port where it is not the scheme's own.
fn origin(text: &str) -> Option<HeaderValue> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    // A star is no host, though it parses as one: there are no patterns here.
    if !is_web || text.contains('*') || url.origin().ascii_serialization() != text {
        return None;
    }
    text.parse().ok()
}

/// The file of trusted documents, and what names it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ManifestFile {
    named_by: String,
    path: PathBuf,
}

impl ManifestFile {
    /// The file that a setting names.
    pub(super) fn of(setting: &Setting) -> Self {
        Self {
            named_by: setting.name.clone(),
            path: setting.text.clone().into(),
        }
    }

    /// The file that the command line names.
    pub(super) fn of_flag(path: &Path) -> Self {
        Self {
            named_by: "--trusted-documents".to_owned(),
            path: path.to_owned(),
        }
    }

    /// Reads it.
    pub(super) fn read(&self) -> Result<Manifest, ConfigError> {
        let path = self.path.display();
        let refused = |why: String| ConfigError::new(&self.named_by, why);
        let text = std::fs::read_to_string(&self.path).map_err(|error| {
            refused(format!(
                "cannot read \"{path}\": {error} (name the JSON file that graphql-codegen or \
                 relay-compiler writes)"
            ))
        })?;
        Manifest::parse(&text).map_err(|why| {
            refused(format!(
                "\"{path}\" {why} (write it again with graphql-codegen or relay-compiler)"
            ))
        })
    }
}

impl std::fmt::Debug for ManifestFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ManifestFile({})", self.path.display())
    }
}

impl Config {
    /// With this file of trusted documents, whatever other source names one; none changes nothing.
    pub(crate) fn trusting(self, file: Option<&Path>) -> Self {
        let flag = file.map(ManifestFile::of_flag);
        Self {
            trusted_documents: flag.or(self.trusted_documents),
            ..self
        }
    }

    /// Open to every document and to introspection, whatever the settings say.
    pub(crate) fn open_to_any_document(self) -> Self {
        Self {
            trusted_documents: None,
            introspection: true,
            ..self
        }
    }

    /// What operations pass before they run; reads the file of trusted documents.
    pub(crate) fn gate(&self) -> Result<GateOptions, ConfigError> {
        let documents = match &self.trusted_documents {
            Some(file) => Documents::Listed(file.read()?),
            None => Documents::Any(self.limits.automatic()),
        };
        Ok(GateOptions {
            limits: self.limits.operations.clone(),
            introspection: self.introspection,
            documents,
            lists: self.limits.lists.clone(),
            ready_bytes: self.limits.ready_bytes,
            held_bytes: self.limits.held_bytes,
        })
    }
}
