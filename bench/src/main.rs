//! `bench NAME`: measures Regie on loopback, against the stock way and against the machine's limit,
//! in turn, in several rounds, and prints medians and ratios. README.md says how and why.
//!
//! Every run is bounded in count and time, and ends what it started.

// It measures from outside of any server.
#![allow(clippy::disallowed_methods)]

mod against;
mod agents;
mod bulk;
mod commands;
mod desk;
mod fanout;
mod history;
mod insights;
mod limit;
mod list;
mod measure;
mod options;
mod pace;
mod peer;
mod people;
mod process;
mod project;
mod seed;
mod start;
mod team;
mod view;
mod wire;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use measure::Report;
use options::{Bench, Options};
use process::Told;

/// What can go wrong ends the bench with one line.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match (&options.bench, &options.against) {
        (Bench::Serve { role }, _) => serve(role),
        (_, Some(earlier)) => against::run(&options, earlier).and_then(|text| print(&text)),
        (_, None) => measured(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The parent: measures and prints.
fn measured(options: &Options) -> Result<()> {
    // One thread: clients are light, and leave the rest of the machine to the server.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        let before = measure::system_load();
        let (ratio_of, lines) = match &options.bench {
            Bench::Fanout(sizes) => (fanout::RATIO, fanout::run(options, sizes).await?),
            Bench::View(sizes) => (view::RATIO, view::run(options, sizes).await?),
            Bench::Commands(sizes) => (commands::RATIO, commands::run(options, sizes).await?),
            Bench::Start(sizes) => (start::RATIO, start::run(options, sizes).await?),
            Bench::List(sizes) => (list::RATIO, list::run(options, sizes).await?),
            Bench::Agents(sizes) => (agents::RATIO, agents::run(options, sizes).await?),
            Bench::History(sizes) => (history::RATIO, history::run(options, sizes).await?),
            Bench::Insights(sizes) => (insights::RATIO, insights::run(options, sizes).await?),
            Bench::Bulk(sizes) => (bulk::RATIO, bulk::run(options, sizes).await?),
            Bench::Desk(sizes) => (desk::RATIO, desk::run(options, sizes).await?),
            Bench::Serve { .. } => return Err("serve is for children".into()),
        };
        let load = (before, measure::system_load());
        Result::Ok(Report::of(options.bench.name(), ratio_of, &lines, load))
    })?;
    let text = if options.json {
        report.json()? + "\n"
    } else {
        report.table()
    };
    print(&text)
}

fn print(text: &str) -> Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

/// A child: serves until its input ends.
fn serve(role: &str) -> Result<()> {
    let role: process::Role = serde_json::from_str(role)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(role.play());
    if let Err(error) = &served {
        let why = error.to_string();
        process::tell(&Told::Failed { why })?;
    }
    // Connections that clients left open would be waited for.
    runtime.shutdown_background();
    Ok(())
}

/// Says on standard error what takes long.
fn note(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}
