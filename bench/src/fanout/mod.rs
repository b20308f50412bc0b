//! `fanout`: sentiment changes to thousands of WebSocket subscribers.
//!
//! One server process per contender and round, the same clients for all. Every client checks the
//! sequence of all positions that it received against what the server says it emitted.

mod clients;

use std::time::{Duration, Instant};

use domain::Scope;

use crate::measure::{Line, count, float, percentile, system_load};
use crate::options::{FanoutSizes, Options};
use crate::people::People;
use crate::process::{Ask, Role, Server, Told, open_files};
use crate::seed::{self, Copy, Organisation, Size};
use crate::wire::websocket::Socket;
use crate::{Result, note};
use clients::Clients;

/// What the bench is about: CPU that the server takes for one message to one subscriber, flat out,
/// without what making the event takes.
pub const RATIO: &str = "us/message";

/// What everybody subscribes to. `emittedAt` is left out: it differs from one reader to the next.
pub const SUBSCRIPTION: &str = "subscription { sentimentChanges { cursor committedAt from to \
     conversation { id state channel version waitingSince queue { id name } agent { id name } \
     sentiment { level score confidence since } } } }";

/// Enough to spread the messages over, and each agent has some.
const CONVERSATIONS: u32 = 4_000;
/// Scopes of the contender that has several.
const SCOPES: usize = seed::QUEUES;
/// Events without subscribers, to know what making one takes.
const ALONE: u64 = 200;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contender {
    Project,
    ProjectScopes,
    Peer,
    Limit,
}

impl Contender {
    const ALL: [Self; 4] = [Self::Project, Self::ProjectScopes, Self::Peer, Self::Limit];

    const fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::ProjectScopes => "project, 20 scopes",
            Self::Peer => "peer",
            Self::Limit => "limit",
        }
    }
}

/// Runs it.
pub async fn run(options: &Options, sizes: &FanoutSizes) -> Result<Vec<Line>> {
    let most = sizes.clients.iter().copied().max().unwrap_or(0);
    open_files(u64::from(most))?;
    let file = seed::kept_file(Size::mixed(CONVERSATIONS), options.fresh).await?;
    let tokens = Tokens::of(&file).await?;
    let frame = sample(&file, &tokens).await?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        for clients in &sizes.clients {
            for contender in Contender::ALL {
                if !options.wants(contender.name()) {
                    continue;
                }
                let load = system_load().unwrap_or(0.0);
                note(&format!(
                    "round {round}: {clients} subscribers, {}; load {load}",
                    contender.name()
                ));
                let copy = Copy::of(&file)?;
                let role = match contender {
                    Contender::Project | Contender::ProjectScopes => {
                        Role::Project { url: copy.url() }
                    }
                    Contender::Peer => Role::PeerFanout,
                    Contender::Limit => Role::LimitFanout {
                        frame: frame.clone(),
                    },
                };
                let (server, _) = Server::start(&role).await?;
                let tokens = match contender {
                    Contender::ProjectScopes => &tokens.scopes[..],
                    _ => std::slice::from_ref(&tokens.all),
                };
                lines.push(Line {
                    case: format!("{clients} subscribers"),
                    contender: contender.name(),
                    figures: one(server, *clients, tokens, sizes).await?,
                });
            }
        }
    }
    Ok(lines)
}

