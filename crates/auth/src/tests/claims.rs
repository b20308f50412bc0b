//! What each claim may be, and what the viewer gets from it.

use super::*;
use domain::{Channel, Permission, QueueId, Role, Scope};

#[test]
fn a_good_token_becomes_a_viewer() {
    let queue = QueueId::new(DateTime::UNIX_EPOCH);
    let mut claims = good_claims();
    claims["roles"] = json!(["SUPERVISOR", "AGENT", "SUPERVISOR"]);
    claims["permissions"] = json!(["conversation:monitor", "conversation:force_close"]);
    claims["queues"] = json!([queue.to_string()]);
    claims["channels"] = json!(["VOICE", "SMS"]);
    claims["jti"] = json!("one");
    claims["name"] = json!({ "unknown claims": ["are", "ignored"] });
    let viewer = accepted(&claims);
    assert_eq!(viewer.subject().as_str(), "sanne");
    assert_eq!(viewer.roles(), &[Role::Agent, Role::Supervisor].into());
    assert_eq!(
        viewer.permissions(),
        &[Permission::Monitor, Permission::ForceClose].into()
    );
    assert_eq!(viewer.queues(), &Scope::Only([queue].into()));
    assert_eq!(
        viewer.channels(),
        &Scope::Only([Channel::Sms, Channel::Voice].into())
    );
    assert_eq!(viewer.expires_at(), now() + TimeDelta::hours(1));
    assert_eq!(viewer.token_id(), Some("one"));
}

#[test]
fn an_absent_claim_grants_nothing() {
    let viewer = accepted(&claims_without("roles"));
    assert!(viewer.roles().is_empty());
    assert!(viewer.permissions().is_empty());
    assert_eq!(viewer.queues(), &Scope::nothing());
    assert_eq!(viewer.channels(), &Scope::nothing());
    assert_eq!(viewer.token_id(), None);
}

#[test]
fn an_unknown_name_grants_nothing() {
    let roles = json!(["OWNER", "supervisor", "SUPERVISOR ", "", "*", "AGENT"]);
    assert_eq!(
        accepted(&claims_with("roles", roles)).roles(),
        &[Role::Agent].into()
    );

    let permissions = json!(["conversation:delete", "conversation:*", "*", "monitor"]);
    assert!(
        accepted(&claims_with("permissions", permissions))
            .permissions()
            .is_empty()
    );

    let channels = json!(["CARRIER_PIGEON", "sms", "SMS"]);
    let viewer = accepted(&claims_with("channels", channels));
    assert_eq!(viewer.channels(), &Scope::Only([Channel::Sms].into()));
}

#[test]
fn a_star_is_all_of_them() {
    for star in [json!("*"), json!(["*"])] {
        assert_eq!(
            accepted(&claims_with("queues", star.clone())).queues(),
            &Scope::All
        );
        assert_eq!(
            accepted(&claims_with("channels", star)).channels(),
            &Scope::All
        );
    }
}

#[test]
fn a_list_claim_of_another_type_is_refused() {
    let wrong = [
        json!("SUPERVISOR"),
        json!(5),
        json!(null),
        json!({}),
        json!(true),
        json!([1]),
    ];
    for claim in ["roles", "permissions", "queues", "channels"] {
        for value in wrong.clone() {
            let refusal = refusal(&claims_with(claim, value.clone()));
            assert_eq!(refusal, TokenRefused::MalformedClaim(claim), "{value}");
        }
        let mixed = claims_with(claim, json!(["*", ["*"]]));
        assert_eq!(refusal(&mixed), TokenRefused::MalformedClaim(claim));
    }
}

#[test]
fn a_malformed_scope_is_refused() {
    let queue = QueueId::new(DateTime::UNIX_EPOCH).to_string();
    for queues in [
        json!([queue, "*"]),
        json!(["**"]),
        json!([""]),
        json!("all"),
        json!(queue),
        json!([queue.to_uppercase()]),
        json!([queue.replace("queue_", "conv_")]),
        json!(["queue_"]),
        json!([queue.replace("queue_", "")]),
    ] {
        let refusal = refusal(&claims_with("queues", queues.clone()));
        assert_eq!(refusal, TokenRefused::MalformedClaim("queues"), "{queues}");
    }
    assert_eq!(
        refusal(&claims_with("channels", json!(["SMS", "*"]))),
        TokenRefused::MalformedClaim("channels")
    );
}

#[test]
fn a_token_has_a_subject() {
    assert_eq!(
        refusal(&claims_without("sub")),
        TokenRefused::MissingClaim("sub")
    );
    let long = "x".repeat(256);
    for sub in [
        json!(""),
        json!("  \t"),
        json!("\u{3000}"),
        json!(7),
        json!(null),
        json!(long),
    ] {
        assert_eq!(
            refusal(&claims_with("sub", sub)),
            TokenRefused::MalformedClaim("sub")
        );
    }
}

