//! `sendMessage`: an agent, a bot or a supervisor writes (domain.md section 7).

use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::policy::Needs;
use crate::{
    AuditDetail, Author, Change, Content, Decision, HelpEnd, Meaning, MessageId, Outcome,
    ParticipantRole, Refusal, Text, Visibility,
};

/// A message of somebody who takes part or watches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Send {
    /// The message's id.
    #[serde(skip)]
    pub id: MessageId,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
    /// Who may read it; none: PUBLIC for agents, INTERNAL for supervisors.
    pub visibility: Option<Visibility>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
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
        if self.visibility == Some(Visibility::Coaching) {
            return Err(Refusal::InvalidInput {
                path: "visibility",
                problem: "give PUBLIC or INTERNAL; COACHING is written by coachAgent".to_owned(),
            });
        }
        let (author, visibility) = self.authorship(case)?;
        let mut recorder = case.recorder();
        recorder.add_text(Text::Message {
            id: self.id,
            content: self.content.clone(),
            external: None,
        });
        recorder.push(Change::MessagePosted {
            message: self.id,
            author,
            visibility,
            system: None,
            score: None,
            meaning: Meaning::default(),
            analysed: false,
            sent_at: None,
            attachments: self.content.kinds(),
            reply_to: self.answered(case, visibility),
        });
        if author == Author::Supervisor && visibility == Visibility::Internal {
            recorder.end_help(HelpEnd::Message);
        }
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
    /// A message of text, and nothing else.
    pub fn of_text(
        id: MessageId,
        text: impl Into<Arc<str>>,
        visibility: Option<Visibility>,
    ) -> Self {
        Self {
            id,
            content: Content::text(text),
            visibility,
            reply_to: None,
        }
    }

    /// The message that it answers: one of this conversation, and for a PUBLIC answer a PUBLIC one, since who reads
    /// the answer must not learn of another.
    fn answered(&self, case: &Case<'_>, visibility: Visibility) -> Option<MessageId> {
        let message = case.draft.message(self.reply_to?)?;
        let is_here = message.conversation == case.conversation().id;
        // A consultant reads what is INTERNAL, and not what coaches.
        let is_read = match message.visibility {
            Visibility::Public => true,
            Visibility::Internal => visibility == Visibility::Internal,
            Visibility::Coaching => false,
        };
        (is_here && is_read).then_some(message.id)
    }

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
