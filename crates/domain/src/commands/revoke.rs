//! What taking back one token and all of a subject have in common: the looks that they hold end with them, as when
//! a token ends (domain.md section 4).

use chrono::{DateTime, TimeDelta, Utc};

use crate::case::organisation::invalid;
use crate::case::{OrganisationCase, Recorder, in_order};
use crate::conversation::Monitor;
use crate::world::Key;
use crate::{Decision, MonitoringEnd, Outcome, Refusal, Revocation, Revoked, Text};

/// Takes tokens back, until every one that this hits has ended by itself: at the instant that is given,
/// and at the latest when the last that it can hit would end.
pub(super) fn revoke(
    case: &OrganisationCase<'_>,
    what: &Revoked,
    expires_at: Option<DateTime<Utc>>,
    longest_life: TimeDelta,
) -> Result<Decision, Refusal> {
    if expires_at.is_some_and(|end| end <= case.now) {
        return Err(invalid(
            "expiresAt",
            "then the token has ended by itself already",
        ));
    }
    let latest = case.now + longest_life;
    let revocation = Revocation {
        what: what.clone(),
        at: case.now,
        until: expires_at.map_or(latest, |end| end.min(latest)),
    };
    let held = |look: &Monitor| match what {
        Revoked::Token(id) => look.token.as_ref() == Some(id),
        Revoked::Subject(subject) => look.supervisor == *subject,
    };
    let watched = case.draft.concerning(match what {
        Revoked::Token(id) => Key::Token(id),
        Revoked::Subject(subject) => Key::Supervisor(subject),
    });
    let events = in_order(watched)
        .into_iter()
        .flat_map(|conversation| {
            let actor = case.actor.clone();
            let mut recorder = Recorder::new(case.draft, conversation, actor, case.now);
            let looks = conversation.monitors.iter().filter(|look| held(look));
            let whose: Vec<_> = looks.map(|look| look.supervisor.clone()).collect();
            recorder.stop_monitoring(MonitoringEnd::TokenExpired, |who| whose.contains(who));
            recorder.into_events()
        })
        .collect();
    let outcome = Outcome {
        revoked: Some(revocation.clone()),
        ..Outcome::default()
    };
    Ok(Decision {
        texts: vec![Text::Revoked(revocation)],
        ..case.done((events, outcome))
    })
}
