//! The project's side of `commands`: the application, called as its resolvers call it.

use std::sync::Arc;

use domain::commands;
use domain::commands::Target;
use domain::{Act, MessageId, OfferId, Scope, State};
use engine::app::Terms;

use super::{Kind, Ran, Task, drive};
use crate::Result;
use crate::people::People;
use crate::project::open;
use crate::seed::{Organisation, act, ongoing};

const TEXTS: [&str; 2] = [
    "This is terrible, I have been waiting for three weeks and nobody helps me.",
    "Wonderful, thank you so much, that is great news.",
];

/// Runs it.
pub(super) async fn run(url: &str, task: &Task) -> Result<Ran> {
    let app = open(url).await?;
    let people = People::new()?;
    let (organisation, conversations) = app.board.read(|board| {
        let open = ongoing(&board.world, |state, _| state == State::Open);
        (Organisation::of(&board.world), open)
    });
    let agents = organisation?.agents;
    let kind = task.kind;
    let viewer = match kind {
        Kind::Assign => people.viewer(&people.supervisor("sam", Scope::All)?)?,
        Kind::Message => people.gateway()?,
    };
    let things = match kind {
        Kind::Assign => conversations.len(),
        Kind::Message => usize::MAX,
    };
    let after = app.log.head().position;
    let ran = drive(task, things, |number| {
        let conversation = conversations[number % conversations.len()];
        let what = match kind {
            Kind::Assign => Act::AssignToAgent(commands::AssignToAgent(Target {
                offer: OfferId::new(chrono::Utc::now()),
                agent: agents[number % agents.len()].0,
                override_presence: false,
                override_capacity: false,
                override_declines: false,
            })),
            Kind::Message => {
                let round = number / conversations.len() + number;
                let id = MessageId::new(chrono::Utc::now());
                let text = TEXTS[round % TEXTS.len()];
                Act::CustomerMessage(commands::CustomerMessage::of_text(id, text))
            }
        };
        let (app, viewer) = (app.clone(), viewer.clone());
        async move {
            let command = act(conversation, what);
            app.carry_out(&viewer, command, Terms::default()).await?;
            Ok(())
        }
    })
    .await?;
    // Closed, so that whoever reads the rows finds one whole file.
    if let Ok(app) = Arc::try_unwrap(app) {
        app.stop().await;
    }
    Ok(Ran { after, ..ran })
}
