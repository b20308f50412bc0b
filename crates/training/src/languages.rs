//! Trains the table that tells languages apart, from short pieces of text.
//!
//! Customers write three words; so the samples are windows of one to eight words, the same number
//! for each language. Words that chat borrows everywhere are samples of every language: alone
//! they tell none.

use std::collections::BTreeMap;

use sentiment::features::Features;
use sentiment::language_of::Recogniser;
use sentiment::model::languages::{HEAD, LANES, LANGUAGES, PIECES, ROWS, row};
use sentiment::normal::Plain;

use crate::corpora::{Fault, Folder, is_held_back};
use crate::feeling;
use crate::fit::{Course, Sample, Weights, fit, greatest, nibble};
use crate::grammar::Grammar;
use crate::random::Random;

/// Sentences and words by language, written for this.
pub const LISTS: &str = include_str!("../grammar/languages.txt");

/// How many windows each language gets.
const WINDOWS: usize = 9_000;

/// The longest window, in words.
const LONGEST: usize = 7;

/// In how many of a hundred windows a borrowed word stands alone.
const BORROWED: usize = 4;

const COURSE: Course = Course {
    epochs: 4,
    rate: 0.6,
    decay: 0.000_02,
    pieces: PIECES,
    reference: false,
    least: 2,
};

const CUT: usize = 1_000;

/// The corpora that hold sentences of a language.
const CORPORA: [(&str, &[&str]); 8] = [
    ("nl", &["xed_nl.jsonl", "homeassistant_requests_nl.jsonl"]),
    (
        "en",
        &[
            "xed_en.jsonl",
            "xed_neutral_en.jsonl",
            "banking77_train_en.jsonl",
        ],
    ),
    ("de", &["xed_de.jsonl", "homeassistant_requests_de.jsonl"]),
    ("fr", &["xed_fr.jsonl", "homeassistant_requests_fr.jsonl"]),
    ("es", &["xed_es.jsonl", "homeassistant_requests_es.jsonl"]),
    ("it", &["xed_it.jsonl"]),
    ("pt", &["xed_pt.jsonl"]),
    ("pl", &["xed_pl.jsonl"]),
];

/// What `languages.txt` holds: texts by the language's code, `any` and `other` among them.
pub fn lists() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut lists: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut code = "other";
    for line in LISTS.lines() {
        match line.strip_prefix('@') {
            Some(name) => code = name.trim(),
            None => lists
                .entry(code)
                .or_default()
                .extend(line.split('|').map(str::trim)),
        }
    }
    lists
}

/// The texts of a language that training does not see, by language.
pub type HeldBack = Vec<(&'static str, Vec<String>)>;

/// Trains; gives the table's bytes and what was held back.
pub fn train(
    grammars: &[(&'static str, Grammar)],
    folder: &mut Folder,
) -> Result<(Vec<u8>, HeldBack), Fault> {
    let lists = lists();
    let borrowed = lists.get("any").cloned().unwrap_or_default();
    let mut held_back = HeldBack::new();
    let mut samples = Vec::new();
    let mut random = Random::new(6);
    let codes = LANGUAGES.iter().copied().chain(["other"]);
    for (lane, code) in codes.enumerate() {
        let own = lists.get(code).cloned().unwrap_or_default();
        let mut pools = vec![own.into_iter().map(str::to_owned).collect::<Vec<_>>()];
        let (read, held) = corpus(code, folder)?;
        pools.push(read);
        held_back.push((code, held));
        if let Some((_, grammar)) = grammars.iter().find(|(name, _)| *name == code) {
            pools.push(
                feeling::sentences(grammar)
                    .into_iter()
                    .map(|e| e.text)
                    .collect(),
            );
        }
        pools.retain(|pool| !pool.is_empty());
        for _ in 0..WINDOWS {
            let text = if random.chance(BORROWED) {
                random.pick(&borrowed).map(|word| (*word).to_owned())
            } else {
                let pool = random.pick(&pools);
                pool.and_then(|pool| random.pick(pool).cloned())
                    .map(|text| window(&text, &mut random))
            };
            samples.push(sample(&text.unwrap_or_default(), lane));
        }
    }
    let weights = fit::<LANES>(&mut samples, &COURSE, ROWS, row);
    Ok((packed(&weights), held_back))
}

fn corpus(code: &str, folder: &mut Folder) -> Result<(Vec<String>, Vec<String>), Fault> {
    let mut all = Vec::new();
    for (_, names) in CORPORA.iter().filter(|(name, _)| *name == code) {
        for name in *names {
            all.extend(folder.examples(name)?.into_iter().map(|e| e.text));
        }
    }
    Ok(all.into_iter().partition(|text| !is_held_back(text)))
}

fn window(text: &str, random: &mut Random) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let length = 1 + random.below(LONGEST);
    let from = random.below(words.len().saturating_sub(length) + 1);
    let to = words.len().min(from + length);
    words[from..to].join(" ")
}

fn sample(text: &str, lane: usize) -> Sample {
    let mut features = Features::default();
    features.of_language(&Plain::of(text));
    Sample {
        words: features.words,
        pieces: features.pieces,
        class: lane,
        weight: 1.0,
    }
}

/// One scale for all lanes, so that a row's nibbles can be compared.
fn packed(weights: &Weights<LANES>) -> Vec<u8> {
    let greatest = (0..LANES)
        .map(|lane| greatest(weights, lane, CUT))
        .fold(0.0, f32::max);
    let mut bytes = Vec::with_capacity(HEAD + ROWS * 8);
    bytes.extend((greatest / 7.0).to_le_bytes());
    bytes.extend(
        weights
            .offset
            .iter()
            .flat_map(|offset| offset.to_le_bytes()),
    );
    for row in &weights.rows {
        let pair = |two: &[f32]| nibble(two[0], greatest) | nibble(two[1], greatest) << 4;
        bytes.extend(row.chunks_exact(2).map(pair));
    }
    bytes
}

/// Prints how often whole short texts and windows of at most four words that were held back are
/// told right, wrong and not.
#[allow(clippy::print_stdout)]
pub fn report(table: &[u8], held_back: &HeldBack) {
    let recogniser = Recogniser::new(table);
    let mut random = Random::new(8);
    for (code, texts) in held_back.iter().filter(|(_, texts)| !texts.is_empty()) {
        let (mut right, mut wrong) = (0usize, 0usize);
        for text in texts {
            let words: Vec<_> = text.split_whitespace().collect();
            let from = random.below(words.len().saturating_sub(4) + 1);
            let short = words[from..words.len().min(from + 4)].join(" ");
            match recogniser.recognise(&Plain::of(&short), None) {
                Some(told) if told.code == *code => right += 1,
                Some(_) => wrong += 1,
                None => {}
            }
        }
        println!(
            " {code}: of {} windows of four words {right} right, {wrong} wrong",
            texts.len()
        );
    }
}