#[test]
fn a_token_id_is_text() {
    for jti in [
        json!(7),
        json!(""),
        json!(" "),
        json!("x".repeat(256)),
        json!(null),
    ] {
        assert_eq!(
            refusal(&claims_with("jti", jti)),
            TokenRefused::MalformedClaim("jti")
        );
    }
}

#[test]
fn a_token_ends_at_its_exp_without_leeway() {
    assert_eq!(
        refusal(&claims_without("exp")),
        TokenRefused::MissingClaim("exp")
    );
    let exp = |seconds: f64| claims_with("exp", json!(seconds));
    #[allow(clippy::cast_precision_loss)]
    let second = now().timestamp() as f64;
    for ended in [second, second - 1.0, second + 0.9, 0.0] {
        assert_eq!(refusal(&exp(ended)), TokenRefused::Expired, "{ended}");
    }
    // A fraction of a second is cut off.
    assert_eq!(
        accepted(&exp(second + 1.9)).expires_at(),
        now() + TimeDelta::seconds(1)
    );
}

#[test]
fn an_exp_that_is_no_instant_is_refused() {
    let wrong = [
        json!("1900000000"),
        json!(null),
        json!([1]),
        json!(true),
        json!(-1),
        json!(-1.5),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(253_402_300_800_u64),
        json!(1e300),
        json!(-1e300),
    ];
    for claim in ["exp", "nbf"] {
        for value in wrong.clone() {
            let refusal = refusal(&claims_with(claim, value.clone()));
            assert_eq!(
                refusal,
                TokenRefused::MalformedClaim(claim),
                "{claim} {value}"
            );
        }
    }
    // An instant, and too far away.
    let last = claims_with("exp", json!(253_402_300_799_u64));
    assert_eq!(refusal(&last), TokenRefused::LivesTooLong);
}

#[test]
fn a_token_starts_at_its_nbf_with_leeway() {
    let nbf = |seconds: i64| claims_with("nbf", json!(now().timestamp() + seconds));
    assert_eq!(
        refusal(&nbf(TokenRules::CLOCK_SKEW_SECONDS + 1)),
        TokenRefused::NotYetValid
    );
    assert_eq!(refusal(&nbf(86_400)), TokenRefused::NotYetValid);
    for started in [TokenRules::CLOCK_SKEW_SECONDS, 0, -86_400] {
        assert_eq!(accepted(&nbf(started)).subject().as_str(), "sanne");
    }
}

#[test]
fn a_clock_at_the_end_of_the_calendar_does_no_harm() {
    let token = hs256(
        HS256,
        &claims_with("nbf", json!(now().timestamp())).to_string(),
    );
    for (now, expected) in [
        (DateTime::<Utc>::MAX_UTC, TokenRefused::Expired),
        (DateTime::<Utc>::MIN_UTC, TokenRefused::NotYetValid),
    ] {
        assert_eq!(authenticator().authenticate(&token, now), Err(expected));
    }
}

#[test]
fn the_issuer_is_the_configured_one() {
    assert_eq!(
        refusal(&claims_without("iss")),
        TokenRefused::MissingClaim("iss")
    );
    for iss in [
        "",
        "https://issuer.example/",
        "https://ISSUER.example",
        "https://other.example",
    ] {
        assert_eq!(
            refusal(&claims_with("iss", json!(iss))),
            TokenRefused::WrongIssuer
        );
    }
    for iss in [json!([ISSUER]), json!(1), json!(null)] {
        assert_eq!(
            refusal(&claims_with("iss", iss)),
            TokenRefused::MalformedClaim("iss")
        );
    }
}

#[test]
fn the_audience_has_the_configured_one() {
    assert_eq!(
        refusal(&claims_without("aud")),
        TokenRefused::MissingClaim("aud")
    );
    for aud in [
        json!("other"),
        json!(""),
        json!([]),
        json!(["a", "b"]),
        json!("regie "),
    ] {
        assert_eq!(
            refusal(&claims_with("aud", aud)),
            TokenRefused::WrongAudience
        );
    }
    for aud in [
        json!(1),
        json!(null),
        json!([AUDIENCE, 1]),
        json!({ "regie": true }),
    ] {
        assert_eq!(
            refusal(&claims_with("aud", aud)),
            TokenRefused::MalformedClaim("aud")
        );
    }
    for aud in [json!([AUDIENCE]), json!(["other", AUDIENCE])] {
        assert_eq!(
            accepted(&claims_with("aud", aud)).subject().as_str(),
            "sanne"
        );
    }
}

#[test]
fn a_server_without_audience_refuses_a_token_for_somebody() {
    let authenticator = authenticator_with(VerifyingKey::secret(&secret()));
    let authenticate = |claims: &Value| {
        let token = hs256(HS256, &claims.to_string());
        authenticator
            .authenticate(&token, now())
            .map(|viewer| viewer.subject().to_string())
    };
    assert_eq!(
        authenticate(&good_claims()),
        Err(TokenRefused::WrongAudience)
    );
    assert_eq!(authenticate(&claims_without("aud")), Ok("sanne".into()));
}
