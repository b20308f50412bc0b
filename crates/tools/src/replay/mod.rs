//! Recorded dialogues, played over HTTP as a gateway and agents would.
//!
//! Invariant: every message is sent once, however often the connection breaks.

mod drive;
mod input;
mod pace;
mod stage;
mod summary;

use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;

use drive::Play;
use stage::kind_of;

pub use input::{BadLine, Dialogue, Recording, read};
pub use pace::{Pace, speed};
pub use stage::{Stage, StageError, set as set_stage};
pub use summary::{Summary, Tally};

/// Plays every dialogue, as many at once as there are agents. Dropped, it plays no further.
pub async fn play(recording: Recording, stage: Stage, pace: Pace, tally: &Arc<Tally>) {
    let bar = progress(&recording);
    let mut plays = JoinSet::new();
    let dialogues = Arc::new(Mutex::new(recording.dialogues.into_iter()));
    let stage = Arc::new(stage);
    for agent in 0..stage.agents.len() {
        let (dialogues, stage) = (dialogues.clone(), stage.clone());
        let (tally, bar) = (tally.clone(), bar.clone());
        plays.spawn(async move {
            let next = || -> Option<Dialogue> {
                let mut waiting = dialogues.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.next()
            };
            while let Some(dialogue) = next() {
                let play = Play {
                    gateway: &stage.gateway,
                    agent: &stage.agents[agent],
                    intake: &stage.intakes[kind_of(dialogue.channel)],
                    pace,
                    now: &stage.now,
                    key: format!("{}-{}", stage.run, dialogue.line),
                    tally: &tally,
                    arrived: &|| bar.inc(1),
                };
                play.run(&dialogue).await;
            }
        });
    }
    while plays.join_next().await.is_some() {}
    bar.finish_and_clear();
}

/// A bar on standard error, where that is a terminal.
fn progress(recording: &Recording) -> ProgressBar {
    let messages: usize = recording
        .dialogues
        .iter()
        .map(|dialogue| dialogue.messages.len())
        .sum();
    let style = "{bar:40} {pos} of {len} messages, {per_sec}, {eta} to go";
    ProgressBar::new(messages as u64).with_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
