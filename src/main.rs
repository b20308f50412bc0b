//! `regie`: reads the command line, does what it asks, says in one line why it could not.

mod cli;
mod commands;
mod config;
mod learning;
mod listener;
mod logging;
mod scorer;
mod server;
mod signals;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::run(&cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code has to say it alone.
            let _ = writeln!(std::io::stderr(), "regie: {error}");
            ExitCode::FAILURE
        }
    }
}
