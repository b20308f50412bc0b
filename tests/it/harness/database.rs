//! A database of a test's own.

use std::sync::Arc;

use crate::listed;

/// Names the server for tests on `PostgreSQL`; `.ci/postgres` starts one and sets it.
const POSTGRES: &str = "REGIE_TEST_POSTGRES_URL";

/// A fresh database; gone with the last of its handles.
#[derive(Clone)]
pub struct Database {
    pub url: String,
    #[allow(dead_code, reason = "a folder lives as long as it is held")]
    keep: Arc<Keep>,
}

enum Keep {
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Nothing,
}

impl Database {
    /// A file of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("regie.db").display()
        );
        Self {
            url,
            keep: Arc::new(Keep::Folder(folder)),
        }
    }

    /// A database of its own on the server that `REGIE_TEST_POSTGRES_URL` names
    /// (`postgres://user@host:port/postgres`). A test that needs one is ignored unless it is asked for: one that is not
    /// would fail where there is no server, and is told so here too, where there is one.
    pub async fn postgres() -> Self {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or_default();
        assert!(
            !listed::is_run_without_a_server(test),
            "{test} needs PostgreSQL and is not ignored: is it for Database::also_postgres?"
        );
        Self::made_from("").await
    }

    /// A database of its own on the server, where there is one.
    pub async fn also_postgres() -> Option<Self> {
        std::env::var_os(POSTGRES)?;
        Some(Self::made_from("").await)
    }

    /// An empty one of the same kind.
    pub async fn another(&self) -> Self {
        if self.kind() == "sqlite" {
            Self::sqlite()
        } else {
            Self::made_from("").await
        }
    }

    async fn made_from(template: &str) -> Self {
        use sea_orm::ConnectionTrait as _;
        let admin = std::env::var(POSTGRES);
        let admin = admin.expect("REGIE_TEST_POSTGRES_URL names a server: see .ci/postgres");
        let name = format!("regie_{}", uuid::Uuid::now_v7().simple());
        let connection = sea_orm::Database::connect(&admin).await.unwrap();
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name} {template}"))
            .await
            .unwrap();
        let (server, _) = admin.rsplit_once('/').unwrap();
        Self {
            url: format!("{server}/{name}"),
            keep: Arc::new(Keep::Nothing),
        }
    }

    /// A copy of this one, of which nobody has a connection open.
    pub async fn copy(&self) -> Self {
        if self.kind() == "sqlite" {
            let copy = Self::sqlite();
            let file = |database: &Self| {
                let path = database.url.strip_prefix("sqlite://").unwrap();
                path.split('?').next().unwrap().to_owned()
            };
            std::fs::copy(file(self), file(&copy)).unwrap();
            return copy;
        }
        let (_, name) = self.url.rsplit_once('/').unwrap();
        Self::made_from(&format!("TEMPLATE {name}")).await
    }

    /// A database that somebody else made and takes away.
    pub fn known_as(url: String) -> Self {
        let keep = Arc::new(Keep::Nothing);
        Self { url, keep }
    }

    /// The same database, reached at another address.
    pub fn at(&self, url: String) -> Self {
        let keep = self.keep.clone();
        Self { url, keep }
    }

    /// Which database it is, in a word.
    pub fn kind(&self) -> &'static str {
        if self.url.starts_with("sqlite:") {
            "sqlite"
        } else {
            "postgres"
        }
    }

    /// Every database that this run tests on.
    pub async fn all() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        all.extend(Self::also_postgres().await);
        all
    }
}
