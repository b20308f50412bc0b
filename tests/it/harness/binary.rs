//! The real `regie`, as operators start it: a process of its own on a database that outlives it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

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
}

impl Served {
    /// Starts one and waits until it listens.
    pub fn start(database: &str, folder: &Path) -> Self {
        Self::with(database, folder, &[])
    }

    /// Starts one with these settings beside the tests' own.
    pub fn with(database: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut process = regie(database, folder, &["serve"])
            .envs(settings.iter().copied())
            .env("REGIE_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        let mut before = String::new();
        let url = loop {
            line.clear();
            assert!(
                log.read_line(&mut line).unwrap() > 0,
                "serve ended before it listened:\n{before}"
            );
            if let Some(at) = line.find("http://127.0.0.1:") {
                let address = line[at..].split_whitespace().next().unwrap();
                break address.to_owned();
            }
            before.push_str(&line);
        };
        // The log goes on; whoever does not read it must not stop the server.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, url }
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
