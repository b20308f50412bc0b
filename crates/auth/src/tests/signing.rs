//! The development signer, against the authenticator.

use std::time::Duration;

use super::*;
use domain::{Channel, Permission, QueueId, Role, Scope, Source, Subject};

const HOUR: Duration = Duration::from_hours(1);

fn request() -> TokenRequest {
    TokenRequest::new(Subject::new("sanne").unwrap(), HOUR)
}

fn signer() -> Signer {
    Signer::new(&secret(), Some(ISSUER.into()), Some(AUDIENCE.into()))
}

#[test]
fn a_signed_token_says_what_was_asked() {
    let queue = QueueId::new(DateTime::UNIX_EPOCH);
    let request = TokenRequest {
        roles: [Role::Supervisor, Role::CustomerGateway].into(),
        permissions: Permission::ALL.iter().copied().collect(),
        queues: Scope::Only([queue].into()),
        channels: Scope::Only([Channel::Sms].into()),
        source: Source::new("crm"),
        token_id: Some("one".into()),
        ..request()
    };
    let token = signer().sign(&request, now()).unwrap();
    let viewer = authenticator().authenticate(&token, now()).unwrap();
    assert_eq!(viewer.subject(), &request.subject);
    assert_eq!(viewer.roles(), &request.roles);
    assert_eq!(viewer.permissions(), &request.permissions);
    assert_eq!(viewer.queues(), &request.queues);
    assert_eq!(viewer.channels(), &request.channels);
    assert_eq!(viewer.access().source(), request.source.as_ref());
    assert_eq!(viewer.token_id(), Some("one"));
    assert_eq!(viewer.expires_at(), now() + TimeDelta::hours(1));
}

#[test]
fn a_token_of_nothing_grants_nothing_and_all_is_all() {
    let token = signer().sign(&request(), now()).unwrap();
    let viewer = authenticator().authenticate(&token, now()).unwrap();
    assert!(viewer.roles().is_empty());
    assert_eq!(viewer.queues(), &Scope::nothing());

    let all = TokenRequest {
        queues: Scope::All,
        channels: Scope::All,
        ..request()
    };
    let token = signer().sign(&all, now()).unwrap();
    let viewer = authenticator().authenticate(&token, now()).unwrap();
    assert_eq!(viewer.queues(), &Scope::All);
    assert_eq!(viewer.channels(), &Scope::All);
}

#[test]
fn a_token_is_worth_nothing_to_a_server_with_another_audience() {
    let demo = Signer::new(&secret(), Some(ISSUER.into()), Some("regie-demo".into()));
    let token = demo.sign(&request(), now()).unwrap();
    assert_eq!(refusal_of_token(&token), TokenRefused::WrongAudience);
    let plain = Signer::new(&secret(), None, None)
        .sign(&request(), now())
        .unwrap();
    assert_eq!(refusal_of_token(&plain), TokenRefused::MissingClaim("iss"));
}

#[test]
fn a_lifetime_out_of_bounds_is_refused() {
    for ttl in [
        Duration::ZERO,
        Duration::from_millis(999),
        Duration::MAX,
        HOUR * 24 * 366 * 8000,
    ] {
        let request = TokenRequest { ttl, ..request() };
        assert_eq!(
            signer().sign(&request, now()),
            Err(SignRefused::Lifetime),
            "{ttl:?}"
        );
    }
}

#[test]
fn a_token_that_the_server_would_refuse_is_not_made() {
    let request = TokenRequest {
        queues: Scope::Only(
            (0..200)
                .map(|_| QueueId::new(DateTime::UNIX_EPOCH))
                .collect(),
        ),
        ..request()
    };
    assert_eq!(signer().sign(&request, now()), Err(SignRefused::TooLong));
}
