//! Workstreams.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::attention::AttentionThresholds;
use super::disposition::Disposition;
use super::paging::connection_names;
use crate::graphql::context::Request;
use domain::audience::OrganisationFact;
use domain::{self, WrapUpCapacity, directory};
use domain::{MonitoringNotice, Presence, QueueKind};

connection_names!(
    WorkstreamConnectionName = "WorkstreamConnection",
    WorkstreamEdgeName = "WorkstreamEdge"
);

/// Settings for a kind of contact.
#[derive(Clone)]
pub struct Workstream(pub Arc<domain::Workstream>);

/// Settings for a kind of contact. A conversation keeps its workstream, also when it moves to
/// another queue. Everybody who sees a workstream sees the name; what it sets is for supervisors and
/// administrators.
#[Object]
impl Workstream {
    /// The workstream's id (`ws_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The workstream's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// For which kind of channel.
    async fn kind(&self) -> QueueKind {
        self.0.kind
    }

    /// Presences in which an agent may be given work without override. Null for whom it does not
    /// concern.
    async fn allowed_presences(&self, ctx: &Context<'_>) -> Result<Option<Vec<Presence>>> {
        Ok(self.figures(ctx)?.map(|own| {
            let presences = own.allowed_presences.iter();
            presences.copied().collect()
        }))
    }

    /// Capacity units that one conversation takes; 1 or more. Null for whom it does not concern.
    async fn units(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self.figures(ctx)?.map(|own| own.units))
    }

    /// Seconds until an unanswered offer or transfer request times out. Null for whom it does not
    /// concern.
    async fn offer_timeout_seconds(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self.figures(ctx)?.map(|own| own.offer_seconds))
    }

    /// Seconds for which WRAP_UP keeps the agent's capacity; 0: not at all; null: until CLOSED, and
    /// for whom it does not concern.
    async fn wrap_up_capacity_seconds(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        let own = self.figures(ctx)?;
        Ok(own.and_then(|own| wrap_up_capacity_seconds(own.wrap_up_capacity)))
    }

    /// What must have happened before monitoring. Null for whom it does not concern.
    async fn monitoring_notice(&self, ctx: &Context<'_>) -> Result<Option<MonitoringNotice>> {
        Ok(self.figures(ctx)?.map(|own| own.monitoring_notice))
    }

    /// Seconds for which a live-chat customer may be away before the contact counts as ended. Null
    /// for whom it does not concern.
    async fn customer_grace_seconds(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self.figures(ctx)?.map(|own| own.customer_grace_seconds))
    }

    /// Own auto-close times. Null for whom it does not concern.
    async fn auto_close(&self, ctx: &Context<'_>) -> Result<Option<AutoClose>> {
        Ok(self.figures(ctx)?.map(|own| own.auto_close.into()))
    }

    /// When its conversations need attention. Null for whom it does not concern.
    async fn attention(&self, ctx: &Context<'_>) -> Result<Option<AttentionThresholds>> {
        Ok(self.figures(ctx)?.map(|own| own.attention.into()))
    }

    /// How its conversations may be said to have ended, in the operator's order; who closes one gives the code.
    async fn dispositions(&self) -> Vec<Disposition> {
        self.0
            .dispositions
            .iter()
            .cloned()
            .map(Into::into)
            .collect()
    }

    /// Whether people must say how a conversation ended when they close it (DISPOSITION_REQUIRED); bots need not.
    async fn disposition_required(&self) -> bool {
        self.0.disposition_required
    }

    /// Whether the primary agent of a conversation reads the customer's earlier ones (`Conversation.earlierConversations`).
    async fn earlier_transcripts(&self) -> bool {
        self.0.earlier_transcripts
    }

    /// The language that its customers most probably write, ISO 639-1 in lower case; null: not said. It helps to tell the
    /// language of short messages until the conversation has one of its own. Scored are English (en) and Dutch (nl); what
    /// is written in any other language is NOT_AVAILABLE.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// Whether what a customer writes is looked at for escalation signals (ESCALATION_SIGNAL), in English and Dutch.
    async fn escalation_signals(&self) -> bool {
        self.0.escalation_signals
    }

    /// Within how many seconds an agent should take a conversation, for the service level of `insights`: what was set, or 20 for
    /// VOICE and 60 for the others.
    async fn service_level_seconds(&self) -> u32 {
        self.0.service_level()
    }

    /// When the workstream was deleted; null while it is there. Only what refers to it shows a deleted workstream:
    /// closed conversations, events, the audit trail. Lists and `node` do not.
    async fn deleted_at(&self) -> Option<DateTime<Utc>> {
        self.0.deleted_at
    }
}

impl Workstream {
    /// What it sets, for supervisors and administrators (domain.md section 3: agents see names).
    fn figures(&self, ctx: &Context<'_>) -> Result<Option<&domain::Workstream>> {
        let audience = OrganisationFact::WorkstreamFigures.audience();
        Ok(audience.has(ctx.access()?).then_some(&*self.0))
    }
}

/// The setting as the schema has it: 0: not at all; none: until CLOSED.
pub(super) const fn wrap_up_capacity_seconds(setting: WrapUpCapacity) -> Option<u32> {
    match setting {
        WrapUpCapacity::Always => None,
        WrapUpCapacity::Never => Some(0),
        WrapUpCapacity::Seconds(seconds) => Some(seconds),
    }
}

/// Seconds after which a conversation leaves a state by itself; null: the default of its channel
/// (LIVE_CHAT: 20 min OPEN, 15 min WRAP_UP; asynchronous messaging: 30 d OPEN or ACTIVE, 28 d
/// WAITING, 1 d WRAP_UP; VOICE: 30 d OPEN, 2 h ACTIVE to WRAP_UP, 1 d WRAP_UP; RECORD never).
#[derive(SimpleObject)]
pub struct AutoClose {
    /// In OPEN.
    open_seconds: Option<u32>,
    /// In ACTIVE; a VOICE conversation goes to WRAP_UP instead of CLOSED.
    active_seconds: Option<u32>,
    /// In WAITING.
    waiting_seconds: Option<u32>,
    /// In WRAP_UP.
    wrap_up_seconds: Option<u32>,
}

impl From<directory::AutoClose> for AutoClose {
    fn from(own: directory::AutoClose) -> Self {
        Self {
            open_seconds: own.open_seconds,
            active_seconds: own.active_seconds,
            waiting_seconds: own.waiting_seconds,
            wrap_up_seconds: own.wrap_up_seconds,
        }
    }
}
