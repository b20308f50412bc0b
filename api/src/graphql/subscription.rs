//! Subscriptions. A resolver is executed in one of two ways: once to plan (check the arguments,
//! settle where to start and what to deliver; it answers with an empty stream), and once for each
//! event that is delivered (it answers with that one event). `engine` drives both.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Error, ID, InputObject, Result, Subscription as Subscriptions};
use futures_util::stream::{self, BoxStream};

use super::context::{Request, coded};
use super::events::agents::AgentsLiveUpdate;
use super::events::notification::Notification;
use super::events::ongoing::OngoingConversationsUpdate;
use super::events::organisation::OrganisationChange;
use super::events::{
    ConversationEvent, EventType, SentimentAlertEvent, SentimentChangeEvent, TranscriptEvent,
};
use super::insights::{Asked, InsightFilter, Insights, answer, live_parts, question};
use super::query::{OngoingFilter, OngoingOrder, OngoingSummary, listing, summary_of};
use super::scalars::GivenCursor;
use super::types::conversation::find;
use domain::SentimentLevel;
use domain::{
    Change, Code, ConversationId, InsightGrouping, InsightInterval, QueueId, Refusal, Role,
};
use engine::live::Delivery;
use engine::live::list::Update;
use engine::live::paced::Wakes;
use engine::live::{DeliveryKind, DeliveryRule, Interest, Plan, Planned, Reached, Want};
use engine::log;

mod agents;
mod alerts;
mod ongoing;
mod paced;
mod planning;
mod transcript;

use agents::{AgentsLiveFilter, AgentsLiveOrder};
use alerts::SentimentAlertFilter;
pub(super) use planning::resume_error;
use planning::{plan, run, shared};
use transcript::{readable, transcript_event, want_message};

/// What an execution of a subscription is for.
#[derive(Clone, Debug)]
pub(super) enum Execution {
    /// To plan; the plan is left here. With a cursor, from there, whatever the argument says.
    Plan(Arc<OnceLock<Planned>>, Option<log::GivenCursor>),
    /// To plan again for the viewer of a token that replaced another, going on from there.
    PlanAgain(Arc<OnceLock<Planned>>, Reached),
    /// To deliver this.
    Deliver(Delivery),
    /// To tell this of a list.
    Tell(Arc<Update>),
    /// To answer, as things are now.
    Answer,
}

impl Execution {
    /// From where to go on after what it delivers.
    pub(super) fn cursor(&self) -> Option<log::Cursor> {
        match self {
            Self::Deliver(delivery) => Some(delivery.cursor),
            Self::Tell(update) => Some(update.cursor),
            Self::Plan(..) | Self::PlanAgain(..) | Self::Answer => None,
        }
    }
}

/// The subscriptions.
#[derive(Default)]
pub struct Subscription;

/// Which conversations' changes; every condition given must hold.
#[derive(InputObject, Default)]
pub struct ConversationChangeFilter {
    /// Only these conversations (`conv_…`); 1 to 100.
    conversation_ids: Option<Vec<ID>>,
    /// Only conversations that are in one of these queues (`queue_…`) before or after; 1 to 100.
    queue_ids: Option<Vec<ID>>,
    /// Only events of these types. You are told that a conversation left your sight in any case.
    types: Option<Vec<EventType>>,
}

/// Which sentiment changes; every condition given must hold.
#[derive(InputObject, Default)]
pub struct SentimentChangeFilter {
    /// Only these conversations (`conv_…`); 1 to 100.
    conversation_ids: Option<Vec<ID>>,
    /// Only conversations in one of these queues (`queue_…`); 1 to 100.
    queue_ids: Option<Vec<ID>>,
    /// Only changes to one of these levels.
    levels: Option<Vec<SentimentLevel>>,
}

type Events<T> = BoxStream<'static, Result<T>>;

