//! `sendMessage`: an agent, a bot or a supervisor writes (domain.md section 7).

use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, Author, Change, Decision, MessageId, Outcome, ParticipantRole, Refusal, Text,
    Visibility,
};

/// A message of somebody who takes part or watches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Send {
    /// The message's id.
    #[serde(skip)]
    pub id: MessageId,
    /// Its text.
    pub text: Arc<str>,
    /// Who may read it; none: PUBLIC for agents, INTERNAL for supervisors.
    pub visibility: Option<Visibility>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::Send,
    audited: AuditedAction::SendMessage,
    needs: Needs::AgentOrWatcher,
    in_closed: false,
    meets: |standing, grant| match grant.agent() {
        Some(me) => standing.author(me).map(drop),
        None => standing.monitoring().map(drop),
    },
    viewer_can: Some(ViewerCan {
        field: "send",
        description: "`sendMessage` with the visibility that you get by default: PUBLIC for its agents, INTERNAL for supervisors who monitor or joined. A supervisor who has not joined cannot write PUBLIC.",
    }),
};

impl ConversationCommand for Send {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let (author, visibility) = self.authorship(case)?;
        let mut recorder = case.recorder();
        recorder.add_text(Text::Message(self.id, self.text.clone()));
        recorder.push(Change::MessagePosted {
            message: self.id,
            author,
            visibility,
            system: None,
            score: None,
            analysed: false,
        });
        Ok(recorder.done_with(Outcome {
            message: Some(self.id),
            ..Outcome::default()
        }))
    }

    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        AuditDetail::of(outcome.and_then(|outcome| outcome.message))
    }
}

impl Send {
    fn authorship(&self, case: &Case<'_>) -> Result<(Author, Visibility), Refusal> {
        if let Some(me) = case.grant().agent() {
            let visibility = self.visibility.unwrap_or(Visibility::Public);
            return Ok((case.standing.author(me)?, visibility));
        }
        let joined = case.standing.monitoring()?.joined_at.is_some();
        let visibility = self.visibility.unwrap_or(Visibility::Internal);
        if visibility == Visibility::Public && !joined {
            return Err(Refusal::NotParticipant(ParticipantRole::Supervisor));
        }
        Ok((Author::Supervisor, visibility))
    }
}
