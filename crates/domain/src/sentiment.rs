//! Customer sentiment: what a message scores, and the level that the recent messages add up to
//! (domain.md section 6).
//!
//! Invariants: a score lies in [-1, 1] and a confidence in [0, 1], both rounded to three decimals
//! so that rows, events and comparisons agree; only customer messages are pushed, which is the
//! caller's duty; text never enters, only message ids. Scoring a text is not done here.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fold::is_blank;
use super::{AlertThreshold, Meaning, MessageId, ScoreSource, SentimentLevel, Understood};

mod scored;
#[cfg(test)]
mod tests;

/// How many of the most recent customer messages the level rests on.
pub const RECENT_MESSAGES: usize = 6;

/// From which distance to zero a score leaves one level for the next, towards either end:
///
/// | distance of the score to 0 | below zero | above zero |
/// |---|---|---|
/// | below 0.2 | NEUTRAL | NEUTRAL |
/// | 0.2 up to 0.4 | `SLIGHTLY_NEGATIVE` | `SLIGHTLY_POSITIVE` |
/// | 0.4 up to 0.65 | NEGATIVE | POSITIVE |
/// | 0.65 and more | `VERY_NEGATIVE` | `VERY_POSITIVE` |
pub const LEVEL_BOUNDS: [f32; 3] = [0.2, 0.4, 0.65];

/// What a message weighs against the next newer one. With this a furious message shows at once
/// after calm and even after pleased ones, and three calm ones bring it back to NEUTRAL.
const DECAY: f32 = 0.4;

/// The least that a scored message weighs once another one tells something: an "ok", of whatever
/// language, calms a conversation slowly instead of not at all.
const LEAST_WEIGHT: f32 = 0.15;

/// The longest name or version of a scorer, in characters.
const LONGEST_NAME: usize = 64;

/// What one scorer makes of one customer message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageScore {
    /// In [-1, 1]; none when the scorer does not know the message's language.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "thousandths::optional"
    )]
    pub score: Option<f32>,
    /// In [0, 1]; 0 when the message tells nothing, not even its language.
    #[serde(with = "thousandths")]
    pub confidence: f32,
    /// ISO 639-1, lower case; none when the scorer could not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Arc<str>>,
    /// The scorer's name.
    pub scorer: Arc<str>,
    /// The scorer's version: the same name and version give the same text the same score.
    pub scorer_version: Arc<str>,
    /// Whose it is, which says what may replace it.
    #[serde(default, skip_serializing_if = "ScoreSource::is_default")]
    pub source: ScoreSource,
}

impl ScoreSource {
    /// Whether it is Regie's own scorer's.
    #[allow(clippy::trivially_copy_pass_by_ref)] // The signature is serde's.
    const fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }

    /// What a row has of it: nothing where it is Regie's own, or there is no score.
    pub fn stored(self) -> Option<Self> {
        (self != Self::Default).then_some(self)
    }
}

/// What is wrong with a score that a gateway supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScore {
    /// Not a number, or outside [-1, 1].
    #[error("a score lies between -1 and 1")]
    Score,
    /// Not a number, or outside [0, 1].
    #[error("a confidence lies between 0 and 1")]
    Confidence,
    /// Not two letters.
    #[error("a language is the two letters of ISO 639-1")]
    Language,
    /// Blank, or longer than 64 characters.
    #[error("a scorer's name has 1 to 64 characters")]
    Scorer,
    /// Blank, or longer than 64 characters.
    #[error("a scorer's version has 1 to 64 characters")]
    ScorerVersion,
}

