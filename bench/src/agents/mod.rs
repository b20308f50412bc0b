//! `agents`: connected agents, each with the three subscriptions of an agent's desk, while customers of a few of
//! them write.
//!
//! The customers are those of the same agents however many are connected, so the same is delivered: what a commit
//! costs more with many is what the others cost, whom it does not concern.

mod desk;

use std::time::Duration;

use crate::measure::{Line, float, percentile, system_load};
use crate::options::{AgentSizes, Options};
use crate::people::People;
use crate::process::{Ask, Role, Server, Told, open_files};
use crate::seed::{self, Copy, Size};
use crate::{Result, note};
use desk::Desks;

/// What the bench is about: CPU of the server for one commit.
pub const RATIO: &str = "us/commit";

/// Ongoing conversations, one or more of each agent.
const CONVERSATIONS: u32 = 20_000;
/// Agents of the organisation, connected or not.
const AGENTS: u32 = 5_000;
/// Agents whose customers write.
const BUSY: u32 = 20;
/// Before anything is measured.
const WARM_UP: Duration = Duration::from_secs(2);

/// The `sub` of the agent of this number, as the seed names them.
fn subject(number: u32) -> String {
    format!("agent-{number:04}")
}

/// Runs it.
pub async fn run(options: &Options, sizes: &AgentSizes) -> Result<Vec<Line>> {
    let most = sizes.connected.iter().copied().max().unwrap_or(0);
    open_files(u64::from(most))?;
    let people = People::new()?;
    let size = Size {
        agents: AGENTS,
        ..Size::mixed(CONVERSATIONS)
    };
    let file = seed::kept_file(size, options.fresh).await?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        for connected in &sizes.connected {
            let load = system_load().unwrap_or(0.0);
            note(&format!("round {round}: {connected} agents; load {load}"));
            let tokens = (0..*connected).map(|number| people.agent_token(&subject(number)));
            let tokens: Vec<String> = tokens.collect::<Result<_>>()?;
            let copy = Copy::of(&file)?;
            let (server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
            lines.push(Line {
                case: format!("{connected} agents connected"),
                contender: "project",
                figures: one(server, &tokens, sizes).await?,
            });
        }
    }
    Ok(lines)
}

/// One server, from its start to its end.
async fn one(
    mut server: Server,
    tokens: &[String],
    sizes: &AgentSizes,
) -> Result<Vec<(&'static str, f64)>> {
    server.settle().await?;
    let empty = server.resident()?;
    let desks = Desks::connect(server.port, tokens).await?;
    server.settle().await?;
    let memory = server.resident()?.saturating_sub(empty);
    busy(&mut server, sizes.commits, WARM_UP).await?;
    desks.time(true);
    let time = Duration::from_secs(u64::from(sizes.seconds));
    let (cpu, commits) = busy(&mut server, sizes.commits, time).await?;
    desks.time(false);
    let mut seen = desks.end();
    server.end().await;
    let mut figures = vec![(RATIO, cpu * 1e6), ("commits/s", commits)];
    for (name, percent) in [("p50 ms", 50), ("p99 ms", 99)] {
        let found = percentile(&mut seen.latencies, percent);
        figures.extend(found.map(|micros| (name, f64::from(micros) / 1000.0)));
    }
    let agents = float(crate::measure::count(tokens.len()));
    figures.extend([
        ("KB/agent", float(memory) / 1024.0 / agents),
        ("messages", float(seen.messages)),
    ]);
    Ok(figures)
}

/// Keeps the customers writing; CPU for each commit, in seconds, and how many a second there were.
async fn busy(server: &mut Server, commits: u32, time: Duration) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    let (rate, agents) = (f64::from(commits), (0..BUSY).map(subject).collect());
    server.ask(Ask::ChurnOf { rate, agents }).await?;
    tokio::time::sleep(time).await;
    let Told::Rested { events, seconds } = server.ask(Ask::Rest).await? else {
        return Err("the server does not say what happened".into());
    };
    let cpu = server.cpu()? - before;
    // A message that changes the sentiment is two events and one commit.
    let commits = float(events.unsigned_abs()) / 2.0;
    Ok((cpu / commits, commits / seconds))
}
