//! What a supervisor's new token means for the looks that an earlier one holds (domain.md section 4):
//! it takes over its rights and its time.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{join, monitor, review};
use crate::case::{Recorder, Spec, in_order};
use crate::conversation::Monitor;
use crate::world::Key;
use crate::{
    Actor, Change, Conversation, Decision, Draft, Event, LookKind, MonitoringEnd, Refusal, Viewer,
    policy,
};

/// Judges every running look of this viewer that ends before this token does. What the token allows
/// runs on until it ends; what it does not, ends now. That is nobody's action, so Regie does it.
pub(crate) fn decide(draft: &Draft<'_>, viewer: &Viewer, now: DateTime<Utc>) -> Decision {
    let looks = draft.concerning(Key::Supervisor(viewer.subject()));
    let events = in_order(looks)
        .into_iter()
        .flat_map(|conversation| judge(draft, viewer, conversation, now))
        .collect();
    Decision::of_events(events)
}

fn judge(
    draft: &Draft<'_>,
    viewer: &Viewer,
    conversation: &Arc<Conversation>,
    now: DateTime<Utc>,
) -> Vec<Event> {
    let mut recorder = Recorder::new(draft, conversation, Actor::System, now);
    let running = conversation.look_of(viewer.subject());
    // One whose own token has ended ends with it, however late its timer is.
    let older = |look: &&Monitor| now < look.ends_at() && look.until < viewer.expires_at();
    let Some(look) = running.filter(older) else {
        return vec![];
    };
    let agent = draft.agent_of(viewer.subject()).map(|agent| &**agent);
    let may = |spec: &Spec| {
        let settings = draft.settings();
        policy::permit(
            viewer,
            agent,
            settings,
            conversation,
            spec.action,
            spec.needs,
        )
    };
    let spec = match look.kind {
        LookKind::Monitor => &monitor::SPEC,
        LookKind::Review => &review::SPEC,
    };
    if let Err(refusal) = may(spec) {
        let end = match refusal {
            Refusal::SettingDisabled(_) => MonitoringEnd::SettingDisabled,
            _ => MonitoringEnd::AccessLost,
        };
        recorder.stop_monitoring(end, |who| who == viewer.subject());
        return recorder.into_events();
    }
    if look.joined_at.is_some() && may(&join::SPEC).is_err() {
        recorder.leave(look.supervisor.clone());
    }
    let (session, supervisor) = (look.session, look.supervisor.clone());
    let (until, token) = (viewer.expires_at(), viewer.token_id().map(Into::into));
    recorder.push(match look.kind {
        LookKind::Monitor => Change::MonitoringStarted {
            session,
            supervisor,
            until,
            token,
        },
        LookKind::Review => Change::ReviewStarted {
            session,
            supervisor,
            until,
            token,
        },
    });
    recorder.into_events()
}
