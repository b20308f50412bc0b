//! What has to be there before the first dialogue: a queue and a workstream for each kind of
//! channel, and agents who are members and AVAILABLE. What is there already is used as it is.

use std::collections::BTreeMap;
use std::time::Duration;

use auth::{SignRefused, Signer, TokenRequest};
use domain::{Channel, Role, Scope, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::Recording;
use crate::Now;
use crate::client::{Caller, Client, ClientError, Mutation};

/// How long the tokens are valid: longer than any replay.
const TOKEN_TTL: Duration = Duration::from_hours(24 * 7);
/// What the agents' subjects begin with.
const AGENT: &str = "replay-agent-";
/// Units of each new agent: one conversation at a time, whatever its workstream takes.
const CAPACITY: u32 = 1_000;
/// The most of anything in one page.
const PAGE: u32 = 100;

/// Why the stage cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The server does not do as asked.
    #[error("{doing}: {error}")]
    Client {
        /// What was being done.
        doing: &'static str,
        /// What came of it.
        error: ClientError,
    },
    /// No token.
    #[error(transparent)]
    Sign(#[from] SignRefused),
    /// A name that is none.
    #[error("{0:?} is no subject of a token")]
    Subject(String),
}

/// Where conversations of one kind of channel go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intake {
    /// The queue's id.
    pub(crate) queue: String,
    /// The workstream's id.
    pub(crate) workstream: String,
}

/// Everything that plays need.
pub struct Stage {
    /// The gateway of every channel.
    pub(crate) gateway: Caller,
    /// One for each dialogue that runs at once.
    pub(crate) agents: Vec<Caller>,
    /// By the kind of queue.
    pub(crate) intakes: BTreeMap<&'static str, Intake>,
    /// What every idempotency key of this run begins with.
    pub(crate) run: String,
    /// The instant now.
    pub(crate) now: Now,
}

/// The kind of queue that a channel's conversations wait in.
pub(crate) const fn kind_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Voice => "VOICE",
        Channel::Record => "RECORD",
        _ => "MESSAGING",
    }
}

/// One page of whatever has an id and perhaps a kind, a subject or queues.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    edges: Vec<Edge>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge {
    node: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    list: Page,
}

/// Sets the stage for the dialogues of this recording, this many at once.
pub async fn set(
    client: &Client,
    signer: &Signer,
    recording: &Recording,
    at_once: usize,
    now: Now,
) -> Result<Stage, StageError> {
    let caller = |subject: &str, role| caller(client, signer, subject, role, &now);
    let admin = caller("replay-administrator", Role::Administrator)?;
    // Another run of the same recording plays it again: its keys begin differently.
    let run = format!("replay-{}", uuid::Uuid::now_v7().simple());
    let channels = recording.dialogues.iter().map(|dialogue| dialogue.channel);
    let kinds: std::collections::BTreeSet<_> = channels.map(kind_of).collect();
    let mut intakes = BTreeMap::new();
    for kind in kinds {
        intakes.insert(kind, intake(&admin, &run, kind).await?);
    }
    let queues: Vec<&str> = intakes
        .values()
        .map(|intake| intake.queue.as_str())
        .collect();
    let known = list(&admin, "agents", "id subject queues { id }").await?;
    let mut agents = Vec::with_capacity(at_once);
    for number in 1..=at_once {
        let subject = format!("{AGENT}{number:02}");
        let known = known.iter().find(|agent| agent["subject"] == *subject);
        match known {
            Some(agent) => join_queues(&admin, &run, agent, &queues).await?,
            None => create_agent(&admin, &run, number, &subject, &queues).await?,
        }
        let agent = caller(&subject, Role::Agent)?;
        agent
            .mutate(
                &Mutation::SET_PRESENCE,
                json!({ "presence": "AVAILABLE" }),
                &format!("{run}-presence"),
            )
            .await
            .map_err(doing("setting an agent's presence"))?;
        agents.push(agent);
    }
    Ok(Stage {
        gateway: caller("replay-gateway", Role::CustomerGateway)?,
        agents,
        intakes,
        run,
        now,
    })
}

