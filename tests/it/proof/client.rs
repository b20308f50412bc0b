//! Commands over HTTP to a server that may be killed at any moment: each is answered, or in doubt.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::input_type;

/// One command, as it can be repeated.
#[derive(Clone)]
pub struct Command {
    /// The `sub` of the token.
    pub subject: String,
    pub token: String,
    pub mutation: &'static str,
    /// With its idempotency key.
    pub input: Value,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}: {}", self.mutation, self.subject, self.input)
    }
}

impl Command {
    /// Its idempotency key.
    pub fn key(&self) -> &str {
        self.input["idempotencyKey"].as_str().unwrap()
    }

    /// Whether it is about a message that was posted before.
    pub fn is_on_message(&self) -> bool {
        self.input.get("message").is_some()
    }

    /// What is asked back: what can be held against the database.
    fn fields(&self) -> &'static str {
        match self.mutation {
            "setPresence" | "updateSupervisorSettings" | "addQueueMember" | "removeQueueMember" => {
                "asOf"
            }
            "receiveCustomerMessage" | "receiveFromCustomer" => {
                "asOf messageId conversation { id version state statusReason }"
            }
            _ if self.is_on_message() => {
                "asOf applied messageId conversation { id version state statusReason }"
            }
            "sendMessage" | "coachAgent" => {
                "asOf message { id } conversation { id version state statusReason }"
            }
            _ => {
                "asOf conversation { id version state statusReason agent { id } pendingOffer { agent { id } } }"
            }
        }
    }
}

/// What came of a command.
pub enum Came {
    /// Its payload: done, or refused.
    Answered(Value),
    /// The server failed at it, which an honest client takes for doubt; with the error's code.
    Failed(String),
    /// It was sent, and no answer came.
    InDoubt,
    /// Nobody was there to send it to.
    NotSent,
}

/// Where commands are sent.
#[derive(Clone)]
pub struct Desk {
    http: reqwest::Client,
    pub url: String,
}

impl Desk {
    pub fn new(url: &str) -> Self {
        Self::waiting(url, Duration::from_secs(20))
    }

    /// One who waits so long for an answer.
    pub fn waiting(url: &str, time: Duration) -> Self {
        let http = reqwest::Client::builder().timeout(time);
        Self {
            http: http.build().unwrap(),
            url: url.to_owned(),
        }
    }

    /// Sends a command once.
    pub async fn send(&self, command: &Command) -> Came {
        let mutation = command.mutation;
        let query = format!(
            "mutation($input: {}!) {{ {mutation}(input: $input) {{ {} errors {{ code message }} }} }}",
            input_type(mutation),
            command.fields(),
        );
        match self
            .post(&command.token, &query, json!({ "input": command.input }))
            .await
        {
            Ok(response) => {
                if let Some(error) = response["errors"].get(0) {
                    let code = error["extensions"]["code"].as_str();
                    return Came::Failed(code.unwrap_or("none").to_owned());
                }
                let payload = &response["data"][mutation];
                assert!(payload.is_object(), "{command:?}: {response}");
                Came::Answered(payload.clone())
            }
            Err(error) if error.is_connect() => Came::NotSent,
            Err(_) => Came::InDoubt,
        }
    }

    /// The data of a query that must succeed.
    pub async fn query(&self, token: &str, query: &str, variables: Value) -> Value {
        let response = self.post(token, query, variables).await.unwrap();
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// A mutation without a key that must be done, to set the stage.
    pub async fn done(&self, token: &str, mutation: &str, input: Value, fields: &str) -> Value {
        let kind = input_type(mutation);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} errors {{ code message }} }} }}"
        );
        let data = self.query(token, &query, json!({ "input": input })).await;
        assert_eq!(
            data[mutation]["errors"],
            json!([]),
            "{mutation} {input}: {data:#}"
        );
        data[mutation].clone()
    }

    async fn post(
        &self,
        token: &str,
        query: &str,
        variables: Value,
    ) -> Result<Value, reqwest::Error> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url).bearer_auth(token).json(&body);
        request.send().await?.json().await
    }
}
