//! `editCustomerMessage`: the customer edited a message (domain.md section 10).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::customer_message::{feel, signal};
use super::on_message::{OfMessage, applied, at, of_customer, without_effect};
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::{
    Attachment, AuditDetail, Change, Content, Decision, Meaning, MessageScore, Outcome, Refusal,
    Text,
};

/// What a message says now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edit {
    /// Its text; empty: it has attachments alone.
    pub text: Arc<str>,
    /// Its attachments; none: as they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    /// The score of the text; none when analysis is off, or there is no text.
    pub score: Option<MessageScore>,
    /// What else Regie reads in the text.
    #[serde(skip)]
    pub meaning: Meaning,
    /// When it was edited, by the channel's clock; none: as this came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::EditCustomerMessage,
    audited: AuditedAction::EditCustomerMessage,
    needs: Needs::Gateway,
    in_closed: true,
    meets: |_, _| Ok(()),
    viewer_can: None,
};

impl ConversationCommand for OfMessage<Edit> {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let edit = &self.act;
        let record = of_customer(case, self.message)?;
        let attachments = edit.attachments.as_ref();
        let content = Content {
            text: edit.text.clone(),
            attachments: attachments.unwrap_or(&record.content.attachments).clone(),
        };
        if !content.has_text() && content.attachments.is_empty() {
            return Err(Refusal::InvalidInput {
                path: "text",
                problem: "give text, attachments or both".to_owned(),
            });
        }
        let at = at(edit.at, case.standing.now);
        // A later edit that says the same still keeps earlier ones from coming back.
        let says_more = content != record.content
            || (edit.at.is_some() && record.edited_at.is_none_or(|edited| edited < at));
        let is_older = record.edited_at.is_some_and(|edited| at < edited);
        if record.removed_at.is_some() || is_older || !says_more {
            return Ok(without_effect(case, self.message));
        }
        let analysed = case.standing.settings.sentiment_analysis;
        let scored = analysed && content.has_text();
        let before = case.conversation().sentiment.level;
        let mut recorder = case.recorder();
        recorder.push(Change::MessageEdited {
            message: self.message,
            at,
            attachments: content.kinds(),
            has_text: content.has_text(),
            score: edit.score.clone().filter(|_| scored),
            meaning: edit.meaning.told(scored),
            was_closing: record.is_closing,
            analysed,
            was_scored: record.score.is_some(),
            before: record.score,
            sent_at: record.sent_at,
        });
        recorder.add_text(Text::Edited {
            message: self.message,
            content,
        });
        if scored && case.conversation().is_ongoing() {
            signal(&mut recorder, case.draft, self.message, &edit.meaning);
        }
        feel(&mut recorder, case.draft, before, analysed);
        Ok(recorder.done_with(applied(self.message)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.message)
    }
}
