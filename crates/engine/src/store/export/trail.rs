//! The entry of the audit trail that says that texts were exported.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, QuerySelect as _};

use super::super::audit::chain;
use super::super::load::{Heads, ONLY_ROW, no_head};
use super::super::writer::{write_audit, write_head};
use super::super::{Store, StoreError};
use super::{Export, ExportRange};
use domain::{AuditedAction, Role, Subject};
use entity::tables::{audit, log_head};

impl Store {
    /// Adds the entry: who exports the texts of what, why, and of which time. It is chained like any other, under the log's
    /// head, so that it may be added beside a server; and it is there before the first text is read.
    pub async fn audit_export(
        &self,
        export: Export,
        range: ExportRange,
        operator: &Subject,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let (from, to) = (instant(range.from), instant(range.to));
        let what = format!("{} {from} {to}", export.as_str());
        self.audit_texts(what, operator, reason, now).await
    }

    /// The same of the messages that supervisors corrected, of all time.
    pub async fn audit_corrections(
        &self,
        operator: &Subject,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let what = "corrections".to_owned();
        self.audit_texts(what, operator, reason, now).await
    }

    async fn audit_texts(
        &self,
        what: String,
        operator: &Subject,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let transaction = self.write.begin().await?;
        let mut find = log_head::Entity::find_by_id(ONLY_ROW);
        if !self.is_sqlite() {
            find = find.lock(LockType::Update);
        }
        let row = find.one(&*transaction).await?;
        let mut heads = Heads::from(row.ok_or_else(no_head)?);
        let mut entry = audit::Model {
            number: heads.audit_number + 1,
            at: now,
            subject: operator.to_string(),
            role: Role::Administrator,
            action: AuditedAction::Export.as_str().to_owned(),
            conversation_id: None,
            target: Some(what),
            refusal: None,
            reason: reason.map(str::to_owned),
            overrides: "[]".to_owned(),
            before: None,
            after: None,
            hash: String::new(),
        };
        entry.hash = chain(&heads.audit_hash, &entry);
        heads.audit_number = entry.number;
        heads.audit_hash.clone_from(&entry.hash);
        let entry = audit::ActiveModel::from(entry).reset_all();
        write_audit(&transaction, vec![entry]).await?;
        write_head(&transaction, &heads).await?;
        transaction.commit().await?;
        Ok(())
    }
}
