//! What administrators change.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::attention::{AttentionThresholdsInput, thresholds};
use super::input::{LONGEST_NAME, id, maybe_text, terms, text};
use super::resource::{
    AutoCloseInput, MOST_UNITS, at_most, auto_close, directory_payloads, maybe_seconds, subject,
    wrap_up_capacity,
};
use super::{give, refuse};
use crate::graphql::enums::{AgentKind, AlertThreshold, MonitoringNotice, Presence, QueueKind};
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::settings::SupervisorSettings;
use crate::graphql::types::workstream::Workstream;
use domain::command::SettingsPatch;
use domain::{self, AgentId, Command, Manage, QueueId, Refusal, WorkstreamId};

/// The longest notice to agents, in characters.
const LONGEST_NOTICE: usize = 2_000;

/// A new agent.
#[derive(InputObject)]
pub struct CreateAgentInput {
    /// The `sub` of the agent's tokens; unique, 1 to 255 characters.
    subject: String,
    /// The name that colleagues see, 1 to 200 characters.
    name: String,
    /// A person (default) or a bot.
    kind: Option<AgentKind>,
    /// Total capacity units of a person, 0 to 1,000; a bot has none. Default 3.
    capacity: Option<u32>,
    /// The queues the agent becomes a member of (`queue_…`).
    #[graphql(default)]
    queue_ids: Vec<ID>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// A new queue.
#[derive(InputObject)]
pub struct CreateQueueInput {
    /// Its name, 1 to 200 characters.
    name: String,
    /// What it is for. Default MESSAGING.
    kind: Option<QueueKind>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// A new workstream. What is left out has the default.
#[derive(InputObject)]
pub struct CreateWorkstreamInput {
    /// Its name, 1 to 200 characters.
    name: String,
    /// For which kind of channel. Default MESSAGING.
    kind: Option<QueueKind>,
    /// Presences in which an agent may be given work without override. Default AVAILABLE and BUSY; never INACTIVE.
    allowed_presences: Option<Vec<Presence>>,
    /// Capacity units that one conversation takes, 1 to 1,000. Default 1.
    units: Option<u32>,
    /// Seconds until an unanswered offer or transfer request times out; 1 or more. Default 120.
    offer_timeout_seconds: Option<u32>,
    /// Seconds for which WRAP_UP keeps the agent's capacity; 0: not at all. Default: until CLOSED.
    wrap_up_capacity_seconds: Option<u32>,
    /// What must have happened before monitoring. Default NOTICE.
    monitoring_notice: Option<MonitoringNotice>,
    /// Seconds for which a live-chat customer may be away. Default 180.
    customer_grace_seconds: Option<u32>,
    /// Own auto-close times. Default: those of the channel.
    auto_close: Option<AutoCloseInput>,
    /// When its conversations need attention.
    attention: Option<AttentionThresholdsInput>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// Which agent and which queue.
#[derive(InputObject)]
pub struct QueueMemberInput {
    /// The agent (`agent_…`).
    agent_id: ID,
    /// The queue (`queue_…`).
    queue_id: ID,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// New values for some settings; what is left out stays.
#[derive(InputObject)]
pub struct UpdateSupervisorSettingsInput {
    /// Supervisors may monitor and join. Off ends running monitor sessions at once.
    supervisor_monitor: Option<bool>,
    /// Supervisors may assign.
    supervisor_assign: Option<bool>,
    /// Supervisors may transfer.
    supervisor_transfer: Option<bool>,
    /// Supervisors may force-close.
    supervisor_force_close: Option<bool>,
    /// Customer messages are scored. Off makes the sentiment of every ongoing conversation
    /// NOT_AVAILABLE at once; on holds from each customer's next message.
    sentiment_analysis: Option<bool>,
    /// From which level on supervisors are alerted and a conversation needs attention. Acts at
    /// once on attention; alerts are raised by customers' messages only.
    sentiment_alert_threshold: Option<AlertThreshold>,
    /// An agent who misses an offer becomes INACTIVE.
    inactive_after_missed_offer: Option<bool>,
    /// The text that tells agents about monitoring, 1 to 2,000 characters.
    monitoring_notice_text: Option<String>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of creating an agent.
    CreateAgentPayload {
        /// The agent; null when refused.
        agent: Agent
    }
    /// What came of creating a queue.
    CreateQueuePayload {
        /// The queue; null when refused.
        queue: Queue
    }
    /// What came of creating a workstream.
    CreateWorkstreamPayload {
        /// The workstream; null when refused.
        workstream: Workstream
    }
    /// What came of adding a member.
    AddQueueMemberPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
    /// What came of removing a member.
    RemoveQueueMemberPayload {
        /// The agent right after; null when refused.
        agent: Agent
    }
    /// What came of changing the settings.
    UpdateSupervisorSettingsPayload {
        /// The settings right after; null when refused.
        settings: SupervisorSettings
    }
}

#[derive(Default)]
pub(super) struct AdministratorMutations;

/// What administrators change. Each needs the role ADMINISTRATOR.
#[Object]
impl AdministratorMutations {
    /// Create an agent, OFFLINE until they set their presence. For administrators.
    async fn create_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new agent.")] input: CreateAgentInput,
    ) -> Result<CreateAgentPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            Ok(Manage::CreateAgent {
                id: AgentId::new(),
                subject: subject(&input.subject)?,
                name: text("name", &input.name, LONGEST_NAME)?,
                kind: input.kind.map_or(domain::AgentKind::Human, Into::into),
                capacity: at_most("capacity", input.capacity.unwrap_or(3), MOST_UNITS)?,
                queues: input
                    .queue_ids
                    .iter()
                    .map(|queue| id("queueIds", queue))
                    .collect::<Result<_, _>>()?,
            })
        })
        .await
    }

