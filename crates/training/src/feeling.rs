//! Trains one language's model of feeling.

use sentiment::features::Features;
use sentiment::model::feeling::{Model, PIECES, ROWS, ZERO, row};
use sentiment::normal::Plain;
use sentiment::rated::Lexicon;

use crate::calibrate::{Calibration, Measured};
use crate::corpora::{Fault, Folder, is_held_back};
use crate::development::{Labelled, Part, messages};
use crate::dress::{self, Manners, dressed};
use crate::evaluate::{Report, Scored};
use crate::fit::{Course, Sample, Weights, fit, greatest, nibble};
use crate::grammar::Grammar;
use crate::random::Random;
use crate::{Example, Feels};

/// How many sentences are drawn from a pattern.
const DRAWN: usize = 60;

const COURSE: Course = Course {
    epochs: 4,
    rate: 1.0,
    decay: 0.000_5,
    pieces: PIECES,
    reference: true,
    least: 2,
};

/// Of all weights, one in so many is beyond the greatest that 4 bits hold.
const CUT: usize = 2_000;

/// A corpus, and what one of its texts counts against a sentence of the grammar.
type Source = (&'static str, f32);

/// What one language is trained from.
#[derive(Debug)]
pub struct Recipe {
    /// ISO 639-1.
    pub language: &'static str,
    corpora: &'static [Source],
    manners: &'static Manners,
    /// What a rated word alone counts.
    rated: f32,
}

/// The languages that are scored.
pub const RECIPES: [Recipe; 2] = [
    Recipe {
        language: "en",
        corpora: &[
            ("goemotions_en.jsonl", 0.2),
            ("xed_en.jsonl", 0.15),
            ("xed_neutral_en.jsonl", 0.15),
            ("banking77_train_en.jsonl", 0.5),
            ("uci_reviews_en.jsonl", 1.0),
        ],
        manners: &dress::ENGLISH,
        rated: 0.3,
    },
    Recipe {
        language: "nl",
        corpora: &[
            ("homeassistant_requests_nl.jsonl", 0.3),
            ("xed_nl.jsonl", 0.1),
        ],
        manners: &dress::DUTCH,
        rated: 0.5,
    },
];

/// A trained model as bytes, and the texts that were held back from it.
#[derive(Debug)]
pub struct Trained {
    /// What `sentiment::model::feeling::Model::new` reads.
    pub bytes: Vec<u8>,
    /// By corpus.
    pub held_back: Vec<(&'static str, Vec<Example>)>,
    /// How many texts it was trained from.
    pub texts: usize,
}

/// The sentences of a language's grammar, undressed.
pub fn sentences(grammar: &Grammar) -> Vec<Example> {
    let mut random = Random::new(4);
    let mut all = Vec::new();
    for kind in &grammar.kinds {
        let drawn = grammar.sentences(kind, DRAWN, &mut random);
        all.extend(drawn.into_iter().map(|text| Example {
            text,
            feels: kind.feels,
        }));
    }
    all
}

/// Trains.
pub fn train(
    recipe: &Recipe,
    grammar: &Grammar,
    lexicon: &Lexicon,
    rated: &[(String, i8)],
    folder: &mut Folder,
) -> Result<Trained, Fault> {
    let seer = Seer::new(lexicon);
    let mut samples = Vec::new();
    let own = dressed(&sentences(grammar), recipe.manners, &mut Random::new(5));
    samples.extend(seer.samples(&own, 1.0));
    let mut held_back = Vec::new();
    for (name, weight) in recipe.corpora {
        let (held, seen): (Vec<_>, Vec<_>) = folder
            .examples(name)?
            .into_iter()
            .partition(|example| is_held_back(&example.text));
        samples.extend(seer.samples(&seen, *weight));
        held_back.push((*name, held));
    }
    let words: Vec<_> = rated.iter().filter_map(of_rated).collect();
    samples.extend(seer.samples(&words, recipe.rated));
    balance(&mut samples);
    let texts = samples.len();
    let weights = fit::<2>(&mut samples, &COURSE, ROWS, row);
    let bytes = packed(&weights, &seer, &messages(recipe.language, Part::Tuning));
    Ok(Trained {
        bytes,
        held_back,
        texts,
    })
}

/// A rated word as a message, where its rating is clear.
fn of_rated((word, rating): &(String, i8)) -> Option<Example> {
    let feels = match rating {
        30.. => Feels::Positive,
        ..=-30 => Feels::Negative,
        _ => return None,
    };
    Some(Example {
        text: word.clone(),
        feels,
    })
}

/// Turns texts into samples.
struct Seer<'a>(&'a Lexicon);

impl<'a> Seer<'a> {
    const fn new(lexicon: &'a Lexicon) -> Self {
        Self(lexicon)
    }

    fn sample(&self, text: &str, class: usize, weight: f32) -> Sample {
        let plain = Plain::of(text);
        let mut features = Features::default();
        features.of_feeling(&plain, self.0.steps(&plain));
        Sample {
            words: features.words,
            pieces: features.pieces,
            class,
            weight,
        }
    }

    fn samples(&self, examples: &[Example], weight: f32) -> Vec<Sample> {
        examples
            .iter()
            .map(|example| self.sample(&example.text, class(example.feels), weight))
            .collect()
    }
}

/// Neutral is the reference, so it comes last.
const fn class(feels: Feels) -> usize {
    match feels {
        Feels::Negative => 0,
        Feels::Positive => 1,
        Feels::Neutral => 2,
    }
}

/// Gives each class the same say.
fn balance(samples: &mut [Sample]) {
    let mut sums = [0.0f32; 3];
    for sample in samples.iter() {
        sums[sample.class] += sample.weight;
    }
    let mean = sums.iter().sum::<f32>() / 3.0;
    for sample in samples {
        sample.weight *= mean / sums[sample.class].max(1.0);
    }
}

/// The weights in 4 bits, calibrated on the tuning part.
fn packed(weights: &Weights<2>, seer: &Seer<'_>, tuning: &[Labelled]) -> Vec<u8> {
    let greatest: [f32; 2] = std::array::from_fn(|side| greatest(weights, side, CUT));
    let table: Vec<u8> = weights
        .rows
        .iter()
        .map(|row| nibble(row[0], greatest[0]) | nibble(row[1], greatest[1]) << 4)
        .collect();
    let raw = |message: &Labelled| {
        let sample = seer.sample(&message.text, 0, 1.0);
        let rows = |features: &[u32], side: usize| -> f32 {
            let value = |feature: &u32| {
                let both = table[row(*feature)];
                let small = if side == 0 { both & 15 } else { both >> 4 };
                f32::from(small) - f32::from(ZERO)
            };
            features.iter().map(value).sum()
        };
        let [words, pieces] = [share(&sample.words), share(&sample.pieces) * PIECES];
        std::array::from_fn(|side| {
            let sum = rows(&sample.words, side) * words + rows(&sample.pieces, side) * pieces;
            weights.offset[side] + sum * greatest[side] / 7.0
        })
    };
    let measured: Vec<Measured> = tuning
        .iter()
        .flat_map(|message| {
            let exponents = raw(message);
            message.labels.map(|label| (exponents, class(label), 0.5))
        })
        .collect();
    let calibration = Calibration::fitted(&measured);
    let scale = |side: usize| greatest[side] / 7.0 * calibration.scale[side];
    let offset = calibration.of(weights.offset);
    let head = [scale(0), scale(1), offset[0], offset[1]];
    head.into_iter()
        .flat_map(f32::to_le_bytes)
        .chain(table)
        .collect()
}

fn share(features: &[u32]) -> f32 {
    // A text has some thousand features at most.
    #[allow(clippy::cast_precision_loss)]
    let count = features.len() as f32;
    if count > 0.0 { 1.0 / count.sqrt() } else { 0.0 }
}

/// Prints how the model does on the tuning part and on what was held back from each corpus.
#[allow(clippy::print_stdout)]
pub fn report(recipe: &Recipe, trained: &Trained, lexicon: &Lexicon) {
    let model = Model::new(&trained.bytes);
    let mut features = Features::default();
    let mut score = |text: &str, labels: [Feels; 2]| {
        let plain = Plain::of(text);
        features.of_feeling(&plain, lexicon.steps(&plain));
        let feeling = model.feeling(&features);
        Scored {
            labels,
            score: Some(feeling.score()),
            confidence: feeling.confidence(),
        }
    };
    let tuning = messages(recipe.language, Part::Tuning);
    let scored: Vec<_> = tuning
        .iter()
        .map(|one| score(&one.text, one.labels))
        .collect();
    println!(" tuning part, its language given\n{}", Report::of(&scored));
    for (name, held) in &trained.held_back {
        let scored: Vec<_> = held
            .iter()
            .map(|one| score(&one.text, [one.feels; 2]))
            .collect();
        println!(" held back of {name}\n{}", Report::of(&scored));
    }
}
