//! Whom an event concerns, and as what: the rules behind `notifications` (domain.md section 4).
//!
//! Pure. An event is at most one notice to one viewer, however many roles they have: what it means
//! to the person goes before what it means to the gateway. Seeing the conversation is another
//! question: who asked for an offer, or was asked, learns how it ended also when they see the
//! conversation no more. Nothing here tells an agent or a gateway of a monitor session.

use chrono::{DateTime, Utc};

use super::conversation::Footprint;
use super::{
    Actor, Agent, AgentId, AgentNoticeId, Author, CancelReason, Change, Conversation,
    DeliveryState, HelpEnd, MessageId, Mode, MonitorSessionId, MonitoringEnd, OfferId, OfferKind,
    OfferOutcome, ParticipantRole, Presence, QueueId, Role, State, StatusReason, Subject, Viewer,
    Visibility, policy,
};

mod offers;
mod organisation;

use offers::offer_ended;
pub use organisation::to_agent;

/// Events that are a notice to nobody. Each of the matches below says of every other event what it is, without a
/// wildcard: an event that nobody named here or there does not compile.
macro_rules! told_to_nobody {
    () => {
        Change::ConversationStarted
            | Change::MessageEdited { .. }
            | Change::MessageRemoved { .. }
            | Change::SentimentCorrected { .. }
            | Change::MessageScored { .. }
            | Change::SentimentChanged { .. }
            | Change::SentimentAlertRaised { .. }
            | Change::EscalationSignalled { .. }
            | Change::AttentionChanged { .. }
            | Change::AttentionAcknowledged { .. }
            | Change::AgentCoached { .. }
            | Change::AssignedToQueue { .. }
            | Change::SetAside
            | Change::Reactivated { by_agent: true }
            | Change::MonitoringStarted { .. }
            | Change::ReviewStarted { .. }
            | Change::CustomerDisconnected { .. }
            | Change::CustomerReconnected
            | Change::ConsentRecorded { .. }
            | Change::LabelsChanged { .. }
            | Change::DispositionSet { .. }
            | Change::RatingRecorded { .. }
            | Change::CustomerChanged { .. }
            | Change::CustomersMerged { .. }
            | Change::CapacityReleased { .. }
            | Change::AgentPresenceChanged { .. }
            | Change::AgentChanged { .. }
            | Change::QueueChanged { .. }
            | Change::WorkstreamChanged { .. }
            | Change::MembershipChanged { .. }
            | Change::AgentsNotified { .. }
            | Change::SupervisorSettingsChanged
    };
}

/// What an event about a conversation is to a viewer whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// They were offered the conversation, or asked to take it over.
    OfferReceived(OfferId, OfferKind, DateTime<Utc>),
    /// This agent was asked to take their conversation over.
    TransferRequested(OfferId, AgentId, DateTime<Utc>),
    /// What came of an offer that was made to them, that they asked for, or that was to take their
    /// conversation over.
    OfferEnded(Ended),
    /// What the customer is to read.
    Message(MessageId),
    /// Somebody of the organisation reacted to a message that the customer sees, or took it back.
    Reaction(MessageId),
    /// Their message did not reach the customer.
    DeliveryFailed(MessageId),
    /// Somebody takes part now.
    Joined(Participant),
    /// Somebody takes part no more.
    Left(Participant),
    /// The conversation is held in another mode now.
    ModeChanged(Mode),
    /// The contact ended, or the conversation is closed.
    ConversationEnded(State, StatusReason),
    /// The primary agent asks for help; with the message that says about what.
    HelpRequested(AgentId, Option<MessageId>),
    /// That agent's request for help ended.
    HelpEnded(AgentId, HelpEnd),
    /// Somebody set their presence as an agent; who.
    PresenceSet(Presence, Subject),
    /// Somebody made them a member of a queue, or a member no more; who.
    MembershipSet(QueueId, bool, Subject),
    /// A supervisor told them something; who.
    Notified(AgentNoticeId, Subject),
    /// Their look at it ended, by no doing of theirs.
    MonitoringEnded(MonitorSessionId, MonitoringEnd),
    /// Their review of it ended, by no doing of theirs.
    ReviewEnded(MonitorSessionId, MonitoringEnd),
}

