//! By which name a request asks for a document.

use async_graphql::Value;

use super::{Hash, refusals};
use crate::graphql::gate::{GateRefusal, GraphQlRequest};

/// A document's name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Identifier<'a> {
    /// The SHA-256 of its text.
    Sha256(Hash),
    /// A name that somebody's tool gave it, such as an MD5.
    Own(&'a str),
}

impl<'a> Identifier<'a> {
    /// The name in the request, if there is one. Two that differ are refused.
    pub(super) fn of(request: &'a GraphQlRequest) -> Result<Option<Self>, GateRefusal> {
        let by_id = request.document_id.as_deref().map(by_document_id);
        let by_id = by_id.transpose()?;
        let by_hash = match request.extensions.get("persistedQuery") {
            None | Some(Value::Null) => None,
            Some(extension) => Some(by_extension(extension)?),
        };
        match (by_id, by_hash) {
            (Some(one), Some(other)) if one != other => Err(refusals::invalid(
                "documentId and extensions.persistedQuery name different documents.",
            )),
            (one, other) => Ok(one.or(other)),
        }
    }
}

/// `sha256:HEX`, or a name without a prefix.
fn by_document_id(text: &str) -> Result<Identifier<'_>, GateRefusal> {
    match text.split_once(':') {
        None => Ok(plain(text)),
        Some(("sha256", digits)) => match hash_of_digits(digits) {
            Some(hash) => Ok(Identifier::Sha256(hash)),
            None => Err(refusals::invalid(
                "documentId is sha256: and 64 hexadecimal digits in lower case.",
            )),
        },
        Some(_) => Err(refusals::invalid(
            "The prefix of documentId is not known; write sha256:HEX, or a manifest's own key.",
        )),
    }
}

/// `{"version":1,"sha256Hash":"HEX"}`.
fn by_extension(extension: &Value) -> Result<Identifier<'_>, GateRefusal> {
    let Value::Object(fields) = extension else {
        return Err(refusals::invalid(
            "extensions.persistedQuery must be an object.",
        ));
    };
    if fields
        .get("version")
        .is_some_and(|version| *version != Value::from(1))
    {
        return Err(refusals::not_supported());
    }
    match fields.get("sha256Hash") {
        Some(Value::String(text)) => Ok(plain(text)),
        _ => Err(refusals::invalid(
            "extensions.persistedQuery.sha256Hash must be a string.",
        )),
    }
}

fn plain(text: &str) -> Identifier<'_> {
    hash_of_digits(text).map_or(Identifier::Own(text), Identifier::Sha256)
}

/// The SHA-256 hash that these digits are; none where they are others than 64 lower-case hexadecimal ones.
pub(super) fn hash_of_digits(digits: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    let whole = digits.len() == 2 * hash.len();
    let decoded = whole.then(|| base16ct::lower::decode(digits, &mut hash));
    decoded?.is_ok().then_some(hash)
}