/// One server, from its start to its end.
async fn one(
    mut server: Server,
    clients: u32,
    tokens: &[String],
    sizes: &FanoutSizes,
) -> Result<Vec<(&'static str, f64)>> {
    // What is made once is made before anything is measured.
    let mut emitted = Vec::new();
    emit(&mut server, 20, 0.0).await?;
    server.settle().await?;
    let before = server.cpu()?;
    let alone = emit(&mut server, ALONE, 0.0).await?;
    server.settle().await?;
    let making = (server.cpu()? - before) / float(count(alone.len()));

    let empty = server.resident()?;
    let crowd = Clients::connect(server.port, clients, tokens, SUBSCRIPTION).await?;
    server.settle().await?;
    let memory = server.resident()?.saturating_sub(empty);

    emitted.extend(emit(&mut server, 3, 0.0).await?);
    crowd.receive(count(emitted.len())).await;

    let rate = f64::from(sizes.pace) / f64::from(clients);
    let events = f64::from(sizes.seconds) * rate;
    crowd.time(true);
    let before = server.cpu()?;
    let paced = emit(&mut server, whole(events), rate).await?;
    emitted.extend(&paced);
    crowd.receive(count(emitted.len())).await;
    let paced_cpu = server.cpu()? - before - making * float(count(paced.len()));
    crowd.time(false);
    server.settle().await?;

    let before = server.cpu()?;
    let begin = Instant::now();
    let events = sizes.deliveries.div_ceil(u64::from(clients));
    let flat = emit(&mut server, events, 0.0).await?;
    emitted.extend(&flat);
    let end = crowd.receive(count(emitted.len())).await;
    let seconds = end.duration_since(begin).as_secs_f64();
    let flat_cpu = server.cpu()? - before - making * float(count(flat.len()));

    let mut seen = crowd.end(&emitted);
    server.end().await;
    let messages = |events: &[i64]| float(count(events.len()) * u64::from(clients));
    let mut figures = vec![
        (RATIO, flat_cpu * 1e6 / messages(&flat)),
        ("us/message paced", paced_cpu * 1e6 / messages(&paced)),
        ("messages/s", messages(&flat) / seconds),
    ];
    for (name, percent) in [("p50 ms", 50), ("p99 ms", 99)] {
        let found = percentile(&mut seen.latencies, percent);
        figures.extend(found.map(|micros| (name, f64::from(micros) / 1000.0)));
    }
    figures.extend([
        ("KB/connection", float(memory) / 1024.0 / f64::from(clients)),
        ("lost", float(seen.lost)),
        ("repeated", float(seen.repeated)),
        ("us/event alone", making * 1e6),
    ]);
    Ok(figures)
}

async fn emit(server: &mut Server, count: u64, rate: f64) -> Result<Vec<i64>> {
    match server.ask(Ask::Emit { count, rate }).await? {
        Told::Emitted { positions } => Ok(positions),
        other => Err(format!("unexpected: {other:?}").into()),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A small positive count.
fn whole(count: f64) -> u64 {
    count.round().max(1.0) as u64
}

/// The tokens of subscribers.
struct Tokens {
    /// A supervisor of every queue.
    all: String,
    /// Supervisors of the queue that events are in, and of one other each.
    scopes: Vec<String>,
}

impl Tokens {
    async fn of(file: &std::path::Path) -> Result<Self> {
        let copy = Copy::of(file)?;
        let store = engine::store::Store::open(&copy.url()).await?;
        let organisation = Organisation::of(&store.load().await?.world)?;
        store.close().await;
        let people = People::new()?;
        let scopes = organisation.queues.iter().take(SCOPES).enumerate();
        Ok(Self {
            all: people.supervisor("sam", Scope::All)?,
            scopes: scopes
                .map(|(number, queue)| {
                    let queues = [organisation.queues[0], *queue].into();
                    people.supervisor(&format!("sam-{number}"), Scope::Only(queues))
                })
                .collect::<Result<_>>()?,
        })
    }
}

/// One message as the project sends it, for the limit to send as many bytes.
async fn sample(file: &std::path::Path, tokens: &Tokens) -> Result<String> {
    let copy = Copy::of(file)?;
    let (mut server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
    emit(&mut server, 1, 0.0).await?;
    let mut socket = Socket::subscribe(server.port, &tokens.all, SUBSCRIPTION).await?;
    server.settle().await?;
    emit(&mut server, 1, 0.0).await?;
    let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await??;
    let message = String::from_utf8(message.ok_or("closed without a message")?.to_vec())?;
    server.end().await;
    if message.contains("\"errors\"") {
        return Err(format!("the subscription fails: {message}").into());
    }
    Ok(message)
}
