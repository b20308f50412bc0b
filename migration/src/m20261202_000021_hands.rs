//! What supervisors may do with stuck work and with agents: two settings.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

const SETTINGS: &str = "settings";
const TAKE_OVER: &str = "supervisor_take_over";
const MANAGE_AGENTS: &str = "supervisor_manage_agents";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, default) in [(TAKE_OVER, false), (MANAGE_AGENTS, true)] {
            let setting = boolean(column).default(default).take();
            let setting = Table::alter().table(SETTINGS).add_column(setting).take();
            manager.alter_table(setting).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [MANAGE_AGENTS, TAKE_OVER] {
            let setting = Table::alter().table(SETTINGS).drop_column(column).take();
            manager.alter_table(setting).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
