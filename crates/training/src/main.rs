//! `train --data FOLDER [--out FOLDER]` trains, `train check --data FOLDER` trains and compares,
//! `train eval [FILE]` measures, `train mistakes LANGUAGE` lists what is wrong in the tuning part.

// A program that prints its results.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use domain::{Intent, SentimentScorer};
use sentiment::{LexiconScorer, LinearScorer};
use serde::Deserialize;
use training::corpora::{Folder, hash};
use training::development::{LABELS, Labelled, Part, TEXTS, messages};
use training::evaluate::{Report, Scored};
use training::grammar::Grammar;
use training::{Feels, GRAMMARS, feeling, languages, lexicons};

type Outcome = Result<(), Box<dyn Error>>;

/// How often every message is scored for the times.
const ROUNDS: usize = 50;

const USAGE: &str = "train --data FOLDER [--out FOLDER] | train check --data FOLDER | \
                     train eval [FILE] | train mistakes LANGUAGE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sentiment/models");
    let outcome = match arguments[..] {
        ["--data", data] => train(Path::new(data)).and_then(|files| write(&files, &models)),
        ["--data", data, "--out", out] => {
            train(Path::new(data)).and_then(|files| write(&files, Path::new(out)))
        }
        ["check", "--data", data] => {
            train(Path::new(data)).and_then(|files| compare(&files, &models))
        }
        ["eval"] => {
            development();
            Ok(())
        }
        ["mistakes", language] => {
            mistakes(language);
            Ok(())
        }
        ["eval", file] => evaluate(Path::new(file)),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// The files of the models, by name.
type Files = BTreeMap<String, Vec<u8>>;

fn train(data: &Path) -> Result<Files, Box<dyn Error>> {
    let begun = Instant::now();
    let mut folder = Folder::new(data);
    let mut files = Files::new();
    let mut grammars = Vec::new();
    for (language, text) in GRAMMARS {
        grammars.push((language, Grammar::parse(text)?));
    }
    for (recipe, (language, grammar)) in feeling::RECIPES.iter().zip(&grammars) {
        let rated = lexicons::rated(language, &mut folder)?;
        let lexicon = lexicons::lexicon(&rated);
        let trained = feeling::train(recipe, grammar, &lexicon, &rated, &mut folder)?;
        println!(
            "{language}: {} texts, {:.1?}",
            trained.texts,
            begun.elapsed()
        );
        feeling::report(recipe, &trained, &lexicon);
        files.insert(format!("{language}.feeling"), trained.bytes);
        files.insert(format!("{language}.lexicon"), lexicon.write());
    }
    let (table, held_back) = languages::train(&grammars, &mut folder)?;
    println!("languages: {:.1?}", begun.elapsed());
    languages::report(&table, &held_back);
    files.insert("languages.table".to_owned(), table);
    files.insert("inputs.sha256".to_owned(), inputs(&folder).into_bytes());
    for (name, bytes) in &files {
        println!("{name}: {} bytes", bytes.len());
    }
    println!("trained in {:.1?}", begun.elapsed());
    Ok(files)
}

/// What the models were trained from, as `sha256sum` writes it.
fn inputs(folder: &Folder) -> String {
    let corpora = folder
        .hashes
        .iter()
        .map(|(name, hash)| (name.clone(), hash.clone()));
    let grammars =
        GRAMMARS.map(|(name, text)| (format!("grammar/{name}.txt"), hash(text.as_bytes())));
    let sets =
        TEXTS.map(|(name, text)| (format!("development/{name}.jsonl"), hash(text.as_bytes())));
    let labels = ["a", "b"].into_iter().zip(LABELS).map(|(name, text)| {
        (
            format!("development/labels-{name}.jsonl"),
            hash(text.as_bytes()),
        )
    });
    let lists = (
        "grammar/languages.txt".to_owned(),
        hash(languages::LISTS.as_bytes()),
    );
    let mut all: Vec<_> = corpora
        .chain(grammars)
        .chain(sets)
        .chain(labels)
        .chain([lists])
        .collect();
    all.sort();
    let lines: Vec<_> = all
        .iter()
        .map(|(name, hash)| format!("{hash}  {name}\n"))
        .collect();
    lines.concat()
}

fn write(files: &Files, folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn compare(files: &Files, folder: &Path) -> Outcome {
    let differs = |(name, bytes): &(&String, &Vec<u8>)| {
        std::fs::read(folder.join(name)).ok().as_ref() != Some(*bytes)
    };
    let different: Vec<_> = files
        .iter()
        .filter(differs)
        .map(|(name, _)| name.as_str())
        .collect();
    if different.is_empty() {
        println!("the models are what their inputs make, byte by byte");
        return Ok(());
    }
    Err(format!(
        "differ from what their inputs make: {}",
        different.join(", ")
    )
    .into())
}

/// How well the intents of a set are told: a message counts half for each labeller.
fn intents(scorer: &LinearScorer, set: &[Labelled]) -> String {
    let told: Vec<_> = set
        .iter()
        .map(|one| scorer.understand(&one.text, None).meaning.intent)
        .collect();
    let count = |fits: &dyn Fn(Option<Intent>, Intent) -> bool| {
        let pairs = told.iter().zip(set);
        pairs
            .flat_map(|(told, one)| one.intents.map(|label| fits(*told, label)))
            .filter(|fits| *fits)
            .count()
    };
    let right = count(&|told, label| told == Some(label));
    let each = Intent::ALL.iter().map(|intent| {
        let both = count(&|told, label| told == Some(*intent) && label == *intent);
        let found = count(&|told, _| told == Some(*intent));
        let labelled = count(&|_, label| label == *intent);
        format!("{intent} {both}/{found} right, {both}/{labelled} found")
    });
    let each: Vec<_> = each.collect();
    format!("{right}/{} right; {}", set.len() * 2, each.join("; "))
}

fn development() {
    let linear = LinearScorer::new();
    let lexicon = LexiconScorer::new();
    println!("a message, linear: {}", times(&linear));
    println!("a message, lexicon: {}", times(&lexicon));
    for part in [Part::Tuning, Part::Reported] {
        for (language, _) in TEXTS {
            let set = messages(language, part);
            let disagreed = set.iter().filter(|one| !one.is_agreed()).count();
            println!("{language}, {part:?}: {disagreed} labelled differently");
            println!("  of at most four words: {}", told(&linear, language, &set));
            println!("  intents: {}", intents(&linear, &set));
            let scorers: [(&str, &dyn SentimentScorer); 2] =
                [("linear", &linear), ("lexicon", &lexicon)];
            for (name, scorer) in scorers {
                let scored: Vec<_> = set
                    .iter()
                    .map(|one| Scored::of(scorer, &one.text, one.labels))
                    .collect();
                println!(" {name}\n{}", Report::of(&scored));
            }
        }
    }
}

/// How long one message takes, over the messages of all sets.
fn times(scorer: &dyn SentimentScorer) -> String {
    let all = [Part::Tuning, Part::Reported].into_iter();
    let all = all.flat_map(|part| TEXTS.map(|(language, _)| messages(language, part)));
    let all: Vec<_> = all.flatten().collect();
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        for one in &all {
            let begun = Instant::now();
            std::hint::black_box(scorer.understand(&one.text, None));
            took.push(begun.elapsed());
        }
    }
    took.sort_unstable();
    let at = |hundredth: usize| took.get(took.len() * hundredth / 100).copied();
    let (half, most) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    format!("p50 {half:.1?}, p99 {most:.1?}")
}

/// How often the language of short messages is told right, wrong and not.
fn told(scorer: &LinearScorer, language: &str, set: &[Labelled]) -> String {
    let short = set.iter().filter(|one| {
        let words = one
            .text
            .split_whitespace()
            .filter(|word| word.contains(char::is_alphabetic));
        (1..=4).contains(&words.count())
    });
    let (mut n, mut right, mut wrong) = (0, 0, 0);
    for one in short {
        n += 1;
        match scorer.score(&one.text).language.as_deref() {
            Some(code) if code == language => right += 1,
            Some(_) => wrong += 1,
            None => {}
        }
    }
    format!("{n}, language told right {right}, wrong {wrong}")
}

/// Prints what is scored wrong of the part that may be looked at.
fn mistakes(language: &str) {
    let scorer = LinearScorer::new();
    for one in messages(language, Part::Tuning) {
        let made = scorer.score(&one.text);
        let scored = Scored::of(&scorer, &one.text, one.labels);
        if scored.feels() != Some(one.labels[0]) {
            let told = made.language.as_deref().unwrap_or("-");
            println!(
                "{:?}\t{:?}\t{told}\t{}",
                one.labels[0], made.score, one.text
            );
        }
    }
}

/// A line of a labelled file: `label` or `level`.
#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(alias = "level")]
    label: String,
}

fn evaluate(path: &Path) -> Outcome {
    let file: PathBuf = path.to_owned();
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let scorer = LinearScorer::new();
    let mut scored = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line: Line = serde_json::from_str(line).map_err(|e| format!("line {number}: {e}"))?;
        let label = Feels::of_label(&line.label).ok_or(format!("line {number}: no such label"))?;
        scored.push(Scored::of(&scorer, &line.text, [label; 2]));
    }
    println!("{}", Report::of(&scored));
    Ok(())
}
