//! Watches what is ongoing in Regie: the longest waits, then every change, across broken connections.
//!
//!     cargo run -- --token TOKEN
//!
//! Types come from ../../schema.graphql and operations.graphql at compile time; a field that the
//! schema does not have does not compile.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use futures_util::StreamExt;
use graphql_client::{GraphQLQuery, Response};
use graphql_ws_client::graphql::StreamingOperation;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use changes::ChangesConversationChanges as Event;

/// Opaque: keep it, and hand it back as `after`.
type LogCursor = String;
/// RFC 3339, UTC.
type DateTime = String;

/// An operation of operations.graphql, with its variables and its answer as types.
macro_rules! operation {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "../../schema.graphql",
            query_path = "src/operations.graphql",
            response_derives = "Debug"
        )]
        struct $name;
    };
}

operation!(
    /// The longest waits.
    Ongoing
);
operation!(
    /// One's own presence.
    Present
);
operation!(
    /// Every change.
    Changes
);

/// Watches what is ongoing in Regie.
#[derive(Parser)]
struct Options {
    /// The server's address.
    #[arg(long, env = "BASE_URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// A supervisor's token.
    #[arg(long, env = "SUPERVISOR", hide_env_values = true)]
    token: String,
    /// End after so many events; never, when left out.
    #[arg(long)]
    events: Option<usize>,
}

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), Failure> {
    let api = Api::new(options);

    // Sent again after a broken connection, the same key has no second effect; another run of this
    // program means another thing, and has another key.
    let variables = present::Variables {
        presence: present::Presence::AVAILABLE,
        key: format!("watch-{:032x}", rand::random::<u128>()),
    };
    let present = api.ask::<Present>(variables).await?;
    for refused in present.set_presence.errors {
        println!("not present: {:?}: {}", refused.code, refused.message);
    }

    // From the list's position on: what changed meanwhile comes first, and nothing twice.
    let after = api.show_ongoing().await?;
    follow(options, &api, after).await
}

/// Follows what changes after this cursor, over as many connections as it takes.
async fn follow(options: &Options, api: &Api, mut after: LogCursor) -> Result<(), Failure> {
    let mut left = options.events.unwrap_or(usize::MAX);
    let mut pause = Duration::from_millis(100);
    while left > 0 {
        match watch(options, &mut after, &mut left).await {
            Ok(()) => pause = Duration::from_millis(100),
            Err(error) => match remedy(&error) {
                Remedy::Again => eprintln!("{error}; again in {pause:?}"),
                Remedy::ReadAnew => {
                    eprintln!("away for longer than the server remembers: what is ongoing now");
                    after = api.show_ongoing().await?;
                }
                Remedy::Token => return Err("the token has ended or was taken back: start again with another".into()),
                Remedy::None => return Err(error),
            },
        }
        if left > 0 {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }
    Ok(())
}

/// What helps against a failure.
enum Remedy {
    /// The same again, after a while.
    Again,
    /// A cursor that the server still knows.
    ReadAnew,
    /// Another token, which this program does not have.
    Token,
    /// Nothing that is known here.
    None,
}

fn remedy(failure: &Failure) -> Remedy {
    if let Some(graphql_ws_client::Error::Close(4403, _)) = failure.downcast_ref() {
        return Remedy::Token;
    }
    match failure.downcast_ref().map(|Refused { code, .. }| code.as_str()) {
        // No connection, or none any more.
        None | Some("INTERNAL" | "RATE_LIMITED" | "LIMIT_EXCEEDED") => Remedy::Again,
        Some("CURSOR_EXPIRED") => Remedy::ReadAnew,
        Some(_) => Remedy::None,
    }
}

/// One connection: prints events, and keeps the cursor of the last one, until the connection ends.
async fn watch(options: &Options, after: &mut LogCursor, left: &mut usize) -> Result<(), Failure> {
    let url = format!("{}/graphql", options.server.replacen("http", "ws", 1));
    let mut request = url.into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
    let (connection, _) = connect_async(request).await?;
    let variables = changes::Variables { after: Some(after.clone()) };
    let mut events = graphql_ws_client::Client::build(connection)
        .payload(serde_json::json!({ "token": options.token }))?
        .subscribe(StreamingOperation::<Changes>::new(variables))
        .await?;
    while *left > 0
        && let Some(response) = events.next().await
    {
        *after = match data(response?)?.conversation_changes {
            Event::ConversationChangeEvent(event) => {
                let conversation = event.conversation;
                println!("{} {:?}: {:?}", conversation.id, conversation.state, event.change);
                event.cursor
            }
            Event::ConversationLeftScope(event) => {
                println!("{} left your sight", event.conversation_id);
                event.cursor
            }
        };
        *left -= 1;
    }
    Ok(())
}

/// Queries and mutations over HTTP.
struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    fn new(options: &Options) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: format!("{}/graphql", options.server),
            token: options.token.clone(),
        }
    }

    async fn ask<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Result<Q::ResponseData, Failure> {
        let request = self.http.post(&self.url).bearer_auth(&self.token);
        let response = request.json(&Q::build_query(variables)).send().await?;
        data(response.json().await?)
    }

    /// Prints the longest waits, and answers where in the log that was.
    async fn show_ongoing(&self) -> Result<LogCursor, Failure> {
        let ongoing = self.ask::<Ongoing>(ongoing::Variables { first: 10 }).await?;
        let ongoing = ongoing.ongoing_conversations;
        println!("{} ongoing, the longest waits first:", ongoing.total_count);
        for edge in ongoing.edges {
            let conversation = edge.node;
            let customer = conversation.customer.name;
            println!(
                "  {} {:?} in {} since {}: {}",
                conversation.id,
                conversation.state,
                conversation.queue.map_or_else(String::new, |queue| queue.name),
                conversation.waiting_since.as_deref().unwrap_or("-"),
                customer.as_deref().unwrap_or("(nobody)"),
            );
        }
        Ok(ongoing.as_of)
    }
}

/// A request that the server did not serve: made to be told apart by `code`.
#[derive(Debug)]
struct Refused {
    code: String,
    message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl Error for Refused {}

/// The data of a response, or its first error with its code.
fn data<T>(response: Response<T>) -> Result<T, Failure> {
    if let Some(error) = response.errors.unwrap_or_default().first() {
        let extensions = error.extensions.as_ref();
        let code = extensions.and_then(|extensions| extensions.get("code"));
        let code = code.and_then(|code| code.as_str()).unwrap_or("no code");
        return Err(Box::new(Refused {
            code: code.to_owned(),
            message: error.message.clone(),
        }));
    }
    response.data.ok_or_else(|| "a response without data".into())
}
