//! `requestHelp`: the primary agent asks for a supervisor's help (domain.md section 13).

use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::standing::human;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, Author, Change, Content, Decision, Meaning, MessageId, Outcome, Refusal, Text,
    Visibility,
};

/// Asks for help; nothing happens where the agent has asked already.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestHelp {
    /// The id of the message that the note becomes.
    #[serde(skip)]
    pub id: MessageId,
    /// What it is about; none: nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<str>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::RequestHelp,
    audited: AuditedAction::RequestHelp,
    needs: Needs::Agent,
    in_closed: false,
    // Somebody is primary agent in ACTIVE once accepted, in WAITING and in WRAP_UP.
    meets: |standing, grant| human(standing.primary(grant.as_agent()?)?),
    viewer_can: Some(ViewerCan {
        field: "requestHelp",
        description: "`requestHelp`, for its primary agent, a person. Allowed too when you have asked.",
    }),
};

impl ConversationCommand for RequestHelp {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let agent = case.grant().as_agent()?;
        let mut recorder = case.recorder();
        if case.conversation().help.is_some() {
            return Ok(recorder.done());
        }
        let note = self.note.as_ref().map(|note| {
            recorder.add_text(Text::Message {
                id: self.id,
                content: Content::text(note.clone()),
                external: None,
            });
            recorder.push(Change::MessagePosted {
                message: self.id,
                author: Author::Agent,
                visibility: Visibility::Internal,
                system: None,
                score: None,
                analysed: false,
                meaning: Meaning::default(),
                sent_at: None,
                attachments: Vec::new(),
                reply_to: None,
            });
            self.id
        });
        recorder.push(Change::HelpRequested { agent, note });
        Ok(recorder.done_with(Outcome {
            message: note,
            ..Outcome::default()
        }))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}
