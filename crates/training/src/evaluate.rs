//! How well a scorer does on labelled messages.
//!
//! Figures: accuracy, macro-F1 over three classes, what share of the unhappy is found at NEGATIVE
//! or worse and how many of those found are unhappy, calibration error over ten bins of
//! confidence. The intervals hold in 95 of 100 samples of messages, by drawing the set 1,000
//! times with replacement. Where two labellers disagreed, a message counts half for each.

use std::fmt;

use domain::SentimentScorer;
use domain::sentiment::LEVEL_BOUNDS;

use crate::Feels;
use crate::random::Random;

const DRAWS: usize = 1_000;
const BINS: usize = 10;

/// One message, scored.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    /// What the labellers chose; twice the same where there is one label.
    pub labels: [Feels; 2],
    /// None when there is no score.
    pub score: Option<f32>,
    /// In [0, 1].
    pub confidence: f32,
}

impl Scored {
    /// Scores a text.
    pub fn of(scorer: &dyn SentimentScorer, text: &str, labels: [Feels; 2]) -> Self {
        let made = scorer.score(text);
        Self {
            labels,
            score: made.score,
            confidence: made.confidence,
        }
    }

    /// The class of the score by the bounds of levels.
    pub fn feels(&self) -> Option<Feels> {
        let [slight, ..] = LEVEL_BOUNDS;
        self.score.map(|score| match score {
            score if score <= -slight => Feels::Negative,
            score if score >= slight => Feels::Positive,
            _ => Feels::Neutral,
        })
    }

    fn is_alarming(&self) -> bool {
        let [_, negative, _] = LEVEL_BOUNDS;
        self.score.is_some_and(|score| score <= -negative)
    }
}

/// A figure and its interval.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// The interval's ends.
    pub within: [f64; 2],
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = self.within;
        write!(f, "{:.3} [{from:.3}, {to:.3}]", self.value)
    }
}

/// All figures of one set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Messages.
    pub n: usize,
    /// Messages without a score; they count as wrong.
    pub unscored: usize,
    /// Share of right classes.
    pub accuracy: Figure,
    /// Mean of F1 over the classes that the labels have.
    pub macro_f1: Figure,
    /// Share of the unhappy that are found at NEGATIVE or worse.
    pub recall: Figure,
    /// Share of those found that are unhappy.
    pub precision: Figure,
    /// Mean distance between confidence and share of right ones.
    pub calibration_error: Figure,
}

impl Report {
    /// The figures of these messages.
    pub fn of(scored: &[Scored]) -> Self {
        let own = figures(scored);
        let mut random = Random::new(9);
        let mut drawn: [Vec<f64>; 5] = Default::default();
        for _ in 0..DRAWS {
            let sample: Vec<_> = (0..scored.len())
                .filter_map(|_| random.pick(scored).copied())
                .collect();
            for (row, value) in drawn.iter_mut().zip(figures(&sample)) {
                row.push(value);
            }
        }
        let figure = |index: usize| {
            let mut row = drawn[index].clone();
            row.sort_by(f64::total_cmp);
            let end = |at: usize| row.get(at).copied().unwrap_or_default();
            Figure {
                value: own[index],
                within: [end(DRAWS / 40), end(DRAWS - 1 - DRAWS / 40)],
            }
        };
        Self {
            n: scored.len(),
            unscored: scored.iter().filter(|one| one.score.is_none()).count(),
            accuracy: figure(0),
            macro_f1: figure(1),
            recall: figure(2),
            precision: figure(3),
            calibration_error: figure(4),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  n                    {} ({} without a score)",
            self.n, self.unscored
        )?;
        writeln!(f, "  accuracy             {}", self.accuracy)?;
        writeln!(f, "  macro-F1             {}", self.macro_f1)?;
        writeln!(f, "  NEGATIVE or worse:")?;
        writeln!(f, "    recall             {}", self.recall)?;
        writeln!(f, "    precision          {}", self.precision)?;
        write!(f, "  calibration error    {}", self.calibration_error)
    }
}

/// Accuracy, macro-F1, recall, precision, calibration error.
fn figures(scored: &[Scored]) -> [f64; 5] {
    let mut table = [[0.0f64; 4]; 3];
    let (mut found, mut right_found, mut unhappy) = (0.0, 0.0, 0.0);
    for one in scored {
        for label in one.labels {
            let class = one.feels().map_or(3, Feels::index);
            table[label.index()][class] += 0.5;
            let negative = f64::from(u8::from(label == Feels::Negative)) / 2.0;
            unhappy += negative;
            if one.is_alarming() {
                found += 0.5;
                right_found += negative;
            }
        }
    }
    let all: f64 = table.iter().flatten().sum();
    let right: f64 = (0..3).map(|class| table[class][class]).sum();
    [
        ratio(right, all),
        macro_f1(&table),
        ratio(right_found, unhappy),
        ratio(right_found, found),
        calibration_error(scored),
    ]
}

fn macro_f1(table: &[[f64; 4]; 3]) -> f64 {
    let (mut sum, mut classes) = (0.0, 0.0);
    for class in 0..3 {
        let labelled: f64 = table[class].iter().sum();
        let chosen: f64 = table.iter().map(|row| row[class]).sum();
        if labelled > 0.0 {
            sum += ratio(2.0 * table[class][class], labelled + chosen);
            classes += 1.0;
        }
    }
    ratio(sum, classes)
}

fn calibration_error(scored: &[Scored]) -> f64 {
    let mut bins = [[0.0f64; 3]; BINS];
    for one in scored.iter().filter(|one| one.score.is_some()) {
        for label in one.labels {
            // In [0, 1], so the bin is one of ten.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let bin = ((f64::from(one.confidence) * 10.0) as usize).min(BINS - 1);
            bins[bin][0] += 0.5;
            bins[bin][1] += f64::from(one.confidence) / 2.0;
            bins[bin][2] += f64::from(u8::from(one.feels() == Some(label))) / 2.0;
        }
    }
    let all: f64 = bins.iter().map(|bin| bin[0]).sum();
    let off: f64 = bins.iter().map(|bin| (bin[1] - bin[2]).abs()).sum();
    ratio(off, all)
}

fn ratio(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}
