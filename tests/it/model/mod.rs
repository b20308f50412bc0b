//! Random commands by everybody, through the whole stack, against a small model of domain.md.
//!
//! The model (`rules`, `world`) is written from the rulebook's sections 2 to 5, 10, 11 and 13, and shares nothing with
//! the program's own rules: it predicts for each command success or the code, what the conversation
//! then is, who sees it, and what timers do. After each command its answer is compared, and every so
//! often the whole world as everybody sees it. A sequence that disagrees is shortened and printed.
//!
//! `REGIE_MODEL_SEED`, `REGIE_MODEL_SEQUENCES` and `REGIE_MODEL_COMMANDS` say otherwise than the
//! defaults; with the seed of a failure and one sequence it is played again.

mod brought;
mod carried;
mod command;
mod compare;
mod generate;
mod look;
mod people;
mod play;
mod rules;
mod shrink;
mod stage;
mod tally;
mod words;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use command::Command;
use generate::Generator;
use play::{Failure, Play};
use tally::Tally;

use crate::harness::{Database, figures};

/// After so many commands the whole world is compared.
const LOOK: usize = 25;
/// So many sequences are played at a time.
const AT_ONCE: usize = 6;

/// After so many failures a player stops.
const ENOUGH: usize = 3;

/// A sequence that failed, up to the command that did.
struct Failed {
    seed: u64,
    commands: Vec<Command>,
    failure: Failure,
}

#[derive(Clone, Copy)]
struct Plan {
    seed: u64,
    sequences: u64,
    commands: usize,
    postgres: bool,
}

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    let given = std::env::var(name).ok();
    given
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

async fn database(postgres: bool) -> Database {
    if postgres {
        Database::also_postgres().await.unwrap()
    } else {
        Database::sqlite()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_commands_come_to_what_the_rulebook_says() {
    let plan = Plan {
        seed: setting("REGIE_MODEL_SEED", 20_261_122),
        sequences: setting("REGIE_MODEL_SEQUENCES", 40),
        commands: setting("REGIE_MODEL_COMMANDS", 150),
        postgres: false,
    };
    Box::pin(campaign(plan, "model")).await;
    if std::env::var_os("REGIE_TEST_POSTGRES_URL").is_some() {
        // The rules are the same; what the database has to do with it needs fewer.
        let plan = Plan {
            postgres: true,
            sequences: plan.sequences.div_ceil(4),
            ..plan
        };
        Box::pin(campaign(plan, "model-postgres")).await;
    }
}

/// Plays every sequence; shows those that fail, one of each kind, as short as they get.
async fn campaign(plan: Plan, name: &str) {
    let next = Arc::new(AtomicU64::new(0));
    let players = (0..AT_ONCE).map(|_| {
        let next = next.clone();
        tokio::spawn(async move {
            let (mut tally, mut failed) = (Tally::default(), Vec::new());
            while failed.len() < ENOUGH {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.sequences {
                    break;
                }
                let played = Box::pin(sequence(plan, plan.seed + number, &mut tally)).await;
                failed.extend(played.err());
            }
            (tally, failed)
        })
    });
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    for player in players.collect::<Vec<_>>() {
        let (played, errors) = player.await.unwrap();
        tally.add(played);
        failed.extend(errors);
    }
    let fine = failed.is_empty();
    assert!(fine, "{}", shrink::report(failed, plan.postgres).await);
    let text = format!(
        "Random commands against the model: {} sequences of {}, seed {}.\n{}",
        plan.sequences,
        plan.commands,
        plan.seed,
        tally.text()
    );
    figures::record(name, &text);
    println!("{text}");
    if plan.sequences >= 40 {
        assert_eq!(tally.missing(), [] as [&str; 0], "never happened");
    }
}

/// One sequence, made up as it goes.
async fn sequence(plan: Plan, seed: u64, tally: &mut Tally) -> Result<(), Failed> {
    let mut generator = Generator::new(seed);
    let mut play = Play::on(database(plan.postgres).await).await;
    let mut commands = Vec::new();
    for number in 1..=plan.commands {
        let now = play.stage.server.clock.now();
        let command = generator.next(&play.world, now);
        commands.push(command.clone());
        let mut played = play.step(&command).await;
        if played.is_ok() && (number.is_multiple_of(LOOK) || number == plan.commands) {
            let closely = generator.one_of(&play.world);
            if let Err(failure) = play.look(closely).await {
                played = Err(failure);
            }
        }
        match played {
            Ok(outcome) => tally.count(command.mutation(), outcome),
            Err(failure) => {
                return Err(Failed {
                    seed,
                    commands,
                    failure,
                });
            }
        }
    }
    Ok(())
}
