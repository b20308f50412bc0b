//! New values for some of what an agent, queue or workstream is; the rest stays.
//!
//! A patch has one line for each field that can be changed, and a field that is left out says nothing: not
//! when it is applied, and not in the text by which a repeat is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::directory::{
    Agent, AttentionThresholds, AutoClose, Disposition, Queue, Workstream, WrapUpCapacity,
};
use super::{AlertThreshold, MonitoringNotice, OpeningHours, Presence, QueueKind, Settings};

/// What can replace a value, or leave it.
trait Over<T> {
    fn over(&self, value: &T) -> T;
    fn says_nothing(&self) -> bool;
}

impl<T: Clone> Over<T> for Option<T> {
    fn over(&self, value: &T) -> T {
        self.as_ref().unwrap_or(value).clone()
    }

    fn says_nothing(&self) -> bool {
        self.is_none()
    }
}

macro_rules! patches {
    ($($(#[$doc:meta])* $name:ident of $whole:ident { $($field:ident : $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[allow(missing_docs)] // The fields are those of what is changed.
        pub struct $name { $(#[serde(skip_serializing_if = "Over::says_nothing")] pub $field: $ty,)* }

        impl $name {
            /// The whole with the new values in place.
            #[allow(clippy::needless_update)] // Some patches name every field.
            pub fn apply_to(&self, whole: &$whole) -> $whole {
                $whole { $($field: self.$field.over(&whole.$field),)* ..whole.clone() }
            }
        }

        impl Over<$whole> for $name {
            fn over(&self, value: &$whole) -> $whole {
                self.apply_to(value)
            }

            fn says_nothing(&self) -> bool {
                *self == Self::default()
            }
        }
    )*};
}

patches! {
    /// New values for an agent.
    AgentPatch of Agent {
        name: Option<Arc<str>>,
        capacity: Option<u32>,
    }

    /// New values for a queue; no hours are `Some(None)`.
    QueuePatch of Queue {
        name: Option<Arc<str>>,
        kind: Option<QueueKind>,
        hours: Option<Option<Arc<OpeningHours>>>,
    }

    /// New values for a workstream: all that a new one is given but its kind.
    WorkstreamPatch of Workstream {
        name: Option<Arc<str>>,
        allowed_presences: Option<BTreeSet<Presence>>,
        units: Option<u32>,
        offer_seconds: Option<u32>,
        wrap_up_capacity: Option<WrapUpCapacity>,
        monitoring_notice: Option<MonitoringNotice>,
        customer_grace_seconds: Option<u32>,
        auto_close: AutoClosePatch,
        attention: AttentionPatch,
        dispositions: Option<Vec<Disposition>>,
        disposition_required: Option<bool>,
        earlier_transcripts: Option<bool>,
        language: Option<Option<Arc<str>>>,
        escalation_signals: Option<bool>,
        service_level_seconds: Option<Option<u32>>,
    }

    /// New auto-close times of a workstream; `Some(None)` is the channel's default.
    AutoClosePatch of AutoClose {
        open_seconds: Option<Option<u32>>,
        active_seconds: Option<Option<u32>>,
        waiting_seconds: Option<Option<u32>>,
        wrap_up_seconds: Option<Option<u32>>,
    }

    /// New attention thresholds of a workstream.
    AttentionPatch of AttentionThresholds {
        waiting_seconds: Option<u32>,
        unanswered_seconds: Option<u32>,
        handled_seconds: Option<u32>,
    }
}

/// New values for some of the organisation's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // One for each field of `Settings`.
pub struct SettingsPatch {
    pub supervisor_monitor: Option<bool>,
    pub supervisor_assign: Option<bool>,
    pub supervisor_transfer: Option<bool>,
    pub supervisor_force_close: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor_take_over: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor_manage_agents: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_insights: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_abandon_seconds: Option<u32>,
    pub sentiment_analysis: Option<bool>,
    pub sentiment_alert_threshold: Option<AlertThreshold>,
    pub inactive_after_missed_offer: Option<bool>,
    pub monitoring_notice_text: Option<Arc<str>>,
}

impl SettingsPatch {
    /// The settings with the new values in place.
    pub fn apply_to(&self, settings: &Settings) -> Settings {
        let text = self.monitoring_notice_text.as_ref();
        Settings {
            supervisor_monitor: self
                .supervisor_monitor
                .unwrap_or(settings.supervisor_monitor),
            supervisor_assign: self.supervisor_assign.unwrap_or(settings.supervisor_assign),
            supervisor_transfer: self
                .supervisor_transfer
                .unwrap_or(settings.supervisor_transfer),
            supervisor_force_close: self
                .supervisor_force_close
                .unwrap_or(settings.supervisor_force_close),
            supervisor_take_over: self
                .supervisor_take_over
                .unwrap_or(settings.supervisor_take_over),
            supervisor_manage_agents: self
                .supervisor_manage_agents
                .unwrap_or(settings.supervisor_manage_agents),
            agent_insights: self.agent_insights.unwrap_or(settings.agent_insights),
            short_abandon_seconds: self
                .short_abandon_seconds
                .unwrap_or(settings.short_abandon_seconds),
            sentiment_analysis: self
                .sentiment_analysis
                .unwrap_or(settings.sentiment_analysis),
            sentiment_alert_threshold: self
                .sentiment_alert_threshold
                .unwrap_or(settings.sentiment_alert_threshold),
            inactive_after_missed_offer: self
                .inactive_after_missed_offer
                .unwrap_or(settings.inactive_after_missed_offer),
            monitoring_notice_text: text.unwrap_or(&settings.monitoring_notice_text).clone(),
        }
    }
}
