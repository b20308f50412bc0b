//! What the proofs of durability share: an organisation, a load of commands, a subscriber, and what is held
//! against the database.
//!
//! `crash` kills the server, `faults` makes its database fail. Invariant of both: what was acknowledged is
//! there exactly once, what was not is there at most once.

pub mod board;
pub mod cast;
pub mod client;
pub mod ledger;
pub mod load;
pub mod tables;
pub mod watcher;

use engine::store::Store;

/// Log, rows, rules and both chains hold.
pub async fn agrees(database: &str) {
    let store = Store::connect(database).await.unwrap();
    let mut lines = Vec::new();
    let mut tell = |difference: &engine::store::Difference| lines.push(difference.to_string());
    store.verify_board(&mut tell).await.unwrap();
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(store.verify_audit(None).await.unwrap().fault, None);
    store.close().await;
}
