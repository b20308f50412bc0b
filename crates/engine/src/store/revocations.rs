//! Tokens that were taken back, as rows: written in the transaction that keeps the audit entry, read by
//! every server a few times a second.
//!
//! Each row has a number of its own among those that its batch took in the audit trail, which has an entry
//! for each. Numbers are given under the log's head, so they are in commit order: who has read up to one
//! has missed nothing before it.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, QueryTrait,
};

use super::upsert::all_but;
use super::{Store, StoreError};
use domain::Text;
use domain::{Revocation, Revoked, Subject};
use entity::tables::revocation::{ActiveModel, Column, Entity, Model};

const TOKEN: &str = "TOKEN";
const SUBJECT: &str = "SUBJECT";

/// Writes what these texts take back, numbered up to the audit's last number. Taken back again, the longer
/// time holds.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    texts: &[Text],
    last_number: i64,
) -> Result<(), StoreError> {
    let backwards = texts.iter().filter_map(revoked).rev();
    let numbered: Vec<_> = backwards.zip((0..=last_number).rev()).collect();
    for (revocation, number) in numbered.into_iter().rev() {
        let (kind, name) = match &revocation.what {
            Revoked::Token(id) => (TOKEN, id.to_string()),
            Revoked::Subject(subject) => (SUBJECT, subject.to_string()),
        };
        let row = ActiveModel {
            kind: Set(kind.to_owned()),
            name: Set(name),
            number: Set(number),
            revoked_at: Set(revocation.at),
            expires_at: Set(revocation.until),
        };
        let longer = "CASE WHEN excluded.expires_at > revocations.expires_at \
                      THEN excluded.expires_at ELSE revocations.expires_at END";
        let again = all_but::<Entity>(&[Column::ExpiresAt])
            .value(Column::ExpiresAt, Expr::cust(longer))
            .to_owned();
        Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

const fn revoked(text: &Text) -> Option<&Revocation> {
    match text {
        Text::Revoked(revocation) => Some(revocation),
        _ => None,
    }
}

/// A row's number, and what it takes back, if it can be read.
pub type Read = (i64, Result<Revocation, StoreError>);

/// What was taken back after this number, in that order. One row that cannot be read does not stand in the
/// way of the others.
pub(super) async fn list_after(
    connection: &impl ConnectionTrait,
    number: i64,
) -> Result<Vec<Read>, StoreError> {
    let find = Entity::find()
        .filter(Column::Number.gt(number))
        .order_by_asc(Column::Number);
    let rows = connection.query_all(find.as_query()).await?;
    let read = |row: &QueryResult| {
        let number = row.try_get("", "number")?;
        let model = Model::from_query_result(row, "").map_err(StoreError::from);
        Ok((number, model.and_then(revocation)))
    };
    rows.iter().map(read).collect()
}

impl Store {
    /// What was taken back after this number, in that order: each with its number, and as far as it can be
    /// read.
    pub async fn list_revocations_after(&self, number: i64) -> Result<Vec<Read>, StoreError> {
        list_after(&self.read, number).await
    }
}

/// Deletes what hits no token any more.
pub(super) async fn forget(
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(transaction)
        .await?;
    Ok(())
}

fn revocation(row: Model) -> Result<Revocation, StoreError> {
    let what = match row.kind.as_str() {
        TOKEN => Some(Revoked::Token(row.name.into())),
        SUBJECT => Subject::new(&row.name).map(Revoked::Subject),
        _ => None,
    };
    let unknown = || StoreError::Row {
        table: "revocations",
        problem: "neither a token nor a subject".to_owned(),
    };
    Ok(Revocation {
        what: what.ok_or_else(unknown)?,
        at: row.revoked_at,
        until: row.expires_at,
    })
}
