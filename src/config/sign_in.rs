//! The settings of signing in to the desk at the issuer of the tokens.
//!
//! Invariant: nothing is set in vain, and nothing that the sign-in itself must settle.

use std::collections::BTreeMap;

use api::http::pages::desk::SignIn;

use super::layers::Layers;
use super::{ConfigError, values};

/// What is asked for where nobody says otherwise.
const SCOPE: &str = "openid";
/// What the sign-in settles by itself.
const ITS_OWN: [&str; 12] = [
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "nonce",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// None where people do not sign in by an issuer; also without an issuer, which is refused elsewhere.
pub(super) fn read(layers: &Layers, issuer: Option<&str>) -> Result<Option<SignIn>, ConfigError> {
    let client = layers.setting("desk_client_id")?;
    let scope = layers.setting("desk_scope")?;
    let parameters = layers.setting("desk_sign_in_parameters")?;
    let Some(client) = client else {
        if let Some(setting) = [scope, parameters].into_iter().flatten().next() {
            return Err(setting.refuse("only with desk_client_id (set that, or remove this)"));
        }
        return Ok(None);
    };
    let client_id = client.parse(
        values::name,
        "the name of a client (write text without blanks around it)",
    )?;
    let scope = scope
        .map(|setting| {
            setting.parse(
                scope_of,
                "a scope (write openid and others, with blanks between)",
            )
        })
        .transpose()?;
    let parameters = parameters
        .map(|setting| {
            setting.parse(
                parameters_of,
                "a list of parameters (write NAME=VALUE with commas between, such as \
                 audience=regie; none that the sign-in itself sends)",
            )
        })
        .transpose()?;
    let Some(issuer) = issuer else {
        return Ok(None);
    };
    let scope = scope.unwrap_or_else(|| SCOPE.to_owned());
    let sign_in = SignIn::new(issuer, client_id, scope, parameters.unwrap_or_default());
    sign_in.map(Some).ok_or_else(|| {
        ConfigError::new(
            "REGIE_JWT_ISSUER",
            "not an address, and desk_client_id needs one (write the issuer's https address; http \
             only on this machine)",
        )
    })
}

fn scope_of(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(' ').collect();
    let is_token = |part: &&str| {
        let is_part = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        !part.is_empty() && part.bytes().all(is_part)
    };
    let is_scope = parts.contains(&"openid") && parts.iter().all(is_token);
    is_scope.then(|| text.to_owned())
}

fn parameters_of(text: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    for part in text.split(',') {
        let (name, value) = part.trim().split_once('=')?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let is_ours = !name.is_empty() && name.bytes().all(is_name) && !ITS_OWN.contains(&name);
        if !is_ours || value.is_empty() || parameters.contains_key(name) {
            return None;
        }
        parameters.insert(name.to_owned(), value.to_owned());
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_of_openid_connect() {
        for text in [
            "openid",
            "openid offline_access",
            "api://regie/.default openid",
        ] {
            assert_eq!(scope_of(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "profile",
            "openid  profile",
            "openid \"x\"",
            "openid \u{e9}",
        ] {
            assert_eq!(scope_of(text), None, "{text}");
        }
    }

    #[test]
    fn parameters_are_the_operators_and_none_of_the_sign_ins_own() {
        let read = parameters_of("resource=https://desk.example/?a=b, audience=regie");
        let pairs = [
            ("audience", "regie"),
            ("resource", "https://desk.example/?a=b"),
        ];
        let expected = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, Some(BTreeMap::from(expected)));
        for text in [
            "",
            "audience",
            "audience=",
            "=regie",
            "state=x",
            "a=1,a=2",
            "a b=1",
            "a=1,",
        ] {
            assert_eq!(parameters_of(text), None, "{text}");
        }
    }
}
