//! `correctSentiment`: a supervisor says how a message of the customer feels (domain.md section 6).

use serde::Serialize;

use super::customer_message::feel;
use super::on_message::{OfMessage, applied, record, without_effect};
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::policy::Needs;
use crate::sentiment::{level_of, score_of};
use crate::{
    AuditDetail, Author, Change, Decision, MessageScore, Outcome, Refusal, ScoreSource,
    SentimentLevel,
};

/// What a message feels like.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CorrectSentiment(pub SentimentLevel);

/// See [`Spec`]. Who has a session was allowed to begin it.
pub const SPEC: Spec = Spec {
    action: Action::CorrectSentiment,
    audited: AuditedAction::CorrectSentiment,
    needs: Needs::SupervisorInScope,
    in_closed: true,
    meets: |standing, _| {
        let look = standing.monitoring().or_else(|_| standing.reviewing());
        look.map(drop)
    },
    // Who watches or reviews may.
    viewer_can: None,
};

impl ConversationCommand for OfMessage<CorrectSentiment> {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let CorrectSentiment(level) = self.act;
        let record = record(case, self.message)?;
        let refused = |path, problem: &str| Refusal::InvalidInput {
            path,
            problem: problem.to_owned(),
        };
        if record.author != Author::Customer {
            return Err(refused("messageId", "it is no message of the customer"));
        }
        if !record.content.has_text() {
            return Err(refused("messageId", "it has no text that could be felt"));
        }
        let Some(score) = score_of(level) else {
            return Err(refused("level", "say how the customer feels"));
        };
        let is_said = record.source == ScoreSource::Supervisor;
        if is_said && level_of(record.score) == level {
            return Ok(without_effect(case, self.message));
        }
        // Who scored it before is still named: the conversation shows that to those who must not know of a look.
        let conversation = case.conversation();
        let mut window = conversation.scores.as_slice().iter();
        let known = window.find(|one| one.message == self.message);
        let sentiment = &conversation.sentiment;
        let scorer = known.map(|one| (&one.score.scorer, &one.score.scorer_version));
        let shown = sentiment.scorer.as_ref();
        let scorer = scorer.or_else(|| shown.zip(sentiment.scorer_version.as_ref()));
        let (scorer, scorer_version) = scorer.map_or_else(
            || ("regie".into(), "1".into()),
            |(scorer, version)| (scorer.clone(), version.clone()),
        );
        let analysed = case.standing.settings.sentiment_analysis;
        let before = sentiment.level;
        let mut recorder = case.recorder();
        recorder.push(Change::SentimentCorrected {
            message: self.message,
            level,
        });
        recorder.push(Change::MessageScored {
            message: self.message,
            score: MessageScore {
                score: Some(score),
                confidence: 1.0,
                language: record.language.clone(),
                scorer,
                scorer_version,
                source: ScoreSource::Supervisor,
            },
            analysed,
            was_scored: record.score.is_some(),
            before: record.score,
            sent_at: record.sent_at.unwrap_or_else(|| self.message.made_at()),
        });
        feel(&mut recorder, case.draft, before, analysed);
        Ok(recorder.done_with(applied(self.message)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.message)
    }
}
