//! Builds the GraphiQL page into `OUT_DIR/graphiql`, which the library embeds.
//!
//! Where npm is found, the locked packages of `graphiql/` are installed and bundled; otherwise
//! the page's own files are embedded alone, and the browser loads the rest from pinned files on
//! a CDN. `GRAPHIQL_ASSETS=npm` makes a missing bundle an error, `GRAPHIQL_ASSETS=cdn` skips npm.
//! Nothing is written outside `OUT_DIR`, and a missing npm never stops a build by itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

/// Every input, so that nothing else makes the build run again.
const INPUTS: [&str; 14] = [
    ".npmrc",
    "build.mjs",
    "package-lock.json",
    "package.json",
    "src/bar.js",
    "src/cdn.js",
    "src/fetcher.js",
    "src/index.html",
    "src/npm.js",
    "src/regie.css",
    "src/session.js",
    "src/start.js",
    "src/storage.js",
    "src/tabs.js",
];
/// What only the bundler reads.
const BUNDLE_ONLY: &str = "src/npm.js";
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
        "cdn" => link(&out).map(|()| "cdn"),
        "npm" => bundle(&out).map(|()| "npm"),
        "" => match bundle(&out) {
            Ok(()) => Ok("npm"),
            Err(reason) => {
                println!(
                    "cargo::warning=GraphiQL will load its files from a CDN: {reason}. \
                     To try again: touch api/build.rs"
                );
                link(&out).map(|()| "cdn")
            }
        },
        _ => Err("GRAPHIQL_ASSETS is neither npm nor cdn".to_owned()),
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
fn bundle(out: &Path) -> Result<(), String> {
    let work = out.join("graphiql-build");
    let bundled = bundle_in(&work, &out.join("graphiql"));
    let removed = fs::remove_dir_all(&work);
    bundled.and_then(|()| removed.map_err(|error| format!("the copy cannot be removed: {error}")))
}

fn bundle_in(work: &Path, target: &Path) -> Result<(), String> {
    empty(work)
        .and_then(|()| copy(&INPUTS, work))
        .map_err(|error| format!("the inputs cannot be copied: {error}"))?;
    // Without install scripts: the lock file vouches for contents, not for what they would run.
    // One retry: a machine without a network should not wait for minutes.
    run(
        "npm ci",
        Command::new(NPM).current_dir(work).args([
            "ci",
            "--ignore-scripts",
            "--include=dev",
            "--prefer-offline",
            "--loglevel=error",
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
            "--fetch-retry-maxtimeout=1000",
        ]),
    )?;
    run(
        "the bundler",
        Command::new("node")
            .current_dir(work)
            .arg("build.mjs")
            .arg(target),
    )
}

/// Lays out the page's own files as they are; the server adds the links to the CDN.
fn link(out: &Path) -> Result<(), String> {
    let target = out.join("graphiql");
    let lay = || {
        empty(&target)?;
        for input in INPUTS.into_iter().filter(|input| *input != BUNDLE_ONLY) {
            if let Some(name) = input.strip_prefix("src/") {
                fs::write(target.join(name), fs::read(source(input))?)?;
            }
        }
        Ok(())
    };
    lay().map_err(|error: io::Error| format!("the page's files cannot be copied: {error}"))
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

fn copy(inputs: &[&str], target: &Path) -> io::Result<()> {
    fs::create_dir_all(target.join("src"))?;
    for input in inputs {
        // Written, not copied: a copy would keep the write protection of a read-only source.
        fs::write(target.join(input), fs::read(source(input))?)?;
    }
    Ok(())
}

fn source(input: &str) -> PathBuf {
    Path::new("graphiql").join(input)
}