impl MessageScore {
    /// A score that a gateway supplied with a message, checked and rounded to three decimals.
    pub fn supplied(
        score: f32,
        confidence: f32,
        language: Option<&str>,
        scorer: &str,
        version: &str,
    ) -> Result<Self, InvalidScore> {
        let named = |text: &str| {
            !is_blank(text) && text.chars().count() <= LONGEST_NAME && !text.contains('\0')
        };
        if !(-1.0..=1.0).contains(&score) {
            return Err(InvalidScore::Score);
        }
        if !(0.0..=1.0).contains(&confidence) {
            return Err(InvalidScore::Confidence);
        }
        if language
            .is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return Err(InvalidScore::Language);
        }
        if !named(scorer) {
            return Err(InvalidScore::Scorer);
        }
        if !named(version) {
            return Err(InvalidScore::ScorerVersion);
        }
        Ok(Self {
            score: Some(rounded(score)),
            confidence: rounded(confidence),
            language: language.map(|code| code.to_ascii_lowercase().into()),
            scorer: scorer.trim().into(),
            scorer_version: version.trim().into(),
            source: ScoreSource::Gateway,
        })
    }
}

/// The customer sentiment of a conversation at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The level.
    pub level: SentimentLevel,
    /// In [-1, 1]; none exactly when the level is `NOT_AVAILABLE`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "thousandths::optional"
    )]
    pub score: Option<f32>,
    /// In [0, 1].
    #[serde(with = "thousandths")]
    pub confidence: f32,
    /// ISO 639-1: the language of the newest message whose language is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Arc<str>>,
    /// Who scored the newest message; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scorer: Option<Arc<str>>,
    /// That scorer's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scorer_version: Option<Arc<str>>,
    /// The messages that the level rests on, oldest first.
    pub messages: Vec<MessageId>,
}

impl Assessment {
    /// How a conversation starts: NEUTRAL with score 0, resting on nothing.
    pub const fn initial() -> Self {
        Self {
            level: SentimentLevel::Neutral,
            score: Some(0.0),
            confidence: 0.0,
            language: None,
            scorer: None,
            scorer_version: None,
            messages: Vec::new(),
        }
    }

    /// What a conversation has while `sentimentAnalysis` is off.
    pub fn not_available() -> Self {
        Self {
            level: SentimentLevel::NotAvailable,
            score: None,
            ..Self::initial()
        }
    }
}

impl Default for Assessment {
    fn default() -> Self {
        Self::initial()
    }
}

/// A scored message of the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Which.
    pub message: MessageId,
    /// What it scored.
    pub score: MessageScore,
    /// When the customer sent it, where the channel says so.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Scored {
    /// When it was sent, as far as is known: else when it came in.
    fn sent(&self) -> DateTime<Utc> {
        self.sent_at.unwrap_or_else(|| self.message.made_at())
    }
}

/// The window: the scores of the at most six customer messages with a score that were sent last, oldest first. A
/// message without a score (no text, or a language that no scorer knows) takes no place in it; of those with text the
/// newest is kept beside it, since the level hangs on it while the window is empty.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Vec<Scored>")]
pub struct RecentScores {
    scored: Vec<Scored>,
    unscored: Option<Scored>,
}

impl From<Vec<Scored>> for RecentScores {
    fn from(all: Vec<Scored>) -> Self {
        let (mut scored, unscored): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| one.score.score.is_some());
        scored.drain(..scored.len().saturating_sub(RECENT_MESSAGES));
        Self {
            scored,
            unscored: unscored.into_iter().next_back(),
        }
    }
}

impl RecentScores {
    /// Adds a message that was sent as it came in: the newest one.
    pub fn push(&mut self, message: MessageId, score: MessageScore) {
        self.place(message, score, None);
    }

    /// Adds a message in the order of sending, of equals in that of coming in, and drops the oldest beyond six. One
    /// that is older than all of six changes nothing. A message that is already there keeps its place and takes the
    /// new score.
    pub fn place(
        &mut self,
        message: MessageId,
        score: MessageScore,
        sent_at: Option<DateTime<Utc>>,
    ) {
        if score.score.is_none() {
            self.pass_over(message, score, sent_at);
            return;
        }
        self.unscored.take_if(|one| one.message == message);
        if let Some(present) = self.scored.iter_mut().find(|one| one.message == message) {
            present.score = score;
            return;
        }
        let later = |one: &Scored| sent_at.is_some_and(|sent_at| one.sent() > sent_at);
        // Nothing was sent after what has just come in.
        let after = self.scored.iter().rev().take_while(|one| later(one));
        let place = self.scored.len() - after.count();
        let scored = Scored {
            message,
            score,
            sent_at,
        };
        if self.scored.len() < RECENT_MESSAGES {
            self.scored.insert(place, scored);
        } else if place > 0 {
            self.scored.insert(place, scored);
            self.scored.remove(0);
        }
    }

