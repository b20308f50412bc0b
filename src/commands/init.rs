//! `regie init`: a first organisation in a running server, from a plan in a file or from questions.
//!
//! Invariant: what is there already is used, never made twice; so it may be run again, after a failure or with a longer
//! plan.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use auth::TokenRequest;
use clap::Args;
use domain::{Role, Subject};
use engine::clock::Clock;
use figment::Figment;
use figment::providers::{Format as _, Toml};
use tools::init::{self, InitError, Made, Plan, PlannedAgent, PlannedQueue, Supervisors};
use tools::{Client, ClientError, Url};

use super::CommandError;
use super::address::{of_server, url};
use crate::config::Config;

/// How long the administrator's token lasts that it works with.
const TOKEN: Duration = Duration::from_mins(10);

/// What to make, and where.
#[derive(Clone, Debug, Args)]
pub(crate) struct InitArgs {
    /// The plan, a TOML file; without one it asks
    file: Option<PathBuf>,

    /// The server's GraphQL address [default: at the configured `listen`]
    #[arg(long, value_name = "URL", value_parser = url)]
    url: Option<Url>,

    /// The `sub` of the administrator whom the audit trail names
    #[arg(long, value_name = "SUBJECT", default_value = "administrator")]
    sub: String,
}

/// Why there is no organisation, or not all of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoOrganisation {
    /// The plan cannot be read.
    #[error("{path}: {why}")]
    Plan {
        /// Where it is.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// Nobody is there to be asked.
    #[error(
        "no plan, and no terminal to ask on (name a TOML file: docs/first-organisation.md has one)"
    )]
    NobodyToAsk,
    /// A subject that is none.
    #[error("--sub: write 1 to {} characters, not blank", Subject::MAX_LENGTH)]
    Subject,
    /// No client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server refuses a part of it.
    #[error(transparent)]
    Init(#[from] InitError),
}

/// Makes the organisation, and says what there is and what to do next.
pub(crate) async fn run(args: &InitArgs, config: &Config) -> Result<(), CommandError> {
    let signer = config.signer()?;
    let subject = Subject::new(&args.sub).ok_or(NoOrganisation::Subject)?;
    let plan = match &args.file {
        Some(path) => read(path)?,
        None if io::stdin().is_terminal() => ask(&mut io::stdin().lock(), &mut io::stdout())?,
        None => return Err(NoOrganisation::NobodyToAsk.into()),
    };
    let request = TokenRequest {
        roles: [Role::Administrator].into(),
        ..TokenRequest::new(subject, TOKEN)
    };
    let token = signer.sign(&request, Clock::system().now())?;
    let url = args.url.clone().map_or_else(|| of_server(config), Ok)?;
    let client = Client::new(url).map_err(NoOrganisation::from)?;
    let made = init::carry_out(&plan, &client, &token).await;
    show(&made.map_err(NoOrganisation::from)?, &mut io::stdout())?;
    Ok(())
}

fn read(path: &Path) -> Result<Plan, NoOrganisation> {
    let fault = |why: String| NoOrganisation::Plan {
        path: path.display().to_string(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let plan = Figment::from(Toml::string(&text)).extract();
    plan.map_err(|error| fault(in_one_line(&error)))
}

/// The parser's words without the picture of the line, which it draws below them.
fn in_one_line(error: &figment::Error) -> String {
    let said = error.to_string();
    let words = said.lines().filter(|line| !line.contains('|'));
    let words: Vec<&str> = words
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    words.join(": ").replace(": in TOML source string", "")
}

/// A small plan by questions.
fn ask(from: &mut impl BufRead, out: &mut impl Write) -> io::Result<Plan> {
    writeln!(out, "A first organisation. An empty line ends a list.\n")?;
    let all = question(
        from,
        out,
        "May supervisors monitor, assign, transfer and force-close? [Y/n] ",
    )?;
    let may = Some(!all.eq_ignore_ascii_case("n"));
    let mut plan = Plan {
        supervisors: Supervisors {
            monitor: may,
            assign: may,
            transfer: may,
            force_close: may,
            sentiment: Some(true),
        },
        ..Plan::default()
    };
    loop {
        let name = question(from, out, "Name of a queue: ")?;
        if name.is_empty() {
            break;
        }
        plan.queues.push(PlannedQueue { name, kind: None });
    }
    let queues: Vec<String> = plan.queues.iter().map(|queue| queue.name.clone()).collect();
    loop {
        let subject = question(
            from,
            out,
            "An agent's subject (the `sub` of their tokens): ",
        )?;
        if subject.is_empty() {
            return Ok(plan);
        }
        let name = question(from, out, "Their name: ")?;
        plan.agents.push(PlannedAgent {
            name: if name.is_empty() {
                subject.clone()
            } else {
                name
            },
            subject,
            capacity: None,
            queues: queues.clone(),
        });
    }
}

fn question(from: &mut impl BufRead, out: &mut impl Write, text: &str) -> io::Result<String> {
    write!(out, "{text}")?;
    out.flush()?;
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn show(made: &Made, out: &mut impl Write) -> io::Result<()> {
    for (kind, things) in [
        ("workstream", &made.workstreams),
        ("queue", &made.queues),
        ("agent", &made.agents),
    ] {
        for (name, thing) in things {
            let made = if thing.is_new { "made" } else { "there" };
            writeln!(out, "{made:5}  {kind:10}  {}  {name}", thing.id)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Plan, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let read = read(file.path()).map_err(|fault| fault.to_string());
        read.map_err(|fault| fault.replace(&file.path().display().to_string(), "FILE"))
    }

    #[test]
    fn a_plan_is_read_and_what_it_does_not_know_is_named() {
        let read = plan("[supervisors]\nmonitor = true\n[[queues]]\nname = \"Service\"\n").unwrap();
        assert_eq!(read.supervisors.monitor, Some(true));
        assert_eq!(read.supervisors.assign, None);
        assert_eq!(read.queues[0].name, "Service");
        for (text, expected) in [
            ("[supervisors]\nwatch = true\n", "watch"),
            ("[[queues]]\nkind = \"VOICE\"\n", "name"),
            (
                "[[agents]]\nsubject = \"a\"\nname = \"A\"\ncapacity = \"many\"\n",
                "capacity",
            ),
            ("queues = [", "FILE: "),
        ] {
            let refused = plan(text).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }

    #[test]
    fn questions_make_a_plan_in_which_everybody_works_at_every_queue() {
        let mut answers = "\nSales\nService\n\nanna\nAnna de Boer\nbert\n\n\n".as_bytes();
        let mut shown = Vec::new();
        let plan = ask(&mut answers, &mut shown).unwrap();
        assert_eq!(plan.supervisors.force_close, Some(true));
        let names: Vec<_> = plan.agents.iter().map(|agent| &*agent.name).collect();
        assert_eq!(names, ["Anna de Boer", "bert"]);
        assert_eq!(plan.agents[1].queues, ["Sales", "Service"]);
        let none = ask(&mut "n\n".as_bytes(), &mut shown).unwrap();
        assert_eq!(none.supervisors.monitor, Some(false));
        assert_eq!((none.queues, none.agents), (vec![], vec![]));
    }
}
