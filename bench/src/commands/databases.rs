//! Seeded databases for `commands`, as many copies as there are runs: SQLite always, PostgreSQL
//! where a server is named.

use std::path::PathBuf;

use engine::store::Store;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};

use crate::Result;
use crate::seed::{self, Copy, Size};

/// Names the PostgreSQL server, as `postgres://user@host:port/postgres`; the second is what the
/// tests use, and what a throw-away cluster sets.
const SERVERS: [&str; 2] = ["REGIE_BENCH_POSTGRES_URL", "REGIE_TEST_POSTGRES_URL"];

/// Where copies come from.
pub enum Databases {
    /// A file that is copied.
    Sqlite(PathBuf),
    /// A database that is the template of others.
    Postgres {
        /// For making and dropping them.
        admin: DatabaseConnection,
        /// The server's URL without a database.
        server: String,
        /// The seeded one.
        template: String,
    },
}

/// A copy for one run.
pub enum OneCopy {
    /// Gone with the value.
    Sqlite(Copy),
    /// To be dropped.
    Postgres {
        /// Who drops it.
        admin: DatabaseConnection,
        /// Its URL.
        url: String,
        /// Its name.
        name: String,
    },
}

impl Databases {
    /// Every kind of database that can be measured here.
    pub async fn all(size: Size, fresh: bool) -> Result<Vec<Self>> {
        let mut all = vec![Self::Sqlite(seed::kept_file(size, fresh).await?)];
        if let Some(url) = SERVERS.iter().find_map(|name| std::env::var(name).ok()) {
            let (server, _) = url.rsplit_once('/').ok_or("a PostgreSQL URL without a /")?;
            let admin = Database::connect(&url).await?;
            let template = new_name();
            let create = format!("CREATE DATABASE {template}");
            admin.execute_unprepared(&create).await?;
            let store = Store::open(&format!("{server}/{template}")).await?;
            seed::fill(&store, size).await?;
            store.close().await;
            let server = server.to_owned();
            all.push(Self::Postgres {
                admin,
                server,
                template,
            });
        }
        Ok(all)
    }

    /// For the table.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// A copy of its own.
    pub async fn copy(&self) -> Result<OneCopy> {
        match self {
            Self::Sqlite(file) => Ok(OneCopy::Sqlite(Copy::of(file)?)),
            Self::Postgres {
                admin,
                server,
                template,
            } => {
                let name = new_name();
                let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
                admin.execute_unprepared(&create).await?;
                Ok(OneCopy::Postgres {
                    admin: admin.clone(),
                    url: format!("{server}/{name}"),
                    name,
                })
            }
        }
    }

    /// Drops what was made on a server; files are kept for the next time.
    pub async fn drop_all(self) -> Result<()> {
        if let Self::Postgres {
            admin, template, ..
        } = self
        {
            drop_database(&admin, &template).await?;
        }
        Ok(())
    }
}

impl OneCopy {
    /// For `Store::open`.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(copy) => copy.url(),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// Drops it.
    pub async fn gone(self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres { admin, name, .. } => drop_database(&admin, &name).await,
        }
    }
}

async fn drop_database(admin: &DatabaseConnection, name: &str) -> Result<()> {
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await?;
    Ok(())
}

fn new_name() -> String {
    format!("regie_bench_{}", uuid::Uuid::now_v7().simple())
}
