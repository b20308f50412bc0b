//! By what a repeat under an idempotency key is known: a hash over what was asked, as it was understood.
//!
//! Over the parsed command, its condition and its reason, not over the request's text: a default that is
//! written out, a null, or another order of fields is the same input. Ids that are made for what may come into
//! being are no part of it (the command's own serialisation leaves them out), nor is a score that Regie computes.

use serde::Serialize;
use sha2::{Digest, Sha256};

use domain::Command;

/// What the hash covers. The first member tells it from hashes of other times, so that an old one is at
/// most taken for another input, never for the same.
#[derive(Serialize)]
struct Asked<'a>(u32, &'a Command, Option<u32>, Option<&'a str>);

/// Which way of making the hash this is.
const EDITION: u32 = 2;

/// The hash of an input.
pub(super) fn fingerprint(
    command: &Command,
    expected_version: Option<u32>,
    reason: Option<&str>,
) -> Result<String, serde_json::Error> {
    let asked = Asked(EDITION, command, expected_version, reason);
    let asked = serde_json::to_vec(&asked)?;
    Ok(base16ct::lower::encode_string(&Sha256::digest(asked)))
}
