//! Rules that the rows of every ongoing conversation keep, whatever the log says
//! (domain.md sections 1 and 2).

use domain::{Conversation, OfferKind, State, StatusReason};
use entity::tables::{offer, participant};

use super::difference::Difference;
use domain::{OfferOutcome, ParticipantRole};

/// Tells which rules these break.
pub(super) fn hold(
    image: &Conversation,
    participants: &[participant::Model],
    offers: &[offer::Model],
    found: &mut Vec<Difference>,
) {
    let there = |role| {
        let stays = participants.iter().filter(move |stay| stay.role == role);
        stays.filter(|stay| stay.left_at.is_none()).count()
    };
    let open = offers
        .iter()
        .filter(|offer| offer.outcome == OfferOutcome::Pending);
    let looks = &image.monitors;
    let one_look_each = looks.iter().enumerate().all(|(index, look)| {
        looks[..index]
            .iter()
            .all(|other| other.supervisor != look.supervisor)
    });
    let rules = [
        (
            there(ParticipantRole::PrimaryAgent) <= 1,
            "more than one primary agent takes part",
        ),
        (open.count() <= 1, "more than one offer is pending"),
        (
            there(ParticipantRole::Customer) == 1,
            "its customer does not take part, or twice",
        ),
        (
            is_in_its_state(image),
            "agent and offer do not fit its state and reason",
        ),
        (one_look_each, "a supervisor looks at it more than once"),
    ];
    for (_, rule) in rules.into_iter().filter(|(kept, _)| !kept) {
        found.push(Difference::Rule {
            conversation: image.id,
            rule,
        });
    }
}

/// Whether who has it is what its state says.
fn is_in_its_state(c: &Conversation) -> bool {
    let offered = c.pending(OfferKind::Assignment).is_some();
    let nobody = c.primary.is_none();
    match (c.state, c.reason) {
        (State::Open, _) => nobody && c.offer.is_none(),
        (State::Active, StatusReason::AwaitingAgentAcceptance) => nobody && offered,
        (State::Active | State::Waiting, _) => !nobody && !offered,
        (State::WrapUp, _) => !nobody && c.offer.is_none(),
        (State::Closed, _) => c.capacity_held().next().is_none(),
    }
}
