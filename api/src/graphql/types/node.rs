//! What `node(id:)` finds.

use async_graphql::{ID, Interface};

use super::agent::Agent;
use super::conversation::Conversation;
use super::customer::Customer;
use super::queue::Queue;
use super::workstream::Workstream;

/// Something with an id of its own, to be fetched again by `node(id:)`.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Opaque, typed by its prefix, the same for ever."
))]
pub enum Node {
    /// A conversation.
    Conversation(Conversation),
    /// An agent.
    Agent(Agent),
    /// A queue.
    Queue(Queue),
    /// A workstream.
    Workstream(Workstream),
    /// A customer.
    Customer(Customer),
}
