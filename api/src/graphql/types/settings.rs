//! The organisation's settings.

use std::sync::Arc;

use async_graphql::Object;

use domain;
use domain::AlertThreshold;

/// The organisation's settings.
#[derive(Clone)]
pub struct SupervisorSettings(pub Arc<domain::Settings>);

/// What the organisation allows its supervisors, and how sentiment is handled. Supervisors read it;
/// administrators change it, and a change acts at once, on running monitor sessions too.
#[Object]
impl SupervisorSettings {
    /// Supervisors may monitor and join. Default on; switching it off ends running sessions.
    async fn supervisor_monitor(&self) -> bool {
        self.0.supervisor_monitor
    }

    /// Supervisors may assign. Default off.
    async fn supervisor_assign(&self) -> bool {
        self.0.supervisor_assign
    }

    /// Supervisors may transfer. Default off.
    async fn supervisor_transfer(&self) -> bool {
        self.0.supervisor_transfer
    }

    /// Supervisors may force-close. Default off.
    async fn supervisor_force_close(&self) -> bool {
        self.0.supervisor_force_close
    }

    /// Supervisors may take over. Default off.
    async fn supervisor_take_over(&self) -> bool {
        self.0.supervisor_take_over
    }

    /// Supervisors may manage the agents of their queues: set their presence, add them to queues and remove them. Default on.
    async fn supervisor_manage_agents(&self) -> bool {
        self.0.supervisor_manage_agents
    }

    /// Supervisors see figures by agent. Default on; off, everything by agent but the agent's own is SETTING_DISABLED.
    async fn agent_insights(&self) -> bool {
        self.0.agent_insights
    }

    /// A customer who leaves a queue before so many seconds have passed counts for no rate. 0 to 60, default 5.
    async fn short_abandon_seconds(&self) -> u32 {
        self.0.short_abandon_seconds
    }

    /// Customer messages are scored. Default on; off makes the level of every ongoing conversation
    /// NOT_AVAILABLE within seconds, on again scores from its next customer message on.
    async fn sentiment_analysis(&self) -> bool {
        self.0.sentiment_analysis
    }

    /// From which level on supervisors are alerted. Default NEGATIVE.
    async fn sentiment_alert_threshold(&self) -> AlertThreshold {
        self.0.sentiment_alert_threshold
    }

    /// An agent who misses an offer becomes INACTIVE. Default off.
    async fn inactive_after_missed_offer(&self) -> bool {
        self.0.inactive_after_missed_offer
    }

    /// The operator's own text that tells agents about monitoring.
    async fn monitoring_notice_text(&self) -> &str {
        &self.0.monitoring_notice_text
    }
}
