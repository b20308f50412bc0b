//! A customer's data is erased: names, keys and text go; rows, figures, log and audit stay whole
//! (domain.md section 7).

mod at_once;
mod file;

use engine::store::Store;
use entity::tables::{
    audit, conversation, conversation_attribute, conversation_note, conversation_word, customer,
    customer_key, customer_word, event, idempotency, message, message_reaction, message_revision,
    message_state, rating_comment,
};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::Database;
use crate::store::board_is_what_is_stored;

const ERASE: &str = "eraseCustomer";
/// What must not be found anywhere afterwards.
const NAME: &str = "Adelheid Zwartsluis";
const KEY: &str = "crm-key-4711-of-hers";
const SUBJECT: &str = "The lamp that burnt her table";
const SAID: &str = "My name is Adelheid and my lamp exploded";
const ANSWERED: &str = "Dear Adelheid, we are sorry about your lamp";
const NOTED: &str = "Adelheid called twice before";
const ATTRIBUTE: &str = "Adelheid's serial number 0815";

const PICTURE: &str = "https://media.example/the-burnt-table-of-zwartsluis.jpg";
const DELIVERED: &str = "wamid-of-hers-4711";
const EDITED: &str = "My name is Adelheid Zwartsluis and my lamp burnt";
const REACTED: &str = "adelheid-laughs";
const FAILED: &str = "No telephone of Zwartsluis answers";

const PLACE: &str = "The kitchen of Zwartsluis";
const CLOSED: &str = "Adelheid is angry about the lamp";
const RATED: &str = "The lamp was burnt and so am I";

/// What must not be found anywhere, all of it.
const WORDS: [&str; 15] = [
    NAME, KEY, SUBJECT, SAID, ANSWERED, NOTED, PICTURE, DELIVERED, ATTRIBUTE, EDITED, REACTED,
    FAILED, PLACE, CLOSED, RATED,
];

/// A conversation of hers in which everybody wrote; the conversation's and the customer's id.
async fn conversation(floor: &Floor) -> (String, String) {
    let hers = json!({ "customer": { "key": KEY, "name": NAME }, "subject": SUBJECT,
        "attributes": [{ "key": "serial", "value": ATTRIBUTE }] });
    let id = floor.start_with("WHATSAPP", hers).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let say = async |token: &str, mutation: &str, text: &str| {
        floor
            .act(token, mutation, &id, json!({ "text": text }))
            .await;
    };
    say(&floor.gateway, "receiveCustomerMessage", SAID).await;
    let picture = json!({
        "attachments": [{ "kind": "IMAGE", "url": PICTURE, "fileName": NAME, "label": PLACE }],
        "externalId": format!("{DELIVERED} of {id}"),
    });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, picture)
        .await;
    say(&floor.anna, "sendMessage", ANSWERED).await;
    change(floor, &id).await;
    for mutation in ["monitorConversation", "joinConversation"] {
        floor.act(&floor.sam, mutation, &id, json!({})).await;
    }
    say(&floor.sam, "sendMessage", NOTED).await;
    let seen = floor.see(&floor.admin, &id, "customer { id }").await;
    (id, text(&seen["customer"]["id"]))
}

/// She edits her first message, reacts to the answer, and that fails.
async fn change(floor: &Floor, id: &str) {
    let nodes = floor
        .see(&floor.gateway, id, "transcript { nodes { id text } }")
        .await;
    let nodes = nodes["transcript"]["nodes"].as_array().unwrap().clone();
    let named = |text: &str| {
        let one = nodes.iter().find(|one| one["text"] == text).unwrap();
        json!({ "messageId": one["id"] })
    };
    for (mutation, input) in [
        (
            "editCustomerMessage",
            json!({ "message": named(SAID), "text": EDITED }),
        ),
        (
            "reactToMessage",
            json!({ "message": named(ANSWERED), "reaction": REACTED }),
        ),
        (
            "recordDelivery",
            json!({ "message": named(ANSWERED), "state": "FAILED", "errorDescription": FAILED,
                "externalId": format!("{DELIVERED} of the answer in {id}") }),
        ),
    ] {
        floor.server.done(&floor.gateway, mutation, input, "").await;
    }
}

