//! How many SQL statements an answer costs: what is on the board none, what is nested in a list as
//! many for fifty rows as for five.

use serde_json::json;

use crate::floor::Floor;

/// The statements of a query; the least of some runs, since timers and housekeeping run beside it.
async fn statements(floor: &Floor, token: &str, query: &str) -> usize {
    let mut least = usize::MAX;
    for _ in 0..3 {
        let run = floor.server.data(token, query, json!({}));
        least = least.min(floor.server.statements_of(run).await.1);
    }
    least
}

#[tokio::test]
async fn what_is_on_the_board_runs_no_statement() {
    let floor = Floor::new().await;
    for _ in 0..5 {
        floor.monitored("WHATSAPP").await;
        floor.requested("WHATSAPP").await;
    }
    let conversation = "id channel mode state statusReason version subject customer { id name } queue { id name kind }
        workstream { id name units } agent { id name presence capacity { availableUnits } activeConversations queues { id } }
        pendingOffer { id kind madeBy dueAt agent { name } } consultants { name } joinedSupervisors
        runningMonitorSessions { supervisor } sentiment { level score messageIds since } startedAt stateSince
        waitingSince lastActivityAt unansweredSince customerAwaySince closedAt autoCloseAt noticeGivenAt consent previous { id }";
    let agent = "id name kind subject presence capacity { totalUnits } activeConversations queues { id name kind }";
    for query in [
        format!("{{ ongoingConversations {{ totalCount asOf edges {{ cursor node {{ {conversation} }} }} }} }}"),
        "{ ongoingConversations(filter: { text: \"ada\", states: [ACTIVE] }, orderBy: { field: SENTIMENT, direction: ASC }) { totalCount } }".to_owned(),
        "{ ongoingSummary { totalCount byState { count } byQueue { queue { name } count } bySentiment { count } } }".to_owned(),
        format!("{{ agents {{ edges {{ node {{ {agent} }} }} }} }}"),
        "{ queues { edges { node { id name members { name presence } } } } }".to_owned(),
        "{ workstreams { edges { node { id name allowedPresences autoClose { openSeconds } } } } }".to_owned(),
        "{ viewer { subject scope { queues { name } } presence agent { name } } supervisorSettings { supervisorMonitor } }".to_owned(),
    ] {
        assert_eq!(statements(&floor, &floor.sam, &query).await, 0, "{query}");
    }
}

#[tokio::test]
async fn an_ongoing_conversation_and_a_node_of_the_board_run_no_statement() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for id in [
        id,
        floor.agent("anna"),
        floor.queue.clone(),
        floor.workstream.clone(),
    ] {
        let query = format!("{{ node(id: \"{id}\") {{ id }} }}");
        assert_eq!(statements(&floor, &floor.sam, &query).await, 0, "{query}");
    }
}

#[tokio::test]
async fn nodes_that_are_closed_are_read_by_one_statement_however_many() {
    let floor = Floor::new().await;
    let mut ids = vec![format!("{:?}", floor.agent("anna"))];
    for _ in 0..3 {
        ids.push(format!("{:?}", floor.closed("WHATSAPP").await));
        let query = format!("{{ nodes(ids: [{}]) {{ id }} }}", ids.join(", "));
        assert_eq!(statements(&floor, &floor.sam, &query).await, 1, "{query}");
    }
}

#[tokio::test]
async fn what_is_nested_in_a_list_runs_as_many_statements_for_fifty_rows_as_for_five() {
    let floor = Floor::new().await;
    let fields = [
        "transcript(first: 10) { edges { node { text agent { name } } } }",
        "transcript(last: 2) { edges { node { text } } }",
        "participants { role agent { name } joinedAt leftAt }",
        "monitorSessions { supervisor endedBy }",
        "audit(first: 2) { totalCount edges { node { action refusal before { state } } } }",
        "previous { id subject customer { name } agent { name } participants { role } monitorSessions { id } }",
    ];
    let all = "transcript(first: 2) { edges { node { text } } } participants { role }
        monitorSessions { supervisor } previous { id subject }";
    let queries: Vec<String> = fields
        .iter()
        .copied()
        .chain([all])
        .map(|fields| format!("{{ ongoingConversations(first: 50) {{ totalCount edges {{ node {{ id {fields} }} }} }} }}"))
        .collect();
    let mut counted = Vec::new();
    for rows in [5, 50] {
        let there = floor
            .server
            .data(
                &floor.sam,
                "{ ongoingConversations { totalCount } }",
                json!({}),
            )
            .await;
        let there = there["ongoingConversations"]["totalCount"]
            .as_u64()
            .unwrap();
        for _ in there..rows {
            let previous = floor.closed("WHATSAPP").await;
            let id = floor
                .start_with(
                    "WHATSAPP",
                    json!({ "previousConversationId": previous, "subject": "again" }),
                )
                .await;
            floor
                .act(&floor.anna, "pickConversation", &id, json!({}))
                .await;
            floor
                .act(
                    &floor.gateway,
                    "receiveCustomerMessage",
                    &id,
                    json!({ "text": "hello" }),
                )
                .await;
            floor
                .act(&floor.sam, "monitorConversation", &id, json!({}))
                .await;
        }
        let mut counts = Vec::new();
        for query in &queries {
            let data = floor.server.data(&floor.sam, query, json!({})).await;
            let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
            assert_eq!(edges.len() as u64, rows);
            counts.push(statements(&floor, &floor.sam, query).await);
        }
        counted.push(counts);
    }
    assert_eq!(
        counted[0], counted[1],
        "five rows, then fifty: {queries:#?}"
    );
    assert!(
        counted[0].iter().all(|count| (1..=10).contains(count)),
        "{counted:?}"
    );
}
