//! Pages of transcripts.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, QuerySelect};

use super::each::rows_of_each;
use super::{Fetched, ForeignCursor, Message};
use crate::store::{Store, StoreError};
use domain::policy::Reading;
use domain::{AgentId, ConversationId, MessageId, Visibility};
use entity::tables::message::{Column, Entity, Model};

/// Which part of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageSlice {
    /// Only messages after this one.
    pub after: Option<MessageId>,
    /// Only messages before this one.
    pub before: Option<MessageId>,
    /// How many.
    pub count: u32,
    /// Counted from the end.
    pub from_end: bool,
    /// Which messages: those that who asks may read.
    pub reading: Reading,
}

/// A page of a transcript, oldest first.
#[derive(Clone, Debug, Default)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether more messages lie beyond the end that was counted towards.
    pub more: bool,
}

/// Whose page, and which.
type Key = (ConversationId, MessageSlice);

/// Pages of transcripts: one statement for a hundred pages, and one more where cursors are given.
///
/// A cursor must name a message of that conversation that the slice may have.
pub async fn transcripts(
    store: Store,
    keys: Vec<Key>,
) -> Fetched<Key, Result<MessagePage, ForeignCursor>> {
    let places = Places::of(&store, &keys).await?;
    let mut pages = HashMap::new();
    let (mut asked, mut lists) = (Vec::new(), Vec::new());
    for key in keys {
        match list(key, &places) {
            Ok(list) => {
                asked.push(key);
                lists.push(list);
            }
            Err(foreign) => {
                pages.insert(key, Err(foreign));
            }
        }
    }
    let rows = rows_of_each(&store.read, &lists).await?;
    for (key, rows) in asked.into_iter().zip(rows) {
        pages.insert(key, Ok(key.1.page(rows)?));
    }
    Ok(pages)
}

impl MessageSlice {
    /// The page that these rows make: as many as asked for, and one more where there is one.
    fn page(self, mut rows: Vec<Model>) -> Result<MessagePage, StoreError> {
        rows.sort_unstable_by_key(|row| row.number);
        let count = self.count as usize;
        let more = rows.len() > count;
        if more && self.from_end {
            rows.remove(0);
        }
        rows.truncate(count);
        let messages = rows.into_iter().map(TryInto::try_into);
        Ok(MessagePage {
            messages: messages.collect::<Result<_, _>>()?,
            more,
        })
    }
}

fn list((conversation, slice): Key, places: &Places) -> Result<SelectStatement, ForeignCursor> {
    let place = |cursor: Option<MessageId>| {
        cursor
            .map(|message| places.find(conversation, slice, message))
            .transpose()
    };
    let (after, before) = (place(slice.after)?, place(slice.before)?);
    let order = if slice.from_end {
        Order::Desc
    } else {
        Order::Asc
    };
    Ok(Query::select()
        .columns(Column::iter())
        .from(Entity)
        .and_where(Column::ConversationId.eq(conversation))
        .and_where_option(after.map(|number| Column::Number.gt(number)))
        .and_where_option(before.map(|number| Column::Number.lt(number)))
        .and_where_option(readable(slice.reading))
        .order_by(Column::Number, order)
        .limit(u64::from(slice.count) + 1)
        .take())
}

/// The condition that [`Reading::reads`] is; none: all of them.
fn readable(reading: Reading) -> Option<SimpleExpr> {
    let coaches_nobody = || Column::Visibility.ne(Visibility::Coaching);
    match reading {
        Reading::Everything => None,
        Reading::Own(agent) => Some(coaches_nobody().or(Column::CoachedId.eq(agent))),
        Reading::Inside => Some(coaches_nobody()),
        Reading::Public => Some(Column::Visibility.eq(Visibility::Public)),
    }
}

/// Where the messages stand that cursors name.
struct Places(HashMap<MessageId, Place>);

/// Of which conversation, where, who may read it, and the agent whom it coaches.
type Place = (ConversationId, i32, Visibility, Option<AgentId>);

impl Places {
    async fn of(store: &Store, keys: &[Key]) -> Result<Self, StoreError> {
        let named = |(_, slice): &Key| [slice.after, slice.before];
        let named: BTreeSet<_> = keys.iter().flat_map(named).flatten().collect();
        if named.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let rows: Vec<(MessageId, ConversationId, i32, Visibility, Option<AgentId>)> =
            Entity::find()
                .select_only()
                .columns([
                    Column::Id,
                    Column::ConversationId,
                    Column::Number,
                    Column::Visibility,
                    Column::CoachedId,
                ])
                .filter(Column::Id.is_in(named))
                .into_tuple()
                .all(&store.read)
                .await?;
        let place = |(id, conversation, number, visibility, coached)| {
            (id, (conversation, number, visibility, coached))
        };
        Ok(Self(rows.into_iter().map(place).collect()))
    }

    /// The number of this message in this transcript. A message that the slice may not have is answered as one that is
    /// not there.
    fn find(
        &self,
        conversation: ConversationId,
        slice: MessageSlice,
        message: MessageId,
    ) -> Result<i32, ForeignCursor> {
        self.0
            .get(&message)
            .filter(|(of, _, visibility, coached)| {
                *of == conversation && slice.reading.reads(*visibility, *coached)
            })
            .map(|(_, number, ..)| *number)
            .ok_or(ForeignCursor)
    }
}
