//! Hints between servers on one PostgreSQL: a batch that committed events says so, and the others look
//! at the log at once.
//!
//! A hint carries no truth. One that is lost costs the time until the next poll; one too many costs
//! a read of the head. So nothing here is ever an error of a command.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, Statement};
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Store, StoreError};

/// The channel's name. It is the database's own; servers on other databases do not hear it.
const CHANNEL: &str = "regie_log";
/// How long to wait before listening again when the connection broke.
const PAUSE: Duration = Duration::from_secs(1);

/// Hears what other servers committed, and tells them.
#[derive(Debug)]
pub(super) struct Hints {
    server: Uuid,
    heard: Arc<Notify>,
    listening: Option<JoinHandle<()>>,
}

impl Hints {
    /// Listens, where there can be other servers.
    pub(super) fn start(store: &Store) -> Self {
        let (server, heard) = (Uuid::now_v7(), Arc::new(Notify::new()));
        let listening = (!store.is_sqlite())
            .then(|| tokio::spawn(listen(store.clone(), server, heard.clone())));
        Self {
            server,
            heard,
            listening,
        }
    }

    /// Ready when another server has committed events since this was last awaited.
    pub(super) async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Tells the other servers, when the transaction commits. Only where there can be any.
    pub(super) async fn tell(&self, transaction: &DatabaseTransaction) -> Result<(), StoreError> {
        if self.listening.is_none() {
            return Ok(());
        }
        let notify = Statement::from_sql_and_values(
            transaction.get_database_backend(),
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), self.server.to_string().into()],
        );
        transaction.execute_raw(notify).await?;
        Ok(())
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

async fn listen(store: Store, server: Uuid, heard: Arc<Notify>) {
    let own = server.to_string();
    loop {
        if let Err(error) = hear(&store, &own, &heard).await {
            tracing::warn!(%error, "cannot listen for other servers; looking at the log now and then");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(store: &Store, own: &str, heard: &Notify) -> Result<(), sqlx::Error> {
    let pool = store.read.get_postgres_connection_pool();
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was committed before it listened.
    heard.notify_one();
    loop {
        // None: the connection broke and was made again; hints may have been lost.
        let hint = listener.try_recv().await?;
        if hint.is_none_or(|hint| hint.payload() != own) {
            heard.notify_one();
        }
    }
}
