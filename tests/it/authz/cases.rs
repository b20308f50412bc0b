//! For each root field an operation that succeeds for whom it is meant.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Action;
use domain::policy::Needs;
use serde_json::{Value, json};

use crate::floor::{Floor, merged, on};

/// An operation, ready to be sent with any token.
pub struct Case {
    pub document: String,
    pub variables: Value,
    /// Whether the organisation's settings decide on it.
    pub depends_on_settings: bool,
}

/// The supervisor's actions, and what a supervisor only may do while one of them lasts: by the registry.
fn depends_on_settings(mutation: &str) -> bool {
    let specs = Action::ALL.iter().map(|action| action.spec());
    let mut asked = specs.filter(|spec| spec.audited.as_str() == mutation);
    asked.any(|spec| match spec.needs {
        Needs::Supervisor(..)
        | Needs::SupervisorInPerson(..)
        | Needs::SupervisorInScope
        | Needs::AgentOrSupervisor
        | Needs::AgentOrWatcher
        | Needs::GatewayOrWriter => true,
        // Nobody's, or a permission's alone.
        Needs::Gateway
        | Needs::Agent
        | Needs::SupervisorPermitted(_)
        | Needs::PrimaryOrPermitted(_)
        | Needs::GatewayPrimaryOrPermitted(_) => false,
    })
}

impl Case {
    /// The case of this root field, everything prepared for it; none when there is none.
    pub async fn of(floor: &Floor, root: &str, field: &str) -> Option<Self> {
        let (document, variables) = match root {
            "Query" => query(floor, field).await?,
            "Mutation" => {
                let kind = crate::harness::input_type(field);
                let document = format!(
                    "mutation($input: {kind}!) {{ {field}(input: $input) {{ errors {{ code }} }} }}"
                );
                (document, json!({ "input": mutation(floor, field).await? }))
            }
            _ => subscription(floor, field).await?,
        };
        let depends_on_settings = root == "Mutation" && depends_on_settings(field);
        Some(Self {
            document,
            variables,
            depends_on_settings,
        })
    }

    /// In words, what an answer without errors shows.
    pub fn shown(data: &Value) -> String {
        let Some(value) = data.as_object().and_then(|data| data.values().next()) else {
            return "nothing".to_owned();
        };
        // The one that was asked for of `nodes`.
        let value = value
            .as_array()
            .and_then(|many| many.first())
            .unwrap_or(value);
        match &value["totalCount"] {
            _ if value.is_null() => "null".to_owned(),
            Value::Number(count) => format!("ok, {count}"),
            _ => "ok".to_owned(),
        }
    }
}

async fn query(floor: &Floor, field: &str) -> Option<(String, Value)> {
    let id = match field {
        "conversation" | "node" | "nodes" | "bulkPreview" => Some(floor.active("WHATSAPP").await),
        // One entry about it, of sam's.
        "auditLog" => Some(floor.monitored("WHATSAPP").await),
        // Of a customer who has this one, which is anna's.
        "conversations" | "customer" => {
            let id = floor.active("WHATSAPP").await;
            Some(crate::floor::text(&customer_of(floor, &id).await))
        }
        "ongoingConversations" | "ongoingSummary" => {
            // Only these two are ongoing: one that waits, one that is anna's.
            for id in ongoing(floor).await {
                floor
                    .act(&floor.sam, "forceCloseConversation", &id, json!({}))
                    .await;
            }
            floor.open("WHATSAPP").await;
            Some(floor.active("WHATSAPP").await)
        }
        _ => None,
    };
    let document = match field {
        "viewer" => "{ viewer { subject } }".to_owned(),
        "auditLog" => {
            "query($id: ID!) { auditLog(filter: { conversationId: $id }) { totalCount } }"
                .to_owned()
        }
        "conversations" => {
            "query($id: ID!) { conversations(filter: { customerId: $id }) { totalCount } }"
                .to_owned()
        }
        // How many there are by now depends on the cases before.
        "customers" => "{ customers(first: 0) { pageInfo { hasPreviousPage } } }".to_owned(),
        "conversation" | "node" | "customer" => {
            format!("query($id: ID!) {{ {field}(id: $id) {{ id }} }}")
        }
        "bulkPreview" => "query($id: ID!) { bulkPreview(input: {
            conversationIds: [$id], action: { forceClose: true }
        }) { refusal { code } } }"
            .to_owned(),
        "nodes" => "query($id: ID!) { nodes(ids: [$id]) { id } }".to_owned(),
        "insights" => {
            "{ insights(range: { from: \"2026-01-01T00:00:00Z\", to: \"2026-01-02T00:00:00Z\" }) {
            partStarts
        } }"
            .to_owned()
        }
        "supervisorSettings" => "{ supervisorSettings { supervisorMonitor } }".to_owned(),
        // How many there are by now depends on the cases before.
        "tokenRevocations" => {
            "{ tokenRevocations(first: 0) { pageInfo { hasPreviousPage } } }".to_owned()
        }
        "ongoingConversations" | "ongoingSummary" | "agents" | "queues" | "workstreams" => {
            format!("{{ {field} {{ totalCount }} }}")
        }
        _ => return None,
    };
    let variables = if document.contains("$id") {
        json!({ "id": id })
    } else {
        json!({})
    };
    Some((document, variables))
}

