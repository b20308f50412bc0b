//! Builds the GraphiQL page into `OUT_DIR/graphiql`, which the library embeds.
//!
//! Where npm is found, the locked packages of `graphiql/` are installed and bundled; otherwise
//! the page says in one line what is missing. `GRAPHIQL_ASSETS=npm` makes a missing bundle an
//! error, `GRAPHIQL_ASSETS=none` skips npm. Nothing is written outside `OUT_DIR`, and a missing
//! npm never stops a build by itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// Every input, so that nothing else makes the build run again: not what npm leaves beside them.
const INPUTS: [&str; 5] = [
    ".npmrc",
    "build.mjs",
    "package-lock.json",
    "package.json",
    "src",
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
    println!("cargo::rerun-if-env-changed=GRAPHIQL_ASSETS");
    println!("cargo::rerun-if-changed=build.rs");
    for input in INPUTS {
        println!("cargo::rerun-if-changed=graphiql/{input}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let wish = env::var("GRAPHIQL_ASSETS").unwrap_or_default();
    let source = match wish.as_str() {
        "none" => go_without(&out).map(|()| "none"),
        "npm" => bundle(&out, &PATIENT).map(|()| "npm"),
        "" => match bundle(&out, &BRIEF) {
            Ok(()) => Ok("npm"),
            Err(reason) => {
                println!(
                    "cargo::warning=GraphiQL will not be in this server: {reason}. \
                     To try again: touch api/build.rs"
                );
                go_without(&out).map(|()| "none")
            }
        },
        _ => Err("GRAPHIQL_ASSETS is neither npm nor none".to_owned()),
    };
    match source {
        Ok(source) => {
            println!("cargo::rustc-env=GRAPHIQL_SOURCE={source}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            println!("cargo::error=GraphiQL: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Installs and bundles in a copy of the inputs, then removes the copy: it weighs 200 MB.
fn bundle(out: &Path, retries: &[&str]) -> Result<(), String> {
    let work = out.join("graphiql-build");
    let bundled = bundle_in(&work, &out.join("graphiql"), retries);
    let removed = fs::remove_dir_all(&work);
    bundled.and_then(|()| removed.map_err(|error| format!("the copy cannot be removed: {error}")))
}

fn bundle_in(work: &Path, target: &Path, retries: &[&str]) -> Result<(), String> {
    empty(work)
        .and_then(|()| {
            INPUTS
                .iter()
                .try_for_each(|input| copy(&source(input), &work.join(input)))
        })
        .map_err(|error| format!("the inputs cannot be copied: {error}"))?;
    // Without install scripts: the lock file vouches for contents, not for what they would run.
    run(
        "npm ci",
        Command::new(NPM)
            .current_dir(work)
            .args([
                "ci",
                "--ignore-scripts",
                "--include=dev",
                "--prefer-offline",
                "--loglevel=error",
            ])
            .args(retries),
    )?;
    run(
        "the bundler",
        Command::new("node")
            .current_dir(work)
            .arg("build.mjs")
            .arg(target),
    )
}

/// Lays out the page that says what is missing.
fn go_without(out: &Path) -> Result<(), String> {
    let target = out.join("graphiql");
    empty(&target)
        .and_then(|()| copy(&source(MISSING), &target.join("index.html")))
        .map_err(|error| format!("the page cannot be copied: {error}"))
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
        .find(|line| line.contains("rror"))
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

fn source(input: &str) -> PathBuf {
    Path::new("graphiql").join(input)
}
