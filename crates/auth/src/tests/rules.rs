//! Names of claims and roles that an operator sets, and keys that an issuer publishes.

use super::*;
use domain::{Permission, Role, Scope};

fn path(text: &str) -> Option<ClaimPath> {
    ClaimPath::parse(text)
}

/// The viewer of these claims by these rules, or the refusal.
fn viewer(rules: TokenRules, claims: &Value) -> Result<Arc<Viewer>, TokenRefused> {
    let config = AuthConfig {
        rules,
        ..AuthConfig::new(VerifyingKey::secret(&secret()))
    };
    let mut claims = claims.clone();
    for (name, value) in [
        ("sub", json!("sanne")),
        ("exp", good_claims()["exp"].clone()),
    ] {
        let members = claims.as_object_mut().unwrap();
        members.entry(name).or_insert(value);
    }
    Authenticator::new(config).authenticate(&hs256(HS256, &claims.to_string()), now())
}

fn roles_at(at: &str, claims: &Value) -> Result<Vec<Role>, TokenRefused> {
    let mut rules = TokenRules::default();
    rules.claims.roles = path(at).unwrap();
    Ok(viewer(rules, claims)?.roles().iter().copied().collect())
}

#[test]
fn a_path_leads_to_one_claim() {
    let agent = Ok(vec![Role::Agent]);
    let agents = json!(["AGENT"]);
    for (at, claims) in [
        ("groups", json!({ "groups": agents })),
        ("a.b.c", json!({ "a": { "b": { "c": agents } } })),
        (
            "https://desk.example/roles",
            json!({ "https://desk.example/roles": agents }),
        ),
        ("/extn.roles", json!({ "extn.roles": agents })),
        ("/a.b/c~1d~0e", json!({ "a.b": { "c/d~e": agents } })),
    ] {
        assert_eq!(roles_at(at, &claims), agent, "{at}");
        assert_eq!(
            roles_at(at, &json!({ "roles": agents })),
            Ok(vec![]),
            "{at}"
        );
    }
    assert_eq!(
        roles_at("a.b", &json!({ "a": ["b"] })),
        Err(TokenRefused::MalformedClaim("roles"))
    );
    for no_path in ["", ".", "a.", ".a", "a..b", "/", "/a/", " a", "a. b"] {
        assert_eq!(path(no_path), None, "{no_path:?}");
    }
}

#[test]
fn with_a_map_only_what_it_names_grants_a_role() {
    let rules = || TokenRules {
        roles: RoleMap::parse("lead=SUPERVISOR, lead=AGENT,a=b=ADMINISTRATOR").unwrap(),
        ..TokenRules::default()
    };
    let granted = |names: Value| {
        let viewer = viewer(rules(), &json!({ "roles": names })).unwrap();
        viewer.roles().iter().copied().collect::<Vec<_>>()
    };
    assert_eq!(granted(json!(["lead"])), [Role::Agent, Role::Supervisor]);
    assert_eq!(granted(json!(["a=b", "other"])), [Role::Administrator]);
    assert!(granted(json!(["ADMINISTRATOR", "SUPERVISOR", "Lead"])).is_empty());
    for no_map in [
        "",
        "lead",
        "lead=",
        "=AGENT",
        "lead=supervisor",
        "lead=AGENT,",
    ] {
        assert_eq!(RoleMap::parse(no_map), None, "{no_map:?}");
    }
}

#[test]
fn permissions_may_stand_among_roles_and_queues_may_not() {
    let mut rules = TokenRules::default();
    rules.claims.permissions = path("roles").unwrap();
    let claims = json!({ "roles": ["AGENT", "conversation:join"] });
    let seen = viewer(rules.clone(), &claims).unwrap();
    assert_eq!(seen.permissions(), &[Permission::Join].into());
    assert_eq!(seen.queues(), &Scope::nothing());
    rules.claims.queues = path("roles").unwrap();
    let refused = viewer(rules, &claims);
    assert_eq!(refused, Err(TokenRefused::MalformedClaim("queues")));
}

