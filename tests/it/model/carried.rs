//! What gateways bring (domain.md sections 10 and 11): messages, what happens to them, and customers.

use std::fmt;

use serde_json::{Value, json};

use super::command::Ids;

/// A customer by what their gateway calls them: on a channel, a number.
pub type Key = (&'static str, u32);

/// A customer's message, wherever it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Receive {
    /// The conversation that begins with it, if one does.
    pub fresh: usize,
    pub customer: Key,
    pub queue: &'static str,
    pub workstream: &'static str,
    pub notice: bool,
    pub text: &'static str,
    pub external: Option<u32>,
}

impl Receive {
    pub fn input(&self, ids: &impl Ids) -> Value {
        json!({
            "channel": self.customer.0, "customer": { "key": key(self.customer) },
            "queueId": ids.queue(self.queue), "workstreamId": ids.workstream(self.workstream),
            "noticeGivenAt": self.notice.then_some(BEFORE), "text": self.text,
            "externalId": external(self.external),
        })
    }
}

/// Before everything that happens in a sequence.
pub const BEFORE: &str = "2026-01-01T00:00:00Z";

pub fn key((_, number): Key) -> String {
    format!("customer-{number}")
}

/// A provider's id.
pub fn external(number: Option<u32>) -> Option<String> {
    number.map(|number| format!("wamid.{number}"))
}

/// What is done to a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// As of before everything else if `late`, which comes in out of order.
    Edit {
        text: &'static str,
        late: bool,
    },
    Remove,
    React {
        reaction: Option<&'static str>,
        late: bool,
    },
    Report(&'static str),
}

impl Deed {
    pub fn mutation(self) -> &'static str {
        match self {
            Self::Edit { .. } => "editCustomerMessage",
            Self::Remove => "removeCustomerMessage",
            Self::React { .. } => "reactToMessage",
            Self::Report(_) => "recordDelivery",
        }
    }

    pub fn input(self, message: &str) -> Value {
        let at = |late: bool| late.then_some(BEFORE);
        let mut input = match self {
            Self::Edit { text, late } => json!({ "text": text, "at": at(late) }),
            Self::Remove => json!({}),
            Self::React { reaction, late } => json!({ "reaction": reaction, "at": at(late) }),
            Self::Report(state) => json!({ "state": state }),
        };
        input["message"] = json!({ "messageId": message });
        input
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = |late: bool| if late { ", late" } else { "" };
        match self {
            Self::Edit { text, late: is } => write!(f, "{text:?}{}", late(*is)),
            Self::Remove => Ok(()),
            Self::React { reaction, late: is } => write!(f, "{reaction:?}{}", late(*is)),
            Self::Report(state) => f.write_str(state),
        }
    }
}

/// Changes of labels, of which there is at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Labels {
    pub add: Option<&'static str>,
    pub remove: Option<&'static str>,
    pub priority: Option<&'static str>,
    /// What the attribute `order` says from now on.
    pub order: Option<&'static str>,
}

impl Labels {
    /// Whether it is of attributes alone, which gateways may change too.
    pub fn plain(self) -> bool {
        self.add.is_none() && self.remove.is_none() && self.priority.is_none()
    }

    pub fn input(self) -> Value {
        let mut input = json!({ "priority": self.priority });
        let listed = |tag: Option<&str>| json!(tag.into_iter().collect::<Vec<_>>());
        input["addTags"] = listed(self.add);
        input["removeTags"] = listed(self.remove);
        if let Some(order) = self.order {
            input["setAttributes"] = json!([{ "key": "order", "value": order }]);
        }
        input
    }
}
