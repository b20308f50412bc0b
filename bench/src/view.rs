//! `view`: the first 50 of the ongoing view, over boards of several sizes, unchanged and while
//! events arrive.

use std::time::Duration;

use domain::Scope;

use crate::measure::{Line, float, percentile, system_load};
use crate::options::{Options, ViewSizes};
use crate::people::People;
use crate::process::{Ask, Role, Server, Told, open_files};
use crate::seed::{self, Copy, Size};
use crate::wire::http::{Connection, load, post, post_each};
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "requests/s";

/// The fields of both; none that the textbook would have to dig out of a text column.
const FIELDS: &str = "{ totalCount edges { node { id state statusReason channel startedAt version \
     queue { id name } workstream { id name } agent { id name } customer { id name } \
     sentiment { level } } } }";

/// In the order that the peer has an index for.
fn by_start() -> String {
    let order = "orderBy: { field: STARTED_AT, direction: ASC }";
    format!("{{ ongoingConversations(first: 50, {order}) {FIELDS} }}")
}

/// In the default order, longest wait first.
fn by_wait() -> String {
    format!("{{ ongoingConversations(first: 50) {FIELDS} }}")
}

/// Before anything is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// Runs it.
pub async fn run(options: &Options, sizes: &ViewSizes) -> Result<Vec<Line>> {
    open_files(u64::from(sizes.clients))?;
    let token = People::new()?.supervisor("sam", Scope::All)?;
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        for ongoing in &sizes.conversations {
            let file = seed::kept_file(Size::mixed(*ongoing), options.fresh && round == 1).await?;
            let mut bench = Bench {
                sizes,
                token: &token,
                ongoing: *ongoing,
                lines: &mut lines,
            };
            let load = system_load().unwrap_or(0.0);
            note(&format!("round {round}: {ongoing} ongoing; load {load}"));
            let mut body = String::new();
            if options.wants("project") || options.wants("limit") {
                let copy = Copy::of(&file)?;
                let (mut server, _) = Server::start(&Role::Project { url: copy.url() }).await?;
                body = bench.answer(&server).await?;
                if options.wants("project") {
                    for (name, request) in [
                        ("project", post as Post),
                        ("project, each another", post_each),
                    ] {
                        let request = request(server.port, &token, &by_start());
                        bench.both(&mut server, name, &request).await?;
                    }
                    let request = post(server.port, &token, &by_wait());
                    bench
                        .both(&mut server, "project, longest wait", &request)
                        .await?;
                }
                server.end().await;
            }
            if options.wants("peer") {
                let copy = Copy::of(&file)?;
                let (mut server, _) = Server::start(&Role::PeerView { url: copy.url() }).await?;
                let same = bench.answer(&server).await?;
                if !body.is_empty() && ids(&same)? != ids(&body)? {
                    return Err("the peer shows other conversations than the project".into());
                }
                let request = post(server.port, &token, &by_start());
                bench.both(&mut server, "peer", &request).await?;
                server.end().await;
            }
            if options.wants("limit") {
                let (server, _) = Server::start(&Role::LimitView { body }).await?;
                let request = post(server.port, &token, &by_start());
                let figures = bench.one(&server, &request).await?;
                server.end().await;
                // Nothing of it can change, so it is the limit of both.
                bench.put("unchanged", "limit", figures.clone());
                bench.put("changing", "limit", figures);
            }
        }
    }
    Ok(lines)
}

struct Bench<'b> {
    sizes: &'b ViewSizes,
    token: &'b str,
    ongoing: u32,
    lines: &'b mut Vec<Line>,
}

type Post = fn(u16, &str, &str) -> Vec<u8>;
type Figures = Vec<(&'static str, f64)>;

impl Bench<'_> {
    async fn both(
        &mut self,
        server: &mut Server,
        contender: &'static str,
        request: &[u8],
    ) -> Result<()> {
        let figures = self.one(server, request).await?;
        self.put("unchanged", contender, figures);

        // A message that changes the sentiment is two events.
        let rate = f64::from(self.sizes.events) / 2.0;
        server.ask(Ask::Churn { rate }).await?;
        let mut figures = self.one(server, request).await?;
        if let Told::Rested { events, seconds } = server.ask(Ask::Rest).await? {
            figures.push(("events/s", float(events.unsigned_abs()) / seconds));
        }
        self.put("changing", contender, figures);
        Ok(())
    }

    async fn one(&self, server: &Server, request: &[u8]) -> Result<Figures> {
        let clients = self.sizes.clients;
        load(server.port, request, clients, WARM_UP).await?;
        let before = server.cpu()?;
        let time = Duration::from_secs(u64::from(self.sizes.seconds));
        let mut done = load(server.port, request, clients, time).await?;
        let cpu = server.cpu()? - before;
        let mut figures = vec![
            (RATIO, float(done.answered) / done.seconds),
            ("us/request", cpu * 1e6 / float(done.answered)),
        ];
        for (name, percent) in [("p50 ms", 50), ("p99 ms", 99)] {
            let found = percentile(&mut done.latencies, percent);
            figures.extend(found.map(|micros| (name, f64::from(micros) / 1000.0)));
        }
        Ok(figures)
    }

    fn put(&mut self, how: &str, contender: &'static str, figures: Figures) {
        let case = format!("{} ongoing, {how}", self.ongoing);
        self.lines.push(Line {
            case,
            contender,
            figures,
        });
    }

    /// The answer, which must be one without errors.
    async fn answer(&self, server: &Server) -> Result<String> {
        let mut connection = Connection::open(server.port).await?;
        let request = post(server.port, self.token, &by_start());
        let body = String::from_utf8(connection.ask(&request).await?.to_vec())?;
        if body.contains("\"errors\"") {
            return Err(format!("the query fails: {body}").into());
        }
        Ok(body)
    }
}

/// The ids of an answer's conversations, in no order: several may have started at one instant.
fn ids(body: &str) -> Result<std::collections::BTreeSet<String>> {
    let body: serde_json::Value = serde_json::from_str(body)?;
    let edges = body["data"]["ongoingConversations"]["edges"].as_array();
    let edges = edges.ok_or("an answer without edges")?;
    Ok(edges
        .iter()
        .map(|edge| edge["node"]["id"].to_string())
        .collect())
}
