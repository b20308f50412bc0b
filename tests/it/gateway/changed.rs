//! What happens to messages after they were posted: edits, removals, reactions and deliveries (domain.md section 10).

use domain::Channel;
use engine::store::Retention;
use entity::tables::{event, message_revision};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::MESSAGE;
use crate::floor::{Floor, merged, on, text};
use crate::harness::{Database, Token};
use crate::store::board_is_what_is_stored;

const EDIT: &str = "editCustomerMessage";
const REMOVE: &str = "removeCustomerMessage";
const REACT: &str = "reactToMessage";
const REPORT: &str = "recordDelivery";

const SHOWN: &str = "transcript { nodes { text editedAt removedAt attachments { kind }
    revisions { text attachments { kind } }
    reactions { reaction author agent { name } supervisor }
    delivery { state at errorCode errorDescription } } }";

/// What this viewer reads of the first message with this author.
async fn by(author: &str, floor: &Floor, token: &str, id: &str) -> Value {
    let shown = SHOWN.replacen("text", "author text", 1);
    let shown = floor.see(token, id, &shown).await;
    let nodes = shown["transcript"]["nodes"].as_array().unwrap();
    let mut first = nodes
        .iter()
        .find(|one| one["author"] == author)
        .unwrap()
        .clone();
    first.as_object_mut().unwrap().remove("author");
    first
}

/// What this viewer reads of the customer's first message.
async fn read(floor: &Floor, token: &str, id: &str) -> Value {
    by("CUSTOMER", floor, token, id).await
}

/// A message of the customer with this id of its provider.
async fn written(floor: &Floor, id: &str, external: &str) -> String {
    let input = on(id, json!({ "text": "Helo", "externalId": external }));
    let done = floor
        .server
        .done(&floor.gateway, MESSAGE, input, "messageId");
    text(&done.await["messageId"])
}

/// A PUBLIC message of anna's.
async fn answered(floor: &Floor, id: &str) -> String {
    let input = on(id, json!({ "text": "On its way" }));
    let done = floor
        .server
        .done(&floor.anna, "sendMessage", input, "message { id }");
    text(&done.await["message"]["id"])
}

/// By the id of its provider.
fn external(id: &str, extra: Value) -> Value {
    let named = json!({ "channel": "WHATSAPP", "message": { "externalId": id } });
    merged(named, extra)
}

fn own(id: &str, extra: Value) -> Value {
    merged(json!({ "message": { "messageId": id } }), extra)
}

/// Whether a command that was not refused took effect; what it names is what it answers.
async fn applied(floor: &Floor, token: &str, mutation: &str, input: Value, message: &str) -> bool {
    let fields = "applied messageId conversation { id }";
    let done = floor.server.done(token, mutation, input, fields).await;
    assert_eq!(done["messageId"], *message);
    assert!(done["conversation"]["id"].is_string());
    done["applied"].as_bool().unwrap()
}

/// The code of a refusal, which leaves everything as it was.
async fn refused(floor: &Floor, token: &str, mutation: &str, id: &str, input: Value) -> String {
    let before = floor.fingerprint(id).await;
    let code = floor.server.code(token, mutation, input).await;
    assert_eq!(floor.fingerprint(id).await, before, "{mutation} {code}");
    code
}

