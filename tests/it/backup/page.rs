//! The steps of docs/backup.md, as they stand there, in one shell.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::harness::binary::regie;

const PAGE: &str = include_str!("../../../docs/backup.md");
/// What the shell prints after each block, before the block's outcome.
const MARK: &str = "the block ended with ";

/// The block after this mark.
pub fn block(mark: &str) -> &'static str {
    let mark = format!("<!-- {mark} -->\n```sh\n");
    let (_, block) = PAGE.split_once(&mark).unwrap_or_else(|| panic!("{mark}"));
    block.split_once("```").unwrap().0
}

/// A shell in which an operator pastes blocks.
pub struct Shell {
    process: Child,
    keys: ChildStdin,
    shown: Lines<BufReader<ChildStdout>>,
}

impl Shell {
    /// A shell in this folder with the settings of a server on this database.
    pub fn new(database: &str, folder: &Path) -> Self {
        let settings = regie(database, folder, &[]);
        let mut command = std::process::Command::new("bash");
        for (name, value) in settings.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut process = command
            .current_dir(folder)
            .env("PATH", path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let keys = process.stdin.take().unwrap();
        let shown = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            keys,
            shown,
        }
    }

    /// Runs a block, of which every command must succeed; what it shows.
    pub fn run(&mut self, block: &str) -> String {
        writeln!(
            self.keys,
            "set -e; exec 2>&1; trap 'echo \"{MARK}$?\"' EXIT"
        )
        .unwrap();
        writeln!(self.keys, "{block}\necho '{MARK}0'").unwrap();
        self.keys.flush().unwrap();
        let mut shown = String::new();
        for line in self.shown.by_ref() {
            let line = line.unwrap();
            if let Some(outcome) = line.strip_prefix(MARK) {
                assert_eq!(outcome, "0", "{block}\n{shown}");
                return shown;
            }
            shown.push_str(&line);
            shown.push('\n');
        }
        panic!("the shell ended: {block}\n{shown}");
    }

    /// What a variable is now.
    pub fn variable(&mut self, name: &str) -> String {
        self.run(&format!("echo \"${name}\"")).trim().to_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The PATH, with `regie` and PostgreSQL's programs in it.
fn path() -> String {
    let mut folders = vec![
        Path::new(env!("CARGO_BIN_EXE_regie"))
            .parent()
            .unwrap()
            .to_owned(),
    ];
    folders.extend(programs_of_postgres());
    let mut path: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    path.extend(std::env::var("PATH"));
    path.join(":")
}

/// The folder of `pg_dump`, where Debian keeps it out of the PATH.
fn programs_of_postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.map_while(Result::ok);
    folders
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("pg_dump").exists())
        .max()
}

/// Whether `pg_dump` can be run.
pub fn has_pg_dump() -> bool {
    let mut command = std::process::Command::new("pg_dump");
    command.arg("--version").env("PATH", path());
    command.output().is_ok()
}
