//! Learning from labels: which are held back, and whether what was learnt is better.

use std::collections::BTreeMap;

use domain::SentimentScorer;

use crate::adapter::Adapter;
use crate::features::word_hash;
use crate::linear::LinearScorer;
use crate::measure::{Feels, Figures, Judged};

/// The fewest messages that anything is learnt from: with fewer, the fifth that is held back says nothing.
pub const LEAST_LABELS: usize = 50;

/// One in so many messages of each class is held back.
const HELD_BACK: usize = 5;

/// What came of learning.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// What was learnt.
    pub adapter: Adapter,
    /// On how many messages it was trained.
    pub trained: usize,
    /// The default's figures on the messages held back.
    pub before: Figures,
    /// The adapter's figures on the same.
    pub after: Figures,
}

/// Why nothing was learnt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotLearnt {
    /// Too few messages in a language that is scored.
    #[error(
        "{0} different labelled messages in English or Dutch are too few: {LEAST_LABELS} are needed, 100 or more help"
    )]
    TooFew(usize),
    /// It does worse on what was held back.
    #[error(
        "the adapter does worse on the {} messages held back: macro-F1 {:.3} instead of {:.3}",
        .after.messages, .after.macro_f1, .before.macro_f1
    )]
    Worse {
        /// The default's figures.
        before: Figures,
        /// The adapter's.
        after: Figures,
    },
}

/// The figures of a scorer on these messages.
pub fn figures(scorer: &dyn SentimentScorer, labelled: &[(&str, Feels)]) -> Figures {
    let judged = labelled
        .iter()
        .map(|(text, label)| Judged::of(*label, &scorer.score(text)));
    Figures::of(&judged.collect::<Vec<_>>())
}

/// Learns from labelled messages, and holds one in five of each class back to judge what was learnt. Of two labels of one text
/// the last counts.
pub fn learn(labelled: &[(&str, Feels)]) -> Result<Learnt, NotLearnt> {
    let scorer = LinearScorer::new();
    let of_each: BTreeMap<&str, Feels> = labelled.iter().copied().collect();
    let mut known: Vec<_> = of_each
        .into_iter()
        .filter_map(|(text, label)| Some((text, scorer.lesson(text, label)?)))
        .collect();
    if known.len() < LEAST_LABELS {
        return Err(NotLearnt::TooFew(known.len()));
    }
    known.sort_by_key(|(text, lesson)| (lesson.label, word_hash(text), *text));
    let (mut lessons, mut held_back) = (Vec::new(), Vec::new());
    for (number, (text, lesson)) in known.into_iter().enumerate() {
        if number % HELD_BACK == HELD_BACK - 1 {
            held_back.push((text, lesson.label));
        } else {
            lessons.push(lesson);
        }
    }
    let adapter = Adapter::learn(&lessons);
    let before = figures(&scorer, &held_back);
    scorer.adopt(0, Some(adapter.clone()));
    let after = figures(&scorer, &held_back);
    judged(adapter, lessons.len(), before, after)
}

/// What was learnt, unless it is worse.
pub(crate) fn judged(
    adapter: Adapter,
    trained: usize,
    before: Figures,
    after: Figures,
) -> Result<Learnt, NotLearnt> {
    if after.macro_f1 < before.macro_f1 {
        return Err(NotLearnt::Worse { before, after });
    }
    Ok(Learnt {
        adapter,
        trained,
        before,
        after,
    })
}
