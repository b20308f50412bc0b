//! The database's shape, as reversible steps that do the same on `SQLite` and `PostgreSQL`.
//!
//! A step that was released is never edited: a change is a new step. So the steps name tables,
//! columns and words as text and know nothing of the `entity` crate, which only tells today's shape.
//! Every constraint has a name of our own. Each step runs in one transaction on both databases, so
//! that one that fails leaves nothing behind. What takes long in a large database a step leaves to the
//! server: indexes ([`missing_index`]), and rows that say what others say already.

use sea_orm_migration::{MigrationTrait, async_trait};

pub use later::{MANY, MissingIndex, missing_index};
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

mod later;
mod m20261122_000001_directory;
mod m20261122_000002_conversations;
mod m20261122_000003_log;
mod m20261122_000004_attention;
mod m20261122_000005_agent_connections;
mod m20261122_000006_administration;
mod m20261122_000007_revocations;
mod m20261122_000008_cursor_keys;
mod m20261201_000009_audit_filters;
mod m20261201_000010_membership_events;
mod m20261201_000011_reassessments;
mod m20261202_000012_channels;
mod m20261202_000013_labels;
mod m20261202_000014_past;
mod m20261202_000015_messages;
mod m20261202_000016_reviews;
mod m20261202_000017_customers;
mod m20261202_000018_intents;
mod m20261202_000019_understanding;
mod m20261202_000020_coaching;
mod m20261202_000021_hands;
mod m20261202_000022_past_indexes;
mod m20261202_000023_learning;
mod m20261202_000024_notices;
mod m20261202_000025_insights;
mod m20261203_000026_presences;
mod shape;

/// Regie's migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_directory::Migration),
            Box::new(m20261122_000002_conversations::Migration),
            Box::new(m20261122_000003_log::Migration),
            Box::new(m20261122_000004_attention::Migration),
            Box::new(m20261122_000005_agent_connections::Migration),
            Box::new(m20261122_000006_administration::Migration),
            Box::new(m20261122_000007_revocations::Migration),
            Box::new(m20261122_000008_cursor_keys::Migration),
            Box::new(m20261201_000009_audit_filters::Migration),
            Box::new(m20261201_000010_membership_events::Migration),
            Box::new(m20261201_000011_reassessments::Migration),
            Box::new(m20261202_000012_channels::Migration),
            Box::new(m20261202_000013_labels::Migration),
            Box::new(m20261202_000014_past::Migration),
            Box::new(m20261202_000015_messages::Migration),
            Box::new(m20261202_000016_reviews::Migration),
            Box::new(m20261202_000017_customers::Migration),
            Box::new(m20261202_000018_intents::Migration),
            Box::new(m20261202_000019_understanding::Migration),
            Box::new(m20261202_000020_coaching::Migration),
            Box::new(m20261202_000021_hands::Migration),
            Box::new(m20261202_000022_past_indexes::Migration),
            Box::new(m20261202_000023_learning::Migration),
            Box::new(m20261202_000024_notices::Migration),
            Box::new(m20261202_000025_insights::Migration),
            Box::new(m20261203_000026_presences::Migration),
        ]
    }
}

/// What taking this migration back does to rows, beside the tables and columns that it drops, in words for whoever is
/// about to.
pub fn also_undone(migration: &str) -> Option<&'static str> {
    match migration {
        "m20261122_000004_attention" => Some("every timer of attention"),
        "m20261122_000006_administration" => Some(
            "that agents, queues and workstreams were deleted: they are there again, each such agent under another \
             subject",
        ),
        "m20261202_000016_reviews" => Some("every review session"),
        "m20261202_000020_coaching" => Some("every message that coached an agent"),
        _ => None,
    }
}
