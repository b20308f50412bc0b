//! A draft that is put aside and goes on over a world that has moved.

use super::*;

/// The code of an assignment to Anna, which the draft goes on from where it is done.
fn assigned(draft: &mut Draft<'_>, id: ConversationId, now: DateTime<Utc>) -> Option<Code> {
    let act = Act::AssignToAgent(commands::AssignToAgent(to(ANNA)));
    let command = Command::Act {
        conversation: id,
        act,
    };
    match decide(draft, &sofie(), &command, None, now) {
        Err(refusal) => Some(refusal.code()),
        Ok(decision) => {
            draft.absorb(&decision.events, &decision.actor);
            None
        }
    }
}

#[test]
fn what_a_draft_has_changed_stands_over_a_world_that_moved() {
    let mut stage = Stage::new();
    let [first, second, third] = [(); 3].map(|()| stage.start(Channel::WhatsApp));

    let mut draft = Draft::nothing().on(&stage.world);
    assert_eq!(assigned(&mut draft, first, stage.now), None);
    let aside = draft.aside();

    // Meanwhile somebody closes the second one.
    stage.does(&sofie(), second, Act::ForceClose);
    let mut draft = aside.on(&stage.world);
    let offered = draft.conversation(first).unwrap();
    assert_eq!(offered.offer.as_ref().unwrap().agent, ANNA);
    assert_eq!(
        assigned(&mut draft, second, stage.now),
        Some(Code::NotFound),
        "the base says that it is gone"
    );
    assert_eq!(assigned(&mut draft, third, stage.now), None);
    let aside = draft.aside();
    let fourth = stage.start(Channel::WhatsApp);
    let mut draft = aside.on(&stage.world);
    assert_eq!(
        assigned(&mut draft, fourth, stage.now),
        Some(Code::CapacityExceeded),
        "what she was offered before counts"
    );
}
