//! The settings of an identity provider.

use api::http::pages::desk::SignIn;

use super::*;

const ISSUER: [(&str, &str); 3] = [
    ("REGIE_JWKS_URL", "https://issuer.example/keys"),
    ("REGIE_JWT_ISSUER", "https://issuer.example"),
    ("REGIE_JWT_AUDIENCE", "regie"),
];

fn with(more: &[(&str, &str)]) -> Result<Config> {
    from_environment(&[&ISSUER[..], more].concat())
}

fn refused(more: &[(&str, &str)]) -> String {
    with(more).unwrap_err().to_string()
}

#[test]
fn published_keys_need_issuer_and_audience_and_no_other_key() {
    let config = with(&[]).unwrap();
    assert!(matches!(config.jwt_key, Some(JwtKey::Published(_))));
    assert_eq!(config.token_rules, TokenRules::default());
    let signer = config.signer().unwrap_err().to_string();
    assert!(signer.starts_with("REGIE_JWKS_URL: the server verifies somebody else's tokens"));
    for (lacking, line) in [
        (1, "REGIE_JWT_ISSUER: needed with jwks_url"),
        (2, "REGIE_JWT_AUDIENCE: needed with jwks_url"),
    ] {
        let mut pairs = ISSUER.to_vec();
        pairs.remove(lacking);
        let refused = from_environment(&pairs).unwrap_err().to_string();
        assert!(refused.starts_with(line), "{refused}");
    }
    assert_eq!(
        refused(&[("REGIE_JWT_SECRET", SECRET)]),
        "REGIE_JWT_SECRET: stands beside REGIE_JWKS_URL (remove one of them)"
    );
}

#[test]
fn keys_come_over_tls() {
    let plain = line("REGIE_JWKS_URL", "http://issuer.example/keys");
    assert!(plain.starts_with("REGIE_JWKS_URL: needs https"), "{plain}");
    let none = line("REGIE_JWKS_URL", "issuer");
    assert!(
        none.starts_with("REGIE_JWKS_URL: not the address of a key set"),
        "{none}"
    );
}

#[test]
fn claims_and_roles_are_named_for_somebody_elses_tokens_only() {
    let config = with(&[
        ("REGIE_JWT_ROLES_CLAIM", "realm_access.roles"),
        ("REGIE_JWT_ROLE_MAP", "lead=SUPERVISOR"),
        ("REGIE_JWT_SUBJECT_CLAIM", "oid"),
    ]);
    let rules = config.unwrap().token_rules;
    assert_ne!(rules.claims, TokenRules::default().claims);
    assert_ne!(rules.roles, TokenRules::default().roles);

    let beside = from_environment(&[
        ("REGIE_JWT_SECRET", SECRET),
        ("REGIE_JWT_ROLES_CLAIM", "groups"),
    ]);
    let beside = beside.unwrap_err().to_string();
    assert!(
        beside.starts_with("REGIE_JWT_ROLES_CLAIM: only with jwks_url"),
        "{beside}"
    );
    let path = refused(&[("REGIE_JWT_ROLES_CLAIM", "a..b")]);
    assert!(path.contains("is not the path of a claim"), "{path}");
    let map = refused(&[("REGIE_JWT_ROLE_MAP", "lead=BOSS")]);
    assert!(map.contains("is not a map of roles"), "{map}");
}

#[test]
fn people_sign_in_to_the_desk_at_the_issuer_of_the_tokens() {
    assert!(with(&[]).unwrap().desk_options.sign_in.is_none());
    let client = ("REGIE_DESK_CLIENT_ID", "regie-desk");
    let config = with(&[
        client,
        ("REGIE_DESK_SCOPE", "openid offline_access"),
        ("REGIE_DESK_SIGN_IN_PARAMETERS", "audience=regie"),
    ]);
    let sign_in = config.unwrap().desk_options.sign_in.unwrap();
    let parameters = [("audience".to_owned(), "regie".to_owned())].into();
    let [id, scope] = ["regie-desk", "openid offline_access"].map(str::to_owned);
    assert_eq!(
        Some(sign_in),
        SignIn::new("https://issuer.example", id, scope, parameters)
    );

    for (name, wrong, why) in [
        ("REGIE_DESK_SCOPE", "profile", "is not a scope"),
        (
            "REGIE_DESK_SIGN_IN_PARAMETERS",
            "state=1",
            "is not a list of parameters",
        ),
    ] {
        let refused_with = refused(&[client, (name, wrong)]);
        assert!(refused_with.starts_with(name), "{refused_with}");
        assert!(refused_with.contains(why), "{refused_with}");
        let alone = refused(&[(name, wrong)]);
        assert!(alone.starts_with(name), "{alone}");
        assert!(alone.contains("only with desk_client_id"), "{alone}");
    }
    let no_address = from_environment(&[ISSUER[0], ("REGIE_JWT_ISSUER", "sso"), ISSUER[2], client]);
    let no_address = no_address.unwrap_err().to_string();
    assert!(
        no_address.starts_with("REGIE_JWT_ISSUER: not an address"),
        "{no_address}"
    );
    let beside = from_environment(&[("REGIE_JWT_SECRET", SECRET), client]);
    let beside = beside.unwrap_err().to_string();
    assert!(
        beside.starts_with("REGIE_DESK_CLIENT_ID: only with jwks_url"),
        "{beside}"
    );
}

#[test]
fn times_lie_within_their_bounds() {
    for (name, wrong) in [
        ("REGIE_JWKS_MAX_AGE_SECONDS", ["59", "86401"]),
        ("REGIE_JWKS_OUTAGE_HOURS", ["0", "169"]),
        ("REGIE_JWT_CLOCK_SKEW_SECONDS", ["-1", "301"]),
        ("REGIE_JWT_MAX_LIFETIME_HOURS", ["0", "8761"]),
    ] {
        for value in wrong {
            assert!(line(name, value).starts_with(name), "{name}={value}");
        }
    }
    let config = from_environment(&[
        ("REGIE_JWT_SECRET", SECRET),
        ("REGIE_JWT_MAX_LIFETIME_HOURS", "2"),
    ]);
    let config = config.unwrap();
    let hour = std::time::Duration::from_hours(1);
    assert!(config.check_lifetime(2 * hour).is_ok());
    let refused = config.check_lifetime(3 * hour).unwrap_err().to_string();
    assert!(
        refused.starts_with("--ttl: longer than tokens may live (at most 2 hours"),
        "{refused}"
    );
}
