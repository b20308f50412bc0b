//! What coaches an agent reaches that agent and supervisors in a session, and nobody else: by every root field that the
//! schema has, whatever fields it has below.

use serde_json::{Value, json};

use super::schema::Schema;
use super::{ORDERS, onlookers};
use crate::floor::{Floor, on, other_supervisor, text};
use crate::harness::{Socket, Token};

/// What is said to the agent alone.
const ADVICE: &str = "Between us: offer fifty euros";

/// Everything that this viewer can ask of the server, by the schema's root fields, and of the conversation with its
/// transcript. The same twice, unless something that they are shown changed.
async fn everything(floor: &Floor, schema: &Schema, token: &str, id: &str) -> Vec<(String, Value)> {
    let mut shown = Vec::new();
    let mut ask = async |name: String, query: String| {
        let answer = floor.server.post(token, &query, json!({ "id": id })).await;
        shown.push((name, answer));
    };
    for field in schema.fields("Query") {
        let name = field["name"].as_str().unwrap();
        let arguments = field["args"].as_array().unwrap();
        let takes = |wanted: &str| arguments.iter().any(|one| one["name"] == wanted);
        let mut given = Vec::new();
        if takes("id") {
            given.push("id: $id");
        }
        if takes("ids") {
            given.push("ids: [$id]");
        }
        if takes("first") {
            given.push("first: 20");
        }
        let arguments = if given.is_empty() {
            String::new()
        } else {
            format!("({})", given.join(", "))
        };
        let Some(selected) = schema.selection(field, 2) else {
            ask(
                name.to_owned(),
                format!("query($id: ID) {{ __typename {name}{arguments} }}"),
            )
            .await;
            continue;
        };
        let head = if arguments.contains("$id") {
            "query($id: ID!)"
        } else {
            "query"
        };
        let query = format!("{head} {{ {name}{arguments} {{ {selected} }} }}");
        ask(name.to_owned(), query).await;
    }
    let message = schema.all_of("Message", 1);
    for (name, page) in [
        ("forwards", "first: 50"),
        ("backwards", "last: 50"),
        ("a few", "first: 2"),
    ] {
        let query = format!(
            "query($id: ID!) {{ conversation(id: $id) {{ closingNote transcript({page}) {{
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
                edges {{ cursor node {{ {message} replyTo {{ id }} }} }} }} }} }}"
        );
        ask(format!("transcript {name}"), query).await;
    }
    let fields = schema.all_of("Conversation", 2);
    let query = format!("query($id: ID!) {{ conversation(id: $id) {{ {fields} }} }}");
    ask("conversation".to_owned(), query).await;
    for order in ORDERS {
        let query = format!(
            "{{ ongoingConversations(orderBy: {{ field: {order}, direction: DESC }}) {{ totalCount
                edges {{ cursor node {{ id version lastActivityAt }} }} }} }}"
        );
        ask(format!("by {order}"), query).await;
    }
    shown
}

/// A stream of each subscription that the schema has, and what they begin with has come.
async fn streams(floor: &Floor, schema: &Schema, token: &str, id: &str) -> Socket {
    let mut socket = floor.server.socket(token).await;
    for field in schema.fields("Subscription") {
        let name = field["name"].as_str().unwrap();
        let arguments = field["args"].as_array().unwrap();
        let takes = arguments.iter().any(|one| one["name"] == "conversationId");
        let query = if takes {
            format!("subscription($id: ID!) {{ {name}(conversationId: $id) {{ __typename }} }}")
        } else {
            format!("subscription {{ {name} {{ __typename }} }}")
        };
        let variables = if takes {
            json!({ "id": id })
        } else {
            json!({})
        };
        socket.subscribe(&query, variables).await;
    }
    while socket.next_unless_silent().await.is_some() {}
    socket
}

/// Bert's, whom sam watches, with anna as a consultant; a PUBLIC and an INTERNAL message in it.
async fn advised(floor: &Floor) -> String {
    let id = floor.requested("WHATSAPP").await;
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    for visibility in ["PUBLIC", "INTERNAL"] {
        let says = json!({ "text": "One moment.", "visibility": visibility });
        floor.act(&floor.bert, "sendMessage", &id, says).await;
    }
    id
}

/// Sam coaches the primary agent; the message's id.
async fn coaches(floor: &Floor, id: &str) -> String {
    let input = on(id, json!({ "text": ADVICE }));
    let done = floor
        .server
        .done(&floor.sam, "coachAgent", input, "message { id }")
        .await;
    text(&done["message"]["id"])
}

/// The viewers who may know nothing of it: the consultant, agents who have no part in it, and gateways.
fn outsiders(floor: &Floor) -> Vec<(String, String)> {
    let mut all: Vec<_> = onlookers(floor)
        .into_iter()
        .filter(|token| *token != floor.bert)
        .map(|token| ("onlooker".to_owned(), token))
        .collect();
    let few = Token::supervisor("sid").queues(&[&floor.second_queue]);
    all.push(("an agent elsewhere".to_owned(), floor.carl.clone()));
    all.push(("a supervisor elsewhere".to_owned(), few.sign()));
    all
}

