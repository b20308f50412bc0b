//! Rows of customers: names, keys, sources, and who was merged into whom.
//!
//! The row of a customer who was merged says into whom, and repeats the surviving customer's name and the words of it: so
//! whatever has the merged id finds the name, and is found by it, as if it had the other one. Keys and sources are the
//! survivor's alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};

use super::look_up::KnownNames;
use super::persist::insert;
use super::words;
use crate::log::Entry;
use crate::store::StoreError;
use crate::store::upsert::all_but;
use domain::{CustomerId, CustomerKey, Source, Text};
use entity::tables::{customer, customer_key, customer_source};

/// Writes the customers that these texts bring, and what is new of those who were there. `known` has the names of these.
pub(super) async fn write_customers(
    transaction: &DatabaseTransaction,
    texts: &[Text],
    entries: &[Arc<Entry>],
    known: &KnownNames,
) -> Result<(), StoreError> {
    use customer::Column as C;
    let Some(at) = entries.first().map(|entry| entry.at) else {
        return Ok(());
    };
    // One row a customer: the last name that is given holds.
    let mut customers: HashMap<CustomerId, customer::ActiveModel> = HashMap::new();
    let mut keys: HashMap<&CustomerKey, CustomerId> = HashMap::new();
    let mut sources: HashSet<(&Source, CustomerId)> = HashSet::new();
    for text in texts {
        let Text::Customer {
            id,
            key,
            source,
            name,
        } = text
        else {
            continue;
        };
        sources.extend(source.as_ref().map(|source| (source, *id)));
        if let Some(key) = key {
            keys.insert(key, *id);
        }
        let row = customers
            .entry(*id)
            .or_insert_with(|| customer::ActiveModel {
                id: Set(*id),
                gateway: Set(None),
                key: Set(None),
                name: Set(None),
                created_at: Set(at),
                erased_at: Set(None),
                merged_into_id: Set(None),
            });
        if let Some(name) = name {
            row.name = Set(Some(name.to_string()));
        }
    }
    let (named, nameless): (Vec<_>, Vec<_>) = customers
        .into_values()
        .partition(|row| row.name != Set(None));
    let rename = all_but::<customer::Entity>(&[
        C::Gateway,
        C::Key,
        C::CreatedAt,
        C::ErasedAt,
        C::MergedIntoId,
    ]);
    // A start without a name keeps the name that is known; updating the id to itself says so in
    // a way that both databases take.
    let keep = OnConflict::column(C::Id).update_column(C::Id).to_owned();
    let renamed = named.iter().filter_map(|row| match (&row.id, &row.name) {
        (Set(id), Set(Some(name))) => Some((*id, name.clone())),
        _ => None,
    });
    // Whoever is new was merged with nobody.
    let renamed = renamed.filter(|(id, name)| {
        let before = known.get(id);
        before.is_some_and(|before| before.as_deref() != Some(&**name))
    });
    let renamed: Vec<_> = renamed.collect();
    insert!(transaction, customer::Entity, named, Some(rename.clone()));
    insert!(transaction, customer::Entity, nameless, Some(keep.clone()));
    let keys = keys.into_iter().map(|(key, id)| customer_key::ActiveModel {
        source: Set(key.source.to_string()),
        key: Set(key.key.to_string()),
        scope: Set(key.scope().to_owned()),
        customer_id: Set(id),
    });
    let keys: Vec<_> = keys.collect();
    let latest = all_but::<customer_key::Entity>(&[]);
    insert!(
        transaction,
        customer_key::Entity,
        keys,
        Some(latest.clone())
    );
    let sources = sources.into_iter().map(|(source, id)| row_of(source, id));
    let sources: Vec<_> = sources.collect();
    insert!(
        transaction,
        customer_source::Entity,
        sources,
        Some(latest_source())
    );
    for (id, name) in renamed {
        rename_merged(transaction, id, &name).await?;
    }
    Ok(())
}

fn row_of(source: &Source, customer: CustomerId) -> customer_source::ActiveModel {
    customer_source::ActiveModel {
        source: Set(source.to_string()),
        customer_id: Set(customer),
        before_sources: Set(false),
    }
}

/// A customer from before there were sources may have one by now.
fn latest_source() -> OnConflict {
    all_but::<customer_source::Entity>(&[])
}

/// Those who were merged into this customer.
pub(super) async fn merged_into(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
) -> Result<Vec<CustomerId>, StoreError> {
    let ids = customer::Entity::find()
        .select_only()
        .column(customer::Column::Id)
        .filter(customer::Column::MergedIntoId.eq(customer))
        .into_tuple();
    Ok(ids.all(transaction).await?)
}

/// The other ids of a customer are shown, and found, by this name.
async fn rename_merged(
    transaction: &DatabaseTransaction,
    survivor: CustomerId,
    name: &str,
) -> Result<(), StoreError> {
    for merged in merged_into(transaction, survivor).await? {
        words::rename(transaction, merged, Some(name)).await?;
        customer::Entity::update_many()
            .col_expr(customer::Column::Name, Expr::value(name))
            .filter(customer::Column::Id.eq(merged))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Merges the customers who are to be merged.
pub(super) async fn merge(
    transaction: &DatabaseTransaction,
    texts: &[Text],
) -> Result<(), StoreError> {
    for text in texts {
        let Text::Merged {
            merged,
            surviving,
            name,
        } = text
        else {
            continue;
        };
        let mut ids = merged_into(transaction, *merged).await?;
        ids.push(*merged);
        for id in &ids {
            words::rename(transaction, *id, name.as_deref()).await?;
        }
        let all = Condition::any()
            .add(customer::Column::Id.eq(*merged))
            .add(customer::Column::MergedIntoId.eq(*merged));
        customer::Entity::update_many()
            .col_expr(customer::Column::Name, Expr::value(name.as_deref()))
            .col_expr(customer::Column::MergedIntoId, Expr::value(*surviving))
            .filter(all)
            .exec(transaction)
            .await?;
        customer_key::Entity::update_many()
            .col_expr(customer_key::Column::CustomerId, Expr::value(*surviving))
            .filter(customer_key::Column::CustomerId.eq(*merged))
            .exec(transaction)
            .await?;
        move_sources(transaction, *merged, *surviving).await?;
    }
    Ok(())
}

async fn move_sources(
    transaction: &DatabaseTransaction,
    merged: CustomerId,
    surviving: CustomerId,
) -> Result<(), StoreError> {
    use customer_source::Column as C;
    let sources = customer_source::Entity::find()
        .filter(C::CustomerId.eq(merged))
        .all(transaction)
        .await?;
    let moved = sources.into_iter().map(|row| customer_source::ActiveModel {
        source: Set(row.source),
        customer_id: Set(surviving),
        before_sources: Set(row.before_sources),
    });
    let moved: Vec<_> = moved.collect();
    // What the survivor has already holds.
    let there = || {
        OnConflict::columns([C::Source, C::CustomerId])
            .do_nothing()
            .to_owned()
    };
    insert!(transaction, customer_source::Entity, moved, Some(there()));
    customer_source::Entity::delete_many()
        .filter(C::CustomerId.eq(merged))
        .exec(transaction)
        .await?;
    Ok(())
}
