//! Watches what is ongoing in Regie: the longest waits, then every change, across broken connections.
//!
//!     cargo run -- --token TOKEN
//!
//! Types come from ../../schema.graphql and operations.graphql at compile time; a field that the
//! schema does not have does not compile.

use std::error::Error;
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
type Cursor = String;
/// RFC 3339, UTC.
type DateTime = String;

/// The longest waits.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../schema.graphql",
    query_path = "src/operations.graphql",
    response_derives = "Debug"
)]
struct Ongoing;

/// One's own presence.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../schema.graphql",
    query_path = "src/operations.graphql",
    response_derives = "Debug"
)]
struct Present;

/// Every change.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../schema.graphql",
    query_path = "src/operations.graphql",
    response_derives = "Debug"
)]
struct Changes;

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
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let api = Api::new(&options);

    // Sent again after a broken connection, the same key has no second effect.
    let variables = present::Variables {
        presence: present::Presence::AVAILABLE,
        key: format!("watch-{}", std::process::id()),
    };
    let present = api.ask::<Present>(variables).await?;
    for refused in present.set_presence.errors {
        println!("not present: {:?}: {}", refused.code, refused.message);
    }

    let ongoing = api.ask::<Ongoing>(ongoing::Variables { first: 10 }).await?;
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

    // From the list's position on: what changed meanwhile comes first, and nothing twice.
    follow(&options, ongoing.as_of).await
}

/// Follows what changes after this cursor, over as many connections as it takes.
async fn follow(options: &Options, mut after: Cursor) -> Result<(), Failure> {
    let mut left = options.events.unwrap_or(usize::MAX);
    let mut pause = Duration::from_millis(100);
    while left > 0 {
        match watch(options, &mut after, &mut left).await {
            Ok(()) => pause = Duration::from_millis(100),
            Err(error) => eprintln!("{error}; again in {pause:?}"),
        }
        if left > 0 {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }
    Ok(())
}

/// One connection: prints events, and keeps the cursor of the last one, until the connection ends.
async fn watch(options: &Options, after: &mut Cursor, left: &mut usize) -> Result<(), Failure> {
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
}

/// The data of a response, or its first error with its code.
fn data<T>(response: Response<T>) -> Result<T, Failure> {
    if let Some(error) = response.errors.unwrap_or_default().first() {
        let extensions = error.extensions.as_ref();
        let code = extensions.and_then(|extensions| extensions.get("code"));
        let code = code.and_then(|code| code.as_str()).unwrap_or("no code");
        return Err(format!("{code}: {}", error.message).into());
    }
    response.data.ok_or_else(|| "a response without data".into())
}
