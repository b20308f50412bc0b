//! Precedence, and the line of each wrong value.

mod identity;
mod keys;
mod limits;

use std::ffi::OsStr;

use super::*;

const SECRET: &str = "a secret for tests, of forty-two bytes ...";

type Result<T> = std::result::Result<T, ConfigError>;

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn from_environment(pairs: &[(&str, &str)]) -> Result<Config> {
    Config::of(None, variables(pairs))
}

fn from_file(content: &str, pairs: &[(&str, &str)]) -> Result<Config> {
    Config::of(Some((Path::new("regie.toml"), content)), variables(pairs))
}

/// The line for one wrong variable.
fn line(name: &str, value: &str) -> String {
    from_environment(&[(name, value)]).unwrap_err().to_string()
}

fn file_line(content: &str) -> String {
    from_file(content, &[]).unwrap_err().to_string()
}

#[test]
fn without_any_source_the_defaults_hold() {
    let config = from_environment(&[("PATH", "/bin"), ("REGIELISTEN", "x")]).unwrap();
    assert_eq!(config.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.database_url.as_str(), "sqlite://regie.db?mode=rwc");
    assert!(config.jwt_key.is_none());
    assert_eq!(config.jwt_issuer, None);
    assert_eq!(config.jwt_audience, None);
    assert_eq!(config.log.as_str(), "info");
    assert_eq!(config.log_format, LogFormat::Text);
    assert_eq!(config.idempotency, TimeDelta::hours(24));
    assert_eq!(config.event_retention, TimeDelta::days(7));
    assert_eq!(config.agent_grace, TimeDelta::seconds(150));
    assert!(config.graphiql);
    assert!(config.desk && config.desk_options.attachment_origins.is_empty());
    assert_eq!(config.max_connections, 10_000);
    assert_eq!(config.max_body_bytes, 262_144);
}

