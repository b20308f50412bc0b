//! Searches by words (domain.md section 11): as people type them, of the names as they are now, and of conversations from
//! before there were words.

use entity::tables::{
    conversation, conversation_word, customer_source, customer_word, search_filling,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};

use super::{ids, page};
use crate::floor::{Floor, text};
use crate::harness::{Database, Server, eventually};
use crate::view::names::NAMES;

/// How many conversations a search finds.
async fn found(server: &Server, token: &str, typed: &str) -> Vec<String> {
    let asked = json!({ "filter": { "text": typed }, "orderBy": { "field": "STARTED_AT", "direction": "ASC" }, "first": 100 });
    ids(&page(server, token, asked).await)
}

#[tokio::test]
async fn a_closed_one_is_found_however_the_name_is_typed() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let mut started = Vec::new();
        for (name, _) in NAMES {
            let customer =
                json!({ "customer": { "name": name }, "subject": "Überfällige Rechnung #4711" });
            let id = floor.start_with("SMS", customer).await;
            floor
                .act(&floor.sam, "forceCloseConversation", &id, json!({}))
                .await;
            started.push(id);
        }
        let mut missed = Vec::new();
        for ((name, ways), id) in NAMES.iter().zip(&started) {
            for way in *ways {
                let with_subject = format!("{way} UBERFALL 47");
                for typed in [*way, &with_subject] {
                    if !found(&floor.server, &floor.sam, typed).await.contains(id) {
                        missed.push((*name, typed.to_owned()));
                    }
                }
            }
        }
        assert!(missed.is_empty(), "{}: {missed:?}", missed.len());
        for typed in ["wyer", "kees nul", "chnung", "711", "kees 4712"] {
            assert!(
                found(&floor.server, &floor.sam, typed).await.is_empty(),
                "{typed}"
            );
        }
        assert_eq!(found(&floor.server, &floor.sam, "rechn").await, started);
        let blank = json!({ "filter": { "text": " \u{200b}" } });
        let refused = floor.server.post(&floor.sam, super::PAGE, blank).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    }
}

/// A conversation of the customer with this key.
async fn of(floor: &Floor, name: Value) -> String {
    let customer = json!({ "customer": { "key": "k", "name": name }, "subject": "Lamp" });
    let id = floor.start_with("SMS", customer).await;
    floor
        .act(&floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    id
}

#[tokio::test]
async fn a_name_that_changes_is_found_as_it_is_now_and_an_erased_one_not_at_all() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let mut all = vec![of(&floor, json!("Grietje Oud")).await];
        all.push(of(&floor, json!(null)).await);
        assert_eq!(found(&floor.server, &floor.sam, "oud").await, all);
        all.push(of(&floor, json!("Grietje Jong")).await);
        assert_eq!(found(&floor.server, &floor.sam, "oud").await, [""; 0]);
        assert_eq!(
            found(&floor.server, &floor.sam, "jong griet lamp").await,
            all
        );
        let seen = floor.see(&floor.admin, &all[0], "customer { id }").await;
        let erase = json!({ "customerId": text(&seen["customer"]["id"]) });
        floor
            .server
            .done(&floor.admin, "eraseCustomer", erase, "")
            .await;
        for typed in ["jong", "grietje", "lamp", "oud"] {
            assert!(
                found(&floor.server, &floor.sam, typed).await.is_empty(),
                "{typed}"
            );
        }
    }
}

const COMPLETE: &str = "{ conversations { isComplete } }";

#[tokio::test]
async fn conversations_of_before_get_their_words_beside_the_running_server() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let ongoing = floor
            .start_with("SMS", json!({ "subject": "Open lamp" }))
            .await;
        let mut all = vec![ongoing.clone()];
        for _ in 0..3 {
            all.push(of(&floor, json!("Jaap")).await);
        }
        let data = floor.server.data(&floor.sam, COMPLETE, json!({})).await;
        assert_eq!(data["conversations"]["isComplete"], true);
        // As the migration leaves a database of before.
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        conversation_word::Entity::delete_many()
            .exec(&tables)
            .await
            .unwrap();
        let sources = || async {
            let ordered = customer_source::Entity::find()
                .order_by_asc(customer_source::Column::CustomerId)
                .all(&tables);
            ordered.await.unwrap()
        };
        let known = sources().await;
        assert!(!known.is_empty());
        customer_source::Entity::delete_many()
            .exec(&tables)
            .await
            .unwrap();
        customer_word::Entity::delete_many()
            .exec(&tables)
            .await
            .unwrap();
        conversation::Entity::update_many()
            .col_expr(
                conversation::Column::LastActivityAt,
                Expr::value(None::<chrono::DateTime<chrono::Utc>>),
            )
            .filter(conversation::Column::Id.is_not_null())
            .exec(&tables)
            .await
            .unwrap();
        let filling = search_filling::ActiveModel {
            id: Set(1),
            after_id: Set(None),
        };
        search_filling::Entity::insert(filling)
            .exec(&tables)
            .await
            .unwrap();
        let data = floor.server.data(&floor.sam, COMPLETE, json!({})).await;
        assert_eq!(data["conversations"]["isComplete"], false);
        assert!(found(&floor.server, &floor.sam, "lamp").await.is_empty());

        let sam = floor.sam.clone();
        let server = floor.server.restart().await;
        eventually("all have their words", || async {
            server.data(&sam, COMPLETE, json!({})).await["conversations"]["isComplete"] == true
        })
        .await;
        assert_eq!(found(&server, &sam, "lamp").await, all);
        assert_eq!(found(&server, &sam, "jaap").await, all[1..]);
        let id = ongoing.parse::<domain::ConversationId>().unwrap();
        let row = conversation::Entity::find_by_id(id)
            .one(&tables)
            .await
            .unwrap()
            .unwrap();
        assert!(row.last_activity_at.is_some());
        assert_eq!(sources().await, known);
    }
}
