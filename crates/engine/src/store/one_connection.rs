//! One connection to the database, used again only after what was done on it ended without doubt.
//!
//! Purpose: what is acknowledged is durable. When a commit fails, `SQLite` rolls the transaction back by
//! itself; the driver's own ROLLBACK then fails, and the driver goes on counting the transaction as open: every
//! later one becomes a savepoint in a transaction that nobody commits, and its end looks like success
//! (docs/decisions/0016-write-connection.md).
//!
//! Invariants: a transaction begins on a connection that is in none, and with a real BEGIN. A connection whose
//! last use ended in an error, a time-out, or by being dropped is closed, and the next use opens another.
//!
//! Concurrency: uses wait for each other, in the order in which they came.
//!
//! Must never happen: a statement that writes outside of this.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::connect::Patience;

/// Sees every SQL statement.
type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// One connection, opened when it is needed.
#[derive(Clone)]
pub(super) struct OneConnection {
    options: ConnectOptions,
    backend: DbBackend,
    observer: Option<Observer>,
    slot: Arc<Mutex<Option<DatabaseConnection>>>,
}

impl fmt::Debug for OneConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneConnection").finish_non_exhaustive()
    }
}

impl OneConnection {
    /// Opens it with these options, of a pool of one.
    pub(super) async fn open(options: ConnectOptions) -> Result<Self, DbErr> {
        let connection = Database::connect(options.clone()).await?;
        Ok(Self {
            options,
            backend: connection.get_database_backend(),
            observer: None,
            slot: Arc::new(Mutex::new(Some(connection))),
        })
    }

    /// Which database it is.
    pub(super) const fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Calls back for every SQL statement.
    pub(super) fn observe(&mut self, observer: impl Fn(&str) + Send + Sync + 'static) {
        self.observer = Some(Arc::new(observer));
    }

    /// Waits until nobody else uses it, opens it if it is closed, and holds it.
    pub(super) async fn hold(&self) -> Result<Held, DbErr> {
        let mut slot = self.slot.clone().lock_owned().await;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => Database::connect(self.options.clone()).await?,
        };
        *slot = Some(connection.clone());
        if let Some(observer) = self.observer.clone() {
            connection.set_metric_callback(move |info| observer(&info.statement.sql));
        }
        Ok(Held {
            connection,
            slot,
            ended_well: false,
        })
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        let held = self.hold().await?;
        let transaction = held.begin_to_write().await?;
        Ok(Transaction { transaction, held })
    }

    /// Begins a transaction of what can be done later: where another process writes, it gives up soon.
    pub(super) async fn begin_in_background(&self) -> Result<Transaction, DbErr> {
        if self.backend != DbBackend::Sqlite {
            return self.begin().await;
        }
        let held = self.hold().await?;
        held.waits(Patience::InBackground).await?;
        let transaction = held.begin_to_write().await?;
        let back = Patience::OfCommand.pragma();
        transaction.execute_unprepared(&back).await?;
        Ok(Transaction { transaction, held })
    }

    /// Closes it when nobody uses it.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        match self.slot.lock().await.take() {
            Some(connection) => connection.close().await,
            None => Ok(()),
        }
    }
}

/// The connection, held by one user.
#[derive(Debug)]
pub(super) struct Held {
    connection: DatabaseConnection,
    slot: OwnedMutexGuard<Option<DatabaseConnection>>,
    ended_well: bool,
}

impl Held {
    /// On `SQLite` it is the one that may write from its beginning.
    async fn begin_to_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite = self.connection.get_database_backend() == DbBackend::Sqlite;
        let options = TransactionOptions {
            sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.connection.begin_with_options(options).await
    }

    /// From now on `SQLite` waits for other connections so long.
    pub(super) async fn waits(&self, patience: Patience) -> Result<(), DbErr> {
        self.connection
            .execute_unprepared(&patience.pragma())
            .await
            .map(drop)
    }

    /// Gives the connection back: everything on it succeeded, and it is in no transaction.
    pub(super) fn give_back(mut self) {
        self.ended_well = true;
    }
}

