//! What is there from before gateways had a source (domain.md section 11).

use entity::tables::{conversation, customer, customer_key};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::floor::Floor;
use crate::harness::{Database, Token};

/// Makes the rows of a conversation and its customer as they were before there were sources: the key stands with the
/// customer, under this subject, and nothing names a source.
async fn as_before(database: &Database, subject: &str) {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    for key in customer_key::Entity::find().all(&tables).await.unwrap() {
        customer::Entity::update_many()
            .col_expr(customer::Column::Gateway, Expr::value(subject))
            .col_expr(customer::Column::Key, Expr::value(key.key))
            .filter(customer::Column::Id.eq(key.customer_id))
            .exec(&tables)
            .await
            .unwrap();
    }
    customer_key::Entity::delete_many()
        .exec(&tables)
        .await
        .unwrap();
    for row in conversation::Entity::find().all(&tables).await.unwrap() {
        let mut image: serde_json::Value = serde_json::from_str(&row.image).unwrap();
        image.as_object_mut().unwrap().remove("source").unwrap();
        conversation::Entity::update_many()
            .col_expr(conversation::Column::Image, Expr::value(image.to_string()))
            .col_expr(conversation::Column::Source, Expr::value(None::<String>))
            .filter(conversation::Column::Id.eq(row.id))
            .exec(&tables)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_customer_and_a_conversation_from_before_are_found() {
    for subject in ["gateway", "the token's subject"] {
        let database = Database::sqlite();
        let mut floor = Floor::on(database.clone()).await;
        let input = floor.receive_input("WHATSAPP", "crm-7");
        let fields = "started conversation { id customer { id } previous { id } }";
        let receive = "receiveFromCustomer";
        let made = floor
            .server
            .done(&floor.gateway, receive, input.clone(), fields)
            .await;
        let conversation = &made["conversation"];
        as_before(&database, subject).await;
        floor.server = floor.server.restart().await;

        let gateway = Token::gateway_of("the token's subject").sign();
        let next = floor
            .server
            .done(&gateway, receive, input.clone(), fields)
            .await;
        assert_eq!(next["started"], false, "{subject}");
        assert_eq!(next["conversation"], *conversation);
        let id = conversation["id"].as_str().unwrap();
        // A gateway of another source finds what has none by its channel, but not the customer by that key.
        let other = Token::gateway_of("somebody").source("elsewhere").sign();
        assert_eq!(floor.see(&other, id, "id").await, json!({ "id": id }));
        let theirs = floor
            .server
            .done(&other, receive, input.clone(), fields)
            .await;
        assert_eq!(theirs["started"], true);
        floor.act(&gateway, "endByCustomer", id, json!({})).await;
        let last = floor.server.done(&gateway, receive, input, fields).await;
        assert_eq!(last["conversation"]["previous"]["id"], id);
        assert_eq!(last["conversation"]["customer"], conversation["customer"]);
    }
}
