//! Who a customer is: the key by which a gateway knows them again, and what commands may need to know of one (domain.md
//! section 11).

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Channel, ConversationId, CustomerId, Source};

/// A gateway's own stable key of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CustomerKey {
    /// Whose key it is.
    pub source: Source,
    /// On which channel alone; none: on all of the source's.
    pub channel: Option<Channel>,
    /// The gateway's text.
    pub key: Arc<str>,
}

impl CustomerKey {
    /// Within what it is unique, as rows have it: the channel's name, or `SOURCE`.
    pub fn scope(&self) -> &'static str {
        self.channel.map_or("SOURCE", Channel::as_str)
    }
}

/// How a command names a customer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum CustomerRef {
    /// By an id, also one that was merged into another.
    Id(CustomerId),
    /// By a key of a gateway.
    Key(CustomerKey),
}

impl CustomerRef {
    /// The field of an input that names a customer so.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Id(_) => "customerId",
            Self::Key(_) => "customerKey",
        }
    }
}

/// A customer whom a command names, as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The id; of one who was merged that of the surviving customer.
    pub id: CustomerId,
    /// The name; none: not known, or erased.
    pub name: Option<Arc<str>>,
    /// When their data were erased; none: they were not.
    pub erased_at: Option<DateTime<Utc>>,
    /// The sources whose customer it is.
    pub sources: BTreeSet<Source>,
    /// Of a customer from before there were sources: the subjects of the gateways whose customer it is.
    pub before: BTreeSet<Source>,
    /// The conversation of theirs that started last, as far as the store was asked.
    pub last: Option<ConversationId>,
}

impl KnownCustomer {
    /// Somebody of whom nothing but the id is known.
    pub const fn new(id: CustomerId) -> Self {
        Self {
            id,
            name: None,
            erased_at: None,
            sources: BTreeSet::new(),
            before: BTreeSet::new(),
            last: None,
        }
    }
}
