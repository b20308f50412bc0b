//! `commands`: assigning, and customer messages with sentiment, by 1 and 64 clients.
//!
//! Each contender runs in a process of its own and is called there, without HTTP, since the peer
//! has none. What the project wrote is what the peer and the limit write: its rows are read back.

pub mod databases;
mod project;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::measure::{self, Line, count, float, percentile, system_load};
use crate::options::{CommandSizes, Options};
use crate::process::{Role, Server, Told, tell};
use crate::seed::{Copy, Size};
use crate::{Result, limit, note, peer};
use databases::Databases;

/// What the bench is about.
pub const RATIO: &str = "per second";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A supervisor assigns an OPEN conversation to an agent; each conversation once.
    Assign,
    /// A customer writes, and the message is scored.
    Message,
}

/// By whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum By {
    /// The application on a database of its own.
    Project { url: String },
    /// Bare SeaORM transactions, one by one, of the rows in the project's database.
    Peer { url: String, written: Written },
    /// Append and fdatasync, to this file, of the bytes in the project's database.
    Limit { file: PathBuf, written: Written },
}

/// What the project wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    /// In which database.
    pub url: String,
    /// Its events come after this position of the log.
    pub after: i64,
}

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// By whom.
    pub by: By,
    /// What.
    pub kind: Kind,
    /// How many at once.
    pub clients: u32,
    /// For how long at most.
    pub seconds: u32,
}

/// What a run measured.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Ran {
    /// Commands carried out.
    pub count: u64,
    /// In so many seconds.
    pub seconds: f64,
    /// Microseconds from giving a command to its answer: half of them were faster.
    pub p50: Option<u32>,
    /// Likewise, of 99 in a hundred.
    pub p99: Option<u32>,
    /// CPU of the process meanwhile, in seconds.
    pub cpu: f64,
    /// Where the log stood before; the project's alone.
    pub after: i64,
}

/// Runs it.
pub async fn run(options: &Options, sizes: &CommandSizes) -> Result<Vec<Line>> {
    let size = Size {
        ongoing: sizes.conversations,
        closed: 0,
        all_open: true,
        agents: crate::seed::AGENTS,
        lived: false,
    };
    let mut lines = Vec::new();
    for databases in Databases::all(size, options.fresh).await? {
        for round in 1..=options.rounds {
            for kind in [Kind::Assign, Kind::Message] {
                for clients in &sizes.clients {
                    let load = system_load().unwrap_or(0.0);
                    let name = databases.name();
                    let case = format!("{name}, {kind:?}, {clients} clients");
                    note(&format!("round {round}: {case}; load {load}"));
                    let runs = Runs {
                        databases: &databases,
                        kind,
                        clients: *clients,
                        seconds: sizes.seconds,
                    };
                    for (contender, ran) in runs.all(options).await? {
                        let case = case.to_lowercase();
                        lines.push(line(case, contender, &ran));
                    }
                }
            }
        }
        databases.drop_all().await?;
    }
    Ok(lines)
}

struct Runs<'r> {
    databases: &'r Databases,
    kind: Kind,
    clients: u32,
    seconds: u32,
}

impl Runs<'_> {
    /// The project first: the others write what it wrote.
    async fn all(&self, options: &Options) -> Result<Vec<(&'static str, Ran)>> {
        let own = self.databases.copy().await?;
        let url = own.url();
        let project = self.one(By::Project { url: url.clone() }).await?;
        let after = project.after;
        let written = Written { url, after };
        let mut all = vec![("project", project)];
        if options.wants("peer") {
            let fresh = self.databases.copy().await?;
            let (url, written) = (fresh.url(), written.clone());
            all.push(("peer", self.one(By::Peer { url, written }).await?));
            fresh.gone().await?;
        }
        if options.wants("limit") {
            let place = Copy::empty()?;
            let file = place.file();
            all.push(("limit", self.one(By::Limit { file, written }).await?));
        }
        own.gone().await?;
        all.retain(|(contender, _)| options.wants(contender));
        Ok(all)
    }

    async fn one(&self, by: By) -> Result<Ran> {
        let task = Task {
            by,
            kind: self.kind,
            clients: self.clients,
            seconds: self.seconds,
        };
        let (server, told) = Server::start(&Role::Commands(task)).await?;
        server.end().await;
        match told {
            Told::Ran(ran) => Ok(ran),
            other => Err(format!("unexpected: {other:?}").into()),
        }
    }
}

fn line(case: String, contender: &'static str, ran: &Ran) -> Line {
    let mut figures = vec![
        (RATIO, float(ran.count) / ran.seconds),
        ("us CPU", ran.cpu * 1e6 / float(ran.count)),
    ];
    for (name, micros) in [("p50 ms", ran.p50), ("p99 ms", ran.p99)] {
        figures.extend(micros.map(|micros| (name, f64::from(micros) / 1000.0)));
    }
    figures.push(("commands", float(ran.count)));
    Line {
        case,
        contender,
        figures,
    }
}

/// The child: carries out a run and tells what it measured.
pub async fn play(task: Task) -> Result<()> {
    let ran = match &task.by {
        By::Project { url } => project::run(url, &task).await?,
        By::Peer { url, written } => peer::commands::run(url, written, &task).await?,
        By::Limit { file, written } => limit::commands::run(file, written, &task).await?,
    };
    tell(&Told::Ran(ran))
}

/// Lets so many clients do one thing after the other, until the time is up or nothing is left:
/// `one` does the thing with this number.
pub async fn drive<F>(task: &Task, things: usize, one: impl Fn(usize) -> F) -> Result<Ran>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let one = Arc::new(one);
    let next = Arc::new(AtomicUsize::new(0));
    let time = Duration::from_secs(u64::from(task.seconds));
    let pid = std::process::id();
    let cpu = measure::cpu_seconds(pid).ok_or("no CPU time")?;
    let begin = Instant::now();
    let clients = (0..task.clients).map(|_| {
        let (one, next) = (one.clone(), next.clone());
        async move {
            let mut latencies = Vec::new();
            while begin.elapsed() < time {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= things {
                    break;
                }
                let asked = Instant::now();
                // On the runtime's threads, as requests of different clients are.
                tokio::spawn(one(number)).await??;
                latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Result::Ok(latencies)
        }
    });
    let latencies = futures_util::future::try_join_all(clients).await?;
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = measure::cpu_seconds(pid).ok_or("no CPU time")? - cpu;
    let mut latencies = latencies.concat();
    Ok(Ran {
        count: count(latencies.len()),
        seconds,
        p50: percentile(&mut latencies, 50),
        p99: percentile(&mut latencies, 99),
        cpu,
        after: 0,
    })
}
