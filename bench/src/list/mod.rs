//! `list`: desks that show the first rows of a list while events arrive, by `ongoingConversationsLive`
//! and by asking for `ongoingConversations` every second.
//!
//! Each desk has a list of its own: nothing is shared, which is the dearest that can be asked for. What the
//! events take by themselves is measured without any desk, and taken off.

mod desks;

use std::time::Duration;

use domain::Scope;

use crate::measure::{Line, float, percentile, system_load};
use crate::options::{ListSizes, Options};
use crate::people::People;
use crate::process::{Ask, Role, Server, Told, open_files};
use crate::seed::{self, Copy, Organisation, Size};
use crate::{Result, note};
use desks::Desks;

/// What the bench is about: CPU of the server for one event with all desks, without what the event takes
/// by itself.
pub const RATIO: &str = "us/event";

/// What a desk shows of a row.
const ROW: &str = "id state channel version waitingSince lastActivityAt queue { id name } \
     agent { id name } customer { name } sentiment { level }";

/// Lists of one subject, fewer than it may have.
const LISTS_EACH: usize = 40;
/// Before anything is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// How desks come by what they show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contender {
    Live,
    Polling,
}

impl Contender {
    const ALL: [Self; 2] = [Self::Live, Self::Polling];

    const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Polling => "polling",
        }
    }
}

/// What desks show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Each one queue, a twentieth of the board.
    Queue,
    /// All of the board.
    Board,
}

impl Of {
    const ALL: [Self; 2] = [Self::Queue, Self::Board];

    const fn name(self) -> &'static str {
        match self {
            Self::Queue => "a queue",
            Self::Board => "the board",
        }
    }

    /// The arguments of the list of this number, which no other has. Whatever happens comes to its top.
    fn arguments(self, number: usize, queues: &[String]) -> String {
        let order = "orderBy: { field: LAST_ACTIVITY_AT, direction: DESC }";
        match self {
            Self::Queue => {
                let (queue, first) = (&queues[number % queues.len()], 16 + number / queues.len());
                format!("first: {first}, {order}, filter: {{ queueIds: [\"{queue}\"] }}")
            }
            Self::Board => format!("first: {}, {order}", 16 + number),
        }
    }
}

/// What the desk of this number asks.
fn query(contender: Contender, arguments: &str) -> String {
    match contender {
        Contender::Live => format!(
            "subscription {{ ongoingConversationsLive({arguments}) {{
                ... on OngoingSnapshot {{ cursor totalCount conversations {{ {ROW} }} }}
                ... on OngoingChanges {{ cursor committedAt totalCount changes {{
                    ... on OngoingEntered {{ index conversation {{ {ROW} }} }}
                    ... on OngoingUpdated {{ index conversation {{ {ROW} }} }}
                    ... on OngoingMoved {{ index conversation {{ {ROW} }} }}
                    ... on OngoingLeft {{ conversationId leftReason }}
                }} }} }} }}"
        ),
        Contender::Polling => format!(
            "{{ ongoingConversations({arguments}) {{ totalCount edges {{ node {{ {ROW} }} }} }} }}"
        ),
    }
}

/// What is measured: so many desks, of what, and how they learn of what happens.
struct Case {
    desks: u32,
    of: Of,
    contender: Contender,
}

impl Case {
    fn all(options: &Options, sizes: &ListSizes) -> Vec<Self> {
        let mut cases = Vec::new();
        for of in Of::ALL {
            let small = |desks: &u32| of == Of::Queue || *desks <= sizes.of_the_board;
            for desks in sizes.desks.iter().copied().filter(small) {
                let contenders = Contender::ALL.into_iter();
                let wanted = contenders.filter(|contender| options.wants(contender.name()));
                cases.extend(wanted.map(|contender| Self {
                    desks,
                    of,
                    contender,
                }));
            }
        }
        cases
    }

    /// What each desk asks, and with which token.
    fn asked(&self, people: &People, queues: &[String]) -> Result<Vec<(String, String)>> {
        let desk = |number: usize| {
            let subject = format!("sam-{}", number / LISTS_EACH);
            let token = people.supervisor(&subject, Scope::All)?;
            let arguments = self.of.arguments(number, queues);
            Ok((token, query(self.contender, &arguments)))
        };
        (0..self.desks as usize).map(desk).collect()
    }
}

