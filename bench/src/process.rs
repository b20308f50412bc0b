//! Child processes of this same program: a server's CPU and memory are then its own.
//!
//! A child is asked and answers in lines of JSON over its standard input and output, and ends when
//! its input does; the parent kills it when the handle is dropped, so nothing outlives a bench.

use std::io::{BufRead as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::Result;
use crate::measure;

/// How long a child may take for one answer.
const PATIENCE: Duration = Duration::from_mins(5);

/// What a child plays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Role {
    /// Regie on this database.
    Project { url: String },
    /// Stock subscriptions.
    PeerFanout,
    /// A ready frame to every socket; this is what it says.
    LimitFanout { frame: String },
    /// The textbook view on this database.
    PeerView { url: String },
    /// This body to every request.
    LimitView { body: String },
    /// A run of commands.
    Commands(crate::commands::Task),
    /// A run of bulks.
    Bulk(crate::bulk::Task),
}

impl Role {
    /// Plays it until the parent goes.
    pub async fn play(self) -> Result<()> {
        match self {
            Self::Project { url } => crate::project::serve(&url).await,
            Self::PeerFanout => crate::peer::fanout::serve().await,
            Self::LimitFanout { frame } => crate::limit::fanout::serve(&frame).await,
            Self::PeerView { url } => crate::peer::view::serve(&url).await,
            Self::LimitView { body } => crate::limit::view::serve(body).await,
            Self::Commands(task) => crate::commands::play(task).await,
            Self::Bulk(task) => crate::bulk::play(task).await,
        }
    }
}

/// What a parent asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Make so many sentiment changes, so many a second (0: as many as go), and say where.
    Emit { count: u64, rate: f64 },
    /// Be as busy as so many customer messages a second make a server, until told to stop.
    Churn { rate: f64 },
    /// The same, by the customers of the agents with these subjects.
    ChurnOf { rate: f64, agents: Vec<String> },
    /// End it; say how many events there were, and in how many seconds.
    Rest,
}

/// What a child answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Told {
    /// The server takes connections there.
    Listening { port: u16 },
    /// The positions of what was emitted, in order.
    Emitted { positions: Vec<i64> },
    /// As asked.
    Done,
    /// What came of a churn.
    Rested { events: i64, seconds: f64 },
    /// What a run of commands measured.
    Ran(crate::commands::Ran),
    /// What a run of bulks measured.
    BulkRan(crate::bulk::Ran),
    /// It cannot go on.
    Failed { why: String },
}

/// A child that runs.
pub struct Server {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Its process id.
    pub pid: u32,
    /// Where it listens; 0 when it does not.
    pub port: u16,
}

impl Server {
    /// Starts this program in a role and waits for its first words.
    pub async fn start(role: &Role) -> Result<(Self, Told)> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(serde_json::to_string(role)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("a child without input")?;
        let output = child.stdout.take().ok_or("a child without output")?;
        let mut server = Self {
            pid: child.id().ok_or("the child ended at once")?,
            child,
            input,
            output: BufReader::new(output).lines(),
            port: 0,
        };
        let told = server.hear().await?;
        if let Told::Listening { port } = told {
            server.port = port;
        }
        Ok((server, told))
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, ask: Ask) -> Result<Told> {
        let mut line = serde_json::to_vec(&ask)?;
        line.push(b'\n');
        self.input.write_all(&line).await?;
        self.hear().await
    }

    async fn hear(&mut self) -> Result<Told> {
        let line = timeout(PATIENCE, self.output.next_line()).await??;
        let line = line.ok_or("the server process ended (see its errors above)")?;
        match serde_json::from_str(&line)? {
            Told::Failed { why } => Err(why.into()),
            told => Ok(told),
        }
    }

    /// CPU that it used so far, in seconds.
    pub fn cpu(&self) -> Result<f64> {
        Ok(measure::cpu_seconds(self.pid).ok_or("no CPU time of the server")?)
    }

    /// Memory that is resident now, in bytes.
    pub fn resident(&self) -> Result<u64> {
        Ok(measure::resident_bytes(self.pid).ok_or("no memory of the server")?)
    }

    /// Waits until it has nothing left to do.
    pub async fn settle(&self) -> Result<()> {
        settled(self.pid).await
    }

    /// Ends it.
    pub async fn end(mut self) {
        drop(self.input);
        if timeout(Duration::from_secs(10), self.child.wait())
            .await
            .is_err()
        {
            let _ = self.child.kill().await;
        }
    }
}

/// Waits until a process has nothing left to do: three looks in a row without more than a tick of CPU, which a timer of
/// its own may take.
pub async fn settled(pid: u32) -> Result<()> {
    let cpu = || measure::cpu_seconds(pid).ok_or("no CPU time of the process");
    let mut quiet = 0;
    let mut before = cpu()?;
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = cpu()?;
        quiet = if now - before < 0.011 { quiet + 1 } else { 0 };
        if quiet >= 3 {
            return Ok(());
        }
        before = now;
    }
    Err("the process did not come to rest within 30 seconds".into())
}

/// The child's side: tells its parent.
pub fn tell(told: &Told) -> Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&line)?;
    Ok(output.flush()?)
}

/// The child's side: what its parent asks, until the parent goes.
pub fn asked() -> tokio::sync::mpsc::Receiver<Ask> {
    let (asks, asked) = tokio::sync::mpsc::channel(1);
    // A thread of its own, since reading standard input cannot be cancelled.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let ask = line.ok().and_then(|line| serde_json::from_str(&line).ok());
            let Some(ask) = ask else { return };
            if asks.blocking_send(ask).is_err() {
                return;
            }
        }
    });
    asked
}

/// The child's side: serves this on a free port of loopback, and says where.
pub async fn listen(router: axum::Router) -> Result<()> {
    use axum::serve::ListenerExt as _;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    // As the product does: small answers shall not wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    tell(&Told::Listening { port })
}

/// Lets this process and its children open as many files as the system allows it; fails when that
/// is not enough for so many connections.
pub fn open_files(connections: u64) -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = connections + 200;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    let most = limit.maximum.unwrap_or(needed);
    let wanted = Rlimit {
        current: Some(most.min(needed.max(65_536))),
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, wanted)?;
    if most < needed {
        let what = format!(
            "{connections} connections need {needed} open files, and this system allows {most}: \
             raise it (ulimit -Hn {needed}) or ask for fewer"
        );
        return Err(what.into());
    }
    Ok(())
}
