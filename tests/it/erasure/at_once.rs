//! Erasing while the customer comes back, and on a server beside another one.

use entity::tables::{customer, message};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{ERASE, KEY, NAME, SAID, SUBJECT};
use crate::floor::text;
use crate::harness::{Database, Server, soon};
use crate::stage::{Stage, count, with};
use crate::store::{board_is_what_is_stored, log_is_consecutive};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_and_starting_at_once_leaves_nothing_half_erased() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let server = &stage.server;
        let start = async |name: &str| {
            let input = json!({
                "channel": "WHATSAPP", "queueId": stage.organisation.queue, "subject": SUBJECT,
                "workstreamId": stage.organisation.workstream, "customer": { "key": KEY, "name": name },
            });
            let fields = "conversation { id customer { id } }";
            let made = server
                .done(&stage.gateway, "startConversation", input, fields)
                .await;
            let made = &made["conversation"];
            (text(&made["id"]), text(&made["customer"]["id"]))
        };
        for _ in 0..8 {
            let (id, customer) = start(NAME).await;
            stage.customer_writes(&id, SAID).await;
            stage
                .act(&stage.supervisor, "forceCloseConversation", &id)
                .await;
            let input = json!({ "customerId": customer });
            let erases =
                join_all((0..3).map(|_| server.mutate(&stage.admin, ERASE, input.clone(), "")));
            let starts = join_all((0..3).map(|_| start(NAME)));
            let (erased, started) = tokio::join!(erases, starts);
            let done = count(&erased, "DONE");
            let same = started
                .iter()
                .filter(|(_, whose)| *whose == customer)
                .count();
            // Whoever started before the erasure kept it from being done.
            assert_eq!(done + count(&erased, "RESOURCE_IN_USE"), 3);
            assert!(done == 0 || same == 0, "{erased:?} {started:?}");
            let tables = stage.tables().await;
            let row: domain::ids::CustomerId = customer.parse().unwrap();
            let row = customer::Entity::find_by_id(row)
                .one(&tables)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(row.erased_at.is_some(), done > 0);
            assert_eq!(row.name.is_none() && row.key.is_none(), done > 0);
            let texts = message::Entity::find()
                .filter(
                    message::Column::ConversationId
                        .eq(id.parse::<domain::ids::ConversationId>().unwrap()),
                )
                .all(&tables)
                .await
                .unwrap();
            assert!(
                texts
                    .iter()
                    .filter(|row| row.system_message.is_none())
                    .all(|row| row.text.is_none() == (done > 0))
            );
            for (id, _) in started {
                stage
                    .act(&stage.supervisor, "forceCloseConversation", &id)
                    .await;
            }
            board_is_what_is_stored(server).await;
        }
        log_is_consecutive(&stage).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn another_server_keeps_no_name() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let other = Server::at(database, stage.server.clock.clone()).await;
    let input = json!({
        "channel": "WHATSAPP", "queueId": stage.organisation.queue, "subject": SUBJECT,
        "workstreamId": stage.organisation.workstream, "customer": { "key": KEY, "name": NAME },
    });
    let made = stage
        .server
        .done(
            &stage.gateway,
            "startConversation",
            input,
            "conversation { id customer { id } }",
        )
        .await;
    let id = text(&made["conversation"]["id"]);
    let query = "query($id: ID!) { conversation(id: $id) { state subject customer { name } } }";
    let seen = || async {
        other
            .data(&stage.supervisor, query, json!({ "id": id }))
            .await["conversation"]
            .clone()
    };
    soon("the other server names her", || async {
        seen().await["customer"]["name"] == NAME
    })
    .await;
    stage
        .act(&stage.supervisor, "forceCloseConversation", &id)
        .await;
    let erase = json!({ "customerId": made["conversation"]["customer"]["id"] });
    stage.server.done(&stage.admin, ERASE, erase, "").await;
    let gone = json!({ "state": "CLOSED", "subject": null, "customer": { "name": null } });
    soon("the other server does not", || async {
        seen().await == gone
    })
    .await;
    // And a command there starts again with her key.
    let again = json!({
        "channel": "WHATSAPP", "queueId": stage.organisation.queue,
        "workstreamId": stage.organisation.workstream,
    });
    let again = with(again, json!({ "customer": { "key": KEY } }));
    let again = other
        .done(
            &stage.gateway,
            "startConversation",
            again,
            "conversation { customer { id name } }",
        )
        .await;
    assert_ne!(
        again["conversation"]["customer"]["id"],
        made["conversation"]["customer"]["id"]
    );
    assert_eq!(again["conversation"]["customer"]["name"], Value::Null);
    board_is_what_is_stored(&other).await;
}
