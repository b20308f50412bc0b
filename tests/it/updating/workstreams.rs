//! What administrators change of a workstream: one setting at a time, at once, and no clock that runs.

use serde_json::{Value, json};

use super::done;
use crate::floor::{Floor, merged};
use crate::harness::Database;
use crate::store::board_is_what_is_stored;

const WORKSTREAM: &str =
    "workstream { name kind allowedPresences units offerTimeoutSeconds wrapUpCapacitySeconds
    monitoringNotice customerGraceSeconds deletedAt
    autoClose { openSeconds activeSeconds waitingSeconds wrapUpSeconds } }";

#[tokio::test]
async fn each_setting_of_a_workstream_changes_alone() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let own = floor
            .create_workstream(json!({ "wrapUpCapacitySeconds": 7, "autoClose": { "openSeconds": 1, "waitingSeconds": 2 } }))
            .await;
        let update = async |change: Value| {
            let input = merged(json!({ "workstreamId": own }), change);
            done(&floor, "updateWorkstream", input, WORKSTREAM).await["workstream"].clone()
        };
        let mut expected = update(json!({})).await;
        for change in [
            json!({ "name": "Other" }),
            json!({ "allowedPresences": ["AVAILABLE", "AWAY"] }),
            json!({ "units": 5 }),
            json!({ "offerTimeoutSeconds": 6 }),
            json!({ "wrapUpCapacitySeconds": 0 }),
            json!({ "wrapUpCapacitySeconds": null }),
            json!({ "monitoringNotice": "NONE" }),
            json!({ "customerGraceSeconds": 8 }),
        ] {
            expected = merged(expected, change.clone());
            assert_eq!(update(change).await, expected);
        }
        for (change, auto_close) in [
            (json!({}), json!([1, null, 2, null])),
            (json!({ "activeSeconds": 3 }), json!([1, 3, 2, null])),
            (
                json!({ "openSeconds": null, "wrapUpSeconds": 4 }),
                json!([null, 3, 2, 4]),
            ),
        ] {
            let now = update(json!({ "autoClose": change })).await["autoClose"].clone();
            let names = [
                "openSeconds",
                "activeSeconds",
                "waitingSeconds",
                "wrapUpSeconds",
            ];
            assert_eq!(json!(names.map(|name| now[name].clone())), auto_close);
        }
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn running_clocks_and_offers_keep_what_they_started_with() {
    let floor = Floor::new().await;
    let id = floor.offered("WHATSAPP").await;
    let facts = "state autoCloseAt pendingOffer { id units dueAt }";
    let before = floor.see(&floor.admin, &id, facts).await;
    let input = json!({
        "workstreamId": floor.workstream, "allowedPresences": ["AWAY"], "units": 9, "offerTimeoutSeconds": 1,
        "autoClose": { "activeSeconds": 600, "openSeconds": 600 },
    });
    done(&floor, "updateWorkstream", input, "").await;
    assert_eq!(floor.see(&floor.admin, &id, facts).await, before);
    floor.act(&floor.anna, "acceptOffer", &id, json!({})).await;
    assert_eq!(floor.consumed("anna").await, 1);
    // The next one is by the new settings.
    let next = floor.open("WHATSAPP").await;
    assert_eq!(
        floor
            .code(&floor.sam, "assignConversation", &next, floor.to("bert"))
            .await,
        "PRESENCE_NOT_ALLOWED"
    );
}

#[tokio::test]
async fn a_notice_that_comes_to_be_needed_ends_the_looks_that_lack_it() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let workstream = floor
            .create_workstream(json!({ "monitoringNotice": "NONE" }))
            .await;
        let given = json!({ "workstreamId": workstream });
        let watched = async |extra: Value| {
            let id = floor
                .start_with("WHATSAPP", merged(given.clone(), extra))
                .await;
            floor
                .act(&floor.anna, "pickConversation", &id, json!({}))
                .await;
            floor
                .act(&floor.sam, "monitorConversation", &id, json!({}))
                .await;
            id
        };
        let untold = watched(json!({ "noticeGivenAt": null })).await;
        let told = watched(json!({})).await;
        let agreed = watched(json!({ "consent": "GRANTED" })).await;
        let elsewhere = floor.monitored("WHATSAPP").await;
        floor
            .act(&floor.sam, "joinConversation", &told, json!({}))
            .await;
        let set = async |notice: &str| {
            let input = merged(given.clone(), json!({ "monitoringNotice": notice }));
            done(&floor, "updateWorkstream", input, "").await;
            let mut ends = Vec::new();
            for id in [&untold, &told, &agreed, &elsewhere] {
                let seen = floor
                    .see(&floor.admin, id, "monitorSessions { endedBy }")
                    .await;
                ends.push(seen["monitorSessions"][0]["endedBy"].clone());
            }
            ends
        };
        let (gone, runs) = (json!("CONSENT_WITHDRAWN"), Value::Null);
        let now = set("NOTICE").await;
        assert_eq!(
            now,
            [gone.clone(), runs.clone(), runs.clone(), runs.clone()]
        );
        let now = set("CONSENT_REQUIRED").await;
        assert_eq!(
            now,
            [gone.clone(), gone.clone(), runs.clone(), runs.clone()]
        );
        let seen = floor.see(&floor.anna, &told, "joinedSupervisors").await;
        assert_eq!(seen["joinedSupervisors"], json!([]));
        let texts = floor.texts(&floor.anna, &told).await.unwrap();
        assert_eq!(
            texts.last().unwrap(),
            "A supervisor has left the conversation."
        );
        // Less strict ends nothing, and starts nothing.
        assert_eq!(set("NONE").await, [gone.clone(), gone, runs.clone(), runs]);
        board_is_what_is_stored(&floor.server).await;
    }
}
