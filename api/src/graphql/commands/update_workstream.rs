//! `updateWorkstream`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::attention::{AttentionThresholdsInput, thresholds};
use super::create_workstream::{language, service_level};
use super::dispositions::{DispositionInput, dispositions};
use super::input::id;
use super::manage;
use super::resource::{
    AutoCloseInput, MOST_UNITS, at_most, auto_close, directory_payloads, given, name, seconds,
    wrap_up_capacity,
};
use crate::graphql::types::workstream::Workstream;
use domain::patch::WorkstreamPatch;
use domain::{AuditedAction, Manage, Refusal, commands};
use domain::{MonitoringNotice, Presence};

/// New values for a workstream; what is left out stays. Null is refused with INVALID_INPUT, but where it is said
/// what it means. The kind never changes.
#[derive(InputObject)]
pub struct UpdateWorkstreamInput {
    /// The workstream (`ws_…`).
    workstream_id: ID,
    /// Its name, 1 to 200 characters.
    name: MaybeUndefined<String>,
    /// Presences in which an agent may be given work without override; never INACTIVE. Offers that wait run on.
    allowed_presences: MaybeUndefined<Vec<Presence>>,
    /// Capacity units that one conversation takes, 1 to 1,000, from its next assignment on.
    units: MaybeUndefined<u32>,
    /// Seconds until an unanswered offer or transfer request times out; 1 or more. For those made from now on.
    offer_timeout_seconds: MaybeUndefined<u32>,
    /// Seconds for which WRAP_UP keeps the agent's capacity; 0: not at all; null: until CLOSED. For conversations that
    /// come to WRAP_UP from now on.
    wrap_up_capacity_seconds: MaybeUndefined<u32>,
    /// What must have happened before monitoring and reviewing. Ends running sessions at once where that is lacking.
    monitoring_notice: MaybeUndefined<MonitoringNotice>,
    /// Seconds for which a live-chat customer may be away; 1 or more. For those who leave from now on.
    customer_grace_seconds: MaybeUndefined<u32>,
    /// Own auto-close times. Clocks that run keep the due time they started with.
    auto_close: MaybeUndefined<AutoCloseInput>,
    /// When its conversations need attention.
    attention: MaybeUndefined<AttentionThresholdsInput>,
    /// How its conversations may be said to have ended, all of them, up to 100. Conversations that ended keep what was said.
    dispositions: MaybeUndefined<Vec<DispositionInput>>,
    /// Whether people must say it when they close one; bots need not.
    disposition_required: MaybeUndefined<bool>,
    /// Whether the primary agent of a conversation reads the customer's earlier ones. Acts at once.
    earlier_transcripts: MaybeUndefined<bool>,
    /// The language that its customers most probably write: the two letters of ISO 639-1; null: not said. For messages
    /// from now on.
    language: MaybeUndefined<String>,
    /// Whether what a customer writes is looked at for escalation signals. For messages from now on; signals that there
    /// are stay until they are acknowledged, or the conversation closes.
    escalation_signals: MaybeUndefined<bool>,
    /// Within how many seconds an agent should take a conversation, for the service level of `insights`, also of the past: 5, 10,
    /// 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 14400 or 86400; null: 20 for VOICE and 60 for the others.
    service_level_seconds: MaybeUndefined<i32>,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of changing a workstream.
    UpdateWorkstreamPayload {
        /// The workstream right after; null when refused.
        workstream: Workstream
    }
}

#[derive(Default)]
pub(super) struct UpdateWorkstreamMutation;

#[Object]
impl UpdateWorkstreamMutation {
    /// Change a workstream's settings. Clocks that run keep the due time they started with, and offers that wait run
    /// on. Nothing happens when all is so already. For administrators.
    async fn update_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for a workstream; what is left out stays.")]
        input: UpdateWorkstreamInput,
    ) -> Result<UpdateWorkstreamPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::UpdateWorkstream, reason, key, || {
            let workstream = id("workstreamId", &input.workstream_id)?;
            Ok(Manage::UpdateWorkstream(commands::UpdateWorkstream(
                workstream,
                workstream_patch(&input)?,
            )))
        })
        .await
    }
}

/// One line for each setting.
fn workstream_patch(input: &UpdateWorkstreamInput) -> Result<WorkstreamPatch, Refusal> {
    let limit = |path, value: &MaybeUndefined<u32>| given(path, value, |it| seconds(path, *it));
    let units = |units: &u32| at_most("units", *units, MOST_UNITS);
    let presences = |presences: &Vec<Presence>| Ok(presences.iter().copied().collect());
    let wrap_up = input.wrap_up_capacity_seconds.as_opt_ref();
    let spoken = input.language.as_opt_ref();
    let taken_within = input.service_level_seconds.as_opt_ref();
    Ok(WorkstreamPatch {
        name: given("name", &input.name, |it| name(it))?,
        allowed_presences: given("allowedPresences", &input.allowed_presences, presences)?,
        units: given("units", &input.units, units)?,
        offer_seconds: limit("offerTimeoutSeconds", &input.offer_timeout_seconds)?,
        wrap_up_capacity: wrap_up
            .map(|it| wrap_up_capacity(it.copied()))
            .transpose()?,
        monitoring_notice: given("monitoringNotice", &input.monitoring_notice, |notice| {
            Ok(*notice)
        })?,
        customer_grace_seconds: limit("customerGraceSeconds", &input.customer_grace_seconds)?,
        auto_close: given("autoClose", &input.auto_close, auto_close)?.unwrap_or_default(),
        attention: given("attention", &input.attention, thresholds)?.unwrap_or_default(),
        dispositions: given("dispositions", &input.dispositions, |all| dispositions(all))?,
        disposition_required: given("dispositionRequired", &input.disposition_required, |is| {
            Ok(*is)
        })?,
        earlier_transcripts: given("earlierTranscripts", &input.earlier_transcripts, |is| {
            Ok(*is)
        })?,
        language: spoken
            .map(|it| it.map(|code| language(code)).transpose())
            .transpose()?,
        escalation_signals: given("escalationSignals", &input.escalation_signals, |is| Ok(*is))?,
        service_level_seconds: taken_within
            .map(|seconds| seconds.map(|seconds| service_level(*seconds)).transpose())
            .transpose()?,
    })
}