async fn ongoing(floor: &Floor) -> Vec<String> {
    let view = "{ ongoingConversations(first: 100) { edges { node { id } } } }";
    let data = floor.server.data(&floor.sam, view, json!({})).await;
    let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
    edges
        .iter()
        .map(|edge| crate::floor::text(&edge["node"]["id"]))
        .collect()
}

/// A number that was not used before.
fn fresh() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[allow(clippy::too_many_lines, clippy::match_same_arms)] // One line a field.
async fn mutation(floor: &Floor, field: &str) -> Option<Value> {
    let whatsapp = "WHATSAPP";
    let nothing = json!({});
    let hello = json!({ "text": "hello" });
    let to_bert = json!({ "agentId": floor.agent("bert"), "overrideCapacity": true });
    let membership = json!({ "agentId": floor.agent("carl"), "queueId": floor.second_queue });
    Some(match field {
        "monitorConversation"
        | "releaseConversation"
        | "endByCustomer"
        | "endConversation"
        | "forceCloseConversation"
        | "requeueConversation"
        | "takeOverConversation"
        | "setAsideConversation" => on(&floor.active(whatsapp).await, nothing),
        "stopMonitoring" | "joinConversation" => on(&floor.monitored(whatsapp).await, nothing),
        "reviewConversation" => on(&floor.closed(whatsapp).await, nothing),
        "stopReview" => on(&floor.reviewed(whatsapp).await, nothing),
        "leaveConversation" => on(&floor.joined(whatsapp).await, nothing),
        "sendMessage" => on(&floor.monitored(whatsapp).await, hello),
        "assignConversation" => {
            let target = merged(floor.to("anna"), json!({ "overrideCapacity": true }));
            on(&floor.open(whatsapp).await, target)
        }
        "cancelOffer" | "acceptOffer" | "rejectOffer" => {
            on(&floor.offered(whatsapp).await, nothing)
        }
        "transferConversation" => on(&floor.active(whatsapp).await, to_bert),
        "drainAgent" => {
            let input = json!({
                "subject": format!("drained {}", fresh()), "name": "Gone", "queueIds": [floor.queue],
            });
            let made = floor
                .server
                .done(&floor.admin, "createAgent", input, "agent { id }");
            json!({ "agentId": made.await["agent"]["id"] })
        }
        "notifyAgents" => json!({ "to": { "agentIds": [floor.agent("carl")] }, "text": "Hello" }),
        "bulkAction" => json!({
            "conversationIds": [floor.active(whatsapp).await], "action": { "forceClose": true },
            "idempotencyKey": format!("bulk {}", fresh()),
        }),
        "cancelTransfer" => on(&floor.requested(whatsapp).await, nothing),
        "pickConversation" => on(&floor.open(whatsapp).await, nothing),
        "reopenConversation" => on(&floor.waiting().await, nothing),
        "editCustomerMessage" | "removeCustomerMessage" => {
            let (_, message) = said(floor, &floor.gateway, "receiveCustomerMessage").await;
            let of = json!({ "message": { "messageId": message } });
            match field {
                "editCustomerMessage" => merged(of, hello),
                _ => of,
            }
        }
        "reactToMessage" => {
            let (id, message) = said(floor, &floor.gateway, "receiveCustomerMessage").await;
            for mutation in ["monitorConversation", "joinConversation"] {
                floor.act(&floor.sam, mutation, &id, json!({})).await;
            }
            json!({ "message": { "messageId": message }, "reaction": "👍" })
        }
        "correctSentiment" => {
            let (id, message) = said(floor, &floor.gateway, "receiveCustomerMessage").await;
            floor
                .act(&floor.sam, "monitorConversation", &id, json!({}))
                .await;
            json!({ "messageId": message, "level": "NEGATIVE" })
        }
        "recordDelivery" => {
            let (_, message) = said(floor, &floor.anna, "sendMessage").await;
            json!({ "message": { "messageId": message }, "state": "SENT" })
        }
        "recordRating" => on(&floor.wrap_up(whatsapp).await, json!({ "score": 5 })),
        "coachAgent" => on(&floor.monitored(whatsapp).await, hello),
        "requestHelp" => on(&floor.active(whatsapp).await, json!({ "note": "?" })),
        "cancelHelp" | "answerHelp" => on(&floor.asked_for_help().await, nothing),
        "acknowledgeAttention" => on(&floor.undelivered().await, delivery_failed()),
        "closeConversation" => on(&floor.wrap_up(whatsapp).await, nothing),
        "setPresence" => json!({ "presence": "AVAILABLE" }),
        "startConversation" => floor.start_input(whatsapp),
        "receiveFromCustomer" => floor.receive_input(whatsapp, &format!("customer {}", fresh())),
        "receiveCustomerMessage" => on(&floor.active(whatsapp).await, hello),
        "changeMode" => on(&floor.active(whatsapp).await, json!({ "mode": "VIDEO" })),
        "recordConsent" => on(
            &floor.active(whatsapp).await,
            json!({ "consent": "GRANTED" }),
        ),
        "updateConversation" => on(
            &floor.active(whatsapp).await,
            json!({ "setAttributes": [{ "key": "order", "value": "4711" }] }),
        ),
        // Only live-chat customers have a connection; the other gateway's channel is another one still.
        "customerDisconnected" => on(&floor.active("LIVE_CHAT").await, nothing),
        "customerReconnected" => {
            let id = floor.active("LIVE_CHAT").await;
            floor
                .act(&floor.gateway, "customerDisconnected", &id, json!({}))
                .await;
            on(&id, nothing)
        }
        "createAgent" => json!({ "subject": format!("agent {}", fresh()), "name": "New" }),
        "createQueue" | "createWorkstream" => json!({ "name": format!("New {}", fresh()) }),
        "addQueueMember" | "removeQueueMember" => membership,
        "updateSupervisorSettings" => json!({ "inactiveAfterMissedOffer": false }),
        "updateAgent" => json!({ "agentId": floor.agent("carl"), "capacity": fresh() }),
        "deleteAgent" => json!({ "agentId": created(floor, "createAgent", "agent").await }),
        "updateQueue" => {
            json!({ "queueId": floor.second_queue, "name": format!("New {}", fresh()) })
        }
        "deleteQueue" => json!({ "queueId": created(floor, "createQueue", "queue").await }),
        "updateWorkstream" => {
            json!({ "workstreamId": floor.workstream, "name": format!("New {}", fresh()) })
        }
        "deleteWorkstream" => {
            let made = created(floor, "createWorkstream", "workstream").await;
            json!({ "workstreamId": made })
        }
        "eraseCustomer" => {
            let id = floor.closed(whatsapp).await;
            json!({ "customerId": customer_of(floor, &id).await })
        }
        "updateCustomer" => {
            json!({ "customerId": customer_of(floor, &floor.open(whatsapp).await).await, "name": "Ada" })
        }
        "mergeCustomers" => {
            let (one, other) = (floor.open(whatsapp).await, floor.open(whatsapp).await);
            json!({
                "mergedId": customer_of(floor, &one).await,
                "survivingId": customer_of(floor, &other).await,
            })
        }
        // Nobody's: the matrix goes on with its own tokens.
        "revokeToken" => json!({ "tokenId": format!("token {}", fresh()) }),
        "revokeSubject" => json!({ "subject": format!("nobody {}", fresh()) }),
        "acknowledgeMonitoringNotice" => {
            let notice = "{ viewer { monitoringNotice { version } } }";
            let data = floor.server.data(&floor.anna, notice, json!({})).await;
            json!({ "version": data["viewer"]["monitoringNotice"]["version"] })
        }
        _ => return None,
    })
}

