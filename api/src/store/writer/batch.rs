//! One batch: lock, catch up, look up, decide, persist, commit, publish.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::persist::{self, Kept};
use super::{Answer, Order};
use crate::board::{Board, Names, State as BoardState};
use crate::clock::Clock;
use crate::domain::decide::Text;
use crate::domain::{
    After, Asker, Change, Command, Conversation, ConversationId, CustomerId, Decision, Draft,
    Outcome, Refusal, Viewer, decide, policy,
};
use crate::store::entry::{Entry, Head, chain};
use crate::store::load::{Heads, ONLY_ROW, names_of, no_head, parse_image};
use crate::store::log::entry_of;
use crate::store::projection::Rows;
use crate::store::{EventLog, Store, StoreError, audit};
use entity::tables::{conversation, customer, event, idempotency, log_head};

/// Who carries out batches.
pub(super) struct Scribe {
    pub store: Store,
    pub board: Arc<Board>,
    pub log: Arc<EventLog>,
    pub clock: Clock,
}

/// What a batch needs to know that is not on the board.
#[derive(Default)]
struct LookedUp {
    closed: Vec<Arc<Conversation>>,
    customers: HashMap<Arc<str>, CustomerId>,
    /// The names by which returning customers are known.
    names: HashMap<CustomerId, Arc<str>>,
    kept: HashMap<(String, String), Kept>,
}

/// What a batch came to, before it is committed.
#[derive(Default)]
struct Made {
    answers: Vec<Result<Answer, Refusal>>,
    entries: Vec<Arc<Entry>>,
    rows: Rows,
    audit: Vec<entity::tables::audit::ActiveModel>,
    texts: Vec<Text>,
    kept: Vec<(String, String, Kept)>,
}

impl Scribe {
    /// Carries out these orders together. On error nothing was changed.
    pub async fn commit(
        &mut self,
        orders: &[&Order],
    ) -> Result<Vec<Result<Answer, Refusal>>, StoreError> {
        let transaction = self.begin().await?;
        let mut heads = self.lock_head(&transaction).await?;
        self.catch_up_to(&transaction, heads.log).await?;
        let mut found = self.look_up(&transaction, orders).await?;
        let names = std::mem::take(&mut found.names);
        let made = self.decide(orders, found, &mut heads)?;
        let answers = made.answers.clone();
        if made.entries.is_empty() && made.audit.is_empty() && made.kept.is_empty() {
            transaction.rollback().await?;
            return Ok(answers);
        }
        persist::write(&transaction, &made.entries, made.rows, &made.texts).await?;
        persist::write_audit(&transaction, made.audit).await?;
        persist::write_kept(&transaction, made.kept, self.clock.now()).await?;
        persist::write_head(&transaction, &heads).await?;
        transaction.commit().await?;
        self.publish(&made.entries, &made.texts, &names, heads.log);
        Ok(answers)
    }

    /// Looks for events that other servers committed.
    pub async fn catch_up(&mut self) -> Result<(), StoreError> {
        let row = log_head::Entity::find_by_id(ONLY_ROW)
            .one(&self.store.read)
            .await?;
        let head = Heads::from(row.ok_or_else(no_head)?).log;
        if head.position == self.board.head().position {
            return Ok(());
        }
        let snapshot = self.store.read.begin().await?;
        self.catch_up_to(&snapshot, head).await?;
        Ok(snapshot.commit().await?)
    }