#[test]
fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
    let file =
        "listen = \"127.0.0.1:1\"\nlog = \"warn\"\nidempotency_hours = 1\ngraphiql = false\n";
    let config = from_file(file, &[("REGIE_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.log.as_str(), "warn");
    assert_eq!(config.idempotency, TimeDelta::hours(1));
    assert_eq!(config.event_retention, TimeDelta::days(7));
    assert!(!config.graphiql);
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let file = "jwt_audience = \"regie\"\n";
    let config = from_file(file, &[("REGIE_JWT_AUDIENCE", ""), ("REGIE_CONFIG", "")]).unwrap();
    assert_eq!(config.jwt_audience.as_deref(), Some("regie"));
}

#[test]
fn every_setting_can_be_set_by_either_source() {
    let values = [
        ("listen", "[::]:80"),
        ("database_url", "postgres://regie:pass@db/regie"),
        ("jwt_secret", SECRET),
        ("jwt_issuer", "https://issuer.example"),
        ("jwt_audience", "regie"),
        ("log", "warn,api=trace"),
        ("log_format", "json"),
        ("idempotency_hours", "48"),
        ("event_retention_days", "30"),
        ("removed_texts_days", "3"),
        ("agent_grace_seconds", "60"),
        ("desk", "false"),
        ("attachment_origins", "https://media.example"),
        ("graphiql", "true"),
        ("max_body_bytes", "1024"),
        ("max_connections", "200"),
        ("allowed_origins", "https://desk.example"),
        ("introspection", "false"),
        ("trusted_documents", "documents.json"),
        ("max_depth", "9"),
    ];
    let names = values.map(|(name, _)| format!("REGIE_{}", name.to_uppercase()));
    let pairs: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(values.map(|(_, text)| text))
        .collect();
    let lines = values.map(|(name, text)| format!("{name} = {text:?}"));
    let file = lines.join("\n");
    let sources = [from_environment(&pairs), from_file(&file, &[])].map(Result::unwrap);
    assert_eq!(format!("{:?}", sources[0]), format!("{:?}", sources[1]));
    let [config, _] = sources;
    assert_eq!(config.listen.to_string(), "[::]:80");
    assert_eq!(
        config.database_url.as_str(),
        "postgres://regie:pass@db/regie"
    );
    assert_eq!(
        config.auth().unwrap().issuer.as_deref(),
        Some("https://issuer.example")
    );
    assert_eq!(config.auth().unwrap().audience.as_deref(), Some("regie"));
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.idempotency, TimeDelta::hours(48));
    assert_eq!(config.event_retention, TimeDelta::days(30));
    assert_eq!(config.removed_texts, TimeDelta::days(3));
    assert_eq!(config.agent_grace, TimeDelta::seconds(60));
    assert!(config.graphiql && !config.desk);
    assert_eq!(
        config.desk_options.attachment_origins,
        ["https://media.example"]
    );
    assert_eq!(config.max_body_bytes, 1024);
    assert_eq!(config.max_connections, 200);
}

#[test]
fn graphiql_is_on_by_default_only_on_loopback() {
    for (listen, expected) in [
        ("127.0.0.1:8080", true),
        ("localhost:8080", true),
        ("[::1]:8080", true),
        ("0.0.0.0:8080", false),
        ("192.0.2.1:8080", false),
    ] {
        let config = from_environment(&[("REGIE_LISTEN", listen)]).unwrap();
        assert_eq!(config.graphiql, expected, "{listen}");
    }
}

#[test]
fn each_wrong_value_has_a_line_that_names_it_and_the_mend() {
    let address = "an address (write HOST:PORT, such as 127.0.0.1:8080)";
    for value in [
        "abc",
        "8080",
        ":8080",
        "example.org:80",
        "127.0.0.1",
        "localhost:x",
        "1.2.3.4:99999",
    ] {
        assert_eq!(
            line("REGIE_LISTEN", value),
            format!("REGIE_LISTEN: {value:?} is not {address}")
        );
    }
    let filter =
        "a log filter (write a level, such as info, or directives, such as info,api=debug)";
    let wrong = [
        ("REGIE_LOG", "api=loud", filter),
        (
            "REGIE_LOG_FORMAT",
            "JSON",
            "a log format (write text or json)",
        ),
        (
            "REGIE_IDEMPOTENCY_HOURS",
            "0",
            "a number of hours (write 1 to 8760)",
        ),
        (
            "REGIE_IDEMPOTENCY_HOURS",
            "1.5",
            "a number of hours (write 1 to 8760)",
        ),
        (
            "REGIE_EVENT_RETENTION_DAYS",
            "-7",
            "a number of days (write 1 to 3650)",
        ),
        (
            "REGIE_EVENT_RETENTION_DAYS",
            "99999999999999999999",
            "a number of days (write 1 to 3650)",
        ),
        ("REGIE_GRAPHIQL", "on", "a yes or no (write true or false)"),
        ("REGIE_DESK", "off", "a yes or no (write true or false)"),
        (
            "REGIE_ATTACHMENT_ORIGINS",
            "http://media.example",
            "a list of origins (write https://HOST or https://HOST:PORT, with commas between)",
        ),
        (
            "REGIE_ATTACHMENT_ORIGINS",
            "https://media.example;script-src *",
            "a list of origins (write https://HOST or https://HOST:PORT, with commas between)",
        ),
        (
            "REGIE_MAX_BODY_BYTES",
            "1023",
            "a number of bytes (write 1024 to 16777216)",
        ),
        (
            "REGIE_MAX_BODY_BYTES",
            "256K",
            "a number of bytes (write 1024 to 16777216)",
        ),
        (
            "REGIE_JWT_ISSUER",
            " ",
            "a name (write text without blanks around it)",
        ),
        (
            "REGIE_JWT_AUDIENCE",
            "a ",
            "a name (write text without blanks around it)",
        ),
    ];
    for (name, value, expected) in wrong {
        assert_eq!(
            line(name, value),
            format!("{name}: {value:?} is not {expected}")
        );
    }
    assert_eq!(
        file_line("listen = 8080"),
        format!("listen in regie.toml: \"8080\" is not {address}")
    );
    assert_eq!(
        file_line("listen = [\"a\"]"),
        "listen in regie.toml: takes one value (write it in quotes)"
    );
}

#[test]
fn an_address_of_no_database_has_a_line_that_says_no_more_of_it() {
    assert_eq!(
        line("REGIE_DATABASE_URL", "sqlite::memory:"),
        "REGIE_DATABASE_URL: a database in memory is a different one for each connection (name a \
         file: sqlite://regie.db?mode=rwc)"
    );
    for url in [
        "mysql://root:hunter2@db/x",
        "sqlite://",
        "postgres://",
        "regie.db",
    ] {
        assert_eq!(
            line("REGIE_DATABASE_URL", url),
            "REGIE_DATABASE_URL: not the address of a database (write sqlite://FILE?mode=rwc or \
             postgres://USER:PASSWORD@HOST/DATABASE)"
        );
    }
}

#[test]
fn a_name_that_is_no_setting_is_refused() {
    let why = "is not a setting (docs/configuration.md has them all; mend or remove the name)";
    for name in [
        "REGIE_LISTENN",
        "REGIE_",
        "REGIE_listen",
        "REGIE_JWKS",
        "REGIE_SENTIMENT",
    ] {
        assert_eq!(line(name, "x"), format!("{name}: {why}"));
    }
    assert_eq!(
        file_line("listenn = 1"),
        format!("listenn in regie.toml: {why}")
    );
    assert_eq!(
        file_line("[jwt]\nsecret = 1"),
        format!("jwt in regie.toml: {why}")
    );
    assert_eq!(
        file_line("\"a\\nb\" = 1"),
        format!("a\\nb in regie.toml: {why}")
    );
}

#[test]
fn a_file_that_is_no_toml_is_named_with_the_line() {
    assert_eq!(
        file_line(&format!("log = \"info\"\njwt_secret = {SECRET}\n")),
        "regie.toml: line 2 is not TOML (write NAME = \"VALUE\")"
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let noise = OsStr::from_bytes(&[0xff]).to_owned();
    let refused = Config::of(None, [("REGIE_LOG".into(), noise.clone())]).unwrap_err();
    assert_eq!(refused.to_string(), "REGIE_LOG: is not UTF-8 text");
    assert!(Config::of(None, [("OTHER".into(), noise)]).is_ok());
}

#[test]
fn the_named_file_must_be_there_and_the_flag_goes_over_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, log: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("log = {log:?}\n")).unwrap();
        path
    };
    let (flag, variable) = (write("flag.toml", "warn"), write("variable.toml", "error"));
    let variables = || [("REGIE_CONFIG".into(), variable.clone().into_os_string())];
    let log = |config: Config| config.log.as_str().to_owned();
    assert_eq!(log(Config::load(Some(&flag), variables()).unwrap()), "warn");
    assert_eq!(log(Config::load(None, variables()).unwrap()), "error");

    let absent = folder.path().join("absent.toml");
    let refused = Config::load(Some(&absent), variables())
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("--config: cannot read "), "{refused}");
    let refused = Config::load(None, [("REGIE_CONFIG".into(), absent.into_os_string())]);
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.starts_with("REGIE_CONFIG: cannot read "),
        "{refused}"
    );
    assert!(
        refused.ends_with("(name a readable TOML file)"),
        "{refused}"
    );
    assert_eq!(refused.lines().count(), 1);
}

#[test]
fn the_documented_table_has_every_setting_and_default() {
    let table = include_str!("../../../docs/configuration.md");
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let names: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split('`').nth(1))
        .collect();
    assert_eq!(names, super::names());
    for (name, row) in names.iter().zip(rows) {
        assert!(
            row.contains(&format!("`REGIE_{}`", name.to_uppercase())),
            "{row}"
        );
        if let Some((_, default)) = defaults().iter().find(|(known, _)| known == name) {
            assert!(row.contains(&format!("`{default}`")), "{row}");
        }
    }
}
