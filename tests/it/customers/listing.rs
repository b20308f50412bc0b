//! The list of customers: who finds whom, by which words, page by page.

use entity::tables::customer;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{ERASE, close, customer as customer_of, merge, of};
use crate::floor::{Floor, text};
use crate::harness::{Database, Token};
use crate::view::names::NAMES;

const LIST: &str = "query($search: String, $source: String, $first: Int, $after: String) {
    customers(search: $search, source: $source, first: $first, after: $after) {
        totalCount totalCountIsExact edges { cursor node { id name erasedAt } }
        pageInfo { hasNextPage hasPreviousPage endCursor } } }";

/// The ids of a whole list, read in pages of so many.
async fn all(floor: &Floor, token: &str, mut arguments: Value, size: usize) -> Vec<String> {
    let mut found = Vec::new();
    arguments["first"] = json!(size);
    loop {
        let data = floor.server.data(token, LIST, arguments.clone()).await;
        let page = &data["customers"];
        let edges = page["edges"].as_array().unwrap();
        found.extend(edges.iter().map(|edge| text(&edge["node"]["id"])));
        let given = !arguments["after"].is_null();
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(given));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], json!(found.len()));
            assert_eq!(page["totalCountIsExact"], true);
            return found;
        }
        assert_eq!(edges.len(), size);
        arguments["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn administrators_find_all_and_gateways_their_own_newest_first() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let elsewhere = Token::gateway().source("elsewhere").sign();
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for number in 0..12 {
            let name = if number % 2 == 0 { "Ada" } else { "Bea" };
            ours.push(
                of(
                    &floor,
                    "SMS",
                    &format!("{number}"),
                    &format!("{name} No{number}"),
                )
                .await
                .1,
            );
            let mut input = floor.start_input("SMS");
            input["customer"] = json!({ "name": format!("{name} Elsewhere") });
            let fields = "conversation { customer { id } }";
            let started = floor
                .server
                .done(&elsewhere, "startConversation", input, fields)
                .await;
            theirs.push(text(&started["conversation"]["customer"]["id"]));
        }
        let mut everybody: Vec<_> = ours.iter().chain(&theirs).cloned().collect();
        everybody.sort_unstable_by(|one, other| other.cmp(one));
        ours.reverse();
        theirs.reverse();
        let nothing = || json!({});
        let of_source = |source: &str| json!({ "source": source });
        for size in [1, 5, 100] {
            assert_eq!(all(&floor, &floor.admin, nothing(), size).await, everybody);
            assert_eq!(all(&floor, &floor.gateway, nothing(), size).await, ours);
            assert_eq!(all(&floor, &elsewhere, nothing(), size).await, theirs);
            assert_eq!(
                all(&floor, &floor.admin, of_source("elsewhere"), size).await,
                theirs
            );
            assert_eq!(
                all(&floor, &floor.gateway, of_source("gateway"), size).await,
                ours
            );
            let adas: Vec<_> = ours.iter().skip(1).step_by(2).cloned().collect();
            let search = json!({ "search": "ÁDA" });
            assert_eq!(all(&floor, &floor.gateway, search, size).await, adas);
            let search = json!({ "search": "els be", "source": "elsewhere" });
            let beas: Vec<_> = theirs.iter().step_by(2).cloned().collect();
            assert_eq!(all(&floor, &floor.admin, search, size).await, beas);
        }
        for (token, source) in [
            (&floor.gateway, "elsewhere"),
            (&elsewhere, "gateway"),
            (&floor.admin, "nowhere"),
        ] {
            assert_eq!(
                all(&floor, token, of_source(source), 5).await,
                Vec::<String>::new()
            );
        }
        for token in [&floor.sam, &floor.anna, &crate::floor::with_api_access()] {
            let answer = floor.server.post(token, LIST, nothing()).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(
                ["ROLE_REQUIRED"].contains(&code.as_str().unwrap()),
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_customer_is_found_however_the_name_is_typed() {
    let floor = Floor::new().await;
    let mut ids = Vec::new();
    for (number, (name, _)) in NAMES.iter().enumerate() {
        ids.push(of(&floor, "SMS", &number.to_string(), name).await.1);
    }
    for ((name, ways), id) in NAMES.iter().zip(&ids) {
        for way in *ways {
            let found = all(&floor, &floor.gateway, json!({ "search": way }), 100).await;
            assert!(found.contains(id), "{name} by {way}");
        }
    }
}

#[tokio::test]
async fn whoever_was_merged_or_erased_is_in_no_list() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let (_, a) = of(&floor, "SMS", "a", "Ada").await;
        let (_, b) = of(&floor, "SMS", "b", "Bea").await;
        let (conversation, c) = of(&floor, "SMS", "c", "Cas").await;
        merge(&floor, &a, &b).await;
        close(&floor, &conversation).await;
        let erase = json!({ "customerId": c });
        floor.server.done(&floor.admin, ERASE, erase, "").await;
        for token in [&floor.admin, &floor.gateway] {
            assert_eq!(all(&floor, token, json!({}), 10).await, [b.clone()]);
            assert_eq!(
                all(&floor, token, json!({ "search": "bea" }), 10).await,
                [b.clone()]
            );
            for typed in ["ada", "cas"] {
                let found = all(&floor, token, json!({ "search": typed }), 10).await;
                assert!(found.is_empty(), "{typed}");
            }
        }
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        assert_eq!(
            customer::Entity::find().all(&tables).await.unwrap().len(),
            3
        );
        let find = "query($id: ID!) { customer(id: $id) { id name erasedAt } }";
        let seen = floor
            .server
            .data(&floor.admin, find, json!({ "id": c }))
            .await;
        assert_eq!(seen["customer"]["id"], json!(c));
        assert_ne!(seen["customer"]["erasedAt"], Value::Null);
        let seen = floor
            .server
            .data(&floor.gateway, find, json!({ "id": c }))
            .await;
        assert_eq!(seen["customer"], Value::Null);
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let floor = Floor::new().await;
    of(&floor, "SMS", "a", "Ada").await;
    let listed = floor.server.data(&floor.admin, LIST, json!({})).await;
    let cursor = &listed["customers"]["edges"][0]["cursor"];
    for (arguments, code) in [
        (json!({ "first": 101 }), "INVALID_INPUT"),
        (json!({ "first": -1 }), "INVALID_INPUT"),
        (json!({ "search": " \u{200b}" }), "INVALID_INPUT"),
        (json!({ "search": "a".repeat(201) }), "INVALID_INPUT"),
        (json!({ "source": "" }), "INVALID_INPUT"),
        (json!({ "source": "a\u{0}" }), "INVALID_INPUT"),
        (json!({ "after": "x" }), "CURSOR_INVALID"),
        (
            json!({ "after": cursor, "search": "ada" }),
            "CURSOR_INVALID",
        ),
        (
            json!({ "after": cursor, "source": "gateway" }),
            "CURSOR_INVALID",
        ),
    ] {
        let answer = floor
            .server
            .post(&floor.admin, LIST, arguments.clone())
            .await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], code,
            "{arguments} {answer}"
        );
    }
    for id in [
        "cust_x",
        "conv_0190163d8694739baea5966c26f8ad91",
        "cust_0190163d8694739baea5966c26f8ad91",
        "a\u{0}",
    ] {
        let find = "query($id: ID!) { customer(id: $id) { id } }";
        let answer = floor
            .server
            .post(&floor.admin, find, json!({ "id": id }))
            .await;
        assert_eq!(answer, json!({ "data": { "customer": null } }));
    }
}

#[tokio::test]
async fn a_customer_by_id_is_for_administrators_and_the_gateways_of_the_source() {
    let floor = Floor::new().await;
    let id = floor.open("SMS").await;
    let customer = customer_of(&floor, &id).await;
    let elsewhere = Token::gateway().source("elsewhere").sign();
    let find = "query($id: ID!) { customer(id: $id) { id } node(id: $id) { id __typename } }";
    for (token, sees) in [
        (&floor.admin, true),
        (&floor.gateway, true),
        (&elsewhere, false),
        (&floor.sam, false),
        (&floor.anna, false),
    ] {
        let data = floor
            .server
            .data(token, find, json!({ "id": customer }))
            .await;
        let (one, node) = if sees {
            (
                json!({ "id": customer }),
                json!({ "id": customer, "__typename": "Customer" }),
            )
        } else {
            (Value::Null, Value::Null)
        };
        assert_eq!((&data["customer"], &data["node"]), (&one, &node));
    }
}
