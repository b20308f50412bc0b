//! Parsing the dispositions of a workstream.

use async_graphql::InputObject;

use super::input::{LONGEST_NAME, text};
use domain::{Disposition, Refusal};

/// The longest code of a disposition, in characters.
pub(super) const LONGEST_CODE: usize = 50;
/// How many dispositions a workstream may have.
const MOST: usize = 100;

/// A way in which a conversation may have ended.
#[derive(InputObject)]
pub struct DispositionInput {
    /// By which it is named, 1 to 50 characters; once in a workstream.
    code: String,
    /// What people read, 1 to 200 characters.
    label: String,
}

/// Parses dispositions, each code once.
pub(super) fn dispositions(given: &[DispositionInput]) -> Result<Vec<Disposition>, Refusal> {
    let path = "dispositions";
    let invalid = |problem: String| Refusal::InvalidInput { path, problem };
    if given.len() > MOST {
        return Err(invalid(format!("give at most {MOST}")));
    }
    let mut dispositions: Vec<Disposition> = Vec::with_capacity(given.len());
    for one in given {
        let code = text(path, &one.code, LONGEST_CODE)?;
        let label = text(path, &one.label, LONGEST_NAME)?;
        if dispositions.iter().any(|other| other.code == code) {
            return Err(invalid("give each code once".to_owned()));
        }
        dispositions.push(Disposition { code, label });
    }
    Ok(dispositions)
}
