//! What proofs measured, kept where a run of all tests can print it: `cargo test` hides what a
//! passing test says.
//!
//! One file a proof under `proofs/` beside the test binary's profile folder; `.ci/run` prints them.
//! Recording again replaces what an earlier run said.

use std::path::{Path, PathBuf};

/// Keeps one line under this name; the name must be good for a file.
pub fn record(name: &str, text: &str) {
    println!("{name}: {text}");
    let folder = folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.txt")), format!("{text}\n")).unwrap();
}

/// `proofs` in the target folder: the binary is in a profile's folder of it.
fn folder() -> PathBuf {
    let profile = Path::new(env!("CARGO_BIN_EXE_regie")).parent().unwrap();
    profile.parent().unwrap().join("proofs")
}
