//! The real `regie`, as operators start it: a process of its own on a database that outlives it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::SECRET;

/// A `regie` command on this database, with no settings but the tests' own.
pub fn regie(database: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regie"));
    command
        .args(arguments)
        .current_dir(folder)
        // Meant for this test run, and refused by the program as a setting that it does not know.
        .env_remove("REGIE_TEST_POSTGRES_URL")
        .env_remove("REGIE_TEST_SEED")
        .env_remove("REGIE_UPDATE_SNAPSHOTS")
        .env("REGIE_JWT_SECRET", SECRET)
        .env("REGIE_DATABASE_URL", database)
        // Tests ask as fast as they can.
        .env("REGIE_REQUESTS_PER_SECOND", "0")
        .env("REGIE_GATEWAY_REQUESTS_PER_SECOND", "0")
        .stdout(Stdio::piped())
        .stdin(Stdio::null());
    command
}

/// What a command that ends by itself printed.
pub fn output(database: &str, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = regie(database, folder, arguments);
    command.stderr(Stdio::piped()).output().unwrap()
}

/// A `regie serve` of its own, ended with the test.
pub struct Served {
    process: Child,
    pub url: String,
    log: Arc<Mutex<String>>,
}

/// The same command, begun by another program that is given it as its last arguments.
pub fn begun_by(program: &[&str], command: &Command) -> Command {
    let mut wrapped = Command::new(program[0]);
    wrapped
        .args(&program[1..])
        .arg(command.get_program())
        .args(command.get_args())
        .stdout(Stdio::piped())
        .stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped
}

impl Served {
    /// Starts one and waits until it listens.
    pub fn start(database: &str, folder: &Path) -> Self {
        Self::with(database, folder, &[])
    }

    /// Starts one with these settings beside the tests' own.
    pub fn with(database: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = regie(database, folder, &["serve"]);
        command.envs(settings.iter().copied());
        Self::of(command)
    }

    /// Starts the one that this command is.
    pub fn of(mut command: Command) -> Self {
        let mut process = command
            .env("REGIE_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let mut before = String::new();
        let url = loop {
            line.clear();
            assert!(
                lines.read_line(&mut line).unwrap() > 0,
                "serve ended before it listened:\n{before}"
            );
            before.push_str(&line);
            if let Some(at) = line.find("http://127.0.0.1:") {
                let address = line[at..].split_whitespace().next().unwrap();
                break address.to_owned();
            }
        };
        // The log goes on; whoever does not read it must not stop the server.
        let log = Arc::new(Mutex::new(before));
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self { process, url, log }
    }

    /// What it logged up to now.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether its process runs.
    pub fn runs(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Ends it with SIGTERM, as an operator does; how it ended, or none if it did not in this time.
    pub async fn stop_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let id = self.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success(), "it runs no more");
        let since = Instant::now();
        while since.elapsed() < time {
            if let Some(status) = self.process.try_wait().unwrap() {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    /// Ends it with SIGKILL: no handler runs, nothing is flushed, nobody is told.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
