//! Subscriptions as server-sent events: an `id` with each event, and on after it by `Last-Event-ID`.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::harness::{Database, Token, refused_stream};
use crate::stage::{Stage, as_of};

const SENTIMENTS: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    ... on ConversationChangeEvent { cursor conversation { id } }
} }";
/// The same without a cursor in it.
const BARE: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    ... on ConversationChangeEvent { conversation { id } }
} }";

/// One event of a stream.
#[derive(Debug, Default, PartialEq)]
struct Event {
    name: String,
    id: Option<String>,
    data: Option<String>,
}

impl Event {
    fn data(&self) -> Value {
        let data = self.data.as_deref().unwrap();
        serde_json::from_str(data).unwrap()
    }

    fn conversation(&self) -> Value {
        let data = self.data();
        assert!(data.get("errors").is_none(), "{data}");
        data["data"]["conversationChanges"]["conversation"]["id"].clone()
    }
}

/// A stream that is read by the rules of the event stream format.
struct Stream {
    response: Response,
    unread: String,
}

impl Stream {
    async fn open(
        stage: &Stage,
        token: &str,
        query: &str,
        after: Option<&str>,
        last_event: Option<&str>,
    ) -> Result<Self, (u16, Value)> {
        let body = json!({ "query": query, "variables": { "after": after } });
        let mut request = Client::new().post(&stage.server.url).bearer_auth(token);
        request = request.header("Accept", "text/event-stream").json(&body);
        if let Some(id) = last_event {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.unwrap();
        if response.status() != 200 {
            return Err((response.status().as_u16(), response.json().await.unwrap()));
        }
        Ok(Self {
            response,
            unread: String::new(),
        })
    }

    /// The next event, comments aside; none at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let mut event = Event::default();
                for line in block.lines() {
                    let (field, value) = line.split_once(':').unwrap();
                    let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
                    match field {
                        "event" => event.name = value,
                        "id" => event.id = Some(value),
                        "data" => event.data = Some(value),
                        "" => {}
                        other => panic!("{other}"),
                    }
                }
                let taken = self.unread.len() - rest.len();
                self.unread.drain(..taken);
                if event != Event::default() {
                    return Some(event);
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let chunk = chunk.await.expect("no event came").unwrap()?;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

async fn open(stage: &Stage, query: &str, after: Option<&str>, last: Option<&str>) -> Stream {
    let opened = Stream::open(stage, &stage.supervisor, query, after, last).await;
    opened.unwrap_or_else(|refused| panic!("{refused:?}"))
}

#[tokio::test]
async fn each_event_has_its_cursor_as_id_also_where_the_document_asks_for_none() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let mut first = open(&stage, SENTIMENTS, Some(&begin), None).await;
    let mut bare = open(&stage, BARE, Some(&begin), None).await;
    // What is caught up with, and what happens.
    for _ in 0..3 {
        let started = json!(stage.start("WHATSAPP").await);
        let (event, other) = (first.next().await.unwrap(), bare.next().await.unwrap());
        assert_eq!(event.name, "next");
        let cursor = event.data()["data"]["conversationChanges"]["cursor"].clone();
        assert_eq!(json!(event.id), cursor);
        assert_eq!(event.conversation(), started);
        assert_eq!(other.id, event.id);
        assert_eq!(other.conversation(), started);
    }
}

#[tokio::test]
async fn last_event_id_goes_on_after_it_and_counts_more_than_after() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let mut started = Vec::new();
    for _ in 0..4 {
        started.push(json!(stage.start("WHATSAPP").await));
    }
    let mut stream = open(&stage, BARE, Some(&begin), None).await;
    stream.next().await.unwrap();
    let second = stream.next().await.unwrap();
    assert_eq!(second.conversation(), started[1]);
    drop(stream);
    // A browser that connects again repeats its request, and with it the old `after`.
    for after in [None, Some(begin.as_str())] {
        let mut again = open(&stage, BARE, after, second.id.as_deref()).await;
        for expected in &started[2..] {
            assert_eq!(again.next().await.unwrap().conversation(), *expected);
        }
    }
    // Without a value it says nothing.
    let mut all = open(&stage, BARE, Some(&begin), Some("")).await;
    assert_eq!(all.next().await.unwrap().conversation(), started[0]);
}

#[tokio::test]
async fn a_last_event_id_that_cannot_be_gone_on_from_is_refused_by_name() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let other = Stage::on(Database::sqlite(), &[]).await;
    let foreign = as_of(&other.server, &other.supervisor).await;
    // A header that is no cursor is a malformed request.
    let opened = Stream::open(&stage, &stage.supervisor, BARE, None, Some("12")).await;
    let (status, body) = opened.err().unwrap();
    assert_eq!(status, 400, "{body}");
    assert_eq!(body["errors"][0]["extensions"]["code"], "CURSOR_INVALID");
    // One that is of another log is refused as the operation is: a browser reads it.
    let opened = Stream::open(&stage, &stage.supervisor, BARE, None, Some(&foreign)).await;
    let refused = refused_stream(
        opened
            .unwrap_or_else(|status| panic!("{status:?}"))
            .response,
    );
    let refused = refused.await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "CURSOR_EXPIRED");
}

