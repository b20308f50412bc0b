//! Two customers are one: what finds whom afterwards, what stays, and what is refused.

use entity::tables::{conversation, customer, customer_key, customer_source, customer_word, event};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use super::{
    ERASE, MERGE, UPDATE, by_id, close, customer as customer_of, key, merge, of, ongoing, past,
    refused,
};
use crate::floor::{Floor, text};
use crate::harness::{Database, Server, Token, eventually};
use crate::store::board_is_what_is_stored;

#[tokio::test]
async fn the_merged_id_is_another_name_of_the_survivor_and_no_conversation_changes() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let (closed, one) = of(&floor, "SMS", "1", "Annabel Vos").await;
        close(&floor, &closed).await;
        let (running, _) = of(&floor, "SMS", "1", "Annabel Vos").await;
        let (theirs, other) = of(&floor, "WHATSAPP", "2", "Zwaantje").await;
        let facts = "version state lastActivityAt participants { role joinedAt }";
        let before = floor.see(&floor.admin, &running, facts).await;
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        let images = || async {
            let rows = conversation::Entity::find().order_by_asc(conversation::Column::Id);
            let rows = rows.all(&tables).await.unwrap();
            rows.into_iter().map(|row| row.image).collect::<Vec<_>>()
        };
        let kept = images().await;
        let done = merge(&floor, &one, &other).await;
        assert_eq!(done["customer"], json!({ "id": other, "name": "Zwaantje" }));
        assert_eq!(images().await, kept);
        assert_eq!(floor.see(&floor.admin, &running, facts).await, before);
        // Every conversation shows the survivor, by whichever way it is read.
        let survivor = json!({ "id": other, "name": "Zwaantje", "erasedAt": null });
        for id in [&closed, &running, &theirs] {
            for token in [&floor.sam, &floor.gateway, &floor.admin] {
                let seen = floor.see(token, id, "customer { id name erasedAt }").await;
                assert_eq!(seen["customer"], survivor);
            }
        }
        let find = "query($id: ID!) { customer(id: $id) { id name erasedAt } node(id: $id) { id } nodes(ids: [$id]) { id } }";
        for id in [&one, &other] {
            let found = floor
                .server
                .data(&floor.admin, find, json!({ "id": id }))
                .await;
            assert_eq!(found["customer"], survivor);
            assert_eq!(found["node"]["id"], json!(other));
            assert_eq!(found["nodes"][0]["id"], json!(other));
            let all = past(&floor, json!({ "customerId": id })).await;
            assert_eq!(all, [closed.clone(), running.clone(), theirs.clone()]);
        }
        assert_eq!(ongoing(&floor, "zwaan").await.len(), 2);
        assert_eq!(past(&floor, json!({ "text": "zwaan" })).await.len(), 3);
        for typed in ["annabel", "vos"] {
            assert!(ongoing(&floor, typed).await.is_empty());
            assert!(past(&floor, json!({ "text": typed })).await.is_empty());
        }
        // Its key finds the survivor, and the conversation that is ongoing under the merged id.
        let mut receive = floor.receive_input("SMS", "1");
        let answered = floor
            .server
            .done(
                &floor.gateway,
                "receiveFromCustomer",
                receive.clone(),
                "started conversation { id }",
            )
            .await;
        assert_eq!(answered["conversation"]["id"], json!(running));
        close(&floor, &running).await;
        receive["text"] = json!("again");
        let answered = floor
            .server
            .done(
                &floor.gateway,
                "receiveFromCustomer",
                receive,
                "started conversation { id previous { id } }",
            )
            .await;
        assert_eq!(answered["started"], true);
        assert_eq!(answered["conversation"]["previous"]["id"], json!(running));
        let (again, id) = of(&floor, "SMS", "1", "Zwaantje Smit").await;
        assert_eq!(id, other);
        // The name that came with it holds for all of theirs, under either id.
        for id in [&again, &closed, &running, &theirs] {
            let seen = floor.see(&floor.sam, id, "customer { name }").await;
            assert_eq!(seen["customer"]["name"], "Zwaantje Smit");
        }
        assert_eq!(past(&floor, json!({ "text": "smit" })).await.len(), 5);
        board_is_what_is_stored(&floor.server).await;
        let server = floor.server.restart().await;
        board_is_what_is_stored(&server).await;
    }
}