async fn close(floor: &Floor, id: &str) {
    let input = json!({ "idempotencyKey": format!("close {id}") });
    floor
        .act(&floor.sam, "forceCloseConversation", id, input)
        .await;
}

/// Her agent closes it with a note, and she rates it with a comment.
async fn ends(floor: &Floor, id: &str) {
    for (token, mutation, input) in [
        (&floor.anna, "endConversation", json!({})),
        (&floor.anna, "closeConversation", json!({ "note": CLOSED })),
        (
            &floor.gateway,
            "recordRating",
            json!({ "score": 1, "comment": RATED }),
        ),
    ] {
        floor.act(token, mutation, id, input).await;
    }
}

async fn tables(database: &Database) -> DatabaseConnection {
    sea_orm::Database::connect(&database.url).await.unwrap()
}

/// Every row of the tables that could hold her words, as text.
async fn everything(tables: &DatabaseConnection) -> String {
    let conversations = conversation::Entity::find().all(tables).await.unwrap();
    let customers = customer::Entity::find().all(tables).await.unwrap();
    let attributes = conversation_attribute::Entity::find().all(tables).await;
    let notes = conversation_note::Entity::find().all(tables).await;
    let comments = rating_comment::Entity::find().all(tables).await.unwrap();
    let attributes = (attributes.unwrap(), notes.unwrap(), comments);
    let of_subjects = conversation_word::Entity::find().all(tables).await.unwrap();
    let of_names = customer_word::Entity::find().all(tables).await.unwrap();
    let messages = message::Entity::find().all(tables).await.unwrap();
    let revisions = message_revision::Entity::find().all(tables).await.unwrap();
    let reactions = message_reaction::Entity::find().all(tables).await.unwrap();
    let states = message_state::Entity::find().all(tables).await.unwrap();
    let messages = (messages, revisions, reactions, states);
    let events = event::Entity::find().all(tables).await.unwrap();
    let audit = audit::Entity::find().all(tables).await.unwrap();
    let kept = idempotency::Entity::find().all(tables).await.unwrap();
    let keys = customer_key::Entity::find().all(tables).await.unwrap();
    let words = (of_subjects, of_names, attributes, keys);
    format!("{conversations:?} {customers:?} {words:?} {messages:?} {events:?} {audit:?} {kept:?}")
}

const FACTS: &str = "state closedAt version sentiment { level score } subject
    customer { id name erasedAt } agent { name } participants { role }
    monitorSessions { supervisor }";

#[tokio::test]
async fn names_and_text_go_and_everything_else_stays() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let (id, customer) = conversation(&floor).await;
        let (second, _) = conversation(&floor).await;
        let other = floor
            .start_with("WHATSAPP", json!({ "subject": "Kept" }))
            .await;
        floor
            .act(
                &floor.gateway,
                "receiveCustomerMessage",
                &other,
                json!({ "text": "Kept, too" }),
            )
            .await;
        for id in [&id, &second] {
            ends(&floor, id).await;
        }
        close(&floor, &other).await;
        let tables = tables(&database).await;
        let there = everything(&tables).await;
        assert!(
            ["Adelheid", "adelheid", "\"table\"", PLACE, CLOSED, RATED]
                .iter()
                .all(|word| there.contains(word))
        );
        let before = floor.see(&floor.admin, &id, FACTS).await;
        let events = event::Entity::find()
            .order_by_asc(event::Column::Position)
            .all(&tables)
            .await
            .unwrap();

        let input =
            json!({ "customerId": customer, "reason": "Asked by letter.", "idempotencyKey": "e1" });
        let done = floor
            .server
            .done(
                &floor.admin,
                ERASE,
                input.clone(),
                "customerId erasedAt asOf",
            )
            .await;
        assert_eq!(done["customerId"], json!(customer));
        let rows = everything(&tables).await;
        let folded = ["Adelheid", "lamp", "adelheid", "zwart", "burnt"];
        for word in WORDS.iter().copied().chain(folded) {
            assert!(!rows.contains(word), "{word} is still there");
        }
        assert!(rows.contains("Kept, too") && rows.contains("\"Kept\""));
        // The log is as it was, and says nothing of it; the trail goes on.
        let after = event::Entity::find()
            .order_by_asc(event::Column::Position)
            .all(&tables)
            .await
            .unwrap();
        assert_eq!(after, events);
        let verified = Store::connect(&database.url)
            .await
            .unwrap()
            .verify_audit(None)
            .await
            .unwrap();
        assert_eq!(verified.fault, None);

        let now = floor.see(&floor.admin, &id, FACTS).await;
        let erased = json!({ "id": customer, "name": null, "erasedAt": done["erasedAt"] });
        assert_eq!(
            now,
            merged(before, json!({ "subject": null, "customer": erased }))
        );
        for id in [&id, &second] {
            erased_transcript(&floor, id, &done["erasedAt"]).await;
        }
        assert_eq!(
            floor.texts(&floor.gateway, &other).await.unwrap()[0],
            "Kept, too"
        );
        // Again: it was so already, under its key and without.
        assert_eq!(
            floor
                .server
                .done(&floor.admin, ERASE, input, "customerId erasedAt asOf")
                .await,
            done
        );
        let again = json!({ "customerId": customer });
        let again = floor
            .server
            .done(&floor.admin, ERASE, again, "erasedAt")
            .await;
        assert_eq!(again["erasedAt"], done["erasedAt"]);
        board_is_what_is_stored(&floor.server).await;
        let server = floor.server.restart().await;
        board_is_what_is_stored(&server).await;
    }
}