#[tokio::test]
async fn an_operation_that_is_refused_is_an_accepted_stream_that_says_so() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let open = |query: &'static str, variables: Value| {
        let request = Client::new().post(&stage.server.url);
        let request = request.bearer_auth(&stage.supervisor);
        let request = request.header("Accept", "text/event-stream");
        request
            .json(&json!({ "query": query, "variables": variables }))
            .send()
    };
    let needs =
        "subscription($id: ID!) { conversationChanges(conversationId: $id) { __typename } }";
    for (query, variables, code) in [
        ("subscription {", json!({}), "INVALID_INPUT"),
        ("subscription { nothing }", json!({}), "INVALID_INPUT"),
        (needs, json!({}), "INVALID_INPUT"),
        (needs, json!({ "id": { "a": 1 } }), "INVALID_INPUT"),
        (
            "{ agents(first: 101) { totalCount } }",
            json!({}),
            "LIMIT_EXCEEDED",
        ),
        (BARE, json!({ "after": "nonsense" }), "CURSOR_INVALID"),
    ] {
        let refused = refused_stream(open(query, variables).await.unwrap()).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], code, "{query}");
    }
    // Who asks, and what is no request, are statuses.
    let request = Client::new()
        .post(&stage.server.url)
        .header("Accept", "text/event-stream");
    let none = request.try_clone().unwrap().json(&json!({ "query": BARE }));
    assert_eq!(none.send().await.unwrap().status(), 401);
    let malformed = request
        .bearer_auth(&stage.supervisor)
        .json(&json!({ "query": 7 }));
    assert_eq!(malformed.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_end_of_the_token_is_an_error_and_complete() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let token = Token::supervisor("sue").lasting(Duration::from_mins(1));
    let here = as_of(&stage.server, &stage.supervisor).await;
    let opened = Stream::open(&stage, &token.sign(), BARE, Some(&here), None).await;
    let mut stream = opened.unwrap_or_else(|refused| panic!("{refused:?}"));
    stage.start("WHATSAPP").await;
    assert_eq!(stream.next().await.unwrap().name, "next");
    stage.server.clock.advance(chrono::TimeDelta::seconds(61));
    let last = stream.next().await.unwrap();
    let code = last.data()["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code, "UNAUTHENTICATED");
    assert_eq!(last.id, None, "it is no place in the log");
    let complete = stream.next().await.unwrap();
    assert_eq!(
        (&*complete.name, complete.data.as_deref()),
        ("complete", Some(""))
    );
    assert_eq!(stream.next().await, None);
}
