//! A conversation as it begins (section 2).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::people::Workstream;
use crate::model::world::{Conversation, Moment};

/// In OPEN, with what the gateway says of notice and consent.
pub(super) fn begun(
    customer: usize,
    channel: &'static str,
    (queue, workstream): (&'static str, &'static str),
    (notice, consent): (bool, &'static str),
    at: Moment,
) -> Conversation {
    Conversation {
        customer,
        priority: "NORMAL",
        tags: Vec::new(),
        order: None,
        rating: None,
        closed: None,
        reviews: BTreeMap::new(),
        reviewed: Vec::new(),
        channel,
        queue,
        workstream: Workstream::of(workstream),
        state: "OPEN",
        reasons: vec!["AWAITING_AGENT_ASSIGNMENT"],
        primary: None,
        offer: None,
        consultants: BTreeSet::new(),
        looks: BTreeMap::new(),
        looked: Vec::new(),
        began: BTreeMap::new(),
        version: 1,
        mode: if channel == "VOICE" { "VOICE" } else { "TEXT" },
        consent,
        notice,
        away: None,
        declines: BTreeMap::new(),
        messages: Vec::new(),
        waiting: at,
        wrap_up_until: None,
        wrap_up_released: false,
        wrote_in_wrap_up: false,
        help: false,
        acknowledged: false,
        primaries: BTreeSet::new(),
        clock: at,
        clock_or: None,
    }
}
