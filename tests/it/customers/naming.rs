//! A customer is given another name: by whom, and where it shows.

use entity::tables::event;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use super::{UPDATE, by_id, close, key, of, ongoing, past, refused};
use crate::floor::Floor;
use crate::harness::{Database, Server, Token, eventually};
use crate::store::board_is_what_is_stored;

const SEEN: &str = "version lastActivityAt customer { id name }";

#[tokio::test]
async fn another_name_is_shown_and_found_wherever_the_customer_is() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let (closed, id) = of(&floor, "SMS", "7", "Annabel Vos").await;
        close(&floor, &closed).await;
        let (running, _) = of(&floor, "SMS", "7", "Annabel Vos").await;
        let (second, _) = of(&floor, "SMS", "7", "Annabel Vos").await;
        let before = floor.see(&floor.sam, &running, SEEN).await;
        let input = by_id(&id, json!({ "name": "  Zwaantje de Wit " }));
        let done = floor
            .server
            .done(&floor.gateway, UPDATE, input, "customer { id name } asOf")
            .await;
        assert_eq!(
            done["customer"],
            json!({ "id": id, "name": "Zwaantje de Wit" })
        );
        for token in [&floor.sam, &floor.gateway, &floor.anna, &floor.admin] {
            let mut expected = before.clone();
            expected["customer"]["name"] = json!("Zwaantje de Wit");
            assert_eq!(floor.see(token, &running, SEEN).await, expected);
        }
        let shown = floor.see(&floor.sam, &closed, "customer { name }").await;
        assert_eq!(shown["customer"]["name"], "Zwaantje de Wit");
        for (typed, found) in [("zwaan", 2), ("WIT", 2), ("anna", 0), ("vos", 0)] {
            assert_eq!(ongoing(&floor, typed).await.len(), found, "{typed}");
            let all = past(&floor, json!({ "text": typed })).await;
            assert_eq!(all.len(), found / 2 * 3, "{typed}");
        }
        assert_eq!(
            past(&floor, json!({ "text": "zwaantje" })).await,
            [closed, running, second]
        );
        board_is_what_is_stored(&floor.server).await;
        let server = floor.server.restart().await;
        board_is_what_is_stored(&server).await;
        let view = "{ ongoingConversations(filter: { text: \"zwa\" }) { totalCount } }";
        let sam = Token::supervisor("sam").sign();
        let data = server.data(&sam, view, json!({})).await;
        assert_eq!(data["ongoingConversations"]["totalCount"], 2);
    }
}

const CHANGES: &str = "subscription { conversationChanges { __typename
    ... on ConversationChangeEvent { conversation { id state customer { name } }
        change { ... on CustomerChanged { type customerId } } } } }";

#[tokio::test]
async fn everybody_who_sees_a_conversation_is_told_by_an_event_with_ids_alone() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let (one, id) = of(&floor, "SMS", "7", "Annabel Vos").await;
        let (other, _) = of(&floor, "SMS", "7", "Annabel Vos").await;
        let mut streams = Vec::new();
        for token in [&floor.sam, &floor.gateway, &floor.anna] {
            let mut stream = floor.server.socket(token).await;
            stream.subscribe(CHANGES, json!({})).await;
            streams.push(stream);
        }
        let input = by_id(&id, json!({ "name": "Zwaantje de Wit" }));
        floor
            .server
            .done(&floor.gateway, UPDATE, input.clone(), "asOf")
            .await;
        for stream in &mut streams {
            for conversation in [&one, &other] {
                let event = stream.event().await["conversationChanges"].clone();
                assert_eq!(
                    event["change"],
                    json!({ "type": "CUSTOMER_CHANGED", "customerId": id })
                );
                assert_eq!(event["conversation"]["id"], json!(conversation));
                assert_eq!(event["conversation"]["customer"]["name"], "Zwaantje de Wit");
            }
        }
        // The same name again changes nothing.
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        let events = || async {
            let ordered = event::Entity::find().order_by_asc(event::Column::Position);
            ordered.all(&tables).await.unwrap()
        };
        let before = events().await;
        floor
            .server
            .done(&floor.gateway, UPDATE, input, "asOf")
            .await;
        assert_eq!(events().await, before);
        assert!(!format!("{before:?}").contains("Zwaan"));
        // Where nothing is ongoing, the last conversation has the event.
        for id in [&one, &other] {
            close(&floor, id).await;
        }
        let input = by_id(&id, json!({ "name": "Adelheid" }));
        let length = events().await.len();
        floor
            .server
            .done(&floor.gateway, UPDATE, input, "asOf")
            .await;
        let now = events().await;
        assert_eq!(now.len(), length + 1);
        let last = now.last().unwrap();
        assert_eq!(last.kind, "CustomerChanged");
        assert_eq!(last.conversation_id.unwrap().to_string(), other);
    }
}

