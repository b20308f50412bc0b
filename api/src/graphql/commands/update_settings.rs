//! `updateSupervisorSettings`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result};

use super::input::maybe_text;
use super::manage;
use super::resource::directory_payloads;
use crate::graphql::types::settings::SupervisorSettings;
use domain::AlertThreshold;
use domain::patch::SettingsPatch;
use domain::{AuditedAction, Manage, Refusal, commands};

/// The longest notice to agents, in characters.
const LONGEST_NOTICE: usize = 2_000;

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
    /// Supervisors may take over.
    supervisor_take_over: Option<bool>,
    /// Supervisors may manage the agents of their queues.
    supervisor_manage_agents: Option<bool>,
    /// Supervisors see figures by agent.
    agent_insights: Option<bool>,
    /// A customer who leaves a queue before so many seconds have passed counts for no rate, from now on; 0 to 60.
    short_abandon_seconds: Option<i32>,
    /// Customer messages are scored. Off makes the sentiment of every ongoing conversation
    /// NOT_AVAILABLE, some hundred at a time, within seconds; on holds from each customer's next message.
    sentiment_analysis: Option<bool>,
    /// From which level on supervisors are alerted and a conversation needs attention. The attention of
    /// ongoing conversations follows, some hundred at a time, within seconds; alerts are raised by
    /// customers' messages only, by the new threshold at once.
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
    /// What came of changing the settings.
    UpdateSupervisorSettingsPayload {
        /// The settings right after; null when refused.
        settings: SupervisorSettings
    }
}

#[derive(Default)]
pub(super) struct UpdateSettingsMutation;

#[Object]
impl UpdateSettingsMutation {
    /// Change what the organisation allows its supervisors. Acts at once. For administrators.
    async fn update_supervisor_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New values for some settings; what is left out stays.")]
        input: UpdateSupervisorSettingsInput,
    ) -> Result<UpdateSupervisorSettingsPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let notice = input.monitoring_notice_text.as_ref();
        manage(
            ctx,
            AuditedAction::UpdateSupervisorSettings,
            reason,
            key,
            || {
                Ok(Manage::UpdateSettings(commands::UpdateSettings(
                    SettingsPatch {
                        supervisor_monitor: input.supervisor_monitor,
                        supervisor_assign: input.supervisor_assign,
                        supervisor_transfer: input.supervisor_transfer,
                        supervisor_force_close: input.supervisor_force_close,
                        supervisor_take_over: input.supervisor_take_over,
                        supervisor_manage_agents: input.supervisor_manage_agents,
                        agent_insights: input.agent_insights,
                        short_abandon_seconds: input
                            .short_abandon_seconds
                            .map(short_abandon)
                            .transpose()?,
                        sentiment_analysis: input.sentiment_analysis,
                        sentiment_alert_threshold: input.sentiment_alert_threshold,
                        inactive_after_missed_offer: input.inactive_after_missed_offer,
                        monitoring_notice_text: maybe_text(
                            "monitoringNoticeText",
                            notice,
                            LONGEST_NOTICE,
                        )?,
                    },
                )))
            },
        )
        .await
    }
}

/// The longest time after which somebody who leaves still counts for no rate, in seconds.
const LONGEST_SHORT_ABANDON: u32 = 60;

fn short_abandon(seconds: i32) -> Result<u32, Refusal> {
    let fits = u32::try_from(seconds).ok();
    let fits = fits.filter(|seconds| *seconds <= LONGEST_SHORT_ABANDON);
    fits.ok_or_else(|| Refusal::InvalidInput {
        path: "shortAbandonSeconds",
        problem: format!("give 0 to {LONGEST_SHORT_ABANDON}"),
    })
}
