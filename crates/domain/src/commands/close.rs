//! `closeConversation`: the primary agent ends the after-work, and with it the conversation (domain.md section 2).

use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AgentKind, AuditDetail, CancelReason, Change, Decision, Outcome, Refusal, State, StatusReason,
    Text, Workstream,
};

/// Ends it for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Close {
    /// The code of how it ended; none: not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Arc<str>>,
    /// What to note of it; none: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<str>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Close,
    audited: AuditedAction::CloseConversation,
    needs: Needs::Agent,
    in_closed: false,
    meets: |standing, grant| standing.primary_in(grant.as_agent()?, State::WrapUp),
    viewer_can: Some(ViewerCan {
        field: "close",
        description: "`closeConversation`, for the primary agent: end the after-work.",
    }),
};

impl ConversationCommand for Close {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let kind = case.standing.primary(case.grant().as_agent()?)?;
        self.disposition_fits(&case.standing.workstream, kind)?;
        let reason = match kind {
            AgentKind::Human => StatusReason::EndedByAgent,
            AgentKind::Bot => StatusReason::EndedByBot,
        };
        let mut recorder = case.recorder();
        if let Some(code) = &self.disposition {
            recorder.push(Change::DispositionSet { code: code.clone() });
        }
        if let Some(note) = &self.note {
            recorder.add_text(Text::Note(case.conversation().id, note.clone()));
        }
        recorder.enter(Change::Closed { reason }, CancelReason::EndedByAgent);
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}

impl Close {
    /// Without a disposition and without a note.
    pub(crate) const PLAIN: Self = Self {
        disposition: None,
        note: None,
    };

    /// Whether the workstream has the disposition that is given, or asks for none.
    fn disposition_fits(&self, workstream: &Workstream, kind: AgentKind) -> Result<(), Refusal> {
        match &self.disposition {
            Some(code) if workstream.disposition(code).is_none() => {
                Err(Refusal::DispositionUnknown)
            }
            None if workstream.disposition_required && kind == AgentKind::Human => {
                Err(Refusal::DispositionRequired)
            }
            _ => Ok(()),
        }
    }
}
