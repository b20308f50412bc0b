//! Tokens that somebody made to get in, and tokens that are no tokens.

use super::*;

fn signed_with_other(header: &str) -> String {
    let key = EncodingKey::from_secret(b"another secret, of more than 32 bytes");
    forge(header, &good_claims().to_string(), Algorithm::HS256, &key)
}

#[test]
fn a_token_without_signature_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": alg, "typ": "JWT" }).to_string();
        let unsigned = format!(
            "{}.{}.",
            base64url(&header),
            base64url(&good_claims().to_string())
        );
        assert_eq!(refusal_of_token(&unsigned), TokenRefused::AlgorithmRefused);
        // Not even with a signature that would be right.
        let signed = hs256(&header, &good_claims().to_string());
        assert_eq!(refusal_of_token(&signed), TokenRefused::AlgorithmRefused);
    }
    let token = hs256(HS256, &good_claims().to_string());
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    assert_eq!(
        refusal_of_token(&format!("{unsigned}.")),
        TokenRefused::BadSignature
    );
    assert_eq!(refusal_of_token(unsigned), TokenRefused::Malformed);
}

#[test]
fn only_the_keys_own_algorithm_is_accepted() {
    for alg in [
        "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA", "hs256", "HS1",
    ] {
        let header = json!({ "alg": alg }).to_string();
        let token = hs256(&header, &good_claims().to_string());
        assert_eq!(
            refusal_of_token(&token),
            TokenRefused::AlgorithmRefused,
            "{alg}"
        );
    }
    // HS384 truly signed with the right secret is still not HS256.
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let payload = good_claims().to_string();
    let token = forge(r#"{"alg":"HS384"}"#, &payload, Algorithm::HS384, &key);
    assert_eq!(refusal_of_token(&token), TokenRefused::AlgorithmRefused);
    let token = forge(HS256, &payload, Algorithm::HS512, &key);
    assert_eq!(refusal_of_token(&token), TokenRefused::BadSignature);
}

#[test]
fn a_changed_or_foreign_token_is_refused() {
    assert_eq!(
        refusal_of_token(&signed_with_other(HS256)),
        TokenRefused::BadSignature
    );

    let token = hs256(HS256, &good_claims().to_string());
    let parts: Vec<&str> = token.split('.').collect();
    let more = claims_with("roles", json!(["ADMINISTRATOR"])).to_string();
    let tampered = format!("{}.{}.{}", parts[0], base64url(&more), parts[2]);
    assert_eq!(refusal_of_token(&tampered), TokenRefused::BadSignature);

    let header = base64url(r#"{"alg":"HS256"}"#);
    let tampered = format!("{header}.{}.{}", parts[1], parts[2]);
    assert_eq!(refusal_of_token(&tampered), TokenRefused::BadSignature);

    // 30 of the signature's 32 bytes.
    let shortened = &token[..token.len() - 3];
    assert_eq!(refusal_of_token(shortened), TokenRefused::BadSignature);
}

#[test]
fn a_header_cannot_say_where_its_key_is() {
    let wishes = [
        json!({ "alg": "HS256", "kid": "../../../../dev/null" }),
        json!({ "alg": "HS256", "kid": "x' UNION SELECT 'key" }),
        json!({ "alg": "HS256", "kid": 5 }),
        json!({ "alg": "HS256", "jku": "https://attacker.example/keys" }),
        json!({ "alg": "HS256", "x5u": "https://attacker.example/cert" }),
        json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "YW5vdGhlciBzZWNyZXQ" } }),
    ];
    for header in wishes {
        let header = header.to_string();
        assert_eq!(
            refusal_of_token(&signed_with_other(&header)),
            TokenRefused::BadSignature
        );
        let ours = hs256(&header, &good_claims().to_string());
        assert!(
            authenticator().authenticate(&ours, now()).is_ok(),
            "{header}"
        );
    }
}