    async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: self
                .store
                .is_sqlite()
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.store.write.begin_with_options(options).await?)
    }

    async fn lock_head(&self, transaction: &DatabaseTransaction) -> Result<Heads, StoreError> {
        let mut find = log_head::Entity::find_by_id(ONLY_ROW);
        if !self.store.is_sqlite() {
            find = find.lock(LockType::Update);
        }
        find.one(transaction)
            .await?
            .map(Heads::from)
            .ok_or_else(no_head)
    }

    /// Puts on the board what was committed elsewhere since the board's position.
    async fn catch_up_to(
        &self,
        transaction: &DatabaseTransaction,
        head: Head,
    ) -> Result<(), StoreError> {
        let known = self.board.head();
        if known.position == head.position {
            return Ok(());
        }
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(known.position))
            .filter(event::Column::Position.lte(head.position))
            .order_by_asc(event::Column::Position)
            .all(transaction)
            .await?;
        let entries: Vec<Arc<Entry>> = rows
            .into_iter()
            .map(|row| entry_of(&row, head.epoch).map(Arc::new))
            .collect::<Result<_, _>>()?;
        if entries
            .first()
            .is_none_or(|first| first.position != known.position + 1)
        {
            let problem = format!("what follows position {} is gone; restart", known.position);
            return Err(StoreError::Row {
                table: "events",
                problem,
            });
        }
        let started: Vec<_> = entries
            .iter()
            .filter(|entry| matches!(entry.change, Change::ConversationStarted))
            .filter_map(|entry| entry.conversation().map(|c| (c.id, c.customer)))
            .collect();
        let mut names = names_of(transaction, &started).await?;
        self.board.update(|board| {
            for entry in &entries {
                let named = entry.conversation().and_then(|c| match entry.change {
                    Change::ConversationStarted => names.remove(&c.id),
                    _ => None,
                });
                // A customer who came back may have brought another name.
                let name = named.as_ref().and_then(|named| named.customer.clone());
                board.apply(entry, named);
                if let (Some(name), Some(conversation)) = (name, entry.conversation()) {
                    board.rename(conversation.customer, &name);
                }
            }
        });
        self.log.push(&entries, head);
        Ok(())
    }

    async fn look_up(
        &self,
        transaction: &DatabaseTransaction,
        orders: &[&Order],
    ) -> Result<LookedUp, StoreError> {
        let mut found = LookedUp::default();
        let named: Vec<ConversationId> = self.board.read(|board| {
            let ids = orders
                .iter()
                .filter_map(|order| named_conversations(&order.command));
            ids.filter(|id| !board.world.conversations.contains_key(id))
                .collect()
        });
        if !named.is_empty() {
            let rows = conversation::Entity::find()
                .filter(conversation::Column::Id.is_in(named))
                .all(transaction)
                .await?;
            for row in rows {
                found.closed.push(Arc::new(parse_image(&row.image)?));
            }
        }
        let keys: Vec<&str> = orders
            .iter()
            .filter_map(|order| match &order.command {
                Command::Start(start) => start.customer_key.as_deref(),
                _ => None,
            })
            .collect();
        if !keys.is_empty() {
            let rows = customer::Entity::find()
                .filter(customer::Column::Key.is_in(keys))
                .all(transaction)
                .await?;
            for row in rows {
                if let Some(name) = row.name {
                    found.names.insert(row.id, name.into());
                }
                if let Some(key) = row.key {
                    found.customers.insert(key.into(), row.id);
                }
            }
        }
        let keys: Vec<&str> = orders
            .iter()
            .filter_map(|order| Some(order.idempotency.as_ref()?.key.as_str()))
            .collect();
        if !keys.is_empty() {
            let rows = idempotency::Entity::find()
                .filter(idempotency::Column::Key.is_in(keys))
                .all(transaction)
                .await?;
            for row in rows {
                let kept = Kept {
                    mutation: row.mutation,
                    input: row.input_hash,
                    outcome: serde_json::from_str(&row.outcome)
                        .map_err(StoreError::row("idempotency"))?,
                };
                found.kept.insert((row.subject, row.key), kept);
            }
        }
        Ok(found)
    }

    /// Decides each order against what the earlier ones left. Pure but for the clock.
    fn decide(
        &self,
        orders: &[&Order],
        found: LookedUp,
        heads: &mut Heads,
    ) -> Result<Made, StoreError> {
        let board = self.board.guard();
        let now = self.clock.now();
        let mut bench = Bench {
            board: &board,
            draft: Draft::new(&board.world),
            found,
            now,
        };
        for closed in std::mem::take(&mut bench.found.closed) {
            bench.draft.remember_closed(closed);
        }
        let mut made = Made::default();
        for order in orders {
            let answer = bench.one(order, heads, &mut made)?;
            made.answers.push(answer);
        }
        bench.settle(&mut made)?;
        Ok(made)
    }

    fn publish(
        &self,
        entries: &[Arc<Entry>],
        texts: &[Text],
        known: &HashMap<CustomerId, Arc<str>>,
        head: Head,
    ) {
        if entries.is_empty() {
            return;
        }
        let mut names: HashMap<ConversationId, Names> = HashMap::new();
        let mut renamed: HashMap<CustomerId, Arc<str>> = HashMap::new();
        for text in texts {
            match text {
                Text::Subject(id, subject) => {
                    names.entry(*id).or_default().subject = Some(subject.clone());
                }
                Text::Customer {
                    id,
                    name: Some(name),
                    ..
                } => {
                    renamed.insert(*id, name.clone());
                }
                Text::Customer { .. } | Text::Message(..) => {}
            }
        }
        self.board.update(|board| {
            for entry in entries {
                let started = matches!(entry.change, Change::ConversationStarted);
                let named = entry.conversation().filter(|_| started).map(|c| Names {
                    customer: renamed
                        .get(&c.customer)
                        .or_else(|| known.get(&c.customer))
                        .cloned(),
                    ..names.remove(&c.id).unwrap_or_default()
                });
                board.apply(entry, named);
            }
            for (customer, name) in &renamed {
                board.rename(*customer, name);
            }
        });
        self.log.push(entries, head);
    }
}

