//! What `notifications` delivers: one interface, a small number of notices behind it.
//!
//! The domain decides whom an event concerns, and as what ([`Notice`]); here that is shown. A
//! notice's conversation is null where its viewer does not see it (any more); what the notice itself
//! says is theirs to know all the same.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Interface, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::graphql::context::{Request, internal, own_agent};
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::conversation::Conversation;
use crate::graphql::types::message::Message;
use crate::graphql::types::queue::Queue;
use domain::audience::{Fact, Observer};
use domain::notice::{Ended, Notice, Participant, role_in};
use domain::policy::{self, Reading};
use domain::{self, AgentId, Viewer};
use domain::{
    CancelReason, HelpEnd, Mode, MonitoringEnd, OfferKind, ParticipantRole, Presence, State,
    StatusReason,
};
use engine::app::App;
use engine::live::{Delivery, DeliveryKind};

/// How an offer or a transfer request ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferOutcome {
    /// The agent took it.
    Accepted,
    /// The agent refused it.
    Rejected,
    /// The agent did not answer in time.
    TimedOut,
    /// It was withdrawn or overtaken; `cancelReason` says which.
    Cancelled,
}

/// What every notice says.
#[derive(Clone)]
struct Moment {
    cursor: Cursor,
    committed_at: DateTime<Utc>,
    emitted_at: DateTime<Utc>,
}

/// What every notice about a conversation says.
#[derive(Clone)]
struct Frame {
    moment: Moment,
    conversation_id: ID,
    conversation: Option<Conversation>,
    your_role: Option<ParticipantRole>,
}

