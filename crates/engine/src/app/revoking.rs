//! Keeps the tokens that were taken back in memory, on every server of a database: what another server
//! writes is here a third of a second later. What this one writes, its writer adds before it is answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::clock::Clock;
use crate::store::{Outage, Store, StoreError};
use domain::Revocations;

/// How often the rows of other servers are looked for.
const EVERY: Duration = Duration::from_millis(300);

/// What was taken back, and how far the rows were read.
#[derive(Debug)]
pub(super) struct Revoking {
    revocations: Arc<Revocations>,
    read_to: i64,
}

impl Revoking {
    /// With everything that is there now.
    pub(super) async fn load(
        revocations: Arc<Revocations>,
        store: &Store,
    ) -> Result<Self, StoreError> {
        let mut revoking = Self {
            revocations,
            read_to: 0,
        };
        revoking.look(store).await?;
        Ok(revoking)
    }

    /// Takes in what was written since the last time. A row that cannot be read is told of once, and must
    /// not keep those after it away.
    async fn look(&mut self, store: &Store) -> Result<(), StoreError> {
        for (number, read) in store.list_revocations_after(self.read_to).await? {
            match read {
                Ok(revocation) => self.revocations.add(number, revocation),
                Err(error) => {
                    tracing::error!(number, %error, "a revocation cannot be read, and takes nothing back");
                }
            }
            self.read_to = number;
        }
        Ok(())
    }

    /// Looks for ever.
    pub(super) async fn run(mut self, store: Store, clock: Clock) {
        let mut outage = Outage::of("look for tokens that other servers took back");
        loop {
            sleep(EVERY).await;
            outage.hears(&self.look(&store).await);
            self.revocations.prune(clock.now());
        }
    }
}