#[tokio::test]
async fn a_restarted_server_shows_the_survivor_of_what_is_ongoing() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let (running, one) = of(&floor, "SMS", "1", "Annabel").await;
        let (_, other) = of(&floor, "SMS", "2", "Zwaantje").await;
        merge(&floor, &one, &other).await;
        let (admin, sam, gateway) = (&floor.admin, &floor.sam, &floor.gateway);
        let input = floor.receive_input("SMS", "1");
        let server = floor.server.restart().await;
        let view = "query($id: ID!) { conversation(id: $id) { customer { id name } }
            ongoingConversations(filter: { text: \"zwaan\" }) { totalCount } }";
        let data = server.data(sam, view, json!({ "id": running })).await;
        assert_eq!(
            data["conversation"]["customer"],
            json!({ "id": other, "name": "Zwaantje" })
        );
        assert_eq!(data["ongoingConversations"]["totalCount"], 2);
        // One is theirs on that channel, whichever id it has: the newer one.
        let answered = server
            .done(gateway, "receiveFromCustomer", input, "started")
            .await;
        assert_eq!(answered["started"], false);
        let refused = server
            .code(admin, ERASE, json!({ "customerId": other }))
            .await;
        assert_eq!(refused, "RESOURCE_IN_USE");
    }
}

#[tokio::test]
async fn those_who_see_a_conversation_of_either_are_told_by_ids_alone() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let (running, one) = of(&floor, "SMS", "1", "Annabel").await;
    let (theirs, other) = of(&floor, "SMS", "2", "Zwaantje").await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        conversation { id customer { id name } }
        change { type ... on CustomersMerged { mergedId survivingId } } } } }";
    let mut stream = floor.server.socket(&floor.sam).await;
    stream.subscribe(changes, json!({})).await;
    merge(&floor, &one, &other).await;
    for id in [running, theirs] {
        let event = stream.event().await["conversationChanges"].clone();
        assert_eq!(
            event,
            json!({
                "conversation": { "id": id, "customer": { "id": other, "name": "Zwaantje" } },
                "change": { "type": "CUSTOMERS_MERGED", "mergedId": one, "survivingId": other },
            })
        );
    }
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let log = event::Entity::find().all(&tables).await.unwrap();
    let log = format!("{log:?}");
    assert!(!log.contains("Annabel") && !log.contains("Zwaan"));
}

#[tokio::test]
async fn erasing_one_erases_both_and_all_that_is_kept_of_them() {
    for by_merged in [true, false] {
        for database in Database::all().await {
            let floor = Floor::on(database.clone()).await;
            erased_under_every_id(&floor, &database, by_merged).await;
        }
    }
}

