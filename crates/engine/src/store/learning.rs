//! What supervisors corrected, and what the scorer learnt from labels.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Store, StoreError};
use domain::sentiment::level_of;
use domain::{MessageId, ScoreSource, SentimentLevel};
use entity::tables::{message, sentiment_adapter};

/// How many corrections are read at once.
const ROWS: u64 = 200;

/// A message of a customer of which a supervisor said how it feels.
#[derive(Clone, Debug, PartialEq)]
pub struct Corrected {
    /// Which.
    pub message: MessageId,
    /// What it says.
    pub text: String,
    /// How it feels.
    pub level: SentimentLevel,
    /// Its language, as far as the scorer told.
    pub language: Option<String>,
}

impl Store {
    /// The next corrected messages in the order of their ids; none: there are no more. [`Store::audit_corrections`] is called first.
    pub async fn corrected(&self, after: Option<MessageId>) -> Result<Vec<Corrected>, StoreError> {
        use message::Column as C;
        let rows = message::Entity::find()
            .filter(C::ScoreSource.eq(ScoreSource::Supervisor))
            .filter(C::Text.is_not_null())
            .filter(Condition::all().add_option(after.map(|after| C::Id.gt(after))))
            .order_by_asc(C::Id)
            .limit(ROWS)
            .all(&self.read)
            .await?;
        let corrected = rows.into_iter().filter_map(|row| {
            Some(Corrected {
                message: row.id,
                text: row.text?,
                level: level_of(row.score),
                language: row.language,
            })
        });
        Ok(corrected.collect())
    }

    /// What the scorer is to know, and its version; none: nothing was ever learnt. Empty weights: nothing any more.
    pub async fn adapter(&self) -> Result<Option<(i32, String)>, StoreError> {
        let newest = sentiment_adapter::Entity::find()
            .order_by_desc(sentiment_adapter::Column::Version)
            .one(&self.read)
            .await?;
        Ok(newest.map(|row| (row.version, row.weights)))
    }

    /// The version of the newest adapter; 0: there is none.
    pub async fn adapter_version(&self) -> Result<i32, StoreError> {
        let newest: Option<i32> = sentiment_adapter::Entity::find()
            .select_only()
            .column(sentiment_adapter::Column::Version)
            .order_by_desc(sentiment_adapter::Column::Version)
            .into_tuple()
            .one(&self.read)
            .await?;
        Ok(newest.unwrap_or(0))
    }

    /// Adds what was learnt from so many labels, and says its version. Two at once: one of them fails.
    pub async fn add_adapter(
        &self,
        labels: usize,
        weights: String,
        now: DateTime<Utc>,
    ) -> Result<i32, StoreError> {
        let version = self.adapter_version().await? + 1;
        let row = sentiment_adapter::ActiveModel {
            version: Set(version),
            made_at: Set(now),
            labels: Set(i32::try_from(labels).unwrap_or(i32::MAX)),
            weights: Set(weights),
        };
        let transaction = self.write.begin().await?;
        sentiment_adapter::Entity::insert(row)
            .exec_without_returning(&*transaction)
            .await?;
        transaction.commit().await?;
        Ok(version)
    }
}
