//! `regie export`: conversations, messages, the audit trail or figures of a time, on standard output. May run beside a server.

mod insights;
mod lines;

use std::io::{self, BufWriter, Write as _};

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use domain::Subject;
use engine::clock::Clock;
use engine::store::export::{Export, ExportRange, NoInsights, Row, insights_columns};
use engine::store::{Store, StoreError};

use self::insights::InsightsArgs;
use self::lines::{Format, Lines};
use super::CommandError;
use crate::config::Config;

/// The longest reason, in characters, as in the API.
const LONGEST_REASON: usize = 500;

/// What to export.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Conversations that started in that time, in that order
    Conversations,
    /// Messages that were posted in that time, conversation by conversation
    Messages,
    /// Entries of the audit trail of that time
    Audit,
    /// Figures of that time, part by part
    Insights,
}

/// What of which time, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to export
    what: What,

    /// From this instant on, as in 2026-01-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: DateTime<Utc>,

    /// Up to before this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    to: DateTime<Utc>,

    /// How the rows are written: CSV with a line of names, or one JSON object a line
    #[arg(long, value_enum)]
    format: Format,

    /// With what people wrote: texts, subjects, names, attributes, reasons. This is recorded in the audit trail
    #[arg(long)]
    with_texts: bool,

    /// Who exports, for the audit trail [default: the name of who is logged in]
    #[arg(long, value_name = "NAME", requires = "with_texts", value_parser = operator)]
    operator: Option<Subject>,

    /// Why, for the audit trail
    #[arg(long, value_name = "TEXT", requires = "with_texts", value_parser = reason)]
    reason: Option<String>,

    #[command(flatten)]
    insights: InsightsArgs,
}

/// Why there is no export, or not all of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The time ends before it begins.
    #[error("export: --from must lie before --to")]
    Backwards,
    /// It is not known who is logged in.
    #[error("export: say who exports: --operator NAME")]
    Nobody,
    /// What is said of figures does not fit.
    #[error("export: {0}")]
    Insights(String),
    /// There are no such figures.
    #[error("export: {0}")]
    NoInsights(#[from] NoInsights),
    /// The database is not to be had, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Standard output is closed or full.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

/// Exports; with texts, once that is recorded.
pub(crate) async fn run(args: &ExportArgs, config: &Config) -> Result<(), CommandError> {
    Ok(export(args, config).await?)
}

async fn export(args: &ExportArgs, config: &Config) -> Result<(), ExportError> {
    let range = ExportRange {
        from: args.from,
        to: args.to,
    };
    if range.from >= range.to {
        return Err(ExportError::Backwards);
    }
    let what = match args.what {
        What::Conversations => Export::Conversations,
        What::Messages => Export::Messages,
        What::Audit => Export::Audit,
        What::Insights => return figures(args, config).await,
    };
    if args.insights.are_given() {
        let problem =
            "--interval, --time-zone, --by and --service-level-seconds are of insights alone";
        return Err(ExportError::Insights(problem.to_owned()));
    }
    let store = Store::connect(config.database_url.as_str()).await?;
    if args.with_texts {
        let operator = args.operator.clone().or_else(logged_in);
        let operator = operator.ok_or(ExportError::Nobody)?;
        let (reason, now) = (args.reason.as_deref(), Clock::system().now());
        let recorded = store.audit_export(what, range, &operator, reason, now);
        recorded.await?;
    }
    let write = writer(args.format, what.columns(args.with_texts))?;
    store.export(what, range, args.with_texts, write).await
}

/// The same of figures, in which nobody's texts are.
async fn figures(args: &ExportArgs, config: &Config) -> Result<(), ExportError> {
    if args.with_texts {
        let problem = "figures have no texts: leave --with-texts out";
        return Err(ExportError::Insights(problem.to_owned()));
    }
    let export = args.insights.export(args.from, args.to)?;
    let store = Store::connect(config.database_url.as_str()).await?;
    let write = writer(args.format, insights_columns(export.by))?;
    store.export_insights(&export, write).await
}

/// Writes what comes before the first row, and then whatever rows it is given.
fn writer(
    format: Format,
    columns: Vec<&'static str>,
) -> Result<impl FnMut(Vec<Row>) -> Result<(), ExportError>, ExportError> {
    let mut out = BufWriter::new(io::stdout().lock());
    let lines = Lines::new(format, columns);
    out.write_all(&lines.header()?)?;
    Ok(move |rows: Vec<Row>| -> Result<(), ExportError> {
        out.write_all(&lines.of(&rows)?)?;
        // A reader that is gone, or a full disk, ends it at once.
        Ok(out.flush()?)
    })
}

/// The operating system's name of who is logged in. Nobody proved it: whoever can read the database can say anything.
pub(super) fn logged_in() -> Option<Subject> {
    let said = ["USER", "LOGNAME", "USERNAME"].into_iter();
    let mut said = said.filter_map(|name| std::env::var(name).ok());
    said.find_map(|name| operator(&name).ok())
}

/// The subject of an entry: no token's, so that nobody takes it for one.
pub(super) fn operator(name: &str) -> Result<Subject, String> {
    let subject = format!("command line: {}", name.trim());
    let subject = Subject::new(&subject).filter(|_| !name.trim().is_empty());
    subject.ok_or_else(|| "give a name of at most 200 characters".into())
}

pub(super) fn reason(text: &str) -> Result<String, String> {
    let fits = !domain::fold::is_blank(text) && text.chars().count() <= LONGEST_REASON;
    if fits && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(format!(
        "give 1 to {LONGEST_REASON} characters that are not all blank"
    ))
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let parsed = DateTime::parse_from_rfc3339(text.trim());
    let parsed = parsed.map(|at| at.with_timezone(&Utc)).map_err(|error| {
        format!("{error}; write an instant with its offset, as in 2026-01-01T00:00:00Z")
    })?;
    // PostgreSQL knows no instants far outside of these.
    let years = 0..=9_999;
    let year = chrono::Datelike::year(&parsed);
    if years.contains(&year) {
        Ok(parsed)
    } else {
        Err("write an instant of the years 0 to 9999".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_need_an_offset_and_a_year_that_databases_know() {
        for good in ["2026-01-01T00:00:00Z", " 2026-01-01T00:00:00.123456+02:00 "] {
            assert!(instant(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "yesterday",
            "2026-13-01T00:00:00Z",
        ] {
            let problem = instant(bad).err();
            assert!(
                problem.is_some_and(|text| text.contains("2026-01-01T00:00:00Z")),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_operator_is_never_taken_for_a_token() {
        let named = operator(" ada ").map(|subject| subject.to_string());
        assert_eq!(named, Ok("command line: ada".to_owned()));
        for bad in ["", " \t", "a\0b", &"a".repeat(300)] {
            assert!(operator(bad).is_err(), "{bad:?}");
        }
    }
}
