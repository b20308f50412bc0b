//! Addresses of a running server, for the commands that talk to one.

use std::net::SocketAddr;

use tools::Url;

use crate::config::{Config, ConfigError, address};

/// An address to listen on, on the command line.
pub(crate) fn listen(text: &str) -> Result<SocketAddr, &'static str> {
    address(text).ok_or("write ADDRESS:PORT, such as 127.0.0.1:8080, with port 0 for any free one")
}

/// An address on the command line.
pub(crate) fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("write an address that begins with http:// or https://".to_owned()),
    }
}

/// Where the server of these settings answers: at `listen`, on this machine where that is every address.
pub(crate) fn of_server(config: &Config) -> Result<Url, ConfigError> {
    let mut listen = config.listen;
    if listen.ip().is_unspecified() {
        listen.set_ip(if listen.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    let text = format!("http://{listen}/graphql");
    Url::parse(&text).map_err(|error| ConfigError::of_listen(&text, &error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_where_its_settings_say_it_listens() {
        for (listen, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/graphql"),
            ("0.0.0.0:9000", "http://127.0.0.1:9000/graphql"),
            ("[::]:9000", "http://[::1]:9000/graphql"),
            ("192.0.2.7:80", "http://192.0.2.7/graphql"),
        ] {
            let absent = tempfile::NamedTempFile::new().unwrap();
            let listen = [("REGIE_LISTEN".into(), listen.into())];
            let config = Config::load(Some(absent.path()), listen).unwrap();
            assert_eq!(of_server(&config).unwrap().as_str(), expected);
        }
    }
}
