//! Parsing labels: tags and attributes, for whatever gives them.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::InputObject;

use super::input::text;
use domain::labels::{
    Attributes, LONGEST_KEY, LONGEST_TAG, LONGEST_VALUE, MOST_ATTRIBUTES, MOST_TAGS,
};
use domain::{Refusal, Tag, Tags};

/// Something to note of a conversation: text, like the messages, and erased with the customer.
#[derive(InputObject)]
pub struct AttributeInput {
    /// What it is about, 1 to 50 characters: your own name for it, never anything of the customer's person, since keys stand
    /// in events.
    key: String,
    /// What it says, 1 to 500 characters.
    value: String,
}

/// Parses tags, of which those that are alike are one.
pub(super) fn tags(path: &'static str, given: Option<&[String]>) -> Result<Tags, Refusal> {
    let given = given.unwrap_or_default();
    let invalid = |problem| Refusal::InvalidInput { path, problem };
    if given.len() > MOST_TAGS {
        return Err(invalid(format!("give at most {MOST_TAGS}")));
    }
    let problem = || format!("give 1 to {LONGEST_TAG} characters each that are not all blank");
    let parse = |text: &String| Tag::new(text).ok_or_else(|| invalid(problem()));
    given.iter().map(parse).collect()
}

/// Parses attributes, each key once.
pub(super) fn attributes(
    path: &'static str,
    given: Option<&[AttributeInput]>,
) -> Result<Attributes, Refusal> {
    let given = given.unwrap_or_default();
    at_most(path, given.len())?;
    let mut attributes = Attributes::new();
    for AttributeInput { key, value } in given {
        let key = text(path, key.trim(), LONGEST_KEY)?;
        let value = text(path, value, LONGEST_VALUE)?;
        if attributes.insert(key, value).is_some() {
            return Err(invalid(path, "give each key once".to_owned()));
        }
    }
    Ok(attributes)
}

/// Parses keys of attributes.
pub(super) fn keys(
    path: &'static str,
    given: Option<&[String]>,
) -> Result<BTreeSet<Arc<str>>, Refusal> {
    let given = given.unwrap_or_default();
    at_most(path, given.len())?;
    let parse = |key: &String| text(path, key.trim(), LONGEST_KEY);
    given.iter().map(parse).collect()
}

fn at_most(path: &'static str, many: usize) -> Result<(), Refusal> {
    if many > MOST_ATTRIBUTES {
        return Err(invalid(path, format!("give at most {MOST_ATTRIBUTES}")));
    }
    Ok(())
}

const fn invalid(path: &'static str, problem: String) -> Refusal {
    Refusal::InvalidInput { path, problem }
}
