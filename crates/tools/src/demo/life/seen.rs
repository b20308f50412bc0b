//! What is ongoing, as the demo's administrator sees it.

use serde::Deserialize;
use serde_json::json;

use crate::client::{Caller, ClientError};

const QUERY: &str = "query {
  ongoingConversations(first: 100, orderBy: { field: STARTED_AT, direction: ASC }) {
    pageInfo { hasNextPage }
    edges { node {
      id state statusReason unansweredSince customerAwaySince
      agent { id }
      pendingOffer { id agent { id } }
    } }
  }
}";

/// Everything that is ongoing; perhaps not everything, when people add more than a page.
pub(super) struct Ongoing {
    pub(super) conversations: Vec<Seen>,
    pub(super) complete: bool,
}

/// One conversation as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) status_reason: String,
    /// The customer waits for an answer.
    pub(super) unanswered_since: Option<String>,
    /// The live-chat customer is gone.
    pub(super) customer_away_since: Option<String>,
    /// The primary agent.
    pub(super) agent: Option<Reference>,
    pub(super) pending_offer: Option<Offer>,
}

/// The state of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum State {
    Open,
    Active,
    Waiting,
    WrapUp,
    Closed,
}

/// An assignment or a transfer that waits for its answer.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Offer {
    pub(super) id: String,
    pub(super) agent: Option<Reference>,
}

/// Whoever has this id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Reference {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    ongoing_conversations: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    edges: Vec<Edge>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge {
    node: Seen,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
}

/// Looks.
pub(super) async fn look(administrator: &Caller) -> Result<Ongoing, ClientError> {
    let answer: Answer = administrator.query(QUERY, json!({})).await?;
    let page = answer.ongoing_conversations;
    Ok(Ongoing {
        complete: !page.page_info.has_next_page,
        conversations: page.edges.into_iter().map(|edge| edge.node).collect(),
    })
}

impl Seen {
    /// The agent with whom the customer is in conversation.
    pub(super) fn in_conversation_with(&self) -> Option<&str> {
        let accepted = self.status_reason == "IN_CONVERSATION";
        let agent = self.agent.as_ref().filter(|_| accepted);
        agent.map(|agent| agent.id.as_str())
    }
}
