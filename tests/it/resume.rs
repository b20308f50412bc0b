//! Cut off at any step, and on from the last cursor: the exact sequence, nothing lost and nothing
//! twice, at the same server, at another, and by another token.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::binary::Served;
use crate::harness::{Database, Next, Socket, Token};
use crate::servers::pair;
use crate::stage::{CHANGES, Stage, as_of, position, read_until};

/// Where in the life of a subscription its socket is killed.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// `subscribe` is sent, and nothing of it was read.
    Subscribe,
    /// It reads what passed while it was away.
    CatchUp,
    /// It has read all that, and comes to where the others are.
    HandOver,
    /// It reads what happens, with the others.
    Live,
}

const STEPS: [Step; 4] = [Step::Subscribe, Step::CatchUp, Step::HandOver, Step::Live];

/// Customers who write, all at once, until they have written so much.
async fn racing(stage: &Stage, conversations: &[String], each: usize) {
    let writer = |conversation: &String| {
        let conversation = conversation.clone();
        async move {
            for number in 0..each {
                let text = format!("This is number {number}");
                stage.customer_writes(&conversation, &text).await;
            }
        }
    };
    join_all(conversations.iter().map(writer)).await;
}

/// The positions of what everybody who sees all gets, after this one.
async fn logged(stage: &Stage, after: i64) -> Vec<i64> {
    let events = stage.events().await.into_iter();
    let about = events.filter(|event| event.position > after && event.conversation_id.is_some());
    about.map(|event| event.position).collect()
}

async fn event(socket: &mut Socket) -> Value {
    socket.event().await["conversationChanges"]["cursor"].clone()
}

/// A subscriber who is killed and comes back.
struct Subscriber<'s> {
    stage: &'s Stage,
    cursor: Value,
    seen: Vec<i64>,
}

