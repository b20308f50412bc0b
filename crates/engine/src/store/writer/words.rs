//! Search words: the folded words of subjects and of customers' names, by which searches over all conversations find them
//! (domain.md section 11).
//!
//! They are text: written and erased in the transaction that writes and erases what they are of, and nowhere
//! else. Of a subject they belong to its conversation, of a name to its customer, so that a name that changes costs the
//! words of the name, however many conversations the customer has.
//!
//! Rows from before there were words get them by [`run`], beside everything else: a number of conversations at a time,
//! under the log's head like any other write, and from where a row says that it has come.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::look_up::KnownNames;
use super::persist::insert;
use crate::store::load::{ONLY_ROW, parse_image};
use crate::store::{Outage, Store, StoreError};
use domain::fold::words;
use domain::{ConversationId, CustomerId, Text};
use entity::tables::{
    conversation, conversation_word, customer, customer_word, log_head, search_filling,
};

/// How many conversations of before get their words at once.
const SOME: u64 = 500;
/// The time between these: commands go on meanwhile.
const PAUSE: Duration = Duration::from_millis(100);
/// The time after which it is tried again when the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Replaces the words of what these texts say. `known` has the names that customers had before, as far as they were
/// looked up.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    texts: &[Text],
    known: &KnownNames,
) -> Result<(), StoreError> {
    // The last name that is given holds.
    let mut names: HashMap<CustomerId, &Arc<str>> = HashMap::new();
    let mut subjects = Vec::new();
    for text in texts {
        match text {
            Text::Customer {
                id,
                name: Some(name),
                ..
            } => {
                names.insert(*id, name);
            }
            Text::Subject(id, subject) => subjects.push((*id, &**subject)),
            _ => {}
        }
    }
    names.retain(|id, name| known.get(id).and_then(Option::as_ref) != Some(*name));
    let renamed = names.extract_if(|id, _| known.contains_key(id));
    for (id, name) in renamed.collect::<Vec<_>>() {
        rename(transaction, id, Some(&**name)).await?;
    }
    let names: Vec<_> = names.iter().map(|(id, name)| (*id, &***name)).collect();
    add(transaction, &subjects, &names).await
}

/// The words of a customer's name that is another one from now on; none: of no name.
pub(super) async fn rename(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
    name: Option<&str>,
) -> Result<(), StoreError> {
    erase_name(transaction, customer).await?;
    let named: Vec<_> = name.map(|name| (customer, name)).into_iter().collect();
    add(transaction, &[], &named).await
}

/// Erases every word of a customer under this id: of the name, and of the subjects of the customer's conversations.
pub(super) async fn erase(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
) -> Result<(), StoreError> {
    let theirs = Query::select()
        .column(conversation::Column::Id)
        .from(conversation::Entity)
        .and_where(conversation::Column::CustomerId.eq(customer))
        .take();
    conversation_word::Entity::delete_many()
        .filter(conversation_word::Column::ConversationId.in_subquery(theirs))
        .exec(transaction)
        .await?;
    erase_name(transaction, customer).await
}