/// How an offer or transfer request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub offer: OfferId,
    /// What accepting it would have done, or did.
    pub kind: OfferKind,
    /// To whom it was made.
    pub agent: AgentId,
    /// How it ended.
    pub outcome: OfferOutcome,
    /// Why it was cancelled.
    pub reason: Option<CancelReason>,
}

/// Who takes part, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Participant {
    /// An agent, as the primary agent or as a consultant.
    Agent(AgentId, ParticipantRole),
    /// A supervisor.
    Supervisor(Subject),
}

/// An event about a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// What changed.
    pub change: &'a Change,
    /// Who did it.
    pub actor: &'a Actor,
    /// The conversation right after.
    pub after: &'a Conversation,
    /// Who took part before, where that differs.
    pub before: Option<&'a Footprint>,
}

/// What this event is to this viewer; none when it does not concern them. `agent` is the viewer's
/// own agent row.
pub fn concerning(
    viewer: &Viewer,
    agent: Option<&Agent>,
    occurrence: Occurrence<'_>,
) -> Option<Notice> {
    let sight = policy::sees(viewer.access(), agent, occurrence.after);
    let me = Person {
        agent: agent
            .filter(|_| viewer.has_role(Role::Agent))
            .map(|agent| agent.id),
        supervisor: viewer.has_role(Role::Supervisor).then(|| viewer.subject()),
        is_called: sight.supervisor,
    };
    let carried = sight.gateway;
    let to_gateway = || carried.then(|| to_gateway(occurrence)).flatten();
    to_person(me, occurrence).or_else(to_gateway)
}

/// As what the viewer takes part in this conversation.
pub fn role_in(
    viewer: &Viewer,
    agent: Option<&Agent>,
    conversation: &Conversation,
) -> Option<ParticipantRole> {
    if !conversation.is_ongoing() {
        return None;
    }
    let agent = agent.filter(|_| viewer.has_role(Role::Agent));
    match agent.map(|agent| agent.id) {
        Some(me) if conversation.primary_agent() == Some(me) => Some(ParticipantRole::PrimaryAgent),
        Some(me) if conversation.consultants.contains(&me) => Some(ParticipantRole::Consultant),
        _ => {
            let mut joined = conversation.joined();
            let joined = viewer.has_role(Role::Supervisor)
                && joined.any(|monitor| monitor.supervisor == *viewer.subject());
            joined.then_some(ParticipantRole::Supervisor)
        }
    }
}

/// The viewer as one who works here: as an agent, as a supervisor, or as both.
#[derive(Clone, Copy)]
struct Person<'a> {
    agent: Option<AgentId>,
    supervisor: Option<&'a Subject>,
    /// Whether they are a supervisor in scope, whom a call for help reaches.
    is_called: bool,
}

impl Person<'_> {
    fn is(&self, agent: AgentId) -> bool {
        self.agent == Some(agent)
    }

    fn supervises_as(&self, subject: &Subject) -> bool {
        self.supervisor == Some(subject)
    }

    /// Whether they did it themselves: nobody is told of what they do.
    fn did(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Agent { agent } => self.is(*agent),
            Actor::Supervisor { subject } => self.supervises_as(subject),
            Actor::Gateway { .. } | Actor::Administrator { .. } | Actor::System => false,
        }
    }

    /// Whether a look that ended so was theirs, and ended by no doing of theirs.
    fn loses(&self, supervisor: &Subject, end: MonitoringEnd, actor: &Actor) -> bool {
        let own = matches!(end, MonitoringEnd::Stopped | MonitoringEnd::BecamePrimary);
        self.supervises_as(supervisor) && !own && !self.did(actor)
    }

    /// Whether they take part after the event, or did right before it.
    fn takes_part(&self, occurrence: Occurrence<'_>) -> bool {
        let then = occurrence.before;
        let as_agent = |me: AgentId| {
            occurrence.after.agents_taking_part().any(|who| who == me)
                || then.is_some_and(|seen| seen.handled_by.contains(&me))
        };
        let as_supervisor = |me: &Subject| {
            occurrence.after.joined().any(|m| m.supervisor == *me)
                || then.is_some_and(|seen| seen.joined.contains(me))
        };
        self.agent.is_some_and(as_agent) || self.supervisor.is_some_and(as_supervisor)
    }
}

