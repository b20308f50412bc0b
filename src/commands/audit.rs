//! `regie audit`: holds the audit trail against itself. Reads only; may run beside a server.

use std::io::{self, Write as _};

use clap::Subcommand;
use engine::store::Store;

use super::CommandError;
use crate::config::Config;

/// What to do with the audit trail.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recompute every entry's hash, and print how many there are and the last one's hash. Note
    /// that hash elsewhere: given as --expect later, it shows that nothing up to it was changed
    Verify {
        /// A hash that an earlier run printed; it must still be an entry's
        #[arg(long, value_name = "HASH", value_parser = hash)]
        expect: Option<String>,
    },
}

/// Verifies; a chain that is not whole is an error that names the first bad entry.
pub(crate) async fn run(command: &AuditCommand, config: &Config) -> Result<(), CommandError> {
    let AuditCommand::Verify { expect } = command;
    let store = Store::connect(config.database_url.as_str()).await?;
    let report = store.verify_audit(expect.as_deref()).await?;
    if let Some(fault) = report.fault {
        return Err(fault.into());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "entries  {}", report.entries)?;
    let hash = Some(report.hash).filter(|hash| !hash.is_empty());
    writeln!(out, "head     {}", hash.as_deref().unwrap_or("none"))?;
    Ok(())
}

fn hash(text: &str) -> Result<String, String> {
    let hash = text.trim().to_ascii_lowercase();
    if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hash);
    }
    Err("write the 64 hexadecimal digits that an earlier `regie audit verify` printed".into())
}
