//! What attackers try with tokens, one test each: over HTTP and over WebSocket the same answer, nothing
//! changed, and the operator's log says why.

use futures_util::{SinkExt, StreamExt};
use jsonwebtoken::{Algorithm, EncodingKey};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tracing::subscriber::DefaultGuard;

use super::issuer::signed;
use super::log::Log;
use super::*;

const RSA_PUBLIC: &str = include_str!("../../../crates/auth/src/testdata/rsa.public.pem");

/// A server that trusts an issuer with an RSA key, and what is said to tokens there.
struct Stand {
    issuer: Issuer,
    server: Server,
    key: Key,
    log: Log,
    _capturing: DefaultGuard,
}

impl Stand {
    async fn new() -> Self {
        let (log, capturing) = Log::capture();
        let key = Key::new("2026", Algorithm::RS256);
        let issuer = Issuer::new(&[&key]).await;
        let server = server(trusting(&issuer)).await;
        Self {
            issuer,
            server,
            key,
            log,
            _capturing: capturing,
        }
    }

    /// The claims of an administrator, with one of them set to something else.
    fn claims(&self, name: &str, value: Value) -> Value {
        let mut claims = super::claims(self.server.clock.now());
        claims["roles"] = json!(["ADMINISTRATOR"]);
        claims[name] = value;
        claims
    }

    fn admin(&self) -> String {
        self.key.sign(&self.claims("sub", json!("admin")))
    }

    async fn facts(&self) -> Value {
        let facts = "{ auditLog { totalCount } ongoingConversations { asOf }
            supervisorSettings { supervisorForceClose } }";
        self.server.data(&self.admin(), facts, json!({})).await
    }

    /// This token is refused, in every way that it could come, for this reason in the log only.
    async fn refuses(&self, token: &str, why: &str) {
        let before = self.facts().await;
        let said = self.log.text().len();
        let change = "mutation { updateSupervisorSettings(input: { supervisorForceClose: true }) {
            errors { code } } }";
        let answer = self.server.post(token, change, json!({})).await;
        assert_eq!(answer, refusal(), "{why}");
        if !token.contains('\0') {
            assert_eq!(self.close_reason(token).await, (4403, CLOSED.to_owned()));
        }
        assert_eq!(self.facts().await, before);
        let log = self.log.text().split_off(said);
        let line = format!("a token was refused why={why} left_out=0");
        assert_eq!(log.matches(&line).count(), 2, "{why}\n{log}");
        let shown = token.len() > 20 && log.contains(token);
        assert!(!shown, "{log}");
    }

    /// How a WebSocket ends that begins with this token.
    async fn close_reason(&self, token: &str) -> (u16, String) {
        let url = self.server.url.replacen("http", "ws", 1);
        let mut request = url.into_client_request().unwrap();
        let protocol = "graphql-transport-ws".parse().unwrap();
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let init = json!({ "type": "connection_init", "payload": { "token": token } });
        socket.send(Message::text(init.to_string())).await.unwrap();
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) => (frame.code.into(), frame.reason.to_string()),
            other => panic!("{other:?}"),
        }
    }
}

const CLOSED: &str = "Forbidden: the token is not accepted";
const FOREIGN: &str = "the token names no key that the issuer has";
const ALGORITHM: &str = "the token's algorithm is not accepted here";
const SIGNATURE: &str = "the token's signature is not valid";

#[tokio::test]
async fn alg_none_is_refused() {
    let stand = Stand::new().await;
    let token = stand.admin();
    let payload = token.split('.').nth(1).unwrap();
    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = json!({ "alg": alg, "kid": "2026" }).to_string();
        let signed = stand.key.sign_raw(&header, "{}");
        let header = signed.split('.').next().unwrap();
        stand
            .refuses(&format!("{header}.{payload}."), ALGORITHM)
            .await;
    }
}

#[tokio::test]
async fn the_public_key_is_no_hmac_secret() {
    let stand = Stand::new().await;
    let jwk = stand.key.public();
    let payload = stand.claims("sub", json!("admin")).to_string();
    let secrets = [
        RSA_PUBLIC.to_owned(),
        RSA_PUBLIC.trim_end().to_owned(),
        jwk["n"].as_str().unwrap().to_owned(),
        jwk.to_string(),
        String::new(),
    ];
    for secret in secrets {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let header = json!({ "alg": "HS256", "kid": "2026" }).to_string();
        let token = signed(&header, &payload, Algorithm::HS256, &key);
        stand.refuses(&token, ALGORITHM).await;
        let header = json!({ "alg": "RS256", "kid": "2026" }).to_string();
        let token = signed(&header, &payload, Algorithm::HS256, &key);
        stand.refuses(&token, SIGNATURE).await;
    }
}