#[test]
fn a_token_lives_no_longer_than_it_may() {
    let rules = || TokenRules {
        max_lifetime: TimeDelta::hours(1),
        ..TokenRules::default()
    };
    let at = |from_now: i64| json!((now() + TimeDelta::seconds(from_now)).timestamp());
    let lives = |issued: Option<i64>, ends: i64| {
        let mut claims = json!({ "exp": at(ends) });
        if let Some(issued) = issued {
            claims["iat"] = at(issued);
        }
        viewer(rules(), &claims).map(|viewer| (viewer.issued_at() - now()).num_seconds())
    };
    assert_eq!(lives(Some(0), 3_600), Ok(0));
    assert_eq!(lives(Some(-1), 3_600), Err(TokenRefused::LivesTooLong));
    assert_eq!(lives(Some(-3_599), 1), Ok(-3_599));
    // Without iat: as early as it may have been.
    assert_eq!(lives(None, 600), Ok(-3_000));
    assert_eq!(lives(None, 3_600 + 31), Err(TokenRefused::LivesTooLong));
    assert_eq!(lives(Some(31), 60), Err(TokenRefused::IssuedInFuture));
    assert_eq!(lives(Some(30), 60), Ok(30));
}

#[test]
fn the_leeway_is_what_is_set() {
    let rules = |seconds| TokenRules {
        clock_skew: TimeDelta::seconds(seconds),
        ..TokenRules::default()
    };
    let claims = json!({ "nbf": (now() + TimeDelta::seconds(60)).timestamp() });
    assert!(viewer(rules(60), &claims).is_ok());
    assert_eq!(viewer(rules(59), &claims), Err(TokenRefused::NotYetValid));
    let ended = json!({ "exp": now().timestamp() });
    assert_eq!(viewer(rules(300), &ended), Err(TokenRefused::Expired));
}

#[test]
fn every_refusal_is_told_in_the_same_words_but_for_the_headers_form() {
    let all = [
        TokenRefused::TooLong,
        TokenRefused::Malformed,
        TokenRefused::AlgorithmRefused,
        TokenRefused::UnknownKey,
        TokenRefused::KeysUnavailable,
        TokenRefused::BadSignature,
        TokenRefused::MissingClaim("exp"),
        TokenRefused::WrongIssuer,
        TokenRefused::Revoked,
        TokenRefused::Expired,
    ];
    for refused in all {
        assert_eq!(refused.shown(), "the token is not accepted");
    }
    assert_ne!(
        TokenRefused::NotBearer.shown(),
        TokenRefused::Expired.shown()
    );
}

#[tokio::test]
async fn who_looked_before_somebody_elses_fetch_ended_looks_again() {
    let times = KeyTimes {
        max_age: TimeDelta::hours(1),
        outage: TimeDelta::hours(1),
    };
    // Nobody answers there, which is something new as well.
    let keys = Arc::new(RemoteKeys::new("http://127.0.0.1:1/keys", times).unwrap());
    let seen = keys.seen();
    assert!(keys.refetch(&seen, now()).await);
    // A moment later no fetch is due, and what the first one brought was not looked at.
    assert!(keys.refetch(&seen, now()).await);
    assert!(!keys.refetch(&keys.seen(), now()).await);
}

#[test]
fn keys_are_fetched_over_tls_but_for_this_machine() {
    let times = KeyTimes {
        max_age: TimeDelta::hours(1),
        outage: TimeDelta::hours(1),
    };
    let refused = |url: &str| RemoteKeys::new(url, times).err();
    for url in [
        "http://127.0.0.1:1/keys",
        "http://[::1]/keys",
        "http://localhost/keys",
    ] {
        assert_eq!(refused(url), None, "{url}");
    }
    for url in [
        "http://issuer.example/keys",
        "http://127.0.0.1.issuer.example/keys",
        "http://localhost.example/keys",
        "http://10.0.0.1/keys",
        "http://0.0.0.0/keys",
    ] {
        assert_eq!(refused(url), Some(KeysAddressRefused::NotSecure), "{url}");
    }
    for url in [
        "",
        "issuer.example/keys",
        "file:///etc/keys",
        "ftp://localhost/keys",
        "https://user:password@issuer.example/keys",
        "https://issuer.example/keys#a",
    ] {
        assert_eq!(
            refused(url),
            Some(KeysAddressRefused::NotAnAddress),
            "{url}"
        );
    }
}
