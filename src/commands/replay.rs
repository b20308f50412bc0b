//! `regie replay`: plays recorded dialogues against a running server, over HTTP, as a gateway and
//! agents would.
//!
//! Invariants: every message is sent once, however often the connection breaks; the exit code is
//! zero only when every line was good and nothing was refused or failed.

use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use engine::clock::Clock;
use tools::replay::{self, Pace, Recording, StageError, Tally};
use tools::{Client, ClientError, Url};

use super::CommandError;
use super::address::{of_server, url};
use crate::config::Config;
use crate::signals;

/// What to play, where, and how fast.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The recording: one JSON object a line, {"id", "channel", "messages": [{"from", "text"}]}
    file: PathBuf,

    /// The server's GraphQL address [default: at the configured `listen`]
    #[arg(long, value_name = "URL", value_parser = url)]
    url: Option<Url>,

    /// A multiple of a realistic pace, such as 1 or 10, or max for no pauses at all
    #[arg(long, value_name = "SPEED", default_value = "1")]
    speed: Pace,

    /// How many dialogues are played at once, each by an agent of its own
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=500))]
    concurrency: u16,

    /// How many dialogues, the last of the file, are left open as they were after their last message
    #[arg(long, value_name = "N", default_value_t = 0)]
    leave_open: usize,
}

/// Why a replay did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    /// The file cannot be read.
    #[error("cannot read {path}: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// There is nothing to play with.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// There is no client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// It was played, but not all of it.
    #[error("not everything was played: {0}")]
    Blemished(String),
    /// Somebody stopped it.
    #[error("stopped before its end")]
    Stopped,
}

/// Plays the recording and shows what came of it.
pub(crate) async fn run(args: &ReplayArgs, config: &Config) -> Result<(), CommandError> {
    let signer = config.signer()?;
    let mut recording = read(&args.file)?;
    recording.leave_open(args.leave_open);
    let mut errors = io::stderr();
    for bad in &recording.bad {
        let (file, number) = (args.file.display(), bad.number);
        writeln!(errors, "{file}:{number}: {}", bad.why)?;
    }
    let stop = signals::stop()?;
    let url = args.url.clone().map_or_else(|| of_server(config), Ok)?;
    let client = Client::new(url).map_err(ReplayError::from)?;
    let (dialogues, bad_lines) = (recording.dialogues.len(), recording.bad.len());
    let at_once = usize::from(args.concurrency).min(dialogues.max(1));
    let system = Clock::system();
    let now = Arc::new(move || system.now());
    let stage = tokio::select! {
        stage = replay::set_stage(&client, &signer, &recording, at_once, now) => {
            stage.map_err(ReplayError::from)?
        }
        () = stop.cancelled() => return Err(ReplayError::Stopped.into()),
    };

    let tally = Arc::new(Tally::default());
    let started = Instant::now();
    let stopped = tokio::select! {
        () = replay::play(recording, stage, args.speed, &tally) => false,
        () = stop.cancelled() => true,
    };
    let summary = tally.summary(dialogues, bad_lines, started.elapsed());
    write!(io::stdout(), "{summary}")?;
    match summary.blemish() {
        _ if stopped => Err(ReplayError::Stopped.into()),
        Some(blemish) => Err(ReplayError::Blemished(blemish).into()),
        None => Ok(()),
    }
}

fn read(path: &Path) -> Result<Recording, ReplayError> {
    let recording = File::open(path).and_then(|file| replay::read(BufReader::new(file)));
    recording.map_err(|error| ReplayError::File {
        path: path.display().to_string(),
        error,
    })
}