async fn erased_under_every_id(floor: &Floor, database: &Database, by_merged: bool) {
    let mut ids = Vec::new();
    let mut conversations = Vec::new();
    for (number, name) in ["Annabel Vos", "Belinda Kok", "Cordelia Smit"]
        .into_iter()
        .enumerate()
    {
        let key = format!("crm-{number}");
        let customer = json!({ "customer": { "key": key, "name": name }, "subject": format!("About {name}"),
            "attributes": [{ "key": "serial", "value": name }] });
        let id = floor.start_with("WHATSAPP", customer).await;
        let said = json!({ "text": format!("I am {name}") });
        floor
            .act(&floor.gateway, "receiveCustomerMessage", &id, said)
            .await;
        ids.push(customer_of(floor, &id).await);
        close(floor, &id).await;
        conversations.push(id);
    }
    merge(floor, &ids[0], &ids[1]).await;
    merge(floor, &ids[1], &ids[2]).await;
    let named = if by_merged {
        json!({ "customerId": ids[0] })
    } else {
        json!({ "customerKey": key("WHATSAPP", "crm-1") })
    };
    let done = floor
        .server
        .done(&floor.admin, ERASE, named, "customerId erasedAt")
        .await;
    assert_eq!(done["customerId"], json!(ids[2]));
    for id in &conversations {
        let seen = floor
            .see(&floor.admin, id, "subject customer { id name erasedAt }")
            .await;
        let gone = json!({ "id": ids[2], "name": null, "erasedAt": done["erasedAt"] });
        assert_eq!(seen, json!({ "subject": null, "customer": gone }));
    }
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    assert!(
        customer_key::Entity::find()
            .all(&tables)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        customer_source::Entity::find()
            .all(&tables)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        customer_word::Entity::find()
            .all(&tables)
            .await
            .unwrap()
            .is_empty()
    );
    let rows = customer::Entity::find().all(&tables).await.unwrap();
    assert!(
        rows.iter()
            .all(|row| row.name.is_none() && row.erased_at.is_some())
    );
    // Again by an id that is known: it was so already. By the key nobody is found any more.
    for id in &ids {
        let again = floor
            .server
            .done(&floor.admin, ERASE, json!({ "customerId": id }), "erasedAt")
            .await;
        assert_eq!(again["erasedAt"], done["erasedAt"]);
        for input in [
            json!({ "mergedId": id, "survivingId": ids[2] }),
            json!({ "mergedId": ids[2], "survivingId": id }),
        ] {
            assert_eq!(
                refused(&floor.server, &floor.admin, MERGE, input).await.0,
                "TARGET_NOT_FOUND"
            );
        }
        let input = by_id(id, json!({ "name": "Ada" }));
        assert_eq!(
            refused(&floor.server, &floor.admin, UPDATE, input).await.0,
            "TARGET_NOT_FOUND"
        );
    }
    let by_key = json!({ "customerKey": key("WHATSAPP", "crm-1") });
    assert_eq!(
        floor.server.code(&floor.admin, ERASE, by_key).await,
        "TARGET_NOT_FOUND"
    );
    let (_, new) = of(floor, "WHATSAPP", "crm-1", "Belinda").await;
    assert!(!ids.contains(&new));
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_and_changes_nothing() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let (first, a) = of(&floor, "SMS", "a", "Ada").await;
        let (_, b) = of(&floor, "SMS", "b", "Bea").await;
        let (_, c) = of(&floor, "SMS", "c", "Cas").await;
        merge(&floor, &a, &b).await;
        let before = floor.fingerprint(&first).await;
        let nobody = "cust_0190163d8694739baea5966c26f8ad91";
        for (one, other, code, path) in [
            (&*c, &*c, "INVALID_INPUT", "mergedId"),
            // One customer by now.
            (&*a, &*b, "INVALID_INPUT", "mergedId"),
            (&*b, &*a, "INVALID_INPUT", "mergedId"),
            (&*a, &*a, "INVALID_INPUT", "mergedId"),
            // Final: it is another customer's name.
            (&*a, &*c, "INVALID_INPUT", "mergedId"),
            (nobody, &*c, "TARGET_NOT_FOUND", "mergedId"),
            (&*c, nobody, "TARGET_NOT_FOUND", "survivingId"),
            ("cust_x", &*c, "INVALID_INPUT", "mergedId"),
            (&*c, "conv_x", "INVALID_INPUT", "survivingId"),
        ] {
            let input = json!({ "mergedId": one, "survivingId": other });
            let answer = refused(&floor.server, &floor.admin, MERGE, input).await;
            assert_eq!(answer, (code.to_owned(), json!([path])), "{one} {other}");
        }
        for token in [&floor.sam, &floor.gateway, &floor.anna] {
            let input = json!({ "mergedId": c, "survivingId": b });
            assert_eq!(
                refused(&floor.server, token, MERGE, input).await.0,
                "ROLE_REQUIRED"
            );
        }
        assert_eq!(floor.fingerprint(&first).await, before);
        // Into one that was merged means into the survivor; a chain is one customer.
        let done = merge(&floor, &c, &a).await;
        assert_eq!(done["customer"]["id"], json!(b));
        let (_, d) = of(&floor, "SMS", "d", "Dora").await;
        merge(&floor, &b, &d).await;
        for key in ["a", "b", "c", "d"] {
            let id = floor
                .start_with("SMS", json!({ "customer": { "key": key } }))
                .await;
            assert_eq!(customer_of(&floor, &id).await, d);
            let seen = floor.see(&floor.sam, &id, "customer { name }").await;
            assert_eq!(seen["customer"]["name"], "Dora");
        }
        assert_eq!(ongoing(&floor, "dora").await.len(), 8);
        for id in [&a, &b, &c, &d] {
            assert_eq!(past(&floor, json!({ "customerId": id })).await.len(), 8);
        }
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn of_two_merges_in_opposite_directions_one_is_done() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        for round in 0..5 {
            let (_, a) = of(&floor, "SMS", &format!("a{round}"), "Ada").await;
            let (_, b) = of(&floor, "SMS", &format!("b{round}"), "Bea").await;
            let give = |one: &str, other: &str| {
                let input = json!({ "mergedId": one, "survivingId": other });
                floor
                    .server
                    .mutate(&floor.admin, MERGE, input, "customer { id }")
            };
            let (one, other) = tokio::join!(give(&a, &b), give(&b, &a));
            let codes = [&one, &other].map(|done| done["errors"][0]["code"].clone());
            let done = codes.iter().filter(|code| code.is_null()).count();
            assert_eq!(done, 1, "{codes:?}");
            assert!(codes.contains(&json!("INVALID_INPUT")), "{codes:?}");
            let survivor = [&one, &other]
                .into_iter()
                .find(|done| !done["customer"].is_null());
            let survivor = text(&survivor.unwrap()["customer"]["id"]);
            for key in ["a", "b"] {
                let extra = json!({ "customer": { "key": format!("{key}{round}") } });
                let id = floor.start_with("SMS", extra).await;
                assert_eq!(customer_of(&floor, &id).await, survivor);
            }
        }
    }
}

