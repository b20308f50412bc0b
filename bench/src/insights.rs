//! `insights`: figures of a day and of 400 days in fifty queues, today's to supervisors who follow them, and agents as they work.
//!
//! There is no peer. What counts is the CPU time of the server, which has the SQLite database inside.

use std::time::{Duration, Instant};

use chrono::{DurationRound, SecondsFormat, TimeDelta, Utc};
use domain::{QueueId, Scope};
use engine::store::Store;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::measure::{Line, float, percentile};
use crate::options::{InsightSizes, Options};
use crate::people::People;
use crate::process::{Ask, Role, Server, Told, open_files};
use crate::seed::{self, Copy, Organisation};
use crate::team;
use crate::wire::http::{Connection, post};
use crate::wire::websocket::Socket;
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "ms CPU";

/// How many different scopes supervisors have who follow.
const SCOPES: u32 = 20;
/// Handshakes under way at once.
const AT_ONCE: usize = 64;
/// Six figures.
const FIGURES: &str = "figures { visits { begun accepted abandoned serviceLevel { within cases share } \
     speedOfAnswer { meanSeconds p90Seconds } } handleTime { count meanSeconds } }";
const SERIES: &str = "begun: series(figure: VISITS_BEGUN) accepted: series(figure: ACCEPTED) \
     abandoned: series(figure: ABANDONED) level: series(figure: SERVICE_LEVEL) \
     speed: series(figure: MEAN_SPEED_OF_ANSWER) handle: series(figure: MEAN_HANDLE_TIME)";

/// Runs it.
pub async fn run(options: &Options, sizes: &InsightSizes) -> Result<Vec<Line>> {
    open_files(u64::from(sizes.supervisors))?;
    let file = seed::figures_file(options.fresh).await?;
    let queues = queues(&seed::url(&file)).await?;
    let people = People::new()?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        note(&format!("round {round}"));
        let copy = Copy::of(&file)?;
        let (mut server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
        server.settle().await?;
        let token = people.supervisor("sam", Scope::All)?;
        for (case, query) in asked()? {
            let request = post(server.port, &token, &query);
            lines.push(Line {
                case: case.to_owned(),
                contender: "project",
                figures: answers(&server, &request, sizes.answers).await?,
            });
        }
        for supervisors in [0, SCOPES, sizes.supervisors] {
            lines.push(Line {
                case: format!("{} messages/s, {supervisors} follow", sizes.rate),
                contender: "project",
                figures: followed(&mut server, &people, &queues, supervisors, sizes).await?,
            });
        }
        server.end().await;
        lines.extend(team::lines(&people, sizes, options.fresh).await?);
    }
    Ok(lines)
}

/// The queues of the organisation in this database.
pub async fn queues(url: &str) -> Result<Vec<QueueId>> {
    let store = Store::open(url).await?;
    let loaded = store.load().await?;
    store.close().await;
    Ok(Organisation::of(&loaded.world)?.queues)
}

/// What is asked, by its name. The last day that is over is read by the quarter of an hour.
fn asked() -> Result<[(&'static str, String); 3]> {
    let today = Utc::now().duration_trunc(TimeDelta::days(1))?;
    let range = |days: i64| {
        let from = today - TimeDelta::days(days);
        let [from, to] = [from, today].map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        format!("range: {{ from: \"{from}\", to: \"{to}\" }}")
    };
    let (day, days) = (range(1), range(i64::from(seed::DAYS)));
    Ok([
        (
            "a day by queue",
            format!(
                "{{ insights({day}, groupBy: QUEUE) {{ rows {{ queue {{ id name }} {FIGURES} }} totals {{ {FIGURES} }} }} }}"
            ),
        ),
        (
            "a day's chart: 96 points, 6 figures",
            format!(
                "{{ insights({day}, groupBy: QUEUE, interval: QUARTER_HOUR) {{ partStarts rows {{ queue {{ id }} {SERIES} }} }} }}"
            ),
        ),
        (
            "400 days by month and queue",
            format!(
                "{{ insights({days}, groupBy: QUEUE, interval: MONTH) {{ partStarts rows {{ queue {{ id }} {FIGURES} {SERIES} }} }} }}"
            ),
        ),
    ])
}

/// So many answers, one after the other.
async fn answers(server: &Server, request: &[u8], times: u32) -> Result<Vec<(&'static str, f64)>> {
    let mut connection = Connection::open(server.port).await?;
    let answer: Value = serde_json::from_slice(connection.ask(request).await?)?;
    let rows = answer["data"]["insights"]["rows"].as_array();
    let rows = rows.map(Vec::len).filter(|rows| *rows >= seed::FIGURED);
    if rows.is_none() || !answer["errors"].is_null() {
        return Err(format!("the query fails: {answer}").into());
    }
    let before = server.cpu()?;
    let mut latencies = Vec::new();
    for _ in 0..times {
        let begin = Instant::now();
        connection.ask(request).await?;
        latencies.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    let cpu = server.cpu()? - before;
    let mut figures = vec![(RATIO, cpu * 1e3 / f64::from(times))];
    let median = percentile(&mut latencies, 50);
    figures.extend(median.map(|micros| ("p50 ms", f64::from(micros) / 1e3)));
    Ok(figures)
}

/// While customers write: so many supervisors follow today's figures of three queues each.
async fn followed(
    server: &mut Server,
    people: &People,
    queues: &[QueueId],
    supervisors: u32,
    sizes: &InsightSizes,
) -> Result<Vec<(&'static str, f64)>> {
    let query = format!(
        "subscription {{ insightsLive(groupBy: QUEUE) {{ rows {{ queue {{ id name }} {FIGURES} }} }} }}"
    );
    let tokens: Vec<String> = (0..supervisors)
        .map(|number| {
            let first = (number % SCOPES) as usize;
            let scope = [queues[0], queues[1 + first], queues[21 + first]].into();
            people.supervisor(&format!("sam-{number}"), Scope::Only(scope))
        })
        .collect::<Result<_>>()?;
    let port = server.port;
    let sockets: Vec<Socket> = stream::iter(&tokens)
        .map(|token| Socket::subscribe(port, token, &query))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut readers = JoinSet::new();
    for mut socket in sockets {
        readers.spawn(async move { while let Ok(Some(_)) = socket.next().await {} });
    }
    server.settle().await?;
    server
        .ask(Ask::Churn {
            rate: f64::from(sizes.rate),
        })
        .await?;
    let before = server.cpu()?;
    tokio::time::sleep(Duration::from_secs(u64::from(sizes.seconds))).await;
    let cpu = server.cpu()? - before;
    let behind = seconds_behind(server, people).await?;
    let Told::Rested { events, seconds } = server.ask(Ask::Rest).await? else {
        return Err("the customers did not stop".into());
    };
    Ok(vec![
        (RATIO, cpu * 1e3 / seconds),
        ("events/s", float(events.unsigned_abs()) / seconds),
        ("seconds behind", behind),
    ])
}

async fn seconds_behind(server: &Server, people: &People) -> Result<f64> {
    let token = people.supervisor("sam", Scope::All)?;
    let query = "subscription { insightsLive(lastMinutes: 5) { secondsBehind } }";
    let mut socket = Socket::subscribe(server.port, &token, query).await?;
    let message = socket.next().await?.ok_or("closed without a message")?;
    let message: Value = serde_json::from_slice(message)?;
    let behind = &message["payload"]["data"]["insightsLive"]["secondsBehind"];
    behind
        .as_f64()
        .ok_or_else(|| format!("no answer: {message}").into())
}
