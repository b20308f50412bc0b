//! What reaches a mailbox, and what a reader can tell from an empty one.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use domain::viewer::Claims;
use domain::{
    Actor, AgentId, AgentKind, Change, Channel, Conversation, ConversationId, CustomerId, Edit,
    Presence, QueueId, Role, Scope, State, Viewer, WorkstreamId,
};

const FIRST: QueueId = QueueId(Uuid::from_u128(1));
const SECOND: QueueId = QueueId(Uuid::from_u128(2));

const fn head(position: i64) -> Head {
    Head {
        epoch: Uuid::nil(),
        position,
        hash: position << 32,
    }
}

#[allow(clippy::disallowed_methods)]
fn viewer(subject: &str, role: Role) -> Viewer {
    Viewer::of_verified_token(Claims {
        subject: Subject::new(subject).unwrap(),
        roles: BTreeSet::from([role]),
        permissions: BTreeSet::new(),
        queues: Scope::Only(BTreeSet::from([FIRST])),
        channels: Scope::Only(BTreeSet::from([Channel::Sms])),
        source: None,
        issued_at: DateTime::<Utc>::UNIX_EPOCH,
        expires_at: DateTime::<Utc>::MAX_UTC,
        token_id: None,
    })
}

fn anna(queues: &[QueueId]) -> Arc<Agent> {
    Arc::new(Agent {
        id: AgentId(Uuid::from_u128(7)),
        subject: Subject::new("anna").unwrap(),
        name: "Anna".into(),
        kind: AgentKind::Human,
        presence: Presence::Available,
        presence_since: None,
        capacity: 3,
        queues: queues.iter().copied().collect(),
        acknowledged: None,
        deleted_at: None,
    })
}

fn open_in(queue: QueueId) -> After {
    let at = "2026-01-01T00:00:00Z";
    let id = ConversationId(Uuid::from_u128(9));
    let image: Conversation = serde_json::from_value(serde_json::json!({
        "id": id, "customer": CustomerId(id.0), "channel": "SMS", "mode": "TEXT", "queue": queue, "workstream": WorkstreamId(id.0),
        "state": State::Open, "reason": "AWAITING_AGENT_ASSIGNMENT", "version": 1, "consent": "UNKNOWN",
        "started_at": at, "state_since": at, "last_activity_at": at, "messages": 0,
        "sentiment": domain::sentiment::Assessment::not_available(), "sentiment_since": at,
    }))
    .unwrap();
    After::Conversation(Arc::new(image))
}

/// The events after each other, each with the image after it.
fn send(dispatcher: &Dispatcher, events: Vec<(Change, After)>) {
    let since = dispatcher.head().position;
    let entries = (since + 1..)
        .zip(events)
        .map(|(position, (change, after))| Entry {
            epoch: Uuid::nil(),
            position,
            at: DateTime::<Utc>::UNIX_EPOCH,
            actor: Actor::System,
            change,
            after,
            before: None,
            hash: position << 32,
        });
    let entries: Vec<_> = entries.collect();
    let last = since + i64::try_from(entries.len()).unwrap();
    dispatcher.send(entries.iter().map(|entry| (entry, false)), head(last));
}

fn started(queue: QueueId) -> (Change, After) {
    (Change::ConversationStarted, open_in(queue))
}

fn member(queues: &[QueueId]) -> (Change, After) {
    let change = Change::MembershipChanged {
        queue: SECOND,
        member: queues.contains(&SECOND),
        left: vec![],
    };
    (change, After::Agent(anna(queues)))
}

fn register(dispatcher: &Arc<Dispatcher>, viewer: &Viewer, agent: Option<Arc<Agent>>) -> Mail {
    register_for(Topic::Visible, dispatcher, viewer, agent)
}

fn register_for(
    topic: Topic,
    dispatcher: &Arc<Dispatcher>,
    viewer: &Viewer,
    agent: Option<Arc<Agent>>,
) -> Mail {
    let reader = ReaderOf {
        access: viewer.access(),
        subject: Some(viewer.subject()),
        topic,
    };
    dispatcher.register(&reader, |_| agent)
}

fn positions(mail: &Mail) -> Vec<i64> {
    match mail.take(0) {
        Taken::Positions(positions, _) => positions,
        Taken::Lost(passed) => panic!("lost after {passed}"),
    }
}

#[test]
fn an_event_reaches_whom_it_concerns_and_nobody_else() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[SECOND])),
    );
    let bert = register(&dispatcher, &viewer("bert", Role::Agent), None);
    let supervisor = register(&dispatcher, &viewer("sam", Role::Supervisor), None);
    let gateway = register(&dispatcher, &viewer("sms", Role::CustomerGateway), None);
    let admin = register(&dispatcher, &viewer("ada", Role::Administrator), None);
    send(
        &dispatcher,
        vec![started(FIRST), started(SECOND), member(&[SECOND])],
    );
    assert_eq!(positions(&agent), [2, 3]);
    assert_eq!(positions(&bert), [0; 0]);
    assert_eq!(positions(&supervisor), [1, 3]);
    assert_eq!(positions(&gateway), [1, 2]);
    assert_eq!(positions(&admin), [1, 2, 3]);
}

