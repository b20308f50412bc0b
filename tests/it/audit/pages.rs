//! Filters and paging, on both databases, and how many statements they take.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::picked;
use crate::harness::{Database, Server, Token};
use crate::main_job::{organise, start};

const PAGE: &str =
    "query($filter: AuditFilter, $first: Int, $last: Int, $after: String, $before: String) {
    auditLog(filter: $filter, first: $first, last: $last, after: $after, before: $before) {
        totalCount edges { cursor node { number } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }";

/// The numbers of a page, and the page.
async fn page(server: &Server, arguments: Value) -> (Vec<i64>, Value) {
    let admin = Token::administrator().sign();
    let data = server.data(&admin, PAGE, arguments).await;
    let page = data["auditLog"].clone();
    let edges = page["edges"].as_array().unwrap();
    let numbers = edges
        .iter()
        .map(|edge| edge["node"]["number"].as_i64().unwrap());
    (numbers.collect(), page)
}

/// How many entries pass a filter.
async fn passing(server: &Server, filter: Value) -> usize {
    let (numbers, page) = page(server, json!({ "filter": filter, "first": 100 })).await;
    assert_eq!(page["totalCount"], json!(numbers.len()));
    numbers.len()
}

#[tokio::test]
async fn the_trail_is_paged_both_ways_without_a_gap_or_a_repeat() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        organise(&server, &["anna", "bert", "cleo", "dora"]).await;
        let (all, whole) = page(&server, json!({ "first": 100 })).await;
        assert_eq!(all, [5, 4, 3, 2, 1]);
        assert_eq!(whole["pageInfo"]["hasNextPage"], false);
        assert_eq!(whole["pageInfo"]["hasPreviousPage"], false);

        let (mut forth, mut back) = (Vec::new(), Vec::new());
        let mut cursor = json!(null);
        for more in [true, true, false] {
            let (numbers, page) = page(&server, json!({ "first": 2, "after": cursor })).await;
            forth.extend(numbers);
            assert_eq!(page["totalCount"], 5);
            assert_eq!(page["pageInfo"]["hasNextPage"], json!(more));
            assert_eq!(
                page["pageInfo"]["hasPreviousPage"],
                json!(!cursor.is_null())
            );
            cursor = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(forth, all);
        let mut cursor = json!(null);
        for more in [true, true, false] {
            let (numbers, page) = page(&server, json!({ "last": 2, "before": cursor })).await;
            back.splice(0..0, numbers);
            assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(more));
            assert_eq!(page["pageInfo"]["hasNextPage"], json!(!cursor.is_null()));
            cursor = page["pageInfo"]["startCursor"].clone();
        }
        assert_eq!(back, all);
        let (between, _) = page(&server, json!({ "after": "5", "before": "2" })).await;
        assert_eq!(between, [4, 3]);

        let admin = Token::administrator().sign();
        for (arguments, code) in [
            (json!({ "after": "newest" }), "CURSOR_INVALID"),
            (json!({ "first": 1, "last": 1 }), "INVALID_INPUT"),
            (json!({ "first": 101 }), "LIMIT_EXCEEDED"),
            (json!({ "first": -1 }), "INVALID_INPUT"),
            (
                json!({ "filter": { "conversationId": "agent_1" } }),
                "INVALID_INPUT",
            ),
        ] {
            let refused = server.post(&admin, PAGE, arguments).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], code);
        }
    }
}

#[tokio::test]
async fn every_condition_of_the_filter_must_hold() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let organisation = organise(&server, &["anna"]).await;
        let (one, other) = (
            picked(&server, &organisation).await,
            start(&server, &organisation).await,
        );
        let (sam, kim) = (
            Token::supervisor("sam").sign(),
            Token::supervisor("kim").sign(),
        );
        let before = server.clock.now();
        server.clock.advance(TimeDelta::minutes(1));
        for conversation in [&one, &other] {
            for token in [&sam, &kim] {
                let input = json!({ "conversationId": conversation });
                server.mutate(token, "monitorConversation", input, "").await;
            }
        }
        let text = |instant: chrono::DateTime<chrono::Utc>| {
            instant.to_rfc3339_opts(SecondsFormat::Micros, true)
        };
        let (begin, end) = (text(before), text(server.clock.now()));
        for (filter, found) in [
            (json!({ "actions": ["MONITOR_CONVERSATION"] }), 4),
            (
                json!({ "actions": ["MONITOR_CONVERSATION", "CREATE_AGENT"] }),
                5,
            ),
            (json!({ "actions": [] }), 0),
            (json!({ "subject": "sam" }), 2),
            (json!({ "subject": "nobody" }), 0),
            (json!({ "conversationId": one }), 2),
            (json!({ "refusedOnly": true }), 2),
            (json!({ "refusedOnly": false }), 6),
            (json!({ "codes": ["INVALID_STATE", "NOT_FOUND"] }), 2),
            (json!({ "codes": ["NOT_FOUND"] }), 0),
            (json!({ "from": begin }), 4),
            (json!({ "from": begin, "to": end }), 4),
            (json!({ "to": begin }), 2),
            (json!({ "from": end }), 0),
            (
                json!({ "conversationId": other, "subject": "kim", "refusedOnly": true, "from": begin }),
                1,
            ),
            (json!({ "conversationId": one, "refusedOnly": true }), 0),
        ] {
            assert_eq!(passing(&server, filter.clone()).await, found, "{filter}");
        }
    }
}

