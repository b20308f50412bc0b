//! Fills a database with history, in bulk: orders carried out at an instant that is given.
//!
//! By the writer's own rules, rows and chain of hashes, so what is imported is what would have
//! been written then. It must not run beside a server on the same database: nothing is published,
//! and the board that it decides on is its own.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use sea_orm::EntityTrait as _;

use super::deciding::decide_all;
use super::look_up::Lookup;
use super::persist;
use crate::board::State;
use crate::store::load::{Heads, ONLY_ROW, no_head};
use crate::store::order::{Answer, Order};
use crate::store::{Store, StoreError, reassessing};
use domain::Revocations;
use domain::{Refusal, World};
use entity::tables::log_head;

/// What becomes of the events of imported orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// They are in the log.
    Kept,
    /// Their retention has ended: the log begins after them. Only before anything that is kept.
    Forgotten,
}

/// An import that runs.
#[derive(Debug)]
pub struct Import {
    store: Store,
    state: State,
    heads: Heads,
}

impl Import {
    /// Begins where this database stands.
    pub async fn begin(store: &Store) -> Result<Self, StoreError> {
        let row = log_head::Entity::find_by_id(ONLY_ROW)
            .one(&store.read)
            .await?;
        Ok(Self {
            store: store.clone(),
            state: store.load().await?,
            heads: Heads::from(row.ok_or_else(no_head)?),
        })
    }

    /// What there is, as the next orders find it.
    pub const fn world(&self) -> &World {
        &self.state.world
    }

    /// Carries out these orders in one transaction, each against what the earlier ones left, all at
    /// this instant, to the microsecond as the clock has it. Orders about conversations that are
    /// closed, and idempotency keys of earlier orders, are not looked up.
    pub async fn take(
        &mut self,
        orders: &[Order],
        now: DateTime<Utc>,
        history: History,
    ) -> Result<Vec<Result<Answer, Refusal>>, StoreError> {
        let now = now
            .duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now);
        let orders: Vec<&Order> = orders.iter().collect();
        let mut heads = self.heads.clone();
        let found = Lookup::default();
        // What is brought in was done by nobody's token.
        let none = Revocations::default();
        let mut made = decide_all(&self.state, &none, found, &orders, &mut heads, now)?;
        let mut rows = std::mem::take(&mut made.rows);
        if history == History::Forgotten {
            rows.events.clear();
        }
        let transaction = self.store.write.begin().await?;
        // Each customer is new.
        let known = HashMap::new();
        persist::write(
            &transaction,
            &self.store.hashes,
            &made.entries,
            rows,
            &made.texts,
            &known,
        )
        .await?;
        persist::write_audit(&transaction, std::mem::take(&mut made.audit)).await?;
        persist::write_kept(&transaction, std::mem::take(&mut made.kept), now).await?;
        if let Some(left) = made.left {
            reassessing::write(&transaction, left).await?;
        }
        persist::write_head(&transaction, &heads).await?;
        transaction.commit().await?;
        for entry in &made.entries {
            self.state.apply(entry, None);
        }
        self.heads = heads;
        Ok(made.answers)
    }
}