/// What is delivered as it happens. Each subscription takes `after`: a cursor of an event (or
/// `asOf` of an answer), from which it goes on, nothing missed and nothing twice; without it, it
/// begins now. `ongoingConversationsLive` is another: it begins with a whole list, and goes on only from
/// its own cursors. `ongoingSummaryLive` and `insightsLive` begin with what there is, and have no need to go on from anywhere.
///
/// A stream ends with its token. A WebSocket can go on by another one of the same subject: send
/// `{"type":"ping","payload":{"token":"…"}}`, and the payload of the pong is `{"accepted":true}`, or
/// `{"accepted":false,"code":"…","message":"…"}` and the old token stays. Running subscriptions go on
/// by the new token's rights from the next event on (`ongoingConversationsLive` tells the whole list again
/// if they show another); one that it does not allow ends with an `error` message that has the code. An event stream (SSE) cannot: open another, with `after`.
#[Subscriptions]
impl Subscription {
    /// Every change of the conversations that you may see, with the conversation as it was right
    /// after. When one leaves your sight you get ConversationLeftScope instead.
    async fn conversation_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which changes; all that you may see when left out.")] filter: Option<
            ConversationChangeFilter,
        >,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<ConversationEvent>> {
        let filter = filter.unwrap_or_default();
        let conversations = ids::<ConversationId>(filter.conversation_ids)?;
        let queues = ids::<QueueId>(filter.queue_ids)?;
        let interest: Interest = Arc::new(move |delivery| {
            // What coaches an agent is read in the transcript alone.
            if delivery.entry.change.coaches().is_some() {
                return Want::Skip;
            }
            if let Some((left, queue)) = delivery.left_with_membership() {
                return deliver_if(
                    among(conversations.as_ref(), &left) && among(queues.as_ref(), &queue),
                );
            }
            let Some(conversation) = delivery.entry.conversation() else {
                return Want::Skip;
            };
            let before = delivery.entry.before.as_ref().map(|seen| seen.queue);
            let Some(kind) = EventType::of(delivery.entry.change.kind()) else {
                return Want::Skip;
            };
            let wanted = among(conversations.as_ref(), &conversation.id)
                && (among(queues.as_ref(), &conversation.queue)
                    || before.is_some_and(|queue| among(queues.as_ref(), &queue)))
                && (delivery.kind != DeliveryKind::Sees
                    || filter
                        .types
                        .as_ref()
                        .is_none_or(|types| types.contains(&kind)));
            deliver_if(wanted)
        });
        shared(ctx, after, interest, ConversationEvent::of).await
    }

