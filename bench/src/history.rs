//! `history`: a page of 50 of all conversations, closed ones included, with `totalCount`, by each filter alone and by some
//! together, for a supervisor of twenty queues.
//!
//! There is no peer. What counts is the CPU time of the server, which has the SQLite database inside.

use std::time::Instant;

use domain::Scope;
use engine::store::Store;
use serde_json::Value;

use crate::measure::{Line, float, percentile};
use crate::options::{HistorySizes, Options};
use crate::people::People;
use crate::process::{Role, Server};
use crate::seed::{self, DISPOSITIONS, Organisation, Size, TAGS, WORDS};
use crate::wire::http::{Connection, post};
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "ms CPU/page";

/// A case: its name, and the filter.
type Case = (&'static str, String);

/// Runs it.
pub async fn run(options: &Options, sizes: &HistorySizes) -> Result<Vec<Line>> {
    let size = Size {
        ongoing: 2_000,
        closed: sizes.closed,
        all_open: false,
        agents: seed::AGENTS,
        lived: true,
    };
    let file = seed::kept_file(size, options.fresh).await?;
    let url = seed::url(&file);
    let organisation = organisation(&url).await?;
    let scope = Scope::Only(organisation.queues.iter().copied().collect());
    let token = People::new()?.supervisor("sam", scope)?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        note(&format!("round {round}"));
        let (server, _) = Server::start(&Role::Project { url: url.clone() }).await?;
        server.settle().await?;
        for (name, filter) in cases(&server, &token, &organisation).await? {
            let request = post(server.port, &token, &page(&filter));
            let figures = measure(&server, &request, sizes.pages).await?;
            lines.push(Line {
                case: format!("{} closed, {name}", sizes.closed),
                contender: "project",
                figures,
            });
        }
        server.end().await;
    }
    Ok(lines)
}

async fn organisation(url: &str) -> Result<Organisation> {
    let store = Store::open(url).await?;
    let loaded = store.load().await?;
    let organisation = Organisation::of(&loaded.world)?;
    store.close().await;
    Ok(organisation)
}

/// The page of a filter.
fn page(filter: &str) -> String {
    format!(
        "{{ conversations(first: 50, filter: {{ {filter} }}) {{ totalCount totalCountIsExact nodes {{ id state \
         statusReason closedAt subject queue {{ name }} customer {{ id name }} tags rating {{ score }} }} }} }}"
    )
}

/// Every filter that is asked for alone, and those that are asked for together.
async fn cases(server: &Server, token: &str, organisation: &Organisation) -> Result<Vec<Case>> {
    let some = page("states: [CLOSED]");
    let mut connection = Connection::open(server.port).await?;
    let body = connection.ask(&post(server.port, token, &some)).await?;
    let body: Value = serde_json::from_slice(body)?;
    let nodes = body["data"]["conversations"]["nodes"].as_array();
    let one = nodes.and_then(|nodes| nodes.get(20)).ok_or("no history")?;
    let at = one["closedAt"].as_str().ok_or("it is not closed")?;
    // The first queue has what is tagged.
    let (queue, agent) = (organisation.queues[0], organisation.agents[0].0);
    let queue = format!("queueIds: [\"{queue}\"]");
    let agent = format!("agentId: \"{agent}\"");
    let customer = format!("customerId: {}", one["customer"]["id"]);
    let closed = format!("closed: {{ to: \"{at}\" }}");
    let started = format!("started: {{ to: \"{at}\" }}");
    let tag = format!("tags: [\"{}\"]", TAGS[1]);
    let text = format!("text: \"{}2\"", WORDS[4]);
    let reason = "statusReasons: [ENDED_BY_AGENT]".to_owned();
    let disposition = format!("dispositionCodes: [\"{}\"]", DISPOSITIONS[2]);
    let both = |one: &String, other: &str| format!("{one} {other}");
    Ok(vec![
        ("queue + closed", both(&queue, &closed)),
        ("agent + closed", both(&agent, &closed)),
        ("tag + queue", both(&tag, &queue)),
        ("text + queue", both(&text, &queue)),
        (
            "customer + channel",
            both(&customer, "channels: [WHATSAPP]"),
        ),
        ("queue", queue),
        ("agent", agent),
        ("customer", customer),
        ("closed", closed),
        ("started", started),
        ("tag", tag),
        ("status reason", reason),
        ("disposition", disposition),
        ("rating", "ratings: [1]".to_owned()),
        ("text", text),
    ])
}

/// So many pages, one after the other.
async fn measure(server: &Server, request: &[u8], pages: u32) -> Result<Vec<(&'static str, f64)>> {
    let mut connection = Connection::open(server.port).await?;
    let body = connection.ask(request).await?;
    let answer: Value = serde_json::from_slice(body)?;
    if !answer["errors"].is_null() {
        return Err(format!("the query fails: {answer}").into());
    }
    let found = answer["data"]["conversations"]["totalCount"].as_u64();
    let before = server.cpu()?;
    let mut latencies = Vec::new();
    for _ in 0..pages {
        let begin = Instant::now();
        connection.ask(request).await?;
        latencies.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    let cpu = server.cpu()? - before;
    let mut figures = vec![(RATIO, cpu * 1e3 / f64::from(pages))];
    let median = percentile(&mut latencies, 50);
    figures.extend(median.map(|micros| ("p50 ms", f64::from(micros) / 1e3)));
    figures.extend(found.map(|found| ("found", float(found))));
    Ok(figures)
}
