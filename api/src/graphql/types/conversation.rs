//! Conversations: the centre of the schema.

use std::sync::Arc;

use async_graphql::connection::{Connection, DisableNodesField, Edge, EmptyFields};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::message::{Message, MessageConnectionName, MessageEdgeName};
use super::offer::Offer;
use super::paging::{Count, connection_names, count, invalid_cursor};
use super::participant::{MonitorSession, Participant};
use super::queue::Queue;
use super::sentiment::Sentiment;
use super::workstream::Workstream;
use crate::domain::{self, AgentId, Role, policy};
use crate::graphql::context::{Request, own_agent};
use crate::graphql::enums::{Channel, Consent, Mode, State, StatusReason};
use crate::store::queries::MessageSlice;

connection_names!(
    ConversationConnectionName = "ConversationConnection",
    ConversationEdgeName = "ConversationEdge"
);

/// A transcript's page.
pub type MessageConnection = Connection<
    String,
    Message,
    EmptyFields,
    EmptyFields,
    MessageConnectionName,
    MessageEdgeName,
    DisableNodesField,
>;

/// A conversation as it was at one log position.
#[derive(Clone)]
pub struct Conversation(pub Arc<domain::Conversation>);

/// One customer contact on one channel, from start to CLOSED. Gateways see those of their channels;
/// agents their own, those they advise, those offered to them, and OPEN ones of their queues;
/// supervisors those in their scope; administrators all, read-only. Instants are given instead of
/// durations, so that an answer stays true while it is shown.
#[Object]
impl Conversation {
    /// The conversation's id (`conv_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Where it takes place; never changes.
    async fn channel(&self) -> Channel {
        self.0.channel.into()
    }

    /// TEXT, or VOICE or VIDEO once elevated. A call on the channel VOICE has the mode VOICE.
    async fn mode(&self) -> Mode {
        self.0.mode.into()
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state.into()
    }

    /// Why it stands there.
    async fn status_reason(&self) -> StatusReason {
        self.0.reason.into()
    }

    /// Rises by one with each change of state, assignment, offer, transfer, public participant,
    /// queue, mode or consent. Give it as `expectedVersion` to act only on what you saw.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// What it is about, as the gateway said; null when not said, or erased.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let id = self.0.id;
        let app = ctx.app()?;
        let on_board = app.board.read(|board| {
            board
                .world
                .conversations
                .contains_key(&id)
                .then(|| board.names(id).subject)
        });
        let subject = match on_board {
            Some(subject) => subject,
            None => ctx.loaders()?.subjects.get(id).await?.flatten(),
        };
        Ok(subject.map(|subject| subject.to_string()))
    }

    /// The customer.
    async fn customer(&self) -> Customer {
        Customer {
            id: self.0.customer,
            conversation: self.0.id,
        }
    }

    /// The queue it is in; kept while assigned.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<Queue>> {
        let id = self.0.queue;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.queues.get(&id).cloned().map(Queue)))
    }

    /// Its workstream; never changes.
    async fn workstream(&self, ctx: &Context<'_>) -> Result<Option<Workstream>> {
        let id = self.0.workstream;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.workstreams.get(&id).cloned().map(Workstream)))
    }

    /// The primary agent: who handles it, or handled it when it closed. Null while nobody has accepted it.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let agents = self.0.primary_agent();
        Ok(named(ctx, agents)?.pop())
    }

    /// The offer or transfer request that waits for an answer; null when there is none.
    async fn pending_offer(&self) -> Option<Offer> {
        self.0.offer.clone().map(Offer)
    }

    /// Agents who advise the primary agent.
    async fn consultants(&self, ctx: &Context<'_>) -> Result<Vec<Agent>> {
        named(ctx, self.0.consultants.iter().copied())
    }

    /// Subjects of the supervisors who joined and take part. Empty for gateways.
    async fn joined_supervisors(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let inside = ctx
            .viewer()?
            .roles()
            .iter()
            .any(|role| *role != Role::CustomerGateway);
        let joined = self.0.joined().filter(|_| inside);
        Ok(joined
            .map(|monitor| monitor.supervisor.to_string())
            .collect())
    }

    /// Supervisors' looks that run now. For supervisors of its queue and administrators; null for
    /// others, who must not learn of them.
    async fn running_monitor_sessions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<MonitorSession>>> {
        let sessions = || self.0.monitors.iter().map(MonitorSession::from).collect();
        Ok(self.is_led_by(ctx.viewer()?).then(sessions))
    }

    /// Every look that supervisors took, running and ended, oldest first. For supervisors of its
    /// queue and administrators; null for others. From the database.
    async fn monitor_sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<MonitorSession>>> {
        if !self.is_led_by(ctx.viewer()?) {
            return Ok(None);
        }
        let sessions = ctx
            .loaders()?
            .sessions
            .get(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(Some(
            sessions.into_iter().map(MonitorSession::from).collect(),
        ))
    }

    /// Everybody who took part, oldest stay first. From the database.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Vec<Participant>> {
        let stays = ctx
            .loaders()?
            .participants
            .get(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(stays.into_iter().map(Participant).collect())
    }

    /// Customer sentiment.
    async fn sentiment(&self) -> Sentiment {
        Sentiment {
            assessment: self.0.sentiment.clone(),
            since: self.0.sentiment_since,
        }
    }

    /// When it started.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it came into its state.
    async fn state_since(&self) -> DateTime<Utc> {
        self.0.state_since
    }

    /// When it last became unassigned. Moving to another queue, and an offer that is not accepted,
    /// do not reset it. Null once somebody has it.
    async fn waiting_since(&self) -> Option<DateTime<Utc>> {
        self.0.waiting_since
    }

    /// When something last happened that its participants know of.
    async fn last_activity_at(&self) -> DateTime<Utc> {
        self.0.last_activity_at
    }

    /// When the oldest customer message was received that nobody has answered; null when there is none.
    async fn unanswered_since(&self) -> Option<DateTime<Utc>> {
        self.0.unanswered_since
    }

    /// Since when the live-chat customer is away; null while connected, and on other channels.
    async fn customer_away_since(&self) -> Option<DateTime<Utc>> {
        self.0.customer_away_since
    }

    /// When it ended; null while ongoing.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// When it leaves its state by itself. For supervisors of its queue and administrators; null for
    /// others (it would betray a monitor), and when it never does.
    async fn auto_close_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let shown = self.0.is_ongoing() && self.is_led_by(ctx.viewer()?);
        Ok(self.0.auto_close_at.filter(|_| shown))
    }

    /// When the customer was told that conversations may be watched; null: not told.
    async fn notice_given_at(&self) -> Option<DateTime<Utc>> {
        self.0.notice_given_at
    }

    /// What the customer answered when asked for consent.
    async fn consent(&self) -> Consent {
        self.0.consent.into()
    }

    /// The closed conversation that this one continues; null when there is none, or you may not see it.
    async fn previous(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let Some(id) = self.0.previous else {
            return Ok(None);
        };
        find(ctx, id).await
    }

    /// The messages, oldest first. Null when you may not read them: supervisors read while they
    /// monitor or have joined, agents their own and consulted conversations once accepted, gateways
    /// PUBLIC messages of their channels, administrators none. `first` or `last`: 0 to 100, default
    /// the first 25.
    async fn transcript(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only messages after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only messages before this page cursor.")] before: Option<String>,
    ) -> Result<Option<MessageConnection>> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        // As things are now, not as they were at the position of this conversation's image.
        let ongoing = app
            .board
            .read(|board| board.world.conversations.get(&self.0.id).cloned());
        let now = match ongoing {
            Some(now) => Some(now),
            None if self.0.is_ongoing() => ctx.loaders()?.conversations.get(self.0.id).await?,
            None => Some(self.0.clone()),
        };
        let agent = own_agent(app, viewer);
        let reading = now.and_then(|now| policy::reads_transcript(viewer, agent.as_deref(), &now));
        let Some(reading) = reading else {
            return Ok(None);
        };
        let number = |cursor: Option<String>| -> Result<Option<i32>> {
            cursor
                .map(|text| text.parse().map_err(|_| invalid_cursor()))
                .transpose()
        };
        let Count { count, from_end } = count(first, last)?;
        let slice = MessageSlice {
            after: number(after)?,
            before: number(before)?,
            count,
            from_end,
            public_only: MessageSlice::is_public_only(reading),
        };
        let page = ctx
            .loaders()?
            .transcripts
            .get((self.0.id, slice))
            .await?
            .unwrap_or_default();
        let has_previous = if from_end {
            page.more
        } else {
            slice.after.is_some_and(|n| n > 0)
        };
        let has_next = if from_end {
            slice.before.is_some()
        } else {
            page.more
        };
        let mut connection = Connection::new(has_previous, has_next);
        connection.edges.extend(
            page.messages
                .into_iter()
                .map(|m| Edge::new(m.number.to_string(), Message(m))),
        );
        Ok(Some(connection))
    }
}

