//! `stopMonitoring`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use crate::graphql::types::participant::MonitorSession;
use domain::{Act, Action};

conversation_inputs! {
    /// What to stop watching.
    StopMonitoringInput {}
}

payloads! {
    /// What came of stopping.
    StopMonitoringPayload {
        /// The session that ended.
        session: Option<MonitorSession> = ended_session,
    }
}

#[derive(Default)]
pub(super) struct StopMonitoringMutation;

#[Object]
impl StopMonitoringMutation {
    /// Stop watching; a joined supervisor leaves as well.
    async fn stop_monitoring(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to stop watching.")] input: StopMonitoringInput,
    ) -> Result<StopMonitoringPayload> {
        Ok(act(ctx, Action::StopMonitoring, &input, |_| {
            Ok(Act::StopMonitoring)
        })
        .await?
        .into())
    }
}

fn ended_session(done: &super::Done) -> Option<MonitorSession> {
    let session = done.outcome.session.as_ref().map(MonitorSession::from)?;
    Some(match done.outcome.session_ended {
        Some((at, by)) => session.ended(at, by),
        None => session,
    })
}