/// Every message that people wrote is empty and says since when; Regie's own stay.
async fn erased_transcript(floor: &Floor, id: &str, at: &Value) {
    let fields = "transcript(first: 100) { edges { node { author visibility text erasedAt systemMessage number } } }";
    let seen = floor.see(&floor.anna, id, fields).await;
    let nodes = seen["transcript"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| &edge["node"]);
    let authors: Vec<_> = nodes.clone().map(|node| text(&node["author"])).collect();
    assert_eq!(
        authors,
        [
            "CUSTOMER",
            "CUSTOMER",
            "AGENT",
            "SYSTEM",
            "SUPERVISOR",
            "SYSTEM"
        ]
    );
    for node in nodes {
        if node["author"] == "SYSTEM" {
            assert_ne!(node["text"], "");
            assert_eq!(node["erasedAt"], Value::Null);
        } else {
            assert_eq!((&node["text"], &node["erasedAt"]), (&json!(""), at));
        }
    }
}

#[tokio::test]
async fn a_customer_with_an_ongoing_conversation_is_not_erased() {
    let floor = Floor::new().await;
    let (id, customer) = conversation(&floor).await;
    let (second, _) = conversation(&floor).await;
    close(&floor, &second).await;
    let before = floor.fingerprint(&id).await;
    let query = "mutation($id: ID!) { eraseCustomer(input: { customerId: $id }) { customerId erasedAt asOf
        errors { code ... on ResourceInUse { conversationCount conversations { id } memberCount } } } }";
    let data = floor
        .server
        .data(&floor.admin, query, json!({ "id": customer }))
        .await;
    let used = json!({
        "code": "RESOURCE_IN_USE", "conversationCount": 1, "conversations": [{ "id": id }], "memberCount": 0,
    });
    let refused = json!({ "customerId": null, "erasedAt": null, "asOf": null, "errors": [used] });
    assert_eq!(data[ERASE], refused);
    assert_eq!(floor.fingerprint(&id).await, before);
    let seen = floor
        .see(&floor.admin, &second, "subject customer { name }")
        .await;
    assert_eq!(
        seen,
        json!({ "subject": SUBJECT, "customer": { "name": NAME } })
    );
    assert_eq!(floor.texts(&floor.anna, &second).await.unwrap()[0], EDITED);
}

