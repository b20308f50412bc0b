//! Public corpora in a folder, with the hashes of what was read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{Example, Feels};

/// What went wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It is not there or cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// A line is not what it should be.
    #[error("{0}, line {1}: not what is expected there")]
    Line(PathBuf, usize),
}

/// A folder, and the hash of every file read from it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// SHA-256 in hexadecimal by the file's name.
    pub hashes: BTreeMap<String, String>,
}

/// One line of a labelled file.
#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    label: String,
}

impl Folder {
    /// A folder of corpora; nothing is read yet.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            hashes: BTreeMap::new(),
        }
    }

    fn read(&mut self, name: &str) -> Result<String, Fault> {
        let path = self.path.join(name);
        let text = std::fs::read_to_string(&path).map_err(|e| Fault::Unreadable(path, e))?;
        self.hashes.insert(name.to_owned(), hash(text.as_bytes()));
        Ok(text)
    }

    /// The labelled texts of a file, one JSON object a line.
    pub fn examples(&mut self, name: &str) -> Result<Vec<Example>, Fault> {
        let text = self.read(name)?;
        let line = |(index, line): (usize, &str)| {
            let read: Option<Line> = serde_json::from_str(line).ok();
            let example = read.and_then(|read| {
                let feels = Feels::of_label(&read.label)?;
                Some(Example {
                    text: read.text,
                    feels,
                })
            });
            example.ok_or_else(|| Fault::Line(self.path.join(name), index + 1))
        };
        text.lines().enumerate().map(line).collect()
    }

    /// The words of a list and their ratings, `word TAB rating`, -1 to 1.
    pub fn ratings(&mut self, name: &str) -> Result<Vec<(String, f32)>, Fault> {
        let text = self.read(name)?;
        let line = |(index, line): (usize, &str)| {
            line.split_once('\t')
                .and_then(|(word, rating)| Some((word.to_owned(), rating.trim().parse().ok()?)))
                .ok_or_else(|| Fault::Line(self.path.join(name), index + 1))
        };
        text.lines().enumerate().map(line).collect()
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// Whether a text of a corpus is held back from training: one in ten, by its own hash.
pub fn is_held_back(text: &str) -> bool {
    sentiment::features::word_hash(text).is_multiple_of(10)
}
