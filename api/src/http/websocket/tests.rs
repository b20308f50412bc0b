//! The state machine, message by message.

use super::close::Close;
use super::machine::{Machine, Run, Step};

fn new() -> Machine {
    Machine::new(2)
}

fn ready() -> Machine {
    let mut machine = new();
    let init = r#"{"type":"connection_init","payload":{"token":"t"}}"#;
    assert!(matches!(machine.receive(init), Step::Authenticate(_)));
    assert_eq!(machine.acknowledge(), br#"{"type":"connection_ack"}"#);
    machine
}

fn subscribe(id: &str) -> String {
    format!(r#"{{"id":"{id}","type":"subscribe","payload":{{"query":"{{ a }}"}}}}"#)
}

fn start(machine: &mut Machine, id: &str) -> Run {
    match machine.receive(&subscribe(id)) {
        Step::Start(run, _) => run,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_closes(machine: &mut Machine, text: &str, code: u16, reason: &str) {
    match machine.receive(text) {
        Step::Close(close) => {
            assert_eq!(close.code, code, "{text}");
            assert!(close.reason.contains(reason), "{text}: {}", close.reason);
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_token_is_found_in_three_places() {
    for payload in [
        r#"{"authorization":"Bearer abc"}"#,
        r#"{"Authorization":"bearer abc"}"#,
        r#"{"token":"abc"}"#,
    ] {
        let text = format!(r#"{{"type":"connection_init","payload":{payload}}}"#);
        match new().receive(&text) {
            Step::Authenticate(token) => assert_eq!(token, "abc"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_connection_without_a_token_is_forbidden() {
    for text in [
        r#"{"type":"connection_init"}"#,
        r#"{"type":"connection_init","payload":null}"#,
        r#"{"type":"connection_init","payload":{}}"#,
        r#"{"type":"connection_init","payload":{"token":7}}"#,
        r#"{"type":"connection_init","payload":{"authorization":"Basic eDp5"}}"#,
    ] {
        assert_closes(&mut new(), text, 4403, "Forbidden: ");
    }
}

#[test]
fn a_second_init_is_one_too_many() {
    let init = r#"{"type":"connection_init"}"#;
    assert_closes(&mut ready(), init, 4429, "Too many initialisation requests");
    // Also before the first is acknowledged.
    let mut machine = new();
    machine.receive(r#"{"type":"connection_init","payload":{"token":"t"}}"#);
    assert_closes(&mut machine, init, 4429, "Too many initialisation requests");
}

#[test]
fn nothing_runs_before_the_acknowledgement() {
    assert_closes(&mut new(), &subscribe("1"), 4401, "Unauthorized");
    let mut machine = new();
    machine.receive(r#"{"type":"connection_init","payload":{"token":"t"}}"#);
    assert_closes(&mut machine, &subscribe("1"), 4401, "Unauthorized");
}

#[test]
fn a_ping_is_answered_at_any_time_with_its_payload() {
    for machine in [&mut new(), &mut ready()] {
        match machine.receive(r#"{"type":"ping","payload":{"at":1}}"#) {
            Step::Send(text) => assert_eq!(text, br#"{"payload":{"at":1},"type":"pong"}"#),
            other => panic!("{other:?}"),
        }
        match machine.receive(r#"{"type":"ping"}"#) {
            Step::Send(text) => assert_eq!(text, br#"{"type":"pong"}"#),
            other => panic!("{other:?}"),
        }
        assert!(matches!(
            machine.receive(r#"{"type":"pong"}"#),
            Step::Nothing
        ));
    }
}

#[test]
fn a_ping_with_a_token_asks_to_go_on_by_it_and_is_never_echoed() {
    for payload in [
        r#"{"token":"abc","at":1}"#,
        r#"{"authorization":"Bearer abc"}"#,
        r#"{"Authorization":"Bearer abc"}"#,
    ] {
        let text = format!(r#"{{"type":"ping","payload":{payload}}}"#);
        match ready().receive(&text) {
            Step::Refresh(token) => assert_eq!(token, "abc"),
            other => panic!("{other:?}"),
        }
        // Before the connection is anybody's there is nothing to go on with.
        let refused = sent(new().receive(&text));
        assert!(
            refused.contains(r#""accepted":false,"code":"UNAUTHENTICATED""#),
            "{refused}"
        );
        assert!(!refused.contains("abc"), "{refused}");
    }
    for payload in [
        r#"{"token":7}"#,
        r#"{"token":null}"#,
        r#"{"authorization":"Basic abc"}"#,
    ] {
        let text = format!(r#"{{"type":"ping","payload":{payload}}}"#);
        let refused = sent(ready().receive(&text));
        assert!(
            refused.contains(r#""accepted":false,"code":"INVALID_INPUT""#),
            "{refused}"
        );
        assert!(!refused.contains("abc"), "{refused}");
    }
}

#[track_caller]
fn sent(step: Step) -> String {
    match step {
        Step::Send(text) => String::from_utf8(text).unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_operation_runs_ends_and_frees_its_id() {
    let mut machine = ready();
    let first = start(&mut machine, "a\\\"b");
    let next = machine.next(&first, b"{\"data\":1}").unwrap_or_default();
    assert_eq!(next, br#"{"id":"a\"b","type":"next","payload":{"data":1}}"#);
    let end = machine.ended(&first).unwrap_or_default();
    assert_eq!(end, br#"{"id":"a\"b","type":"complete"}"#);
    // Nothing more of it.
    assert_eq!(machine.next(&first, b"{}"), None);
    assert_eq!(machine.ended(&first), None);
    let second = start(&mut machine, "a\\\"b");
    assert_ne!(first, second);
    let error = machine.failed(&second, &[]).unwrap_or_default();
    assert_eq!(error, br#"{"id":"a\"b","type":"error","payload":[]}"#);
    assert_eq!(machine.ended(&second), None);
}

#[test]
fn results_of_a_stopped_run_are_dropped_also_when_its_id_runs_again() {
    let mut machine = ready();
    let first = start(&mut machine, "1");
    let complete = r#"{"id":"1","type":"complete"}"#;
    assert!(matches!(machine.receive(complete), Step::Stop(run) if run == first));
    assert!(matches!(machine.receive(complete), Step::Nothing));
    let second = start(&mut machine, "1");
    assert_eq!(machine.next(&first, b"{}"), None);
    assert_eq!(machine.ended(&first), None);
    assert!(machine.next(&second, b"{}").is_some());
}

#[test]
fn a_running_id_cannot_be_used_again() {
    let mut machine = ready();
    start(&mut machine, "one");
    let reason = "Subscriber for one already exists";
    assert_closes(&mut machine, &subscribe("one"), 4409, reason);
}

#[test]
fn one_operation_too_many_is_refused_alone() {
    let mut machine = ready();
    start(&mut machine, "1");
    start(&mut machine, "2");
    match machine.receive(&subscribe("3")) {
        Step::Send(text) => {
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(text.contains(r#""type":"error""#), "{text}");
            assert!(text.contains(r#""code":"LIMIT_EXCEEDED""#), "{text}");
            assert!(text.contains(r#""limit":"operationsPerSocket""#), "{text}");
        }
        other => panic!("{other:?}"),
    }
    machine.receive(r#"{"id":"1","type":"complete"}"#);
    start(&mut machine, "3");
}

#[test]
fn what_is_not_a_message_closes_the_socket() {
    for text in [
        "",
        "x",
        "[]",
        "null",
        "\"ping\"",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"start"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"next","id":"1","payload":{}}"#,
        r#"{"type":"error","id":"1","payload":[]}"#,
        r#"{"type":"ping","payload":"x"}"#,
        r#"{"type":"connection_init","payload":"x"}"#,
        r#"{"type":"connection_init","payload":[]}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"complete","id":1}"#,
        r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":"{ a }"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":null}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":"x"}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","operationName":1}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","extensions":[]}}"#,
    ] {
        assert_closes(&mut ready(), text, 4400, "Invalid message");
    }
}

#[test]
fn nullish_parameters_are_allowed() {
    let text = r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","operationName":null,
        "variables":null,"extensions":null}}"#;
    assert!(matches!(ready().receive(text), Step::Start(..)));
}

#[test]
fn a_reason_fits_its_frame() {
    let close = Close::already_exists(&"é".repeat(128));
    assert!(close.reason.len() <= 123 && close.reason.len() > 120);
}
