//! `coachAgent`: a supervisor writes to the primary agent alone (domain.md section 13).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::standing::{Standing, human};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan, invalid_state};
use crate::policy::Needs;
use crate::{
    AgentId, AuditDetail, Change, Content, Decision, HelpEnd, MessageId, Outcome, Permission,
    Refusal, Setting, Text,
};

/// A message of visibility COACHING.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coach {
    /// The message's id.
    #[serde(skip)]
    pub id: MessageId,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Coach,
    audited: AuditedAction::CoachAgent,
    needs: Needs::Supervisor(Setting::SupervisorMonitor, Permission::Monitor),
    in_closed: false,
    meets: |standing, _| {
        standing.monitoring()?;
        coached(standing).map(drop)
    },
    viewer_can: Some(ViewerCan {
        field: "coach",
        description: "`coachAgent`, for supervisors who monitor or joined: write to its agent alone. Not where a bot handles it.",
    }),
};

/// The person who handles it, whom the message is for.
fn coached(standing: &Standing<'_>) -> Result<AgentId, Refusal> {
    let conversation = standing.conversation;
    let primary = conversation.primary.as_ref();
    let primary = primary.ok_or_else(|| invalid_state(conversation, "a primary agent"))?;
    human(primary.kind).map(|()| primary.agent)
}

impl ConversationCommand for Coach {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let agent = coached(&case.standing)?;
        let mut recorder = case.recorder();
        recorder.add_text(Text::Message {
            id: self.id,
            content: self.content.clone(),
            external: None,
        });
        recorder.push(Change::AgentCoached {
            message: self.id,
            agent,
        });
        // Who hears of the end need not know of the message.
        recorder.end_help(HelpEnd::Answered);
        Ok(recorder.done_with(Outcome {
            message: Some(self.id),
            ..Outcome::default()
        }))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| outcome.message))
    }
}