// What is told to nobody is one pattern; one arm a kind of change.
#[allow(clippy::unnested_or_patterns, clippy::too_many_lines)]
fn to_person(me: Person<'_>, occurrence: Occurrence<'_>) -> Option<Notice> {
    if let Some((ended, from, by)) = offer_ended(occurrence.change) {
        // Whoever answered knows the answer; the others concerned are told whatever the outcome.
        let answers = matches!(
            ended.outcome,
            OfferOutcome::Accepted | OfferOutcome::Rejected
        );
        let told = me.supervises_as(by)
            || from.is_some_and(|from| me.is(from))
            || (me.is(ended.agent) && !answers);
        return told.then_some(Notice::OfferEnded(ended));
    }
    match occurrence.change {
        Change::AssignedToAgent {
            offer,
            agent,
            due_at,
            ..
        } => me.is(*agent).then_some(Notice::OfferReceived(
            *offer,
            OfferKind::Assignment,
            *due_at,
        )),
        Change::TransferRequested {
            offer,
            from,
            to,
            due_at,
            ..
        } => {
            if me.is(*to) {
                Some(Notice::OfferReceived(*offer, OfferKind::Transfer, *due_at))
            } else {
                me.is(*from)
                    .then_some(Notice::TransferRequested(*offer, *to, *due_at))
            }
        }
        Change::SupervisorJoined { supervisor } | Change::SupervisorLeft { supervisor } => {
            // An agent is told also when it is their own doing that a supervisor falls back.
            let own = me.supervises_as(supervisor) && me.did(occurrence.actor);
            // The image of a change of state has let the supervisor go before this tells of it.
            let told = (me.takes_part(occurrence) || me.supervises_as(supervisor)) && !own;
            told.then(|| coming_and_going(occurrence)).flatten()
        }
        Change::MonitoringStopped {
            session,
            supervisor,
            end,
        } => {
            let told = me.loses(supervisor, *end, occurrence.actor);
            told.then_some(Notice::MonitoringEnded(*session, *end))
        }
        Change::ReviewStopped {
            session,
            supervisor,
            end,
        } => {
            let told = me.loses(supervisor, *end, occurrence.actor);
            told.then_some(Notice::ReviewEnded(*session, *end))
        }
        Change::ConsultantLeft { agent } => {
            // Likewise: the consultant is no longer in the image.
            let told = (me.takes_part(occurrence) || me.is(*agent)) && !me.did(occurrence.actor);
            told.then(|| coming_and_going(occurrence)).flatten()
        }
        Change::ReleasedToQueue { .. }
        | Change::Requeued { .. }
        | Change::TakenOver { .. }
        | Change::Reactivated { by_agent: false } => {
            let told = me.takes_part(occurrence) && !me.did(occurrence.actor);
            told.then(|| coming_and_going(occurrence)).flatten()
        }
        Change::MovedToWrapUp { .. } | Change::Closed { .. } | Change::ForceClosed { .. } => {
            let told = me.takes_part(occurrence) && !me.did(occurrence.actor);
            told.then(|| end_of(occurrence.after))
        }
        Change::MessageDelivery {
            message,
            state,
            agent,
            supervisor,
            ..
        } => {
            let wrote = agent.is_some_and(|agent| me.is(agent))
                || supervisor.as_ref().is_some_and(|who| me.supervises_as(who));
            let failed = *state == DeliveryState::Failed;
            (wrote && failed).then_some(Notice::DeliveryFailed(*message))
        }
        Change::HelpRequested { agent, note } => {
            let told = me.is_called && !me.did(occurrence.actor);
            told.then_some(Notice::HelpRequested(*agent, *note))
        }
        Change::HelpEnded { agent, end } => {
            let told = (me.is_called || me.is(*agent)) && !me.did(occurrence.actor);
            told.then_some(Notice::HelpEnded(*agent, *end))
        }
        // The customer's side: see below. How an offer ended is said above.
        Change::MessagePosted { .. }
        | Change::MessageReaction { .. }
        | Change::ModeChanged { .. }
        | Change::Picked { .. }
        | Change::OfferAccepted { .. }
        | Change::OfferRejected { .. }
        | Change::OfferTimedOut { .. }
        | Change::OfferCancelled { .. }
        | Change::TransferAccepted { .. }
        | Change::TransferRejected { .. }
        | Change::TransferTimedOut { .. }
        | Change::TransferCancelled { .. }
        | told_to_nobody!() => None,
    }
}

