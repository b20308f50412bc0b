//! Customers whom gateways name by their keys.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::Order as Direction;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{KnownNames, Lookup};
use crate::board::Board;
use crate::store::StoreError;
use crate::store::load::parse_image;
use crate::store::order::Order;
use domain::commands::{Start, receive};
use domain::{
    Asker, Channel, Command, CustomerId, CustomerKey, CustomerRef, KnownCustomer, Viewer,
};
use entity::tables::{conversation, customer, customer_key};

/// The customers whom orders name.
#[derive(Default)]
pub(in crate::store::writer) struct Customers {
    known: HashMap<CustomerKey, CustomerId>,
    /// Those from before there were sources, by the subject of their gateway and their key.
    before: HashMap<(String, String), CustomerId>,
    /// The names by which they are known.
    pub names: KnownNames,
    /// Those whom commands name, however they do.
    pub named: Vec<(CustomerRef, KnownCustomer)>,
    /// Ids of what is not ongoing that were merged, and into whom.
    pub merged: Vec<(CustomerId, CustomerId)>,
}

impl Customers {
    /// The customer with this key of this gateway: the one that is known by it, under its source or, from before, its
    /// subject; else this new one, from now on.
    pub fn settle(&mut self, gateway: &Viewer, key: CustomerKey, new: CustomerId) -> CustomerId {
        let before = self.find_before(gateway, &key);
        *self.known.entry(key).or_insert(before.unwrap_or(new))
    }

    fn find(&self, gateway: &Viewer, key: &CustomerKey) -> Option<CustomerId> {
        let known = self.known.get(key).copied();
        known.or_else(|| self.find_before(gateway, key))
    }

    fn find_before(&self, gateway: &Viewer, key: &CustomerKey) -> Option<CustomerId> {
        let under = |gateway: &str| {
            let own = (gateway.to_owned(), key.key.to_string());
            self.before.get(&own).copied()
        };
        under(key.source.as_str()).or_else(|| under(gateway.subject().as_str()))
    }
}

/// The keys that orders name, each with its gateway and how its conversation would start.
fn named<'a>(orders: &'a [&Order]) -> impl Iterator<Item = (&'a Viewer, &'a Start, CustomerKey)> {
    orders.iter().filter_map(|order| {
        let Asker::Viewer(viewer) = &order.asker else {
            return None;
        };
        let start = match &order.command {
            Command::Start(start) => &**start,
            Command::Receive(receive) => &receive.start,
            _ => return None,
        };
        Some((&**viewer, start, start.key(viewer)?))
    })
}

/// The customers who are known by these keys.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    orders: &[&Order],
) -> Result<Customers, StoreError> {
    let mut found = Customers::default();
    let asked: HashSet<CustomerKey> = named(orders).map(|(_, _, key)| key).collect();
    if asked.is_empty() {
        return Ok(found);
    }
    by_key(transaction, &asked, &mut found).await?;
    let unknown = named(orders).filter(|(_, _, key)| !found.known.contains_key(key));
    let mut before: HashMap<&str, Vec<String>> = HashMap::new();
    let unknown: Vec<_> = unknown.collect();
    for (viewer, _, key) in &unknown {
        for gateway in [key.source.as_str(), viewer.subject().as_str()] {
            before.entry(gateway).or_default().push(key.key.to_string());
        }
    }
    if before.is_empty() {
        return Ok(found);
    }
    let any = before
        .into_iter()
        .fold(Condition::any(), |any, (gateway, keys)| {
            let own = customer::Column::Gateway.eq(gateway);
            any.add(own.and(customer::Column::Key.is_in(keys)))
        });
    let rows = customer::Entity::find()
        .filter(any)
        .all(transaction)
        .await?;
    for row in rows {
        // The row of one who was merged has the survivor's name.
        let id = row.merged_into_id.unwrap_or(row.id);
        found.names.insert(id, row.name.map(Into::into));
        if let (Some(gateway), Some(key)) = (row.gateway, row.key) {
            found.before.insert((gateway, key), id);
        }
    }
    Ok(found)
}

