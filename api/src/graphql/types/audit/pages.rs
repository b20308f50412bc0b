//! Pages of the audit trail, and whose entries a viewer may see.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Result};

use super::{AuditEntry, AuditEntryConnection, AuditTotal};
use crate::graphql::codes::ErrorCode;
use crate::graphql::context::{Request, internal};
use crate::graphql::types::paging::{Count, PageArguments, count, invalid_cursor};
use domain::{self, ConversationId};
use engine::store::queries::ForeignCursor;
use engine::store::queries::audit::{AuditFilter, AuditPage, AuditSlice, Whose};

/// The part of the trail that these arguments ask for.
pub fn slice(arguments: &PageArguments) -> Result<AuditSlice> {
    let number = |cursor: &Option<String>| -> Result<Option<i64>> {
        let parse = |text: &String| text.parse().map_err(|_| invalid_cursor());
        cursor.as_ref().map(parse).transpose()
    };
    let Count { count, from_end } = count(arguments.first, arguments.last)?;
    Ok(AuditSlice {
        after: number(&arguments.after)?,
        before: number(&arguments.before)?,
        count,
        from_end,
    })
}

/// A page as a connection.
pub fn connection(page: AuditPage, slice: AuditSlice, total: AuditTotal) -> AuditEntryConnection {
    let (has_previous, has_next) = if slice.from_end {
        (page.more, slice.before.is_some())
    } else {
        (slice.after.is_some(), page.more)
    };
    let mut connection = Connection::with_additional_fields(has_previous, has_next, total);
    connection.edges.extend(
        page.entries
            .into_iter()
            .map(|entry| Edge::new(entry.number.to_string(), AuditEntry(entry))),
    );
    connection
}

/// Whose entries about a conversation the viewer may see: everybody's, their own, or none.
pub fn whose(viewer: &domain::Viewer) -> Option<Whose> {
    if viewer.has_role(domain::Role::Administrator) {
        return Some(None);
    }
    let supervises = viewer.has_role(domain::Role::Supervisor);
    supervises.then(|| Some(Arc::from(viewer.subject().as_str())))
}

/// The domain's code of a code of the schema.
pub fn code(code: ErrorCode) -> Option<domain::Code> {
    let all = domain::Code::ALL.iter().copied();
    all.into_iter().find(|one| ErrorCode::from(*one) == code)
}

/// What is about one conversation; null for who may see nothing of it.
pub async fn about(
    ctx: &Context<'_>,
    conversation: ConversationId,
    arguments: PageArguments,
) -> Result<Option<AuditEntryConnection>> {
    let Some(whose) = whose(ctx.viewer()?) else {
        return Ok(None);
    };
    let slice = slice(&arguments)?;
    let key = (conversation, whose.clone(), slice);
    let page = ctx.loaders()?.audits.get(key).await?.transpose();
    let page = page.map_err(|ForeignCursor| invalid_cursor())?;
    let page = page.unwrap_or_default();
    let total = AuditTotal::About(conversation, whose);
    Ok(Some(connection(page, slice, total)))
}

/// A page of what passes the filter.
pub async fn trail(
    ctx: &Context<'_>,
    filter: AuditFilter,
    arguments: PageArguments,
) -> Result<AuditEntryConnection> {
    let slice = slice(&arguments)?;
    ctx.note_read()?;
    let page = ctx.app()?.store.list_audit(&filter, slice).await;
    let page = page.map_err(|error| internal(&error))?;
    let total = AuditTotal::Trail(Box::new(filter));
    Ok(connection(page, slice, total))
}
