//! `regie`: reads the command line, does what it asks, says in one line why it could not.

mod cli;
mod commands;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "`token` reads the keys only; a server reads the rest"
    )
)]
mod config;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(&cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code has to say it alone.
            let _ = writeln!(std::io::stderr(), "regie: {error}");
            ExitCode::FAILURE
        }
    }
}
