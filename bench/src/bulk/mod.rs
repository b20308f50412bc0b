//! `bulk`: a bulk of 500 against the same 500 commands by 64 clients and by one, and what it costs those who give other
//! commands meanwhile.
//!
//! Each way runs in a process of its own on a database of its own, and is called there, without HTTP, as in `commands`.

mod project;

use serde::{Deserialize, Serialize};

use crate::commands::databases::{Databases, OneCopy};
use crate::measure::{Line, float, median, percentile, system_load};
use crate::options::{BulkSizes, Options};
use crate::process::{Role, Server, Told, tell};
use crate::seed::{AGENTS, Size};
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "ms";

/// Commands that clients give at once where many do.
const MANY: u32 = 64;

/// How the same is done to so many conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// As one bulk.
    Bulk,
    /// As single commands, so many at a time.
    Clients(u32),
}

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Task {
    /// So many times, one after the other, and nothing beside.
    Alone {
        /// The database.
        url: String,
        /// How.
        way: Way,
        /// To how many conversations.
        items: usize,
        /// How often.
        times: usize,
    },
    /// Customers write: first with nothing beside, then beside bulks that follow each other.
    Beside {
        /// The database.
        url: String,
        /// To how many conversations a bulk does something.
        items: usize,
        /// How many customers' messages there are of each kind, and how many a second.
        messages: usize,
        /// Messages a second.
        rate: u32,
    },
}

/// What a run measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ran {
    /// Of each time the seconds on the clock, and the seconds of CPU of all.
    Alone { seconds: Vec<f64>, cpu: f64 },
    /// Microseconds from giving a message to its answer; the bulks that ended beside the second ones.
    Beside {
        quiet: Vec<u32>,
        beside: Vec<u32>,
        bulks: usize,
    },
}

/// Runs it.
pub async fn run(options: &Options, sizes: &BulkSizes) -> Result<Vec<Line>> {
    let size = Size {
        ongoing: sizes.conversations,
        closed: 0,
        all_open: true,
        agents: AGENTS,
        lived: false,
    };
    let ways = [
        ("project", Way::Bulk),
        ("64 clients", Way::Clients(MANY)),
        ("one client", Way::Clients(1)),
    ];
    let mut lines = Vec::new();
    for databases in Databases::all(size, options.fresh).await? {
        let name = databases.name().to_lowercase();
        for round in 1..=options.rounds {
            let load = system_load().unwrap_or(0.0);
            note(&format!("round {round}: {name}; load {load}"));
            for (contender, way) in ways.iter().filter(|(name, _)| options.wants(name)) {
                let copy = databases.copy().await?;
                let case = format!("{name}, {} items", sizes.items);
                lines.push(alone(&copy, sizes, case, contender, *way).await?);
                copy.gone().await?;
            }
            let copy = databases.copy().await?;
            lines.extend(beside(&copy, sizes, &name).await?);
            copy.gone().await?;
        }
        databases.drop_all().await?;
    }
    Ok(lines)
}

async fn alone(
    copy: &OneCopy,
    sizes: &BulkSizes,
    case: String,
    contender: &'static str,
    way: Way,
) -> Result<Line> {
    let task = Task::Alone {
        url: copy.url(),
        way,
        items: sizes.items.into(),
        times: sizes.times,
    };
    let Ran::Alone { seconds, cpu } = one(task).await? else {
        return Err("another run was asked for".into());
    };
    let millis: Vec<f64> = seconds.iter().map(|seconds| seconds * 1e3).collect();
    let mut figures: Vec<_> = median(&millis).map(|ms| (RATIO, ms)).into_iter().collect();
    figures.push((
        "ms CPU",
        cpu * 1e3 / float(crate::measure::count(millis.len())),
    ));
    Ok(Line {
        case,
        contender,
        figures,
    })
}

async fn beside(copy: &OneCopy, sizes: &BulkSizes, name: &str) -> Result<Vec<Line>> {
    let task = Task::Beside {
        url: copy.url(),
        items: sizes.items.into(),
        messages: sizes.messages,
        rate: sizes.rate,
    };
    let Ran::Beside {
        quiet,
        beside,
        bulks,
    } = one(task).await?
    else {
        return Err("another run was asked for".into());
    };
    let case = format!("{name}, {} messages a second", sizes.rate);
    let line = |contender, mut micros: Vec<u32>, bulks: usize| {
        let named = [("p50 ms", 50), ("p99 ms", 99)];
        let mut figures = Vec::new();
        for (figure, percent) in named {
            let found = percentile(&mut micros, percent);
            figures.extend(found.map(|micros| (figure, f64::from(micros) / 1e3)));
        }
        figures.push(("bulks", float(crate::measure::count(bulks))));
        Line {
            case: case.clone(),
            contender,
            figures,
        }
    };
    Ok(vec![
        line("nothing beside", quiet, 0),
        line("beside bulks", beside, bulks),
    ])
}

async fn one(task: Task) -> Result<Ran> {
    let (server, told) = Server::start(&Role::Bulk(task)).await?;
    server.end().await;
    match told {
        Told::BulkRan(ran) => Ok(ran),
        other => Err(format!("unexpected: {other:?}").into()),
    }
}

/// The child: carries out a run and tells what it measured.
pub async fn play(task: Task) -> Result<()> {
    let ran = match task {
        Task::Alone {
            url,
            way,
            items,
            times,
        } => project::alone(&url, way, items, times).await?,
        Task::Beside {
            url,
            items,
            messages,
            rate,
        } => project::beside(&url, items, messages, rate).await?,
    };
    tell(&Told::BulkRan(ran))
}
