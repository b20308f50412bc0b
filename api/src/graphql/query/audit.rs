//! The audit trail as a list: own actions for supervisors, all for administrators.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::ids::InvalidId;

use crate::graphql::context::{Request, coded};
use crate::graphql::types::audit::{AuditEntryConnection, code, trail};
use crate::graphql::types::paging::PageArguments;
use domain::Code as ErrorCode;
use domain::{AuditedAction, Code, Role, Subject, Viewer};
use engine::store::queries::audit::AuditFilter as Filter;

/// Which entries of the audit trail; every condition given must hold, and a list means any of it.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    /// Asked for by this subject (a token's `sub`): 1 to 255 characters that are not all blank, without U+0000.
    /// Supervisors find only their own in any case.
    subject: Option<String>,
    /// One of these actions.
    actions: Option<Vec<AuditedAction>>,
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
            own: (!all).then(|| viewer.subject().clone()),
            subject: self.subject.as_deref().map(subject).transpose()?,
            actions: self.actions,
            conversation: conversation.map_err(invalid)?,
            refused_only: self.refused_only.unwrap_or(false),
            codes: self
                .codes
                .map(|codes| codes.into_iter().filter_map(code).collect()),
            from: self.from.map(within_years),
            to: self.to.map(within_years),
        })
    }
}

/// A subject that a token may have: no other reaches the database.
fn subject(text: &str) -> Result<Subject> {
    Subject::new(text).ok_or_else(|| {
        let problem =
            "filter.subject: give 1 to 255 characters that are not all blank, without U+0000.";
        coded(Code::InvalidInput, problem)
    })
}

/// The instant, or the first or last of the years 1 to 9999, between which everything lies: databases
/// differ in what else they take for one.
pub(super) fn within_years(at: DateTime<Utc>) -> DateTime<Utc> {
    let begin = |year| {
        NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc())
    };
    match (begin(1), begin(10_000)) {
        (Some(first), Some(last)) => at.clamp(first, last - chrono::TimeDelta::microseconds(1)),
        _ => at,
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
