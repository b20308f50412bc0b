//! What a workstream and the organisation set, and when it acts.

use super::*;

#[tokio::test]
async fn thresholds_are_the_workstreams_and_have_defaults() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let server = &stage.server;
        let fields = "attention { waitingSeconds unansweredSeconds handledSeconds }";
        let query = format!("{{ workstreams {{ edges {{ node {{ {fields} }} }} }} }}");
        let data = server.data(&stage.admin, &query, json!({})).await;
        let defaults =
            json!({ "waitingSeconds": 300, "unansweredSeconds": 120, "handledSeconds": 1800 });
        assert_eq!(
            data["workstreams"]["edges"][0]["node"]["attention"],
            defaults
        );
        let input = json!({ "name": "Urgent", "attention": { "waitingSeconds": 5 } });
        let fields = format!("workstream {{ id {fields} }}");
        let made = server
            .done(&stage.admin, "createWorkstream", input, &fields)
            .await;
        let own = json!({ "waitingSeconds": 5, "unansweredSeconds": 120, "handledSeconds": 1800 });
        assert_eq!(made["workstream"]["attention"], own);
        let urgent = made["workstream"]["id"].as_str().unwrap();
        let (id, usual) = (
            stage.start_with("SMS", urgent).await,
            stage.start("SMS").await,
        );
        let server = &stage.restarted().await;
        server.server.clock.advance(TimeDelta::seconds(5));
        becomes(server, &id, &["WAITING_FOR_AGENT_TOO_LONG"]).await;
        assert_eq!(reasons(server, &usual).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_threshold_of_no_time_is_refused_by_its_name_and_makes_nothing() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let before = workstream::Entity::find()
        .all(&stage.tables().await)
        .await
        .unwrap();
    for (field, seconds) in [
        ("waitingSeconds", 0),
        ("unansweredSeconds", 0),
        ("handledSeconds", 400_000_000),
    ] {
        let input = json!({ "name": "Own", "attention": { field: seconds } });
        let payload = stage
            .server
            .mutate(&stage.admin, "createWorkstream", input, "workstream { id }")
            .await;
        assert_eq!(payload["errors"][0]["code"], "INVALID_INPUT");
        assert_eq!(
            payload["errors"][0]["path"],
            json!(["input", "attention", field]),
            "{payload}"
        );
        assert_eq!(payload["workstream"], Value::Null);
    }
    let after = workstream::Entity::find()
        .all(&stage.tables().await)
        .await
        .unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_sentiment_settings_act_on_every_ongoing_conversation() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let (low, calm) = (stage.start("SMS").await, stage.start("SMS").await);
        feels(&stage, &low, -0.5).await;
        feels(&stage, &calm, 0.0).await;
        let facts = "version lastActivityAt sentiment { level }";
        let before = stage.conversation(&low, facts).await;
        assert_eq!(
            reasons(&stage, &low).await,
            ["SENTIMENT_AT_OR_BELOW_THRESHOLD"]
        );
        set(
            &stage,
            json!({ "sentimentAlertThreshold": "VERY_NEGATIVE" }),
        )
        .await;
        becomes(&stage, &low, &[]).await;
        set(
            &stage,
            json!({ "sentimentAlertThreshold": "SLIGHTLY_NEGATIVE" }),
        )
        .await;
        becomes(&stage, &low, &["SENTIMENT_AT_OR_BELOW_THRESHOLD"]).await;
        assert_eq!(stage.conversation(&low, facts).await, before);
        let calm_before = stage.conversation(&calm, facts).await;
        set(&stage, json!({ "sentimentAnalysis": false })).await;
        becomes(&stage, &low, &[]).await;
        for (id, from) in [(&low, &before), (&calm, &calm_before)] {
            let sentiment = "level score confidence language scorer messageIds";
            let now = stage
                .conversation(
                    id,
                    &format!("version lastActivityAt sentiment {{ {sentiment} }}"),
                )
                .await;
            let nothing = json!({ "level": "NOT_AVAILABLE", "score": null, "confidence": 0.0, "language": null, "scorer": null, "messageIds": [] });
            let stays = ["version", "lastActivityAt"].map(|field| (&now[field], &from[field]));
            assert_eq!(now["sentiment"], nothing);
            assert!(stays.iter().all(|(now, then)| now == then));
        }
        assert_eq!(reasons(&stage, &low).await, Vec::<String>::new());
        let kinds = stage.kinds(&low).await;
        let alerts = kinds.iter().filter(|kind| *kind == "SentimentAlertRaised");
        assert_eq!(alerts.count(), 1, "none by a setting: {kinds:?}");
        set(&stage, json!({ "sentimentAnalysis": true })).await;
        feels(&stage, &calm, 0.9).await;
        let level = stage.conversation(&calm, "sentiment { level }").await;
        assert_eq!(level["sentiment"]["level"], "VERY_POSITIVE");
        let level = stage.conversation(&low, "sentiment { level }").await;
        assert_eq!(
            level["sentiment"]["level"], "NOT_AVAILABLE",
            "from its next message"
        );
        crate::store::board_is_what_is_stored(&stage.server).await;
        crate::store::rows_are_what_the_log_says(&stage).await;
    }
}
