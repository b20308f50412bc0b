//! Keeps the tokens that were taken back in memory, on every server of a database: what another server
//! writes is here a third of a second later, what this one writes before it is answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::auth::Revocations;
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// How often the rows of other servers are looked for.
const EVERY: Duration = Duration::from_millis(300);

/// What was taken back, and how far the rows were read.
#[derive(Debug)]
pub(super) struct Revoking {
    pub(super) revocations: Arc<Revocations>,
    read_to: Mutex<i64>,
}

impl Revoking {
    /// With everything that is there now.
    pub(super) async fn load(store: &Store) -> Result<Self, StoreError> {
        let revoking = Self {
            revocations: Arc::default(),
            read_to: Mutex::new(0),
        };
        revoking.look(store).await?;
        Ok(revoking)
    }

    /// Takes in what was written since the last time.
    pub(super) async fn look(&self, store: &Store) -> Result<(), StoreError> {
        let mut read_to = self.read_to.lock().await;
        for (number, revocation) in store.list_revocations_after(*read_to).await? {
            self.revocations.add(number, revocation);
            *read_to = number;
        }
        Ok(())
    }

    /// Looks for ever.
    pub(super) async fn run(self: Arc<Self>, store: Store, clock: Clock) {
        let mut failing = false;
        loop {
            sleep(EVERY).await;
            let looked = self.look(&store).await;
            if let Err(error) = &looked
                && !failing
            {
                tracing::warn!(%error, "cannot look for tokens that other servers took back");
            }
            failing = looked.is_err();
            self.revocations.prune(clock.now());
        }
    }
}