#[tokio::test]
async fn an_edit_shows_the_present_text_and_a_supervisor_in_a_session_reads_what_it_said() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = floor.monitored("WHATSAPP").await;
        let message = written(&floor, &id, "wamid.1").await;
        let before = floor.see(&floor.sam, &id, "version lastActivityAt").await;
        let at = "2026-01-01T10:00:00+00:00";
        let input = external("wamid.1", json!({ "text": "Hello", "at": at }));
        assert!(applied(&floor, &floor.gateway, EDIT, input.clone(), &message).await);
        assert!(!applied(&floor, &floor.gateway, EDIT, input, &message).await);
        let earlier = json!({ "text": "Hullo", "at": "2026-01-01T09:00:00Z" });
        let input = own(&message, earlier);
        assert!(!applied(&floor, &floor.gateway, EDIT, input, &message).await);
        let after = floor.see(&floor.sam, &id, "version lastActivityAt").await;
        assert_eq!(after, before);
        let shown = |revisions: Value| {
            json!({ "text": "Hello", "editedAt": at, "removedAt": null, "attachments": [],
                "revisions": revisions, "reactions": [], "delivery": null })
        };
        let revisions = json!([{ "text": "Helo", "attachments": [] }]);
        assert_eq!(read(&floor, &floor.sam, &id).await, shown(revisions));
        for token in [&floor.anna, &floor.gateway] {
            assert_eq!(read(&floor, token, &id).await, shown(Value::Null));
        }
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn a_removed_message_shows_nothing_and_wins_over_an_edit() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let picture =
        json!({ "text": "Look", "attachments": [{ "kind": "IMAGE", "reference": "media/1" }] });
    applied(
        &floor,
        &floor.gateway,
        EDIT,
        own(&message, picture),
        &message,
    )
    .await;
    let reaction = own(&message, json!({ "reaction": "👍" }));
    applied(&floor, &floor.gateway, REACT, reaction, &message).await;
    let removal = external("wamid.1", json!({ "at": "2026-01-01T10:00:00Z" }));
    assert!(applied(&floor, &floor.gateway, REMOVE, removal.clone(), &message).await);
    assert!(!applied(&floor, &floor.gateway, REMOVE, removal, &message).await);
    let late = external("wamid.1", json!({ "text": "Back" }));
    assert!(!applied(&floor, &floor.gateway, EDIT, late, &message).await);
    let shown = read(&floor, &floor.sam, &id).await;
    assert_eq!(
        (&shown["text"], &shown["attachments"], &shown["reactions"]),
        (&json!(""), &json!([]), &json!([]))
    );
    assert_eq!(shown["removedAt"], "2026-01-01T10:00:00+00:00");
    assert_eq!(shown["editedAt"], Value::Null, "as had the edit come later");
    let revisions = json!([
        { "text": "Helo", "attachments": [] },
        { "text": "Look", "attachments": [{ "kind": "IMAGE" }] },
    ]);
    assert_eq!(shown["revisions"], revisions);
}

#[tokio::test]
async fn what_a_removed_message_said_goes_after_its_time() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let id = floor.monitored("WHATSAPP").await;
        let (removed, kept) = (
            written(&floor, &id, "wamid.1").await,
            written(&floor, &id, "wamid.2").await,
        );
        for message in [&removed, &kept] {
            let edit = own(message, json!({ "text": "Hello" }));
            applied(&floor, &floor.gateway, EDIT, edit, message).await;
        }
        applied(
            &floor,
            &floor.gateway,
            REMOVE,
            own(&removed, json!({})),
            &removed,
        )
        .await;
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        let revisions = async || {
            let rows = message_revision::Entity::find().all(&tables).await.unwrap();
            rows.iter()
                .map(|row| row.message_id.to_string())
                .collect::<Vec<_>>()
        };
        let store = engine::store::Store::open(&database.url).await.unwrap();
        let clock = &floor.server.clock;
        store.forget(clock, Retention::default()).await.unwrap();
        assert_eq!(revisions().await.len(), 3);
        let at_once = Retention {
            removed_texts: chrono::TimeDelta::seconds(-1),
            ..Retention::default()
        };
        store.forget(clock, at_once).await.unwrap();
        assert_eq!(revisions().await, [kept]);
    }
}

#[tokio::test]
async fn a_message_is_named_by_every_token_of_its_source_and_by_nobody_else() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let second = Token::gateway_of("another process").sign();
    let edit = || external("wamid.1", json!({ "text": "Hello" }));
    assert!(applied(&floor, &second, EDIT, edit(), &message).await);
    let other = Token::gateway().source("elsewhere").sign();
    let sms = Token::gateway_of("sms").channels(&[Channel::Sms]).sign();
    for (token, input) in [
        (&other, edit()),
        (&other, own(&message, json!({ "text": "Hello" }))),
        (&sms, own(&message, json!({ "text": "Hello" }))),
        (&floor.gateway, merged(edit(), json!({ "channel": "SMS" }))),
        (
            &floor.gateway,
            external("wamid.2", json!({ "text": "Hello" })),
        ),
    ] {
        let code = refused(&floor, token, EDIT, &id, input).await;
        assert_eq!(code, "MESSAGE_NOT_FOUND");
    }
    // A provider's id says nothing to whoever carries nothing there: this is no message that comes later.
    for (token, code) in [
        (&sms, "OUT_OF_SCOPE"),
        (&floor.sam, "ROLE_REQUIRED"),
        (&floor.anna, "ROLE_REQUIRED"),
    ] {
        assert_eq!(refused(&floor, token, EDIT, &id, edit()).await, code);
    }
    let nameless = json!({ "message": { "externalId": "wamid.1" }, "text": "Hello" });
    let code = refused(&floor, &floor.gateway, EDIT, &id, nameless).await;
    assert_eq!(code, "INVALID_INPUT");
}

