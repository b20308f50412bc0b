//! What only supervisors may know changes nothing that anybody else is shown: fields, pages, totals, orders, live
//! lists, events and refusals. What they may know, and what the schema says of it, is the domain's table.

use domain::Channel;
use domain::audience::{Audience, Fact};
use domain::policy::Sight;
use serde_json::{Value, json};

use crate::floor::{Floor, other_supervisor};
use crate::harness::Token;
use crate::live_list::mirror::{Mirror, by};
use fields::{FIELDS, Shows};
use schema::Schema;

mod coaching;
mod fields;
mod schema;

/// Who is looked at from: an agent who has the conversation, one who advises nobody, the gateway of all channels and
/// that of one.
fn onlookers(floor: &Floor) -> Vec<String> {
    let few = Token::gateway().channels(&[Channel::WhatsApp]).sign();
    vec![
        floor.anna.clone(),
        floor.bert.clone(),
        floor.gateway.clone(),
        few,
    ]
}

const ORDERS: [&str; 6] = [
    "WAITING_TIME",
    "STARTED_AT",
    "SENTIMENT",
    "LAST_ACTIVITY_AT",
    "ATTENTION",
    "PRIORITY",
];

/// Everything that this viewer is shown of the conversation and of the view.
async fn shown(floor: &Floor, schema: &Schema, token: &str, id: &str) -> Value {
    let fields = schema.all_of("Conversation", 2);
    let conversation = floor.see(token, id, &fields).await;
    let counts = schema.all_of("OngoingSummary", 2);
    let summary = format!("{{ ongoingSummary {{ {counts} }} }}");
    let summary = floor.server.data(token, &summary, json!({})).await;
    let mut pages = Vec::new();
    for order in ORDERS {
        for direction in ["ASC", "DESC"] {
            let page = format!(
                "{{ ongoingConversations(orderBy: {{ field: {order}, direction: {direction} }}) {{
                    totalCount edges {{ cursor node {{ id version lastActivityAt }} }}
                }} }}"
            );
            pages.push(floor.server.data(token, &page, json!({})).await);
        }
    }
    json!({ "conversation": conversation, "summary": summary, "pages": pages })
}

/// What this viewer is refused, and how.
async fn refused(floor: &Floor, token: &str, id: &str) -> Vec<Value> {
    let mut refusals = Vec::new();
    for mutation in ["acceptOffer", "reopenConversation", "customerReconnected"] {
        let input = json!({ "conversationId": id });
        let payload = floor.server.mutate(token, mutation, input, "").await;
        refusals.push(payload["errors"].clone());
    }
    refusals
}

#[tokio::test]
async fn looks_change_nothing_that_an_agent_or_a_gateway_is_shown_or_refused() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    floor.open("WHATSAPP").await;
    let id = floor.active("WHATSAPP").await;
    let onlookers = onlookers(&floor);
    let mut before = Vec::new();
    for token in &onlookers {
        let shown = shown(&floor, &schema, token, &id).await;
        before.push((shown, refused(&floor, token, &id).await));
    }
    let leaders = floor
        .see(&floor.sam, &id, "autoCloseAt runningMonitorSessions { id }")
        .await;
    let other = other_supervisor();
    let looks = [
        (&floor.sam, "monitorConversation"),
        (&other, "monitorConversation"),
        (&floor.sam, "stopMonitoring"),
    ];
    for (supervisor, mutation) in looks {
        floor.act(supervisor, mutation, &id, json!({})).await;
        let now = floor
            .see(&floor.sam, &id, "autoCloseAt runningMonitorSessions { id }")
            .await;
        assert_ne!(now, leaders, "who leads is shown it");
        for (token, before) in onlookers.iter().zip(&before) {
            let shown = shown(&floor, &schema, token, &id).await;
            let now = (shown, refused(&floor, token, &id).await);
            assert_eq!(&now, before, "after {mutation}");
        }
    }
}

#[tokio::test]
async fn reviews_change_nothing_that_an_agent_or_a_gateway_is_shown_or_refused() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    let id = floor.open("WHATSAPP").await;
    let onlookers = onlookers(&floor);
    let mut before = Vec::new();
    for token in &onlookers {
        let shown = shown(&floor, &schema, token, &id).await;
        before.push((shown, refused(&floor, token, &id).await));
    }
    for mutation in ["reviewConversation", "stopReview", "reviewConversation"] {
        floor.act(&floor.sam, mutation, &id, json!({})).await;
        for (token, before) in onlookers.iter().zip(&before) {
            let shown = shown(&floor, &schema, token, &id).await;
            let now = (shown, refused(&floor, token, &id).await);
            assert_eq!(&now, before, "after {mutation}");
        }
    }
}

