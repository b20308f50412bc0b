//! Agents' connections when servers start, stop and die, and when many come at once.

use super::*;

#[tokio::test]
async fn a_start_of_the_server_begins_the_grace_anew() {
    for database in Database::all().await {
        let mut stage = Stage::on(database, &["anna"]).await;
        let handled = handled_by(&stage, "anna").await;
        drop(socket(&stage.server, "anna").await);
        is_away(&stage, "anna").await;
        pass(&stage.server, 140).await;
        stage.server.clock.advance(TimeDelta::seconds(5));
        stage = stage.restarted().await;
        pass(&stage.server, 140).await;
        assert_eq!(state(&stage, &handled).await, "ACTIVE");
        stage.server.clock.advance(TimeDelta::seconds(10));
        becomes_offline(&stage.server, &stage, "anna").await;
        assert_eq!(state(&stage, &handled).await, "OPEN");
    }
}

#[tokio::test]
async fn a_server_that_was_killed_is_believed_until_its_lease_ends_and_then_the_grace_begins() {
    for database in Database::all().await {
        let mut stage = Stage::on(database, &["anna"]).await;
        let handled = handled_by(&stage, "anna").await;
        let stream = socket(&stage.server, "anna").await;
        is_connected(&stage, "anna").await;
        stage = stage.restarted().await;
        is_connected(&stage, "anna").await;
        drop(stream);
        pass(&stage.server, 31).await;
        is_away(&stage, "anna").await;
        pass(&stage.server, 115).await;
        assert_eq!(state(&stage, &handled).await, "ACTIVE");
        stage.server.clock.advance(TimeDelta::seconds(34));
        becomes_offline(&stage.server, &stage, "anna").await;
        assert_eq!(state(&stage, &handled).await, "OPEN");
    }
}

#[tokio::test]
async fn a_server_that_is_stopped_says_that_nobody_is_connected_to_it() {
    for database in Database::all().await {
        let stage = Stage::on(database.clone(), &["anna"]).await;
        let handled = handled_by(&stage, "anna").await;
        let _stream = socket(&stage.server, "anna").await;
        is_connected(&stage, "anna").await;
        let Stage {
            server, supervisor, ..
        } = stage;
        let clock = server.clock.clone();
        server.stop().await;
        let left = all_rows(&database).await;
        assert_eq!(left.len(), 1);
        assert!(left[0].connected_until <= clock.now());
        let server = Server::at(database, clock).await;
        pass(&server, 140).await;
        let seen = || conversation(&server, &supervisor, &handled, "state");
        assert_eq!(seen().await["state"], "ACTIVE");
        server.clock.advance(TimeDelta::seconds(10));
        soon("OPEN", || async { seen().await["state"] == "OPEN" }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_come_and_go_at_once_cost_few_statements() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let subjects: Vec<String> = (0..60).map(|number| format!("agent{number}")).collect();
    for subject in &subjects {
        let input = merged(
            json!({ "subject": subject, "name": subject }),
            json!({ "queueIds": [stage.organisation.queue] }),
        );
        stage
            .server
            .done(&stage.admin, "createAgent", input, "")
            .await;
    }
    let now = || stage.server.clock.now();
    let count = async |connected: bool| {
        let all = all_rows(&stage.database).await;
        let these = all
            .iter()
            .filter(|row| (row.connected_until > now()) == connected);
        these.count()
    };
    let (streams, statements) = stage
        .server
        .statements_of(async {
            let all = subjects
                .iter()
                .map(|subject| socket(&stage.server, subject));
            let streams = futures_util::future::join_all(all).await;
            soon("all are connected", || async { count(true).await == 60 }).await;
            streams
        })
        .await;
    // Two statements for each time that some were written together, and those of the tasks beside.
    assert!(statements < 80, "{statements} statements for 60 streams");
    drop(streams);
    soon("all are away", || async { count(false).await == 60 }).await;
}
