//! `deleteWorkstream`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::input::id;
use super::manage;
use super::resource::directory_payloads;
use crate::graphql::types::workstream::Workstream;
use domain::{AuditedAction, Manage, commands};

/// Which workstream to delete.
#[derive(InputObject)]
pub struct DeleteWorkstreamInput {
    /// The workstream (`ws_…`).
    workstream_id: ID,
    /// Why, in your words; kept in the audit trail.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

directory_payloads! {
    /// What came of deleting a workstream.
    DeleteWorkstreamPayload {
        /// The workstream as it was, with `deletedAt`; null when refused.
        workstream: Workstream
    }
}

#[derive(Default)]
pub(super) struct DeleteWorkstreamMutation;

#[Object]
impl DeleteWorkstreamMutation {
    /// Delete a workstream. Refused with RESOURCE_IN_USE while it has ongoing conversations. It is gone from lists and
    /// `node`; closed conversations and the audit trail go on showing the name. For administrators.
    async fn delete_workstream(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workstream to delete.")] input: DeleteWorkstreamInput,
    ) -> Result<DeleteWorkstreamPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::DeleteWorkstream, reason, key, || {
            let workstream = id("workstreamId", &input.workstream_id)?;
            Ok(Manage::DeleteWorkstream(commands::DeleteWorkstream(
                workstream,
            )))
        })
        .await
    }
}