/// Where the orders of one batch are decided.
struct Bench<'b> {
    board: &'b BoardState,
    draft: Draft<'b>,
    found: LookedUp,
    now: DateTime<Utc>,
}

impl Bench<'_> {
    fn one(
        &mut self,
        order: &Order,
        heads: &mut Heads,
        made: &mut Made,
    ) -> Result<Result<Answer, Refusal>, StoreError> {
        let viewer = match &order.asker {
            Asker::Viewer(viewer) => Some(&**viewer),
            Asker::System => None,
        };
        if let Some(repeat) = viewer.and_then(|viewer| self.repeat(order, viewer)) {
            return Ok(repeat);
        }
        let mut command = order.command.clone();
        self.settle_customer(&mut command);
        let id = match &command {
            Command::Act { conversation, .. } => Some(*conversation),
            _ => None,
        };
        let before = id.and_then(|id| self.draft.conversation(id).cloned());
        let decided = decide(
            &self.draft,
            &order.asker,
            &command,
            order.expected_version,
            self.now,
        );
        if let Some(viewer) = viewer {
            let decision = decided.as_ref().ok();
            let actor = decision.map(|decision| &decision.actor);
            let after = decision.and_then(|decision| decision.outcome.conversation.as_deref());
            if let Some(role) = audit::role_of(viewer, &command, actor) {
                let note = audit::Note {
                    viewer,
                    command: &command,
                    reason: order.reason.as_deref(),
                    before: before.as_deref(),
                    after,
                    refusal: decided.as_ref().err().map(Refusal::code),
                };
                made.audit
                    .push(audit::next_row(heads, &note, role, self.now)?);
            }
        }
        let decision = match decided {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let outcome = self.take(decision, heads, made)?;
        if let (Some(viewer), Some(idempotency)) = (viewer, &order.idempotency) {
            let kept = Kept {
                mutation: idempotency.mutation.clone(),
                input: idempotency.input.clone(),
                outcome: outcome.clone(),
            };
            let key = (viewer.subject().to_string(), idempotency.key.clone());
            self.found.kept.insert(key.clone(), kept.clone());
            made.kept.push((key.0, key.1, kept));
        }
        let visible = self.visible(viewer, &outcome);
        Ok(Ok(Answer { outcome, visible }))
    }

    /// The answer to an order that was carried out before under its key.
    fn repeat(&self, order: &Order, viewer: &Viewer) -> Option<Result<Answer, Refusal>> {
        let idempotency = order.idempotency.as_ref()?;
        let key = (viewer.subject().to_string(), idempotency.key.clone());
        let kept = self.found.kept.get(&key)?;
        if kept.mutation != idempotency.mutation || kept.input != idempotency.input {
            return Some(Err(Refusal::IdempotencyKeyReused));
        }
        let outcome = kept.outcome.clone();
        let visible = self.visible(Some(viewer), &outcome);
        Some(Ok(Answer { outcome, visible }))
    }

    fn visible(&self, viewer: Option<&Viewer>, outcome: &Outcome) -> bool {
        let Some((viewer, then)) = viewer.zip(outcome.conversation.as_ref()) else {
            return false;
        };
        let now = self.draft.conversation(then.id).unwrap_or(then);
        let agent = self.draft.agent_of(viewer.subject()).map(|agent| &**agent);
        policy::sees(viewer, agent, now).any()
    }

    /// A customer whose key is known keeps the id of the first time.
    fn settle_customer(&mut self, command: &mut Command) {
        let Command::Start(start) = command else {
            return;
        };
        let Some(key) = &start.customer_key else {
            return;
        };
        start.customer = *self
            .found
            .customers
            .entry(key.clone())
            .or_insert(start.customer);
    }

    /// Gives the decision's events their places in the log, and goes on from there.
    fn take(
        &mut self,
        decision: Decision,
        heads: &mut Heads,
        made: &mut Made,
    ) -> Result<Outcome, StoreError> {
        for event in decision.events {
            let position = heads.log.position + 1;
            let change = serde_json::to_string(&event.change).map_err(StoreError::row("events"))?;
            let after = serde_json::to_string(&event.after).map_err(StoreError::row("events"))?;
            let hash = chain(heads.log.hash, position, &change, &after);
            heads.log = Head {
                position,
                hash,
                ..heads.log
            };
            let entry = Entry {
                epoch: heads.log.epoch,
                position,
                at: self.now,
                actor: decision.actor.clone(),
                change: event.change.clone(),
                after: event.after.clone(),
                before: event.before.clone(),
                hash,
            };
            let before = event
                .conversation()
                .filter(|_| !matches!(event.change, Change::ConversationStarted))
                .and_then(|c| self.draft.conversation(c.id).cloned());
            made.rows.add(&entry, before.as_deref());
            made.rows
                .events
                .push(persist::event_row(&entry, change, after)?);
            made.entries.push(Arc::new(entry));
            self.draft.absorb(std::slice::from_ref(&event));
        }
        made.texts.extend(decision.texts);
        Ok(Outcome {
            position: heads.log.position,
            hash: heads.log.hash,
            ..decision.outcome
        })
    }

    /// Adds, once for each conversation that changed, the rows that show how it ends up.
    fn settle(&self, made: &mut Made) -> Result<(), StoreError> {
        let mut last: HashMap<ConversationId, (&Arc<Conversation>, i64)> = HashMap::new();
        for entry in &made.entries {
            if let After::Conversation(conversation) = &entry.after {
                last.insert(conversation.id, (conversation, entry.position));
            }
        }
        let mut last: Vec<_> = last.into_values().collect();
        last.sort_by_key(|(_, position)| *position);
        for (conversation, position) in last {
            let before = self.board.world.conversations.get(&conversation.id);
            let subject = made.texts.iter().find_map(|text| match text {
                Text::Subject(id, subject) if *id == conversation.id => Some(&**subject),
                _ => None,
            });
            made.rows
                .settle(before.map(|c| &**c), conversation, subject, position)?;
        }
        Ok(())
    }
}

/// Conversations that a command names: what it acts on, and what it continues.
fn named_conversations(command: &Command) -> Option<ConversationId> {
    match command {
        Command::Act { conversation, .. }
        | Command::TimerDue { conversation, .. }
        | Command::AccessLost { conversation, .. } => Some(*conversation),
        Command::Start(start) => start.previous,
        Command::SetPresence(_) | Command::Manage(_) | Command::AgentDisconnected(_) => None,
    }
}
