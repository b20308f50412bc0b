//! Orders: what the writer is asked, and what comes of it.

use std::sync::Arc;

use super::StoreError;
use domain::{Asker, Command, Outcome, Refusal};

/// What is asked, by whom, and under which conditions.
#[derive(Clone, Debug)]
pub struct Order {
    /// By whom.
    pub asker: Asker,
    /// What.
    pub command: Command,
    /// Only at this version of the conversation.
    pub expected_version: Option<u32>,
    /// Why, in the asker's words; kept in the audit trail.
    pub reason: Option<String>,
    /// At most once under this key.
    pub idempotency: Option<Idempotency>,
}

/// What makes an order safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The asker's key.
    pub key: String,
    /// The mutation.
    pub mutation: String,
    /// A hash over the input.
    pub input: String,
    /// Whether a refusal binds the key too, as of an item of many; otherwise it leaves the key free.
    pub refusals: bool,
}

/// What came of an order.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the first time came of it.
    pub outcome: Outcome,
    /// Whether the asker may see the outcome's conversation now.
    pub visible: bool,
}

/// The writer is shutting down; the order was not carried out.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the writer has stopped")]
pub struct WriterGone;

/// Why an order has no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OrderError {
    /// The rules refuse it.
    #[error("refused: {}", .0.code().as_str())]
    Refused(Box<Refusal>),
    /// A fault of ours. Nothing changed, unless the database went away in the middle of the commit and could not
    /// be asked since.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
    /// Too many orders wait; this one was not queued.
    #[error("too many orders wait")]
    Overloaded,
    /// Not carried out.
    #[error(transparent)]
    Gone(#[from] WriterGone),
}
