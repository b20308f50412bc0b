//! How well a scorer does on labelled messages: what `regie sentiment eval` prints, and what an adapter is judged by.
//!
//! Classes are those of levels: unhappy (SLIGHTLY_NEGATIVE or worse), neutral, happy. A message without a score counts as wrong.

use domain::sentiment::level_of;
use domain::{MessageScore, SentimentLevel};

/// The bins of confidence.
const BINS: usize = 10;

/// What somebody says that a message feels like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feels {
    /// SLIGHTLY_NEGATIVE or worse.
    Unhappy,
    /// NEUTRAL.
    Neutral,
    /// SLIGHTLY_POSITIVE or better.
    Happy,
}

impl Feels {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unhappy, Self::Neutral, Self::Happy];

    /// The class of a level; none of `NOT_AVAILABLE`.
    pub const fn of(level: SentimentLevel) -> Option<Self> {
        Some(match level {
            SentimentLevel::VeryNegative
            | SentimentLevel::Negative
            | SentimentLevel::SlightlyNegative => Self::Unhappy,
            SentimentLevel::Neutral => Self::Neutral,
            SentimentLevel::SlightlyPositive
            | SentimentLevel::Positive
            | SentimentLevel::VeryPositive => Self::Happy,
            SentimentLevel::NotAvailable => return None,
        })
    }
}

/// A labelled message, scored.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    label: Feels,
    told: Option<Feels>,
    is_alarming: bool,
    confidence: f32,
}

impl Judged {
    /// A message with this label that got this score.
    pub fn of(label: Feels, score: &MessageScore) -> Self {
        let level = level_of(score.score);
        Self {
            label,
            told: Feels::of(level),
            is_alarming: level <= SentimentLevel::Negative,
            confidence: score.confidence,
        }
    }
}

/// The figures of a set, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Messages.
    pub messages: usize,
    /// Those without a score.
    pub unscored: usize,
    /// Share of right classes.
    pub accuracy: f64,
    /// Mean of F1 over the classes that the labels have.
    pub macro_f1: f64,
    /// Share of the unhappy that are scored at NEGATIVE or worse.
    pub recall: f64,
    /// Share of those scored so that are unhappy.
    pub precision: f64,
    /// Mean distance between confidence and share of right ones, over ten bins of confidence.
    pub calibration_error: f64,
}

impl Figures {
    /// The figures of these messages.
    pub fn of(judged: &[Judged]) -> Self {
        let count = |fits: &dyn Fn(&Judged) -> bool| {
            let fitting = judged.iter().filter(|one| fits(one)).count();
            // A set has fewer messages than a double has whole numbers.
            #[allow(clippy::cast_precision_loss)]
            let fitting = fitting as f64;
            fitting
        };
        let right = count(&|one| one.told == Some(one.label));
        let unhappy = count(&|one| one.label == Feels::Unhappy);
        let found = count(&|one| one.is_alarming);
        let right_found = count(&|one| one.is_alarming && one.label == Feels::Unhappy);
        let (mut f1, mut classes) = (0.0, 0.0);
        for class in Feels::ALL {
            let labelled = count(&|one| one.label == class);
            let told = count(&|one| one.told == Some(class));
            let both = count(&|one| one.told == Some(class) && one.label == class);
            if labelled > 0.0 {
                f1 += ratio(2.0 * both, labelled + told);
                classes += 1.0;
            }
        }
        Self {
            messages: judged.len(),
            unscored: judged.iter().filter(|one| one.told.is_none()).count(),
            accuracy: ratio(right, count(&|_| true)),
            macro_f1: ratio(f1, classes),
            recall: ratio(right_found, unhappy),
            precision: ratio(right_found, found),
            calibration_error: calibration_error(judged),
        }
    }
}

fn calibration_error(judged: &[Judged]) -> f64 {
    let mut bins = [[0.0f64; 3]; BINS];
    for one in judged.iter().filter(|one| one.told.is_some()) {
        let confidence = f64::from(one.confidence);
        // In [0, 1], so the bin is one of ten.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bin = ((confidence * 10.0) as usize).min(BINS - 1);
        bins[bin][0] += 1.0;
        bins[bin][1] += confidence;
        bins[bin][2] += f64::from(u8::from(one.told == Some(one.label)));
    }
    let all: f64 = bins.iter().map(|bin| bin[0]).sum();
    let off: f64 = bins.iter().map(|bin| (bin[1] - bin[2]).abs()).sum();
    ratio(off, all)
}

fn ratio(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}