#[tokio::test]
async fn only_administrators_erase_and_only_customers_who_are_there() {
    let floor = Floor::new().await;
    let (id, customer) = conversation(&floor).await;
    close(&floor, &id).await;
    let input = json!({ "customerId": customer });
    for token in [&floor.sam, &floor.anna, &floor.gateway] {
        assert_eq!(
            floor.server.code(token, ERASE, input.clone()).await,
            "ROLE_REQUIRED"
        );
    }
    for (wrong, code) in [
        ("cust_0190163d8694739baea5966c26f8ad91", "TARGET_NOT_FOUND"),
        ("crm-key-4711-of-hers", "INVALID_INPUT"),
        (id.as_str(), "INVALID_INPUT"),
    ] {
        let payload = floor
            .server
            .mutate(&floor.admin, ERASE, json!({ "customerId": wrong }), "")
            .await;
        assert_eq!(payload["errors"][0]["code"], code);
        assert_eq!(payload["errors"][0]["path"], json!(["input", "customerId"]));
    }
    assert_eq!(
        floor.see(&floor.admin, &id, "subject").await["subject"],
        SUBJECT
    );
    // Who asked, for whom, why, and who was refused: the trail keeps it, without the customer's name.
    let input = merged(input, json!({ "reason": "Letter of 3 May." }));
    floor.server.done(&floor.admin, ERASE, input, "").await;
    let query = "{ auditLog(filter: { actions: [ERASE_CUSTOMER] }, first: 2) {
        totalCount edges { node { subject target refusal reason before { version } } } } }";
    let data = floor.server.data(&floor.admin, query, json!({})).await;
    assert_eq!(data["auditLog"]["totalCount"], 7);
    assert_eq!(
        data["auditLog"]["edges"][0]["node"],
        json!({ "subject": "admin", "target": customer, "refusal": null, "reason": "Letter of 3 May.", "before": null })
    );
}

#[tokio::test]
async fn the_key_makes_a_new_customer_from_then_on() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let (id, customer) = conversation(&floor).await;
        close(&floor, &id).await;
        floor
            .server
            .done(&floor.admin, ERASE, json!({ "customerId": customer }), "")
            .await;
        let hers = json!({ "customer": { "key": KEY }, "previousConversationId": id });
        let next = floor.start_with("WHATSAPP", hers).await;
        let seen = floor
            .see(&floor.admin, &next, "customer { id name erasedAt }")
            .await;
        assert_ne!(seen["customer"]["id"], json!(customer));
        assert_eq!(
            (&seen["customer"]["name"], &seen["customer"]["erasedAt"]),
            (&Value::Null, &Value::Null)
        );
        // The new one is known by the key again.
        let third = floor
            .start_with(
                "WHATSAPP",
                json!({ "customer": { "key": KEY, "name": "Ada" } }),
            )
            .await;
        let again = floor.see(&floor.admin, &third, "customer { id }").await;
        assert_eq!(again["customer"]["id"], seen["customer"]["id"]);
        let view = "query($text: String!) { ongoingConversations(filter: { text: $text }) { totalCount } }";
        let data = floor
            .server
            .data(&floor.sam, view, json!({ "text": "Zwartsluis" }))
            .await;
        assert_eq!(data["ongoingConversations"]["totalCount"], 0);
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn whoever_resumes_from_before_an_erasure_is_not_told_what_was_erased() {
    let floor = Floor::on(Database::sqlite()).await;
    let watch = "subscription($after: LogCursor) { conversationChanges(after: $after) {
        ... on ConversationChangeEvent { cursor conversation { id subject customer { name } } }
    } }";
    let start = crate::stage::as_of(&floor.server, &floor.sam).await;
    let mut stays = floor.server.socket(&floor.sam).await;
    stays.subscribe(watch, json!({ "after": start })).await;
    let (id, customer) = conversation(&floor).await;
    stays.event().await;
    close(&floor, &id).await;
    let input = json!({ "customerId": customer, "idempotencyKey": "e1" });
    floor
        .server
        .done(&floor.admin, ERASE, input, "customerId")
        .await;
    let mut late = floor.server.socket(&floor.sam).await;
    late.subscribe(watch, json!({ "after": start })).await;
    let first = late.event().await;
    assert!(!first.to_string().contains("Adelheid"), "{first}");
}

#[tokio::test]
async fn the_tables_agree_with_the_log_after_an_erasure() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let (id, customer) = conversation(&floor).await;
    close(&floor, &id).await;
    let input = json!({ "customerId": customer, "idempotencyKey": "e1" });
    floor
        .server
        .done(&floor.admin, ERASE, input, "customerId")
        .await;
    let store = Store::connect(&database.url).await.unwrap();
    let mut differences = Vec::new();
    let tell = &mut |difference: &engine::store::Difference| {
        differences.push(difference.to_string());
    };
    store.verify_board(tell).await.unwrap();
    assert_eq!(differences, Vec::<String>::new());
}
