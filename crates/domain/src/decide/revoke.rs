//! Taking tokens back. The looks that they hold end with them, as when a token ends (domain.md section 4).

use chrono::{DateTime, TimeDelta, Utc};

use super::changes::invalid;
use super::steps::{Steps, in_order};
use super::{Decision, Text};
use crate::conversation::Monitor;
use crate::world::Key;
use crate::{Actor, Draft, MonitoringEnd, Outcome, Refusal, Revocation, Revoked};

/// Takes tokens back, until every one that this hits has ended by itself: at the instant that is given,
/// and at the latest when the last that it can hit would end.
pub(super) fn revoke(
    draft: &Draft<'_>,
    what: &Revoked,
    expires_at: Option<DateTime<Utc>>,
    longest_life: TimeDelta,
    actor: Actor,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    if expires_at.is_some_and(|end| end <= now) {
        return Err(invalid(
            "expiresAt",
            "then the token has ended by itself already",
        ));
    }
    let latest = now + longest_life;
    let revocation = Revocation {
        what: what.clone(),
        at: now,
        until: expires_at.map_or(latest, |end| end.min(latest)),
    };
    let held = |look: &Monitor| match what {
        Revoked::Token(id) => look.token.as_ref() == Some(id),
        Revoked::Subject(subject) => look.supervisor == *subject,
    };
    let watched = draft.concerning(match what {
        Revoked::Token(id) => Key::Token(id),
        Revoked::Subject(subject) => Key::Supervisor(subject),
    });
    let events = in_order(watched)
        .into_iter()
        .flat_map(|conversation| {
            let mut steps = Steps::new(draft, conversation, actor.clone(), now);
            let looks = conversation.monitors.iter().filter(|look| held(look));
            let whose: Vec<_> = looks.map(|look| look.supervisor.clone()).collect();
            steps.stop_monitoring(MonitoringEnd::TokenExpired, |who| whose.contains(who));
            steps.into_events()
        })
        .collect();
    let outcome = Outcome {
        revoked: Some(revocation.clone()),
        ..Outcome::default()
    };
    Ok(Decision {
        actor,
        events,
        texts: vec![Text::Revoked(revocation)],
        outcome,
    })
}