fn delivery_failed() -> Value {
    json!({ "attentionReason": "DELIVERY_FAILED" })
}

/// A message in a conversation of anna's; both ids.
async fn said(floor: &Floor, token: &str, mutation: &str) -> (String, String) {
    let id = floor.active("WHATSAPP").await;
    floor
        .act(token, mutation, &id, json!({ "text": "hello" }))
        .await;
    let last = "transcript(last: 1) { nodes { id } }";
    let seen = floor.see(&floor.gateway, &id, last).await;
    let message = crate::floor::text(&seen["transcript"]["nodes"][0]["id"]);
    (id, message)
}

async fn customer_of(floor: &Floor, id: &str) -> Value {
    let seen = floor.see(&floor.admin, id, "customer { id }").await;
    seen["customer"]["id"].clone()
}

/// The id of something new that nothing uses.
async fn created(floor: &Floor, mutation: &str, of: &str) -> Value {
    let mut input = json!({ "name": "Unused" });
    if of == "agent" {
        input["subject"] = json!(format!("unused {}", fresh()));
    }
    let fields = format!("{of} {{ id }}");
    let made = floor
        .server
        .done(&floor.admin, mutation, input, &fields)
        .await;
    made[of]["id"].clone()
}

async fn subscription(floor: &Floor, field: &str) -> Option<(String, Value)> {
    let view = "{ ongoingConversations { asOf } }";
    // Of somebody whose cursors are good for everybody.
    let data = floor.server.data(&floor.gateway, view, json!({})).await;
    let after = data["ongoingConversations"]["asOf"].clone();
    let id = floor.monitored("WHATSAPP").await;
    let furious = json!({ "text": "This is the worst service ever, I am furious!" });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, furious)
        .await;
    let document = match field {
        "notifications" => {
            // Anna's conversation; bert, whom sam asked to take it over, refuses.
            let bert = json!({ "agentId": floor.agent("bert"), "overrideCapacity": true });
            floor
                .act(&floor.sam, "transferConversation", &id, bert)
                .await;
            floor.act(&floor.bert, "rejectOffer", &id, json!({})).await;
            "subscription($after: LogCursor) { notifications(after: $after) { __typename } }"
                .to_owned()
        }
        "conversationChanges" | "sentimentChanges" | "sentimentAlerts" => {
            format!("subscription($after: LogCursor) {{ {field}(after: $after) {{ __typename }} }}")
        }
        "organisationChanges" => {
            for presence in ["BUSY", "AVAILABLE"] {
                let input = json!({ "presence": presence });
                floor
                    .server
                    .done(&floor.anna, "setPresence", input, "")
                    .await;
            }
            "subscription($after: LogCursor) { organisationChanges(after: $after) { __typename } }"
                .to_owned()
        }
        // These begin with what is there now.
        "ongoingConversationsLive" | "agentsLive" | "ongoingSummaryLive" | "insightsLive" => {
            let document = format!("subscription {{ {field} {{ __typename }} }}");
            return Some((document, json!({})));
        }
        "conversationTranscript" => format!(
            "subscription($id: ID!, $after: LogCursor) {{ {field}(conversationId: $id, after: $after) {{ __typename }} }}"
        ),
        _ => return None,
    };
    let mut variables = json!({ "after": after });
    if document.contains("$id") {
        variables["id"] = json!(id);
    }
    Some((document, variables))
}
