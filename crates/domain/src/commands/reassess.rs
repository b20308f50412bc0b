//! Every ongoing conversation under settings that changed for all of them (domain.md section 6): so many in one
//! command, in the order of their ids, so that other commands come between.

use chrono::{DateTime, Utc};

use crate::case::Recorder;
use crate::{Actor, Change, Conversation, ConversationId, Decision, Draft, SentimentLevel};

/// How many conversations one command looks at; of each it makes two events at most.
pub(crate) const AT_ONCE: usize = 500;

/// The conversations that are still to be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Left {
    /// No conversation.
    #[default]
    Nothing,
    /// Those after this one in the order of their ids; none: all.
    After(Option<ConversationId>),
}

/// Brings the next conversations to what the settings say now. One that is so already gets no event. Its attention is
/// asked at the end, as after every command.
pub(crate) fn decide(
    draft: &Draft<'_>,
    after: Option<ConversationId>,
    now: DateTime<Utc>,
) -> Decision {
    let these = draft.following(after, AT_ONCE);
    let last = these.last().map(|conversation| conversation.id);
    let left = if these.len() < AT_ONCE {
        Left::Nothing
    } else {
        Left::After(last)
    };
    let unanalysed = !draft.settings().sentiment_analysis;
    let mut events = Vec::new();
    for conversation in these {
        if unanalysed && is_analysed(conversation) {
            let mut recorder = Recorder::new(draft, conversation, Actor::System, now);
            // No recovery: nothing says that the customer feels better.
            recorder.push(Change::SentimentChanged {
                from: conversation.sentiment.level,
                to: SentimentLevel::NotAvailable,
                recovered: false,
                analysed: false,
            });
            events.extend(recorder.into_events());
        }
    }
    Decision {
        left: Some(left),
        ..Decision::of_events(events)
    }
}

fn is_analysed(conversation: &Conversation) -> bool {
    conversation.sentiment.level != SentimentLevel::NotAvailable
}
