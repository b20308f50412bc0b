//! `regie migrate`: brings the database's schema up to date, takes it back, or says where it is.

use engine::clock::Clock;
use std::io::{self, BufRead, IsTerminal as _, Write as _};
use std::time::Duration;

use clap::{Args, Subcommand};
use engine::store::{Lost, Store, StoreError, Undo, UndoRefused};
use migration::{MigrationStatus, Migrator, MigratorTrait as _};

use super::CommandError;
use crate::config::Config;

/// Which way.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Direction {
    /// Apply what is missing (`serve` does this by itself), and make every index before the end (which `serve` does while
    /// it already answers)
    Up,
    /// Take back the latest migration, after naming the tables and columns that are dropped and what they hold;
    /// refused while a server uses the database, and while a revocation holds that would be forgotten
    Down(DownArgs),
    /// List the migrations and which are applied
    Status,
}

/// How a migration is taken back.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct DownArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Why no migration was taken back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    /// It must not be.
    #[error("migrate down: {0}")]
    Refused(#[from] UndoRefused),
    /// There is nobody to ask.
    #[error("migrate down: standard input is no terminal, so nobody can be asked (write --yes)")]
    NobodyToAsk,
    /// The answer was no.
    #[error("migrate down: nothing was changed")]
    Declined,
}

/// Migrates, and says in the end where the schema is.
pub(crate) async fn run(direction: Direction, config: &Config) -> Result<(), CommandError> {
    let url = config.database_url.as_str();
    let store = match direction {
        Direction::Up => {
            let store = Store::open(url).await?;
            // As `serve` does beside its work.
            while !store.make_indexes().await? {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            store
        }
        Direction::Down(args) => {
            down(args, url).await?;
            Store::connect(url).await?
        }
        Direction::Status => Store::connect(url).await?,
    };
    let connection = store.for_migrations().await?;
    let migrations = Migrator::get_migration_with_status(&connection);
    let mut out = io::stdout().lock();
    for migration in migrations.await.map_err(StoreError::from)? {
        let status = match migration.status() {
            MigrationStatus::Applied => "applied",
            MigrationStatus::Pending => "pending",
        };
        writeln!(out, "{status}  {}", migration.name())?;
    }
    Ok(())
}

async fn down(args: DownArgs, url: &str) -> Result<(), CommandError> {
    let undo = Undo::begin(url, Clock::system().now()).await;
    let undo = undo.map_err(MigrateError::from)?;
    name(&undo)?;
    if !args.yes {
        if !io::stdin().is_terminal() {
            return Err(MigrateError::NobodyToAsk.into());
        }
        let answer = tokio::task::spawn_blocking(|| ask(&mut io::stdin().lock()));
        if !answer.await.map_err(io::Error::other)?? {
            return Err(MigrateError::Declined.into());
        }
    }
    let done = undo.carry_out(Clock::system().now()).await;
    Ok(done.map_err(MigrateError::from)?)
}

/// Prints what is destroyed.
fn name(undo: &Undo) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if undo.lost.is_empty() && undo.besides.is_none() {
        let again = "which `regie migrate up` makes again";
        return writeln!(
            out,
            "{} is taken back. This drops indexes only, {again}.",
            undo.migration
        );
    }
    writeln!(out, "{} is taken back. This drops:", undo.migration)?;
    for Lost {
        table,
        column,
        rows,
    } in &undo.lost
    {
        let s = if *rows == 1 { "" } else { "s" };
        match column {
            None => writeln!(out, "  table {table}: {rows} row{s}")?,
            Some(column) => writeln!(out, "  column {table}.{column}: {rows} value{s}")?,
        }
    }
    if let Some(besides) = undo.besides {
        writeln!(out, "  and {besides}")?;
    }
    writeln!(out, "Only a backup brings it back (docs/backup.md).")
}

/// Whether whoever sits there says yes; anything else is no.
fn ask(answers: &mut impl BufRead) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    write!(out, "Go on? Write yes: ")?;
    out.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