#[tokio::test]
async fn what_coaches_an_agent_changes_nothing_that_anybody_else_can_ask_for() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    let id = advised(&floor).await;
    let mut before = Vec::new();
    for (_, token) in outsiders(&floor) {
        before.push(everything(&floor, &schema, &token, &id).await);
    }
    let asked = before[0].iter();
    let answered = asked.filter(|(_, answer)| answer.get("errors").is_none());
    assert!(answered.count() > 10, "{:#?}", before[0]);
    // The consultant and the gateways read the transcript, so that there is something to look at.
    for (shown, count) in before.iter().zip([2, 1, 1]) {
        let (_, transcript) = shown
            .iter()
            .find(|(name, _)| name == "transcript forwards")
            .unwrap();
        let edges = &transcript["data"]["conversation"]["transcript"]["edges"];
        assert_eq!(
            edges.as_array().map(Vec::len),
            Some(count),
            "{transcript:#}"
        );
    }
    let message = coaches(&floor, &id).await;
    for ((who, token), before) in outsiders(&floor).iter().zip(&before) {
        let now = everything(&floor, &schema, token, &id).await;
        for (now, before) in now.iter().zip(before) {
            assert_eq!(now, before, "{who}");
        }
    }
    // Who is in no session: a supervisor of the queue, and an administrator, neither of whom reads transcripts.
    for token in [other_supervisor(), floor.admin.clone()] {
        for (name, answer) in everything(&floor, &schema, &token, &id).await {
            let answer = answer.to_string();
            assert!(!answer.contains(ADVICE), "{name}: {answer}");
            // The audit trail names what sam did, for administrators.
            assert!(name == "auditLog" || name == "conversation" || !answer.contains(&message));
        }
    }
}

#[tokio::test]
async fn no_stream_tells_anybody_else_that_an_agent_was_coached() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    let id = advised(&floor).await;
    let mut open = Vec::new();
    let others = [
        ("a supervisor in no session".to_owned(), other_supervisor()),
        ("an administrator".to_owned(), floor.admin.clone()),
    ];
    for (who, token) in outsiders(&floor).into_iter().chain(others) {
        open.push((who, streams(&floor, &schema, &token, &id).await));
    }
    let mut theirs = Vec::new();
    for token in [&floor.bert, &floor.sam] {
        theirs.push(streams(&floor, &schema, token, &id).await);
    }
    let message = coaches(&floor, &id).await;
    for socket in &mut theirs {
        let event = socket.event().await;
        assert_eq!(
            event["conversationTranscript"]["__typename"],
            "TranscriptMessage"
        );
        assert_eq!(socket.next_unless_silent().await, None);
    }
    // Nor that the agent said something to it.
    let thanks = json!({ "message": { "messageId": message }, "reaction": "👍" });
    floor
        .server
        .done(&floor.bert, "reactToMessage", thanks, "")
        .await;
    for (who, socket) in &mut open {
        let told = socket.next_unless_silent().await;
        assert_eq!(told, None, "{who}");
    }
    // The streams are there: what everybody may know comes.
    floor
        .act(&floor.bert, "endConversation", &id, json!({}))
        .await;
    let (_, socket) = &mut open[0];
    assert!(socket.next_unless_silent().await.is_some());
}

#[tokio::test]
async fn neither_a_later_primary_agent_nor_the_next_one_reads_it() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    let customer = json!({ "customer": { "key": "4711", "name": "Ada" } });
    let id = floor.start_with("WHATSAPP", customer.clone()).await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let message = coaches(&floor, &id).await;
    let hides = async |token: &str, id: &str| {
        for (name, answer) in everything(&floor, &schema, token, id).await {
            let answer = answer.to_string();
            assert!(!answer.contains(ADVICE), "{name}: {answer}");
            assert!(!answer.contains(&message), "{name}: {answer}");
        }
    };
    floor
        .act(&floor.bert, "releaseConversation", &id, json!({}))
        .await;
    hides(&floor.bert, &id).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    hides(&floor.anna, &id).await;
    for mutation in ["endConversation", "closeConversation"] {
        floor.act(&floor.anna, mutation, &id, json!({})).await;
    }
    hides(&floor.anna, &id).await;
    // The next contact of the same customer is bert's, who was coached then.
    let next = floor.start_with("WHATSAPP", customer).await;
    floor
        .act(&floor.bert, "pickConversation", &next, json!({}))
        .await;
    hides(&floor.bert, &id).await;
    let earlier = "earlierConversations { id transcript(first: 20) { nodes { text visibility } } }";
    let seen = floor.see(&floor.bert, &next, earlier).await;
    assert_eq!(seen["earlierConversations"][0]["id"], json!(id));
    assert!(!seen.to_string().contains(ADVICE), "{seen}");
}
