//! One batch: lock, catch up, look up, decide, persist, commit, publish.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};

use super::deciding::{Decided, decide_all};
use super::erase::erases;
use super::health::Health;
use super::look_up::{KnownNames, look_up};
use super::persist;
use crate::board::{Board, Names};
use crate::clock::Clock;
use crate::log::Entry;
use crate::store::hints::Hints;
use crate::store::load::{Heads, ONLY_ROW, no_head};
use crate::store::log::Recent;
use crate::store::one_connection::Transaction;
use crate::store::order::{Answer, Order};
use crate::store::{Connections, EventLog, Store, StoreError, Watch, reassessing, revocations};
use domain::Revocations;
use domain::Text;
use domain::{Change, ConversationId, CustomerId, Refusal};
use entity::tables::{audit as audit_rows, event, log_head};

/// How many times a batch begins when others go on by more than may be read under the head's lock.
const TRIES: usize = 5;

/// Who carries out batches.
pub(super) struct BatchWriter {
    pub store: Store,
    pub board: Arc<Board>,
    pub log: Arc<EventLog>,
    pub clock: Clock,
    /// Between servers.
    pub hints: Hints,
    pub connections: Arc<Connections>,
    /// The tokens that were taken back, as far as this server knows; the writer adds what it finds and makes.
    pub revocations: Arc<Revocations>,
    /// Up to which number of the audit trail the writer has looked for revocations.
    pub revoked_to: i64,
    /// By another connection than the one that writes.
    pub watch: Watch,
    /// The number and the hash of the last entry of the audit trail that this server knows.
    pub audited_to: (i64, String),
    /// Whether commands are carried out.
    pub health: Arc<Health>,
}

/// Why a batch was not carried out.
#[derive(Debug)]
pub(super) enum BatchError {
    /// The database is not to be had; nothing was changed, and another try would wait as long.
    Unavailable(StoreError),
    /// The database refused what was written; nothing was changed.
    Failed(StoreError),
    /// The commit was not acknowledged, and whether it took place could not be found out.
    Unknown(StoreError),
}

impl BatchError {
    /// The database's own error.
    pub const fn store_error(&self) -> &StoreError {
        match self {
            Self::Unavailable(error) | Self::Failed(error) | Self::Unknown(error) => error,
        }
    }

    /// The database's own error.
    pub fn into_store_error(self) -> StoreError {
        match self {
            Self::Unavailable(error) | Self::Failed(error) | Self::Unknown(error) => error,
        }
    }
}

/// What orders came to, each in its place.
pub(super) type Answers = Vec<Result<Answer, Refusal>>;

impl BatchWriter {
    /// Carries out these orders together.
    pub async fn commit(&mut self, orders: &[&Order]) -> Result<Answers, BatchError> {
        let begun = self.begin().await.map_err(BatchError::Unavailable)?;
        let (transaction, before) = begun;
        self.audited_to = (before.audit_number, before.audit_hash.clone());
        let caught_up = self.catch_up_on_revocations(&transaction, &before).await;
        caught_up.map_err(BatchError::Unavailable)?;
        let mut heads = before.clone();
        let written = self.write(&transaction, orders, &mut heads).await;
        let (mut made, names, wrote) = written.map_err(BatchError::Failed)?;
        if !wrote {
            transaction.roll_back().await;
            return Ok(made.answers);
        }
        if let Err(error) = transaction.commit().await {
            self.resolve_unacknowledged(&before, &heads, error.into())
                .await?;
        }
        // Committed into a file that nobody finds again is not durable.
        self.watch.in_place().map_err(BatchError::Unknown)?;
        self.audited_to = (heads.audit_number, heads.audit_hash.clone());
        // Before anybody is answered.
        self.revoke(std::mem::take(&mut made.revoked), &heads);
        self.publish(&made, &names, &heads);
        if erases(&made.texts) {
            self.store.fold_journal().await;
        }
        Ok(made.answers)
    }

    /// Begins with the log's head locked and the board at it.
    pub(super) async fn begin(&self) -> Result<(Transaction, Heads), StoreError> {
        for _ in 0..TRIES {
            self.watch.in_place()?;
            let transaction = self.store.write.begin().await?;
            let mut find = log_head::Entity::find_by_id(ONLY_ROW);
            if !self.store.is_sqlite() {
                find = find.lock(LockType::Update);
            }
            let row = find.one(&*transaction).await?;
            let heads = Heads::from(row.ok_or_else(no_head)?);
            self.has_what_was_acknowledged(&heads)?;
            if self.catch_up_under_lock(&*transaction, heads.log).await? {
                return Ok((transaction, heads));
            }
            transaction.roll_back().await;
            self.catch_up().await?;
        }
        Err(StoreError::Behind)
    }

    /// Learns what other servers took back. Under the head: what is not known then was not taken back. The
    /// audit trail has an entry of each revocation, so where that has not grown there is none.
    async fn catch_up_on_revocations(
        &mut self,
        transaction: &DatabaseTransaction,
        heads: &Heads,
    ) -> Result<(), StoreError> {
        if heads.audit_number == self.revoked_to {
            return Ok(());
        }
        let found = revocations::list_after(transaction, self.revoked_to).await?;
        self.revoke(found, heads);
        Ok(())
    }

