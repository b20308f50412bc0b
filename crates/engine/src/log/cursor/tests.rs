//! Texts of cursors: for whom they are in the clear, what reads back, what does not.

use std::collections::HashSet;

use chrono::DateTime;

use super::*;
use domain::viewer::Claims;
use domain::{Role, Scope, Subject, Viewer};

fn cursors() -> Cursors {
    Cursors(Seal::new(Seal::new_key()))
}

fn access(roles: &[Role]) -> Arc<Access> {
    let claims = Claims {
        subject: Subject::new("somebody").unwrap(),
        roles: roles.iter().copied().collect(),
        permissions: [].into(),
        queues: Scope::All,
        channels: Scope::All,
        source: None,
        issued_at: DateTime::UNIX_EPOCH,
        expires_at: DateTime::UNIX_EPOCH,
        token_id: None,
    };
    #[expect(clippy::disallowed_methods, reason = "a test of its own")]
    Viewer::of_verified_token(claims).access().clone()
}

fn examples() -> Vec<Cursor> {
    let parts = [(0, 0), (1, 0), (u32::MAX, 0), (0, 1), (0, u64::MAX)];
    let cursor = |(step, list)| Cursor {
        epoch: Uuid::now_v7(),
        position: 4711,
        hash: 0xDEAD_BEEF,
        step,
        list,
    };
    parts.map(cursor).to_vec()
}

#[test]
fn a_cursor_reads_back_from_its_text_whoever_sees_it() {
    let cursors = cursors();
    for roles in [
        &[Role::Supervisor][..],
        &[Role::Agent],
        &[Role::CustomerGateway],
    ] {
        let access = access(roles);
        for cursor in examples() {
            let given = cursors.show(cursor, &access).as_str().parse();
            assert_eq!(cursors.open(given.unwrap(), &access), Ok(cursor));
        }
    }
}

#[test]
fn it_is_in_the_clear_only_for_who_leads_and_is_neither_agent_nor_gateway() {
    let cursors = cursors();
    for (roles, plain) in [
        (&[Role::Supervisor][..], true),
        (&[Role::Administrator], true),
        (
            &[Role::Supervisor, Role::Administrator, Role::ApiAccess],
            true,
        ),
        (&[Role::Agent], false),
        (&[Role::CustomerGateway], false),
        (&[Role::ApiAccess], false),
        (&[], false),
        (&[Role::Supervisor, Role::Agent], false),
        (&[Role::Administrator, Role::CustomerGateway], false),
    ] {
        for cursor in examples() {
            let shown = cursors.show(cursor, &access(roles));
            assert_eq!(shown.as_str() == cursor.plain(), plain, "{roles:?}");
        }
    }
}

#[test]
fn what_is_sealed_is_another_text_each_time_and_always_as_long() {
    let (cursors, agent) = (cursors(), access(&[Role::Agent]));
    let mut seen = HashSet::new();
    for cursor in examples() {
        for _ in 0..100 {
            let shown = cursors.show(cursor, &agent);
            assert_eq!(shown.as_str().len(), 108);
            assert!(seen.insert(shown.as_str().to_owned()));
        }
    }
}

#[test]
fn what_another_key_sealed_was_altered_or_is_in_the_clear_is_not_opened() {
    let (cursors, other) = (cursors(), self::cursors());
    let (agent, sam) = (access(&[Role::Agent]), access(&[Role::Supervisor]));
    let cursor = examples()[0];
    let plain: GivenCursor = cursor.plain().parse().unwrap();
    assert_eq!(cursors.open(plain, &agent), Err(NotOpened));
    assert_eq!(cursors.open(plain, &sam), Ok(cursor));
    let sealed = cursors.show(cursor, &agent);
    let given: GivenCursor = sealed.as_str().parse().unwrap();
    assert_eq!(other.open(given, &sam), Err(NotOpened));
    assert_eq!(cursors.open(given, &sam), Ok(cursor));
    let mut bytes = URL_SAFE_NO_PAD.decode(sealed.as_str()).unwrap();
    for at in 1..bytes.len() {
        bytes[at] ^= 0x10;
        let altered: GivenCursor = URL_SAFE_NO_PAD.encode(&bytes).parse().unwrap();
        assert_eq!(cursors.open(altered, &agent), Err(NotOpened), "{at}");
        bytes[at] ^= 0x10;
    }
}

#[test]
fn text_that_is_no_cursor_is_refused() {
    let negative = Cursor {
        position: -1,
        ..examples()[0]
    }
    .plain();
    let other_form = URL_SAFE_NO_PAD.encode([2; SEALED]);
    for text in ["", "abc", "é", &negative, &other_form, &"A".repeat(10_000)] {
        assert_eq!(
            text.parse::<GivenCursor>(),
            Err(InvalidCursor),
            "{text:.20}"
        );
    }
    assert!(GivenCursor::anywhere().parse::<GivenCursor>().is_ok());
}