async fn erase_name(
    transaction: &DatabaseTransaction,
    customer: CustomerId,
) -> Result<(), StoreError> {
    customer_word::Entity::delete_many()
        .filter(customer_word::Column::CustomerId.eq(customer))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Adds the words of these subjects and names, where they are not there.
async fn add(
    transaction: &DatabaseTransaction,
    subjects: &[(ConversationId, &str)],
    names: &[(CustomerId, &str)],
) -> Result<(), StoreError> {
    use {conversation_word::Column as S, customer_word::Column as N};
    let of_subjects = subjects.iter().flat_map(|(id, subject)| {
        let row = |word| conversation_word::ActiveModel {
            word: Set(word),
            conversation_id: Set(*id),
        };
        words(subject).into_iter().map(row)
    });
    let of_names = names.iter().flat_map(|(id, name)| {
        let row = |word| customer_word::ActiveModel {
            word: Set(word),
            customer_id: Set(*id),
        };
        words(name).into_iter().map(row)
    });
    let (of_subjects, of_names): (Vec<_>, Vec<_>) = (of_subjects.collect(), of_names.collect());
    let kept = || {
        OnConflict::columns([S::Word, S::ConversationId])
            .do_nothing()
            .to_owned()
    };
    insert!(
        transaction,
        conversation_word::Entity,
        of_subjects,
        Some(kept())
    );
    let kept = || {
        OnConflict::columns([N::Word, N::CustomerId])
            .do_nothing()
            .to_owned()
    };
    insert!(transaction, customer_word::Entity, of_names, Some(kept()));
    Ok(())
}

/// Gives the conversations of before their words, until all have them.
pub async fn run(store: Store) {
    let mut outage = Outage::of("give conversations of before their search words");
    loop {
        let filled = store.fill_some().await;
        outage.hears(&filled);
        match filled {
            Ok(true) => tokio::time::sleep(PAUSE).await,
            Ok(false) => return,
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// What of a conversation its words are of.
type Wordless = (ConversationId, CustomerId, Option<String>, Option<String>);

impl Store {
    /// Whether every conversation has its search words and its last activity, those from before there were such
    /// too.
    pub async fn is_filled(&self) -> Result<bool, StoreError> {
        let row = search_filling::Entity::find_by_id(ONLY_ROW);
        Ok(row.one(&self.read).await?.is_none())
    }

    /// Gives some conversations of before what they lack; whether there may be more.
    pub async fn fill_some(&self) -> Result<bool, StoreError> {
        if self.is_filled().await? {
            return Ok(false);
        }
        let transaction = self.write.begin().await?;
        if !self.is_sqlite() {
            // Nothing is erased, and no name changes, between reading and writing.
            let head = log_head::Entity::find_by_id(ONLY_ROW).lock(LockType::Update);
            head.one(&*transaction).await?;
        }
        let row = search_filling::Entity::find_by_id(ONLY_ROW);
        let Some(filling) = row.one(&*transaction).await? else {
            transaction.roll_back().await;
            return Ok(false);
        };
        let last = fill_after(&transaction, filling.after_id).await?;
        if let Some(last) = last {
            search_filling::Entity::update_many()
                .col_expr(search_filling::Column::AfterId, Expr::value(last))
                .exec(&*transaction)
                .await?;
        } else {
            let done = search_filling::Entity::delete_by_id(ONLY_ROW);
            done.exec(&*transaction).await?;
        }
        transaction.commit().await?;
        Ok(last.is_some())
    }
}

/// Gives those after this one what they lack; the last one of them, none if there was none.
async fn fill_after(
    transaction: &DatabaseTransaction,
    after: Option<ConversationId>,
) -> Result<Option<ConversationId>, StoreError> {
    use conversation::Column as C;
    let rows: Vec<Wordless> = conversation::Entity::find()
        .select_only()
        .columns([C::Id, C::CustomerId, C::Subject])
        .column(customer::Column::Name)
        .left_join(customer::Entity)
        .apply_if(after, |select, after| select.filter(C::Id.gt(after)))
        .order_by_asc(C::Id)
        .limit(SOME)
        .into_tuple()
        .all(transaction)
        .await?;
    let subject = |(id, _, subject, _): &'_ Wordless| Some((*id, subject.clone()?));
    let subjects: Vec<_> = rows.iter().filter_map(subject).collect();
    let name = |(_, id, _, name): &'_ Wordless| Some((*id, name.clone()?));
    let names: BTreeSet<_> = rows.iter().filter_map(name).collect();
    let subjects: Vec<_> = subjects.iter().map(|(id, text)| (*id, &**text)).collect();
    let names: Vec<_> = names.iter().map(|(id, text)| (*id, &**text)).collect();
    add(transaction, &subjects, &names).await?;
    let ids = rows.iter().map(|(id, ..)| *id);
    fill_activity(transaction, ids).await?;
    Ok(rows.last().map(|(id, ..)| *id))
}

/// When something last happened, where the column does not say so yet: of ongoing ones, since a closed one was
/// last active when it closed.
async fn fill_activity(
    transaction: &DatabaseTransaction,
    ids: impl Iterator<Item = ConversationId>,
) -> Result<(), StoreError> {
    use conversation::Column as C;
    let lacking: Vec<(ConversationId, String)> = conversation::Entity::find()
        .select_only()
        .columns([C::Id, C::Image])
        .filter(C::Id.is_in(ids))
        .filter(C::ClosedAt.is_null())
        .filter(C::LastActivityAt.is_null())
        .into_tuple()
        .all(transaction)
        .await?;
    for (id, image) in lacking {
        let image = parse_image(&image)?;
        conversation::Entity::update_many()
            .col_expr(C::LastActivityAt, Expr::value(image.last_activity_at))
            .filter(C::Id.eq(id))
            .exec(transaction)
            .await?;
    }
    Ok(())
}
