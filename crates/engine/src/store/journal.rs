//! `SQLite`'s journal: what was overwritten in the file is in there still, until it is folded and cut off.
//!
//! Freed parts of the file itself are overwritten with zeros (`secure_delete`). `PostgreSQL` has a
//! journal and a way of freeing of its own, which are its operator's.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::Store;
use super::connect::Patience;

impl Store {
    /// Folds the journal into the file and cuts it off. Where a reader is in the way for longer, it is
    /// left for the next time: housekeeping does it now and then.
    pub(super) async fn fold_journal(&self) {
        if !self.is_sqlite() {
            return;
        }
        match self.try_to_fold().await {
            Ok(true) => {}
            Ok(false) => tracing::info!("the journal is being read; it is folded later"),
            Err(error) => tracing::warn!(%error, "cannot fold the journal"),
        }
    }

    async fn try_to_fold(&self) -> Result<bool, DbErr> {
        let connection = self.write.hold().await?;
        // The writer waits meanwhile.
        connection.waits(Patience::InBackground).await?;
        let fold = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let folded = connection.query_one_raw(fold).await?;
        connection.waits(Patience::OfCommand).await?;
        connection.give_back();
        let busy: Option<i32> = folded.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(busy == Some(0))
    }
}