/// Runs it.
pub async fn run(options: &Options, sizes: &ListSizes) -> Result<Vec<Line>> {
    let most = sizes.desks.iter().copied().max().unwrap_or(0);
    open_files(u64::from(most))?;
    let people = People::new()?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        for ongoing in &sizes.conversations {
            let file = seed::kept_file(Size::mixed(*ongoing), options.fresh && round == 1).await?;
            let queues = queues(&file).await?;
            for case in Case::all(options, sizes) {
                let (contender, of) = (case.contender, case.of.name());
                let name = format!("{ongoing} ongoing, {} of {of}", case.desks);
                let load = system_load().unwrap_or(0.0);
                let who = contender.name();
                note(&format!("round {round}: {name}, {who}; load {load}"));
                let asked = case.asked(&people, &queues)?;
                let copy = Copy::of(&file)?;
                let (server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
                lines.push(Line {
                    case: name,
                    contender: who,
                    figures: one(server, contender, asked, sizes).await?,
                });
            }
        }
    }
    Ok(lines)
}

/// The ids of the queues that conversations are in.
async fn queues(file: &std::path::Path) -> Result<Vec<String>> {
    let copy = Copy::of(file)?;
    let store = engine::store::Store::open(&copy.url()).await?;
    let organisation = Organisation::of(&store.load().await?.world)?;
    store.close().await;
    Ok(organisation
        .queues
        .iter()
        .map(ToString::to_string)
        .collect())
}

/// One server, from its start to its end.
async fn one(
    mut server: Server,
    contender: Contender,
    asked: Vec<(String, String)>,
    sizes: &ListSizes,
) -> Result<Vec<(&'static str, f64)>> {
    let number = float(crate::measure::count(asked.len()));
    // What is made once is made before anything is measured.
    busy(&mut server, sizes.events, WARM_UP).await?;
    let time = Duration::from_secs(u64::from(sizes.seconds));
    let (alone, _) = busy(&mut server, sizes.events, time).await?;
    server.settle().await?;
    let empty = server.resident()?;
    let desks = match contender {
        Contender::Live => Desks::live(server.port, &asked).await?,
        Contender::Polling => Desks::polling(server.port, &asked).await?,
    };
    tokio::time::sleep(WARM_UP).await;
    let memory = server.resident()?.saturating_sub(empty);
    desks.time(true);
    let (with, events) = busy(&mut server, sizes.events, time).await?;
    desks.time(false);
    let mut seen = desks.end();
    server.end().await;
    let mut figures = vec![
        (RATIO, (with - alone) * 1e6),
        ("us/event alone", alone * 1e6),
        ("events/s", events),
        ("KB/list", float(memory) / 1024.0 / number),
    ];
    let name = |latency, percent| match (latency, percent) {
        (true, 50) => "p50 ms",
        (true, _) => "p99 ms",
        (false, 50) => "first p50 ms",
        (false, _) => "first p99 ms",
    };
    for (latency, times) in [(true, &mut seen.latencies), (false, &mut seen.first)] {
        for percent in [50, 99] {
            let found = percentile(times, percent);
            figures
                .extend(found.map(|micros| (name(latency, percent), f64::from(micros) / 1000.0)));
        }
    }
    figures.push(("messages", float(seen.messages)));
    Ok(figures)
}

/// Keeps the server as busy as so many events a second do; CPU for each, in seconds, and how many a second
/// there were.
async fn busy(server: &mut Server, events: u32, time: Duration) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    // A message that changes the sentiment is two events.
    let rate = f64::from(events) / 2.0;
    server.ask(Ask::Churn { rate }).await?;
    tokio::time::sleep(time).await;
    let Told::Rested { events, seconds } = server.ask(Ask::Rest).await? else {
        return Err("the server does not say what happened".into());
    };
    let cpu = server.cpu()? - before;
    let events = float(events.unsigned_abs());
    Ok((cpu / events, events / seconds))
}
