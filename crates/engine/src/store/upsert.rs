//! Upserts: a row that is there already is replaced, in every column that is not said to stay.

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn};

/// Replaces every column of the entity but its key and those that stay as they are. A column that comes later is
/// replaced unless somebody says that it stays.
pub(super) fn all_but<E: EntityTrait>(staying: &[E::Column]) -> OnConflict {
    let key: Vec<E::Column> = <E::PrimaryKey as Iterable>::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect();
    let stays = |column: &E::Column| {
        let mut those = key.iter().chain(staying);
        those.any(|one| one.as_str() == column.as_str())
    };
    let replaced: Vec<E::Column> = E::Column::iter().filter(|column| !stays(column)).collect();
    OnConflict::columns(key).update_columns(replaced).to_owned()
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Query, SqliteQueryBuilder};

    use super::*;
    use entity::tables::{monitor_session, timer};

    fn sql(on_conflict: OnConflict) -> String {
        let mut insert = Query::insert();
        insert.into_table("t").on_conflict(on_conflict);
        insert.to_string(SqliteQueryBuilder)
    }

    #[test]
    fn every_column_but_the_key_and_what_stays_is_replaced() {
        let all = sql(all_but::<timer::Entity>(&[]));
        assert!(
            all.ends_with(
                r#"ON CONFLICT ("conversation_id", "kind") DO UPDATE SET "due_at" = "excluded"."due_at""#
            ),
            "{all}"
        );
        let staying = [monitor_session::Column::Supervisor];
        let some = sql(all_but::<monitor_session::Entity>(&staying));
        let replaced = monitor_session::Column::iter().filter(|column| {
            let set = format!(r#""{0}" = "excluded"."{0}""#, column.as_str());
            some.contains(&set)
        });
        let kept = [monitor_session::Column::Id, staying[0]];
        assert_eq!(
            replaced.count(),
            monitor_session::Column::iter().count() - kept.len()
        );
    }
}
