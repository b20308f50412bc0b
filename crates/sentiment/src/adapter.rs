//! What the default scorer learns from labels of an operator: a small correction of each language's model.
//!
//! An adapter changes the exponents of unhappy and happy: it scales and shifts them, and adds weights of the message's words,
//! hashed into [`BUCKETS`] rows. It knows hashes of words and no text. Trained by gradient descent with fixed steps and order, so that the
//! same labels give the same adapter on every run.

use std::fmt::Write as _;

use crate::features::Features;
use crate::linear::SUPPORTED;
use crate::measure::Feels;
use crate::model::feeling::Feeling;
use crate::model::share;

/// The rows of weights of a language.
const BUCKETS: usize = 1 << 12;
const BITS: u32 = 12;

/// How often training looks at all labels, how far it goes each time, and how strongly weights are held near 0.
const ROUNDS: usize = 300;
const STEP: f32 = 0.5;
const HOLD: f32 = 0.02;

/// From which weight on a row is kept.
const LEAST: f32 = 0.000_5;

/// An adapter: of each language in the order of [`SUPPORTED`].
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter([Own; SUPPORTED.len()]);

/// What is learnt of one language; unhappy first, then happy.
#[derive(Clone, Debug, PartialEq)]
struct Own {
    scale: [f32; 2],
    shift: [f32; 2],
    rows: Vec<[f32; 2]>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            scale: [1.0; 2],
            shift: [0.0; 2],
            rows: Vec::new(),
        }
    }
}

/// A text that has no adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no adapter of this version of Regie")]
pub struct NoAdapter;

/// What is learnt from one message.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub language: usize,
    pub exponents: [f32; 2],
    pub rows: Vec<usize>,
    pub label: Feels,
}

/// The rows of a message's words.
pub(crate) fn rows(features: &Features) -> Vec<usize> {
    features.words.iter().map(|word| row(*word)).collect()
}

const fn row(feature: u32) -> usize {
    (feature >> (32 - BITS)) as usize
}

impl Adapter {
    /// Learns from these lessons; a language without any stays as it is.
    pub(crate) fn learn(lessons: &[Lesson]) -> Self {
        let own = std::array::from_fn(|language| {
            let of_it: Vec<_> = lessons
                .iter()
                .filter(|one| one.language == language)
                .collect();
            if of_it.is_empty() {
                return Own::default();
            }
            let mut own = Own::learn(&of_it);
            own.round();
            own
        });
        Self(own)
    }

    /// The exponents of a message of this language.
    pub(crate) fn exponents(
        &self,
        language: usize,
        exponents: [f32; 2],
        features: &Features,
    ) -> [f32; 2] {
        let Some(own) = self.0.get(language) else {
            return exponents;
        };
        let words = features.words.iter().map(|word| row(*word));
        own.exponents(exponents, words, features.words.len())
    }

    /// Reads what [`Adapter::write`] wrote.
    pub fn read(text: &str) -> Result<Self, NoAdapter> {
        let mut own: [Own; SUPPORTED.len()] = std::array::from_fn(|_| Own::default());
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return Err(NoAdapter);
        }
        for line in lines {
            let mut words = line.split(' ');
            let code = words.next().ok_or(NoAdapter)?;
            let language = SUPPORTED.iter().position(|known| *known == code);
            let own = &mut own[language.ok_or(NoAdapter)?];
            let numbers: Vec<i32> = words
                .map(|word| word.parse().map_err(|_| NoAdapter))
                .collect::<Result<_, _>>()?;
            match numbers[..] {
                [a, b, c, d] => {
                    own.scale = [number(a), number(b)];
                    own.shift = [number(c), number(d)];
                }
                [row, unhappy, happy] => {
                    let row = usize::try_from(row).map_err(|_| NoAdapter)?;
                    own.rows.resize(BUCKETS, [0.0; 2]);
                    *own.rows.get_mut(row).ok_or(NoAdapter)? = [number(unhappy), number(happy)];
                }
                _ => return Err(NoAdapter),
            }
        }
        Ok(Self(own))
    }

    /// The adapter as text: numbers in thousandths, four of each language and three of each row that says something.
    pub fn write(&self) -> String {
        let mut text = HEAD.to_owned();
        for (code, own) in SUPPORTED.iter().zip(&self.0) {
            let ([a, b], [c, d]) = (own.scale.map(thousandths), own.shift.map(thousandths));
            let _ = write!(text, "\n{code} {a} {b} {c} {d}");
            for (row, weights) in own.rows.iter().enumerate() {
                let [unhappy, happy] = weights.map(thousandths);
                if unhappy != 0 || happy != 0 {
                    let _ = write!(text, "\n{code} {row} {unhappy} {happy}");
                }
            }
        }
        text
    }
}