async fn by_key(
    transaction: &DatabaseTransaction,
    asked: &HashSet<CustomerKey>,
    found: &mut Customers,
) -> Result<(), StoreError> {
    use customer_key::Column as C;
    let mut sources: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    for key in asked {
        let keys = sources
            .entry((key.source.as_str(), key.scope()))
            .or_default();
        keys.push(&key.key);
    }
    let any = sources
        .into_iter()
        .fold(Condition::any(), |any, ((source, scope), keys)| {
            let own = C::Source.eq(source).and(C::Scope.eq(scope));
            any.add(own.and(C::Key.is_in(keys)))
        });
    let rows = customer_key::Entity::find()
        .filter(any)
        .find_also_related(customer::Entity)
        .all(transaction)
        .await?;
    for (row, customer) in rows {
        let name = customer.and_then(|customer| customer.name);
        found.names.insert(row.customer_id, name.map(Into::into));
        let source = asked.iter().find(|key| key.source.as_str() == row.source);
        let Some(source) = source.map(|key| key.source.clone()) else {
            continue;
        };
        let key = CustomerKey {
            source,
            channel: Channel::parse(&row.scope),
            key: row.key.into(),
        };
        found.known.insert(key, row.customer_id);
    }
    Ok(())
}

/// Adds, of each customer who wrote and has nothing ongoing there, the conversation that closed last: the one that
/// starts will continue it.
pub(super) async fn last_closed(
    transaction: &DatabaseTransaction,
    board: &Board,
    orders: &[&Order],
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let mut asked = Vec::new();
    for (viewer, start, key) in receiving(orders) {
        let Some(customer) = found.customers.find(viewer, &key) else {
            continue;
        };
        let running = board.read(|board| {
            let mut theirs = board.world.of_customer(customer);
            theirs.any(|c| receive::takes(c, start.channel, viewer))
        });
        if !running {
            asked.push((customer, start.channel));
        }
    }
    let others = merged_into(transaction, asked.iter().map(|(id, _)| *id)).await?;
    for (customer, channel) in asked {
        let merged = others.iter().filter(|(_, into)| *into == customer);
        let ids: Vec<_> = [customer]
            .into_iter()
            .chain(merged.map(|(id, _)| *id))
            .collect();
        let row = conversation::Entity::find()
            .filter(conversation::Column::CustomerId.is_in(ids))
            .filter(conversation::Column::Channel.eq(channel))
            .filter(conversation::Column::ClosedAt.is_not_null())
            .order_by(conversation::Column::ClosedAt, Direction::Desc)
            .one(transaction)
            .await?;
        if let Some(row) = row {
            found.closed.push(Arc::new(parse_image(&row.image)?));
        }
    }
    found.customers.merged.extend(others);
    Ok(())
}

/// Adds whom customers became whose earlier conversations are read, as these are in `found`.
pub(super) async fn became(
    transaction: &DatabaseTransaction,
    orders: &[&Order],
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let earlier = orders.iter().filter_map(|order| match order.command {
        Command::ReadEarlier { earlier, .. } => Some(earlier),
        _ => None,
    });
    let earlier: HashSet<_> = earlier.collect();
    let read = found.closed.iter().filter(|c| earlier.contains(&c.id));
    let customers: HashSet<_> = read.map(|c| c.customer).collect();
    if customers.is_empty() {
        return Ok(());
    }
    let rows: Vec<(CustomerId, Option<CustomerId>)> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::MergedIntoId])
        .filter(customer::Column::Id.is_in(customers))
        .into_tuple()
        .all(transaction)
        .await?;
    let merged = rows.into_iter().filter_map(|(id, into)| Some((id, into?)));
    found.customers.merged.extend(merged);
    Ok(())
}

/// The ids that were merged into these customers, each with into whom.
pub(super) async fn merged_into(
    transaction: &DatabaseTransaction,
    customers: impl Iterator<Item = CustomerId>,
) -> Result<Vec<(CustomerId, CustomerId)>, StoreError> {
    let customers: Vec<_> = customers.collect();
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let rows = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::MergedIntoId])
        .filter(customer::Column::MergedIntoId.is_in(customers))
        .into_tuple();
    Ok(rows.all(transaction).await?)
}

/// The keys that orders name which bring a message wherever it belongs.
fn receiving<'a>(
    orders: &'a [&Order],
) -> impl Iterator<Item = (&'a Viewer, &'a Start, CustomerKey)> {
    let receiving = orders.iter();
    let receiving = receiving.filter(|order| matches!(order.command, Command::Receive(_)));
    receiving.flat_map(|order| named(std::slice::from_ref(order)))
}
