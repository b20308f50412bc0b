//! Builds the pages, GraphiQL and the desk, into `OUT_DIR`, which the library embeds.
//!
//! Where npm is found, the locked packages of a page are installed and bundled; otherwise
//! the page says in one line what is missing. `GRAPHIQL_ASSETS=npm` and `DESK_ASSETS=npm` make a missing bundle an
//! error, `none` skips npm. Nothing is written outside `OUT_DIR`, and a missing
//! npm never stops a build by itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// A page that is bundled.
struct Page {
    /// Its folder in `OUT_DIR`, and in lower case the beginning of what its variables are called.
    name: &'static str,
    /// What people call it.
    title: &'static str,
    folder: &'static str,
    /// Every input, so that nothing else makes the build run again: not what npm leaves beside them.
    inputs: &'static [&'static str],
    /// What it bundles of elsewhere, and where that lies seen from the page.
    beside: &'static [(&'static str, &'static str)],
    /// What is installed beside what it runs on.
    install: &'static str,
}

const PAGES: [Page; 2] = [
    Page {
        name: "graphiql",
        title: "GraphiQL",
        folder: "graphiql",
        inputs: &[
            ".npmrc",
            "build.mjs",
            "package-lock.json",
            "package.json",
            "src",
        ],
        beside: &[],
        install: "--include=dev",
    },
    Page {
        name: "desk",
        title: "The desk",
        folder: "../web/desk",
        inputs: &[
            ".npmrc",
            "build.mjs",
            "bundle.mjs",
            "package-lock.json",
            "package.json",
            "src",
        ],
        beside: &[("../web/client/src", "../client/src")],
        // What it is checked and tested with is many times what it is made of.
        install: "--omit=dev",
    },
];
/// The page of a build without npm.
const MISSING: &str = "src/missing.html";
/// Where nobody asked for the page: a machine without a network should not wait for minutes.
const BRIEF: [&str; 3] = [
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=1000",
];
/// Where a missing page is an error: a network that stumbles is no reason for one.
const PATIENT: [&str; 2] = ["--fetch-retries=5", "--fetch-retry-maxtimeout=30000"];
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for page in &PAGES {
        if let Err(reason) = page.lay_out(&out) {
            println!("cargo::error={}: {reason}", page.title);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

impl Page {
    fn lay_out(&self, out: &Path) -> Result<(), String> {
        let variable = format!("{}_ASSETS", self.name.to_uppercase());
        println!("cargo::rerun-if-env-changed={variable}");
        let inputs = self.inputs.iter().map(|input| self.source(input));
        for input in inputs.chain(self.beside.iter().map(|(from, _)| PathBuf::from(from))) {
            println!("cargo::rerun-if-changed={}", input.display());
        }
        let source = match env::var(&variable).unwrap_or_default().as_str() {
            "none" => self.go_without(out).map(|()| "none"),
            "npm" => self.bundle(out, &PATIENT).map(|()| "npm"),
            "" => match self.bundle(out, &BRIEF) {
                Ok(()) => Ok("npm"),
                Err(reason) => {
                    println!(
                        "cargo::warning={} will not be in this server: {reason}. \
                         To try again: touch api/build.rs",
                        self.title
                    );
                    self.go_without(out).map(|()| "none")
                }
            },
            _ => Err(format!("{variable} is neither npm nor none")),
        }?;
        let name = self.name.to_uppercase();
        println!("cargo::rustc-env={name}_SOURCE={source}");
        Ok(())
    }

    /// Installs and bundles in a copy of the inputs, then removes the copy: GraphiQL's weighs 200 MB.
    fn bundle(&self, out: &Path, retries: &[&str]) -> Result<(), String> {
        let work = out.join(format!("{}-build", self.name));
        let bundled = self.bundle_in(&work, &out.join(self.name), retries);
        let removed = fs::remove_dir_all(&work);
        bundled
            .and_then(|()| removed.map_err(|error| format!("the copy cannot be removed: {error}")))
    }

    fn bundle_in(&self, work: &Path, target: &Path, retries: &[&str]) -> Result<(), String> {
        let page = work.join("page");
        empty(work)
            .and_then(|()| self.copy_to(&page))
            .map_err(|error| format!("the inputs cannot be copied: {error}"))?;
        // Without install scripts: the lock file vouches for contents, not for what they would run.
        run(
            "npm ci",
            Command::new(NPM)
                .current_dir(&page)
                .args([
                    "ci",
                    "--ignore-scripts",
                    self.install,
                    "--prefer-offline",
                    "--loglevel=error",
                ])
                .args(retries),
        )?;
        run(
            "the bundler",
            Command::new("node")
                .current_dir(&page)
                .arg("build.mjs")
                .arg(target),
        )
    }

    fn copy_to(&self, page: &Path) -> io::Result<()> {
        fs::create_dir_all(page)?;
        for input in self.inputs {
            copy(&self.source(input), &page.join(input))?;
        }
        for (from, to) in self.beside {
            let to = page.join(to);
            fs::create_dir_all(to.parent().unwrap_or(page))?;
            copy(Path::new(from), &to)?;
        }
        Ok(())
    }

    /// Lays out the page that says what is missing.
    fn go_without(&self, out: &Path) -> Result<(), String> {
        let target = out.join(self.name);
        empty(&target)
            .and_then(|()| copy(&self.source(MISSING), &target.join("index.html")))
            .map_err(|error| format!("the page cannot be copied: {error}"))
    }

    fn source(&self, input: &str) -> PathBuf {
        Path::new(self.folder).join(input)
    }
}

/// Runs a step and keeps of its complaints the first line, which names the cause.
fn run(step: &str, command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            // Worth another look when a shell with npm in its path builds.
            println!("cargo::rerun-if-env-changed=PATH");
            "npm was not found".to_owned()
        }
        _ => format!("{step} cannot be run: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let first = complaint
        .lines()
        .find(|line| line.to_lowercase().contains("error"))
        .unwrap_or("no reason given");
    Err(format!("{step} failed: {}", first.trim()))
}

fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}

/// Copies a file, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        // Written, not copied: a copy would keep the write protection of a read-only source.
        return fs::write(to, fs::read(from)?);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
