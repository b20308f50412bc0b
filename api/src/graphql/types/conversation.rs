//! Conversations: the centre of the schema.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::attention::Urgency;
use super::attribute::ConversationAttribute;
use super::audit::{AuditEntryConnection, about};
use super::candidates::{self, CandidateConnection, QueueConnection};
use super::customer::Customer;
use super::disposition::Disposition;
use super::earlier;
use super::help::HelpRequest;
use super::offer::Offer;
use super::paging::{PageArguments, connection_names};
use super::participant::{MonitorSession, Participant, ReviewSession};
use super::queue::Queue;
use super::rating::Rating;
use super::sentiment::{Sentiment, SentimentPoint};
use super::transcript::{MessageConnection, transcript};
use super::viewer_can::ViewerCan;
use super::workstream::Workstream;
use crate::graphql::context::Request;
use domain::audience::Fact;
use domain::policy::{self, Reading};
use domain::{self, AgentId};
use domain::{Channel, Consent, EscalationSignal, LookKind, Mode, Priority, State, StatusReason};
use engine::store::queries::Session;

mod find;

pub(in crate::graphql) use find::{find, find_header, stored};

connection_names!(
    ConversationConnectionName = "ConversationConnection",
    ConversationEdgeName = "ConversationEdge"
);

/// A conversation as it was at one log position.
#[derive(Clone)]
pub struct Conversation(pub Arc<domain::Conversation>);

/// One customer contact on one channel, from start to CLOSED. Gateways see those of their channels;
/// agents their own, those they advise, those offered to them, OPEN ones of their queues, and the headers of
/// closed ones that they were primary agent of; supervisors those in their scope; administrators all, read-only. Instants are given instead of
/// durations, so that an answer stays true while it is shown.
#[Object]
impl Conversation {
    /// The conversation's id (`conv_…`).
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Where it takes place; never changes.
    async fn channel(&self) -> Channel {
        self.0.channel
    }

