//! `regie insights`: figures held against the event log, or counted again from it.

use std::io::{self, Write as _};

use chrono::SecondsFormat;
use clap::Subcommand;
use engine::clock::Clock;
use engine::store::{Claim, FigureDifference, InsightsReport, RebuildError, Store, StoreError};

use super::CommandError;
use crate::config::Config;

/// What to do with the figures.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum InsightsCommand {
    /// Count again from the events that are kept, and replace the figures that differ. Buckets that do not lie
    /// wholly within the kept log are left as they are. On SQLite only while no server runs; servers on PostgreSQL stop
    /// counting meanwhile, and go on by themselves
    Rebuild,
    /// Hold the figures against the events that are kept; print each difference in a line, and how much was
    /// compared. Changes nothing, and may run beside a server
    Verify,
}

/// Why figures are not what the log says, or were not counted again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InsightsError {
    /// How many differences were printed.
    #[error(
        "the figures are not what the log says: {0} differences (regie insights rebuild replaces them)"
    )]
    Differ(u64),
    /// A server counts on this file.
    #[error("a server counts figures: {0}; stop it, and try again")]
    Served(StoreError),
    /// They were not counted again, or not all of them.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// The database is not to be had, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Standard output is closed or full.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

/// Rebuilds or verifies.
pub(crate) async fn run(command: InsightsCommand, config: &Config) -> Result<(), CommandError> {
    let url = config.database_url.as_str();
    match command {
        InsightsCommand::Rebuild => Ok(rebuild(url).await?),
        InsightsCommand::Verify => Ok(verify(url).await?),
    }
}

async fn rebuild(url: &str) -> Result<(), InsightsError> {
    let store = Store::connect(url).await?;
    let claim = Claim::take(url).map_err(|error| match error {
        StoreError::Served(_) => InsightsError::Served(error),
        error => InsightsError::Store(error),
    })?;
    let report = store.rebuild_insights(&Clock::system()).await;
    store.close().await;
    drop(claim);
    Ok(tell(&report?, "replaced")?)
}

/// Differences are lines on standard output, and then an error.
async fn verify(url: &str) -> Result<(), InsightsError> {
    let store = Store::connect(url).await?;
    let mut out = io::stdout();
    let mut broken = Ok(());
    let mut line = |difference: &FigureDifference| {
        if broken.is_ok() {
            broken = writeln!(out, "{difference}");
        }
    };
    let report = store.verify_insights(&mut line).await?;
    broken?;
    tell(&report, "differences")?;
    match report.differences {
        0 => Ok(()),
        differences => Err(InsightsError::Differ(differences)),
    }
}

fn tell(report: &InsightsReport, differences: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(counted_to) = report.counted_to else {
        return writeln!(out, "nothing is counted yet: a server does that");
    };
    match report.first {
        Some(first) => writeln!(out, "{:14} {first} to {counted_to}", "events")?,
        None => writeln!(out, "{:14} none", "events")?,
    }
    let from = report.from.map_or("the first event on".to_owned(), |from| {
        from.to_rfc3339_opts(SecondsFormat::Secs, true)
    });
    writeln!(out, "{:14} {from}", "from")?;
    writeln!(out, "{:14} {}", "rows", report.rows)?;
    writeln!(out, "{differences:14} {}", report.differences)
}
