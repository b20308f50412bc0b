//! `acknowledgeMonitoringNotice`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result};

use super::carry_out;
use super::input::{terms, text};
use super::resource::directory_payloads;
use crate::graphql::types::agent::Agent;
use domain::{AuditedAction, Command};

/// The longest version of a text, in characters.
const LONGEST_VERSION: usize = 64;

/// Which text you have read.
#[derive(InputObject)]
pub struct AcknowledgeMonitoringNoticeInput {
    /// The version of the text that you saw: `viewer { monitoringNotice { text version } }`.
    version: String,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of acknowledging.
    AcknowledgeMonitoringNoticePayload {
        /// You, with `monitoringNoticeAcknowledgedAt`; null when refused.
        agent: Agent
    }
}

/// What is asked, for the audit.
const ASKED: AuditedAction = AuditedAction::AcknowledgeMonitoringNotice;

#[derive(Default)]
pub(super) struct AcknowledgeNoticeMutation;

#[Object]
impl AcknowledgeNoticeMutation {
    /// Say that you have read that supervisors may watch conversations. Recorded with the instant and the version of
    /// the text; a repeat changes nothing. Refused with VERSION_CONFLICT (MonitoringNoticeChanged, with the text) when
    /// the text is another one by now, with ROLE_REQUIRED without the role AGENT, with AGENT_UNKNOWN when no agent has
    /// your subject, and with TARGET_IS_BOT for a bot. For agents.
    async fn acknowledge_monitoring_notice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which text you have read.")] input: AcknowledgeMonitoringNoticeInput,
    ) -> Result<AcknowledgeMonitoringNoticePayload> {
        let terms = terms(ASKED.as_str(), None, None, input.idempotency_key.as_ref());
        let version = text("version", &input.version, LONGEST_VERSION);
        let command = version.map(|version| Command::AcknowledgeNotice { version });
        let parsed = command.and_then(|command| Ok((command, terms?)));
        Ok(carry_out(ctx, Some(ASKED), parsed).await?.into())
    }
}
