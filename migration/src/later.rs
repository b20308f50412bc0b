//! Indexes of tables that may have millions of rows, in their latest shape. In a database of few conversations the step makes
//! them; else it leaves them to the server, which answers meanwhile, only slower where an index is missing.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::shape::index;

const CONVERSATIONS: &str = "conversations";

/// With more conversations than this, indexes are left to the server.
pub const MANY: u64 = 10_000;

/// An index of some of a table's rows.
#[derive(Debug)]
struct Later {
    name: &'static str,
    table: &'static str,
    columns: &'static [&'static str],
    of: Rows,
}

/// Of which rows an index is.
#[derive(Debug)]
enum Rows {
    All,
    /// Those in which this column has a value.
    With(&'static str),
    /// Those of primary agents.
    Primary,
}

pub(crate) const CUSTOMER_LAST: &str = "ix_conversations_customer_last";
pub(crate) const STARTED: &str = "ix_conversations_started";
pub(crate) const CLOSED: &str = "ix_conversations_closed";
pub(crate) const PRIMARY: &str = "ix_participants_primary";
pub(crate) const SOUGHT: &str = "ix_conversations_sought";
pub(crate) const QUEUE_CLOSED: &str = "ix_conversations_queue_closed";
pub(crate) const DISPOSITION: &str = "ix_conversations_disposition";
pub(crate) const RATING: &str = "ix_conversations_rating";

/// In the order in which they are made: first what commands need.
const LATER: [Later; 8] = [
    Later {
        name: CUSTOMER_LAST,
        table: CONVERSATIONS,
        columns: &["customer_id", "channel", "closed_at"],
        of: Rows::With("closed_at"),
    },
    Later {
        name: STARTED,
        table: CONVERSATIONS,
        columns: &["started_at", "id"],
        of: Rows::All,
    },
    // What is ongoing stands in none of those by closing.
    Later {
        name: CLOSED,
        table: CONVERSATIONS,
        columns: &["closed_at", "id"],
        of: Rows::With("closed_at"),
    },
    Later {
        name: QUEUE_CLOSED,
        table: CONVERSATIONS,
        columns: &["queue_id", "closed_at", "id", "channel", "reason"],
        of: Rows::With("closed_at"),
    },
    Later {
        name: PRIMARY,
        table: "participants",
        columns: &["who", "conversation_id"],
        of: Rows::Primary,
    },
    Later {
        name: SOUGHT,
        table: CONVERSATIONS,
        columns: &["id", "queue_id", "closed_at", "started_at"],
        of: Rows::All,
    },
    Later {
        name: DISPOSITION,
        table: CONVERSATIONS,
        columns: &["disposition", "queue_id", "closed_at", "id"],
        of: Rows::With("disposition"),
    },
    Later {
        name: RATING,
        table: CONVERSATIONS,
        columns: &["rating", "queue_id", "closed_at", "id"],
        of: Rows::With("rating"),
    },
];

impl Later {
    fn create(&self) -> IndexCreateStatement {
        let mut made = index(self.name, self.table, self.columns);
        made.if_not_exists();
        match self.of {
            Rows::All => made,
            Rows::With(column) => made.and_where(Expr::col(column).is_not_null()).take(),
            Rows::Primary => {
                let primary = Expr::col("role").eq("PRIMARY_AGENT");
                made.and_where(primary).take()
            }
        }
    }

    fn drop(&self) -> IndexDropStatement {
        let mut drop = Index::drop();
        drop.name(self.name).table(self.table).if_exists();
        drop
    }

    /// Whether it is there, and whole.
    async fn is_there(&self, connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let backend = connection.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres => {
                "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid"
            }
            _ => "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = $1",
        };
        let there = Statement::from_sql_and_values(backend, sql, [self.name.into()]);
        Ok(connection.query_one_raw(there).await?.is_some())
    }
}

/// Makes these in the step where there are few conversations.
pub(crate) async fn make_or_leave(
    manager: &SchemaManager<'_>,
    names: &[&str],
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let many = format!("SELECT 1 FROM conversations LIMIT 1 OFFSET {MANY}");
    let many = Statement::from_string(connection.get_database_backend(), many);
    if connection.query_one_raw(many).await?.is_some() {
        return Ok(());
    }
    for later in of(names) {
        manager.create_index(later.create()).await?;
    }
    Ok(())
}

/// Drops those of these that are there.
pub(crate) async fn drop(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    for later in of(names) {
        manager.drop_index(later.drop()).await?;
    }
    Ok(())
}

fn of(names: &[&str]) -> impl Iterator<Item = &'static Later> {
    let asked = move |later: &&Later| names.contains(&later.name);
    LATER.iter().filter(asked)
}

/// An index that a step left, and that nobody made yet.
#[derive(Clone, Copy, Debug)]
pub struct MissingIndex(&'static Later);

/// The next of them; none: all are there.
pub async fn missing_index(
    connection: &impl ConnectionTrait,
) -> Result<Option<MissingIndex>, DbErr> {
    for later in &LATER {
        if !later.is_there(connection).await? {
            return Ok(Some(MissingIndex(later)));
        }
    }
    Ok(None)
}

impl MissingIndex {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Makes it. On PostgreSQL others write meanwhile, and whoever calls this must be the only one; on `SQLite` nobody
    /// writes for as long as it takes.
    pub async fn make(self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let mut create = self.0.create();
        if connection.get_database_backend() == DbBackend::Postgres {
            // One that was broken off is there and of no use.
            connection.execute(&self.0.drop()).await?;
            create.concurrently();
        }
        connection.execute(&create).await?;
        Ok(())
    }
}