#[test]
fn a_header_that_demands_something_is_refused() {
    for crit in [json!(["b64"]), json!([]), json!("exp")] {
        let header = json!({ "alg": "HS256", "crit": crit, "b64": false }).to_string();
        let token = hs256(&header, &good_claims().to_string());
        assert_eq!(refusal_of_token(&token), TokenRefused::ExtensionDemanded);
    }
    for typ in ["logout+jwt", "dpop+jwt", "JWE", ""] {
        let header = json!({ "alg": "HS256", "typ": typ }).to_string();
        let token = hs256(&header, &good_claims().to_string());
        assert_eq!(refusal_of_token(&token), TokenRefused::WrongType, "{typ}");
    }
    for typ in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
        let header = json!({ "alg": "HS256", "typ": typ }).to_string();
        let token = hs256(&header, &good_claims().to_string());
        assert!(authenticator().authenticate(&token, now()).is_ok(), "{typ}");
    }
}

#[test]
fn a_header_with_a_field_twice_is_refused() {
    for header in [
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
    ] {
        let token = hs256(header, &good_claims().to_string());
        assert_eq!(refusal_of_token(&token), TokenRefused::Malformed);
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let token = hs256(HS256, &good_claims().to_string());
    let no_tokens = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "hello".into(),
        "a.b.c".into(),
        "\0.\0.\0".into(),
        "ünï.cö.dé".into(),
        format!("{token}.{token}"),
        format!("{token}.more"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}="),
        token.replace('.', ". "),
        base64url(&token),
        good_claims().to_string(),
    ];
    for text in no_tokens {
        assert_eq!(refusal_of_token(&text), TokenRefused::Malformed, "{text:?}");
    }
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let inner = hs256(HS256, &good_claims().to_string());
    let payloads = [
        String::new(),
        "null".into(),
        "5".into(),
        "[]".into(),
        json!([good_claims()]).to_string(),
        json!(good_claims().to_string()).to_string(),
        json!(inner).to_string(),
        inner,
        format!("{} x", good_claims()),
        format!("{}{}", good_claims(), good_claims()),
        r#"{"sub":"sanne""#.into(),
        format!(r#"{{"sub":"sanne","exp":1e999,"x":{}}}"#, "1"),
        format!(r#"{{"x":{}{}}}"#, "[".repeat(2000), "]".repeat(2000)),
    ];
    for payload in payloads {
        let token = hs256(HS256, &payload);
        assert_eq!(
            refusal_of_token(&token),
            TokenRefused::Malformed,
            "{payload}"
        );
    }
}

#[test]
fn a_huge_token_is_refused_before_it_is_read() {
    let padding = "x".repeat(MAX_TOKEN_BYTES);
    let token = hs256(HS256, &claims_with("note", json!(padding)).to_string());
    assert_eq!(refusal_of_token(&token), TokenRefused::TooLong);
    assert_eq!(
        refusal_of_token(&"x".repeat(50_000_000)),
        TokenRefused::TooLong
    );

    let below = "x".repeat(5_500);
    assert!(accepted(&claims_with("note", json!(below))).has_role(domain::Role::Supervisor));
}

#[test]
fn a_claim_twice_is_refused() {
    let claims = good_claims().to_string();
    let inside = claims.strip_prefix('{').unwrap();
    for first in [
        r#""sub":"mallory","#,
        r#""exp":99999999999,"#,
        r#""roles":["ADMINISTRATOR"],"#,
        // The same name once its escape is read.
        r#""\u0073ub":"mallory","#,
        r#""unknown":1,"unknown":1,"#,
    ] {
        let token = hs256(HS256, &format!("{{{first}{inside}"));
        assert_eq!(
            refusal_of_token(&token),
            TokenRefused::DuplicateClaim,
            "{first}"
        );
    }
}

#[test]
fn a_refusal_shows_nothing_of_the_token() {
    for claims in [
        claims_with("roles", json!("mallory-was-here")),
        claims_with("iss", json!("mallory-was-here")),
        claims_with("sub", json!({ "mallory-was-here": 1 })),
        claims_with("queues", json!(["mallory-was-here"])),
    ] {
        let refusal = refusal(&claims);
        assert!(!format!("{refusal} {refusal:?}").contains("mallory"));
    }
}

#[test]
fn the_bearer_token_is_what_follows_the_scheme() {
    for value in ["Bearer abc", "bearer abc", "BEARER   abc", " Bearer abc "] {
        assert_eq!(bearer_token(value), Ok("abc"), "{value:?}");
    }
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "abc",
        "Basic abc",
        "Bearerabc",
        "Token Bearer abc",
    ] {
        assert_eq!(
            bearer_token(value),
            Err(TokenRefused::NotBearer),
            "{value:?}"
        );
    }
}
