//! Log lines, to standard error: standard output is for what a command was asked for.
//!
//! Invariant: no line carries a token or what somebody wrote, at any level. What would log messages as
//! they come is held to lines that do not.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

const MIGRATOR: &str = "sea_orm_migration";
/// What shows frames, headers or documents at finer levels, whoever asks for those.
const SHOWS_CONTENT: [&str; 4] = ["tungstenite", "tokio_tungstenite", "hyper", "axum"];

/// Writes log lines from now on. Directives that cannot be read were refused with the settings;
/// here they would mean `info`. Where something logs already, that stays.
pub(crate) fn start(directives: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(quiet(directives)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    // Refused only when something logs already.
    let _ = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}

/// The directives, with the migrator's line for each migration left out unless they name it: at
/// `info` a start is one line. What shows content is held to `info`, also where they name it.
fn quiet(directives: &str) -> String {
    let mut quiet = directives.to_owned();
    if !directives.contains(MIGRATOR) {
        let _ = write!(quiet, ",{MIGRATOR}=warn");
    }
    for target in SHOWS_CONTENT {
        let _ = write!(quiet, ",{target}=info");
    }
    quiet
}