impl Conversation {
    /// Whether the viewer supervises this conversation, or administrates: a supervisor of other
    /// queues who sees it as its agent must not learn that it is watched.
    fn is_led_by(&self, viewer: &domain::Viewer) -> bool {
        let sight = policy::sees(viewer, None, &self.0);
        sight.supervisor || sight.administrator
    }
}

fn named(ctx: &Context<'_>, ids: impl IntoIterator<Item = AgentId>) -> Result<Vec<Agent>> {
    Ok(ctx.app()?.board.read(|board| {
        let agents = ids.into_iter().filter_map(|id| board.world.agents.get(&id));
        agents.cloned().map(Agent).collect()
    }))
}

/// The conversation with this id, ongoing or closed, if the viewer may see it.
pub(in crate::graphql) async fn find(
    ctx: &Context<'_>,
    id: domain::ConversationId,
) -> Result<Option<Conversation>> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let ongoing = app
        .board
        .read(|board| board.world.conversations.get(&id).cloned());
    let found = match ongoing {
        Some(conversation) => Some(conversation),
        None => ctx.loaders()?.conversations.get(id).await?,
    };
    let agent = own_agent(app, viewer);
    let seen = found.filter(|c| policy::sees(viewer, agent.as_deref(), c).any());
    Ok(seen.map(Conversation))
}

/// The customer of a conversation.
pub struct Customer {
    id: domain::CustomerId,
    conversation: domain::ConversationId,
}

/// The customer of a conversation.
#[Object]
impl Customer {
    /// The customer's id (`cust_…`). It outlives an erased name.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// The name as the gateway said; null when not said, or erased.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let conversation = self.conversation;
        let on_board = ctx.app()?.board.read(|board| {
            let ongoing = board.world.conversations.contains_key(&conversation);
            ongoing.then(|| board.names(conversation).customer)
        });
        let name = match on_board {
            Some(name) => name,
            None => ctx.loaders()?.customers.get(self.id).await?.flatten(),
        };
        Ok(name.map(|name| name.to_string()))
    }
}
