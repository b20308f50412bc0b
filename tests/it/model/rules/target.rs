//! Section 4: what the target of an assign or a transfer must be.

use super::judge::{Check, any_of, is_agent, refuse};
use crate::model::command::{Act, Overrides};
use crate::model::people::{kind_of, kind_of_queue};
use crate::model::world::{Conversation, World, capacity, is_bot};

impl World {
    /// Check 10.
    pub(super) fn target(&self, on: &Conversation, act: &Act) -> Check {
        match act {
            Act::Move { to } => {
                let kind = kind_of_queue(to);
                refuse(kind.is_none(), "TARGET_NOT_FOUND")?;
                any_of(&[
                    (on.queue == *to, "TARGET_QUEUE_IS_CURRENT"),
                    (kind != Some(kind_of(on.channel)), "QUEUE_KIND_MISMATCH"),
                ])
            }
            Act::Assign { to, overrides } => {
                refuse(!is_agent(to), "TARGET_NOT_FOUND")?;
                refuse(is_bot(to), "TARGET_IS_BOT")?;
                self.room(on, to, *overrides)
            }
            Act::Transfer { to, overrides } => {
                refuse(!is_agent(to), "TARGET_NOT_FOUND")?;
                any_of(&[
                    (is_bot(to), "TARGET_IS_BOT"),
                    (on.primary == Some(*to), "TARGET_IS_PRIMARY"),
                    (!self.member(to, on.queue), "TARGET_NOT_IN_QUEUE"),
                ])?;
                self.room(on, to, *overrides)
            }
            Act::Requeue { to: Some(to) } if on.queue != *to => {
                let kind = kind_of_queue(to);
                refuse(kind.is_none(), "TARGET_NOT_FOUND")?;
                refuse(kind != Some(kind_of(on.channel)), "QUEUE_KIND_MISMATCH")
            }
            // These have no target.
            Act::Requeue { .. }
            | Act::TakeOver
            | Act::Coach(_)
            | Act::RequestHelp { .. }
            | Act::CancelHelp
            | Act::AnswerHelp
            | Act::Acknowledge(_)
            | Act::Monitor
            | Act::Stop
            | Act::Join
            | Act::ForceClose
            | Act::CancelOffer
            | Act::CancelTransfer
            | Act::Leave
            | Act::Send { .. }
            | Act::Pick
            | Act::Accept
            | Act::Reject
            | Act::SetAside
            | Act::Reopen
            | Act::Release
            | Act::End
            | Act::Close
            | Act::CustomerWrites { .. }
            | Act::Message(..)
            | Act::Rate(_)
            | Act::Label(_)
            | Act::Review
            | Act::StopReview
            | Act::Disconnect
            | Act::Reconnect
            | Act::CustomerEnds
            | Act::Mode(_)
            | Act::Consent { .. } => Ok(()),
        }
    }

    fn room(&self, on: &Conversation, to: &str, overrides: Overrides) -> Check {
        let presence = self.agents[to].presence;
        let allowed = on.workstream.presences.contains(&presence);
        let declines = on.declines.get(to).copied().unwrap_or_default();
        any_of(&[
            (!allowed && !overrides.presence, "PRESENCE_NOT_ALLOWED"),
            (
                self.exceeds(on, to) > 0 && !overrides.capacity,
                "CAPACITY_EXCEEDED",
            ),
            (declines >= 3 && !overrides.declines, "DECLINED_TOO_OFTEN"),
        ])
    }

    /// By how many units a conversation would exceed an agent's capacity.
    pub fn exceeds(&self, on: &Conversation, to: &str) -> i64 {
        let needed = self.consumed(to) + on.workstream.units;
        (needed - capacity(to)).max(0)
    }
}