    /// The ongoing view, kept right: the first `first` of `ongoingConversations` with the same `filter` and
    /// `orderBy`. First an OngoingSnapshot with all of them, then an OngoingChanges for each event that
    /// changes what is shown. Apply its `changes` in their order, and you have at each `cursor` exactly
    /// what `ongoingConversations` shows there: the same conversations in the same order, and as many in
    /// all. Another OngoingSnapshot may come at any time and says why; it replaces the list. Nothing changes
    /// by time alone, since the view gives instants, never durations.
    ///
    /// With `after`, a cursor of this subscription with the same arguments, only changes come if what
    /// follows is still known here, and a snapshot that says so if not: never CURSOR_EXPIRED. Names of
    /// customers, agents, queues and workstreams are as they are when a message is made, and a row is
    /// updated when they change; an agent's `capacity` and `activeConversations` and the lists of
    /// candidates are not followed. Give `after` by a variable that is used for nothing else: written out
    /// it makes another operation, of which nothing is known.
    ///
    /// Lists are bounded. One more different list (other arguments or selections) than your subject may have
    /// at once is refused with LIMIT_EXCEEDED, limit `liveListsPerViewer`, by default 50. Beyond
    /// the bytes that all lists at the server may take it is limit `liveListBytes`: a list is refused, or
    /// one that outgrows them ends with that error. A list that you leave is kept for a minute, by default,
    /// so that you can come back to it, and is released first where others need the room.
    async fn ongoing_conversations_live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<OngoingFilter>,
        #[graphql(desc = "Default: longest wait first.")] order_by: Option<OngoingOrder>,
        #[graphql(desc = "So many from the start; 0 to 100, default 25.")] first: Option<i32>,
        #[graphql(
            desc = "Go on after this: a cursor of this subscription with the same arguments."
        )]
        after: Option<GivenCursor>,
    ) -> Result<Events<OngoingConversationsUpdate>> {
        ongoing::live(ctx, filter, order_by.as_ref(), first, after).await
    }

    /// The people who answer customers and what they have to do, kept right: who is there, who has much to do, who handles
    /// something for long, who asks for help, who handled how much today. First an AgentsLiveSnapshot with the first `first` of
    /// them, then an AgentsLiveChanges for each event that changes what is shown. Apply its `changes` in their order, and you
    /// have at each `cursor` exactly what whoever subscribes then is shown there. Another AgentsLiveSnapshot may come at any
    /// time and says why; it replaces the list. Nothing changes by time alone but the day: at midnight in `timeZone` the list
    /// comes whole, and what was handled today begins again.
    ///
    /// For supervisors the agents of whom at least one queue is in their scope, and for administrators all; others get
    /// ROLE_REQUIRED. What is counted of conversations counts those in queues in your scope alone, so that what happens in
    /// another queue changes nothing here. Bots are not agents here.
    ///
    /// With `after`, a cursor of this subscription with the same arguments, only changes come if what follows is still known
    /// here, and a snapshot that says so if not: never CURSOR_EXPIRED. Give `after` by a variable that is used for nothing else.
    /// Lists are bounded as those of `ongoingConversationsLive` are, and together with them.
    ///
    /// With the setting `agentInsights` off it is refused with SETTING_DISABLED, and a running one ends with that.
    #[allow(clippy::too_many_arguments)] // What a list is of.
    async fn agents_live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which agents; all that you may see when left out.")] filter: Option<
            AgentsLiveFilter,
        >,
        #[graphql(desc = "Default: by name, A first.")] order_by: Option<AgentsLiveOrder>,
        #[graphql(desc = "So many from the start; 0 to 100, default 25.")] first: Option<i32>,
        #[graphql(
            desc = "Where today begins at midnight: a time zone of the IANA database.",
            default = "UTC"
        )]
        time_zone: String,
        #[graphql(
            desc = "Go on after this: a cursor of this subscription with the same arguments."
        )]
        after: Option<GivenCursor>,
    ) -> Result<Events<AgentsLiveUpdate>> {
        agents::live(ctx, filter, order_by.as_ref(), first, &time_zone, after).await
    }

    /// The counts of `ongoingSummary`, kept right: what that shows with the same `filter` now, and the newest again
    /// whenever it shows something else, at most once a second. Nothing comes while nothing that you selected changes,
    /// `asOf` aside, which says where in the event log the counts were seen. What is shown beside them (names of queues,
    /// an agent's presence and capacity) is part of what may change.
    ///
    /// There is nothing to resume: whoever is cut off subscribes again, and has the counts as they are at once. After a
    /// new token the counts come again where it sees others. To see what a command of yours changed, wait for the next;
    /// the first may be a second old where others have asked the same.
    async fn ongoing_summary_live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<OngoingFilter>,
    ) -> Result<Events<OngoingSummary>> {
        let filter = filter.unwrap_or_default().parse()?;
        paced::answer(ctx, Wakes::of_log, async { summary_of(ctx, &filter) }).await
    }

    /// The figures of `insights`, kept right: of today, or of the last minutes, and the newest again whenever they differ, at
    /// most once a second. Nothing comes while nothing that you selected changes. For supervisors, of the queues in their
    /// scope, and administrators.
    ///
    /// There is nothing to resume: whoever is cut off subscribes again, and has the figures as they are at once. Refused as
    /// `insights` is. Null before anything was counted.
    #[allow(clippy::too_many_arguments)] // What figures are about.
    async fn insights_live(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The running minute and so many before it, 5 to 60. Left out: today, from midnight in `timeZone`."
        )]
        last_minutes: Option<i32>,
        #[graphql(
            desc = "Into which parts the time is cut, for `series`.",
            default_with = "InsightInterval::Whole"
        )]
        interval: InsightInterval,
        #[graphql(
            desc = "Where today begins: a time zone of the IANA database.",
            default = "UTC"
        )]
        time_zone: String,
        #[graphql(
            desc = "By what rows are apart.",
            default_with = "InsightGrouping::None"
        )]
        group_by: InsightGrouping,
        #[graphql(desc = "Which conversations; all that you may see when left out.")]
        filter: Option<InsightFilter>,
        #[graphql(
            desc = "Within how many seconds an agent should take a conversation, for `serviceLevel`, as `insights` has it."
        )]
        service_level_seconds: Option<i32>,
    ) -> Result<Events<Option<Insights>>> {
        let parts = live_parts(ctx.app()?.clock.now(), last_minutes, interval, &time_zone)?;
        let asked = Asked {
            parts,
            group: group_by,
            filter: filter.unwrap_or_default(),
            service_level_seconds,
        };
        let question = question(ctx, asked)?;
        paced::answer(ctx, Wakes::of_figures, answer(ctx, question)).await
    }

    /// Customer sentiment that comes to another level, in the conversations that you may see.
    async fn sentiment_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which changes; all that you may see when left out.")] filter: Option<
            SentimentChangeFilter,
        >,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<SentimentChangeEvent>> {
        let filter = filter.unwrap_or_default();
        let conversations = ids::<ConversationId>(filter.conversation_ids)?;
        let queues = ids::<QueueId>(filter.queue_ids)?;
        let interest: Interest = Arc::new(move |delivery| {
            let Change::SentimentChanged { to, .. } = &delivery.entry.change else {
                return Want::Skip;
            };
            let Some(conversation) = delivery.entry.conversation() else {
                return Want::Skip;
            };
            deliver_if(
                among(conversations.as_ref(), &conversation.id)
                    && among(queues.as_ref(), &conversation.queue)
                    && filter
                        .levels
                        .as_ref()
                        .is_none_or(|levels| levels.contains(&(*to))),
            )
        });
        shared(ctx, after, interest, SentimentChangeEvent::of).await
    }

    /// Alerts that customer sentiment fell to or below the organisation's threshold
    /// (`sentimentAlertThreshold`), in the conversations of the queues in your scope. Each is raised
    /// once, and again only after the sentiment has recovered above the threshold; you get it if your
    /// presence was AVAILABLE or BUSY at that moment. Needs the role SUPERVISOR (ROLE_REQUIRED).
    async fn sentiment_alerts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which alerts; all in your scope when left out.")] filter: Option<
            SentimentAlertFilter,
        >,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<SentimentAlertEvent>> {
        ctx.one_of(&[Role::Supervisor])?;
        let viewer = ctx.viewer()?.subject().clone();
        let interest = alerts::interest(filter.unwrap_or_default(), viewer)?;
        run(ctx, after, interest, SentimentAlertEvent::of).await
    }

    /// What concerns you, in whatever roles you have, each event once; not what you do yourself.
    /// An agent: offers and transfer requests made to you and how they end without your answer; of the
    /// conversations you take part in, transfer requests and how they end, supervisors who join and
    /// leave, that others ended them, and that they were taken from you. A supervisor: how the offers
    /// and transfers ended that you asked for, that a look of yours ended, and the same as an agent of
    /// conversations you have joined. A gateway: what to send to the customers of its channels, who
    /// joins and leaves there, modes, and ends. Administrators get nothing. What you are told you
    /// are told also when you do not see the conversation any more: then it is null.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<Notification>> {
        if let Execution::Deliver(delivery) = ctx.data::<Execution>()? {
            return Ok(once(Notification::of(ctx, delivery).await?));
        }
        let everything: Interest = Arc::new(|_| Want::Deliver);
        let of_concern = |plan| Plan {
            rule: DeliveryRule::Concerning,
            ..plan
        };
        plan(ctx, after, everything, of_concern).await?;
        Ok(once(None))
    }

    /// What changes in the organisation: presences, memberships, agents, queues, workstreams and settings, each for whoever
    /// may see it, by the rights of the moment: its type says for whom. Supervisors hear of the queues of their scope and of
    /// every agent. What an event is about is shown as it is now. For agents, supervisors and administrators; others get
    /// ROLE_REQUIRED.
    async fn organisation_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<OrganisationChange>> {
        if let Execution::Deliver(delivery) = ctx.data::<Execution>()? {
            return Ok(once(OrganisationChange::of(ctx.app()?, delivery)));
        }
        listing(ctx)?;
        let everything: Interest = Arc::new(|_| Want::Deliver);
        let of_organisation = |plan| Plan {
            rule: DeliveryRule::Organisation,
            shared: true,
            ..plan
        };
        plan(ctx, after, everything, of_organisation).await?;
        Ok(once(None))
    }

    /// The messages of one conversation as they are posted, for whom its `transcript` may read: a
    /// supervisor who monitors or has joined, its agents, its gateway. When you may not read on, or it
    /// closes, you get TranscriptEnded, and the subscription ends. Refused with NOT_FOUND when you may
    /// not see the conversation, with NOT_MONITORING, NOT_PARTICIPANT or ROLE_REQUIRED when you may not
    /// read it, and with CONVERSATION_CLOSED when it is closed and you do not resume.
    async fn conversation_transcript(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation (`conv_…`).")] conversation_id: ID,
        #[graphql(desc = "Go on after this event.")] after: Option<GivenCursor>,
    ) -> Result<Events<TranscriptEvent>> {
        let id = conversation_id.parse::<ConversationId>();
        let id = id.map_err(|error| coded(Code::InvalidInput, &error.to_string()))?;
        let (app, viewer) = (ctx.app()?.clone(), ctx.viewer()?.clone());
        let resumes = match ctx.data::<Execution>()? {
            Execution::Deliver(delivery) => {
                return Ok(once(transcript_event(ctx, &app, delivery).await?));
            }
            Execution::Plan(_, resume) => after.is_some() || resume.is_some(),
            Execution::PlanAgain(..) | Execution::Tell(_) | Execution::Answer => true,
        };
        let Some(conversation) = find(ctx, id).await? else {
            return Err(refused(&Refusal::NotFound));
        };
        readable(&app, &viewer, &conversation.0, resumes).map_err(|why| refused(&why))?;
        let interest: Interest =
            Arc::new(move |delivery| want_message(&app, &viewer, id, delivery));
        run(ctx, after, interest, |_, _| None::<TranscriptEvent>).await
    }
}

/// A refusal of a subscription, which has no payload to show it in.
fn refused(refusal: &Refusal) -> Error {
    coded(refusal.code(), &refusal.message())
}

fn once<T: Send + 'static>(item: Option<T>) -> Events<T> {
    Box::pin(stream::iter(item.map(Ok)))
}

const fn deliver_if(wanted: bool) -> Want {
    if wanted { Want::Deliver } else { Want::Skip }
}

fn among<T: PartialEq>(these: Option<&Vec<T>>, one: &T) -> bool {
    these.is_none_or(|these| these.contains(one))
}

fn ids<T: std::str::FromStr<Err = domain::ids::InvalidId>>(
    given: Option<Vec<ID>>,
) -> Result<Option<Vec<T>>> {
    let Some(given) = given else { return Ok(None) };
    if given.is_empty() || given.len() > 100 {
        return Err(coded(
            Code::InvalidInput,
            "Give 1 to 100 ids, or leave the list out.",
        ));
    }
    let parse = |id: &ID| {
        id.parse()
            .map_err(|error: domain::ids::InvalidId| coded(Code::InvalidInput, &error.to_string()))
    };
    given
        .iter()
        .map(parse)
        .collect::<Result<Vec<T>>>()
        .map(Some)
}
