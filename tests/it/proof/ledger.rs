//! What clients were answered, against what the database holds.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::client::{Came, Command, Desk};
use super::tables::{Event, Tables, outcome};
use crate::harness::cursors::opened;
use crate::stage::position;

/// Whether a payload says that the command was done.
pub fn is_done(payload: &Value) -> bool {
    payload["errors"] == json!([])
}

/// Every command that was acknowledged is in the log, as it was answered; every refused one left
/// nothing. `events` may begin later than the log.
pub fn is_there(
    answered: &[(Command, Value)],
    events: &BTreeMap<i64, Event>,
    messages: &HashMap<String, Vec<String>>,
) {
    let wrong = differences(answered, events, messages);
    assert!(wrong.is_empty(), "{}", wrong[0]);
}

/// What `is_there` would say of each command that was answered otherwise than the database holds it.
pub fn differences(
    answered: &[(Command, Value)],
    events: &BTreeMap<i64, Event>,
    messages: &HashMap<String, Vec<String>>,
) -> Vec<String> {
    let told = |(command, payload): &(Command, Value)| {
        let problem = difference(command, payload, events, messages)?;
        Some(format!("{problem}: {command:?} {payload}"))
    };
    answered.iter().filter_map(told).collect()
}

/// How a command's answer differs from what the database holds.
fn difference(
    command: &Command,
    payload: &Value,
    events: &BTreeMap<i64, Event>,
    messages: &HashMap<String, Vec<String>>,
) -> Option<&'static str> {
    let text = command.input["text"].as_str();
    let ids = text.map(|text| messages.get(text).map_or(&[][..], Vec::as_slice));
    if !is_done(payload) {
        return ids
            .is_some_and(|ids| !ids.is_empty())
            .then_some("refused, and there");
    }
    let at = position(&payload["asOf"]);
    let Some(event) = events.get(&at) else {
        return Some("not in the log");
    };
    if hash(&payload["asOf"]) != event.hash {
        return Some("another log");
    }
    // What came too late said nothing.
    let without_effect = payload["applied"] == false;
    if let Some(ids) = ids.filter(|_| without_effect) {
        return (!ids.is_empty()).then_some("without effect, and there");
    }
    if let Some(ids) = ids {
        let id = match command.mutation {
            "sendMessage" | "coachAgent" => &payload["message"]["id"],
            _ => &payload["messageId"],
        };
        if json!(ids) != json!([id]) {
            return Some("not once in the transcript");
        }
    }
    let id = payload["conversation"]["id"].as_str()?;
    let of_it = |event: &&Event| event.conversation.is_some_and(|c| c.to_string() == id);
    if !may_change_nothing(command) && !without_effect && !of_it(&event) {
        return Some("of another conversation");
    }
    // What changed nothing is answered with the image that was there.
    let before = events.range(..=at).rev().map(|(_, event)| event);
    let image = &before.into_iter().find(of_it)?.after["conversation"];
    let answered = &payload["conversation"];
    let same = image["version"] == answered["version"]
        && image["state"] == answered["state"]
        && image["reason"] == answered["statusReason"];
    (!same).then_some("not as it was answered")
}

/// Of these commands, which nobody acknowledged, the ones that took place more than once.
pub fn doubled(
    unanswered: &[Command],
    messages: &HashMap<String, Vec<String>>,
    subjects: &HashMap<String, usize>,
) -> Vec<String> {
    let times = |command: &Command| {
        let said = command.input["text"].as_str();
        let said = said.and_then(|text| messages.get(text)).map_or(0, Vec::len);
        let subject = command.input["subject"].as_str();
        let started = subject.and_then(|subject| subjects.get(subject).copied());
        said.max(started.unwrap_or(0))
    };
    let twice = unanswered.iter().filter(|command| times(command) > 1);
    twice.map(|command| format!("{command:?}")).collect()
}

/// A look that runs already, by the same token; a supervisor who takes part already; a tag that is there; help that was asked
/// for already.
fn may_change_nothing(command: &Command) -> bool {
    let these = [
        "monitorConversation",
        "joinConversation",
        "updateConversation",
        "requestHelp",
    ];
    these.contains(&command.mutation)
}

/// What a cursor carries of its event's hash. Clients must not look.
pub fn hash(cursor: &Value) -> u32 {
    opened(cursor).hash()
}

/// What commands in doubt came to.
#[derive(Clone, Copy, Default)]
pub struct Settled {
    /// They had been carried out.
    pub had_happened: usize,
    /// The repeat did it.
    pub done_now: usize,
    /// The repeat was refused.
    pub refused_now: usize,
}

/// Repeats commands in doubt, each twice: together they have exactly one effect, or none.
pub async fn settle(desk: &Desk, tables: &Tables, in_doubt: &[Command]) -> Settled {
    let mut settled = Settled::default();
    for command in in_doubt {
        let kept = tables.kept(&command.subject, command.key()).await;
        let before = tables.head().await;
        let first = send(desk, command).await;
        let told = format!("{command:?} {first}");
        let now = tables.kept(&command.subject, command.key()).await;
        match (&kept, is_done(&first)) {
            (Some(kept), done) => {
                assert!(done, "it had happened: {told}");
                assert_eq!(tables.asked_for(before).await, 0, "twice: {told}");
                assert_eq!(position(&first["asOf"]), outcome(kept), "{told}");
                assert_eq!(now.as_ref(), Some(kept), "{told}");
                settled.had_happened += 1;
            }
            (None, true) => {
                assert_eq!(position(&first["asOf"]), outcome(&now.unwrap()), "{told}");
                settled.done_now += 1;
            }
            (None, false) => {
                assert_eq!(now, None, "{told}");
                assert_eq!(tables.asked_for(before).await, 0, "refused: {told}");
                settled.refused_now += 1;
            }
        }
        let effects = usize::from(is_done(&first) && first["applied"] != false);
        has_effects(tables, command, effects).await;
        if is_done(&first) {
            let before = tables.head().await;
            let again = send(desk, command).await;
            assert_eq!(
                opened(&again["asOf"]),
                opened(&first["asOf"]),
                "{told} {again}"
            );
            assert_eq!(tables.asked_for(before).await, 0, "again: {told}");
            has_effects(tables, command, effects).await;
        }
    }
    settled
}

async fn send(desk: &Desk, command: &Command) -> Value {
    match desk.send(command).await {
        Came::Answered(payload) => payload,
        Came::Failed(_) | Came::InDoubt | Came::NotSent => {
            panic!("the server is there: {command:?}")
        }
    }
}

/// What can be counted of a command is there so many times.
async fn has_effects(tables: &Tables, command: &Command, times: usize) {
    if let Some(text) = command.input["text"].as_str() {
        let messages = tables.messages().await;
        assert_eq!(messages.get(text).map_or(0, Vec::len), times, "{command:?}");
    }
    if command.mutation == "startConversation" {
        let subject = command.input["subject"].as_str().unwrap();
        assert_eq!(tables.with_subject(subject).await, times, "{command:?}");
    }
}
