//! The audit trail as a list: own actions for supervisors, all for administrators.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::ids::InvalidId;

use crate::domain::{Code, Role, Viewer};
use crate::graphql::context::{Request, coded};
use crate::graphql::errors::ErrorCode;
use crate::graphql::types::audit::{AuditAction, AuditEntryConnection, code, trail};
use crate::graphql::types::paging::PageArguments;
use crate::store::queries::audit::AuditFilter as Filter;

/// Which entries of the audit trail; every condition given must hold, and a list means any of it.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    /// Asked for by this subject (a token's `sub`). Supervisors find only their own in any case.
    subject: Option<String>,
    /// One of these actions.
    actions: Option<Vec<AuditAction>>,
    /// About this conversation (`conv_…`), which need not be there any more.
    conversation_id: Option<ID>,
    /// True: only what was refused.
    refused_only: Option<bool>,
    /// Refused with one of these codes.
    codes: Option<Vec<ErrorCode>>,
    /// At this instant or later.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    fn parse(self, viewer: &Viewer) -> Result<Filter> {
        let all = viewer.has_role(Role::Administrator);
        let invalid = |error: InvalidId| {
            let problem = format!("conversationId: {error}.");
            coded(Code::InvalidInput, &problem)
        };
        let conversation = self.conversation_id.map(|id| id.parse()).transpose();
        Ok(Filter {
            own: (!all).then(|| Arc::from(viewer.subject().as_str())),
            subject: self.subject,
            deeds: self
                .actions
                .map(|actions| actions.into_iter().map(Into::into).collect()),
            conversation: conversation.map_err(invalid)?,
            refused_only: self.refused_only.unwrap_or(false),
            codes: self
                .codes
                .map(|codes| codes.into_iter().filter_map(code).collect()),
            from: self.from,
            to: self.to,
        })
    }
}

/// What was done, and refused.
#[derive(Default)]
pub struct AuditQueries;

/// What was done, and refused.
#[Object]
impl AuditQueries {
    /// The audit trail, newest first: every action of supervisors and administrators, refusals
    /// included. Supervisors see their own actions, administrators all; others get ROLE_REQUIRED.
    /// `first` or `last`: 0 to 100, default the first 25. From the database.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries; all that you may see when left out.")] filter: Option<
            AuditFilter,
        >,
        #[graphql(desc = "So many from the newest; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the oldest; 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes after this page cursor: older entries.")] after: Option<
            String,
        >,
        #[graphql(desc = "Only what comes before this page cursor: newer entries.")] before: Option<
            String,
        >,
    ) -> Result<AuditEntryConnection> {
        ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
        let filter = filter.unwrap_or_default().parse(ctx.viewer()?)?;
        let arguments = PageArguments {
            after,
            before,
            first,
            last,
        };
        trail(ctx, filter, arguments).await
    }
}