#[tokio::test]
async fn a_live_list_shows_the_new_name_and_finds_by_it() {
    let floor = Floor::new().await;
    let (one, id) = of(&floor, "SMS", "7", "Annabel Vos").await;
    let list = "subscription($text: String) { ongoingConversationsLive(filter: { text: $text }, first: 10) {
        __typename ... on OngoingSnapshot { conversations { id } } } }";
    let mut stream = floor.server.socket(&floor.sam).await;
    stream.subscribe(list, json!({ "text": "zwaan" })).await;
    let first = stream.event().await["ongoingConversationsLive"].clone();
    assert_eq!(first["conversations"], json!([]), "{first}");
    let input = by_id(&id, json!({ "name": "Zwaantje" }));
    floor.server.done(&floor.admin, UPDATE, input, "asOf").await;
    let next = stream.event().await["ongoingConversationsLive"].clone();
    assert_eq!(next["conversations"], json!([{ "id": one }]), "{next}");
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // A table, one line a case.
async fn gateways_name_their_own_customers_and_administrators_all() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let (conversation, id) = of(&floor, "SMS", "7", "Annabel").await;
        let server = &floor.server;
        let before = floor.fingerprint(&conversation).await;
        let named = |extra: Value| crate::floor::merged(json!({ "name": "Ada" }), extra);
        let ours = json!({ "channel": "SMS", "key": "7" });
        let elsewhere = Token::gateway().source("elsewhere").sign();
        let missing = ("TARGET_NOT_FOUND".to_owned(), json!(["customerId"]));
        let unknown = ("TARGET_NOT_FOUND".to_owned(), json!(["customerKey"]));
        let nobody = "cust_0190163d8694739baea5966c26f8ad91";
        for (token, input, expected) in [
            (&elsewhere, by_id(&id, named(json!({}))), &missing),
            (&elsewhere, by_id(nobody, named(json!({}))), &missing),
            (&elsewhere, named(json!({ "customerKey": ours })), &unknown),
            (&floor.gateway, by_id(nobody, named(json!({}))), &missing),
            (
                &floor.gateway,
                named(json!({ "customerKey": { "channel": "WHATSAPP", "key": "7" } })),
                &unknown,
            ),
            (
                &floor.gateway,
                named(json!({ "customerKey": { "keyScope": "SOURCE", "key": "7" } })),
                &unknown,
            ),
            (
                &floor.admin,
                named(
                    json!({ "customerKey": { "source": "elsewhere", "channel": "SMS", "key": "7" } }),
                ),
                &unknown,
            ),
        ] {
            assert_eq!(
                &refused(server, token, UPDATE, input.clone()).await,
                expected,
                "{input}"
            );
        }
        let invalid = |path: &[&str]| ("INVALID_INPUT".to_owned(), json!(path));
        let theirs = json!({ "source": "elsewhere", "channel": "SMS", "key": "7" });
        for (token, input, path) in [
            (
                &floor.gateway,
                named(json!({ "customerKey": theirs })),
                &["customerKey", "source"][..],
            ),
            (
                &floor.admin,
                named(json!({ "customerKey": ours })),
                &["customerKey", "source"],
            ),
            (
                &floor.gateway,
                named(json!({ "customerKey": { "key": "7" } })),
                &["customerKey", "channel"],
            ),
            (&floor.gateway, named(json!({})), &["customerId"]),
            (
                &floor.gateway,
                by_id(&id, named(json!({ "customerKey": ours }))),
                &["customerId"],
            ),
            (
                &floor.gateway,
                by_id(&id, json!({ "name": " \u{200b}" })),
                &["name"],
            ),
            (
                &floor.gateway,
                by_id(&id, json!({ "name": "a\u{0}b" })),
                &["name"],
            ),
            (
                &floor.gateway,
                by_id("cust_x", named(json!({}))),
                &["customerId"],
            ),
        ] {
            assert_eq!(
                refused(server, token, UPDATE, input.clone()).await,
                invalid(path),
                "{input}"
            );
        }
        for token in [&floor.sam, &floor.anna] {
            let input = by_id(&id, named(json!({})));
            assert_eq!(
                refused(server, token, UPDATE, input).await.0,
                "ROLE_REQUIRED"
            );
        }
        assert_eq!(floor.fingerprint(&conversation).await, before);
        for (token, input, name) in [
            (
                &floor.gateway,
                json!({ "customerKey": ours, "name": "Ada" }),
                "Ada",
            ),
            (
                &floor.admin,
                json!({ "customerKey": key("SMS", "7"), "name": "Bea" }),
                "Bea",
            ),
            (&floor.admin, by_id(&id, json!({ "name": "Cas" })), "Cas"),
        ] {
            let done = server
                .done(token, UPDATE, input, "customer { id name }")
                .await;
            assert_eq!(done["customer"], json!({ "id": id, "name": name }));
        }
    }
}

