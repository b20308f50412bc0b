//! An event stream, as it comes.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::harness::Server;

/// One event.
pub struct Event {
    pub id: Option<String>,
    pub data: Value,
}

/// An open stream.
pub struct Stream {
    response: Response,
    unread: String,
}

impl Stream {
    /// Subscribes.
    pub async fn open(
        server: &Server,
        token: &str,
        query: &str,
        variables: Value,
        last_event: Option<String>,
    ) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let mut request = Client::new().post(&server.url).bearer_auth(token);
        request = request.header("Accept", "text/event-stream").json(&body);
        if let Some(id) = last_event {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self {
            response,
            unread: String::new(),
        }
    }

    /// The next event, signs of life aside; none when none comes for so long.
    pub async fn next_within(&mut self, time: Duration) -> Option<Event> {
        tokio::time::timeout(time, self.next()).await.ok()
    }

    async fn next(&mut self) -> Event {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines();
                    lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
                };
                let (id, data) = (field("id:"), field("data:"));
                let taken = self.unread.len() - rest.len();
                self.unread.drain(..taken);
                if let Some(data) = data {
                    let data = serde_json::from_str(&data).unwrap();
                    return Event { id, data };
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap().unwrap();
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// How many signs of life have come so far; nothing else may have.
    pub async fn signs_of_life(&mut self) -> usize {
        let moment = Duration::from_millis(20);
        while let Ok(chunk) = tokio::time::timeout(moment, self.response.chunk()).await {
            let chunk = chunk.unwrap().unwrap();
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        let signs = self.unread.matches(":\n\n").count();
        assert_eq!(self.unread, ":\n\n".repeat(signs));
        signs
    }
}