/// A queue and a workstream of this kind: the oldest, or new ones.
async fn intake(admin: &Caller, run: &str, kind: &'static str) -> Result<Intake, StageError> {
    Ok(Intake {
        queue: one_of_kind(admin, run, kind, "queues", &Mutation::CREATE_QUEUE, "queue").await?,
        workstream: one_of_kind(
            admin,
            run,
            kind,
            "workstreams",
            &Mutation::CREATE_WORKSTREAM,
            "workstream",
        )
        .await?,
    })
}

async fn one_of_kind(
    admin: &Caller,
    run: &str,
    kind: &str,
    plural: &str,
    create: &Mutation,
    singular: &str,
) -> Result<String, StageError> {
    let all = list(admin, plural, "id kind").await?;
    if let Some(first) = all.iter().find(|one| one["kind"] == kind) {
        return Ok(id(first));
    }
    let input = json!({ "name": format!("Replay {kind}"), "kind": kind });
    let made = admin
        .mutate(create, input, &format!("{run}-{singular}-{kind}"))
        .await
        .map_err(doing("creating a queue or workstream"))?;
    Ok(id(&made[singular]))
}

async fn create_agent(
    admin: &Caller,
    run: &str,
    number: usize,
    subject: &str,
    queues: &[&str],
) -> Result<(), StageError> {
    let input = json!({
        "subject": subject,
        "name": format!("Replay {number:02}"),
        "capacity": CAPACITY,
        "queueIds": queues,
    });
    admin
        .mutate(&Mutation::CREATE_AGENT, input, &format!("{run}-{subject}"))
        .await
        .map(drop)
        .map_err(doing("creating an agent"))
}

/// Makes an agent of an earlier replay a member where it is not.
async fn join_queues(
    admin: &Caller,
    run: &str,
    agent: &Value,
    queues: &[&str],
) -> Result<(), StageError> {
    let member_of = agent["queues"].as_array();
    let is_member = |queue: &str| {
        member_of.is_some_and(|queues| queues.iter().any(|known| known["id"] == *queue))
    };
    for queue in queues.iter().filter(|queue| !is_member(queue)) {
        let agent = id(agent);
        let key = format!("{run}-{agent}-{queue}");
        let input = json!({ "agentId": agent, "queueId": queue });
        admin
            .mutate(&Mutation::ADD_QUEUE_MEMBER, input, &key)
            .await
            .map_err(doing("making an agent a member of a queue"))?;
    }
    Ok(())
}

/// Every node of a list, page after page.
async fn list(admin: &Caller, plural: &str, fields: &str) -> Result<Vec<Value>, StageError> {
    let document = format!(
        "query($after: String) {{ list: {plural}(first: {PAGE}, after: $after) {{ \
         edges {{ node {{ {fields} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let mut nodes = Vec::new();
    let mut after = None;
    loop {
        let page: Listed = admin
            .query(&document, json!({ "after": after }))
            .await
            .map_err(doing("reading what the organisation has"))?;
        nodes.extend(page.list.edges.into_iter().map(|edge| edge.node));
        after = page.list.page_info.end_cursor;
        if !page.list.page_info.has_next_page || after.is_none() {
            return Ok(nodes);
        }
    }
}

fn caller(
    client: &Client,
    signer: &Signer,
    subject: &str,
    role: Role,
    now: &Now,
) -> Result<Caller, StageError> {
    let name = Subject::new(subject).ok_or_else(|| StageError::Subject(subject.to_owned()))?;
    let request = TokenRequest {
        roles: [role].into(),
        channels: match role {
            Role::CustomerGateway => Scope::All,
            _ => Scope::nothing(),
        },
        ..TokenRequest::new(name, TOKEN_TTL)
    };
    let token = signer.sign(&request, now())?;
    client.caller(&token).map_err(doing("using a token"))
}

fn doing(doing: &'static str) -> impl Fn(ClientError) -> StageError {
    move |error| StageError::Client { doing, error }
}

fn id(node: &Value) -> String {
    node["id"].as_str().unwrap_or_default().to_owned()
}
