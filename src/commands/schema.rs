//! `regie schema`: prints the contract.

use std::io::{self, Write as _};

/// Prints the schema's text.
pub(crate) fn run() -> io::Result<()> {
    io::stdout().write_all(api::graphql::sdl().as_bytes())
}
