//! A customer's closed conversations, for who handles them next.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::Order;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::Fetched;
use super::past::is_of;
use crate::store::Store;
use crate::store::load::parse_image;
use domain::policy::EARLIER;
use domain::{Conversation, CustomerId, EarlierReading, Source};
use entity::tables::conversation::{Column, Entity};
use entity::tables::earlier_reading;

/// Whose, under whichever id of theirs, and of which source; none: from before there were sources.
pub type Whose = (CustomerId, Option<Source>);

/// Of each of these, those that closed last, latest first: as many as the next agent may read.
pub async fn latest_closed(
    store: Store,
    whose: Vec<Whose>,
) -> Fetched<Whose, Vec<Arc<Conversation>>> {
    let mut found = HashMap::new();
    for (customer, source) in whose {
        let of_source = match &source {
            Some(source) => Column::Source.eq(source.as_str()),
            None => Column::Source.is_null(),
        };
        let images: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Image)
            .filter(is_of(customer))
            .filter(Column::ClosedAt.is_not_null())
            .filter(of_source)
            .order_by(Column::ClosedAt, Order::Desc)
            .order_by(Column::Id, Order::Desc)
            .limit(EARLIER as u64)
            .into_tuple()
            .all(&store.read)
            .await?;
        let images = images.iter().map(|image| Ok(Arc::new(parse_image(image)?)));
        let images = images.collect::<Result<Vec<_>, crate::store::StoreError>>()?;
        found.insert((customer, source), images);
    }
    Ok(found)
}

/// Which of these readings are known.
pub async fn readings(store: Store, asked: Vec<EarlierReading>) -> Fetched<EarlierReading, ()> {
    use earlier_reading::Column as C;
    let any = asked.iter().fold(Condition::any(), |any, reading| {
        let agent = C::AgentId.eq(reading.agent);
        let earlier = agent.and(C::EarlierId.eq(reading.earlier));
        any.add(earlier.and(C::ConversationId.eq(reading.conversation)))
    });
    let rows = earlier_reading::Entity::find().filter(any);
    let rows = rows.all(&store.read).await?;
    let known: HashSet<_> = rows
        .into_iter()
        .map(|row| EarlierReading {
            conversation: row.conversation_id,
            agent: row.agent_id,
            earlier: row.earlier_id,
        })
        .collect();
    Ok(known.into_iter().map(|reading| (reading, ())).collect())
}