#[tokio::test]
async fn a_merging_is_repeated_by_its_key_and_stands_in_the_trail() {
    let floor = Floor::new().await;
    let (_, a) = of(&floor, "SMS", "a", "Ada").await;
    let (_, b) = of(&floor, "SMS", "b", "Bea").await;
    let input =
        json!({ "mergedId": a, "survivingId": b, "reason": "Ticket 7.", "idempotencyKey": "k" });
    let fields = "customer { id name } asOf";
    let done = floor
        .server
        .done(&floor.admin, MERGE, input.clone(), fields)
        .await;
    let again = floor.server.done(&floor.admin, MERGE, input, fields).await;
    assert_eq!(done, again);
    let log = "{ auditLog(filter: { actions: [MERGE_CUSTOMERS] }, first: 10) {
        edges { node { subject role target refusal reason } } } }";
    let data = floor.server.data(&floor.admin, log, json!({})).await;
    let entry = json!({ "subject": "admin", "role": "ADMINISTRATOR", "target": format!("{a} {b}"),
        "refusal": null, "reason": "Ticket 7." });
    let edges = data["auditLog"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 1);
    let mut found = edges[0]["node"].clone();
    found["subject"] = json!("admin");
    assert_eq!(found, entry);
}

#[tokio::test]
async fn a_gateway_of_either_source_has_the_customer_afterwards() {
    let floor = Floor::new().await;
    let elsewhere = Token::gateway().source("elsewhere").sign();
    let (_, one) = of(&floor, "SMS", "1", "Annabel").await;
    let start = floor.start_input("SMS");
    let started = floor
        .server
        .done(
            &elsewhere,
            "startConversation",
            start,
            "conversation { customer { id } }",
        )
        .await;
    let other = text(&started["conversation"]["customer"]["id"]);
    let find = "query($id: ID!) { customer(id: $id) { id } }";
    let seen = async |token: &str, id: &str| -> Value {
        floor.server.data(token, find, json!({ "id": id })).await["customer"].clone()
    };
    assert_eq!(seen(&floor.gateway, &other).await, Value::Null);
    assert_eq!(seen(&elsewhere, &one).await, Value::Null);
    merge(&floor, &one, &other).await;
    for token in [&floor.gateway, &elsewhere] {
        for id in [&one, &other] {
            assert_eq!(seen(token, id).await, json!({ "id": other }));
        }
        let input = by_id(&one, json!({ "name": format!("Ada {}", token.len()) }));
        let done = floor
            .server
            .done(token, UPDATE, input, "customer { id }")
            .await;
        assert_eq!(done["customer"]["id"], json!(other));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn another_server_learns_who_was_merged() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let other = Server::on(database).await;
    let (running, one) = of(&floor, "SMS", "1", "Annabel").await;
    let (_, survivor) = of(&floor, "SMS", "2", "Zwaantje").await;
    merge(&floor, &one, &survivor).await;
    let view = "query($id: ID!) { conversation(id: $id) { customer { id name } }
        ongoingConversations(filter: { text: \"zwaan\" }) { totalCount } }";
    eventually("the other server shows it", || async {
        let data = other.data(&floor.sam, view, json!({ "id": running })).await;
        data["conversation"]["customer"] == json!({ "id": survivor, "name": "Zwaantje" })
            && data["ongoingConversations"]["totalCount"] == 2
    })
    .await;
    let input = floor.receive_input("SMS", "1");
    let answered = other
        .done(&floor.gateway, "receiveFromCustomer", input, "started")
        .await;
    assert_eq!(answered["started"], false);
    board_is_what_is_stored(&other).await;
}
