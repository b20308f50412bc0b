//! The settings of an identity provider.

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
