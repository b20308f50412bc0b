//! What must hold at every position of a log, whatever raced: the board is folded from it event by
//! event, as every server does, and looked at after each.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{After, AgentKind, Change, Conversation, OfferKind, Presence, State, World};
use engine::store::Store;

use crate::harness::soon;
use crate::stage::Stage;

/// Whether exactly one has it while it is ongoing: its queue, a primary agent, or whoever it is offered to.
fn is_in_one_place(conversation: &Conversation) -> bool {
    let offered = conversation.pending(OfferKind::Assignment).is_some();
    let has = usize::from(conversation.primary.is_some()) + usize::from(offered);
    match conversation.state {
        State::Open => has == 0 && conversation.offer.is_none(),
        State::Active | State::Waiting | State::WrapUp => has == 1,
        State::Closed => true,
    }
}

/// The whole log of a stage on which nobody overrode a limit, and nobody picked or reopened beyond
/// their capacity. How many events it has.
pub async fn throughout(stage: &Stage) -> usize {
    let events = stage.events().await;
    let mut world = World::default();
    for (event, due) in events.iter().zip(1..) {
        assert_eq!(event.position, due);
        let change: Change = serde_json::from_str(&event.change).unwrap();
        let after: After = serde_json::from_str(&event.after).unwrap();
        if let Change::AssignedToAgent { agent, .. } | Change::TransferRequested { to: agent, .. } =
            &change
        {
            let presence = world.agents[agent].presence;
            let allowed = [Presence::Available, Presence::Busy].contains(&presence);
            assert!(allowed, "offered to somebody {presence}: {event:?}");
        }
        if let After::Conversation(c) = &after {
            if let Some(was) = world.conversations.get(&c.id) {
                let (offer, next) = (was.offer.as_ref(), c.offer.as_ref());
                let replaced = offer.zip(next).is_some_and(|(was, is)| was.id != is.id);
                assert!(!replaced, "two open offers: {event:?}");
            }
            let unanswered = c.offer.as_ref().map(|offer| offer.agent);
            assert!(
                unanswered.is_none() || unanswered != c.primary_agent(),
                "{event:?}"
            );
            assert!(c.state != State::Open || c.primary.is_none(), "{event:?}");
            assert!(is_in_one_place(c), "{event:?}");
        }
        world.put(&after);
        for agent in world.agents.values().filter(|a| a.kind == AgentKind::Human) {
            let load = world.load(agent.id);
            assert!(
                load.consumed <= agent.capacity,
                "{load:?} of {agent:?} after {event:?}"
            );
        }
    }
    let store = Store::connect(&stage.database.url).await.unwrap();
    let mut lines = Vec::new();
    let mut tell = |difference: &engine::store::Difference| lines.push(difference.to_string());
    store.verify_board(&mut tell).await.unwrap();
    store.close().await;
    assert_eq!(lines, Vec::<String>::new());
    // A server hears of what another one did within a moment.
    let here =
        || async { stage.server.app.board.head().position == i64::try_from(events.len()).unwrap() };
    soon("the board is at the head", here).await;
    let shown = stage
        .server
        .app
        .board
        .read(|board| board.world.conversations.clone());
    let folded: BTreeMap<_, _> = world.conversations.into_iter().collect();
    assert_eq!(shown.into_iter().collect::<BTreeMap<_, Arc<_>>>(), folded);
    events.len()
}