impl Deref for Held {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.connection
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.ended_well {
            return;
        }
        let doubtful = self.slot.take();
        // Closing may take as long as what was begun on it; nobody waits for that.
        if let (Some(doubtful), Ok(runtime)) = (doubtful, Handle::try_current()) {
            runtime.spawn(async move { doubtful.close().await });
        }
    }
}

/// A transaction on the connection. Dropped, it is rolled back, and the connection closed.
#[derive(Debug)]
pub(super) struct Transaction {
    // Dropped before what holds the connection.
    transaction: DatabaseTransaction,
    held: Held,
}

impl Transaction {
    /// Commits. After an error it is not known whether the commit took place.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let Self { transaction, held } = self;
        transaction.commit().await?;
        held.give_back();
        Ok(())
    }

    /// Takes back whatever was done.
    pub(super) async fn roll_back(self) {
        let Self { transaction, held } = self;
        if transaction.rollback().await.is_ok() {
            held.give_back();
        }
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use sea_orm::ConnectionTrait as _;

    use super::*;
    use crate::store::Address;
    use crate::store::connect::{options, options_of_writer};

    /// What another connection counts in the table.
    async fn rows(address: &Address) -> i64 {
        let other = Database::connect(options(address, 1)).await.unwrap();
        let count = other.query_one_raw(sea_orm::Statement::from_string(
            DbBackend::Sqlite,
            "SELECT count(*) FROM t",
        ));
        count.await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    fn in_a_folder() -> (tempfile::TempDir, Address) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.db");
        let address = Address::of(&Address::url_of_file(&path)).unwrap();
        (folder, address)
    }

    #[tokio::test]
    async fn after_commits_that_fail_what_is_committed_is_durable() {
        let (_folder, address) = in_a_folder();
        let one = OneConnection::open(options_of_writer(&address))
            .await
            .unwrap();
        let held = one.hold().await.unwrap();
        held.execute_unprepared("CREATE TABLE t (n INTEGER)")
            .await
            .unwrap();
        held.give_back();
        for failing in [1, 2, 5] {
            for _ in 0..failing {
                let transaction = one.begin().await.unwrap();
                let insert = "INSERT INTO t VALUES (0)";
                transaction.execute_unprepared(insert).await.unwrap();
                // What SQLite does by itself when it cannot write.
                transaction.execute_unprepared("ROLLBACK").await.unwrap();
                transaction.commit().await.unwrap_err();
            }
            let before = rows(&address).await;
            let transaction = one.begin().await.unwrap();
            let insert = "INSERT INTO t VALUES (1)";
            transaction.execute_unprepared(insert).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(rows(&address).await, before + 1, "after {failing}");
        }
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_leaves_nothing_and_stands_in_nobodys_way() {
        let (_folder, address) = in_a_folder();
        let one = OneConnection::open(options_of_writer(&address))
            .await
            .unwrap();
        let held = one.hold().await.unwrap();
        held.execute_unprepared("CREATE TABLE t (n INTEGER)")
            .await
            .unwrap();
        held.give_back();
        let transaction = one.begin().await.unwrap();
        let insert = "INSERT INTO t VALUES (0)";
        transaction.execute_unprepared(insert).await.unwrap();
        drop(transaction);
        let transaction = one.begin().await.unwrap();
        transaction.execute_unprepared(insert).await.unwrap();
        transaction.roll_back().await;
        assert_eq!(rows(&address).await, 0);
    }

    #[tokio::test]
    async fn a_pool_hands_out_no_connection_in_a_transaction() {
        let (_folder, address) = in_a_folder();
        let pool = Database::connect(options(&address, 1)).await.unwrap();
        let begun = pool.begin().await.unwrap();
        begun.execute_unprepared("ROLLBACK").await.unwrap();
        begun.commit().await.unwrap_err();
        let begun = pool.begin().await.unwrap();
        let savepoint = "RELEASE SAVEPOINT _sqlx_savepoint_1";
        let error = begun.execute_unprepared(savepoint).await.unwrap_err();
        assert!(error.to_string().contains("no such savepoint"), "{error}");
        begun.execute_unprepared("COMMIT").await.unwrap();
    }
}
