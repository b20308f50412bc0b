//! The report of one bench: for each case and contender the median of its rounds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::median;

/// How the names of the project's contenders begin.
const PROJECT: &str = "project";

/// What one round measured of one contender in one case.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was done: sizes and circumstances.
    pub case: String,
    /// Who did it.
    pub contender: &'static str,
    /// Figures by name; the name says the unit.
    pub figures: Vec<(&'static str, f64)>,
}

/// The median over the rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// What was done.
    pub case: String,
    /// Who did it.
    pub contender: &'static str,
    /// Medians by name of the figure.
    pub medians: BTreeMap<&'static str, f64>,
    /// What each round measured.
    pub rounds: BTreeMap<&'static str, Vec<f64>>,
    /// For the project, against the others of the same case, for the figure that the bench is
    /// about: this median divided by theirs.
    pub ratios: BTreeMap<&'static str, f64>,
}

/// All of a bench.
#[derive(Debug, Serialize)]
pub struct Report {
    bench: &'static str,
    /// The figure that ratios are made of.
    ratio_of: &'static str,
    lines: Vec<Summary>,
    /// The machine's load before and after, as `/proc/loadavg` has it.
    load: (Option<f64>, Option<f64>),
    #[serde(skip)]
    columns: Vec<&'static str>,
}

impl Report {
    /// The report of these rounds.
    pub fn of(
        bench: &'static str,
        ratio_of: &'static str,
        lines: &[Line],
        load: (Option<f64>, Option<f64>),
    ) -> Self {
        let mut columns: Vec<&'static str> = Vec::new();
        let mut summaries: Vec<Summary> = Vec::new();
        for line in lines {
            let found = summaries
                .iter()
                .position(|one| one.case == line.case && one.contender == line.contender);
            let index = found.unwrap_or_else(|| {
                summaries.push(Summary {
                    case: line.case.clone(),
                    contender: line.contender,
                    medians: BTreeMap::new(),
                    rounds: BTreeMap::new(),
                    ratios: BTreeMap::new(),
                });
                summaries.len() - 1
            });
            for (name, value) in &line.figures {
                if !columns.contains(name) {
                    columns.push(name);
                }
                let rounds = summaries[index].rounds.entry(name).or_default();
                rounds.push(*value);
            }
        }
        for summary in &mut summaries {
            let medians = summary.rounds.iter();
            summary.medians = medians
                .filter_map(|(name, rounds)| Some((*name, median(rounds)?)))
                .collect();
        }
        let compared: Vec<_> = summaries
            .iter()
            .map(|one| {
                let value = one.medians.get(ratio_of).copied();
                (one.case.clone(), one.contender, value)
            })
            .collect();
        let own = summaries
            .iter_mut()
            .filter(|one| one.contender.starts_with(PROJECT));
        for summary in own {
            let own = summary.medians.get(ratio_of).copied();
            summary.ratios = compared
                .iter()
                .filter(|(case, other, _)| *case == summary.case && *other != summary.contender)
                .filter_map(|(_, other, value)| Some((*other, own? / (*value)?)))
                .collect();
        }
        Self {
            bench,
            ratio_of,
            lines: summaries,
            load,
            columns,
        }
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut head = vec!["case".to_owned(), "contender".to_owned()];
        head.extend(self.columns.iter().map(ToString::to_string));
        head.push(format!("ratio of {}", self.ratio_of));
        let mut rows = vec![head];
        for line in &self.lines {
            let mut row = vec![line.case.clone(), line.contender.to_owned()];
            row.extend(self.columns.iter().map(|column| {
                let value = line.medians.get(column).copied();
                value.map_or_else(|| "-".to_owned(), figure)
            }));
            let ratios = line.ratios.iter();
            let ratios: Vec<String> = ratios
                .map(|(other, ratio)| format!("{} x {other}", figure(*ratio)))
                .collect();
            row.push(ratios.join(", "));
            rows.push(row);
        }
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        let mut text = format!("{}\n", self.bench);
        for row in rows {
            for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let width = *width;
                let _ = match index {
                    0 | 1 => write!(text, "| {cell:<width$} "),
                    _ => write!(text, "| {cell:>width$} "),
                };
            }
            text.push_str("|\n");
        }
        if let (Some(before), Some(after)) = self.load {
            let _ = writeln!(text, "load before {before}, after {after}");
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> crate::Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

/// As many digits as tell something.
pub fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 || v == 0.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn ratios_compare_medians_within_a_case() {
        let line = |case: &str, contender, value| Line {
            case: case.to_owned(),
            contender,
            figures: vec![("per second", value)],
        };
        let lines = [
            line("a", "project", 10.0),
            line("a", "peer", 5.0),
            line("a", "project", 30.0),
            line("a", "project", 20.0),
            line("b", "peer", 1.0),
        ];
        let report = Report::of("toy", "per second", &lines, (None, None));
        assert_eq!(report.lines[0].ratios["peer"], 4.0);
        assert!(report.lines[1].ratios.is_empty());
        assert!(report.table().contains("4.00 x peer"));
    }
}
