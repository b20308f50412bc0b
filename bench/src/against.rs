//! `--against PROGRAM`: this program and an earlier build of it, in turn, so that both meet the same machine.
//!
//! Each turn is a run of the whole program for one round, which seeds its own databases and prints JSON; so an
//! earlier build needs to know nothing of a later one. Who begins changes with each round. What is compared is
//! the later figure divided by the earlier one of the same round, and the median of that over the rounds.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::measure::{figure, median};
use crate::options::Options;
use crate::{Result, note};

/// Those who are not Regie, and so are the same in both programs, are left out unless they are asked for.
const REGIE: &str = "project,live,polling";

/// What one run printed, as far as it is compared.
#[derive(Deserialize)]
struct Printed {
    lines: Vec<PrintedLine>,
}

#[derive(Deserialize)]
struct PrintedLine {
    case: String,
    contender: String,
    medians: BTreeMap<String, f64>,
}

/// What both programs measured of one figure, a value a round.
#[derive(Debug, Default, Serialize)]
struct Pair {
    later: Vec<f64>,
    earlier: Vec<f64>,
    /// Later divided by earlier: the median over the rounds, and the least and the greatest.
    ratio: Option<f64>,
    range: Option<(f64, f64)>,
}

/// A case, a contender, a figure.
type Name = (String, String, String);

/// Runs both, and says how they compare, as text or as JSON.
pub fn run(options: &Options, earlier: &Path) -> Result<String> {
    let later = std::env::current_exe()?;
    let arguments = arguments_of_a_turn(std::env::args_os().skip(1), options);
    let mut pairs: BTreeMap<Name, Pair> = BTreeMap::new();
    for round in 1..=options.rounds {
        let mut turns: [(&str, PathBuf); 2] =
            [("later", later.clone()), ("earlier", earlier.to_owned())];
        if round % 2 == 0 {
            turns.reverse();
        }
        for (which, program) in turns {
            note(&format!("round {round}: {which}"));
            for line in one_turn(&program, &arguments)?.lines {
                for (figure, value) in line.medians {
                    let name = (line.case.clone(), line.contender.clone(), figure);
                    let pair = pairs.entry(name).or_default();
                    let values = match which {
                        "later" => &mut pair.later,
                        _ => &mut pair.earlier,
                    };
                    values.push(value);
                }
            }
        }
    }
    pairs.values_mut().for_each(Pair::compare);
    if options.json {
        let lines: Vec<_> = pairs.iter().collect();
        return Ok(serde_json::to_string_pretty(&lines)? + "\n");
    }
    Ok(table(&pairs))
}

impl Pair {
    fn compare(&mut self) {
        let both = self.later.iter().zip(&self.earlier);
        let ratios: Vec<f64> = both
            .filter(|(_, earlier)| **earlier != 0.0)
            .map(|(later, earlier)| later / earlier)
            .collect();
        self.ratio = median(&ratios);
        let least = ratios.iter().copied().reduce(f64::min);
        self.range = least.zip(ratios.iter().copied().reduce(f64::max));
    }
}

/// One round of this program.
fn one_turn(program: &Path, arguments: &[OsString]) -> Result<Printed> {
    let ran = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !ran.status.success() {
        return Err(format!("{} failed", program.display()).into());
    }
    Ok(serde_json::from_slice(&ran.stdout)?)
}

/// What was asked for, but for one round and in JSON.
fn arguments_of_a_turn(given: impl Iterator<Item = OsString>, options: &Options) -> Vec<OsString> {
    let mut given = given;
    let mut kept = Vec::new();
    while let Some(argument) = given.next() {
        let text = argument.to_string_lossy();
        if ["--against", "--rounds"].contains(&text.as_ref()) {
            given.next();
        } else if text != "--json"
            && !text.starts_with("--against=")
            && !text.starts_with("--rounds=")
        {
            kept.push(argument);
        }
    }
    kept.extend(["--rounds", "1", "--json"].map(OsString::from));
    if options.only.is_empty() {
        kept.extend(["--only", REGIE].map(OsString::from));
    }
    kept
}

/// A table for people.
fn table(pairs: &BTreeMap<Name, Pair>) -> String {
    let mut text = String::from(
        "| case | contender | figure | later | earlier | ratio | from | to |\n|---|---|---|---:|---:|---:|---:|---:|\n",
    );
    for ((case, contender, name), pair) in pairs {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
        let (from, to) = pair.range.unzip();
        let _ = writeln!(
            text,
            "| {case} | {contender} | {name} | {} | {} | {} | {} | {} |",
            number(median(&pair.later)),
            number(median(&pair.earlier)),
            number(pair.ratio),
            number(from),
            number(to),
        );
    }
    text
}

#[cfg(test)]
#[allow(clippy::float_cmp, clippy::unwrap_used)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn a_turn_is_asked_for_the_same_once() {
        let given = [
            "--rounds",
            "5",
            "view",
            "--seconds",
            "1",
            "--against",
            "old",
            "--json",
        ];
        let options = Options::parse_from(["bench"].iter().chain(&given));
        let kept = arguments_of_a_turn(given.iter().map(OsString::from), &options);
        let expected = [
            "view",
            "--seconds",
            "1",
            "--rounds",
            "1",
            "--json",
            "--only",
            REGIE,
        ];
        assert_eq!(kept, expected.map(OsString::from));
    }

    #[test]
    fn the_ratio_is_of_rounds_not_of_medians() {
        let mut pair = Pair {
            later: vec![10.0, 30.0, 20.0],
            earlier: vec![5.0, 30.0, 40.0],
            ..Pair::default()
        };
        pair.compare();
        assert_eq!((pair.ratio, pair.range), (Some(1.0), Some((0.5, 2.0))));
    }
}