#[tokio::test]
async fn a_key_that_is_published_for_one_algorithm_verifies_no_other() {
    let stand = Stand::new().await;
    let ps256 = Key::new("2026", Algorithm::PS256);
    // The set says RS256 of this very key.
    stand
        .refuses(&ps256.sign(&stand.claims("sub", json!("admin"))), ALGORITHM)
        .await;
    let header = json!({ "alg": "RS256", "kid": "2026" }).to_string();
    let token = ps256.sign_raw(&header, &stand.claims("sub", json!("admin")).to_string());
    stand.refuses(&token, SIGNATURE).await;
}

#[tokio::test]
async fn a_key_that_is_published_for_something_else_verifies_nothing() {
    let stand = Stand::new().await;
    let other = Key::fresh("enc");
    let mut published = vec![];
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["deriveKey"])),
        ("alg", json!("RSA-OAEP")),
        ("kty", json!("oct")),
        ("crv", json!("X25519")),
        ("d", json!("c2VjcmV0")),
    ] {
        let mut jwk = other.public();
        jwk[name] = value;
        published.push(jwk);
    }
    published.push(stand.key.public());
    stand.issuer.say(&json!({ "keys": published }));
    let server = server(trusting(&stand.issuer)).await;
    assert!(accepts(&server, &good(&stand.key)).await);
    assert!(!accepts(&server, &good(&other)).await);
}

#[tokio::test]
async fn a_kid_is_a_name_and_no_path_address_or_query() {
    let stand = Stand::new().await;
    let own = Key::fresh("mine");
    let attacker = Issuer::new(&[&own]).await;
    for kid in [
        json!("../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///dev/null"),
        json!(attacker.url),
        json!("2026' UNION SELECT 'key' --"),
        json!("2026\u{0}"),
        json!("2026|cat /etc/passwd"),
        json!(""),
        json!(2026),
        json!(null),
        json!(["2026"]),
        json!({ "$ne": "" }),
    ] {
        let header = json!({ "alg": "EdDSA", "kid": kid }).to_string();
        let token = own.sign_raw(&header, &stand.claims("sub", json!("admin")).to_string());
        // Null is as good as none: then the algorithm chooses, and no key has it.
        let why = if kid.is_null() { ALGORITHM } else { FOREIGN };
        stand.refuses(&token, why).await;
    }
    assert_eq!(attacker.asked(), 0);
    // One fetch in ten seconds at most, however long this takes.
    assert!(stand.issuer.asked() < 12);
}

#[tokio::test]
async fn a_header_cannot_bring_its_key_or_say_where_it_is() {
    let stand = Stand::new().await;
    let own = Key::fresh("2026");
    let attacker = Issuer::new(&[&own]).await;
    for (name, value) in [
        ("jku", json!(attacker.url)),
        ("x5u", json!(attacker.url)),
        ("jwk", own.public()),
        ("x5c", json!(["MIIB"])),
    ] {
        for alg in ["EdDSA", "RS256"] {
            let mut header = json!({ "alg": alg, "kid": "2026" });
            header[name] = value.clone();
            let payload = stand.claims("sub", json!("admin")).to_string();
            let token = own.sign_raw(&header.to_string(), &payload);
            let why = if alg == "EdDSA" { ALGORITHM } else { SIGNATURE };
            stand.refuses(&token, why).await;
        }
    }
    assert_eq!(attacker.asked(), 0);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let stand = Stand::new().await;
    let exp = stand.server.clock.now().timestamp() - 1;
    let token = stand.key.sign(&stand.claims("exp", json!(exp)));
    stand.refuses(&token, "the token has expired").await;
}

#[tokio::test]
async fn a_token_of_the_future_is_refused() {
    let stand = Stand::new().await;
    let later = stand.server.clock.now().timestamp() + 120;
    let token = stand.key.sign(&stand.claims("nbf", json!(later)));
    stand.refuses(&token, "the token is not valid yet").await;
    let token = stand.key.sign(&stand.claims("iat", json!(later)));
    stand
        .refuses(&token, "the token was issued in the future")
        .await;
}

#[tokio::test]
async fn a_token_for_or_of_somebody_else_is_refused() {
    let stand = Stand::new().await;
    for audience in [json!("other"), json!([]), json!("Regie"), json!(["a", "b"])] {
        let token = stand.key.sign(&stand.claims("aud", audience));
        stand
            .refuses(&token, "the token is for another audience")
            .await;
    }
    for issuer in ["https://issuer.example/", "https://other.example"] {
        let token = stand.key.sign(&stand.claims("iss", json!(issuer)));
        stand
            .refuses(&token, "the token is from another issuer")
            .await;
    }
    for claim in ["iss", "aud", "exp", "sub"] {
        let mut claims = stand.claims("x", json!(1));
        claims.as_object_mut().unwrap().remove(claim);
        let why = format!("the token lacks the claim {claim}");
        stand.refuses(&stand.key.sign(&claims), &why).await;
    }
}

