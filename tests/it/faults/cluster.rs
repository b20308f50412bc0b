//! A PostgreSQL of one case alone, since it is filled, stopped and paused.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

use super::disk::{Disk, run, text};
use crate::harness::Database;

/// What of a cluster is on a small filesystem of its own, which can run full.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The tables: statements that need room fail.
    Tables,
    /// The write-ahead log.
    Log,
}

/// How many megabytes that filesystem has.
const SIZE: usize = 96;

/// A running cluster; stopped and gone with this.
pub struct Cluster {
    programs: PathBuf,
    port: u16,
    data: PathBuf,
    /// Where what runs full is.
    disk: Option<Disk>,
    folder: TempDir,
}

impl Cluster {
    /// Starts one, of which this can run full.
    pub fn start(full: Option<Full>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = full.map(|_| Disk::mount(folder.path().join("disk"), SIZE));
        let on = |what| match &disk {
            Some(disk) if full == Some(what) => disk.path(),
            _ => folder.path(),
        };
        let (data, wal) = (on(Full::Tables).join("data"), on(Full::Log).join("wal"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let cluster = Self {
            programs: programs(),
            port: port.local_addr().unwrap().port(),
            data,
            disk,
            folder,
        };
        drop(port);
        run("chown", &["-R", "postgres:", text(cluster.folder.path())]);
        let data = text(&cluster.data);
        let made = cluster.run(
            "initdb",
            &[
                "-D",
                data,
                "-X",
                text(&wal),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                // The smallest pieces, so that more room is needed soon.
                "--wal-segsize=1",
            ],
        );
        assert!(made.status.success(), "{}", said(&made));
        cluster.go_on();
        cluster
    }

    /// Leaves no room for what can run full.
    pub fn fill(&self) {
        self.disk.as_ref().unwrap().fill();
    }

    /// Gives that room back.
    pub fn empty(&self) {
        self.disk.as_ref().unwrap().empty();
    }

    /// What it logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Its one database.
    pub fn database(&self) -> Database {
        let port = self.port;
        Database::known_as(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
    }

    /// Starts it where it is stopped.
    pub fn go_on(&self) {
        let (port, folder) = (self.port, text(self.folder.path()));
        // Not synced to disk, which only a lost machine would show.
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} \
             -c fsync=off -c shared_buffers=32MB -c min_wal_size=2MB"
        );
        self.control(&["-o", &options, "start"]);
    }

    /// Starts it unless it recovers by itself.
    pub fn go_on_if_it_ended(&self) {
        let port = self.port.to_string();
        let answers = || {
            let asked = self.run("pg_isready", &["-h", "127.0.0.1", "-p", &port]);
            asked.status.success()
        };
        for _ in 0..25 {
            if answers() {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        self.go_on();
    }

    /// Stops it in this mode.
    pub fn stop(&self, mode: &str) {
        self.control(&["-m", mode, "stop"]);
    }

    /// Stops it in this mode, and starts it.
    pub fn restart(&self, mode: &str) {
        self.control(&["-m", mode, "restart"]);
    }

    fn control(&self, arguments: &[&str]) {
        let log = self.folder.path().join("log");
        let common = ["-D", text(&self.data), "-l", text(&log), "-w", "-t", "60"];
        let ran = self.run("pg_ctl", &[&common[..], arguments].concat());
        let (said, log) = (said(&ran), self.log());
        assert!(ran.status.success(), "{arguments:?}: {said}\n{log}");
    }

    /// PostgreSQL refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new("setpriv")
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                "--",
            ])
            .arg(self.programs.join(program))
            .args(arguments)
            .current_dir("/")
            .output()
            .unwrap()
    }

    /// A connection beside the server's.
    pub async fn connect(&self) -> DatabaseConnection {
        let url = self.database().url;
        sea_orm::Database::connect(&url).await.unwrap()
    }

    /// Goes on to ever new pieces of the write-ahead log until there is no room for one; whether PostgreSQL ended.
    pub async fn use_up_its_log(&self) -> bool {
        let connection = self.connect().await;
        for _ in 0..200 {
            // Fails when it has ended.
            let switch = "SELECT pg_switch_wal()";
            let _ = connection.execute_unprepared(switch).await;
            if self.log().contains("PANIC:") {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    /// Stops every process of it where it stands, while a backend has the log's head locked.
    pub async fn pause_holding_the_head(&self) {
        let connection = self.connect().await;
        let holders = "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.relation = 'log_head'::regclass AND l.mode = 'RowShareLock' AND l.granted
            AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()";
        let holders = || async {
            let query = Statement::from_string(DbBackend::Postgres, holders);
            let rows = connection.query_all_raw(query).await.unwrap();
            let pid = |row: &sea_orm::QueryResult| row.try_get::<i32>("", "pid").unwrap();
            rows.iter().map(pid).collect::<Vec<_>>()
        };
        for _ in 0..10_000 {
            let Some(pid) = holders().await.first().copied() else {
                continue;
            };
            let pid = u32::try_from(pid).unwrap();
            signal("STOP", &[pid]);
            if holders().await.contains(&pid.cast_signed()) {
                self.signal("STOP");
                return;
            }
            signal("CONT", &[pid]);
        }
        panic!("nobody ever held the log's head");
    }

    /// Sends every process of it a signal.
    pub fn signal(&self, name: &str) {
        signal(name, &self.processes());
    }

    fn processes(&self) -> Vec<u32> {
        let Ok(file) = fs::read_to_string(self.data.join("postmaster.pid")) else {
            return Vec::new();
        };
        let first: u32 = file.lines().next().unwrap().parse().unwrap();
        let mut all = vec![first];
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Some(id) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
                continue;
            };
            // After the name in brackets: the state, and the parent.
            let parent = stat.rsplit(')').next().unwrap().split_whitespace().nth(1);
            if parent == Some(&first.to_string()) {
                all.push(id);
            }
        }
        all
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.signal("CONT");
        let data = text(&self.data);
        self.run("pg_ctl", &["-D", data, "-m", "immediate", "-w", "stop"]);
    }
}

fn signal(name: &str, processes: &[u32]) {
    let mut kill = Command::new("kill");
    kill.arg(format!("-{name}"));
    kill.args(processes.iter().map(ToString::to_string));
    // One of them may have ended meanwhile.
    let _ = kill.output().unwrap();
}

/// Where PostgreSQL's own programs are.
fn programs() -> PathBuf {
    let versions =
        fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is needed: run .ci/faults");
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.flatten().map(|entry| entry.path());
    newest.max_by_key(|path| version(path)).unwrap().join("bin")
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}
