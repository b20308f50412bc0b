//! What an answer says of a message that came in, or of what was done to one.

use serde_json::{Value, json};

use super::command::{Act, Command, Ids, What};
use super::play::{Play, Told, fails};
use super::rules::Landing;

/// What must be answered beside the conversation, known before it is carried out.
#[derive(Debug, Default)]
pub struct Expected {
    /// The conversation that is shown.
    pub about: Option<usize>,
    landing: Option<Landing>,
    applied: Option<bool>,
    /// Whether somebody of the organisation writes something.
    posts: bool,
    /// Which conversations the one that starts may continue.
    previous: Vec<usize>,
}

impl Play {
    /// What must be answered to what is about to be done.
    pub(super) fn expected(&self, command: &Command) -> Expected {
        let world = &self.world;
        let landing = world.landing(command);
        let applied = match &command.what {
            What::On(number, Act::Message(place, deed)) => {
                Some(world.applies(command.by, *number, *place, *deed))
            }
            _ => None,
        };
        let posts = match &command.what {
            What::On(_, Act::Send { .. } | Act::Coach(_)) => true,
            What::On(number, Act::RequestHelp { note: Some(_) }) => {
                !world.conversations[number].help
            }
            _ => false,
        };
        let previous = match &command.what {
            What::Receive(receive) => world.continues(receive),
            _ => Vec::new(),
        };
        Expected {
            about: landing.map_or(command.conversation(), |landing| Some(landing.conversation)),
            landing,
            applied,
            posts,
            previous,
        }
    }

    /// What was answered of it, with the ids of what began.
    pub(super) fn carried(
        &mut self,
        command: &Command,
        expected: &Expected,
        payload: &Value,
    ) -> Told<()> {
        let about = command.mutation();
        if payload["applied"].as_bool() != expected.applied {
            let applied = expected.applied;
            return fails(
                format!("{about} applied"),
                format!("must be applied: {applied:?}; answer: {payload}"),
            );
        }
        let number = expected.about;
        let on = number.and_then(|number| Some((number, self.world.conversations.get(&number)?)));
        let Some((number, on)) = on else {
            return Ok(());
        };
        let shown = &payload["conversation"];
        let begins = matches!(command.what, What::Start { .. });
        let starts = expected.landing.is_some_and(|landing| landing.starts);
        if (begins || starts) && shown["id"].is_string() {
            self.stage.started(number, on.customer, shown);
        }
        let place = match (expected.landing, &command.what) {
            (
                Some(Landing {
                    known: Some(place), ..
                }),
                _,
            ) => place,
            (Some(_), _) => {
                let posted = on.messages.iter().rposition(|one| one.system.is_none());
                posted.unwrap_or_default()
            }
            (None, _) if expected.posts => {
                let posted = on.messages.iter().rposition(|one| one.system.is_none());
                posted.unwrap_or_default()
            }
            _ => return Ok(()),
        };
        let ids = [
            &payload["messageId"],
            &payload["message"]["id"],
            &payload["noteId"],
        ];
        let id = ids.into_iter().find(|id| !id.is_null());
        let id = id.unwrap_or(&Value::Null);
        let duplicate = expected.landing.map(|landing| landing.known.is_some());
        let as_it_was = payload["duplicate"].as_bool() == duplicate
            && payload["started"]
                .as_bool()
                .is_none_or(|started| started == starts)
            && id.is_string()
            && self.stage.posted(number, place, id);
        if !as_it_was {
            return fails(
                format!("{about} landing"),
                format!("{expected:?}; answer: {payload}"),
            );
        }
        let continues = &shown["previous"]["id"];
        let may_be = expected.previous.iter();
        let mut may_be = may_be.map(|number| json!(self.stage.conversation(*number)));
        let found = if expected.previous.is_empty() {
            continues.is_null()
        } else {
            may_be.any(|id| *continues == id)
        };
        if starts && !found {
            return fails(
                format!("{about} previous"),
                format!("{expected:?}; answer: {payload}"),
            );
        }
        Ok(())
    }
}
