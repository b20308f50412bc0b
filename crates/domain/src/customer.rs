//! Who a customer is: the key by which a gateway knows them again (domain.md section 11).

use std::sync::Arc;

use super::{Channel, Source};

/// A gateway's own stable key of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