#[tokio::test]
async fn a_failed_delivery_tells_its_author_and_asks_for_attention_until_it_arrives() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = floor.monitored("WHATSAPP").await;
        written(&floor, &id, "wamid.1").await;
        let answer = answered(&floor, &id).await;
        let mut told = floor.server.socket(&floor.anna).await;
        let notices = "subscription { notifications { __typename ... on DeliveryFailedNotice { messageId } } }";
        told.subscribe(notices, json!({})).await;
        let failure = json!({ "state": "FAILED", "externalId": "wamid.2", "errorCode": "131026",
            "errorDescription": "No WhatsApp at +31 6 1234" });
        let input = own(&answer, failure);
        assert!(applied(&floor, &floor.gateway, REPORT, input.clone(), &answer).await);
        assert!(!applied(&floor, &floor.gateway, REPORT, input, &answer).await);
        let notice = json!({ "__typename": "DeliveryFailedNotice", "messageId": answer });
        assert_eq!(told.event().await["notifications"], notice);
        let attention = "attention { attentionReason } unansweredSince";
        let seen = floor.see(&floor.sam, &id, attention).await;
        assert_eq!(
            seen["attention"],
            json!([{ "attentionReason": "DELIVERY_FAILED" }])
        );
        assert!(seen["unansweredSince"].is_string());
        let of_answer = async || by("AGENT", &floor, &floor.anna, &id).await["delivery"].clone();
        let delivery = of_answer().await;
        assert_eq!(
            (
                &delivery["state"],
                &delivery["errorCode"],
                &delivery["errorDescription"]
            ),
            (
                &json!("FAILED"),
                &json!("131026"),
                &json!("No WhatsApp at +31 6 1234")
            )
        );
        // By the provider's id, from now on.
        let input = external("wamid.2", json!({ "state": "DELIVERED" }));
        assert!(applied(&floor, &floor.gateway, REPORT, input, &answer).await);
        let delivery = of_answer().await;
        assert_eq!(
            (
                &delivery["state"],
                &delivery["errorCode"],
                &delivery["errorDescription"]
            ),
            (&json!("DELIVERED"), &Value::Null, &Value::Null)
        );
        let seen = floor.see(&floor.sam, &id, attention).await;
        assert_eq!(seen, json!({ "attention": [], "unansweredSince": null }));
        // An answer to it, too.
        let quoting = json!({ "text": "Thanks", "replyTo": { "externalId": "wamid.2" } });
        floor.act(&floor.gateway, MESSAGE, &id, quoting).await;
        let quoted = "transcript(last: 1) { nodes { replyTo { id } } }";
        let quoted = floor.see(&floor.sam, &id, quoted).await;
        assert_eq!(quoted["transcript"]["nodes"][0]["replyTo"]["id"], *answer);
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn a_report_names_a_message_of_the_organisation_that_the_customer_sees() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let answer = answered(&floor, &id).await;
    let note = json!({ "text": "Between us", "visibility": "INTERNAL" });
    let note = floor
        .server
        .done(&floor.anna, "sendMessage", on(&id, note), "message { id }");
    let note = text(&note.await["message"]["id"]);
    let sent = || json!({ "state": "SENT" });
    for (input, code) in [
        (own(&message, sent()), "INVALID_INPUT"),
        (own(&note, sent()), "MESSAGE_NOT_FOUND"),
        (
            own(&answer, json!({ "state": "SENT", "externalId": "wamid.1" })),
            "INVALID_INPUT",
        ),
        (
            own(&answer, json!({ "state": "FAILED", "errorCode": " " })),
            "INVALID_INPUT",
        ),
    ] {
        let got = refused(&floor, &floor.gateway, REPORT, &id, input.clone()).await;
        assert_eq!(got, code, "{input}");
    }
    let code = refused(
        &floor,
        &floor.gateway,
        EDIT,
        &id,
        own(&answer, json!({ "text": "!" })),
    )
    .await;
    assert_eq!(code, "INVALID_INPUT");
    let code = refused(&floor, &floor.gateway, REMOVE, &id, own(&note, json!({}))).await;
    assert_eq!(code, "MESSAGE_NOT_FOUND");
}

