//! Providers' ids as keyed hashes: what is stored of them beside the message, and what is looked up.

use hmac::{Hmac, Mac as _};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use sha2::Sha256;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::StoreError;
use super::load::ONLY_ROW;
use domain::ExternalId;
use entity::tables::external_id_key::Entity;

/// Hashes providers' ids by the database's own key, which is read when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Hashes(OnceCell<Vec<u8>>);

impl Hashes {
    /// The hashes of these, in their order.
    pub(super) async fn of(
        &self,
        db: &impl ConnectionTrait,
        these: &[&ExternalId],
    ) -> Result<Vec<Uuid>, StoreError> {
        if these.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.0.get_or_try_init(|| read(db)).await?;
        these.iter().map(|external| hash(key, external)).collect()
    }
}

async fn read(db: &impl ConnectionTrait) -> Result<Vec<u8>, StoreError> {
    let row = Entity::find_by_id(ONLY_ROW).one(db).await?;
    Ok(row.ok_or_else(|| bad("the row is missing"))?.bytes)
}

fn hash(key: &[u8], external: &ExternalId) -> Result<Uuid, StoreError> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(key).map_err(|_| bad("the key is none"))?;
    // Neither a source nor a channel has U+0000 in it.
    for part in [external.source.as_str(), external.channel.as_str()] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.update(external.id.as_bytes());
    let hash = mac.finalize().into_bytes();
    hash.first_chunk()
        .map(|half| Uuid::from_bytes(*half))
        .ok_or_else(|| bad("the hash is too short"))
}

fn bad(problem: &str) -> StoreError {
    StoreError::Row {
        table: "external_id_keys",
        problem: problem.to_owned(),
    }
}
