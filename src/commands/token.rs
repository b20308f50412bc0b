//! `regie token`: prints a token for development, and nothing else.

use engine::clock::Clock;
use std::io::Write;
use std::time::Duration;

use auth::TokenRequest;
use clap::Args;
use domain::{Channel, Permission, QueueId, Role, Scope, Source, Subject};

use super::CommandError;
use crate::config::Config;

/// What the token shall say.
#[derive(Clone, Debug, Args)]
pub(crate) struct TokenArgs {
    /// Who the token is for; an agent's token needs the agent's subject
    #[arg(long, value_name = "SUBJECT", value_parser = subject)]
    sub: Subject,

    /// customer_gateway (or gateway), agent, supervisor, administrator (or admin), api_access;
    /// once for each role
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    roles: Vec<Role>,

    /// A supervisor's scope: queue ids with commas between, or '*' for every queue
    #[arg(long, value_name = "QUEUES", value_parser = queues)]
    queues: Option<Scope<QueueId>>,

    /// A supervisor's permissions: monitor, join, assign, transfer, force_close, label with
    /// commas between, or all
    #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',', value_parser = permissions)]
    permissions: Vec<Permissions>,

    /// A gateway's channels: names such as live_chat or sms with commas between, or '*' for all
    #[arg(long, value_name = "CHANNELS", value_parser = channels)]
    channels: Option<Scope<Channel>>,

    /// A gateway's source, under which its customers and conversations are kept; its subject if left out
    #[arg(long, value_name = "SOURCE", value_parser = source)]
    source: Option<Source>,

    /// How long the token is valid, such as 90s, 30m, 1h or 7d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    ttl: Duration,
}

/// One permission, or all of them.
#[derive(Clone, Copy, Debug)]
enum Permissions {
    All,
    One(Permission),
}

impl TokenArgs {
    fn request(&self) -> TokenRequest {
        let permissions = self.permissions.iter().flat_map(|given| match given {
            Permissions::All => Permission::ALL.to_vec(),
            Permissions::One(permission) => vec![*permission],
        });
        TokenRequest {
            roles: self.roles.iter().copied().collect(),
            permissions: permissions.collect(),
            queues: self.queues.clone().unwrap_or_else(Scope::nothing),
            channels: self.channels.clone().unwrap_or_else(Scope::nothing),
            source: self.source.clone(),
            ..TokenRequest::new(self.sub.clone(), self.ttl)
        }
    }
}

/// Prints the token.
pub(crate) fn run(args: &TokenArgs, config: &Config) -> Result<(), CommandError> {
    config.check_lifetime(args.ttl)?;
    let token = config
        .signer()?
        .sign(&args.request(), Clock::system().now())?;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(())
}

fn subject(text: &str) -> Result<Subject, String> {
    let expected = || format!("write 1 to {} characters, not blank", Subject::MAX_LENGTH);
    Subject::new(text).ok_or_else(expected)
}

fn source(text: &str) -> Result<Source, String> {
    subject(text).map(Into::into)
}

fn role(text: &str) -> Result<Role, String> {
    match text {
        "gateway" => Ok(Role::CustomerGateway),
        "admin" => Ok(Role::Administrator),
        _ => Role::parse(&text.to_ascii_uppercase()).ok_or_else(|| {
            "write customer_gateway, agent, supervisor, administrator or api_access".into()
        }),
    }
}

fn permissions(text: &str) -> Result<Permissions, String> {
    if text == "all" {
        return Ok(Permissions::All);
    }
    Permission::parse(text)
        .or_else(|| Permission::parse(&format!("conversation:{text}")))
        .map(Permissions::One)
        .ok_or_else(|| "write all, or monitor, join, assign, transfer, force_close, label".into())
}

fn queues(text: &str) -> Result<Scope<QueueId>, String> {
    scope(text, |id| id.parse().map_err(|why| format!("{why}")))
}

fn channels(text: &str) -> Result<Scope<Channel>, String> {
    scope(text, |name| {
        let names = Channel::ALL.iter().map(|channel| channel.as_str());
        let names = || names.collect::<Vec<_>>().join(", ").to_ascii_lowercase();
        Channel::parse(&name.to_ascii_uppercase())
            .ok_or_else(|| format!("write '*', or {}", names()))
    })
}

