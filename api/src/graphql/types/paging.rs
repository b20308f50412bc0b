//! Relay paging: arguments, and lists that are in memory already.

use async_graphql::connection::{
    Connection, ConnectionNameType, CursorType, Edge, EdgeNameType, EmptyFields,
};
use async_graphql::{Error, ObjectType, OutputType};

use crate::graphql::context::coded;
use domain::Code;

/// The largest page.
pub const MAX_PAGE: i32 = 100;
/// The page when nothing is asked for.
pub const DEFAULT_PAGE: i32 = 25;

/// Which end is counted from, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub count: u32,
    /// From the end (`last`).
    pub from_end: bool,
}

/// Checks `first` and `last`: one of them at most, from 0 to 100.
pub fn count(first: Option<i32>, last: Option<i32>) -> Result<Count, Error> {
    let (count, from_end) = match (first, last) {
        (Some(_), Some(_)) => {
            return Err(coded(Code::InvalidInput, "Give first or last, not both."));
        }
        (None, Some(last)) => (last, true),
        (first, None) => (first.unwrap_or(DEFAULT_PAGE), false),
    };
    match u32::try_from(count) {
        Ok(count) if count <= MAX_PAGE as u32 => Ok(Count { count, from_end }),
        _ => Err(coded(
            Code::InvalidInput,
            "first and last lie between 0 and 100.",
        )),
    }
}

/// The error for a page cursor that is not of this list.
pub fn invalid_cursor() -> Error {
    coded(
        Code::CursorInvalid,
        "The page cursor is not of this list and order.",
    )
}

/// The arguments of a page.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    /// After this cursor.
    pub after: Option<String>,
    /// Before this cursor.
    pub before: Option<String>,
    /// So many from the start.
    pub first: Option<i32>,
    /// So many from the end.
    pub last: Option<i32>,
}

/// A page of a list that knows how long it is.
pub type List<T, N, E> = Connection<String, T, TotalCount, EmptyFields, N, E>;

/// Pages a list that is in memory and ordered by its keys.
pub fn page<K, T, N, E>(
    items: Vec<(K, T)>,
    arguments: &PageArguments,
) -> Result<List<T, N, E>, Error>
where
    K: Ord + ToString + std::str::FromStr,
    T: OutputType + ObjectType,
    N: ConnectionNameType,
    E: EdgeNameType,
{
    let Count { count, from_end } = count(arguments.first, arguments.last)?;
    let key = |cursor: &Option<String>| -> Result<Option<K>, Error> {
        cursor
            .as_ref()
            .map(|text| text.parse().map_err(|_| invalid_cursor()))
            .transpose()
    };
    let (after, before) = (key(&arguments.after)?, key(&arguments.before)?);
    let total = items.len();
    let mut items: Vec<(K, T)> = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .filter(|(key, _)| before.as_ref().is_none_or(|before| key < before))
        .collect();
    let surplus = items.len().saturating_sub(count as usize);
    if from_end {
        items.drain(..surplus);
    } else {
        items.truncate(count as usize);
    }
    let has_previous = if from_end {
        surplus > 0
    } else {
        after.is_some()
    };
    let has_next = if from_end {
        before.is_some()
    } else {
        surplus > 0
    };
    let total = TotalCount {
        total_count: i32::try_from(total).unwrap_or(i32::MAX),
    };
    let mut connection = Connection::with_additional_fields(has_previous, has_next, total);
    connection.edges.extend(
        items
            .into_iter()
            .map(|(key, item)| Edge::new(key.to_string().encode_cursor(), item)),
    );
    Ok(connection)
}

/// What every list knows of itself.
#[derive(async_graphql::SimpleObject)]
pub struct TotalCount {
    /// How many there are on all pages.
    total_count: i32,
}

macro_rules! connection_names {
    ($connection:ident = $connection_name:literal, $edge:ident = $edge_name:literal) => {
        /// The name of a connection type.
        pub struct $connection;
        impl async_graphql::connection::ConnectionNameType for $connection {
            fn type_name<T: async_graphql::OutputType>() -> String {
                $connection_name.to_owned()
            }
        }
        /// The name of its edge type.
        pub struct $edge;
        impl async_graphql::connection::EdgeNameType for $edge {
            fn type_name<T: async_graphql::OutputType>() -> String {
                $edge_name.to_owned()
            }
        }
    };
}
pub(crate) use connection_names;
