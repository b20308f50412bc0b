//! What is remembered of a verified token, and for how long.

use super::*;
use domain::{Revocation, Revoked};

fn token() -> String {
    hs256(HS256, &good_claims().to_string())
}

#[test]
fn a_verified_token_is_remembered() {
    let authenticator = authenticator();
    let first = authenticator.authenticate(&token(), now()).unwrap();
    let again = authenticator.authenticate(&token(), now()).unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!(authenticator.cache.len(), 1);
}

#[tokio::test]
async fn a_token_that_was_taken_back_is_refused_and_costs_no_second_signature() {
    let (authenticator, revocations) = (authenticator(), Revocations::default());
    let known = authenticator.identify(&token(), &revocations, now()).await;
    let subject = known.unwrap().viewer.subject().clone();
    let revocation = Revocation {
        what: Revoked::Subject(subject),
        at: now(),
        until: now() + TimeDelta::hours(1),
    };
    revocations.add(1, revocation);
    for _ in 0..2 {
        let known = authenticator.identify(&token(), &revocations, now()).await;
        assert_eq!(known.err(), Some(TokenRefused::Revoked));
        assert_eq!(authenticator.cache.len(), 1);
    }
}

#[test]
fn a_remembered_token_still_expires() {
    let authenticator = authenticator();
    let end = now() + TimeDelta::hours(1);
    let just_before = end - TimeDelta::milliseconds(1);
    assert!(authenticator.authenticate(&token(), now()).is_ok());
    assert!(authenticator.authenticate(&token(), just_before).is_ok());
    assert_eq!(
        authenticator.authenticate(&token(), end),
        Err(TokenRefused::Expired)
    );
    assert_eq!(authenticator.cache.len(), 0);
    assert_eq!(
        authenticator.authenticate(&token(), end),
        Err(TokenRefused::Expired)
    );
}

#[test]
fn a_remembered_token_is_still_not_valid_before_its_time() {
    let authenticator = authenticator();
    let token = hs256(
        HS256,
        &claims_with("nbf", json!(now().timestamp())).to_string(),
    );
    assert!(authenticator.authenticate(&token, now()).is_ok());
    let earlier = now() - TimeDelta::hours(1);
    assert_eq!(
        authenticator.authenticate(&token, earlier),
        Err(TokenRefused::NotYetValid)
    );
}

#[test]
fn a_changed_copy_of_a_remembered_token_is_refused() {
    let authenticator = authenticator();
    assert!(authenticator.authenticate(&token(), now()).is_ok());
    let token = token();
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(authenticator.authenticate(&changed, now()).is_err(), "{at}");
    }
    assert_eq!(authenticator.cache.len(), 1);
}

#[test]
fn tokens_can_be_forgotten() {
    let authenticator = authenticator();
    let other = hs256(HS256, &claims_with("sub", json!("mees")).to_string());
    let first = authenticator.authenticate(&token(), now()).unwrap();
    let kept = authenticator.authenticate(&other, now()).unwrap();

    authenticator.forget(|viewer| viewer.subject().as_str() == "sanne");
    let again = authenticator.authenticate(&token(), now()).unwrap();
    assert_eq!(first, again);
    assert!(!Arc::ptr_eq(&first, &again));
    assert!(Arc::ptr_eq(
        &kept,
        &authenticator.authenticate(&other, now()).unwrap()
    ));

    authenticator.clear();
    assert_eq!(authenticator.cache.len(), 0);
}

#[test]
fn the_cache_is_bounded_and_drops_the_least_used() {
    let cache = TokenCache::new(2);
    let viewer = Viewer::clone(&accepted(&good_claims()));
    let [first, second, third] = ["1", "2", "3"].map(Fingerprint::of);
    cache.put(first, Verified::new(viewer.clone(), None, true, 0));
    cache.put(second, Verified::new(viewer.clone(), None, true, 0));
    assert!(cache.get(&first).is_some());
    cache.put(third, Verified::new(viewer, None, true, 0));
    assert_eq!(cache.len(), 2);
    assert!(cache.get(&second).is_none());
    assert!(cache.get(&first).is_some());
}
