//! What came of an operation: of a query or mutation, of one execution of a subscription, and what that yields.

use async_graphql::{Response, ServerError};
use bytes::Bytes;

use super::paced::Said;
use super::{Held, Place};
use crate::graphql::gate::{COST, Cost};
use engine::log::ShownCursor;

/// What came of a query or mutation.
#[derive(Debug)]
pub enum Answer {
    /// A result, as JSON, without errors.
    Ready(Bytes),
    /// A result.
    Executed(Response),
}

impl Answer {
    /// The same with what the operation costs.
    pub(super) fn with(self, cost: &Cost) -> Self {
        match self {
            Self::Ready(json) => Self::Ready(cost.put_into(&json).into()),
            Self::Executed(mut response) => {
                response
                    .extensions
                    .insert(COST.to_owned(), cost.value().clone());
                Self::Executed(response)
            }
        }
    }
}

/// What executing a subscription for an event came to.
pub(super) enum Shown {
    /// It shows nothing of it.
    Nothing,
    /// This.
    Payload(Payload),
    /// It cannot go on.
    Failed(Vec<ServerError>),
    /// The execution for many asked who asks.
    Personal,
}

/// What a subscription yields.
pub enum SubscriptionItem {
    /// The payload of a `next` message, and what counts it until it is sent, if it is large.
    Next(Payload, Option<Box<Held>>),
    /// The operation ended with these errors.
    Failed(Vec<ServerError>),
    /// Whatever follows is by the token that replaced the other.
    Replaced,
    /// The last of this stream: a group has what follows.
    Joined(Place),
}

/// What is delivered of one event.
#[derive(Clone, Debug)]
pub struct Payload {
    /// As JSON.
    pub json: Bytes,
    /// From where to go on after it, if the client should be cut off here.
    pub cursor: Option<ShownCursor>,
    /// What it says, to be compared; only of an answer that is told again as it changes.
    pub(super) said: Option<Said>,
}

impl Payload {
    /// This JSON, from which nobody goes on.
    pub const fn alone(json: Bytes) -> Self {
        Self {
            json,
            cursor: None,
            said: None,
        }
    }
}
