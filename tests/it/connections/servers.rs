//! Agents' connections with two servers on one `PostgreSQL`. Ignored
//! where no server is asked for (`.ci/run`).

use super::*;
use crate::servers::pair;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_stream_at_the_other_server_counts() {
    let (stage, other) = pair(&["anna"]).await;
    let handled = handled_by(&stage, "anna").await;
    drop(socket(&stage.server, "anna").await);
    is_away(&stage, "anna").await;
    pass(&stage.server, 140).await;
    let elsewhere = events(&other, "anna").await;
    is_connected(&stage, "anna").await;
    let before = stage.events().await.len();
    for _ in 0..4 {
        pass(&stage.server, 100).await;
    }
    assert_eq!(stage.events().await.len(), before);
    assert_eq!(rows(&stage, "anna").await.len(), 1, "the old row is gone");
    drop(elsewhere);
    is_away(&stage, "anna").await;
    pass(&stage.server, 140).await;
    assert_eq!(state(&stage, &handled).await, "ACTIVE");
    stage.server.clock.advance(TimeDelta::seconds(10));
    becomes_offline(&stage.server, &stage, "anna").await;
    assert_eq!(state(&stage, &handled).await, "OPEN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn both_look_and_one_acts() {
    let (stage, other) = pair(&[]).await;
    let subjects: Vec<String> = (0..20).map(|number| format!("agent{number}")).collect();
    let mut streams = Vec::new();
    for (number, subject) in subjects.iter().enumerate() {
        stage.hire(subject, 3).await;
        handled_by(&stage, subject).await;
        streams.push(socket([&stage.server, &other][number % 2], subject).await);
    }
    is_connected(&stage, "agent19").await;
    drop(streams);
    for subject in &subjects {
        is_away(&stage, subject).await;
    }
    pass(&stage.server, 130).await;
    let before = stage.events().await.len();
    stage.server.clock.advance(TimeDelta::seconds(20));
    for subject in &subjects {
        becomes_offline(&other, &stage, subject).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = stage.events().await.split_off(before);
    let of = |kind: &str| told.iter().filter(|event| event.kind == kind).count();
    assert_eq!(of("AgentPresenceChanged"), 20);
    assert_eq!(of("ReleasedToQueue"), 20);
    assert_eq!(told.len(), 40);
    assert!(all_rows(&stage.database).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn the_lease_of_a_server_that_died_ends_and_the_other_acts() {
    let (stage, other) = pair(&["anna", "bert"]).await;
    let [hers, his] = [
        handled_by(&stage, "anna").await,
        handled_by(&stage, "bert").await,
    ];
    let there = socket(&other, "anna").await;
    let twice = [
        socket(&other, "bert").await,
        socket(&stage.server, "bert").await,
    ];
    is_connected(&stage, "anna").await;
    is_connected(&stage, "bert").await;
    drop(other);
    drop(there);
    // Its lease ends at most 30 seconds later, then comes the grace.
    for _ in 0..5 {
        pass(&stage.server, 25).await;
        assert_eq!(state(&stage, &hers).await, "ACTIVE");
    }
    stage.server.clock.advance(TimeDelta::seconds(55));
    becomes_offline(&stage.server, &stage, "anna").await;
    assert_eq!(state(&stage, &hers).await, "OPEN");
    // Bert has another stream, at the server that lives.
    assert_eq!(presence(&stage.server, &stage, "bert").await, "AVAILABLE");
    assert_eq!(state(&stage, &his).await, "ACTIVE");
    drop(twice);
}
