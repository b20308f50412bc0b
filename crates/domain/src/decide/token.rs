//! What a supervisor's new token means for the looks that an earlier one holds (domain.md section 4):
//! it takes over its rights and its time.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Decision;
use super::steps::{Steps, in_order};
use crate::policy::{self, Action};
use crate::world::Key;
use crate::{Actor, Change, Conversation, Draft, Event, MonitoringEnd, Outcome, Refusal, Viewer};

/// Judges every running look of this viewer that ends before this token does. What the token allows
/// runs on until it ends; what it does not, ends now. That is nobody's action, so Regie does it.
pub(super) fn refreshed(draft: &Draft<'_>, viewer: &Viewer, now: DateTime<Utc>) -> Decision {
    let looks = draft.concerning(Key::Supervisor(viewer.subject()));
    let events = in_order(looks)
        .into_iter()
        .flat_map(|conversation| judge(draft, viewer, conversation, now))
        .collect();
    Decision {
        actor: Actor::System,
        events,
        texts: vec![],
        outcome: Outcome::default(),
    }
}

fn judge(
    draft: &Draft<'_>,
    viewer: &Viewer,
    conversation: &Arc<Conversation>,
    now: DateTime<Utc>,
) -> Vec<Event> {
    let mut steps = Steps::new(draft, conversation, Actor::System, now);
    let running = conversation.monitor_of(viewer.subject());
    // One whose own token has ended ends with it, however late its timer is.
    let older = |until: DateTime<Utc>| now < until && until < viewer.expires_at();
    let Some(look) = running.filter(|look| older(look.until)) else {
        return vec![];
    };
    let agent = draft.agent_of(viewer.subject()).map(|agent| &**agent);
    let may = |action| policy::permit(viewer, agent, draft.settings(), conversation, action);
    if let Err(refusal) = may(Action::Monitor) {
        let end = match refusal {
            Refusal::SettingDisabled(_) => MonitoringEnd::SettingDisabled,
            _ => MonitoringEnd::AccessLost,
        };
        steps.stop_monitoring(end, |who| who == viewer.subject());
        return steps.into_events();
    }
    if look.joined_at.is_some() && may(Action::Join).is_err() {
        steps.leave(look.supervisor.clone());
    }
    steps.push(Change::MonitoringStarted {
        session: look.session,
        supervisor: look.supervisor.clone(),
        until: viewer.expires_at(),
        token: viewer.token_id().map(Into::into),
    });
    steps.into_events()
}
