//! An index of the events that changed who is an agent or a member of a queue. A resume from before the server's start
//! reads these, and they are few among the events of a log.

use sea_orm_migration::prelude::*;

use crate::shape::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const NAME: &str = "ix_events_membership";
const TABLE: &str = "events";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = index(NAME, TABLE, &["position"])
            .and_where(Expr::col("kind").is_in(["MembershipChanged", "AgentChanged"]))
            .take();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name(NAME).table(TABLE).to_owned())
            .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
