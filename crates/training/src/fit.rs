//! Logistic regression by stochastic gradient descent, on one thread and in a fixed order.
//!
//! `K` classes have weights; with a reference there is one class more, whose exponent is always
//! 0. Features that stand in one sample only are left out: they would fill the table with noise.

use std::collections::HashMap;

use sentiment::model::exp;

use crate::random::Random;

/// One text as the model sees it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The first group of features.
    pub words: Vec<u32>,
    /// The second group.
    pub pieces: Vec<u32>,
    /// The class; with a reference, `K` is the reference.
    pub class: usize,
    /// What it counts, 1 for one text.
    pub weight: f32,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// How often every sample is seen.
    pub epochs: usize,
    /// The first step's length; it falls in a line to 0.
    pub rate: f32,
    /// What shrinks weights towards 0, per step and feature.
    pub decay: f32,
    /// What the second group of features weighs.
    pub pieces: f32,
    /// Whether there is a class more without weights.
    pub reference: bool,
    /// In how many samples a feature has to stand.
    pub least: u32,
}

/// Trained weights.
#[derive(Debug)]
pub struct Weights<const K: usize> {
    /// One row for each value that the `row` of [`fit`] has.
    pub rows: Vec<[f32; K]>,
    /// What is added whatever the features.
    pub offset: [f32; K],
}

/// The exponents of a sample under these weights.
pub fn exponents<const K: usize>(
    weights: &Weights<K>,
    sample: &Sample,
    pieces: f32,
    row: impl Fn(u32) -> usize,
) -> [f32; K] {
    let mut sum = weights.offset;
    for (features, part) in groups(sample, pieces) {
        for feature in features {
            let weight = &weights.rows[row(*feature)];
            for (sum, weight) in sum.iter_mut().zip(weight) {
                *sum += weight * part;
            }
        }
    }
    sum
}

/// Trains; `row` is the row of a feature, below `rows`.
pub fn fit<const K: usize>(
    samples: &mut [Sample],
    course: &Course,
    rows: usize,
    row: impl Fn(u32) -> usize + Copy,
) -> Weights<K> {
    drop_rare(samples, course.least);
    let mut weights = Weights {
        rows: vec![[0.0; K]; rows],
        offset: [0.0; K],
    };
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut random = Random::new(17);
    let steps = course.epochs * samples.len();
    for epoch in 0..course.epochs {
        random.shuffle(&mut order);
        for (index, at) in order.iter().enumerate() {
            let done = fraction(epoch * samples.len() + index, steps);
            let rate = course.rate * (1.0 - done);
            step(&mut weights, &samples[*at], course, rate, row);
        }
    }
    weights
}

fn step<const K: usize>(
    weights: &mut Weights<K>,
    sample: &Sample,
    course: &Course,
    rate: f32,
    row: impl Fn(u32) -> usize + Copy,
) {
    let mut gradient = probabilities(
        exponents(weights, sample, course.pieces, row),
        course.reference,
    );
    if let Some(own) = gradient.get_mut(sample.class) {
        *own -= 1.0;
    }
    let pull = gradient.map(|g| g * rate * sample.weight);
    for (offset, pull) in weights.offset.iter_mut().zip(pull) {
        *offset -= pull * 0.1;
    }
    let keep = 1.0 - rate * course.decay;
    for (features, part) in groups(sample, course.pieces) {
        for feature in features {
            let weight = &mut weights.rows[row(*feature)];
            for (weight, pull) in weight.iter_mut().zip(pull) {
                *weight = *weight * keep - pull * part;
            }
        }
    }
}

/// The probabilities of the classes that have weights.
pub fn probabilities<const K: usize>(exponents: [f32; K], reference: bool) -> [f32; K] {
    let least = if reference { 0.0 } else { f32::MIN };
    let greatest = exponents.into_iter().fold(least, f32::max);
    let powers = exponents.map(|exponent| exp(exponent - greatest));
    let rest = if reference { exp(-greatest) } else { 0.0 };
    let all: f32 = powers.iter().sum::<f32>() + rest;
    powers.map(|power| power / all)
}

fn groups(sample: &Sample, pieces: f32) -> [(&[u32], f32); 2] {
    [
        (&sample.words, share(sample.words.len())),
        (&sample.pieces, share(sample.pieces.len()) * pieces),
    ]
}

fn share(count: usize) -> f32 {
    // A text has some thousand features at most.
    #[allow(clippy::cast_precision_loss)]
    let count = count as f32;
    if count > 0.0 { 1.0 / count.sqrt() } else { 0.0 }
}

fn fraction(part: usize, of: usize) -> f32 {
    // A rate needs no more digits.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    let fraction = (part as f64 / of.max(1) as f64) as f32;
    fraction
}

fn drop_rare(samples: &mut [Sample], least: u32) {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for sample in samples.iter() {
        for feature in sample.words.iter().chain(&sample.pieces) {
            *counts.entry(*feature).or_default() += 1;
        }
    }
    let frequent = |feature: &u32| counts.get(feature).is_some_and(|count| *count >= least);
    for sample in samples {
        sample.words.retain(frequent);
        sample.pieces.retain(frequent);
    }
}

/// The weight that the greatest nibble stands for: few weights beyond it are cut.
pub fn greatest<const K: usize>(weights: &Weights<K>, class: usize, cut: usize) -> f32 {
    let mut sizes: Vec<f32> = weights.rows.iter().map(|row| row[class].abs()).collect();
    sizes.sort_unstable_by(f32::total_cmp);
    let at = sizes.len().saturating_sub(1 + sizes.len() / cut);
    sizes.get(at).copied().unwrap_or_default().max(1e-6)
}

/// A weight in 4 bits: 8 is 0, 1 and 15 are the ends.
pub fn nibble(weight: f32, greatest: f32) -> u8 {
    // Within -7 and 7 by the clamp.
    #[allow(clippy::cast_possible_truncation)]
    let small = (weight / greatest * 7.0).round().clamp(-7.0, 7.0) as i8;
    (small + 8).unsigned_abs()
}
