//! `regie backup`: a verified copy of an SQLite database, beside a running server.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use engine::store::{Backup, BackupError};

use super::CommandError;
use crate::config::Config;
use crate::signals;

/// Where the backup goes.
#[derive(Clone, Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file; it must not be there yet, and its folder must
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoBackup {
    /// It could not be made.
    #[error("backup: {0}")]
    Failed(#[from] BackupError),
    /// It was stopped.
    #[error("backup: stopped, and nothing is left of it")]
    Stopped,
}

/// Makes the backup, and prints what is in it.
pub(crate) async fn run(args: &BackupArgs, config: &Config) -> Result<(), CommandError> {
    let stop = signals::stop()?;
    let made = tokio::select! {
        made = Backup::make(config.database_url.as_str(), &args.file) => made,
        () = stop.cancelled() => return Err(NoBackup::Stopped.into()),
    };
    let made = made.map_err(NoBackup::from)?;
    let mut out = io::stdout().lock();
    writeln!(out, "backup      {}", made.file.display())?;
    writeln!(out, "bytes       {}", made.bytes)?;
    writeln!(out, "events to   {}", made.position)?;
    writeln!(out, "audit       {} entries", made.entries)?;
    let hash = Some(made.hash).filter(|hash| !hash.is_empty());
    writeln!(out, "audit head  {}", hash.as_deref().unwrap_or("none"))?;
    Ok(())
}
