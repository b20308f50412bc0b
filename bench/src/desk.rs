//! `desk`: what the desk that ships costs a browser: times between frames, and how busy its page is.
//!
//! A browser measures itself, driven by `tests/browser/frames.mjs`; there is no peer.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use tokio::process::Command;

use crate::measure::Line;
use crate::options::{DeskSizes, Options};
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "frame p99 ms";

/// What is measured of each case.
const FIGURES: [&str; 8] = [
    "frames a second",
    "frame p50 ms",
    RATIO,
    "longest frame ms",
    "page busy %",
    "script %",
    "layout and style %",
    "messages a second",
];

#[derive(Deserialize)]
struct Measured {
    browser: String,
    lines: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    case: String,
    figures: BTreeMap<String, f64>,
}

/// Runs it.
pub async fn run(options: &Options, sizes: &DeskSizes) -> Result<Vec<Line>> {
    let program = match &sizes.binary {
        Some(binary) => binary.clone(),
        None => std::env::current_exe()?.with_file_name("regie"),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser");
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        let output = Command::new("node")
            .arg("frames.mjs")
            .current_dir(&folder)
            .env("BINARY", program.canonicalize()?)
            .env("MANY", sizes.conversations.to_string())
            .env("SECONDS", sizes.seconds.to_string())
            .output()
            .await?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let measured: Measured = serde_json::from_slice(&output.stdout)?;
        note(&format!(
            "round {round}: Chromium {}, without a graphics processor, {}",
            measured.browser,
            machine()
        ));
        for Case { case, figures } in measured.lines {
            let figures = FIGURES
                .iter()
                .filter_map(|name| Some((*name, *figures.get(*name)?)));
            lines.push(Line {
                case,
                contender: "project",
                figures: figures.collect(),
            });
        }
    }
    Ok(lines)
}

/// What it runs on.
fn machine() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut lines = information.lines();
    let model = lines.find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("processor not known", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let processors = std::thread::available_parallelism().map_or(1, Into::into);
    format!("{processors} x {model}")
}
