//! `regie sentiment`: what supervisors corrected, how good the scorer is, and learning from labels. May run beside a server.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::{SentimentLevel, Subject};
use engine::clock::Clock;
use engine::store::{Store, StoreError};
use sentiment::learning::{self, NotLearnt};
use sentiment::measure::{Feels, Figures};
use sentiment::{Adapter, LinearScorer};
use serde_json::{Value, json};

use super::CommandError;
use super::export::{logged_in, operator, reason};
use crate::config::Config;

/// What to do with the scorer.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum SentimentCommand {
    /// Write what supervisors corrected to standard output, with its text: one JSON object a line, as eval and adapt read it.
    /// This is recorded in the audit trail
    Export(CorrectionsArgs),
    /// Print how well the scorer does on labelled messages: accuracy, macro-F1, recall, precision, calibration
    Eval {
        /// One JSON object a line: "text", and "level" (a level of sentiment) or "label" ("neg", "neu" or "pos")
        file: PathBuf,
        /// With what was learnt last, which the database has
        #[arg(long)]
        adapted: bool,
    },
    /// Learn from labelled messages, hold a fifth back to judge by, and let every server score so, unless it is worse
    Adapt {
        /// As of eval; 100 messages or more help
        file: PathBuf,
    },
    /// Let every server score without what was learnt
    Reset,
}

/// Who exports.
#[derive(Clone, Debug, Args)]
pub(crate) struct CorrectionsArgs {
    /// Who exports, for the audit trail [default: the name of who is logged in]
    #[arg(long, value_name = "NAME", value_parser = operator)]
    operator: Option<Subject>,

    /// Why, for the audit trail
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<String>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SentimentError {
    /// It is not known who is logged in.
    #[error("sentiment export: say who exports: --operator NAME")]
    Nobody,
    /// A file that cannot be read.
    #[error("{}: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// A line that is no labelled message. What it says is not shown.
    #[error(
        "{}: line {line}: write an object with \"text\" and \"level\" (such as NEGATIVE) or \"label\" (neg, neu or pos)",
        file.display()
    )]
    NoLabel {
        /// Of which file.
        file: PathBuf,
        /// From 1.
        line: usize,
    },
    /// There is nothing in it.
    #[error("{}: there is no labelled message in it", .0.display())]
    Empty(PathBuf),
    /// Nothing was learnt, and nothing has changed.
    #[error("sentiment adapt: {0}; nothing has changed")]
    NotLearnt(#[from] NotLearnt),
    /// An adapter of another version of Regie.
    #[error("the newest adapter in the database cannot be read: {0}")]
    Adapter(#[from] sentiment::NoAdapter),
    /// The database is not to be had, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Standard output is closed or full.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

/// Does it.
pub(crate) async fn run(command: &SentimentCommand, config: &Config) -> Result<(), CommandError> {
    let done = match command {
        SentimentCommand::Export(args) => export(args, config).await,
        SentimentCommand::Eval { file, adapted } => eval(file, *adapted, config).await,
        SentimentCommand::Adapt { file } => adapt(file, config).await,
        SentimentCommand::Reset => reset(config).await,
    };
    Ok(done?)
}

async fn export(args: &CorrectionsArgs, config: &Config) -> Result<(), SentimentError> {
    let store = Store::connect(config.database_url.as_str()).await?;
    let operator = args.operator.clone().or_else(logged_in);
    let operator = operator.ok_or(SentimentError::Nobody)?;
    let (reason, now) = (args.reason.as_deref(), Clock::system().now());
    store.audit_corrections(&operator, reason, now).await?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut after = None;
    loop {
        let page = store.corrected(after).await?;
        for one in &page {
            let (level, language) = (one.level.as_str(), one.language.as_deref());
            let line = json!({ "text": one.text, "level": level, "language": language });
            writeln!(out, "{line}")?;
        }
        out.flush()?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.message);
    }
}

async fn eval(file: &Path, adapted: bool, config: &Config) -> Result<(), SentimentError> {
    let labelled = read(file)?;
    let scorer = LinearScorer::new();
    if adapted {
        let store = Store::connect(config.database_url.as_str()).await?;
        if let Some((version, weights)) = store.adapter().await? {
            scorer.adopt(version, adapter(&weights)?);
        }
    }
    let figures = learning::figures(&scorer, &borrowed(&labelled));
    let mut out = io::stdout().lock();
    write!(out, "{}", Shown(&figures))?;
    Ok(())
}

async fn adapt(file: &Path, config: &Config) -> Result<(), SentimentError> {
    let labelled = read(file)?;
    let learnt = learning::learn(&borrowed(&labelled))?;
    let labels = learnt.trained + learnt.after.messages;
    let store = Store::connect(config.database_url.as_str()).await?;
    let (weights, now) = (learnt.adapter.write(), Clock::system().now());
    let version = store.add_adapter(labels, weights, now).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "adapter              {version}")?;
    writeln!(out, "learnt from          {} messages", learnt.trained)?;
    writeln!(out, "held back, without it:")?;
    write!(out, "{}", Shown(&learnt.before))?;
    writeln!(out, "held back, with it:")?;
    write!(out, "{}", Shown(&learnt.after))?;
    Ok(())
}

