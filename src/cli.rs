//! The command line: what can be asked, in types. What is done is in [`crate::commands`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::audit::AuditCommand;
use crate::commands::backup::BackupArgs;
use crate::commands::board::BoardCommand;
use crate::commands::demo::DemoArgs;
use crate::commands::export::ExportArgs;
use crate::commands::init::InitArgs;
use crate::commands::insights::InsightsCommand;
use crate::commands::migrate::Direction;
use crate::commands::replay::ReplayArgs;
use crate::commands::sentiment::SentimentCommand;
use crate::commands::serve::ServeArgs;
use crate::commands::token::TokenArgs;

/// A GraphQL control room for supervisors of customer-service teams.
#[derive(Debug, Parser)]
#[command(name = "regie", version, propagate_version = true)]
pub(crate) struct Cli {
    /// The configuration file [default: regie.toml, where there is one; or REGIE_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// The environment's variables, with what the command line says in their place.
    pub(crate) fn variables(
        &self,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Vec<(OsString, OsString)> {
        let said = match &self.command {
            Command::Serve(args) => args.variables(),
            _ => Vec::new(),
        };
        let is_said = |name: &OsString| said.iter().any(|(said, _)| said == name);
        let mut variables: Vec<_> = environment.filter(|(name, _)| !is_said(name)).collect();
        variables.extend(said);
        variables
    }
}

/// One variant a command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a throw-away server with a sample organisation whose conversations move by themselves
    Demo(DemoArgs),
    /// Run the server, until Ctrl-C or SIGTERM
    Serve(ServeArgs),
    /// Make a first organisation in a running server, from a file or by questions
    Init(InitArgs),
    /// Play recorded dialogues against a running server, as a gateway and agents
    Replay(ReplayArgs),
    /// Print the GraphQL schema
    Schema,
    /// Change the database's schema
    #[command(subcommand)]
    Migrate(Direction),
    /// Copy an SQLite database into a file, beside a running server, and verify the copy
    Backup(BackupArgs),
    /// Write conversations, messages, the audit trail or figures of a time to standard output, beside a running server
    Export(ExportArgs),
    /// Learn from what supervisors corrected, and measure how messages are scored
    #[command(subcommand)]
    Sentiment(SentimentCommand),
    /// Verify the audit trail
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Verify that the state tables and the event log agree
    #[command(subcommand)]
    Board(BoardCommand),
    /// Hold the figures of `insights` against the event log, or count them again from it
    #[command(subcommand)]
    Insights(InsightsCommand),
    /// Print a token for development, signed with the server's REGIE_JWT_SECRET
    Token(TokenArgs),
}
