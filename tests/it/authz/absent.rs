//! Absent and invisible get the same answer: for every root field that takes an id, and for no more work.

use super::*;

/// An id of the same kind that nothing has.
fn absent(id: &str) -> String {
    let (kind, _) = id.split_once('_').unwrap();
    format!("{kind}_{}", uuid::Uuid::now_v7().simple())
}

/// The conversation that a case is about, wherever its variables have it.
fn named(variables: &Value) -> Option<String> {
    let input = &variables["input"];
    let places = [&variables["id"], &input["conversationId"]];
    let id = places.into_iter().find_map(Value::as_str)?;
    id.starts_with("conv_").then(|| id.to_owned())
}

/// Who sees nothing of the cases' conversations, in each role that could have.
fn strangers(floor: &Floor) -> Vec<(&'static str, String)> {
    use domain::{Channel, Role};

    use crate::harness::Token;
    let elsewhere = || Token::supervisor("elsewhere").queues(&[&floor.record_queue]);
    vec![
        ("supervisor of another queue", elsewhere().sign()),
        ("agent of another queue", floor.carl.clone()),
        (
            "gateway of another channel",
            Token::gateway_of("other").channels(&[Channel::Line]).sign(),
        ),
        ("agent nobody knows", Token::agent("nobody").sign()),
        ("no role", Token::agent("none").roles(&[]).sign()),
        (
            "supervisor and gateway",
            elsewhere().and(Role::CustomerGateway).sign(),
        ),
    ]
}

/// The answer, and how many statements it took; the least of some runs, since others run beside it.
async fn asked(floor: &Floor, token: &str, case: &Case, variables: &Value) -> (Value, usize) {
    let mut least = (Value::Null, usize::MAX);
    for _ in 0..3 {
        let run = floor.server.post(token, &case.document, variables.clone());
        let (answer, statements) = floor.server.statements_of(run).await;
        least = (answer, least.1.min(statements));
    }
    least
}

#[tokio::test]
async fn absent_and_invisible_get_the_same_answer_from_every_root_field() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let mut compared = 0;
        for (root, field) in root_fields(&floor).await {
            let Some(case) = Case::of(&floor, root, &field).await else {
                continue;
            };
            let Some(id) = named(&case.variables).filter(|_| root != "Subscription") else {
                continue;
            };
            let nothing = absent(&id);
            let text = case.variables.to_string().replace(&id, &nothing);
            let variables: Value = serde_json::from_str(&text).unwrap();
            for (who, token) in strangers(&floor) {
                let (there, work) = asked(&floor, &token, &case, &case.variables).await;
                let (not_there, least) = asked(&floor, &token, &case, &variables).await;
                let there = there.to_string().replace(&id, &nothing);
                assert_eq!(there, not_there.to_string(), "{field}, {who}");
                assert!(
                    work <= least,
                    "{field}, {who}: {work} statements, absent {least}"
                );
                compared += 1;
            }
        }
        assert!(compared > 100, "{compared}");
    }
}