async fn reset(config: &Config) -> Result<(), SentimentError> {
    let store = Store::connect(config.database_url.as_str()).await?;
    let now = Clock::system().now();
    let version = store.add_adapter(0, String::new(), now).await?;
    writeln!(io::stdout().lock(), "adapter              {version}: none")?;
    Ok(())
}

/// What a row says; none: the scorer is to be without.
pub(crate) fn adapter(weights: &str) -> Result<Option<Adapter>, sentiment::NoAdapter> {
    if weights.is_empty() {
        return Ok(None);
    }
    Adapter::read(weights).map(Some)
}

fn borrowed(labelled: &[(String, Feels)]) -> Vec<(&str, Feels)> {
    let each = labelled.iter();
    each.map(|(text, label)| (text.as_str(), *label)).collect()
}

fn read(file: &Path) -> Result<Vec<(String, Feels)>, SentimentError> {
    let content = std::fs::read_to_string(file).map_err(|why| SentimentError::Unreadable {
        file: file.to_owned(),
        why,
    })?;
    let mut labelled = Vec::new();
    for (number, line) in content.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let one = parse(line).ok_or_else(|| SentimentError::NoLabel {
            file: file.to_owned(),
            line: number + 1,
        })?;
        labelled.push(one);
    }
    if labelled.is_empty() {
        return Err(SentimentError::Empty(file.to_owned()));
    }
    Ok(labelled)
}

fn parse(line: &str) -> Option<(String, Feels)> {
    let object: Value = serde_json::from_str(line).ok()?;
    let text = object.get("text")?.as_str()?.to_owned();
    if let Some(level) = object.get("level") {
        let level = SentimentLevel::parse(level.as_str()?)?;
        return Some((text, Feels::of(level)?));
    }
    let label = match object.get("label")?.as_str()? {
        "neg" => Feels::Unhappy,
        "neu" => Feels::Neutral,
        "pos" => Feels::Happy,
        _ => return None,
    };
    Some((text, label))
}

/// Figures, a line each.
struct Shown<'a>(&'a Figures);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Figures {
            messages,
            unscored,
            accuracy,
            macro_f1,
            recall,
            precision,
            calibration_error,
        } = self.0;
        writeln!(
            f,
            "messages             {messages} ({unscored} without a score)"
        )?;
        writeln!(f, "accuracy             {accuracy:.3}")?;
        writeln!(f, "macro-F1             {macro_f1:.3}")?;
        writeln!(f, "unhappy, recall      {recall:.3}")?;
        writeln!(f, "unhappy, precision   {precision:.3}")?;
        writeln!(f, "calibration error    {calibration_error:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_text_and_a_level_or_a_label() {
        for (line, label) in [
            (
                r#"{"text":"a","level":"SLIGHTLY_NEGATIVE"}"#,
                Feels::Unhappy,
            ),
            (
                r#"{"text":"a","level":"NEUTRAL","language":null}"#,
                Feels::Neutral,
            ),
            (r#"{"text":"a","label":"pos"}"#, Feels::Happy),
        ] {
            assert_eq!(parse(line), Some(("a".to_owned(), label)), "{line}");
        }
        for bad in [
            "",
            "a",
            r#"{"text":"a"}"#,
            r#"{"level":"NEUTRAL"}"#,
            r#"{"text":"a","level":"NOT_AVAILABLE"}"#,
            r#"{"text":"a","label":"bad"}"#,
            r#"{"text":1,"label":"neg"}"#,
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