#[test]
fn a_reader_of_notices_gets_what_names_them_and_not_what_they_may_see() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let notices = |viewer: &Viewer, agent| register_for(Topic::Notices, &dispatcher, viewer, agent);
    let supervisor = notices(&viewer("sam", Role::Supervisor), None);
    let admin = notices(&viewer("ada", Role::Administrator), None);
    let agent = notices(&viewer("anna", Role::Agent), Some(anna(&[FIRST])));
    let gateway = notices(&viewer("sms", Role::CustomerGateway), None);
    let joined = Change::SupervisorJoined {
        supervisor: Subject::new("sam").unwrap(),
    };
    let released = Change::ReleasedToQueue {
        agent: anna(&[]).id,
        disconnected: false,
    };
    send(
        &dispatcher,
        vec![
            started(FIRST),
            (joined, open_in(FIRST)),
            (released, open_in(FIRST)),
        ],
    );
    assert_eq!(positions(&supervisor), [2]);
    assert_eq!(positions(&admin), [0; 0]);
    assert_eq!(positions(&agent), [3]);
    assert_eq!(positions(&gateway), [1, 2, 3]);
}

#[test]
fn another_name_of_an_agent_reaches_everybody() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let bert = register(&dispatcher, &viewer("bert", Role::Agent), None);
    let change = Change::AgentChanged {
        edit: Edit::default(),
        of: std::collections::BTreeSet::new(),
    };
    send(&dispatcher, vec![(change, After::Agent(anna(&[])))]);
    assert_eq!(positions(&bert), [1]);
}

#[test]
fn memberships_count_as_they_were_at_each_event() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    let events = vec![
        started(SECOND),
        member(&[FIRST, SECOND]),
        started(SECOND),
        member(&[FIRST]),
        started(SECOND),
        started(FIRST),
    ];
    send(&dispatcher, events);
    assert_eq!(positions(&agent), [2, 3, 4, 6]);
}

#[test]
fn who_has_looked_at_everything_has_come_to_the_head() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    assert_eq!(agent.idle_at(), None, "it has not looked yet");
    assert_eq!(agent.take(0), Taken::Positions(vec![], head(0)));
    send(&dispatcher, vec![started(SECOND), started(SECOND)]);
    assert_eq!(agent.idle_at(), Some(2), "nothing of that concerns it");
    send(&dispatcher, vec![started(FIRST), started(SECOND)]);
    assert_eq!(agent.idle_at(), None);
    assert_eq!(agent.take(2), Taken::Positions(vec![3], head(4)));
    assert_eq!(agent.idle_at(), None, "it is at work on it");
    assert_eq!(agent.take(3), Taken::Positions(vec![], head(4)));
    assert_eq!(agent.idle_at(), Some(4));
}

#[test]
fn who_reads_too_slowly_is_told_where_the_gap_begins() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    send(&dispatcher, vec![started(SECOND), started(SECOND)]);
    send(&dispatcher, (0..20_000).map(|_| started(FIRST)).collect());
    assert_eq!(agent.take(0), Taken::Lost(2));
    agent.start_over();
    send(&dispatcher, vec![started(FIRST)]);
    assert_eq!(
        agent.take(20_002),
        Taken::Positions(vec![20_003], head(20_003))
    );
}

#[test]
fn who_reads_a_log_that_goes_on_elsewhere_has_lost_something_and_is_whom_they_are_there() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    dispatcher.start_over(head(30_000), |_| Some(anna(&[SECOND])));
    assert!(matches!(agent.take(0), Taken::Lost(_)));
    agent.start_over();
    send(&dispatcher, vec![started(FIRST), started(SECOND)]);
    assert_eq!(
        agent.take(30_000),
        Taken::Positions(vec![30_002], head(30_002))
    );
}

#[tokio::test]
async fn a_reader_is_woken_by_what_concerns_it_alone() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    let mut woken = std::pin::pin!(agent.mailbox().moved());
    send(&dispatcher, vec![started(SECOND)]);
    assert!(futures_util::poll!(&mut woken).is_pending());
    send(&dispatcher, vec![started(FIRST)]);
    assert!(futures_util::poll!(&mut woken).is_ready());
}

#[test]
fn who_leaves_is_sent_nothing_more() {
    let dispatcher = Arc::new(Dispatcher::new(head(0)));
    let agent = register(
        &dispatcher,
        &viewer("anna", Role::Agent),
        Some(anna(&[FIRST])),
    );
    let mailbox = agent.mailbox().clone();
    drop(agent);
    send(&dispatcher, vec![started(FIRST)]);
    assert_eq!(mailbox.take(0, head(1)), Taken::Positions(vec![], head(1)));
}
