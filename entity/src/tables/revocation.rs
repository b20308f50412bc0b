//! Tokens that were taken back before they end.
//!
//! No record: the audit trail has who did it and why. A row goes when no token that it hits can be alive.

use sea_orm::entity::prelude::*;

/// One token by its id, or all of a subject that were issued before.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revocations")]
pub struct Model {
    /// `TOKEN` or `SUBJECT`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The token's `jti`, or the subject.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The audit trail's number when it was written last.
    pub number: i64,
    /// When; of a subject, tokens issued before this.
    pub revoked_at: DateTimeUtc,
    /// Until when a token that it hits can be alive.
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
