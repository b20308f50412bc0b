//! Signing in at the identity provider: what the page says of it.
//!
//! Invariants: the page learns no secret, since its client has none; what is not a plain web origin is in no policy.

use std::collections::BTreeMap;

use serde::Serialize;
use url::{Host, Url};

/// How people sign in to the desk: by OpenID Connect at the issuer of the tokens, as a public client with PKCE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The issuer's identifier, below which its configuration is found.
    issuer: String,
    /// As what the desk is registered there.
    client_id: String,
    /// What it asks for, with blanks between.
    scope: String,
    /// What else it sends to the issuer.
    parameters: BTreeMap<String, String>,
    /// Where the page may send requests beside its own server.
    #[serde(skip)]
    origin: String,
}

impl SignIn {
    /// None where the issuer is no address of the web: `https`, or `http` on this machine.
    pub fn new(
        issuer: &str,
        client_id: String,
        scope: String,
        parameters: BTreeMap<String, String>,
    ) -> Option<Self> {
        let url = Url::parse(issuer).ok()?;
        let is_web = match url.scheme() {
            "https" => true,
            "http" => is_here(&url),
            _ => false,
        };
        let origin = url.origin().ascii_serialization();
        // It becomes part of a policy, where other characters mean something.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:/[]".contains(&byte);
        if !is_web || !origin.bytes().all(is_plain) {
            return None;
        }
        Some(Self {
            issuer: issuer.to_owned(),
            client_id,
            scope,
            parameters,
            origin,
        })
    }

    /// The issuer's web origin.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// What the page says of it.
    pub(super) fn meta(&self) -> String {
        let said = serde_json::to_string(self).unwrap_or_default();
        format!(
            r#"<meta name="regie-sign-in" content="{}">"#,
            escaped(&said)
        )
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// As it stands in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(issuer: &str) -> Option<SignIn> {
        let parameters = BTreeMap::from([("resource".to_owned(), "a\"><b&".to_owned())]);
        SignIn::new(issuer, "desk".to_owned(), "openid".to_owned(), parameters)
    }

    #[test]
    fn an_issuer_is_an_address_of_the_web() {
        for (issuer, origin) in [
            ("https://sso.example/realms/desk", "https://sso.example"),
            ("https://sso.example:8443/", "https://sso.example:8443"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("http://localhost:9000/x", "http://localhost:9000"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            assert_eq!(at(issuer).unwrap().origin(), origin);
        }
        for issuer in [
            "",
            "regie",
            "http://sso.example",
            "ftp://sso.example",
            "https://a;b.example",
            "https://a'b.example",
        ] {
            assert_eq!(at(issuer), None, "{issuer}");
        }
    }

    #[test]
    fn whatever_is_set_stays_within_its_attribute() {
        let meta = at("https://sso.example").unwrap().meta();
        assert_eq!(
            meta,
            "<meta name=\"regie-sign-in\" content=\"{&quot;issuer&quot;:&quot;https://sso.example&quot;,\
             &quot;clientId&quot;:&quot;desk&quot;,&quot;scope&quot;:&quot;openid&quot;,&quot;parameters&quot;:\
             {&quot;resource&quot;:&quot;a\\&quot;&gt;&lt;b&amp;&quot;}}\">"
        );
    }
}
