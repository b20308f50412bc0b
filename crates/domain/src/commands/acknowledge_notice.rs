//! `acknowledgeMonitoringNotice`: an agent has read that supervisors may watch (domain.md section 4).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::audience::agent_differs;
use crate::case::organisation::{agent_event, unchanged};
use crate::{
    Acknowledgement, Actor, Agent, AgentKind, Change, Decision, Draft, Edit, Refusal, Role, Viewer,
    policy,
};

/// What comes of it.
pub(crate) fn decide(
    version: &Arc<str>,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    policy::require_role(viewer, Role::Agent)?;
    let agent = draft.agent_of(viewer.subject());
    let agent = agent.ok_or(Refusal::AgentUnknown)?;
    if agent.kind == AgentKind::Bot {
        return Err(Refusal::TargetIsBot);
    }
    let settings = draft.settings();
    let latest = settings.notice_version();
    if **version != *latest {
        return Err(Refusal::NoticeChanged {
            text: settings.monitoring_notice_text.clone(),
            version: latest,
        });
    }
    let (events, outcome) = if agent.acknowledged_at(settings).is_some() {
        unchanged(|outcome| outcome.agent = Some(agent.clone()))
    } else {
        let acknowledged = Some(Acknowledgement {
            at: now,
            version: version.clone(),
        });
        let after = Agent {
            acknowledged,
            ..(**agent).clone()
        };
        let change = Change::AgentChanged {
            edit: Edit::Updated,
            of: agent_differs(agent, &after),
        };
        agent_event(change, after)
    };
    Ok(Decision {
        actor: Actor::Agent { agent: agent.id },
        events,
        texts: vec![],
        outcome,
        left: None,
    })
}
