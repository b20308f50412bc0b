//! `regie board`: holds the state tables against the event log. Reads only; may run beside a server.

use std::io::{self, Write as _};

use clap::Subcommand;
use engine::store::{Difference, Store};

use super::CommandError;
use crate::config::Config;

/// What to do with what is ongoing.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum BoardCommand {
    /// Hold every row against the events that are kept, and the log against its own hashes; print
    /// each difference in a line, and how much was compared
    Verify,
}

/// Why the database does not agree with itself: how many differences were printed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the log and the state tables do not agree: {0} differences")]
pub(crate) struct Disagreement(u64);

/// Verifies; differences are lines on standard output, and then an error.
pub(crate) async fn run(command: BoardCommand, config: &Config) -> Result<(), CommandError> {
    let BoardCommand::Verify = command;
    let store = Store::connect(config.database_url.as_str()).await?;
    let mut out = io::stdout();
    let mut broken = Ok(());
    let mut tell = |difference: &Difference| {
        if broken.is_ok() {
            broken = writeln!(out, "{difference}");
        }
    };
    let report = store.verify_board(&mut tell).await?;
    broken?;
    let mut out = io::stdout().lock();
    let first = report
        .first
        .map_or("none".into(), |first| first.to_string());
    writeln!(out, "events         {first} to {}", report.head)?;
    writeln!(
        out,
        "conversations  {}, {} of them ongoing ({} held against events, {} against their own image)",
        report.by_events + report.by_image,
        report.ongoing,
        report.by_events,
        report.by_image
    )?;
    writeln!(out, "rows           {}", report.rows)?;
    writeln!(out, "organisation   {}", report.organisation)?;
    writeln!(out, "differences    {}", report.differences)?;
    match report.differences {
        0 => Ok(()),
        differences => Err(Disagreement(differences).into()),
    }
}
