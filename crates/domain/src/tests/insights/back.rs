//! How an agent stood before the first event that the log has of them, as far as it says so.

use super::*;
use crate::audience::OrganisationFact;
use crate::directory::Edit;
use crate::insights::HandsThen;

fn anna(presence: Presence, capacity: u32) -> Agent {
    let stage = Stage::new();
    let mut agent = (**stage.world.agents.get(&AGENTS[0]).unwrap()).clone();
    (agent.presence, agent.capacity) = (presence, capacity);
    agent
}

fn updated(of: &[OrganisationFact]) -> Change {
    Change::AgentChanged {
        edit: Edit::Updated,
        of: of.iter().copied().collect(),
    }
}

/// Her hand before this first event, with the presence and capacity that it leaves, and from when it is known.
fn before(is_whole: bool, change: &Change, presence: Presence, capacity: u32) -> HandsThen {
    let agent = anna(presence, capacity);
    let mut backwards = Backwards::new(is_whole);
    let at = Stage::new().now;
    let end = Hand {
        presence,
        units_total: capacity,
        units_consumed: 0,
        in_hand: 0,
        counted_to: at,
    };
    backwards.since(at, change, &After::Agent(Arc::new(agent)));
    backwards.hands(&BTreeMap::from([(AGENTS[0], end)]), at)
}

fn hand(then: &HandsThen) -> (Presence, u32) {
    let hand = then.hands[&AGENTS[0]];
    (hand.presence, hand.units_total)
}

#[test]
fn a_presence_says_which_one_it_was() {
    let change = Change::AgentPresenceChanged {
        presence: Presence::Away,
        from: Some(Presence::Busy),
    };
    let then = before(false, &change, Presence::Away, 3);
    assert_eq!(hand(&then), (Presence::Busy, 3));
    assert!(then.known_from.is_empty());
}

#[test]
fn who_is_made_was_not_there() {
    let made = Change::AgentChanged {
        edit: Edit::Created,
        of: BTreeSet::new(),
    };
    let then = before(false, &made, Presence::Offline, 3);
    assert_eq!(then, HandsThen::default());
    // In a log from its first event on nobody is there before they are named.
    let then = before(true, &updated(&[]), Presence::Away, 3);
    assert_eq!(then, HandsThen::default());
}

#[test]
fn another_name_leaves_the_capacity_and_a_capacity_that_is_set_says_not_what_it_was() {
    let then = before(
        false,
        &updated(&[OrganisationFact::Name]),
        Presence::Away,
        3,
    );
    assert_eq!(hand(&then), (Presence::Away, 3));
    assert!(then.known_from.is_empty());
    for of in [&[][..], &[OrganisationFact::AgentFigures]] {
        let then = before(false, &updated(of), Presence::Away, 3);
        assert_eq!(then.known_from.len(), 1, "{of:?}");
    }
}

#[test]
fn who_is_deleted_was_there() {
    let mut agent = anna(Presence::Busy, 2);
    let at = Stage::new().now;
    agent.deleted_at = Some(at);
    let gone = Change::AgentChanged {
        edit: Edit::Deleted,
        of: BTreeSet::new(),
    };
    let mut backwards = Backwards::new(false);
    backwards.since(at, &gone, &After::Agent(Arc::new(agent)));
    let then = backwards.hands(&BTreeMap::new(), at);
    assert_eq!(hand(&then), (Presence::Busy, 2));
}