    /// Create a queue. For administrators.
    async fn create_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new queue.")] input: CreateQueueInput,
    ) -> Result<CreateQueuePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            Ok(Manage::CreateQueue {
                id: QueueId::new(),
                name: text("name", &input.name, LONGEST_NAME)?,
                kind: input.kind.map_or(domain::QueueKind::Messaging, Into::into),
            })
        })
        .await
    }

    /// Create a workstream. For administrators.
    async fn create_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new workstream. What is left out has the default.")]
        input: CreateWorkstreamInput,
    ) -> Result<CreateWorkstreamPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            Ok(Manage::CreateWorkstream(workstream(&input)?))
        })
        .await
    }

    /// Make an agent a member of a queue. Nothing happens when they are one already. For administrators.
    async fn add_queue_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent and which queue.")] input: QueueMemberInput,
    ) -> Result<AddQueueMemberPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let (agent, queue) = member(&input)?;
            Ok(Manage::AddMember { agent, queue })
        })
        .await
    }

    /// End an agent's membership of a queue; transfer requests to them in that queue are cancelled.
    /// For administrators.
    async fn remove_queue_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agent and which queue.")] input: QueueMemberInput,
    ) -> Result<RemoveQueueMemberPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, reason, key, || {
            let (agent, queue) = member(&input)?;
            Ok(Manage::RemoveMember { agent, queue })
        })
        .await
    }

    /// Change what the organisation allows its supervisors. Acts at once. For administrators.
    async fn update_supervisor_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for some settings; what is left out stays.")]
        input: UpdateSupervisorSettingsInput,
    ) -> Result<UpdateSupervisorSettingsPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let notice = input.monitoring_notice_text.as_ref();
        manage(ctx, reason, key, || {
            Ok(Manage::UpdateSettings(SettingsPatch {
                supervisor_monitor: input.supervisor_monitor,
                supervisor_assign: input.supervisor_assign,
                supervisor_transfer: input.supervisor_transfer,
                supervisor_force_close: input.supervisor_force_close,
                sentiment_analysis: input.sentiment_analysis,
                sentiment_alert_threshold: input.sentiment_alert_threshold.map(Into::into),
                inactive_after_missed_offer: input.inactive_after_missed_offer,
                monitoring_notice_text: maybe_text("monitoringNoticeText", notice, LONGEST_NOTICE)?,
            }))
        })
        .await
    }
}

pub(super) async fn manage<P: From<super::Done>>(
    ctx: &Context<'_>,
    reason: Option<&String>,
    key: Option<&String>,
    parse: impl FnOnce() -> Result<Manage, Refusal>,
) -> Result<P> {
    let terms = terms(ctx, None, reason, key);
    let why = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
    let parsed = parse().and_then(|manage| Ok((Command::Manage(manage), terms?)));
    let done = match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, refusal, None, why).await,
    };
    Ok(done?.into())
}

fn member(input: &QueueMemberInput) -> Result<(AgentId, QueueId), Refusal> {
    Ok((
        id("agentId", &input.agent_id)?,
        id("queueId", &input.queue_id)?,
    ))
}

fn workstream(input: &CreateWorkstreamInput) -> Result<domain::Workstream, Refusal> {
    let kind = input.kind.map_or(domain::QueueKind::Messaging, Into::into);
    let name: Arc<str> = text("name", &input.name, LONGEST_NAME)?;
    let defaults = domain::Workstream::with_defaults(WorkstreamId::new(), &name, kind);
    let auto_close = input.auto_close.as_ref().map(auto_close).transpose()?;
    let attention = input.attention.as_ref().map(thresholds).transpose()?;
    let presences = input.allowed_presences.as_ref();
    let offer = maybe_seconds("offerTimeoutSeconds", input.offer_timeout_seconds)?;
    let grace = maybe_seconds("customerGraceSeconds", input.customer_grace_seconds)?;
    Ok(domain::Workstream {
        allowed_presences: presences.map_or(defaults.allowed_presences, |presences| {
            presences
                .iter()
                .map(|presence| (*presence).into())
                .collect()
        }),
        units: at_most("units", input.units.unwrap_or(defaults.units), MOST_UNITS)?,
        offer_seconds: offer.unwrap_or(defaults.offer_seconds),
        wrap_up_capacity: wrap_up_capacity(input.wrap_up_capacity_seconds)?,
        monitoring_notice: input
            .monitoring_notice
            .map_or(defaults.monitoring_notice, Into::into),
        customer_grace_seconds: grace.unwrap_or(defaults.customer_grace_seconds),
        auto_close: auto_close
            .unwrap_or_default()
            .apply_to(&defaults.auto_close),
        attention: attention.unwrap_or_default().apply_to(&defaults.attention),
        ..defaults
    })
}
