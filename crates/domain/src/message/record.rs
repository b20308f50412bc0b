//! What is recorded of a message: what commands that name one are decided against.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Content, MessageHead};
use crate::{
    AgentId, Author, Change, DeliveryState, MessageId, MessageScore, ScoreSource, Subject, Text,
    Visibility,
};

/// A message as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRecord {
    /// Which, where, and who may read it.
    pub head: MessageHead,
    /// What its author is.
    pub author: Author,
    /// Who of the organisation wrote it; none: the customer, or Regie itself.
    pub writer: Option<Reactor>,
    /// When the customer sent it, where the channel says so.
    pub sent_at: Option<DateTime<Utc>>,
    /// What it says.
    pub content: Content,
    /// The score of what it says; none: it has none.
    pub score: Option<f32>,
    /// The language of what it says, as far as the scorer told.
    pub language: Option<Arc<str>>,
    /// Whose score it is.
    pub source: ScoreSource,
    /// Whether it is nothing but thanks, a goodbye or the like.
    pub is_closing: bool,
    /// When it was last edited, by the channel's clock.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was removed, by the channel's clock.
    pub removed_at: Option<DateTime<Utc>>,
    /// Whether it was erased at the customer's request.
    pub erased: bool,
    /// How far it came on its way to the customer; none: nothing was said.
    pub delivery: Option<Delivery>,
    /// Who reacted to it; who took it back is here, too.
    pub reactions: HashMap<Reactor, Reaction>,
}

/// Who reacts to messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reactor {
    /// The customer.
    Customer,
    /// An agent or a bot.
    Agent(AgentId),
    /// A supervisor.
    Supervisor(Subject),
}

/// Somebody's reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// What it is; none: it was taken back.
    pub reaction: Option<Arc<str>>,
    /// Since when, by the channel's clock.
    pub at: DateTime<Utc>,
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How far.
    pub state: DeliveryState,
    /// Since when, by the channel's clock.
    pub at: DateTime<Utc>,
}

impl Delivery {
    /// Whether what is reported takes effect: forward only, a failure only over PENDING and SENT. Of SENT and FAILED the
    /// later counts. DELIVERED and READ count whatever the clocks of their reporters say: they say that it came, which
    /// no earlier or later report takes back. So reports, one of each state, come to the same in whatever order.
    pub fn advances(known: Option<Self>, reported: Self) -> bool {
        use DeliveryState::{Delivered, Failed, Pending, Read, Sent};
        let Some(known) = known else {
            return reported.state != Pending;
        };
        match (known.state, reported.state) {
            (_, Pending) | (Failed | Delivered | Read, Failed) => false,
            (Pending, _) | (Failed, Delivered | Read) => true,
            (Sent, Failed) => reported.at >= known.at,
            // Of the same second it is the failure that came last.
            (Failed, Sent) => reported.at > known.at,
            (known, reported) => reported > known,
        }
    }
}

impl MessageRecord {
    /// A message that was just posted; none of another change.
    pub(crate) fn posted(
        change: &Change,
        conversation: crate::ConversationId,
        writer: Option<Reactor>,
    ) -> Option<Self> {
        if let Change::AgentCoached { message, agent } = change {
            let head = MessageHead {
                id: *message,
                conversation,
                visibility: Visibility::Coaching,
                coached: Some(*agent),
            };
            return Some(Self {
                writer,
                ..Self::just_posted(head, Author::Supervisor)
            });
        }
        let Change::MessagePosted {
            message,
            author,
            visibility,
            score,
            meaning,
            sent_at,
            ..
        } = change
        else {
            return None;
        };
        let head = MessageHead {
            id: *message,
            conversation,
            visibility: *visibility,
            coached: None,
        };
        Some(Self {
            writer: writer.filter(|_| !matches!(author, Author::Customer | Author::System)),
            sent_at: *sent_at,
            score: score.as_ref().and_then(|score| score.score),
            language: score.as_ref().and_then(|score| score.language.clone()),
            source: score.as_ref().map(|score| score.source).unwrap_or_default(),
            is_closing: meaning.is_closing(),
            ..Self::just_posted(head, *author)
        })
    }

    /// A message to which nothing has happened, and of which nothing more is known.
    fn just_posted(head: MessageHead, author: Author) -> Self {
        Self {
            head,
            author,
            writer: None,
            sent_at: None,
            content: Content::text(""),
            score: None,
            language: None,
            source: ScoreSource::Default,
            is_closing: false,
            edited_at: None,
            removed_at: None,
            erased: false,
            delivery: None,
            reactions: HashMap::new(),
        }
    }

    /// Goes on from this change of it.
    pub(crate) fn absorb(&mut self, change: &Change) {
        match change {
            Change::MessageEdited {
                at, score, meaning, ..
            } => {
                self.edited_at = Some(*at);
                self.is_closing = meaning.is_closing();
                self.takes(score.as_ref());
            }
            Change::MessageScored { score, .. } => {
                self.takes(Some(score));
            }
            Change::MessageRemoved { at, .. } => {
                self.removed_at = Some(*at);
                self.content = Content::text("");
                self.takes(None);
            }
            Change::MessageDelivery { state, at, .. } => {
                let (state, at) = (*state, *at);
                self.delivery = Some(Delivery { state, at });
            }
            _ => {}
        }
    }

    fn takes(&mut self, score: Option<&MessageScore>) {
        self.score = score.and_then(|score| score.score);
        self.language = score.and_then(|score| score.language.clone());
        self.source = score.map(|score| score.source).unwrap_or_default();
    }

    /// Takes what this text says of it.
    pub(crate) fn hear(&mut self, text: &Text) {
        match text {
            Text::Message { content, .. } | Text::Edited { content, .. } => {
                self.content = content.clone();
            }
            Text::Reaction { by, reaction, .. } => {
                self.reactions.insert(by.clone(), reaction.clone());
            }
            _ => {}
        }
    }
}

impl Change {
    /// The message that it changes after it was posted.
    pub const fn changed_message(&self) -> Option<MessageId> {
        match self {
            Self::MessageEdited { message, .. }
            | Self::MessageRemoved { message, .. }
            | Self::MessageScored { message, .. }
            | Self::MessageReaction { message, .. }
            | Self::MessageDelivery { message, .. } => Some(*message),
            _ => None,
        }
    }
}

impl Text {
    /// The message that it is about.
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::Message { id, .. } => Some(*id),
            Self::Edited { message, .. }
            | Self::Reaction { message, .. }
            | Self::Delivery { message, .. } => Some(*message),
            _ => None,
        }
    }
}