/// The first line: another form of adapter gets another one.
const HEAD: &str = "regie-adapter 1";

impl Own {
    fn learn(lessons: &[&Lesson]) -> Self {
        let mut own = Self {
            rows: vec![[0.0; 2]; BUCKETS],
            ..Self::default()
        };
        // Some thousand labels are exact in f32.
        #[allow(clippy::cast_precision_loss)]
        let each = STEP / lessons.len() as f32;
        for _ in 0..ROUNDS {
            let mut next = own.clone();
            for lesson in lessons {
                let now = own.exponents(
                    lesson.exponents,
                    lesson.rows.iter().copied(),
                    lesson.rows.len(),
                );
                let feeling = Feeling::of(now);
                let told = [feeling.negative, feeling.positive];
                for (side, class) in [Feels::Unhappy, Feels::Happy].into_iter().enumerate() {
                    let wanted = f32::from(u8::from(lesson.label == class));
                    let step = each * (wanted - told[side]);
                    next.shift[side] += step;
                    next.scale[side] += step * lesson.exponents[side].clamp(-4.0, 4.0) / 4.0;
                    let share = share(lesson.rows.len());
                    for row in &lesson.rows {
                        next.rows[*row][side] += step * share * 4.0;
                    }
                }
            }
            for side in 0..2 {
                next.shift[side] -= STEP * HOLD * own.shift[side] / 4.0;
                next.scale[side] -= STEP * HOLD * (own.scale[side] - 1.0);
                for row in &mut next.rows {
                    row[side] -= STEP * HOLD * row[side];
                }
            }
            own = next;
        }
        own
    }

    fn exponents(
        &self,
        exponents: [f32; 2],
        words: impl Iterator<Item = usize>,
        count: usize,
    ) -> [f32; 2] {
        let mut sums = [0.0; 2];
        if !self.rows.is_empty() {
            for row in words {
                let [unhappy, happy] = self.rows.get(row).copied().unwrap_or_default();
                sums[0] += unhappy;
                sums[1] += happy;
            }
        }
        let share = share(count);
        let side = |side: usize| {
            exponents[side] * self.scale[side] + self.shift[side] + sums[side] * share
        };
        [side(0), side(1)]
    }

    /// As it is written.
    fn round(&mut self) {
        let round = |value: &mut f32| *value = number(thousandths(*value));
        self.scale.iter_mut().for_each(round);
        self.shift.iter_mut().for_each(round);
        for row in &mut self.rows {
            for value in row {
                *value = if value.abs() < LEAST {
                    0.0
                } else {
                    number(thousandths(*value))
                };
            }
        }
    }
}

fn thousandths(value: f32) -> i32 {
    // Weights are held near 0; what is out of bounds is cut.
    #[allow(clippy::cast_possible_truncation)]
    let whole = (value * 1000.0).round().clamp(-1e6, 1e6) as i32;
    whole
}

fn number(thousandths: i32) -> f32 {
    // At most a million: exact.
    #[allow(clippy::cast_precision_loss)]
    let value = thousandths as f32 / 1000.0;
    value
}
