//! `start`: from the start of the process until `/health/ready` says yes, and memory then.
//!
//! There is no peer: the textbook holds nothing in memory and has nothing to load.

use std::time::{Duration, Instant};

use crate::measure::{Line, float, peak_bytes, system_load};
use crate::options::{Options, StartSizes};
use crate::process::{Role, Server};
use crate::seed::{self, Size};
use crate::wire::http::{Connection, get};
use crate::{Result, note};

/// What the bench is about.
pub const RATIO: &str = "seconds to ready";

/// How long a server may take to be ready once it listens.
const PATIENCE: Duration = Duration::from_mins(2);

/// Runs it.
pub async fn run(options: &Options, sizes: &StartSizes) -> Result<Vec<Line>> {
    let size = Size {
        ongoing: sizes.ongoing,
        closed: sizes.closed,
        all_open: false,
        agents: seed::AGENTS,
        lived: false,
    };
    let file = seed::kept_file(size, options.fresh).await?;
    // Not copied: it is large, and a start changes nothing that the next would notice.
    let bytes = file.metadata()?.len();
    let url = seed::url(&file);
    let mut lines = Vec::new();
    for round in 1..=options.rounds {
        let load = system_load().unwrap_or(0.0);
        note(&format!("round {round}; load {load}"));
        let begin = Instant::now();
        let (server, _) = Server::start(&Role::Project { url: url.clone() }).await?;
        ready(&server).await?;
        let seconds = begin.elapsed().as_secs_f64();
        let cpu = server.cpu()?;
        let mut figures = vec![
            (RATIO, seconds),
            ("CPU seconds", cpu),
            ("resident MB", float(server.resident()?) / 1e6),
        ];
        let peak = peak_bytes(server.pid);
        figures.extend(peak.map(|peak| ("peak MB", float(peak) / 1e6)));
        figures.push(("file MB", float(bytes) / 1e6));
        server.end().await;
        lines.push(Line {
            case: format!("{} ongoing, {} closed", sizes.ongoing, sizes.closed),
            contender: "project",
            figures,
        });
    }
    Ok(lines)
}

async fn ready(server: &Server) -> Result<()> {
    let begin = Instant::now();
    let request = get(server.port, "/health/ready");
    let mut connection = Connection::open(server.port).await?;
    while connection.ask(&request).await.is_err() {
        if begin.elapsed() > PATIENCE {
            return Err("the server is not ready after two minutes".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        connection = Connection::open(server.port).await?;
    }
    Ok(())
}