    /// Takes the score of what a message says now; none: it says nothing that could have one. In the window it keeps
    /// its place, or leaves it; one that had a score and is not there any more does not come back.
    pub fn edit(
        &mut self,
        message: MessageId,
        score: Option<MessageScore>,
        sent_at: Option<DateTime<Utc>>,
        was_scored: bool,
    ) {
        let is_there = self.scored.iter().any(|one| one.message == message);
        match score {
            None => self.remove(message),
            Some(score) if is_there || !was_scored || score.score.is_none() => {
                self.place(message, score, sent_at);
            }
            Some(_) => {}
        }
    }

    /// Takes a message out; none comes back for it.
    pub fn remove(&mut self, message: MessageId) {
        self.scored.retain(|one| one.message != message);
        self.unscored.take_if(|one| one.message == message);
    }

    /// A message with text that has no score.
    fn pass_over(
        &mut self,
        message: MessageId,
        score: MessageScore,
        sent_at: Option<DateTime<Utc>>,
    ) {
        self.scored.retain(|one| one.message != message);
        let one = Scored {
            message,
            score,
            sent_at,
        };
        let known = self.unscored.as_ref();
        if known.is_none_or(|known| known.message == message || known.sent() <= one.sent()) {
            self.unscored = Some(one);
        }
    }

    /// The messages of the window and their scores, oldest first.
    pub fn as_slice(&self) -> &[Scored] {
        &self.scored
    }

    /// The level that these messages add up to: the mean of their scores, each weighing its
    /// confidence and less than half with every newer message.
    ///
    /// Without any it is `NOT_AVAILABLE` once the customer wrote something that has no score, and NEUTRAL before. A
    /// message that tells nothing (confidence 0: "ok", a number, a link) decides nothing by itself.
    pub fn assess(&self) -> Assessment {
        let tells = |one: &&Scored| one.score.confidence > 0.0;
        let context = self.context();
        if self.scored.is_empty() && self.unscored.is_some() {
            return Assessment {
                level: SentimentLevel::NotAvailable,
                score: None,
                ..context
            };
        }
        if !self.scored.iter().any(|one| tells(&one)) {
            return context;
        }
        let (mut sum, mut weight, mut certainty, mut certain_of) = (0.0, 0.0, 0.0, 0.0);
        let mut recency = 1.0;
        for one in self.scored.iter().rev() {
            let share = recency * one.score.confidence.max(LEAST_WEIGHT);
            sum += share * one.score.score.unwrap_or_default();
            weight += share;
            if tells(&one) {
                certainty += recency * one.score.confidence;
                certain_of += recency;
            }
            recency *= DECAY;
        }
        let score = rounded((sum / weight).clamp(-1.0, 1.0));
        let confidence = rounded((certainty / certain_of).clamp(0.0, 1.0));
        Assessment {
            level: level_of(Some(score)),
            score: Some(score),
            confidence,
            messages: self.scored.iter().map(|one| one.message).collect(),
            ..context
        }
    }

    /// What the newest messages say of the language and of who scores.
    fn context(&self) -> Assessment {
        let newest = self.scored.last();
        let leads = |one: &&Scored| newest.is_none_or(|newest| newest.sent() <= one.sent());
        let leading = self.unscored.as_ref().filter(leads);
        let newest_first = leading.into_iter().chain(self.scored.iter().rev());
        let by = newest_first.clone().next().map(|one| &one.score);
        Assessment {
            language: newest_first
                .clone()
                .find_map(|one| one.score.language.clone()),
            scorer: by.map(|score| score.scorer.clone()),
            scorer_version: by.map(|score| score.scorer_version.clone()),
            ..Assessment::initial()
        }
    }
}

