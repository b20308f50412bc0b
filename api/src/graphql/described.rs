//! Descriptions of types that the library makes and leaves without one, or with its own words.

use async_graphql::{ID, SchemaBuilder};
use chrono::{DateTime, Utc};

use super::commands::Mutation;
use super::query::{ConversationConnection, Query};
use super::subscription::Subscription;
use super::types::agent::{Agent, AgentConnectionName, AgentEdgeName};
use super::types::audit::AuditEntryConnection;
use super::types::candidates::CandidateConnection;
use super::types::paging::List;
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

/// Says what these types are for.
pub(super) fn described(schema: Builder) -> Builder {
    schema
        .override_output_type_description::<ConversationConnection>(
            "A page of the ongoing view, and where in the event log it was seen.",
        )
        .override_output_type_description::<MessageConnection>(
            "A page of a transcript, oldest first.",
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
