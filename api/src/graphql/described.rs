//! Descriptions of what the library makes and leaves without one, or with its own words: types, and the schema itself.

use async_graphql::{ID, Response, SchemaBuilder, Value};
use chrono::{DateTime, Utc};

use super::commands::Mutation;
use super::query::{ConversationConnection, Query};
use super::subscription::Subscription;
use super::types::agent::{Agent, AgentConnectionName, AgentEdgeName};
use super::types::audit::AuditEntryConnection;
use super::types::candidates::CandidateConnection;
use super::types::customer::CustomerConnection;
use super::types::paging::List;
use super::types::past::ConversationHistoryConnection;
use super::types::queue::{Queue, QueueConnectionName, QueueEdgeName};
use super::types::revocation::{
    TokenRevocation, TokenRevocationConnectionName, TokenRevocationEdgeName,
};
use super::types::transcript::MessageConnection;
use super::types::workstream::{Workstream, WorkstreamConnectionName, WorkstreamEdgeName};

/// What the schema is built with.
pub(super) type Builder = SchemaBuilder<Query, Mutation, Subscription>;
type Agents = List<Agent, AgentConnectionName, AgentEdgeName>;
type Queues = List<Queue, QueueConnectionName, QueueEdgeName>;
type Revocations = List<TokenRevocation, TokenRevocationConnectionName, TokenRevocationEdgeName>;
type Workstreams = List<Workstream, WorkstreamConnectionName, WorkstreamEdgeName>;

/// What the schema says of itself.
const SCHEMA: &str = "\
Regie: the control room for supervisors of customer-service teams. See every ongoing conversation
of your agents as it happens, monitor it silently, join it, assign or transfer it, force-close it.

Where to begin:
- A supervisor's desk: `viewer` says what you may; `ongoingConversationsLive` (a subscription) is the list, kept right;
  `ongoingSummary` its counts, and `ongoingSummaryLive` (a subscription) the same kept right; `conversation` one of them with `viewerCan`; `sentimentAlerts` and `notifications`
  (subscriptions) say what to look at. `conversations` finds what is past, `insights` has the figures of any day,
  `insightsLive` (a subscription) those of today, kept right; `agentsLive` (a subscription) is the team at work. What to do is at the type `Mutation`, in groups;
  `bulkPreview` says beforehand what a bulk would be refused.
- An agent's desk: `ongoingConversationsLive`, and `notifications` for offers.
- A gateway: the mutation `receiveFromCustomer`, and `notifications` for what to send to customers.
- An administrator: `agents`, `queues`, `workstreams`, `supervisorSettings`, and `organisationChanges` (a subscription) for what becomes of
  them; `auditLog`, `tokenRevocations`; and `customers`,
  of whom `customer` is one, which gateways have of their own source as well.
- A client with a cache: `node` and `nodes` fetch again; `ongoingConversations` is the list once;
  `conversationChanges`, `sentimentChanges` and `conversationTranscript` (subscriptions) are what changes.

Transparency: Regie is for helping teams and customers, not for decisions about anybody's
employment. Whoever operates it must tell customers and agents that conversations may be watched
and stored, and obtain consent where the law asks for it.";

/// The schema's text with its own description above it. As a comment: a description of `schema` itself is newer than
/// some generators' parsers (graphql_client's among them), which then refuse the whole text.
pub(super) fn in_sdl(sdl: &str) -> String {
    let lines = SCHEMA
        .lines()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n");
    lines.collect::<String>() + "\n" + sdl
}

/// An answer to introspection with it. The library has a sentence of its own in its place, the same for every schema:
/// what `theirs`, an answer to [`DESCRIPTION`], says.
pub(super) fn in_answer(mut answer: Response, theirs: Response) -> Response {
    fn replace(value: &mut Value, theirs: &str) {
        match value {
            Value::String(text) if text == theirs => SCHEMA.clone_into(text),
            Value::List(items) => items.iter_mut().for_each(|item| replace(item, theirs)),
            Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, theirs)),
            _ => {}
        }
    }
    let theirs = theirs.data.into_json().unwrap_or_default();
    if let Some(theirs) = theirs["__schema"]["description"].as_str() {
        replace(&mut answer.data, theirs);
    }
    answer
}

/// Asks the schema what it says of itself.
pub(super) const DESCRIPTION: &str = "{ __schema { description } }";

/// Says what these types are for.
pub(super) fn described(schema: Builder) -> Builder {
    schema
        .override_output_type_description::<ConversationConnection>(
            "A page of the ongoing view, and where in the event log it was seen.",
        )
        .override_output_type_description::<MessageConnection>(
            "A page of a transcript, oldest first.",
        )
        .override_output_type_description::<ConversationHistoryConnection>(
            "A page of all conversations, closed ones included.",
        )
        .override_output_type_description::<CustomerConnection>(
            "A page of customers, newest first.",
        )
        .override_output_type_description::<AuditEntryConnection>(
            "A page of the audit trail, newest first.",
        )
        .override_output_type_description::<Agents>("A page of agents, oldest first.")
        .override_output_type_description::<CandidateConnection>(
            "A page of agents to whom a conversation can be given, the most eligible first.",
        )
        .override_output_type_description::<Queues>("A page of queues.")
        .override_output_type_description::<Revocations>(
            "A page of the revocations that are in force, oldest first.",
        )
        .override_output_type_description::<Workstreams>("A page of workstreams, oldest first.")
        .override_output_type_description::<DateTime<Utc>>(
            "An instant: RFC 3339, given in UTC; with whatever offset it is taken.",
        )
        .override_output_type_description::<ID>(
            "Opaque text that names one thing for ever; its prefix says of which kind it is.",
        )
}