#[tokio::test]
async fn a_page_is_one_statement_and_its_count_another_however_long_the_list() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let organisation = organise(&server, &["anna"]).await;
        let sam = Token::supervisor("sam").sign();
        let mut closed = Vec::new();
        for _ in 0..3 {
            let conversation = picked(&server, &organisation).await;
            let input = json!({ "conversationId": conversation });
            for mutation in [
                "monitorConversation",
                "forceCloseConversation",
                "stopMonitoring",
            ] {
                server.mutate(&sam, mutation, input.clone(), "").await;
            }
            picked(&server, &organisation).await;
            closed.push(conversation);
        }
        // Timers and polls run statements of their own now and then: the fewest of a few runs are the query's.
        let statements = async |query: &str| {
            let mut fewest = usize::MAX;
            let mut data = json!(null);
            for _ in 0..5 {
                let work = server.data(&sam, query, json!({}));
                let (answer, statements) = server.statements_of(work).await;
                (data, fewest) = (answer, fewest.min(statements));
            }
            (data, fewest)
        };
        let (_, page) = statements("{ auditLog { edges { node { number } } } }").await;
        assert_eq!(page, 1);
        let query = "{ auditLog { totalCount edges { node { number before { queue { id } } } } } }";
        let (data, counted) = statements(query).await;
        assert_eq!(data["auditLog"]["totalCount"], 9);
        assert_eq!(counted, 2);
        // Closed conversations: one statement for all of them, and one for all of their sessions.
        let query =
            "{ auditLog { edges { node { conversation { id state } monitorSession { id } } } } }";
        let (data, nested) = statements(query).await;
        assert_eq!(
            data["auditLog"]["edges"][8]["node"]["conversation"]["state"],
            "CLOSED"
        );
        assert_eq!(nested, 3);

        let fields = "audit(first: 2) { totalCount pageInfo { hasNextPage } edges { node { action refusal } } }";
        let aliased: Vec<_> = closed
            .iter()
            .enumerate()
            .map(|(i, id)| format!("c{i}: conversation(id: \"{id}\") {{ {fields} }}"))
            .collect();
        let (data, three) = statements(&format!("{{ {} }}", aliased.join(" "))).await;
        let (_, single) = statements(&format!("{{ {} }}", aliased[0])).await;
        assert_eq!((single, three), (3, 3));
        assert_eq!(
            data["c2"]["audit"],
            json!({
                "totalCount": 3, "pageInfo": { "hasNextPage": true },
                "edges": [
                    { "node": { "action": "STOP_MONITORING", "refusal": "CONVERSATION_CLOSED" } },
                    { "node": { "action": "FORCE_CLOSE_CONVERSATION", "refusal": null } },
                ],
            })
        );
        let oldest = format!(
            "{{ conversation(id: \"{}\") {{ audit(last: 1) {{ pageInfo {{ hasPreviousPage }} edges {{ node {{ action }} }} }} }} }}",
            closed[0]
        );
        let (data, _) = statements(&oldest).await;
        let audit = &data["conversation"]["audit"];
        assert_eq!(audit["edges"][0]["node"]["action"], "MONITOR_CONVERSATION");
        assert_eq!(audit["pageInfo"]["hasPreviousPage"], true);
    }
}

#[tokio::test]
async fn a_cursor_of_another_conversations_audit_is_invalid() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let organisation = organise(&server, &["anna"]).await;
        let (sam, kim) = (
            Token::supervisor("sam").sign(),
            Token::supervisor("kim").sign(),
        );
        let mut numbers = Vec::new();
        let query = "query($id: ID!, $after: String, $before: String) { conversation(id: $id) {
            audit(after: $after, before: $before) { edges { cursor } } } }";
        for token in [&sam, &sam, &kim] {
            let id = picked(&server, &organisation).await;
            for mutation in ["monitorConversation", "stopMonitoring"] {
                let input = json!({ "conversationId": id });
                server.mutate(token, mutation, input, "").await;
            }
            let data = server.data(token, query, json!({ "id": id })).await;
            let edges = data["conversation"]["audit"]["edges"].clone();
            let cursors = edges.as_array().unwrap().iter();
            let cursors: Vec<_> = cursors.map(|edge| edge["cursor"].clone()).collect();
            assert_eq!(cursors.len(), 2);
            numbers.push((id, cursors));
        }
        let (mine, cursors) = &numbers[0];
        let own = json!({ "id": mine, "after": cursors[0] });
        let data = server.data(&sam, query, own).await;
        let older = json!([{ "cursor": cursors[1] }]);
        assert_eq!(data["conversation"]["audit"]["edges"], older);
        let refused = async |token: &str, id: &str, cursor: &Value| {
            for side in ["after", "before"] {
                let answer = server
                    .post(token, query, json!({ "id": id, side: cursor }))
                    .await;
                let code = &answer["errors"][0]["extensions"]["code"];
                assert_eq!(code, "CURSOR_INVALID", "{side} {cursor}");
            }
        };
        for cursor in [&numbers[1].1[0], &json!("1"), &json!("9999")] {
            refused(&sam, mine, cursor).await;
        }
        // An entry that only others see is as one that is not there.
        let (theirs, cursors) = &numbers[2];
        refused(&sam, theirs, &cursors[0]).await;
    }
}
