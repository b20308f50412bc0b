//! The key of cursors as a row: made by the first server of a database, read by all.

use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait as _;
use sea_orm::sea_query::OnConflict;

use super::{Store, StoreError};
use crate::log::Cursors;
use crate::log::cursor::KEY;
use entity::tables::cursor_key::{ActiveModel, Column, Entity};

const ONLY_ROW: i32 = 1;

impl Store {
    /// What makes and opens the texts of cursors. Servers that start at once on a new database each offer a
    /// key, the database takes one, and all read that one.
    pub async fn cursors(&self) -> Result<Cursors, StoreError> {
        if let Some(known) = self.known_key().await? {
            return Ok(known);
        }
        let offered = ActiveModel {
            id: Set(ONLY_ROW),
            bytes: Set(Cursors::new_key().to_vec()),
        };
        let first_wins = OnConflict::column(Column::Id).do_nothing().to_owned();
        let transaction = self.write.begin().await?;
        Entity::insert(offered)
            .on_conflict(first_wins)
            .exec_without_returning(&*transaction)
            .await?;
        transaction.commit().await?;
        self.known_key()
            .await?
            .ok_or_else(|| bad("the row is missing"))
    }

    async fn known_key(&self) -> Result<Option<Cursors>, StoreError> {
        let Some(row) = Entity::find_by_id(ONLY_ROW).one(&self.read).await? else {
            return Ok(None);
        };
        let key = <[u8; KEY]>::try_from(&row.bytes[..]);
        let key = key.map_err(|_| bad("a key has 32 bytes"))?;
        Ok(Some(Cursors::with_key(key)))
    }
}

fn bad(problem: &str) -> StoreError {
    StoreError::Row {
        table: "cursor_keys",
        problem: problem.to_owned(),
    }
}
