//! The address of a database, as read from its URL, and the only way to a connection.
//!
//! Invariant: the libraries never get the URL. What they say of an address that they cannot use quotes all of it,
//! at some levels of their logs also of one that they can, and it may hold a password. So the URL is read here,
//! refused in words that quote nothing, and the libraries get what was read.

use std::fmt;
use std::path::Path;

use sea_orm::ConnectOptions;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sqlx::postgres::PgConnectOptions;

/// What the libraries are told instead of the URL: enough to choose a driver.
const SQLITE: &str = "sqlite://database";
const POSTGRES: &str = "postgres://database";

/// The parameters of a URL that PostgreSQL's driver reads. It would log any other one with its value.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// The module that logs what it cannot read of an address or of a password file, with the text: no log may have
/// its lines, at any level.
pub const SHOWS_PASSWORDS: &str = "sqlx_postgres::options";

/// Why a text is not the address of a database, in words that quote nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It names no database that Regie runs on.
    #[error(
        "not the address of a database (write sqlite://FILE?mode=rwc or \
         postgres://USER:PASSWORD@HOST/DATABASE)"
    )]
    NoDatabase,
    /// It names a database that no two connections share.
    #[error(
        "a database in memory is a different one for each connection (name a file: \
         sqlite://regie.db?mode=rwc)"
    )]
    InMemory,
    /// It cannot be read as the address of a file.
    #[error("not the address of a file (write sqlite://FILE?mode=rwc, with % in FILE as %25)")]
    File,
    /// It cannot be read as the address of a server.
    #[error(
        "cannot be read as postgres://USER:PASSWORD@HOST:PORT/DATABASE (in USER and PASSWORD write / as %2F, ? as \
         %3F, # as %23, @ as %40, % as %25; an IPv6 address as [::1]; a port up to 65535)"
    )]
    Server,
    /// It has a parameter that means nothing.
    #[error(
        "has a parameter after the ? that is not known (sslmode, sslrootcert, sslcert, sslkey, host, port, user, \
         password, dbname, application_name and options are)"
    )]
    Parameter,
}

/// Where a database is. Nothing shows it.
#[derive(Clone)]
pub struct Address(Driver);

#[derive(Clone)]
enum Driver {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    /// The address that this URL names.
    pub fn of(url: &str) -> Result<Self, AddressError> {
        for scheme in ["postgres://", "postgresql://"] {
            if let Some(rest) = url.strip_prefix(scheme) {
                return postgres(url, rest);
            }
        }
        match url.strip_prefix("sqlite:") {
            Some(rest) if rest.contains(":memory:") || rest.contains("mode=memory") => {
                Err(AddressError::InMemory)
            }
            Some(rest) if !rest.trim_matches('/').is_empty() => {
                let options = url.parse().map_err(|_| AddressError::File)?;
                Ok(Self(Driver::Sqlite(Box::new(options))))
            }
            _ => Err(AddressError::NoDatabase),
        }
    }

    /// The URL of an SQLite database in this file, which is made when it is not there.
    pub fn url_of_file(path: &Path) -> String {
        let path = path.display().to_string();
        let path = path.replace('%', "%25").replace('?', "%3F");
        format!("sqlite://{path}?mode=rwc")
    }

    /// The same, for a database that must be there: SQLite makes no file.
    pub(super) fn existing(self) -> Self {
        match self.0 {
            Driver::Sqlite(options) => {
                Self(Driver::Sqlite(Box::new(options.create_if_missing(false))))
            }
            postgres @ Driver::Postgres(_) => Self(postgres),
        }
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Driver::Sqlite(options) => Some(options.get_filename()),
            Driver::Postgres(_) => None,
        }
    }

    /// Options that name the driver and not the database: what this address says comes with [`Self::sqlite`] and
    /// [`Self::postgres`].
    pub(super) fn driver(&self) -> ConnectOptions {
        #[expect(
            clippy::disallowed_methods,
            reason = "it gets the name of a driver only"
        )]
        ConnectOptions::new(match self.0 {
            Driver::Sqlite(_) => SQLITE,
            Driver::Postgres(_) => POSTGRES,
        })
    }

    /// What SQLite's driver connects to.
    pub(super) fn sqlite(&self) -> SqliteConnectOptions {
        match &self.0 {
            Driver::Sqlite(options) => options.as_ref().clone().disable_statement_logging(),
            Driver::Postgres(_) => SqliteConnectOptions::new(),
        }
    }

    /// What PostgreSQL's driver connects to.
    pub(super) fn postgres(&self) -> PgConnectOptions {
        match &self.0 {
            Driver::Postgres(options) => options.as_ref().clone().disable_statement_logging(),
            Driver::Sqlite(_) => PgConnectOptions::new_without_pgpass(),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Driver::Sqlite(_) => "Address(sqlite)",
            Driver::Postgres(_) => "Address(postgres)",
        })
    }
}

/// The address of a server. A character of the password that ends it for the parser leaves an `@` behind the
/// host, or makes a part of the password a port, a database or a parameter.
fn postgres(url: &str, rest: &str) -> Result<Address, AddressError> {
    if rest.is_empty() {
        return Err(AddressError::NoDatabase);
    }
    let behind = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
    if behind.contains(['@', '#']) {
        return Err(AddressError::Server);
    }
    let read = url::Url::parse(url).map_err(|_| AddressError::Server)?;
    let known = |name: &str| PARAMETERS.contains(&name) || name.starts_with("options[");
    if !read.query_pairs().all(|(name, _)| known(&name)) {
        return Err(AddressError::Parameter);
    }
    let options = url.parse().map_err(|_| AddressError::Server)?;
    Ok(Address(Driver::Postgres(Box::new(options))))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_name_has_a_url() {
        for name in ["/a/regie.db", "/a b/50% #1?.db", "/ü/%41.db"] {
            let address = Address::of(&Address::url_of_file(Path::new(name))).unwrap();
            assert_eq!(address.file(), Some(Path::new(name)));
        }
    }

    #[test]
    fn what_is_encoded_is_read_and_nothing_shows_it() {
        let url = "postgresql://re%40gie:a%2Fb%23c%3Fd%40e%25@[::1]:5433/desk?sslmode=require&options[a]=b";
        let address = Address::of(url).unwrap();
        assert_eq!(format!("{address:?}"), "Address(postgres)");
        assert!(!format!("{:?}", address.driver()).contains("desk"));
        let read = address.postgres();
        assert_eq!((read.get_username(), read.get_port()), ("re@gie", 5433));
        assert_eq!(
            (read.get_host(), read.get_database()),
            ("[::1]", Some("desk"))
        );
    }

    #[test]
    fn an_error_has_no_cause_that_could_quote() {
        let refused = Address::of("postgres://u:p/q@h/d").unwrap_err();
        assert_eq!(refused, AddressError::Server);
        assert!(std::error::Error::source(&refused).is_none());
    }
}
