//! Whose connections do not count: who never had one since their presence was set, and who is no person.

use super::*;

#[tokio::test]
async fn who_was_never_connected_or_set_their_presence_since_is_exempt() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert", "carl"]).await;
        // Anna never opens a stream.
        let never = handled_by(&stage, "anna").await;
        // Bert's presence is set after his last stream closed, to what it was.
        let set = handled_by(&stage, "bert").await;
        drop(socket(&stage.server, "bert").await);
        is_away(&stage, "bert").await;
        pass(&stage.server, 100).await;
        stage.present("bert", "AVAILABLE").await;
        assert!(rows(&stage, "bert").await.is_empty());
        // Carl's is set while he has a stream, which so counts as opened since.
        let streaming = handled_by(&stage, "carl").await;
        let stream = socket(&stage.server, "carl").await;
        is_connected(&stage, "carl").await;
        stage.present("carl", "BUSY").await;
        drop(stream);
        is_away(&stage, "carl").await;
        pass(&stage.server, 100).await;
        stage.server.clock.advance(TimeDelta::seconds(50));
        becomes_offline(&stage.server, &stage, "carl").await;
        assert_eq!(state(&stage, &streaming).await, "OPEN");
        pass(&stage.server, 1_000).await;
        for (id, subject) in [(&never, "anna"), (&set, "bert")] {
            assert_eq!(state(&stage, id).await, "ACTIVE", "{subject}");
            assert_eq!(presence(&stage.server, &stage, subject).await, "AVAILABLE");
        }
        // Until the next stream.
        drop(socket(&stage.server, "bert").await);
        is_away(&stage, "bert").await;
        pass(&stage.server, 100).await;
        stage.server.clock.advance(TimeDelta::seconds(50));
        becomes_offline(&stage.server, &stage, "bert").await;
        assert_eq!(state(&stage, &set).await, "OPEN");
    }
}

#[tokio::test]
async fn presence_that_is_set_right_after_the_stream_closed_exempts_too() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let handled = handled_by(&stage, "anna").await;
    for _ in 0..5 {
        let mut stream = socket(&stage.server, "anna").await;
        stream.close().await;
        stage.present("anna", "AVAILABLE").await;
    }
    pass(&stage.server, 1_000).await;
    assert_eq!(state(&stage, &handled).await, "ACTIVE");
    assert!(rows(&stage, "anna").await.is_empty());
}

#[tokio::test]
async fn bots_gateways_and_supervisors_have_no_connection_that_counts() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let robo = json!({
        "subject": "robo", "name": "robo", "kind": "BOT",
        "queueIds": [stage.organisation.queue],
    });
    let made = stage.server.done(&stage.admin, "createAgent", robo, "");
    made.await;
    let handled = handled_by(&stage, "robo").await;
    for token in [
        agent("robo"),
        stage.supervisor.clone(),
        stage.gateway.clone(),
    ] {
        drop(stage.server.socket(&token).await);
    }
    // Opened after those: when it is written, theirs would be.
    drop(socket(&stage.server, "anna").await);
    is_away(&stage, "anna").await;
    assert_eq!(all_rows(&stage.database).await.len(), 1);
    pass(&stage.server, 1_000).await;
    assert_eq!(state(&stage, &handled).await, "ACTIVE");
}

#[tokio::test]
async fn a_query_as_an_event_stream_is_no_connection() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let (token, query) = (agent("anna"), "{ viewer { subject } }");
    let asked = stage.server.events(&token, query, json!({})).await;
    let text = asked.text().await.unwrap();
    assert!(text.contains("event: complete"), "{text}");
    let _stream = socket(&stage.server, "bert").await;
    is_connected(&stage, "bert").await;
    assert!(rows(&stage, "anna").await.is_empty());
}

#[tokio::test]
async fn an_agent_who_is_created_under_an_open_stream_is_connected() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let stream = socket(&stage.server, "anna").await;
    stage.hire("anna", 3).await;
    let handled = handled_by(&stage, "anna").await;
    pass(&stage.server, 15).await;
    is_connected(&stage, "anna").await;
    drop(stream);
    is_away(&stage, "anna").await;
    pass(&stage.server, 100).await;
    stage.server.clock.advance(TimeDelta::seconds(50));
    becomes_offline(&stage.server, &stage, "anna").await;
    assert_eq!(state(&stage, &handled).await, "OPEN");
}

#[tokio::test]
async fn a_conversation_of_who_set_themselves_offline_waits_for_the_grace_too() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let handled = handled_by(&stage, "anna").await;
    let stream = socket(&stage.server, "anna").await;
    is_connected(&stage, "anna").await;
    stage.present("anna", "OFFLINE").await;
    assert_eq!(state(&stage, &handled).await, "ACTIVE");
    drop(stream);
    is_away(&stage, "anna").await;
    pass(&stage.server, 100).await;
    stage.server.clock.advance(TimeDelta::seconds(50));
    soon("OPEN", || async { state(&stage, &handled).await == "OPEN" }).await;
    let token = agent("anna");
    let refused = stage.server.code(&token, "endConversation", on(&handled));
    assert_eq!(refused.await, "NOT_PARTICIPANT");
}
