//! Log lines, to standard error: standard output is for what a command was asked for.
//!
//! Invariant: no line carries a token or what somebody wrote, at any level. What would log messages as
//! they come is held to lines that do not.

use std::io::{self, IsTerminal as _};

use engine::store;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::LogFormat;

const MIGRATOR: &str = "sea_orm_migration";
/// What shows frames, headers or documents at finer levels, whoever asks for those: targets that begin so.
const SHOWS_CONTENT: [&str; 4] = ["tungstenite", "tokio_tungstenite", "hyper", "axum"];

/// Writes log lines from now on. Directives that cannot be read were refused with the settings;
/// here they would mean `info`. Where something logs already, that stays.
pub(crate) fn start(directives: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(quiet(directives)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let lines = tracing_subscriber::registry().with(lines);
    // Refused only when something logs already.
    let _ = lines
        .with(filter)
        .with(filter_fn(shows_no_content))
        .try_init();
}

/// Whether a line may be written, whatever the directives say: of directives the most specific one holds, so
/// that nothing which is added to them could keep a module of these at `info`.
fn shows_no_content(line: &Metadata<'_>) -> bool {
    let target = line.target();
    let shows_content = || {
        let mut begins = SHOWS_CONTENT.iter();
        begins.any(|begins| target.starts_with(begins))
    };
    !target.starts_with(store::SHOWS_PASSWORDS)
        && (*line.level() <= Level::INFO || !shows_content())
}

/// The directives, with the migrator's line for each migration left out unless they name it: at
/// `info` a start is one line.
fn quiet(directives: &str) -> String {
    if directives.contains(MIGRATOR) {
        return directives.to_owned();
    }
    format!("{directives},{MIGRATOR}=warn")
}
