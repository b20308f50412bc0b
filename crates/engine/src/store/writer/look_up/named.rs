//! Customers whom commands name, by an id or by a key.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::sea_query::Order as Direction;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::Lookup;
use super::customers::merged_into;
use crate::board::Board;
use crate::store::StoreError;
use crate::store::load::parse_image;
use crate::store::order::Order;
use domain::{
    Asker, Command, CustomerId, CustomerKey, CustomerRef, KnownCustomer, Manage, Source, Viewer,
};
use entity::tables::{conversation, customer, customer_key, customer_source};

/// How orders name customers, each with who asks.
fn named<'a>(orders: &'a [&Order]) -> Vec<(CustomerRef, Option<&'a Viewer>)> {
    let mut named = Vec::new();
    for order in orders {
        let viewer = match &order.asker {
            Asker::Viewer(viewer) => Some(&**viewer),
            Asker::System => None,
        };
        match &order.command {
            Command::UpdateCustomer(update) => named.push((update.customer.clone(), viewer)),
            Command::Manage(Manage::EraseCustomer(erase)) => named.push((erase.0.clone(), viewer)),
            Command::Manage(Manage::MergeCustomers(merge)) => {
                let both = [merge.merged, merge.surviving].map(CustomerRef::Id);
                named.extend(both.map(|one| (one, viewer)));
            }
            _ => {}
        }
    }
    named
}

/// Looks up the customers whom these orders name, what is known of them, and of each without anything ongoing the
/// conversation that started last.
pub(super) async fn look_up(
    transaction: &DatabaseTransaction,
    board: &Board,
    orders: &[&Order],
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let named = named(orders);
    if named.is_empty() {
        return Ok(());
    }
    // Few: people name customers, and gateways that change them.
    let mut ids: HashMap<CustomerRef, CustomerId> = HashMap::new();
    for (one, viewer) in named {
        let id = match &one {
            CustomerRef::Id(id) => Some(*id),
            CustomerRef::Key(key) => by_key(transaction, key, viewer).await?,
        };
        ids.extend(id.map(|id| (one, id)));
    }
    let survivors = survivors(transaction, ids.values().copied()).await?;
    let mut known = known(transaction, survivors.values().copied()).await?;
    for customer in known.values_mut() {
        last(transaction, board, customer, found).await?;
        found
            .customers
            .names
            .insert(customer.id, customer.name.clone());
    }
    for (one, id) in ids {
        let survivor = survivors.get(&id).and_then(|id| known.get(id));
        let named = survivor.map(|known| (one, known.clone()));
        found.customers.named.extend(named);
    }
    Ok(())
}

/// The customer with this key; of one from before there were sources, under the source or the asking gateway's subject.
async fn by_key(
    transaction: &DatabaseTransaction,
    key: &CustomerKey,
    viewer: Option<&Viewer>,
) -> Result<Option<CustomerId>, StoreError> {
    let own = (
        key.source.to_string(),
        key.key.to_string(),
        key.scope().to_owned(),
    );
    let row = customer_key::Entity::find_by_id(own);
    if let Some(row) = row.one(transaction).await? {
        return Ok(Some(row.customer_id));
    }
    let subject = viewer
        .filter(|viewer| viewer.access().source() == Some(&key.source))
        .map(|viewer| viewer.subject().as_str());
    for gateway in [Some(key.source.as_str()), subject].into_iter().flatten() {
        let row = customer::Entity::find()
            .filter(customer::Column::Gateway.eq(gateway))
            .filter(customer::Column::Key.eq(&*key.key))
            .one(transaction)
            .await?;
        if let Some(row) = row {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// Who these are by now; those who are there.
async fn survivors(
    transaction: &DatabaseTransaction,
    ids: impl Iterator<Item = CustomerId>,
) -> Result<HashMap<CustomerId, CustomerId>, StoreError> {
    let rows: Vec<(CustomerId, Option<CustomerId>)> = customer::Entity::find()
        .select_only()
        .columns([customer::Column::Id, customer::Column::MergedIntoId])
        .filter(customer::Column::Id.is_in(ids))
        .into_tuple()
        .all(transaction)
        .await?;
    let survivors = rows.into_iter().map(|(id, into)| (id, into.unwrap_or(id)));
    Ok(survivors.collect())
}

async fn known(
    transaction: &DatabaseTransaction,
    ids: impl Iterator<Item = CustomerId>,
) -> Result<BTreeMap<CustomerId, KnownCustomer>, StoreError> {
    let ids: BTreeSet<CustomerId> = ids.collect();
    let rows = customer::Entity::find()
        .filter(customer::Column::Id.is_in(ids.iter().copied()))
        .all(transaction)
        .await?;
    let known = rows.into_iter().map(|row| {
        let known = KnownCustomer {
            name: row.name.map(Into::into),
            erased_at: row.erased_at,
            ..KnownCustomer::new(row.id)
        };
        (row.id, known)
    });
    let mut known: BTreeMap<_, _> = known.collect();
    let rows = customer_source::Entity::find()
        .filter(customer_source::Column::CustomerId.is_in(ids))
        .all(transaction)
        .await?;
    for row in rows {
        let (Some(known), Some(source)) =
            (known.get_mut(&row.customer_id), Source::new(&row.source))
        else {
            continue;
        };
        if row.before_sources {
            known.before.insert(source);
        } else {
            known.sources.insert(source);
        }
    }
    Ok(known)
}

/// The conversation of theirs that started last, where nothing of theirs is ongoing.
async fn last(
    transaction: &DatabaseTransaction,
    board: &Board,
    customer: &mut KnownCustomer,
    found: &mut Lookup,
) -> Result<(), StoreError> {
    let id = customer.id;
    if board.read(|board| board.world.of_customer(id).next().is_some()) {
        return Ok(());
    }
    let others = merged_into(transaction, [id].into_iter()).await?;
    let ids = [id].into_iter().chain(others.into_iter().map(|(id, _)| id));
    let ids = Condition::all().add(conversation::Column::CustomerId.is_in(ids));
    // Ids grow with time.
    let row = conversation::Entity::find()
        .filter(ids)
        .order_by(conversation::Column::Id, Direction::Desc)
        .one(transaction)
        .await?;
    if let Some(row) = row {
        customer.last = Some(row.id);
        found.closed.push(Arc::new(parse_image(&row.image)?));
    }
    Ok(())
}
