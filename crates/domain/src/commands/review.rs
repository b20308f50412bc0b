//! `reviewConversation`: a supervisor reads what is not there to be monitored (domain.md section 11).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::standing::noticed;
use crate::case::{Case, ConversationCommand, Recorder, Spec, Standing, ViewerCan};
use crate::conversation::Monitor;
use crate::policy::{Grant, Needs};
use crate::world::Key;
use crate::{
    AuditDetail, Change, Channel, Decision, Event, LookKind, MonitorSessionId, MonitoringEnd,
    Outcome, Permission, Refusal, Setting, State, Subject,
};

/// How many reviews of one supervisor run at once.
pub const REVIEWS_AT_ONCE: usize = 100;

/// Begins a session, or moves the end of the one that runs to the end of this token, and no further than an hour
/// after it began.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// The session's id, unless one runs already.
    #[serde(skip)]
    pub session: MonitorSessionId,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Review,
    audited: AuditedAction::ReviewConversation,
    needs: Needs::Supervisor(Setting::SupervisorMonitor, Permission::Review),
    in_closed: true,
    meets: reviewable,
    viewer_can: Some(ViewerCan {
        field: "reviewConversation",
        description: "`reviewConversation`, for supervisors: read what is not there to be monitored. Allowed too while your session runs.",
    }),
};

impl ConversationCommand for Review {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let mut recorder = case.recorder();
        let (supervisor, until) = (case.viewer().subject().clone(), case.viewer().expires_at());
        let now = recorder.now();
        // One that has lasted long enough ends here, however late its timer is: this is another one.
        let over = |look: &Monitor| look.supervisor == supervisor;
        let ended = recorder.current.review_of(&supervisor);
        if let Some(end) = ended.and_then(|look| look.ended_by(now)) {
            recorder.stop_looks(end, over);
        }
        let running = recorder.current.review_of(&supervisor);
        let surplus = if running.is_none() {
            surplus(case, &supervisor)
        } else {
            Vec::new()
        };
        if running.is_none_or(|running| running.until < until) {
            let session = running.map_or(self.session, |running| running.session);
            recorder.push(Change::ReviewStarted {
                session,
                supervisor: supervisor.clone(),
                until,
                token: case.viewer().token_id().map(Into::into),
            });
        }
        let session = recorder.current.review_of(&supervisor).cloned();
        let mut decision = recorder.done_with(Outcome {
            session,
            ..Outcome::default()
        });
        decision.events.extend(surplus);
        Ok(decision)
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| Some(outcome.session.as_ref()?.session)))
    }
}

/// The end of the oldest review of a supervisor who has as many as one may have at once: what is reviewed is kept in
/// memory.
fn surplus(case: &Case<'_>, supervisor: &Subject) -> Vec<Event> {
    let here = case.conversation().id;
    let watched = case.draft.concerning(Key::Supervisor(supervisor));
    let others = watched.filter(|other| other.id != here);
    let mut reviews: Vec<_> = others
        .filter_map(|other| Some((other.review_of(supervisor)?, other)))
        .collect();
    reviews.sort_unstable_by_key(|(look, _)| (look.started_at, look.session));
    let ending = (reviews.len() + 1).saturating_sub(REVIEWS_AT_ONCE);
    let ends = reviews.into_iter().take(ending).flat_map(|(_, other)| {
        let mut recorder = Recorder::new(case.draft, other, case.actor(), case.standing.now);
        let end = MonitoringEnd::Superseded;
        recorder.stop_looks(end, |look| look.supervisor == *supervisor);
        recorder.into_events()
    });
    ends.collect()
}

fn reviewable(standing: &Standing<'_>, _: &Grant<'_>) -> Result<(), Refusal> {
    let conversation = standing.conversation;
    standing.needs(
        conversation.watched_by() == LookKind::Review,
        "OPEN, ACTIVE while offered, WAITING or CLOSED",
    )?;
    if conversation.channel == Channel::Record {
        standing.in_state(State::Closed)?;
    }
    standing.not_own()?;
    noticed(standing.workstream.monitoring_notice, conversation)
}
