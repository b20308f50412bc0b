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
    for (command, payload) in answered {
        let told = format!("{command:?} {payload}");
        let texts = command.input["text"]
            .as_str()
            .map(|text| messages.get(text));
        if !is_done(payload) {
            assert!(
                texts.is_none_or(|ids| ids.is_none()),
                "refused, and there: {told}"
            );
            continue;
        }
        let at = position(&payload["asOf"]);
        let event = events
            .get(&at)
            .unwrap_or_else(|| panic!("not in the log: {told}"));
        assert_eq!(hash(&payload["asOf"]), event.hash, "another log: {told}");
        if let Some(ids) = texts {
            let id = match command.mutation {
                "sendMessage" => &payload["message"]["id"],
                _ => &payload["messageId"],
            };
            let ids = ids.unwrap_or_else(|| panic!("not in the transcript: {told}"));
            assert_eq!(
                json!(ids),
                json!([id]),
                "not once in the transcript: {told}"
            );
        }
        let Some(id) = payload["conversation"]["id"].as_str() else {
            continue;
        };
        let of_it = |event: &&Event| event.conversation.is_some_and(|c| c.to_string() == id);
        if !may_change_nothing(command) {
            assert!(of_it(&event), "of another conversation: {told}");
        }
        // What changed nothing is answered with the image that was there.
        let Some(latest) = events
            .range(..=at)
            .rev()
            .map(|(_, event)| event)
            .find(of_it)
        else {
            continue;
        };
        let image = &latest.after["conversation"];
        let answered = &payload["conversation"];
        assert_eq!(image["version"], answered["version"], "{told}");
        assert_eq!(image["state"], answered["state"], "{told}");
        assert_eq!(image["reason"], answered["statusReason"], "{told}");
    }
}

/// A look that runs already, by the same token; a supervisor who takes part already.
fn may_change_nothing(command: &Command) -> bool {
    ["monitorConversation", "joinConversation"].contains(&command.mutation)
}

/// What a cursor carries of its event's hash. Clients must not look.
fn hash(cursor: &Value) -> u32 {
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
        has_effects(tables, command, usize::from(is_done(&first))).await;
        if is_done(&first) {
            let before = tables.head().await;
            let again = send(desk, command).await;
            assert_eq!(
                opened(&again["asOf"]),
                opened(&first["asOf"]),
                "{told} {again}"
            );
            assert_eq!(tables.asked_for(before).await, 0, "again: {told}");
            has_effects(tables, command, 1).await;
        }
    }
    settled
}

async fn send(desk: &Desk, command: &Command) -> Value {
    match desk.send(command).await {
        Came::Answered(payload) => payload,
        Came::InDoubt | Came::NotSent => panic!("the server is there: {command:?}"),
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
