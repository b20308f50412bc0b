//! The development sets with both labels, and their two parts.

use std::collections::BTreeMap;

use domain::Intent;
use serde::Deserialize;

use crate::Feels;

/// The texts, by language.
pub const TEXTS: [(&str, &str); 2] = [
    ("en", include_str!("../../../tests/sentiment/en.jsonl")),
    ("nl", include_str!("../../../tests/sentiment/nl.jsonl")),
];

/// The labels of both labellers.
pub const LABELS: [&str; 2] = [
    include_str!("../../../tests/sentiment/labels-a.jsonl"),
    include_str!("../../../tests/sentiment/labels-b.jsonl"),
];

/// Which part of a set a message is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// May be looked at, and calibrated on.
    Tuning,
    /// Is only measured.
    Reported,
}

/// A message and what both labellers made of it.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// Its id in the set.
    pub id: String,
    /// The text.
    pub text: String,
    /// Each labeller's label; they differ where they disagreed.
    pub labels: [Feels; 2],
    /// What each labeller took it to be for.
    pub intents: [Intent; 2],
}

#[derive(Deserialize)]
struct Text {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Label {
    id: String,
    level: String,
    intent: Intent,
}

impl Labelled {
    /// Which part it is in, by the number in its id.
    pub fn part(&self) -> Part {
        let number = self
            .id
            .rsplit('-')
            .next()
            .and_then(|n| n.parse::<u32>().ok());
        match number.map(|number| number % 5) {
            Some(3 | 4) => Part::Reported,
            _ => Part::Tuning,
        }
    }

    /// Whether the labellers chose the same.
    pub fn is_agreed(&self) -> bool {
        self.labels[0] == self.labels[1]
    }
}

/// One language's messages of one part, in the order of the file. A message that a labeller left
/// out is left out.
pub fn messages(language: &str, part: Part) -> Vec<Labelled> {
    let labels = LABELS.map(labels_of);
    let texts = TEXTS.iter().filter(|(name, _)| *name == language);
    texts
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| serde_json::from_str::<Text>(line).ok())
        .filter_map(|Text { id, text }| {
            let [a, b] = [labels[0].get(&id)?, labels[1].get(&id)?];
            Some(Labelled {
                id,
                text,
                labels: [a.0, b.0],
                intents: [a.1, b.1],
            })
        })
        .filter(|message| message.part() == part)
        .collect()
}

fn labels_of(file: &str) -> BTreeMap<String, (Feels, Intent)> {
    file.lines()
        .filter_map(|line| serde_json::from_str::<Label>(line).ok())
        .filter_map(|label| Some((label.id, (Feels::of_label(&label.level)?, label.intent))))
        .collect()
}