fn scope<T: Ord>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Scope<T>, String> {
    if text == "*" {
        return Ok(Scope::All);
    }
    let named: Result<_, _> = text.split(',').map(|one| parse(one.trim())).collect();
    named.map(Scope::Only)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use auth::{Authenticator, TokenRefused};
    use chrono::TimeDelta;
    use clap::{CommandFactory, Parser};
    use domain::Viewer;

    use super::*;
    use crate::cli::{Cli, Command};

    fn config(variables: &[(&str, &str)]) -> Config {
        let variables = variables.iter();
        let absent = tempfile::NamedTempFile::new().unwrap();
        let none: &Path = absent.path();
        Config::load(
            Some(none),
            variables.map(|(name, value)| (name.into(), value.into())),
        )
        .unwrap()
    }

    fn with_secret() -> Config {
        config(&[(
            "REGIE_JWT_SECRET",
            "a secret for tests, of forty-two bytes ...",
        )])
    }

    fn args(line: &str) -> Result<TokenArgs, clap::Error> {
        let words = ["regie", "token"]
            .into_iter()
            .chain(line.split_whitespace());
        let Command::Token(args) = Cli::try_parse_from(words)?.command else {
            panic!("not the command token")
        };
        Ok(args)
    }

    /// What a server with the same settings makes of the token.
    fn viewer(line: &str, server: &Config) -> Result<Viewer, TokenRefused> {
        let now = Clock::system().now();
        let request = args(line).unwrap().request();
        let token = with_secret().signer().unwrap().sign(&request, now).unwrap();
        let viewer = Authenticator::new(server.auth().unwrap()).authenticate(&token, now)?;
        Ok(Viewer::clone(&viewer))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_supervisors_token_is_what_was_asked() {
        let line = "--sub sanne --role supervisor --queues * --permissions all --ttl 1h";
        let viewer = viewer(line, &with_secret()).unwrap();
        assert_eq!(viewer.subject().as_str(), "sanne");
        assert_eq!(viewer.roles(), &[Role::Supervisor].into());
        assert_eq!(viewer.queues(), &Scope::All);
        assert_eq!(viewer.permissions().len(), Permission::ALL.len());
        assert_eq!(viewer.channels(), &Scope::nothing());
        let left = viewer.expires_at() - Clock::system().now();
        assert!(left > TimeDelta::minutes(59) && left <= TimeDelta::hours(1));
    }

    #[test]
    fn lists_and_short_names_are_understood() {
        let queue = QueueId::new(Clock::system().now());
        let line = format!(
            "--sub a --role gateway --role admin --role api_access --queues {queue},{queue} \
             --permissions join,conversation:force_close --channels live_chat,SMS --ttl 1h30m"
        );
        let viewer = viewer(&line, &with_secret()).unwrap();
        let roles = [Role::CustomerGateway, Role::Administrator, Role::ApiAccess];
        assert_eq!(viewer.roles(), &roles.into());
        assert_eq!(viewer.queues(), &Scope::Only([queue].into()));
        assert_eq!(
            viewer.permissions(),
            &[Permission::Join, Permission::ForceClose].into()
        );
        assert_eq!(
            viewer.channels(),
            &Scope::Only([Channel::LiveChat, Channel::Sms].into())
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_and_named() {
        for (line, expected) in [
            ("--role agent", "--sub"),
            ("--sub a", "--role"),
            ("--sub a --role owner", "write customer_gateway, agent"),
            ("--sub a --role agent --queues all", "not a queue id"),
            (
                "--sub a --role agent --permissions delete",
                "write all, or monitor",
            ),
            (
                "--sub a --role agent --channels pigeon",
                "write '*', or live_chat",
            ),
            ("--sub a --role agent --ttl soon", "--ttl"),
        ] {
            let refused = args(line).unwrap_err().to_string();
            assert!(refused.contains(expected), "{line}: {refused}");
        }
    }

    #[test]
    fn no_token_is_made_for_a_server_that_verifies_somebody_elses() {
        let key = include_str!("../../crates/auth/src/testdata/p256.public.pem");
        let theirs = config(&[
            ("REGIE_JWT_PUBLIC_KEY", key),
            ("REGIE_JWT_ISSUER", "https://issuer.example"),
            ("REGIE_JWT_AUDIENCE", "regie"),
        ]);
        let args = args("--sub a --role agent").unwrap();
        let refused = run(&args, &theirs).unwrap_err().to_string();
        assert!(
            refused.starts_with("REGIE_JWT_PUBLIC_KEY: the server verifies"),
            "{refused}"
        );
        let refused = run(&args, &config(&[])).unwrap_err().to_string();
        assert!(
            refused.starts_with("REGIE_JWT_SECRET: not set, so no token"),
            "{refused}"
        );
    }

    #[test]
    fn a_token_of_ours_is_not_for_a_server_with_an_audience() {
        let secret = "a secret for tests, of forty-two bytes ...";
        let server = config(&[
            ("REGIE_JWT_SECRET", secret),
            ("REGIE_JWT_AUDIENCE", "regie"),
        ]);
        let refused = viewer("--sub a --role agent", &server).unwrap_err();
        assert_eq!(refused, TokenRefused::MissingClaim("aud"));
    }
}
