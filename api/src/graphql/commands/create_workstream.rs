//! `createWorkstream`: its input, its payload and its resolver.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use chrono::{DateTime, Utc};

use super::attention::{AttentionThresholdsInput, thresholds};
use super::dispositions::{DispositionInput, dispositions};
use super::input::{LONGEST_NAME, text};
use super::manage;
use super::resource::{
    AutoCloseInput, MOST_UNITS, at_most, auto_close, directory_payloads, maybe_seconds,
    wrap_up_capacity,
};
use crate::graphql::context::Request;
use crate::graphql::types::workstream::Workstream;
use domain::insights::LIMITS;
use domain::{AuditedAction, Manage, Refusal, WorkstreamId, commands};
use domain::{MonitoringNotice, Presence, QueueKind};

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
    /// How its conversations may be said to have ended, up to 100, in the order in which people see them. Default: none.
    dispositions: Option<Vec<DispositionInput>>,
    /// Whether people must say it when they close one; bots need not. Default false.
    disposition_required: Option<bool>,
    /// Whether the primary agent of a conversation reads the customer's earlier ones. Default true.
    earlier_transcripts: Option<bool>,
    /// The language that its customers most probably write: the two letters of ISO 639-1. Default: not said.
    language: Option<String>,
    /// Whether what a customer writes is looked at for escalation signals. Default true.
    escalation_signals: Option<bool>,
    /// Within how many seconds an agent should take a conversation, for the service level of `insights`: 5, 10, 15, 20, 30, 45,
    /// 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 14400 or 86400. Default 20 for VOICE and 60 for the others.
    service_level_seconds: Option<i32>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of creating a workstream.
    CreateWorkstreamPayload {
        /// The workstream; null when refused.
        workstream: Workstream
    }
}

#[derive(Default)]
pub(super) struct CreateWorkstreamMutation;

#[Object]
impl CreateWorkstreamMutation {
    /// Create a workstream. For administrators.
    async fn create_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new workstream. What is left out has the default.")]
        input: CreateWorkstreamInput,
    ) -> Result<CreateWorkstreamPayload> {
        let now = ctx.app()?.clock.now();
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::CreateWorkstream, reason, key, || {
            Ok(Manage::CreateWorkstream(commands::CreateWorkstream(
                workstream(&input, now)?,
            )))
        })
        .await
    }
}

fn workstream(
    input: &CreateWorkstreamInput,
    now: DateTime<Utc>,
) -> Result<domain::Workstream, Refusal> {
    let kind = input.kind.map_or(domain::QueueKind::Messaging, Into::into);
    let name: Arc<str> = text("name", &input.name, LONGEST_NAME)?;
    let defaults = domain::Workstream::with_defaults(WorkstreamId::new(now), &name, kind);
    let auto_close = input.auto_close.as_ref().map(auto_close).transpose()?;
    let attention = input.attention.as_ref().map(thresholds).transpose()?;
    let presences = input.allowed_presences.as_ref();
    let offer = maybe_seconds("offerTimeoutSeconds", input.offer_timeout_seconds)?;
    let grace = maybe_seconds("customerGraceSeconds", input.customer_grace_seconds)?;
    Ok(domain::Workstream {
        allowed_presences: presences.map_or(defaults.allowed_presences, |presences| {
            presences.iter().copied().collect()
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
        dispositions: dispositions(input.dispositions.as_deref().unwrap_or_default())?,
        disposition_required: input.disposition_required.unwrap_or_default(),
        earlier_transcripts: input
            .earlier_transcripts
            .unwrap_or(defaults.earlier_transcripts),
        language: input.language.as_deref().map(language).transpose()?,
        escalation_signals: input
            .escalation_signals
            .unwrap_or(defaults.escalation_signals),
        service_level_seconds: input.service_level_seconds.map(service_level).transpose()?,
        ..defaults
    })
}

/// Parses a limit of figures.
pub(super) fn service_level(seconds: i32) -> Result<u32, Refusal> {
    let limit = u32::try_from(seconds).ok();
    let limit = limit.filter(|seconds| LIMITS.contains(seconds));
    limit.ok_or_else(|| {
        let limits: Vec<_> = LIMITS.iter().map(u32::to_string).collect();
        Refusal::InvalidInput {
            path: "serviceLevelSeconds",
            problem: format!("give one of {}", limits.join(", ")),
        }
    })
}

/// Parses a language of ISO 639-1.
pub(super) fn language(code: &str) -> Result<Arc<str>, Refusal> {
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(code.to_ascii_lowercase().into());
    }
    Err(Refusal::InvalidInput {
        path: "language",
        problem: "a language is the two letters of ISO 639-1".to_owned(),
    })
}