    /// The source of the gateway that started it: gateways see what is of their own source; never changes. Null: it is
    /// from before there were sources, and every gateway of its channel sees it.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_ref().map(domain::Source::as_str)
    }

    /// TEXT, or VOICE or VIDEO once elevated. A call on the channel VOICE has the mode VOICE.
    async fn mode(&self) -> Mode {
        self.0.mode
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Why it stands there.
    async fn status_reason(&self) -> StatusReason {
        self.0.reason
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
            let ongoing = board.world.conversations.get(&id)?;
            let subject = board.names(ongoing).subject;
            Some(subject.map(|subject| subject.text().clone()))
        });
        let subject = match on_board {
            Some(subject) => subject,
            None => ctx.loaders()?.subjects.get(id).await?.flatten(),
        };
        Ok(subject.map(|subject| subject.to_string()))
    }

    /// The customer.
    async fn customer(&self) -> Customer {
        Customer::of(&self.0)
    }

    /// The queue it is in; kept while assigned.
    async fn queue(&self, ctx: &Context<'_>) -> Result<Option<Queue>> {
        let id = self.0.queue;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_queue(id).cloned().map(Queue)))
    }

    /// Its workstream; never changes.
    async fn workstream(&self, ctx: &Context<'_>) -> Result<Option<Workstream>> {
        let id = self.0.workstream;
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_workstream(id).cloned().map(Workstream)))
    }

    /// The primary agent: who handles it, or handled it when it closed. Null while nobody has accepted it.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let agents = self.0.primary_agent();
        Ok(named(ctx, agents)?.pop())
    }

    /// The offer or transfer request that waits for an answer; null when there is none.
    async fn pending_offer(&self) -> Option<Offer> {
        Offer::of(&self.0)
    }

    /// Agents who advise the primary agent.
    async fn consultants(&self, ctx: &Context<'_>) -> Result<Vec<Agent>> {
        named(ctx, self.0.consultants.iter().copied())
    }

    /// Subjects of the supervisors who joined and take part. Empty for gateways.
    async fn joined_supervisors(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        if !self.shows(ctx, Fact::JoinedSupervisors)? {
            return Ok(Vec::new());
        }
        let joined = self.0.joined().map(|monitor| &monitor.supervisor);
        Ok(joined.map(ToString::to_string).collect())
    }

    /// Supervisors' monitor sessions that run now. For supervisors of its queue and administrators; null for
    /// others, who must not learn of them.
    async fn running_monitor_sessions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<MonitorSession>>> {
        let looks = self.0.monitors.iter();
        let monitors = looks.filter(|look| look.kind == LookKind::Monitor);
        let sessions = || monitors.map(MonitorSession::from).collect();
        Ok(self.shows(ctx, Fact::Looks)?.then(sessions))
    }

    /// Supervisors' review sessions that run now. For supervisors of its queue and administrators; null for
    /// others, who must not learn of them.
    async fn running_review_sessions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<ReviewSession>>> {
        let looks = self.0.monitors.iter();
        let reviews = looks.filter(|look| look.kind == LookKind::Review);
        let sessions = || reviews.map(ReviewSession::from).collect();
        Ok(self.shows(ctx, Fact::Looks)?.then(sessions))
    }

    /// Every review that supervisors made of it, running and ended, oldest first. For supervisors of its
    /// queue and administrators; null for others. From the database.
    async fn review_sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<ReviewSession>>> {
        let sessions = self.looks(ctx, LookKind::Review).await?;
        Ok(sessions.map(|sessions| sessions.into_iter().map(ReviewSession::from).collect()))
    }

    /// Every monitor session that supervisors held, running and ended, oldest first. For supervisors of its
    /// queue and administrators; null for others. From the database.
    async fn monitor_sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<MonitorSession>>> {
        let sessions = self.looks(ctx, LookKind::Monitor).await?;
        Ok(sessions.map(|sessions| sessions.into_iter().map(MonitorSession::from).collect()))
    }

    /// Everybody who took part, oldest stay first; empty when you do not see the conversation any
    /// more. From the database.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Vec<Participant>> {
        let Some(now) = find(ctx, self.0.id).await? else {
            return Ok(Vec::new());
        };
        let stays = ctx
            .loaders()?
            .participants
            .get(self.0.id)
            .await?
            .unwrap_or_default();
        let participant = |stay| Participant {
            stay,
            conversation: now.0.clone(),
        };
        Ok(stays.into_iter().map(participant).collect())
    }

    /// The operator's words for what it is, in the order in which they were given, each as it was first written; 20 at most.
    /// Null for gateways.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Option<Vec<&str>>> {
        let tags = || self.0.tags.iter().map(|tag| &**tag.text()).collect();
        Ok(self.shows(ctx, Fact::Tags)?.then(tags))
    }

    /// What the customer's messages said that should be looked at, each kind once, in the order of `EscalationSignal`; by
    /// phrases of English and Dutch that are right nine times of ten, and find what they know. Empty: nothing, or somebody
    /// looked at it, and in CLOSED. Null for gateways.
    async fn escalation_signals(&self, ctx: &Context<'_>) -> Result<Option<Vec<EscalationSignal>>> {
        let signals = || -> BTreeSet<_> {
            let all = self.0.signals.iter();
            all.flat_map(|one| one.signals.iter().copied()).collect()
        };
        let shown = self.shows(ctx, Fact::Signals)?.then(signals);
        Ok(shown.map(|signals| signals.into_iter().collect()))
    }

    /// How soon it should be looked after, as its gateway, agent or a supervisor said; no rule acts on it.
    async fn priority(&self) -> Priority {
        self.0.priority
    }

    /// What was noted of it by key; 30 at most, none once its customer is erased. For its gateway, for supervisors of its
    /// queue, and for its agents once they have accepted; null for others. From the database.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConversationAttribute>>> {
        // Whoever may not read them any more does not learn what was noted since.
        let now = find(ctx, self.0.id).await?;
        let reads = now
            .map(|now| now.shows(ctx, Fact::Attributes))
            .transpose()?;
        if reads != Some(true) || !self.shows(ctx, Fact::Attributes)? {
            return Ok(None);
        }
        let attributes = ctx.loaders()?.attributes.get(self.0.id).await?;
        let attributes = attributes.unwrap_or_default().into_iter();
        Ok(Some(attributes.map(Into::into).collect()))
    }

    /// Customer sentiment.
    async fn sentiment(&self) -> Sentiment {
        Sentiment {
            assessment: self.0.sentiment.clone(),
            since: self.0.sentiment_since,
        }
    }

    /// The line of sentiment: what it came to at each of the customer's 100 newest messages that Regie read, in the order of
    /// coming in; without any text. By what the messages say now: an edit changes the points from its message on, and a
    /// removed message has none. For everybody who sees the level.
    async fn sentiment_history(&self, ctx: &Context<'_>) -> Result<Vec<SentimentPoint>> {
        let points = ctx.loaders()?.lines.get(self.0.id).await?;
        let points = points.unwrap_or_default().into_iter();
        Ok(points.map(Into::into).collect())
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

    #[graphql(flatten)]
    async fn urgency(&self) -> Urgency {
        Urgency(self.0.clone())
    }

    /// Since when the live-chat customer is away; null while connected, and on other channels.
    async fn customer_away_since(&self) -> Option<DateTime<Utc>> {
        self.0.customer_away_since
    }

    /// How it ended, as who closed it said; null while ongoing, when not said, and when it ended otherwise.
    async fn disposition(&self, ctx: &Context<'_>) -> Result<Option<Disposition>> {
        let Some(code) = &self.0.disposition else {
            return Ok(None);
        };
        let workstream = self.0.workstream;
        let known = ctx.app()?.board.read(|board| {
            let workstream = board.world.named_workstream(workstream)?;
            workstream.disposition(code).cloned()
        });
        let unknown = || domain::Disposition {
            code: code.clone(),
            label: code.clone(),
        };
        Ok(Some(known.unwrap_or_else(unknown).into()))
    }

    /// What who closed it noted; null when nothing, or erased. For whom the transcript shows INTERNAL messages; null for
    /// the rest. From the database.
    async fn closing_note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(now) = find(ctx, self.0.id).await? else {
            return Ok(None);
        };
        let (viewer, own, at) = (ctx.viewer()?, ctx.agent()?, ctx.app()?.clock.now());
        let reading = policy::reads_transcript(viewer, own.as_deref(), &now.0, at);
        if !reading.is_some_and(Reading::is_inside) {
            return Ok(None);
        }
        let note = ctx.loaders()?.notes.get(self.0.id).await?;
        Ok(note.map(|note| note.to_string()))
    }

    /// Its agent's request for help that nobody has answered; null when there is none, and null for gateways.
    async fn help(&self, ctx: &Context<'_>) -> Result<Option<HelpRequest>> {
        let shown = self.shows(ctx, Fact::Help)?;
        Ok(self.0.help.clone().filter(|_| shown).map(HelpRequest))
    }

    /// How the customer rated it; null when not rated.
    async fn rating(&self) -> Option<Rating> {
        Rating::of(&self.0)
    }

    /// When it ended; null while ongoing.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// When it leaves its state by itself. For supervisors of its queue and administrators; null for
    /// others (it would betray a monitor), and when it never does.
    async fn auto_close_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let shown = self.0.is_ongoing() && self.shows(ctx, Fact::AutoCloseAt)?;
        Ok(self.0.auto_close_at.filter(|_| shown))
    }

    /// When the customer was told that conversations may be watched; null: not told.
    async fn notice_given_at(&self) -> Option<DateTime<Utc>> {
        self.0.notice_given_at
    }

    /// What the customer answered when asked for consent.
    async fn consent(&self) -> Consent {
        self.0.consent
    }

    /// The closed conversation that this one continues; null when there is none, or you may not see it.
    async fn previous(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let Some(id) = self.0.previous else {
            return Ok(None);
        };
        find_header(ctx, id).await
    }

    /// The customer's latest closed conversations of the same source, 20 at most, latest first, with what of their transcripts
    /// you may read. For the agent who is its primary agent now (and has accepted), where its workstream has
    /// `earlierTranscripts`; null for others, and once they are not. From the database.
    async fn earlier_conversations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Self>>> {
        let earlier = earlier::earlier_conversations(ctx, &self.0).await?;
        Ok(earlier.map(|these| these.into_iter().map(Self).collect()))
    }

    /// What supervisors and administrators did with it, newest first, refusals included: your own
    /// actions for supervisors, all for administrators, null for others. `first` or `last`: 0 to 100,
    /// default the first 25. From the database.
    async fn audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the newest; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the oldest; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor: older entries.")] after: Option<
            String,
        >,
        #[graphql(desc = "Only what comes before this page cursor: newer entries.")] before: Option<
            String,
        >,
    ) -> Result<Option<AuditEntryConnection>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        about(ctx, self.0.id, arguments).await
    }

    /// The messages, oldest first. Null when you may not read them: supervisors read while they
    /// monitor, review or have joined, agents their own and consulted conversations once accepted, gateways
    /// PUBLIC messages of their channels, administrators none. The primary agent of a conversation reads those of
    /// `earlierConversations` too: PUBLIC messages, and INTERNAL ones where they are a member of its queue; the first
    /// reading of each is an entry in the audit trail. `first` or `last`: 0 to 100, default
    /// the first 25.
    async fn transcript(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only messages after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only messages before this page cursor.")] before: Option<String>,
    ) -> Result<Option<MessageConnection>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        transcript(ctx, &self.0, &arguments).await
    }

    /// What you can do with it: for each mutation whether it is allowed, and why not.
    async fn viewer_can(&self) -> ViewerCan {
        ViewerCan(self.0.clone())
    }

    /// Whom you can assign it to: people with a presence that the workstream allows, members of its
    /// queue or not. First who needs no override, then by most available capacity, then by name. For
    /// supervisors; null when you may not assign it as it is: `viewerCan.assign` says why. `first` or
    /// `last`: 0 to 100, default the first 25.
    #[allow(clippy::too_many_arguments)] // Relay's four, and which agents.
    async fn assignable_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only names with every word of this, each as the beginning of a word, in any order, whatever case and accents; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(
            default,
            desc = "Add people of every other presence, marked by `needsPresenceOverride`."
        )]
        include_presence_override: bool,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<Option<CandidateConnection>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        let (search, any) = (search.as_deref(), include_presence_override);
        candidates::assignable_agents(ctx, &self.0, search, any, &arguments)
    }

    /// Whom you can transfer it to: people of its queue with a presence that the workstream allows,
    /// but for its primary agent. In the order of `assignableAgents`. For supervisors; null when you
    /// may not transfer it as it is: `viewerCan.transfer` says why. `first` or `last`: 0 to 100,
    /// default the first 25.
    #[allow(clippy::too_many_arguments)] // Relay's four, and which agents.
    async fn transferable_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only names with every word of this, each as the beginning of a word, in any order, whatever case and accents; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<Option<CandidateConnection>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        candidates::transferable_agents(ctx, &self.0, search.as_deref(), &arguments)
    }

    /// The queues you can move it to: all of the kind that its channel needs but the one it is in,
    /// in your scope or not, by name. For supervisors; null when you may not assign it as it is:
    /// `viewerCan.assign` says why. `first` or `last`: 0 to 100, default the first 25.
    #[allow(clippy::too_many_arguments)] // Relay's four, and which queues.
    async fn assignable_queues(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only names with every word of this, each as the beginning of a word, in any order, whatever case and accents; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor.")] after: Option<String>,
        #[graphql(desc = "Only what comes before this page cursor.")] before: Option<String>,
    ) -> Result<Option<QueueConnection>> {
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        candidates::assignable_queues(ctx, &self.0, search.as_deref(), &arguments)
    }
}

impl Conversation {
    /// Whether whoever asks may know this fact of it.
    fn shows(&self, ctx: &Context<'_>, fact: Fact) -> Result<bool> {
        Ok(ctx.observer(&self.0)?.knows(fact))
    }

    /// Every look of this kind, for whom they are.
    async fn looks(&self, ctx: &Context<'_>, kind: LookKind) -> Result<Option<Vec<Session>>> {
        // Whoever does not see it any more does not learn what happened since.
        let now = find(ctx, self.0.id).await?;
        if now.is_none() || !self.shows(ctx, Fact::Looks)? {
            return Ok(None);
        }
        let sessions = ctx.loaders()?.sessions.get(self.0.id).await?;
        let mut sessions = sessions.unwrap_or_default();
        sessions.retain(|session| session.kind == kind);
        Ok(Some(sessions))
    }
}

fn named(ctx: &Context<'_>, ids: impl IntoIterator<Item = AgentId>) -> Result<Vec<Agent>> {
    Ok(ctx.app()?.board.read(|board| {
        let agents = ids.into_iter().filter_map(|id| board.world.named_agent(id));
        agents.cloned().map(Agent).collect()
    }))
}