/// What reaches the customer: what is said to them, who comes and goes, the mode, and the end.
#[allow(clippy::unnested_or_patterns)] // What is told to nobody is one pattern.
fn to_gateway(occurrence: Occurrence<'_>) -> Option<Notice> {
    match occurrence.change {
        Change::MessagePosted {
            message,
            author,
            visibility,
            ..
        } => {
            let said_to_them = *visibility == Visibility::Public && *author != Author::Customer;
            said_to_them.then_some(Notice::Message(*message))
        }
        Change::MessageReaction {
            message,
            visibility,
            by,
            ..
        } => {
            let is_for_them = *visibility == Visibility::Public && *by != Author::Customer;
            is_for_them.then_some(Notice::Reaction(*message))
        }
        Change::ModeChanged { mode } => Some(Notice::ModeChanged(*mode)),
        Change::MovedToWrapUp { .. } | Change::Closed { .. } | Change::ForceClosed { .. } => {
            Some(end_of(occurrence.after))
        }
        Change::Picked { .. }
        | Change::OfferAccepted { .. }
        | Change::TransferAccepted { .. }
        | Change::SupervisorJoined { .. }
        | Change::SupervisorLeft { .. }
        | Change::ConsultantLeft { .. }
        | Change::ReleasedToQueue { .. }
        | Change::Requeued { .. }
        | Change::TakenOver { .. }
        | Change::Reactivated { by_agent: false } => coming_and_going(occurrence),
        // Who is asked, and who watches, is none of the customer's. Of a delivery it is the gateway that says.
        Change::AssignedToAgent { .. }
        | Change::MessageDelivery { .. }
        | Change::HelpRequested { .. }
        | Change::HelpEnded { .. }
        | Change::OfferRejected { .. }
        | Change::OfferTimedOut { .. }
        | Change::OfferCancelled { .. }
        | Change::TransferRequested { .. }
        | Change::TransferRejected { .. }
        | Change::TransferTimedOut { .. }
        | Change::TransferCancelled { .. }
        | Change::MonitoringStopped { .. }
        | Change::ReviewStopped { .. }
        | told_to_nobody!() => None,
    }
}

fn end_of(after: &Conversation) -> Notice {
    Notice::ConversationEnded(after.state, after.reason)
}

/// Who joins or leaves by this change.
#[allow(clippy::unnested_or_patterns)] // What is told to nobody is one pattern.
fn coming_and_going(occurrence: Occurrence<'_>) -> Option<Notice> {
    let primary = |agent| Participant::Agent(agent, ParticipantRole::PrimaryAgent);
    Some(match occurrence.change {
        Change::Picked { agent, .. }
        | Change::OfferAccepted { agent, .. }
        | Change::TransferAccepted { to: agent, .. }
        | Change::TakenOver { agent, .. } => Notice::Joined(primary(*agent)),
        Change::SupervisorJoined { supervisor } => {
            Notice::Joined(Participant::Supervisor(supervisor.clone()))
        }
        Change::SupervisorLeft { supervisor } => {
            Notice::Left(Participant::Supervisor(supervisor.clone()))
        }
        Change::ConsultantLeft { agent } => {
            Notice::Left(Participant::Agent(*agent, ParticipantRole::Consultant))
        }
        Change::ReleasedToQueue { agent, .. } | Change::Requeued { agent, .. } => {
            Notice::Left(primary(*agent))
        }
        Change::Reactivated { by_agent: false } => {
            // In WAITING nobody but the primary agent took part.
            Notice::Left(primary(*occurrence.before?.handled_by.first()?))
        }
        Change::MessagePosted { .. }
        | Change::MessageReaction { .. }
        | Change::MessageDelivery { .. }
        | Change::HelpRequested { .. }
        | Change::HelpEnded { .. }
        | Change::ModeChanged { .. }
        | Change::AssignedToAgent { .. }
        | Change::OfferRejected { .. }
        | Change::OfferTimedOut { .. }
        | Change::OfferCancelled { .. }
        | Change::TransferRequested { .. }
        | Change::TransferRejected { .. }
        | Change::TransferTimedOut { .. }
        | Change::TransferCancelled { .. }
        | Change::MonitoringStopped { .. }
        | Change::ReviewStopped { .. }
        | Change::MovedToWrapUp { .. }
        | Change::Closed { .. }
        | Change::ForceClosed { .. }
        | told_to_nobody!() => return None,
    })
}
