//! `insights`, of agents: supervisors follow `agentsLive` while agents set their presence, with few agents and with many.
//!
//! What counts is that a change costs the same whatever the number of agents.

use std::time::{Duration, Instant};

use domain::{QueueId, Scope};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::Result;
use crate::insights::{RATIO, queues};
use crate::measure::{Line, percentile};
use crate::options::InsightSizes;
use crate::people::People;
use crate::process::{Role, Server};
use crate::seed::{self, Copy, Size};
use crate::wire::http::{Connection, post};
use crate::wire::websocket::Socket;

/// How many conversations are ongoing.
const ONGOING: u32 = 5_000;
/// Agents of the smaller organisation, who set their presence in both.
const FEW: u32 = 500;
/// How many supervisors follow, each with a scope of three queues.
const FOLLOWERS: u32 = 20;
/// Handshakes under way at once.
const AT_ONCE: usize = 8;
const QUERY: &str = "subscription { agentsLive(first: 50, orderBy: { field: PRESENCE, direction: ASC }) {
    ... on AgentsLiveSnapshot { cursor totalCount liveAgents { ...Row } }
    ... on AgentsLiveChanges { cursor totalCount changes {
        ... on LiveAgentEntered { index row { ...Row } } ... on LiveAgentUpdated { index row { ...Row } }
        ... on LiveAgentMoved { index row { ...Row } } ... on LiveAgentLeft { agentId leftReason }
    } }
} }
fragment Row on LiveAgent { agent { id name } presence presenceSince capacity { totalUnits consumedUnits }
    activeConversations longestHandleSince openHelpRequests handledToday meanHandleSecondsToday }";

/// A line for each number of agents and of followers.
pub async fn lines(people: &People, sizes: &InsightSizes, fresh: bool) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for agents in [FEW, sizes.agents] {
        let size = Size {
            agents,
            ..Size::mixed(ONGOING)
        };
        let file = seed::kept_file(size, fresh).await?;
        let queues = queues(&seed::url(&file)).await?;
        let copy = Copy::of(&file)?;
        let (server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
        for followers in [0, FOLLOWERS] {
            server.settle().await?;
            lines.push(Line {
                case: format!("{agents} agents, {followers} follow them"),
                contender: "project",
                figures: followed(&server, people, &queues, followers, sizes).await?,
            });
        }
        server.end().await;
    }
    Ok(lines)
}

async fn followed(
    server: &Server,
    people: &People,
    queues: &[QueueId],
    followers: u32,
    sizes: &InsightSizes,
) -> Result<Vec<(&'static str, f64)>> {
    let tokens: Vec<String> = (0..followers as usize)
        .map(|number| {
            let scope = (0..3).map(|more| queues[(number + more) % queues.len()]);
            people.supervisor(&format!("sam-{number}"), Scope::Only(scope.collect()))
        })
        .collect::<Result<_>>()?;
    let port = server.port;
    let mut begun: Vec<(Socket, u32)> = stream::iter(&tokens)
        .map(|token| first(port, token))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut latencies: Vec<u32> = begun.iter().map(|(_, micros)| *micros).collect();
    let mut readers = JoinSet::new();
    for (mut socket, _) in begun.drain(..) {
        readers.spawn(async move { while let Ok(Some(_)) = socket.next().await {} });
    }
    let before = server.cpu()?;
    let (changes, seconds) = change(port, people, sizes).await?;
    let cpu = server.cpu()? - before;
    let mut figures = vec![
        (RATIO, cpu * 1e3 / seconds),
        ("changes/s", changes / seconds),
        ("us/change", cpu * 1e6 / changes),
    ];
    let median = percentile(&mut latencies, 50);
    figures.extend(median.map(|micros| ("first ms", f64::from(micros) / 1e3)));
    Ok(figures)
}

/// A supervisor who has the list, and after how many microseconds.
async fn first(port: u16, token: &str) -> Result<(Socket, u32)> {
    let begin = Instant::now();
    let mut socket = Socket::subscribe(port, token, QUERY).await?;
    let message = socket.next().await?.ok_or("closed without a message")?;
    let message: Value = serde_json::from_slice(message)?;
    let rows = message["payload"]["data"]["agentsLive"]["liveAgents"].as_array();
    if rows.is_none_or(Vec::is_empty) {
        return Err(format!("no list: {message}").into());
    }
    let micros = u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX);
    Ok((socket, micros))
}

/// Agents set their presence in turn; how often, and in how many seconds.
async fn change(port: u16, people: &People, sizes: &InsightSizes) -> Result<(f64, f64)> {
    let mutation = |presence| {
        format!(
            "mutation {{ setPresence(input: {{ presence: {presence} }}) {{ errors {{ code }} }} }}"
        )
    };
    let [busy, available] = ["BUSY", "AVAILABLE"].map(mutation);
    let mut requests = Vec::new();
    for number in 0..FEW {
        let token = people.agent_token(&format!("agent-{number:04}"))?;
        requests.push([post(port, &token, &busy), post(port, &token, &available)]);
    }
    let mut connection = Connection::open(port).await?;
    let pause = Duration::from_secs(1) / sizes.rate;
    let (begin, time) = (
        Instant::now(),
        Duration::from_secs(u64::from(sizes.seconds)),
    );
    let mut changes = 0_u32;
    let mut ticks = tokio::time::interval(pause);
    while begin.elapsed() < time {
        ticks.tick().await;
        let number = changes % FEW;
        let which = (changes / FEW % 2) as usize;
        let answer: Value =
            serde_json::from_slice(connection.ask(&requests[number as usize][which]).await?)?;
        if answer["data"]["setPresence"]["errors"] != serde_json::json!([]) {
            return Err(format!("the presence was not set: {answer}").into());
        }
        changes += 1;
    }
    Ok((f64::from(changes), begin.elapsed().as_secs_f64()))
}