impl Subscriber<'_> {
    async fn take(&mut self, socket: &mut Socket) {
        self.cursor = event(socket).await;
        self.seen.push(position(&self.cursor));
    }

    /// One life: from the last cursor until it is killed at this step.
    async fn live(&mut self, step: Step) {
        let (server, token) = (&self.stage.server, &self.stage.supervisor);
        let mut socket = server.socket(token).await;
        let head = position(&json!(as_of(server, token).await));
        let after = json!({ "after": self.cursor });
        socket.subscribe(CHANGES, after).await;
        match step {
            Step::Subscribe => {}
            Step::CatchUp => self.take(&mut socket).await,
            Step::HandOver | Step::Live => {
                while position(&self.cursor) < head {
                    self.take(&mut socket).await;
                }
            }
        }
        if matches!(step, Step::Live) {
            for _ in 0..5 {
                self.take(&mut socket).await;
            }
        }
        // Dropped without a close, with events on their way.
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_step_while_writers_race_it_resumes_with_the_exact_sequence() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let mut conversations = Vec::new();
        for _ in 0..4 {
            conversations.push(stage.start("WHATSAPP").await);
        }
        // Somebody who stays, so that there is always a group to come to.
        let mut steady = stage.server.socket(&stage.supervisor).await;
        steady.subscribe(CHANGES, json!({ "after": begin })).await;
        let mut killed = Subscriber {
            stage: &stage,
            cursor: json!(begin),
            seen: Vec::new(),
        };
        let lives = async {
            for step in STEPS.iter().cycle().take(20) {
                killed.live(*step).await;
            }
        };
        tokio::select! {
            () = lives => {}
            () = racing(&stage, &conversations, 100_000) => {}
        }
        stage.customer_writes(&conversations[0], "The last").await;
        let expected = logged(&stage, position(&json!(begin))).await;
        let last = *expected.last().unwrap();
        let mut socket = stage.server.socket(&stage.supervisor).await;
        let after = json!({ "after": killed.cursor });
        socket.subscribe(CHANGES, after).await;
        while killed.seen.last() != Some(&last) {
            killed.take(&mut socket).await;
        }
        assert_eq!(killed.seen, expected);
        let steady = read_until(&mut steady, "conversationChanges", last).await;
        let steady: Vec<i64> = steady.into_iter().map(|(position, _)| position).collect();
        assert_eq!(steady, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_server_that_stops_tells_its_subscribers_who_go_on_at_the_other() {
    let (stage, other) = pair(&[]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let conversations = [stage.start("WHATSAPP").await, stage.start("WHATSAPP").await];
    let url = other.url.clone();
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = other.socket(&stage.supervisor).await;
        socket.subscribe(CHANGES, json!({ "after": begin })).await;
        sockets.push(socket);
    }
    let readers = sockets.into_iter().map(async |mut socket| {
        let mut seen = Vec::new();
        loop {
            let message = socket.message().await;
            if message["type"] == "close" {
                assert_eq!(message["code"], 1012, "{message}");
                return seen;
            }
            seen.push(message["payload"]["data"]["conversationChanges"]["cursor"].clone());
        }
    });
    let stop = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let asked = std::time::Instant::now();
        other.stop().await;
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "it drains in time"
        );
    };
    let writers = racing(&stage, &conversations, 40);
    let (seen, (), ()) = tokio::join!(join_all(readers), stop, writers);
    assert!(Socket::try_open(&url, &stage.supervisor).await.is_none());
    let expected = logged(&stage, position(&json!(begin))).await;
    for seen in seen {
        let cursor = seen.last().cloned().unwrap_or_else(|| json!(begin));
        let mut all: Vec<i64> = seen.iter().map(position).collect();
        let mut socket = stage.server.socket(&stage.supervisor).await;
        socket.subscribe(CHANGES, json!({ "after": cursor })).await;
        let last = *expected.last().unwrap();
        if all.last() != Some(&last) {
            let rest = read_until(&mut socket, "conversationChanges", last).await;
            all.extend(rest.into_iter().map(|(position, _)| position));
        }
        assert_eq!(all, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn of_two_servers_one_is_killed_and_its_subscriber_goes_on_at_the_other() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(&database.url, folder.path());
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let conversation = stage.start("WHATSAPP").await;
    // A server of the binary takes no token that lives as long as those of other tests.
    let token = Token::supervisor("sam")
        .lasting(Duration::from_hours(1))
        .sign();
    let mut socket = Socket::open(&served.url, &token).await;
    socket.subscribe(CHANGES, json!({ "after": begin })).await;
    let mut seen = vec![event(&mut socket).await];
    let conversations = [conversation];
    let reader = async {
        loop {
            match socket.next_within(Duration::from_secs(10)).await {
                Next::Message(message) if message["type"] == "next" => {
                    let data = &message["payload"]["data"]["conversationChanges"];
                    seen.push(data["cursor"].clone());
                    if seen.len() == 10 {
                        served.kill();
                    }
                }
                // Nobody says goodbye who is killed.
                Next::Ended => return,
                Next::Message(other) => panic!("{other}"),
                Next::Nothing => panic!("the socket outlives its server"),
            }
        }
    };
    let ((), ()) = tokio::join!(reader, racing(&stage, &conversations, 60));
    assert!(seen.len() >= 10);
    let expected = logged(&stage, position(&json!(begin))).await;
    let mut all: Vec<i64> = seen.iter().map(position).collect();
    let mut socket = stage.server.socket(&stage.supervisor).await;
    let after = json!({ "after": seen.last() });
    socket.subscribe(CHANGES, after).await;
    let last = *expected.last().unwrap();
    let rest = read_until(&mut socket, "conversationChanges", last).await;
    all.extend(rest.into_iter().map(|(position, _)| position));
    assert_eq!(all, expected);
}

/// Two queues, many messages in both, and a subscriber of the second who was let in to both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_made_by_the_old_token_follows_the_pong_that_accepts_the_new() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let second = stage.queue("Second").await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let mut conversations = Vec::new();
    for number in 0..4 {
        let conversation = stage.start("WHATSAPP").await;
        if number % 2 == 1 {
            let target = json!({ "target": { "queueId": second } });
            let input = crate::stage::with(crate::stage::on(&conversation), target);
            let moved = stage
                .server
                .done(&stage.supervisor, "assignConversation", input, "");
            moved.await;
        }
        conversations.push(conversation);
    }
    racing(&stage, &conversations, 40).await;
    stage.customer_writes(&conversations[1], "The last").await;
    let last = position(&json!(as_of(&stage.server, &stage.supervisor).await));
    let wide = || Token::supervisor("sue").lasting(Duration::from_hours(1));
    // Whether it takes effect on the way in a round depends on who runs when.
    let mut on_the_way = 0;
    for _ in 0..5 {
        let mut socket = stage.server.socket(&wide().sign()).await;
        socket.subscribe(CHANGES, json!({ "after": begin })).await;
        // It is busy with what passed, with much of it ready.
        let mut places = vec![position(&event(&mut socket).await)];
        let narrow = Token::supervisor("sue").lasting(Duration::from_hours(2));
        let narrow = narrow.queues(&[&second]).sign();
        let ping = json!({ "type": "ping", "payload": { "token": narrow } });
        socket.send(ping).await;
        let (mut accepted, mut others) = (false, 0);
        while !accepted || places.last().is_none_or(|place| *place < last) {
            let message = socket.any_message().await;
            if message["type"] == "pong" {
                assert_eq!(message["payload"]["accepted"], true);
                accepted = true;
                continue;
            }
            let change = &message["payload"]["data"]["conversationChanges"];
            places.push(position(&change["cursor"]));
            let queue = &change["conversation"]["queue"]["id"];
            if *queue != json!(second) && change["__typename"] == "ConversationChangeEvent" {
                assert!(!accepted, "{message}");
                others += 1;
            }
        }
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        on_the_way += usize::from(others < 80);
    }
    assert!(on_the_way > 0, "it takes effect on the way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_widens_the_scope_shows_what_happens_from_then_on() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let second = stage.queue("Second").await;
    let few = Token::supervisor("sue").queues(&[&second]);
    let mut socket = stage
        .server
        .socket(&few.lasting(Duration::from_hours(1)).sign())
        .await;
    let here = as_of(&stage.server, &stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": here })).await;
    // While nobody here may see it; that it has passed shows by one that follows it.
    stage.start("WHATSAPP").await;
    let mut input = json!({ "channel": "WHATSAPP", "queueId": second });
    input["workstreamId"] = json!(stage.organisation.workstream);
    let fields = "conversation { id }";
    let start = stage
        .server
        .done(&stage.gateway, "startConversation", input, fields);
    let follows = start.await["conversation"]["id"].clone();
    let next = socket.event().await["conversationChanges"].clone();
    assert_eq!(next["conversation"]["id"], follows);
    let all = Token::supervisor("sue").lasting(Duration::from_hours(2));
    let ping = json!({ "type": "ping", "payload": { "token": all.sign() } });
    socket.send(ping).await;
    assert_eq!(socket.pong().await["payload"]["accepted"], true);
    let seen = stage.start("WHATSAPP").await;
    let next = socket.event().await["conversationChanges"].clone();
    assert_eq!(next["conversation"]["id"], json!(seen));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_who_share_are_cut_off_within_a_second_when_their_token_ends() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let here = json!({ "after": as_of(&stage.server, &stage.supervisor).await });
    let mut sockets = Vec::new();
    for number in 0..20 {
        let lasts = Duration::from_secs(if number % 2 == 0 { 60 } else { 6_000 });
        let token = Token::supervisor(&format!("sup{number}")).lasting(lasts);
        let mut socket = stage.server.socket(&token.sign()).await;
        socket.subscribe(CHANGES, here.clone()).await;
        sockets.push(socket);
    }
    // They share by now: each has had what all are told.
    let first = stage.start("WHATSAPP").await;
    for socket in &mut sockets {
        let event = socket.event().await["conversationChanges"].clone();
        assert_eq!(event["conversation"]["id"], json!(first));
    }
    stage.server.clock.advance(TimeDelta::seconds(61));
    // Within a second; on a machine that is busy with other tests, some more.
    let due = tokio::time::Instant::now() + Duration::from_secs(5);
    for socket in sockets.iter_mut().step_by(2) {
        let left = due.saturating_duration_since(tokio::time::Instant::now());
        let closed = socket.message_within(left).await.expect("it is served on");
        assert_eq!(
            (&closed["type"], &closed["code"]),
            (&json!("close"), &json!(4403))
        );
    }
    let seen = stage.start("WHATSAPP").await;
    for socket in sockets.iter_mut().skip(1).step_by(2) {
        let event = socket.event().await["conversationChanges"].clone();
        assert_eq!(event["conversation"]["id"], json!(seen));
    }
}

#[tokio::test]
async fn a_cursor_that_must_be_given_resumes_too() {
    let floor = Floor::new().await;
    let here = as_of(&floor.server, &floor.sam).await;
    let query =
        "subscription($after: LogCursor!) { conversationChanges(after: $after) { __typename } }";
    let mut socket = floor.server.socket(&floor.sam).await;
    socket.subscribe(query, json!({ "after": here })).await;
    for _ in 0..3 {
        floor.open("WHATSAPP").await;
        let event = socket.event().await;
        assert_eq!(
            event["conversationChanges"]["__typename"],
            "ConversationChangeEvent"
        );
    }
}