#[tokio::test]
async fn the_trail_has_an_administrators_naming_without_name_or_key() {
    let floor = Floor::new().await;
    let (_, id) = of(&floor, "SMS", "crm-4711", "Annabel").await;
    let input =
        json!({ "customerKey": key("SMS", "crm-4711"), "name": "Zwaantje", "reason": "Asked." });
    floor.server.done(&floor.admin, UPDATE, input, "asOf").await;
    let input = json!({ "customerKey": key("SMS", "crm-4712"), "name": "Zwaantje" });
    assert_eq!(
        refused(&floor.server, &floor.admin, UPDATE, input).await.0,
        "TARGET_NOT_FOUND"
    );
    // A gateway's is no entry; a supervisor's attempt is one.
    let input = by_id(&id, json!({ "name": "Ada" }));
    floor
        .server
        .done(&floor.gateway, UPDATE, input.clone(), "asOf")
        .await;
    refused(&floor.server, &floor.sam, UPDATE, input).await;
    let log = "{ auditLog(filter: { actions: [UPDATE_CUSTOMER] }, first: 10) {
        edges { node { subject role target refusal reason } } } }";
    let data = floor.server.data(&floor.admin, log, json!({})).await;
    let entries: Vec<_> = data["auditLog"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"].clone())
        .collect();
    assert_eq!(entries.len(), 3, "{entries:?}");
    let done = entries.iter().find(|entry| entry["refusal"] == Value::Null);
    assert_eq!(done.unwrap()["target"], json!(id));
    assert_eq!(done.unwrap()["reason"], "Asked.");
    let text = format!("{entries:?}");
    assert!(
        !text.contains("crm-4711") && !text.contains("Zwaan"),
        "{text}"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn another_server_shows_the_new_name_too() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let other = Server::on(database).await;
    let (one, id) = of(&floor, "SMS", "7", "Annabel").await;
    let input = by_id(&id, json!({ "name": "Zwaantje" }));
    floor.server.done(&floor.admin, UPDATE, input, "asOf").await;
    let view = "query($id: ID!) { conversation(id: $id) { customer { name } }
        ongoingConversations(filter: { text: \"zwaan\" }) { totalCount } }";
    eventually("the other server shows it", || async {
        let data = other.data(&floor.sam, view, json!({ "id": one })).await;
        data["conversation"]["customer"]["name"] == "Zwaantje"
            && data["ongoingConversations"]["totalCount"] == 1
    })
    .await;
    // The event came after what was shown: the rest of its batch is there a moment later.
    eventually("the other server is at the head", || async {
        other.app.board.head() == floor.server.app.board.head()
    })
    .await;
    board_is_what_is_stored(&other).await;
}

#[tokio::test]
async fn a_name_too_long_is_cut_and_a_repeat_is_answered_from_the_first() {
    let floor = Floor::new().await;
    let (_, id) = of(&floor, "SMS", "7", "Annabel").await;
    let long = by_id(
        &id,
        json!({ "name": "é".repeat(300), "idempotencyKey": "k" }),
    );
    let fields = "customer { name }";
    let done = floor
        .server
        .done(&floor.gateway, UPDATE, long.clone(), fields)
        .await;
    let name = done["customer"]["name"].as_str().unwrap();
    assert!(name.ends_with('…') && name.chars().count() <= 200);
    let again = floor
        .server
        .done(&floor.gateway, UPDATE, long, fields)
        .await;
    assert_eq!(again, done);
}
