//! An index for each filter of the audit trail that had none: by action, by refusal, by time, and by whose entries about
//! a conversation. A page is read in the order of the entries' numbers, so the number ends each index.

use sea_orm_migration::prelude::*;

use crate::shape::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "audit";

const WHOLE: [(&str, &[&str]); 3] = [
    ("ix_audit_action", &["action", "number"]),
    ("ix_audit_at", &["at", "number"]),
    (
        "ix_audit_conversation_subject",
        &["conversation_id", "subject", "number"],
    ),
];
/// Most entries were not refused, and stand in none of these.
const REFUSED: [(&str, &[&str]); 2] = [
    ("ix_audit_refused", &["number"]),
    ("ix_audit_refusal", &["refusal", "number"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in WHOLE {
            manager.create_index(index(name, TABLE, columns)).await?;
        }
        for (name, columns) in REFUSED {
            let refused = index(name, TABLE, columns)
                .and_where(Expr::col("refusal").is_not_null())
                .take();
            manager.create_index(refused).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in WHOLE.into_iter().chain(REFUSED) {
            manager
                .drop_index(Index::drop().name(name).table(TABLE).to_owned())
                .await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
