//! A server's watch over its database, by a connection of its own: whether it is the database that the server
//! began with, and has everything that the server acknowledged.

use sea_orm::EntityTrait as _;

use super::connect::options_of_watch;
use super::file::DatabaseFile;
use super::load::{Heads, ONLY_ROW, no_head};
use super::one_connection::OneConnection;
use super::{Store, StoreError};
use entity::tables::log_head;

/// The watch of one server.
#[derive(Debug)]
pub(crate) struct Watch {
    connection: OneConnection,
    file: Option<DatabaseFile>,
    /// Reads once and is then left alone, so that no fault closes it: SQLite deletes its journal with the last
    /// connection, and another journal would look like a replaced one.
    anchor: OneConnection,
}

impl Watch {
    /// Begins to watch the database as it is now.
    pub(crate) async fn begin(store: &Store) -> Result<Self, StoreError> {
        let options = options_of_watch(&store.address);
        let anchor = OneConnection::open(options.clone()).await?;
        // Reading opens SQLite's journal, which is there from now on.
        read_heads(&anchor).await?;
        Ok(Self {
            connection: OneConnection::open(options).await?,
            file: DatabaseFile::of(&store.address),
            anchor,
        })
    }

    /// Where the log and the audit trail stand in the database.
    pub(super) async fn heads(&self) -> Result<Heads, StoreError> {
        self.in_place()?;
        read_heads(&self.connection).await
    }

    /// An error when the database's file was deleted or replaced. Cheap: once before and once after each commit.
    pub(super) fn in_place(&self) -> Result<(), StoreError> {
        match self.file.as_ref().and_then(DatabaseFile::lost) {
            Some(path) => Err(StoreError::FileLost(path.to_owned())),
            None => Ok(()),
        }
    }

    /// Ends the watch.
    pub(super) async fn end(self) {
        for closed in [self.connection.close().await, self.anchor.close().await] {
            if let Err(error) = closed {
                tracing::warn!(%error, "cannot close a connection to the database");
            }
        }
    }
}

async fn read_heads(connection: &OneConnection) -> Result<Heads, StoreError> {
    let connection = connection.hold().await?;
    let row = log_head::Entity::find_by_id(ONLY_ROW)
        .one(&*connection)
        .await?;
    connection.give_back();
    Ok(Heads::from(row.ok_or_else(no_head)?))
}