/// With something of everything that its agent is shown and its gateway is not.
async fn labelled(floor: &Floor) -> String {
    let id = floor.active("WHATSAPP").await;
    let vip = json!({ "addTags": ["vip"], "setAttributes": [{ "key": "order", "value": "4711" }] });
    floor.act(&floor.anna, "updateConversation", &id, vip).await;
    let message = json!({ "text": "I want to speak to a manager" });
    let receive = "receiveCustomerMessage";
    floor.act(&floor.gateway, receive, &id, message).await;
    id
}

/// Anna's, set aside, and reviewed.
async fn reviewed_and_waiting(floor: &Floor) -> String {
    let id = floor.waiting().await;
    let review = "reviewConversation";
    floor.act(&floor.sam, review, &id, json!({})).await;
    id
}

/// Whether a value says nothing.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A field whose resolver does not ask for its fact, however well it is described.
#[tokio::test]
async fn a_field_that_is_not_for_somebody_is_blank_for_them_where_it_is_not_for_its_supervisor() {
    let floor = Floor::new().await;
    let schema = Schema::of(&floor.server).await;
    // With everything in it that is not for everybody, except what `joined` shows to agents.
    let scenes = [
        floor.monitored("WHATSAPP").await,
        floor.joined("WHATSAPP").await,
        labelled(&floor).await,
        floor.asked_for_help().await,
        reviewed_and_waiting(&floor).await,
    ];
    let (_, fields) = FIELDS
        .iter()
        .find(|(name, _)| *name == "Conversation")
        .unwrap();
    let narrow: Vec<(&str, Fact)> = fields
        .iter()
        .filter_map(|(field, shows)| match shows {
            Shows::The(fact) if fact.audience() != Audience::Everybody => Some((*field, *fact)),
            _ => None,
        })
        .collect();
    let (agent, gateway) = (
        Sight {
            agent: true,
            ..Sight::default()
        },
        Sight {
            gateway: true,
            ..Sight::default()
        },
    );
    let all = schema.all_of("Conversation", 2);
    let mut shown = std::collections::BTreeSet::new();
    for id in &scenes {
        let theirs = floor.see(&floor.sam, id, &all).await;
        for (token, sight) in [(&floor.anna, agent), (&floor.gateway, gateway)] {
            let seen = floor.see(token, id, &all).await;
            for (field, fact) in &narrow {
                if is_blank(&theirs[*field]) {
                    continue;
                }
                shown.insert(*field);
                assert!(
                    fact.audience().has(sight)
                        // Anna has accepted each of them.
                        || (fact.audience() == Audience::Handlers && sight.agent)
                        || is_blank(&seen[*field]),
                    "{field} is shown to {sight:?}: {}",
                    seen[*field]
                );
            }
        }
    }
    let unseen: Vec<_> = narrow
        .iter()
        .filter(|(field, _)| !shown.contains(field))
        .collect();
    assert!(
        unseen.is_empty(),
        "no scene here shows {unseen:?} to a supervisor: add one"
    );
}

#[tokio::test]
async fn no_list_and_no_stream_of_an_agent_or_a_gateway_tells_of_a_look() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let tokens = [&floor.anna, &floor.gateway];
    let (mut lists, mut streams) = (Vec::new(), Vec::new());
    let changes = "subscription { conversationChanges {
        ... on ConversationChangeEvent { change { __typename } conversation { autoCloseAt } } } }";
    for token in tokens {
        for order in ORDERS {
            let of = by(order, "DESC", 5);
            lists.push(Mirror::begin(&floor.server, token, "version", &of).await.0);
        }
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        streams.push(socket);
    }
    for mutation in ["monitorConversation", "stopMonitoring"] {
        floor.act(&floor.sam, mutation, &id, json!({})).await;
    }
    floor.open("WHATSAPP").await;
    for list in &mut lists {
        let message = list.next().await;
        assert_eq!(
            message["totalCount"], 2,
            "the first is the start: {message}"
        );
    }
    for stream in &mut streams {
        let event = stream.event().await["conversationChanges"].clone();
        assert_eq!(event["change"]["__typename"], "ConversationStarted");
        assert_eq!(event["conversation"]["autoCloseAt"], Value::Null);
    }
}