    /// Tokens are worth nothing from now on.
    fn revoke(&mut self, found: Vec<revocations::Read>, heads: &Heads) {
        for (number, read) in found {
            // Whoever looks for all of them (`app`) tells of those that cannot be read.
            if let Ok(revocation) = read {
                self.revocations.add(number, revocation);
            }
        }
        self.revoked_to = heads.audit_number;
    }

    /// What the orders came to, the customers' names, and whether anything was written: refusals
    /// write their audit rows, and keys are kept, without an event.
    async fn write(
        &self,
        transaction: &DatabaseTransaction,
        orders: &[&Order],
        heads: &mut Heads,
    ) -> Result<(Decided, KnownNames, bool), StoreError> {
        let mut found = look_up(transaction, &self.board, &self.store.hashes, orders).await?;
        let names = std::mem::take(&mut found.customers.names);
        let now = self.clock.now();
        found.away = self.connections.look_up(transaction, orders, now).await?;
        let revoked = &self.revocations;
        let mut made = decide_all(&self.board.guard(), revoked, found, orders, heads, now)?;
        if made.is_empty() {
            return Ok((made, names, false));
        }
        let rows = std::mem::take(&mut made.rows);
        persist::write(
            transaction,
            &self.store.hashes,
            &made.entries,
            rows,
            &made.texts,
            &names,
        )
        .await?;
        persist::write_audit(transaction, std::mem::take(&mut made.audit)).await?;
        persist::write_kept(transaction, std::mem::take(&mut made.kept), now).await?;
        made.away.write(transaction, now).await?;
        if let Some(left) = made.left {
            reassessing::write(transaction, left).await?;
        }
        revocations::write(transaction, &made.texts, heads.audit_number).await?;
        if made
            .texts
            .iter()
            .any(|text| matches!(text, Text::Revoked(_)))
        {
            made.revoked = revocations::list_after(transaction, self.revoked_to).await?;
        }
        persist::write_head(transaction, heads).await?;
        if !made.entries.is_empty() {
            self.hints.tell(transaction).await?;
        }
        Ok((made, names, true))
    }

    /// A commit that was not acknowledged may have taken place.
    async fn resolve_unacknowledged(
        &self,
        before: &Heads,
        after: &Heads,
        error: StoreError,
    ) -> Result<(), BatchError> {
        match self.took_place(before, after).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(BatchError::Failed(error)),
            Err(unsettled) => {
                tracing::warn!(error = %unsettled, "cannot see whether a commit took place");
                Err(BatchError::Unknown(error))
            }
        }
    }

    /// Whether the commit that led from one head to the other took place. Where others have gone on since,
    /// the chain tells.
    async fn took_place(&self, before: &Heads, after: &Heads) -> Result<bool, StoreError> {
        let mut find = log_head::Entity::find_by_id(ONLY_ROW);
        if !self.store.is_sqlite() {
            // Waits for a commit that is still under way.
            find = find.lock(LockType::Share);
        }
        let row = find.one(&self.store.read).await?;
        let now = Heads::from(row.ok_or_else(no_head)?);
        if now == *after || now == *before {
            return Ok(now == *after);
        }
        if after.log == before.log {
            let row = audit_rows::Entity::find_by_id(after.audit_number);
            let row = row.one(&self.store.read).await?;
            return Ok(row.is_some_and(|row| row.hash == after.audit_hash));
        }
        let row = event::Entity::find_by_id(after.log.position);
        let row = row.one(&self.store.read).await?;
        Ok(row.is_some_and(|row| row.hash == after.log.hash))
    }

    fn publish(&self, made: &Decided, known: &KnownNames, heads: &Heads) {
        if made.entries.is_empty() {
            return;
        }
        let mut subjects: HashMap<ConversationId, Arc<str>> = HashMap::new();
        let known = known.iter();
        let known = known.filter_map(|(id, name)| Some((*id, name.clone()?)));
        let mut names: HashMap<CustomerId, Arc<str>> = known.collect();
        for text in &made.texts {
            match text {
                Text::Subject(id, subject) => {
                    subjects.insert(*id, subject.clone());
                }
                Text::Customer {
                    id,
                    name: Some(name),
                    ..
                } => {
                    names.insert(*id, name.clone());
                }
                Text::Customer { .. }
                | Text::Message { .. }
                | Text::Edited { .. }
                | Text::Reaction { .. }
                | Text::Delivery { .. }
                | Text::Note(..)
                | Text::RatingComment(..)
                | Text::Attribute { .. }
                | Text::Erased { .. }
                | Text::EarlierRead(..)
                | Text::AgentNotice { .. }
                | Text::Merged { .. }
                | Text::Revoked(_) => {}
            }
        }
        let named = made.entries.iter().map(|entry| {
            let conversation = entry.conversation()?;
            let customer = match entry.change {
                Change::ConversationStarted => conversation.customer,
                Change::CustomerChanged { customer } => customer,
                Change::CustomersMerged { surviving, .. } => surviving,
                _ => return None,
            };
            Some(Names {
                subject: subjects.remove(&conversation.id).map(Into::into),
                customer: names.get(&customer).cloned().map(Into::into),
            })
        });
        // Before readers wait: names are folded here.
        let named: Vec<_> = named.collect();
        let recent: Vec<_> = self.board.update(|board| {
            let apply = |(entry, named): (&Arc<Entry>, Option<Names>)| {
                let naming = board.apply(entry, named).map(Arc::new);
                let entry = entry.clone();
                Recent { entry, naming }
            };
            made.entries.iter().zip(named).map(apply).collect()
        });
        self.log.push(&recent, heads.log);
    }
}
