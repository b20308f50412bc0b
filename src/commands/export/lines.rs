//! Rows as lines of CSV or JSON.

use std::io;

use clap::ValueEnum;
use engine::store::export::{Cell, Row};
use serde_json::Value;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// RFC 4180, with a first line of names; what is nothing is empty
    Csv,
    /// One JSON object a line; what is nothing is null
    Jsonl,
}

/// What makes lines of rows with these columns.
pub(super) struct Lines {
    format: Format,
    columns: Vec<&'static str>,
}

impl Lines {
    pub(super) const fn new(format: Format, columns: Vec<&'static str>) -> Self {
        Self { format, columns }
    }

    /// What comes before the first row.
    pub(super) fn header(&self) -> io::Result<Vec<u8>> {
        match self.format {
            Format::Csv => csv([self.columns.iter().map(ToString::to_string)]),
            Format::Jsonl => Ok(Vec::new()),
        }
    }

    /// These rows.
    pub(super) fn of(&self, rows: &[Row]) -> io::Result<Vec<u8>> {
        match self.format {
            Format::Csv => csv(rows.iter().map(|row| row.iter().map(field))),
            Format::Jsonl => self.json(rows),
        }
    }

    fn json(&self, rows: &[Row]) -> io::Result<Vec<u8>> {
        let mut lines = Vec::new();
        for row in rows {
            // Written by hand, so that the columns keep their order.
            for (place, (name, cell)) in self.columns.iter().zip(row).enumerate() {
                let before = if place == 0 { "{" } else { "," };
                lines.extend(before.bytes());
                serde_json::to_writer(&mut lines, name)?;
                lines.push(b':');
                match cell {
                    Cell::Nothing => lines.extend(b"null"),
                    Cell::Plain(value) | Cell::Nested(value) => {
                        serde_json::to_writer(&mut lines, value)?;
                    }
                    Cell::Text(text) => serde_json::to_writer(&mut lines, text)?,
                }
            }
            lines.extend(b"}\n");
        }
        Ok(lines)
    }
}

fn csv(rows: impl IntoIterator<Item = impl Iterator<Item = String>>) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.collect::<Vec<_>>())?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A field of CSV. What somebody typed never begins like a formula, which spreadsheets would carry out when the file is
/// opened: an apostrophe comes before it.
fn field(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Plain(Value::String(text)) => text.clone(),
        // Begins with a bracket or a brace.
        Cell::Plain(value) | Cell::Nested(value) => value.to_string(),
        Cell::Text(text) if is_like_a_formula(text) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
    }
}

fn is_like_a_formula(text: &str) -> bool {
    // Also the full-width ones, which some spreadsheets take for the same.
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    // Spreadsheets pass over blanks before it.
    let shown = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    shown.starts_with(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_typed_is_no_formula_and_what_nobody_typed_stays() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1",
        ] {
            assert_eq!(field(&Cell::Text(formula.into())), format!("'{formula}"));
        }
        for harmless in ["", "a=1", "1-1", "'=1"] {
            assert_eq!(field(&Cell::Text(harmless.into())), harmless);
        }
        assert_eq!(field(&Cell::Plain(json!(-0.5))), "-0.5");
        assert_eq!(field(&Cell::Nested(json!(["=1"]))), r#"["=1"]"#);
    }

    #[test]
    fn both_formats_bring_every_character_back() {
        let odd = "a \"quote\", a\nline, \u{1f600}\u{202e}";
        let rows = vec![vec![Cell::Text(odd.into()), Cell::Nothing]];
        let columns = vec!["text", "none"];
        let lines = Lines::new(Format::Csv, columns.clone()).of(&rows);
        let mut reader = csv::ReaderBuilder::new();
        let lines = lines.unwrap_or_default();
        let mut reader = reader.has_headers(false).from_reader(&lines[..]);
        let read: Vec<_> = reader.records().flatten().collect();
        assert_eq!(read, [vec![odd, ""]]);
        let lines = Lines::new(Format::Jsonl, columns).of(&rows);
        let read: Value = serde_json::from_slice(&lines.unwrap_or_default()).unwrap_or_default();
        assert_eq!(read, json!({ "text": odd, "none": null }));
    }
}
