//! What is erased does not linger in the file of a `SQLite` database, nor in the journal beside it.

use std::path::PathBuf;

use serde_json::json;

use super::{ERASE, SAID, WORDS, close, conversation, ends};
use crate::floor::{Floor, text};
use crate::harness::Database;

/// The file's and its journal's bytes.
fn bytes(database: &Database) -> Vec<u8> {
    let file = database.url.strip_prefix("sqlite://").unwrap();
    let file = PathBuf::from(file.strip_suffix("?mode=rwc").unwrap());
    let journal = file.with_extension("db-wal");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(std::fs::read(journal).unwrap_or_default());
    bytes
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn no_byte_of_it_is_left_in_the_file_or_its_journal() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let (id, customer) = conversation(&floor).await;
    // Long texts lie on pages of their own; others come and go between.
    let long = format!("{} {}", "word ".repeat(1_900), SAID);
    floor
        .act(
            &floor.gateway,
            "receiveCustomerMessage",
            &id,
            json!({ "text": long }),
        )
        .await;
    for number in 0..60 {
        let other = floor
            .start_with("WHATSAPP", json!({ "subject": format!("Other {number}") }))
            .await;
        let said = format!("Number {number}, {}", "and so on ".repeat(number * 7 % 50));
        floor
            .act(
                &floor.gateway,
                "receiveCustomerMessage",
                &other,
                json!({ "text": said }),
            )
            .await;
        if number % 2 == 0 {
            floor
                .act(
                    &floor.gateway,
                    "receiveCustomerMessage",
                    &id,
                    json!({ "text": SAID }),
                )
                .await;
            close(&floor, &other).await;
        }
    }
    ends(&floor, &id).await;
    // As they were written, and as searches have them.
    let words = WORDS
        .iter()
        .copied()
        .chain(["adelheid", "zwartsluis", "burnt"]);
    let before = bytes(&database);
    for word in words.clone() {
        assert!(holds(&before, word), "{word} was never there");
    }
    let erased = floor
        .server
        .done(
            &floor.admin,
            ERASE,
            json!({ "customerId": customer }),
            "customerId",
        )
        .await;
    assert_eq!(text(&erased["customerId"]), customer);
    let after = bytes(&database);
    for word in words.clone() {
        assert!(!holds(&after, word), "{word} lingers");
    }
    assert!(holds(&after, "Other 59"));
    // It goes on working.
    floor.open("WHATSAPP").await;
}