#[tokio::test]
async fn everybody_who_writes_reacts_and_the_gateway_hears_of_what_the_customer_sees() {
    let floor = Floor::new().await;
    let id = floor.joined("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let mut told = floor.server.socket(&floor.gateway).await;
    let notices = "subscription { notifications { __typename ... on ReactionNotice {
        message { externalId reactions { reaction author supervisor } } } } }";
    told.subscribe(notices, json!({})).await;
    let react = |reaction: &str| own(&message, json!({ "reaction": reaction }));
    assert!(applied(&floor, &floor.gateway, REACT, react("👍"), &message).await);
    assert!(applied(&floor, &floor.anna, REACT, react("👀"), &message).await);
    assert!(applied(&floor, &floor.sam, REACT, react("❤"), &message).await);
    let [first, second] = [told.event().await, told.event().await];
    let reactions = &first["notifications"]["message"]["reactions"];
    assert!(reactions.as_array().unwrap().len() >= 2, "{first}");
    let message_seen = &second["notifications"]["message"];
    assert_eq!(message_seen["externalId"], "wamid.1");
    let all = json!([
        { "reaction": "👍", "author": "CUSTOMER", "supervisor": null },
        { "reaction": "👀", "author": "AGENT", "supervisor": null },
        { "reaction": "❤", "author": "SUPERVISOR", "supervisor": null },
    ]);
    assert_eq!(message_seen["reactions"], all);
    let inside = read(&floor, &floor.anna, &id).await["reactions"].clone();
    assert_eq!(inside[1]["agent"]["name"], "anna");
    assert_eq!(inside[2]["supervisor"], "sam");
    let back = own(&message, json!({ "reaction": null }));
    assert!(applied(&floor, &floor.anna, REACT, back, &message).await);
    let left = read(&floor, &floor.anna, &id).await["reactions"].clone();
    assert_eq!(left.as_array().unwrap().len(), 2);
    for (token, code) in [
        (&floor.bert, "MESSAGE_NOT_FOUND"),
        (&floor.admin, "ROLE_REQUIRED"),
    ] {
        let got = refused(&floor, token, REACT, &id, react("👍")).await;
        assert_eq!(got, code);
    }
    let code = refused(&floor, &floor.gateway, REACT, &id, react(&"x".repeat(65))).await;
    assert_eq!(code, "INVALID_INPUT");
}

#[tokio::test]
async fn after_the_end_a_message_changes_and_nothing_else() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let answer = answered(&floor, &id).await;
    for mutation in ["endConversation", "closeConversation"] {
        floor.act(&floor.anna, mutation, &id, json!({})).await;
    }
    let facts = "state version lastActivityAt attention { attentionReason } sentiment { level }";
    let before = floor.see(&floor.sam, &id, facts).await;
    let furious = own(
        &message,
        json!({ "text": "This is the worst service ever, I am furious!" }),
    );
    assert!(applied(&floor, &floor.gateway, EDIT, furious, &message).await);
    let failed = own(&answer, json!({ "state": "FAILED" }));
    assert!(applied(&floor, &floor.gateway, REPORT, failed, &answer).await);
    let reaction = own(&answer, json!({ "reaction": "👎" }));
    assert!(applied(&floor, &floor.gateway, REACT, reaction.clone(), &answer).await);
    let code = floor.server.code(&floor.anna, REACT, reaction).await;
    assert_eq!(code, "CONVERSATION_CLOSED", "the customer's alone");
    assert!(
        applied(
            &floor,
            &floor.gateway,
            REMOVE,
            own(&message, json!({})),
            &message
        )
        .await
    );
    assert_eq!(floor.see(&floor.sam, &id, facts).await, before);
    assert_eq!(read(&floor, &floor.gateway, &id).await["text"], "");
    board_is_what_is_stored(&floor.server).await;
}

#[tokio::test]
async fn no_event_says_what_was_said_and_a_transcript_that_is_followed_shows_each_change() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let id = floor.monitored("WHATSAPP").await;
    let message = written(&floor, &id, "wamid.1").await;
    let answer = answered(&floor, &id).await;
    let mut follows = floor.server.socket(&floor.sam).await;
    let transcript = "subscription($id: ID!) { conversationTranscript(conversationId: $id) {
        ... on TranscriptMessage { cause message { text reactions { reaction } delivery { state } } } } }";
    follows.subscribe(transcript, json!({ "id": id })).await;
    let steps = [
        (EDIT, own(&message, json!({ "text": "secret-edit" }))),
        (REACT, own(&message, json!({ "reaction": "secret-react" }))),
        (
            REPORT,
            own(
                &answer,
                json!({ "state": "FAILED", "errorDescription": "secret-words" }),
            ),
        ),
        (REMOVE, own(&message, json!({}))),
    ];
    for (mutation, input) in steps {
        floor.server.done(&floor.gateway, mutation, input, "").await;
    }
    let causes = ["EDITED", "REACTION", "DELIVERY", "REMOVED"];
    for cause in causes {
        let event = follows.event().await["conversationTranscript"].clone();
        assert_eq!(event["cause"], format!("MESSAGE_{cause}"));
    }
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let events = event::Entity::find().all(&tables).await.unwrap();
    assert!(!format!("{events:?}").contains("secret"));
}
