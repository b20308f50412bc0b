//! What is said, as the API takes it: a turn with what belongs to it, and what becomes of it afterwards.

use serde_json::{Value, json};

use super::dialogues::{Extra, Turn, Who};
use crate::client::Mutation;

/// The ids of a conversation's messages by the turns that they are.
pub(super) type Said = Vec<Option<String>>;

/// A customer's message, with the id that its channel's provider would give it.
pub(super) fn by_customer(turn: &Turn, said: &Said, external_id: &str) -> Value {
    let mut input = message(turn);
    input["externalId"] = json!(external_id);
    if let Some(answered) = answered(turn, said) {
        input["replyTo"] = json!({ "messageId": answered });
    }
    input
}

/// An agent's message.
pub(super) fn by_agent(turn: &Turn, said: &Said) -> Value {
    let mut input = message(turn);
    input["replyToId"] = json!(answered(turn, said));
    input
}

fn message(turn: &Turn) -> Value {
    let attachments: Vec<Value> = turn
        .extras
        .iter()
        .filter_map(|extra| match extra {
            Extra::Attached(attached) => Some(attached.input()),
            _ => None,
        })
        .collect();
    let text = Some(turn.text).filter(|text| !text.is_empty());
    json!({ "text": text, "attachments": attachments })
}

fn answered<'a>(turn: &Turn, said: &'a Said) -> Option<&'a str> {
    let answers = turn.extras.iter().find_map(|extra| match extra {
        Extra::Answers(turn) => Some(*turn),
        _ => None,
    });
    said.get(answers?)?.as_deref()
}

/// The id of the message that this payload is about.
pub(super) fn message_of(payload: &Value) -> Option<&str> {
    let id = payload["messageId"].as_str();
    id.or_else(|| payload["message"]["id"].as_str())
}

/// What becomes of a message that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Afterwards {
    message: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Edited(&'static str),
    Removed,
    /// Somebody reacts: not who wrote it.
    Reaction(&'static str, Who),
    Read,
    Failed {
        code: &'static str,
        words: &'static str,
    },
}

impl Afterwards {
    /// What becomes of the message that this turn was; `reported`: its channel says how far an answer came.
    pub(super) fn of(turn: &Turn, message: &str, reported: bool) -> Vec<Self> {
        let mut all = Vec::new();
        let failed = |extra: &Extra| matches!(extra, Extra::Failed { .. });
        if turn.who == Who::Agent && reported && !turn.extras.iter().any(failed) {
            all.push(What::Read);
        }
        all.extend(turn.extras.iter().filter_map(|extra| match *extra {
            Extra::Attached(_) | Extra::Answers(_) => None,
            Extra::Edited(text) => Some(What::Edited(text)),
            Extra::Removed => Some(What::Removed),
            Extra::Reaction(reaction) => Some(What::Reaction(reaction, turn.who.other())),
            Extra::Failed { code, words } => reported.then_some(What::Failed { code, words }),
        }));
        let message = || message.to_owned();
        all.into_iter()
            .map(|what| Self {
                message: message(),
                what,
            })
            .collect()
    }

    /// Who does it, or whose gateway says it.
    pub(super) const fn by(&self) -> Who {
        match self.what {
            What::Reaction(_, by) => by,
            What::Edited(_) | What::Removed | What::Read | What::Failed { .. } => Who::Customer,
        }
    }

    /// Whether it is a failure that somebody should see.
    pub(super) const fn fails(&self) -> bool {
        matches!(self.what, What::Failed { .. })
    }

    /// How it is asked for.
    pub(super) fn request(&self) -> (Mutation, Value) {
        let mut input = json!({ "message": { "messageId": self.message } });
        let mutation = match self.what {
            What::Edited(text) => {
                input["text"] = json!(text);
                Mutation::EDIT
            }
            What::Removed => Mutation::REMOVE,
            What::Reaction(reaction, _) => {
                input["reaction"] = json!(reaction);
                Mutation::REACT
            }
            What::Read => {
                input["state"] = json!("READ");
                input["externalId"] = json!(format!("out-{}", self.message));
                Mutation::RECORD_DELIVERY
            }
            What::Failed { code, words } => {
                input["state"] = json!("FAILED");
                input["errorCode"] = json!(code);
                input["errorDescription"] = json!(words);
                Mutation::RECORD_DELIVERY
            }
        };
        (mutation, input)
    }
}
