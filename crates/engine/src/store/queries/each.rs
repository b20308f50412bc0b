//! The first rows of several lists in one statement.
//!
//! Each list is a `SELECT` with its own order and limit, and the statement joins them by `UNION ALL`. Both databases
//! then walk the index of each list and stop at its limit. A window function over all lists would number every row of
//! each before it cuts.

use sea_orm::sea_query::{Alias, Asterisk, Expr, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult};

use crate::store::StoreError;

/// How many lists one statement reads at most. `SQLite` joins 500 `SELECT`s at most.
const LISTS: usize = 100;
/// The column that says of which list a row is.
const LIST: &str = "list";

/// The rows of each list, in the order of the lists. The rows of one list are in any order.
pub(super) async fn rows_of_each<M: FromQueryResult>(
    read: &DatabaseConnection,
    lists: &[SelectStatement],
) -> Result<Vec<Vec<M>>, StoreError> {
    let mut all = Vec::with_capacity(lists.len());
    for some in lists.chunks(LISTS) {
        let begin = all.len();
        all.resize_with(begin + some.len(), Vec::new);
        let Some(statement) = joined(some) else {
            continue;
        };
        for row in read.query_all(&statement).await? {
            let list: i32 = row.try_get("", LIST)?;
            let list = usize::try_from(list).ok();
            if let Some(rows) = list.and_then(|list| all.get_mut(begin + list)) {
                rows.push(M::from_query_result(&row, "")?);
            }
        }
    }
    Ok(all)
}

fn joined(lists: &[SelectStatement]) -> Option<SelectStatement> {
    let mut lists = lists.iter().enumerate().map(|(number, list)| {
        // A limit belongs to one of several only within a sub-select. The number is part of the text, so that
        // statements over as many lists are the same statement.
        Query::select()
            .column(Asterisk)
            .expr_as(Expr::cust(number.to_string()), Alias::new(LIST))
            .from_subquery(list.clone(), Alias::new("page"))
            .take()
    });
    let mut statement = lists.next()?;
    for list in lists {
        statement.union(UnionType::All, list);
    }
    Some(statement)
}
