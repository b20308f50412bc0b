//! What commands come to: events, or a refusal and nothing else; and what the audit keeps of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::candidates::Overrides;
use super::message::{Reaction, Reactor};
use super::{
    Actor, AgentId, AgentNoticeId, Content, ConversationId, CustomerId, CustomerKey, Event,
    ExternalId, Left, MessageId, Outcome, QueueId, Revocation, Source, Subject, Viewer,
    WorkstreamId,
};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Asker {
    /// The holder of a token.
    Viewer(Arc<Viewer>),
    /// Regie itself, for a timer.
    System,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Who did it, in which role.
    pub actor: Actor,
    /// What happened, in order; none when it was so already.
    pub events: Vec<Event>,
    /// Texts and names, which stand in rows of their own.
    pub texts: Vec<Text>,
    /// What the answer shows.
    pub outcome: Outcome,
    /// Which conversations are to be looked at again from now on; none leaves that as it was.
    pub left: Option<Left>,
}

impl Decision {
    /// Nothing happens, by nobody's action.
    pub(crate) fn nothing() -> Self {
        Self::of_events(Vec::new())
    }

    /// It was done before: nothing happens, and the answer is the first one.
    pub(crate) fn repeated(actor: Actor, outcome: Outcome) -> Self {
        Self {
            actor,
            outcome,
            ..Self::nothing()
        }
    }

    /// What Regie itself does, which nobody is answered.
    pub(crate) fn of_events(events: Vec<Event>) -> Self {
        Self {
            actor: Actor::System,
            events,
            texts: Vec::new(),
            outcome: Outcome::default(),
            left: None,
        }
    }
}

/// Text that a command brings, kept apart from the log so that it can be erased.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// What a message says.
    Message {
        /// Which.
        id: MessageId,
        /// Its text and attachments.
        content: Content,
        /// The id that the channel's provider gave it.
        external: Option<ExternalId>,
    },
    /// What a message that was edited says now.
    Edited {
        /// Which.
        message: MessageId,
        /// Its text and attachments.
        content: Content,
    },
    /// What somebody's reaction to a message is now.
    Reaction {
        /// To which.
        message: MessageId,
        /// Whose.
        by: Reactor,
        /// What it is, and since when.
        reaction: Reaction,
    },
    /// What a gateway said of a message on its way to the customer, in the provider's words.
    Delivery {
        /// Of which.
        message: MessageId,
        /// The id that the provider gave it, where that is new.
        external: Option<ExternalId>,
        /// The code of why it failed.
        code: Option<Arc<str>>,
        /// The words for that.
        description: Option<Arc<str>>,
    },
    /// What a conversation is about.
    Subject(ConversationId, Arc<str>),
    /// What who closed a conversation noted of it.
    Note(ConversationId, Arc<str>),
    /// What a customer who rated a conversation said of it.
    RatingComment(ConversationId, Arc<str>),
    /// What an attribute of a conversation says.
    Attribute {
        /// Of which conversation.
        conversation: ConversationId,
        /// Its key.
        key: Arc<str>,
        /// What it says; none: it is taken away.
        value: Option<Arc<str>>,
    },
    /// A customer, by the gateway's own key and by name.
    Customer {
        /// The customer.
        id: CustomerId,
        /// The gateway's own key.
        key: Option<CustomerKey>,
        /// The source whose customer it is from now on, where a gateway says it; none leaves those that are known.
        source: Option<Source>,
        /// The name; none leaves the one that is known.
        name: Option<Arc<str>>,
    },
    /// Everything that is kept of a customer in words goes: name, key, subjects, messages.
    Erased {
        /// The customer.
        customer: CustomerId,
        /// When.
        at: DateTime<Utc>,
    },
    /// An agent reads an earlier conversation for the first time. No text, and still not for the log: it changes nothing.
    EarlierRead(EarlierReading, DateTime<Utc>),
    /// One customer is another one from now on: the keys, and the name that is shown, follow.
    Merged {
        /// Whose id becomes another name.
        merged: CustomerId,
        /// Of whom.
        surviving: CustomerId,
        /// The surviving customer's name, which stays; none: not known.
        name: Option<Arc<str>>,
    },
    /// What a supervisor told agents.
    AgentNotice {
        /// The notice.
        id: AgentNoticeId,
        /// Which supervisor.
        by: Subject,
        /// What they were told.
        text: Arc<str>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Tokens are worth nothing from now on. No text, and still not for the log: it goes when its time is
    /// over.
    Revoked(Revocation),
}

/// That an agent, as the primary agent of a conversation, has read an earlier one of its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EarlierReading {
    /// Whose primary agent they were.
    pub conversation: ConversationId,
    /// Who.
    pub agent: AgentId,
    /// What they read.
    pub earlier: ConversationId,
}

/// What the audit keeps of a command beside what every entry has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditDetail {
    /// At whom or what it was aimed: what the input names, or what came into being or ended by it.
    pub target: Option<String>,
    /// The limits that the supervisor asked to lift.
    pub overrides: Overrides,
}

impl AuditDetail {
    /// Nothing besides the conversation.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// What the input names.
    pub(crate) fn target(target: impl ToString) -> Self {
        Self::of(Some(target))
    }

    /// What came of it, unless it was refused.
    pub(crate) fn of(target: Option<impl ToString>) -> Self {
        Self {
            target: target.map(|target| target.to_string()),
            overrides: Overrides::default(),
        }
    }
}

/// What an administrator's command changes, as far as the audit keeps how it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managed {
    /// Nothing that was there before.
    Nothing,
    /// The organisation's settings.
    Settings,
    /// An agent.
    Agent(AgentId),
    /// A queue.
    Queue(QueueId),
    /// A workstream.
    Workstream(WorkstreamId),
}