macro_rules! notices {
    (
        conversations { $($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })* }
        agents { $($(#[$adoc:meta])* $aname:ident { $($(#[$afdoc:meta])* $afield:ident : $aty:ty,)* })* }
    ) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            pub struct $name {
                /// Its place in the event log; pass the last one you handled as `after` to resume.
                #[graphql(owned)]
                cursor: Cursor,
                /// When it was committed.
                #[graphql(owned)]
                committed_at: DateTime<Utc>,
                /// When it left for you.
                #[graphql(owned)]
                emitted_at: DateTime<Utc>,
                /// The conversation's id (`conv_…`), whether or not you see the conversation.
                #[graphql(owned)]
                conversation_id: ID,
                /// The conversation as it was right after; null when you do not see it (any more).
                #[graphql(owned)]
                conversation: Option<Conversation>,
                /// As what you take part in it right after; null when you do not (any more), once it is
                /// CLOSED, and for gateways.
                #[graphql(owned)]
                your_role: Option<ParticipantRole>,
                $($(#[$fdoc])* $field: $ty,)*
            }

            impl $name {
                #[allow(clippy::too_many_arguments)] // One for each field of the notice.
                fn framed(frame: Frame $(, $field: $ty)*) -> Self {
                    let Frame { moment, conversation_id, conversation, your_role } = frame;
                    let Moment { cursor, committed_at, emitted_at } = moment;
                    Self { cursor, committed_at, emitted_at, conversation_id, conversation, your_role $(, $field)* }
                }
            }
        )*

        $(
            $(#[$adoc])*
            #[derive(SimpleObject)]
            pub struct $aname {
                /// Its place in the event log; pass the last one you handled as `after` to resume.
                #[graphql(owned)]
                cursor: Cursor,
                /// When it was committed.
                #[graphql(owned)]
                committed_at: DateTime<Utc>,
                /// When it left for you.
                #[graphql(owned)]
                emitted_at: DateTime<Utc>,
                /// Null: it is about no conversation.
                #[graphql(owned)]
                conversation_id: Option<ID>,
                /// Null: it is about no conversation.
                #[graphql(owned)]
                conversation: Option<Conversation>,
                /// Null: it is about no conversation.
                #[graphql(owned)]
                your_role: Option<ParticipantRole>,
                $($(#[$afdoc])* $afield: $aty,)*
            }

            impl $aname {
                fn at(moment: Moment $(, $afield: $aty)*) -> Self {
                    let Moment { cursor, committed_at, emitted_at } = moment;
                    let (conversation_id, conversation, your_role) = (None, None, None);
                    Self { cursor, committed_at, emitted_at, conversation_id, conversation, your_role $(, $afield)* }
                }
            }
        )*

        /// Something that concerns you. Switch on `__typename`; types may be added, so pass over those that
        /// you do not know, but keep their cursors.
        #[derive(Interface)]
        #[allow(clippy::enum_variant_names)] // The types' names; the ending tells them from changes.
        #[graphql(
            field(name = "cursor", ty = "Cursor", desc = "Its place in the event log; pass the last one you handled as `after` to resume."),
            field(name = "committed_at", ty = "DateTime<Utc>", desc = "When it was committed."),
            field(name = "emitted_at", ty = "DateTime<Utc>", desc = "When it left for you."),
            field(name = "conversation_id", ty = "Option<ID>", desc = "The conversation's id (`conv_…`), whether or not you see the conversation; null where it is about none."),
            field(name = "conversation", ty = "Option<Conversation>", desc = "The conversation as it was right after; null when you do not see it (any more), and where it is about none."),
            field(name = "your_role", ty = "Option<ParticipantRole>", desc = "As what you take part in it right after; null when you do not (any more), once it is CLOSED, for gateways, and where it is about none.")
        )]
        pub enum Notification {
            $($(#[$doc])* $name($name),)*
            $($(#[$adoc])* $aname($aname),)*
        }
    };
}

notices! {
    conversations {
    /// For an agent: a conversation was offered to you, or you were asked to take one over. Answer with
    /// `acceptOffer` or `rejectOffer`.
    OfferReceivedNotice {
        /// The offer's id (`offer_…`).
        offer_id: ID,
        /// What accepting it does.
        kind: OfferKind,
        /// When it times out.
        due_at: DateTime<Utc>,
    }
    /// For the primary agent: a supervisor asked another agent to take your conversation over. You stay
    /// primary until they accept; OfferEndedNotice tells how it ends.
    TransferRequestedNotice {
        /// The request's id (`offer_…`).
        offer_id: ID,
        /// Who was asked.
        agent: Option<Agent>,
        /// When it times out.
        due_at: DateTime<Utc>,
    }
    /// How an offer or a transfer request ended: for the supervisor who asked for it, whoever ended it;
    /// for the agent asked, unless it was their answer; of a transfer also for the primary agent, whose
    /// `yourRole` is CONSULTANT when the other took over an ACTIVE conversation, and null when from
    /// WAITING.
    OfferEndedNotice {
        /// The offer's id (`offer_…`).
        offer_id: ID,
        /// What it was.
        kind: OfferKind,
        /// To whom it was made.
        agent: Option<Agent>,
        /// How it ended.
        outcome: OfferOutcome,
        /// Why it was cancelled; null for the other outcomes.
        cancel_reason: Option<CancelReason>,
    }
    /// For a gateway: what to send to the customer. Every PUBLIC message by agents, bots and supervisors,
    /// and by Regie itself.
    MessageNotice {
        /// The message, with its text.
        message: Message,
    }
    /// For a gateway: somebody of the organisation reacted to a PUBLIC message, or took that back. What they react with is in the
    /// message's `reactions`; who is not there any more took it back.
    ReactionNotice {
        /// The message, with its reactions as they are now.
        message: Message,
    }
    /// For its author, an agent, bot or supervisor: a message of theirs did not reach the customer.
    DeliveryFailedNotice {
        /// The message's id (`msg_…`); its `delivery` in the transcript says why.
        message_id: ID,
    }
    /// Somebody takes part now. For gateways: agents and supervisors; a PRIMARY_AGENT takes the place of
    /// the one before, who stays as CONSULTANT if the conversation was ACTIVE. For those who take part:
    /// another supervisor.
    ParticipantJoinedNotice {
        /// As what.
        role: ParticipantRole,
        /// The agent; null for a supervisor.
        agent: Option<Agent>,
        /// The supervisor's subject; null for an agent, and for gateways.
        supervisor: Option<String>,
    }
    /// Somebody takes part no more. For gateways, and for those who take part or did, unless it was
    /// their own doing: an agent whose conversation went back to its queue gets it with themselves.
    ParticipantLeftNotice {
        /// As what they took part.
        role: ParticipantRole,
        /// The agent; null for a supervisor.
        agent: Option<Agent>,
        /// The supervisor's subject; null for an agent, and for gateways.
        supervisor: Option<String>,
    }
    /// For a gateway: the conversation is held by text, voice or video now.
    ModeChangedNotice {
        /// The mode now.
        mode: Mode,
    }
    /// The contact ended (WRAP_UP: its agent finishes after-work), or the conversation is CLOSED for good.
    /// For gateways, and for those who took part, unless it was their own doing.
    ConversationEndedNotice {
        /// WRAP_UP or CLOSED.
        state: State,
        /// Why; FORCE_CLOSED_BY_SUPERVISOR when a supervisor ended it from outside.
        status_reason: StatusReason,
    }
    /// For supervisors of its queue: an agent asks for help. Look with `monitorConversation`; HelpEndedNotice tells when somebody
    /// else has answered.
    HelpRequestedNotice {
        /// Who asks.
        agent: Option<Agent>,
        /// The INTERNAL message that says what it is about (`msg_…`), for who may read the transcript; null without a note.
        note_id: Option<ID>,
    }
    /// A request for help ended: for supervisors of its queue, and for the agent who had asked, unless it was their own doing.
    HelpEndedNotice {
        /// Who had asked.
        agent: Option<Agent>,
        /// Why it ended.
        help_end: HelpEnd,
    }
    /// For a supervisor: your look at a conversation ended, by no doing of yours. You may not read its
    /// transcript any more.
    MonitoringEndedNotice {
        /// The session's id (`mon_…`).
        session_id: ID,
        /// Why.
        ended_by: MonitoringEnd,
    }
    /// For a supervisor: your review of a conversation ended, by no doing of yours. You may not read its
    /// transcript any more.
    ReviewEndedNotice {
        /// The session's id (`mon_…`).
        session_id: ID,
        /// Why.
        ended_by: MonitoringEnd,
    }
    }
    agents {
    /// For an agent: a supervisor set your presence.
    PresenceSetNotice {
        /// Your presence since then.
        presence: Presence,
        /// The subject (`sub`) of who set it.
        by: String,
    }
    /// For an agent: a supervisor or an administrator made you a member of a queue, or took you out of it.
    QueueMembershipNotice {
        /// The queue; null where it was deleted since.
        queue: Option<Queue>,
        /// Whether you are a member since then.
        is_member: bool,
        /// The subject (`sub`) of who did.
        by: String,
    }
    /// For an agent: a supervisor tells you something (`notifyAgents`).
    AgentsNotifiedNotice {
        /// The notice's id (`notice_…`); others may have got the same.
        notice_id: ID,
        /// What they tell you, up to 1,000 characters; null after seven days, when it is deleted.
        text: Option<String>,
        /// The subject (`sub`) of who tells you.
        by: String,
    }
    }
}

impl Notification {
    /// What this delivery is to the viewer; none when it does not concern them.
    pub(in crate::graphql) async fn of(
        ctx: &Context<'_>,
        delivery: &Delivery,
    ) -> Result<Option<Self>> {
        let (app, viewer, entry) = (ctx.app()?, ctx.viewer()?, &delivery.entry);
        let DeliveryKind::Concerns(notice) = &delivery.kind else {
            return Ok(None);
        };
        let moment = Moment {
            cursor: delivery.cursor.into(),
            committed_at: entry.at,
            emitted_at: app.clock.now(),
        };
        let Some(conversation) = entry.conversation() else {
            return to_agent(ctx, notice, moment).await;
        };
        let own = own_agent(app, viewer);
        let seen = policy::sees(viewer.access(), own.as_deref(), conversation).any();
        let frame = Frame {
            moment,
            conversation_id: ID(conversation.id.to_string()),
            conversation: seen.then(|| Conversation(conversation.clone())),
            your_role: role_in(viewer, own.as_deref(), conversation),
        };
        if let Notice::Message(id) | Notice::Reaction(id) = notice {
            let row = ctx.loaders()?.messages.get(*id).await?;
            let row = row.ok_or_else(|| internal(&"a message of the log is not in its table"))?;
            // It is read for the customer, whatever else the viewer may read.
            let message = Message::new(row, Reading::Public);
            return Ok(Some(match notice {
                Notice::Reaction(_) => ReactionNotice::framed(frame, message).into(),
                _ => MessageNotice::framed(frame, message).into(),
            }));
        }
        let person = |who: &Participant| shown(app, viewer, own.as_deref(), conversation, who);
        Ok(show(app, notice, frame, person))
    }
}

/// What others did to the viewer as an agent.
async fn to_agent(
    ctx: &Context<'_>,
    notice: &Notice,
    moment: Moment,
) -> Result<Option<Notification>> {
    let app = ctx.app()?;
    Ok(Some(match notice {
        Notice::PresenceSet(presence, by) => {
            PresenceSetNotice::at(moment, *presence, by.to_string()).into()
        }
        Notice::MembershipSet(queue, is_member, by) => {
            let queue = app
                .board
                .read(|board| board.world.queues.get(queue).cloned().map(Queue));
            QueueMembershipNotice::at(moment, queue, *is_member, by.to_string()).into()
        }
        Notice::Notified(id, by) => {
            let text = ctx.loaders()?.agent_notices.get(*id).await?;
            let id = ID(id.to_string());
            AgentsNotifiedNotice::at(moment, id, text, by.to_string()).into()
        }
        _ => return Ok(None),
    }))
}

/// The notice's own part; none for one of a message, which is read from the database, and for one about no conversation.
fn show(
    app: &App,
    notice: &Notice,
    frame: Frame,
    person: impl Fn(&Participant) -> (ParticipantRole, Option<Agent>, Option<String>),
) -> Option<Notification> {
    Some(match notice {
        Notice::Message(_)
        | Notice::Reaction(_)
        | Notice::PresenceSet(..)
        | Notice::MembershipSet(..)
        | Notice::Notified(..) => return None,
        Notice::DeliveryFailed(message) => {
            DeliveryFailedNotice::framed(frame, ID(message.to_string())).into()
        }
        Notice::OfferReceived(offer, kind, due_at) => {
            let (offer, kind) = (ID(offer.to_string()), *kind);
            OfferReceivedNotice::framed(frame, offer, kind, *due_at).into()
        }
        Notice::TransferRequested(offer, to, due_at) => {
            let (offer, to) = (ID(offer.to_string()), agent(app, *to));
            TransferRequestedNotice::framed(frame, offer, to, *due_at).into()
        }
        Notice::OfferEnded(ended) => offer_ended(app, frame, ended)?.into(),
        Notice::Joined(who) => {
            let (role, agent, supervisor) = person(who);
            ParticipantJoinedNotice::framed(frame, role, agent, supervisor).into()
        }
        Notice::Left(who) => {
            let (role, agent, supervisor) = person(who);
            ParticipantLeftNotice::framed(frame, role, agent, supervisor).into()
        }
        Notice::ModeChanged(mode) => ModeChangedNotice::framed(frame, *mode).into(),
        Notice::ConversationEnded(state, reason) => {
            ConversationEndedNotice::framed(frame, *state, *reason).into()
        }
        Notice::HelpRequested(who, note) => {
            let note = note.map(|id| ID(id.to_string()));
            HelpRequestedNotice::framed(frame, agent(app, *who), note).into()
        }
        Notice::HelpEnded(who, end) => {
            HelpEndedNotice::framed(frame, agent(app, *who), *end).into()
        }
        Notice::MonitoringEnded(session, end) => {
            let session = ID(session.to_string());
            MonitoringEndedNotice::framed(frame, session, *end).into()
        }
        Notice::ReviewEnded(session, end) => {
            let session = ID(session.to_string());
            ReviewEndedNotice::framed(frame, session, *end).into()
        }
    })
}

fn offer_ended(app: &App, frame: Frame, ended: &Ended) -> Option<OfferEndedNotice> {
    let outcome = match ended.outcome {
        domain::OfferOutcome::Accepted => OfferOutcome::Accepted,
        domain::OfferOutcome::Rejected => OfferOutcome::Rejected,
        domain::OfferOutcome::TimedOut => OfferOutcome::TimedOut,
        domain::OfferOutcome::Cancelled => OfferOutcome::Cancelled,
        // It has not ended.
        domain::OfferOutcome::Pending => return None,
    };
    Some(OfferEndedNotice::framed(
        frame,
        ID(ended.offer.to_string()),
        ended.kind,
        agent(app, ended.agent),
        outcome,
        ended.reason,
    ))
}

/// As what somebody takes part, and who it is as far as the viewer may know.
fn shown(
    app: &App,
    viewer: &Viewer,
    own: Option<&domain::Agent>,
    conversation: &Arc<domain::Conversation>,
    who: &Participant,
) -> (ParticipantRole, Option<Agent>, Option<String>) {
    match who {
        Participant::Agent(id, role) => (*role, agent(app, *id), None),
        Participant::Supervisor(subject) => {
            // Themselves they know, whatever they see.
            let known = subject == viewer.subject()
                || Observer::new(viewer.access(), own, conversation).knows(Fact::JoinedSupervisors);
            (
                ParticipantRole::Supervisor,
                None,
                known.then(|| subject.to_string()),
            )
        }
    }
}

fn agent(app: &App, id: AgentId) -> Option<Agent> {
    app.board
        .read(|board| board.world.named_agent(id).cloned().map(Agent))
}
