//! An issuer changes its keys, is away, or answers nonsense.

use std::time::Duration;

use auth::BETWEEN_FETCHES;
use jsonwebtoken::Algorithm;

use super::*;

#[tokio::test]
async fn a_key_that_is_new_is_fetched_when_a_token_names_it() {
    let (old, new) = (Key::fresh("old"), Key::fresh("new"));
    let issuer = Issuer::new(&[&old]).await;
    let server = server(trusting(&issuer)).await;
    assert!(accepts(&server, &good(&old)).await);
    assert_eq!(issuer.asked(), 1);

    issuer.publish(&[&old, &new]);
    server.clock.advance(BETWEEN_FETCHES);
    // Many at once wait for the same fetch.
    let tokens: Vec<String> = (0..20).map(|_| good(&new)).collect();
    let asked = tokens.iter().map(|token| accepts(&server, token));
    let accepted = futures_util::future::join_all(asked).await;
    assert!(accepted.into_iter().all(|accepted| accepted));
    assert_eq!(issuer.asked(), 2);
    assert!(accepts(&server, &good(&old)).await);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_the_issuer_once() {
    let key = Key::fresh("own");
    let issuer = Issuer::new(&[&key]).await;
    let server = server(trusting(&issuer)).await;
    server.clock.advance(BETWEEN_FETCHES);
    for number in 0..60 {
        assert!(!accepts(&server, &good(&Key::fresh(&format!("k{number}")))).await);
    }
    // Ten seconds later it may be asked again.
    assert!(issuer.asked() <= 5);
    assert!(accepts(&server, &good(&key)).await);
}

#[tokio::test]
async fn a_key_that_is_taken_away_verifies_nothing_any_more() {
    let (old, new) = (Key::fresh("old"), Key::fresh("new"));
    let issuer = Issuer::new(&[&old, &new]).await;
    let server = server(trusting(&issuer)).await;
    let (by_old, by_new) = (good(&old), good(&new));
    assert!(accepts(&server, &by_old).await && accepts(&server, &by_new).await);

    issuer.publish(&[&new]);
    // Remembered, and good until the keys are fetched again.
    assert!(accepts(&server, &by_old).await);
    server.clock.advance(TimeDelta::minutes(61));
    let again = |key: &Key| key.sign(&super::claims(server.clock.now()));
    let (by_old, by_new) = (again(&old), again(&new));
    eventually("the keys are fetched again", || async {
        issuer.asked() >= 2
    })
    .await;
    eventually("the old key is gone", || async {
        !accepts(&server, &by_old).await
    })
    .await;
    assert!(accepts(&server, &by_new).await);
}

#[tokio::test]
async fn the_issuer_says_how_soon_its_keys_change() {
    let (old, new) = (Key::fresh("same"), Key::fresh("same"));
    let issuer = Issuer::new(&[&old]).await;
    issuer.change(|answer| answer.cache_control = Some("public, max-age=120"));
    let server = server(trusting(&issuer)).await;
    let token = good(&old);
    assert!(accepts(&server, &token).await);
    // Another key of the same name: no unknown name tells of it, and still it ends the old one.
    issuer.publish(&[&new]);
    server.clock.advance(TimeDelta::seconds(121));
    eventually("the old key is gone", || async {
        !accepts(&server, &token).await
    })
    .await;
    assert!(accepts(&server, &good(&new)).await);
}

#[tokio::test]
async fn keys_are_used_on_while_the_issuer_is_away_and_no_longer_than_set() {
    let key = Key::fresh("a");
    let issuer = Issuer::new(&[&key]).await;
    let server = server(trusting(&issuer)).await;
    issuer.goes_down();
    let long = |server: &Server| {
        let mut claims = super::claims(server.clock.now());
        claims["exp"] = json!((server.clock.now() + TimeDelta::days(9)).timestamp());
        key.sign(&claims)
    };
    let token = long(&server);
    assert!(accepts(&server, &token).await);
    server.clock.advance(TimeDelta::hours(23));
    eventually("it is asked again", || async { issuer.asked() >= 2 }).await;
    assert!(accepts(&server, &token).await && accepts(&server, &long(&server)).await);

    // Remembered or not, past the bound nothing is accepted.
    server.clock.advance(TimeDelta::hours(2));
    assert!(!accepts(&server, &token).await);
    assert!(!accepts(&server, &long(&server)).await);

    // And the issuer's return needs nobody's help.
    issuer.publish(&[&key]);
    server.clock.advance(TimeDelta::minutes(1));
    eventually("the keys are back", || async {
        accepts(&server, &token).await
    })
    .await;
}

#[tokio::test]
async fn a_server_starts_without_its_issuer_and_accepts_tokens_once_it_is_there() {
    let key = Key::fresh("a");
    let issuer = Issuer::new(&[&key]).await;
    issuer.goes_down();
    let server = server(trusting(&issuer)).await;
    assert!(!accepts(&server, &good(&key)).await);
    issuer.publish(&[&key]);
    server.clock.advance(TimeDelta::minutes(1));
    eventually("the keys are there", || async {
        accepts(&server, &good(&key)).await
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_usable_keys_changes_nothing() {
    let key = Key::fresh("a");
    let issuer = Issuer::new(&[&key]).await;
    let server = server(trusting(&issuer)).await;
    let secret = json!({ "kty": "oct", "kid": "a", "alg": "HS256", "k": "c2VjcmV0" });
    let answers = [
        json!({ "keys": [] }),
        json!({ "keys": "none" }),
        json!([]),
        json!({ "keys": [secret] }),
        json!({ "keys": [key.public()], "padding": "x".repeat(300_000) }),
    ];
    for (number, answer) in answers.iter().enumerate() {
        issuer.say(answer);
        server.clock.advance(TimeDelta::minutes(61));
        eventually("it is asked", || async { issuer.asked() >= number + 2 }).await;
        let token = key.sign(&super::claims(server.clock.now()));
        assert!(accepts(&server, &token).await, "{number}");
    }
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_answer_waited_for_long() {
    let (key, others) = (Key::fresh("a"), Key::fresh("b"));
    let issuer = Issuer::new(&[&key]).await;
    let other = Issuer::new(&[&others]).await;
    let server = server(trusting(&issuer)).await;
    issuer.change(|answer| {
        answer.status = axum::http::StatusCode::FOUND;
        answer.location = Some(other.url.clone());
    });
    server.clock.advance(BETWEEN_FETCHES);
    assert!(!accepts(&server, &good(&others)).await);
    assert_eq!(other.asked(), 0);

    issuer.publish(&[&key, &others]);
    issuer.change(|answer| answer.after = Duration::from_mins(1));
    server.clock.advance(BETWEEN_FETCHES);
    let token = good(&others);
    let refused = accepts(&server, &token);
    let refused = tokio::time::timeout(Duration::from_secs(40), refused);
    assert!(!refused.await.expect("the fetch has a bound"));
    // Meanwhile, and after, the known keys do.
    assert!(accepts(&server, &good(&key)).await);
}

#[tokio::test]
async fn a_websocket_waits_for_a_new_key_like_a_request() {
    let (old, new) = (Key::fresh("old"), Key::fresh("new"));
    let issuer = Issuer::new(&[&old]).await;
    let server = server(trusting(&issuer)).await;
    issuer.publish(&[&new]);
    server.clock.advance(BETWEEN_FETCHES);
    let mut socket = server.socket(&good(&new)).await;
    let ping = json!({ "type": "ping", "payload": { "token": good(&old) } });
    socket.send(ping).await;
    let expected = json!({
        "accepted": false, "code": "UNAUTHENTICATED", "message": "the token is not accepted",
    });
    assert_eq!(socket.pong().await["payload"], expected);
}

#[tokio::test]
async fn a_token_without_a_name_is_verified_where_there_is_nothing_to_choose() {
    let (ed, other, ec) = (
        Key::fresh("a"),
        Key::fresh("b"),
        Key::new("c", Algorithm::ES256),
    );
    let nameless = |key: &Key, alg: &str| {
        key.sign_raw(
            &json!({ "alg": alg }).to_string(),
            &claims(Utc::now()).to_string(),
        )
    };
    let issuer = Issuer::new(&[&ed, &ec]).await;
    let one = server(trusting(&issuer)).await;
    assert!(accepts(&one, &nameless(&ed, "EdDSA")).await);
    assert!(accepts(&one, &nameless(&ec, "ES256")).await);

    issuer.publish(&[&ed, &other, &ec]);
    let two = server(trusting(&issuer)).await;
    assert!(!accepts(&two, &nameless(&ed, "EdDSA")).await);
    assert!(accepts(&two, &nameless(&ec, "ES256")).await);
}
