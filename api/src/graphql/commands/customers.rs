//! How inputs name customers.

use async_graphql::{ID, InputObject};

use super::input::{LONGEST_NAME, id, text};
use domain::{Channel, CustomerKey, CustomerRef, KeyScope, Refusal, Source, Viewer};

/// A customer, by the key of a gateway.
#[derive(InputObject)]
pub struct CustomerKeyInput {
    /// The source of the gateway whose key it is. Administrators must give it; a gateway's is its own, and no other.
    source: Option<String>,
    /// The channel within which the key is unique; not needed where `keyScope` is SOURCE.
    channel: Option<Channel>,
    /// The key, 1 to 200 characters.
    key: String,
    /// Within what the key is unique. Default CHANNEL.
    key_scope: Option<KeyScope>,
}

/// The customer whom an input names, by one of the two. `gateway`: who asks, where it is one for whom its own source is
/// meant.
pub(super) fn named(
    by_id: Option<&ID>,
    by_key: Option<&CustomerKeyInput>,
    gateway: Option<&Viewer>,
) -> Result<CustomerRef, Refusal> {
    match (by_id, by_key) {
        (Some(given), None) => Ok(CustomerRef::Id(id("customerId", given)?)),
        (None, Some(key)) => Ok(CustomerRef::Key(key_of(key, gateway)?)),
        _ => Err(invalid(
            "customerId",
            "give customerId or customerKey, one of them",
        )),
    }
}

fn key_of(input: &CustomerKeyInput, gateway: Option<&Viewer>) -> Result<CustomerKey, Refusal> {
    let key = text("customerKey.key", &input.key, LONGEST_NAME)?;
    let path = "customerKey.source";
    let given = input.source.as_deref().map(|source| {
        let problem = "give 1 to 255 characters that are not all blank";
        Source::new(source).ok_or_else(|| invalid(path, problem))
    });
    let own = gateway.and_then(|viewer| viewer.access().source().cloned());
    let source = match (given.transpose()?, own) {
        (Some(given), Some(own)) if given != own => {
            return Err(invalid(path, "is another than your own"));
        }
        (Some(source), _) | (None, Some(source)) => source,
        (None, None) => return Err(invalid(path, "give the source of the gateway")),
    };
    let channel = match (input.key_scope.unwrap_or(KeyScope::Channel), input.channel) {
        (KeyScope::Source, _) => None,
        (KeyScope::Channel, None) => {
            let problem = "give the channel within which the key is unique";
            return Err(invalid("customerKey.channel", problem));
        }
        (KeyScope::Channel, channel) => channel,
    };
    Ok(CustomerKey {
        source,
        channel,
        key,
    })
}

fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.to_owned(),
    }
}