/// The level of a score, by [`LEVEL_BOUNDS`]; none is `NOT_AVAILABLE`.
pub fn level_of(score: Option<f32>) -> SentimentLevel {
    use SentimentLevel as Level;
    let Some(score) = score.filter(|score| !score.is_nan()) else {
        return Level::NotAvailable;
    };
    let steps = LEVEL_BOUNDS
        .iter()
        .filter(|bound| score.abs() >= **bound)
        .count();
    match (steps, score < 0.0) {
        (0, _) => Level::Neutral,
        (1, true) => Level::SlightlyNegative,
        (2, true) => Level::Negative,
        (_, true) => Level::VeryNegative,
        (1, false) => Level::SlightlyPositive,
        (2, false) => Level::Positive,
        (_, false) => Level::VeryPositive,
    }
}

/// The score that stands for a level, in the middle of what [`LEVEL_BOUNDS`] gives it; none for `NOT_AVAILABLE`.
pub const fn score_of(level: SentimentLevel) -> Option<f32> {
    Some(match level {
        SentimentLevel::VeryNegative => -0.8,
        SentimentLevel::Negative => -0.5,
        SentimentLevel::SlightlyNegative => -0.3,
        SentimentLevel::Neutral => 0.0,
        SentimentLevel::SlightlyPositive => 0.3,
        SentimentLevel::Positive => 0.5,
        SentimentLevel::VeryPositive => 0.8,
        SentimentLevel::NotAvailable => return None,
    })
}

/// Whether a level is at or below the threshold from which supervisors are alerted.
/// `NOT_AVAILABLE` never is, and nothing is below `DO_NOT_SEND`.
pub fn at_or_below(level: SentimentLevel, threshold: AlertThreshold) -> bool {
    let bound = match threshold {
        AlertThreshold::DoNotSend => return false,
        AlertThreshold::SlightlyNegative => SentimentLevel::SlightlyNegative,
        AlertThreshold::Negative => SentimentLevel::Negative,
        AlertThreshold::VeryNegative => SentimentLevel::VeryNegative,
    };
    // The levels are declared worst first, NOT_AVAILABLE last.
    level <= bound
}

/// To three decimals, and never -0.
pub fn rounded(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

/// Three decimals in JSON, also where JSON holds doubles: 0.123, not 0.12300000339746094.
pub(crate) mod thousandths {
    use serde::{Deserialize, Deserializer, Serializer};

    // The signature is serde's.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((f64::from(*value) * 1000.0).round() / 1000.0)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
        f32::deserialize(deserializer).map(super::rounded)
    }

    pub(crate) mod optional {
        use serde::{Deserialize, Deserializer, Serializer};

        #[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)]
        pub(crate) fn serialize<S: Serializer>(
            value: &Option<f32>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match value {
                Some(value) => super::serialize(value, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<f32>, D::Error> {
            Option::<f32>::deserialize(deserializer).map(|value| value.map(super::super::rounded))
        }
    }
}

/// Whoever can score the text of a customer message.
///
/// `score` is called on the way of a message, before its transaction, so it has to answer within
/// a millisecond; a scorer that asks another service belongs in the gateway, which supplies
/// its score with the message, or is asked afterwards, by `App::ask_later`.
pub trait SentimentScorer: Send + Sync {
    /// The score of this text: none when its language is one that the scorer does not know,
    /// 0 with confidence 0 when the text tells nothing, not even its language.
    fn score(&self, text: &str) -> MessageScore;

    /// All that this text says: its score and what it is. `expected` is the language (ISO 639-1) of the conversation's
    /// earlier messages or of its workstream, which the text's own words outweigh. A scorer that knows no more than the
    /// score reads nothing else.
    fn understand(&self, text: &str, expected: Option<&str>) -> Understood {
        let _ = expected;
        Understood {
            score: self.score(text),
            meaning: Meaning::default(),
        }
    }
}
