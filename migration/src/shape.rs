//! What the steps share: named constraints, and dropping in reverse.
//!
//! Released steps depend on these functions, so what they emit must not change.

use sea_orm_migration::prelude::*;

/// A primary key of several columns.
pub fn primary_key(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index_of(name, columns).primary().take()
}

/// A uniqueness constraint, made with its table.
pub fn unique(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index_of(name, columns).unique().take()
}

/// An index, made after its table.
pub fn index(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    index_of(name, columns).table(table).take()
}

fn index_of(name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).take();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A column that refers to a table's `id`; a row that is referred to cannot be deleted.
///
/// Written with the column, because the builder's own foreign keys lose their name on `SQLite`.
pub fn references(name: &'static str, mut column: ColumnDef, target: &'static str) -> ColumnDef {
    column
        .extra(format!(
            r#"CONSTRAINT "{name}" REFERENCES "{target}" ("id")"#
        ))
        .take()
}

/// Holds a table to the one row with id 1.
pub fn single_row(name: &'static str) -> (&'static str, SimpleExpr) {
    (name, Expr::col("id").eq(1))
}

/// Drops tables in the order given, and their indexes with them.
pub async fn drop_tables(
    manager: &SchemaManager<'_>,
    tables: &[&'static str],
) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(Table::drop().table(*table).take())
            .await?;
    }
    Ok(())
}
