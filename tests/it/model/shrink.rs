//! Makes a failing sequence short, by leaving out commands that it fails without.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::command::Command;
use super::play::{Failure, Play};
use super::{Failed, database};

/// For how long a sequence is shortened.
const PATIENCE: Duration = Duration::from_secs(45);
/// So many kinds of failures are shown.
const KINDS: usize = 4;

/// Plays commands that are given, with a look at the whole world at the end.
async fn replay(commands: &[Command], postgres: bool) -> Option<(usize, Failure)> {
    let mut play = Play::on(database(postgres).await).await;
    for (number, command) in commands.iter().enumerate() {
        if let Err(failure) = play.step(command).await {
            return Some((number + 1, failure));
        }
    }
    let numbers: Vec<usize> = play.world.conversations.keys().copied().collect();
    for number in numbers {
        if let Err(failure) = play.look(number).await {
            return Some((commands.len(), failure));
        }
    }
    None
}

/// The failures in words: of each kind the one of the fewest commands.
pub async fn report(mut failed: Vec<Failed>, postgres: bool) -> String {
    let mut text = format!("{} sequences failed\n", failed.len());
    failed.sort_by_key(|failed| failed.commands.len());
    let mut kinds = Vec::new();
    for one in failed {
        if !kinds.contains(&one.failure.kind) && kinds.len() < KINDS {
            kinds.push(one.failure.kind.clone());
            text.push_str(&shortened(one, postgres).await);
        }
    }
    text
}

/// A failure in words, of as few commands as were found to be enough.
async fn shortened(failed: Failed, postgres: bool) -> String {
    let since = Instant::now();
    let (mut commands, mut failure) = (failed.commands, failed.failure);
    let kind = failure.kind.clone();
    let mut piece = commands.len().div_ceil(2);
    let mut again = false;
    while since.elapsed() < PATIENCE {
        let mut from = 0;
        let mut shorter = false;
        while from < commands.len() && since.elapsed() < PATIENCE {
            let to = (from + piece).min(commands.len());
            let fewer = [&commands[..from], &commands[to..]].concat();
            match replay(&fewer, postgres).await {
                Some((played, other)) if other.kind == kind => {
                    commands = fewer[..played].to_vec();
                    failure = other;
                    shorter = true;
                }
                _ => from = to,
            }
        }
        if piece == 1 {
            if !shorter || again {
                break;
            }
            again = true;
        }
        piece = piece.div_ceil(2);
    }
    let mut text = format!("seed {}; {} commands:\n", failed.seed, commands.len());
    for (number, command) in commands.iter().enumerate() {
        let _ = writeln!(text, "  {:>3}. {command}", number + 1);
    }
    let _ = writeln!(text, "{}\n    {}", failure.kind, failure.detail);
    text
}
