//! What the inputs on a message share: how it is named, and how it is carried out.

use async_graphql::{Context, Result};

use super::content::{MessageReference, message_name};
use super::input::terms;
use super::{Done, give, refuse};
use domain::commands::OnMessage;
use domain::{Action, Channel, MessageAct, MessageName, Refusal};

/// An input about one message.
pub(super) struct Named<'a> {
    /// Which.
    pub message: &'a MessageReference,
    /// The input field that names it.
    pub path: &'static str,
    /// On which channel.
    pub channel: Option<Channel>,
    /// Why.
    pub reason: Option<&'a String>,
    /// At most once under this key.
    pub key: Option<&'a String>,
}

/// Carries out what `parse` makes of the input, which is this action.
pub(super) async fn on_message(
    ctx: &Context<'_>,
    action: Action,
    named: Named<'_>,
    parse: impl FnOnce() -> Result<MessageAct, Refusal>,
) -> Result<Done> {
    let asked = action.spec().audited;
    let terms = terms(asked.as_str(), None, named.reason, named.key);
    let reason = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
    let parsed = message(&named).and_then(|message| {
        let act = parse()?;
        debug_assert_eq!(act.action(), action, "it is recorded as another action");
        let channel = named.channel;
        let on = OnMessage {
            message,
            channel,
            act,
        };
        Ok((on.into(), terms?))
    });
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, Some(asked), refusal, None, reason).await,
    }
}

fn message(named: &Named<'_>) -> Result<MessageName, Refusal> {
    let name = message_name(named.path, named.message)?;
    if matches!(name, MessageName::External(_)) && named.channel.is_none() {
        return Err(Refusal::InvalidInput {
            path: "channel",
            problem: "an externalId is known on its channel only: give it".to_owned(),
        });
    }
    Ok(name)
}
