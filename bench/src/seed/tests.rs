//! What is seeded is what a server would have left.

use domain::State;

use super::*;
use crate::project::open;

#[tokio::test]
async fn a_server_starts_on_what_was_seeded_and_finds_what_is_ongoing() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder.path().join("regie.db"));
    let store = Store::open(&url).await.unwrap();
    let size = Size {
        ongoing: 400,
        closed: 3,
        all_open: false,
        agents: AGENTS,
        lived: false,
    };
    fill(&store, size).await.unwrap();
    let report = store.verify_audit(None).await.unwrap();
    store.close().await;
    assert!(report.fault.is_none());

    let app = open(&url).await.unwrap();
    let (head, states) = app.board.read(|board| {
        let count = |state| ongoing(&board.world, |found, _| found == state).len();
        let states = [State::Open, State::Active, State::Waiting, State::WrapUp].map(count);
        (board.head, states)
    });
    assert_eq!(states, [80, 240, 40, 40]);
    let due = app.board.read(|board| {
        let timers = board.world.conversations.values().flat_map(|c| c.timers());
        timers.filter(|(_, at)| *at <= chrono::Utc::now()).count()
    });
    assert_eq!(due, 0, "nothing is left to act on before a bench begins");
    // The log goes on where the import ended, and begins where what is forgotten ends.
    assert_eq!(app.log.resume(head.cursor()).await.unwrap(), head.position);
    assert!(app.log.after(0).await.is_err());
}
