//! Figures that a run leaves behind for whoever reads its log.

use std::path::{Path, PathBuf};

/// Writes `target/proofs/NAME.txt`.
pub fn record(name: &str, text: &str) {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(default, PathBuf::from);
    let folder = target.join("proofs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.txt")), text).unwrap();
}
