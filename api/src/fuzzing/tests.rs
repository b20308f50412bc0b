//! The targets, driven by mutations that are the same each time, over the corpus of `fuzz/`.
//!
//! `REGIE_FUZZ_SECONDS` drives each target for that long instead of a fixed number of times.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::TARGETS;

/// How often each target runs when no time is given.
const RUNS: usize = 4_000;
/// The longest input, in bytes.
const LONGEST: usize = 4 * 1024;
/// What grammars are made of.
const PIECES: [&[u8]; 16] = [
    b"{",
    b"}",
    b"\"",
    b"\\",
    b":",
    b",",
    b"[",
    b"]",
    b"null",
    b"...",
    b"_",
    b"\0",
    b"\xf0\x9f\xa6\x80",
    b"-9223372036854775808",
    b"1e308",
    b"A",
];

/// Dice that fall the same way each time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % bound.max(1)
    }
}

fn mutated(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            2 => bytes.truncate(at),
            3 => {
                let piece = PIECES[dice.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            4 => {
                let end = (at + dice.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + dice.below(200)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, part);
            }
            _ => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn drive(target: &str) {
    let run = TARGETS.iter().find(|(name, _)| *name == target).unwrap().1;
    let corpus = corpus(target);
    assert!(corpus.len() >= 3, "{target}: the corpus is gone");
    for input in &corpus {
        run(input);
    }
    let seconds = std::env::var("REGIE_FUZZ_SECONDS").ok();
    let time = seconds.map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
    let (begin, mut runs, mut dice) = (Instant::now(), 0, Dice(0x5EED));
    while time.map_or(runs < RUNS, |time| begin.elapsed() < time) {
        run(&mutated(&corpus, &mut dice));
        runs += 1;
    }
    println!("{target}: {runs} runs in {:?}", begin.elapsed());
}

#[test]
fn no_cursor_is_read_as_another_or_makes_its_reader_panic() {
    drive("cursor");
}

#[test]
fn no_text_is_two_ids_or_makes_its_reader_panic() {
    drive("id");
}

#[test]
fn no_token_that_nobody_signed_is_anybodys_and_none_makes_its_reader_panic() {
    drive("token");
}

#[test]
fn no_message_of_a_web_socket_makes_its_reader_panic() {
    drive("message");
}

#[test]
fn no_document_makes_the_gate_panic_or_change_its_mind() {
    drive("gate");
}

#[test]
fn every_target_has_a_program_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    for (target, _) in TARGETS {
        let source = fs::read_to_string(folder.join(format!("{target}.rs"))).unwrap();
        assert!(
            source.contains(&format!("api::fuzzing::{target}")),
            "{target}"
        );
    }
}
