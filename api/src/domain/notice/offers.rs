//! How offers and transfer requests end, read off the change that ends them.

use super::Ended;
use crate::domain::{AgentId, Change, OfferKind, OfferOutcome, Subject};

/// How the offer or request ended that this change ends; with the primary agent from whom it would
/// have taken the conversation, and the supervisor who asked for it.
#[allow(clippy::too_many_lines)] // One arm a change; splitting would hide that the list is whole.
pub(super) fn offer_ended(change: &Change) -> Option<(Ended, Option<AgentId>, &Subject)> {
    use OfferOutcome::{Accepted, Cancelled, Rejected, TimedOut};
    let (offer, kind, from, agent, by, outcome, reason) = match change {
        Change::OfferAccepted { offer, agent, by } => (
            offer,
            OfferKind::Assignment,
            None,
            agent,
            by,
            Accepted,
            None,
        ),
        Change::OfferRejected { offer, agent, by } => (
            offer,
            OfferKind::Assignment,
            None,
            agent,
            by,
            Rejected,
            None,
        ),
        Change::OfferTimedOut { offer, agent, by } => (
            offer,
            OfferKind::Assignment,
            None,
            agent,
            by,
            TimedOut,
            None,
        ),
        Change::OfferCancelled {
            offer,
            agent,
            by,
            reason,
        } => {
            let reason = Some(*reason);
            (
                offer,
                OfferKind::Assignment,
                None,
                agent,
                by,
                Cancelled,
                reason,
            )
        }
        Change::TransferAccepted {
            offer,
            from,
            to,
            by,
        } => (
            offer,
            OfferKind::Transfer,
            Some(*from),
            to,
            by,
            Accepted,
            None,
        ),
        Change::TransferRejected {
            offer,
            from,
            agent,
            by,
        } => (
            offer,
            OfferKind::Transfer,
            Some(*from),
            agent,
            by,
            Rejected,
            None,
        ),
        Change::TransferTimedOut {
            offer,
            from,
            agent,
            by,
        } => (
            offer,
            OfferKind::Transfer,
            Some(*from),
            agent,
            by,
            TimedOut,
            None,
        ),
        Change::TransferCancelled {
            offer,
            from,
            agent,
            by,
            reason,
        } => {
            let reason = Some(*reason);
            (
                offer,
                OfferKind::Transfer,
                Some(*from),
                agent,
                by,
                Cancelled,
                reason,
            )
        }
        _ => return None,
    };
    let ended = Ended {
        offer: *offer,
        kind,
        agent: *agent,
        outcome,
        reason,
    };
    Some((ended, from, by))
}