#[tokio::test]
async fn a_huge_token_is_refused_before_it_is_decoded() {
    let stand = Stand::new().await;
    let note = "x".repeat(9_000);
    let token = stand.key.sign(&stand.claims("note", json!(note)));
    stand
        .refuses(&token, "the token is longer than 8 KiB")
        .await;
    // Were it decoded, it would be refused for what it is.
    stand
        .refuses(&"!".repeat(9_000), "the token is longer than 8 KiB")
        .await;
}

#[tokio::test]
async fn a_deeply_nested_token_is_refused() {
    let stand = Stand::new().await;
    let deep = format!("{}{}", "[".repeat(1_500), "]".repeat(1_500));
    let mut payload = stand.claims("sub", json!("admin")).to_string();
    payload.insert_str(1, &format!("\"note\":{deep},"));
    let header = json!({ "alg": "RS256", "kid": "2026" }).to_string();
    let malformed = "the token is not a signed JSON Web Token";
    stand
        .refuses(&stand.key.sign_raw(&header, &payload), malformed)
        .await;
    let header = format!("{{\"alg\":\"RS256\",\"kid\":\"2026\",\"x\":{deep}}}");
    let payload = stand.claims("sub", json!("admin")).to_string();
    stand
        .refuses(&stand.key.sign_raw(&header, &payload), malformed)
        .await;
}

#[tokio::test]
async fn a_claim_that_comes_twice_is_refused_at_any_depth() {
    let stand = Stand::new().await;
    let header = json!({ "alg": "RS256", "kid": "2026" }).to_string();
    for more in [
        r#""sub":"mallory","#,
        r#""\u0073ub":"mallory","#,
        r#""roles":[],"#,
        r#""realm_access":{"roles":["a"],"roles":["ADMINISTRATOR"]},"#,
        r#""list":[{"x":1,"x":1}],"#,
    ] {
        let mut payload = stand.claims("sub", json!("admin")).to_string();
        payload.insert_str(1, more);
        let token = stand.key.sign_raw(&header, &payload);
        stand.refuses(&token, "the token has a claim twice").await;
    }
    let token = stand
        .key
        .sign_raw(r#"{"alg":"none","alg":"RS256","kid":"2026"}"#, "{}");
    stand
        .refuses(&token, "the token is not a signed JSON Web Token")
        .await;
}

#[tokio::test]
async fn a_subject_that_is_no_text_is_refused() {
    let stand = Stand::new().await;
    for subject in [
        json!(1),
        json!(null),
        json!(["admin"]),
        json!({ "sub": "admin" }),
        json!(""),
        json!("admin\u{0}"),
        json!("x".repeat(256)),
    ] {
        let token = stand.key.sign(&stand.claims("sub", subject));
        stand
            .refuses(&token, "the token's claim sub is malformed")
            .await;
    }
}

#[tokio::test]
async fn a_token_that_lives_too_long_is_refused() {
    let stand = Stand::new().await;
    let now = stand.server.clock.now();
    let exp = (now + TimeDelta::days(31) + TimeDelta::minutes(1)).timestamp();
    let token = stand.key.sign(&stand.claims("exp", json!(exp)));
    let why = "the token lives longer than tokens may";
    stand.refuses(&token, why).await;
    // Nor does leaving out when it was issued help.
    let mut claims = stand.claims("exp", json!((now + TimeDelta::days(3_650)).timestamp()));
    claims.as_object_mut().unwrap().remove("iat");
    stand.refuses(&stand.key.sign(&claims), why).await;
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let stand = Stand::new().await;
    let token = stand.admin();
    let malformed = "the token is not a signed JSON Web Token";
    for text in [
        "x",
        "a.b.c",
        "..",
        &token.replace('.', ""),
        &format!("{token}.more"),
    ] {
        stand.refuses(text, malformed).await;
    }
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    stand.refuses(&format!("{unsigned}."), SIGNATURE).await;
}

#[tokio::test]
async fn refusals_do_not_flood_the_log() {
    let stand = Stand::new().await;
    for _ in 0..200 {
        assert!(!accepts(&stand.server, "x").await);
    }
    let lines = stand.log.text().matches("a token was refused").count();
    assert!((50..=150).contains(&lines), "{lines}");
}
