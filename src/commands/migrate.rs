//! `regie migrate`: brings the database's schema up to date, takes it back, or says where it is.

use std::io::{self, Write as _};

use api::store::Store;
use clap::Subcommand;
use migration::{MigrationStatus, Migrator, MigratorTrait as _};

use super::CommandError;
use crate::config::Config;

/// Which way.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Direction {
    /// Apply what is missing (`serve` does this by itself)
    Up,
    /// Take back the latest migration; tables and what they hold are dropped
    Down,
    /// List the migrations and which are applied
    Status,
}

/// Migrates, and says in the end where the schema is.
pub(crate) async fn run(direction: Direction, config: &Config) -> Result<(), CommandError> {
    let store = Store::connect(config.database_url.as_str()).await?;
    let database = &store.for_migrations().await?;
    let failed = |error| CommandError::Store(api::store::StoreError::Database(error));
    match direction {
        Direction::Up => Migrator::up(database, None).await.map_err(failed)?,
        Direction::Down => Migrator::down(database, Some(1)).await.map_err(failed)?,
        Direction::Status => {}
    }
    let migrations = Migrator::get_migration_with_status(database)
        .await
        .map_err(failed)?;
    let mut out = io::stdout().lock();
    for migration in migrations {
        let status = match migration.status() {
            MigrationStatus::Applied => "applied",
            MigrationStatus::Pending => "pending",
        };
        writeln!(out, "{status}  {}", migration.name())?;
    }
    Ok(())
}
