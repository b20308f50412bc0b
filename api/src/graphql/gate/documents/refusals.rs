//! What is answered when a document's name leads nowhere. Messages and codes are those of the
//! automatic persisted queries protocol where it has one, since clients act on them.

use async_graphql::ServerError;

use crate::graphql::gate::{GateRefusal, RefusalKind, coded};
use domain::refusal::Code;

fn protocol(message: &str, code: &str) -> GateRefusal {
    let mut error = ServerError::new(message, None);
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.to_owned());
    refusal(error)
}

fn refusal(error: ServerError) -> GateRefusal {
    GateRefusal {
        kind: RefusalKind::RequestError,
        errors: vec![error],
    }
}

/// Clients answer this by sending the text along.
pub(super) fn not_found() -> GateRefusal {
    protocol("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
}

/// Clients answer this by never sending a hash again.
pub(super) fn not_supported() -> GateRefusal {
    protocol(
        "PersistedQueryNotSupported",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    )
}

pub(super) fn mismatch() -> GateRefusal {
    protocol(
        "provided sha does not match query",
        "PERSISTED_QUERY_HASH_MISMATCH",
    )
}

pub(super) fn not_listed() -> GateRefusal {
    protocol(
        "This server runs trusted documents only, and this is none of them.",
        "PERSISTED_QUERY_NOT_IN_LIST",
    )
}

/// A name of somebody's own, where there is no list that has it.
pub(super) fn own_identifier() -> GateRefusal {
    invalid("Name a document by the SHA-256 of its text: 64 hexadecimal digits in lower case.")
}

pub(super) fn invalid(message: &str) -> GateRefusal {
    refusal(coded(Code::InvalidInput, message, None))
}
