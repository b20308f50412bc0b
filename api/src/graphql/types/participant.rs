//! Who takes part, and who looks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use crate::graphql::context::Request;
use domain::audience::Fact;
use domain::conversation::longest_review;
use domain::{MonitoringEnd, ParticipantRole};
use engine::store::queries;

/// One stay of one participant.
pub struct Participant {
    /// The stay.
    pub stay: queries::Participation,
    /// In which conversation.
    pub conversation: Arc<domain::Conversation>,
}

/// One stay of one participant in a conversation. Somebody who comes back has another one.
/// A monitoring supervisor is not a participant.
#[Object]
impl Participant {
    /// As what.
    async fn role(&self) -> ParticipantRole {
        self.stay.role
    }

    /// The agent, as primary agent or consultant; null for other roles.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Ok(id) = self.stay.who.parse::<domain::AgentId>() else {
            return Ok(None);
        };
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The joined supervisor's subject; null for other roles, and for gateways.
    async fn supervisor(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        if self.stay.role != ParticipantRole::Supervisor {
            return Ok(None);
        }
        let observer = ctx.observer(&self.conversation)?;
        let known = observer.knows(Fact::JoinedSupervisors);
        Ok(known.then_some(&*self.stay.who))
    }

    /// From when.
    async fn joined_at(&self) -> DateTime<Utc> {
        self.stay.joined_at
    }

    /// Until when; null while there, and for who was there at the end.
    async fn left_at(&self) -> Option<DateTime<Utc>> {
        self.stay.left_at
    }
}

/// A supervisor's review of one conversation: a silent look at what is not there to be monitored. Only supervisors and
/// administrators see it.
#[derive(SimpleObject)]
pub struct ReviewSession {
    /// The session's id (`mon_…`).
    id: ID,
    /// The supervisor's subject.
    supervisor: String,
    /// Since when.
    started_at: DateTime<Utc>,
    /// When it ends by itself at the latest: 60 minutes after it began, or before that with the token that holds it. A newer
    /// token of the supervisor takes it over, and ends it where that token does not allow it.
    ends_at: DateTime<Utc>,
    /// When it ended; null while it runs.
    ended_at: Option<DateTime<Utc>>,
    /// Why it ended; null while it runs.
    ended_by: Option<MonitoringEnd>,
}

impl From<&domain::conversation::Monitor> for ReviewSession {
    fn from(review: &domain::conversation::Monitor) -> Self {
        Self {
            id: ID(review.session.to_string()),
            supervisor: review.supervisor.to_string(),
            started_at: review.started_at,
            ends_at: review.ends_at(),
            ended_at: None,
            ended_by: None,
        }
    }
}

impl ReviewSession {
    /// The session, ended.
    pub fn ended(self, at: DateTime<Utc>, by: domain::MonitoringEnd) -> Self {
        Self {
            ended_at: Some(at),
            ended_by: Some(by),
            ..self
        }
    }
}

impl From<queries::Session> for ReviewSession {
    fn from(session: queries::Session) -> Self {
        Self {
            ends_at: longest_review(session.started_at).min(session.until),
            id: ID(session.id.to_string()),
            supervisor: session.supervisor.to_string(),
            started_at: session.started_at,
            ended_at: session.ended_at,
            ended_by: session.ended_by,
        }
    }
}

/// A supervisor's silent look at one conversation. Only supervisors and administrators see it.
#[derive(SimpleObject)]
pub struct MonitorSession {
    /// The session's id (`mon_…`).
    id: ID,
    /// The supervisor's subject.
    supervisor: String,
    /// Since when.
    started_at: DateTime<Utc>,
    /// When the token that holds it expires; a session ends no later, unless a newer token takes it
    /// over: any request or connection of the supervisor with a token that expires later does, and
    /// ends the session where that token does not allow it.
    token_expires_at: DateTime<Utc>,
    /// Since when the supervisor takes part; null while only monitoring.
    joined_at: Option<DateTime<Utc>>,
    /// When it ended; null while it runs.
    ended_at: Option<DateTime<Utc>>,
    /// Why it ended; null while it runs.
    ended_by: Option<MonitoringEnd>,
}

impl From<&domain::conversation::Monitor> for MonitorSession {
    fn from(monitor: &domain::conversation::Monitor) -> Self {
        Self {
            id: ID(monitor.session.to_string()),
            supervisor: monitor.supervisor.to_string(),
            started_at: monitor.started_at,
            token_expires_at: monitor.until,
            joined_at: monitor.joined_at,
            ended_at: None,
            ended_by: None,
        }
    }
}

impl MonitorSession {
    /// The session, ended.
    pub fn ended(self, at: DateTime<Utc>, by: domain::MonitoringEnd) -> Self {
        Self {
            ended_at: Some(at),
            ended_by: Some(by),
            ..self
        }
    }
}

impl From<queries::Session> for MonitorSession {
    fn from(session: queries::Session) -> Self {
        Self {
            id: ID(session.id.to_string()),
            supervisor: session.supervisor.to_string(),
            started_at: session.started_at,
            token_expires_at: session.until,
            joined_at: session.joined_at,
            ended_at: session.ended_at,
            ended_by: session.ended_by,
        }
    }
}
