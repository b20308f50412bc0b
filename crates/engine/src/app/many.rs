//! What is done to many conversations at once: each item by an order of its own, decided and recorded as the single command
//! would be, some of them on their way at a time so that others get their turn between.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{App, Terms};
use crate::store::queries;
use crate::store::{Answer, Idempotency, OrderError, StoreError};
use domain::commands::bulk::Item;
use domain::commands::{Bulk, Drain, Requeue};
use domain::{
    Act, Asker, Command, ConversationId, Draft, Outcome, Refusal, Refused, Viewer, decide, policy,
};

/// How many items are on their way at once: what as many clients would ask for.
const TOGETHER: usize = 48;
/// How many items a preview decides before the writer may have the board.
const FORESEEN: usize = 32;

/// What came of one of many.
#[derive(Clone, Debug)]
pub struct Done {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// What came of it, or why not.
    pub came_of: Result<Answer, Refused>,
}

impl App {
    /// Does the same to many conversations. A fault in between leaves the rest undone; a repeat under the same key goes on
    /// with what was not decided, and answers the rest as it was.
    pub async fn bulk(
        &self,
        viewer: &Arc<Viewer>,
        bulk: Bulk,
        terms: Terms,
    ) -> Result<(Outcome, Vec<Done>), OrderError> {
        let items = bulk.items.clone();
        let begun = self.carry_out(viewer, Command::Bulk(bulk), terms.clone());
        let begun = begun.await?.outcome;
        let done = self.each(viewer, items, &terms).await?;
        Ok((begun, done))
    }

    /// Takes an agent's work, item by item.
    pub async fn drain(
        &self,
        viewer: &Arc<Viewer>,
        drain: Drain,
        terms: Terms,
    ) -> Result<(Outcome, Vec<Done>), OrderError> {
        let begun = self.carry_out(viewer, Command::Drain(drain), terms.clone());
        let begun = begun.await?.outcome;
        let requeue = |conversation: &ConversationId| Item {
            conversation: *conversation,
            act: Act::Requeue(Requeue { queue: None }),
        };
        let items = begun.held.iter().map(requeue).collect();
        let done = self.each(viewer, items, &terms).await?;
        Ok((begun, done))
    }

    /// What would be refused of this now, in its order; none: it would be done. Nothing changes.
    pub async fn preview(
        &self,
        viewer: &Arc<Viewer>,
        bulk: &Bulk,
    ) -> Result<Vec<(ConversationId, Option<Refused>)>, StoreError> {
        let named = bulk.items.iter().map(|item| item.conversation);
        let closed = self.board.read(|board| {
            let ongoing = &board.world.conversations;
            named.filter(|id| !ongoing.contains_key(id)).collect()
        });
        let closed = queries::conversations(self.store.clone(), closed).await?;
        let now = self.clock.now();
        let mut draft = Draft::nothing();
        for conversation in closed.into_values() {
            draft.remember_closed(conversation);
        }
        let mut foreseen = Vec::with_capacity(bulk.items.len());
        for some in bulk.items.chunks(FORESEEN) {
            draft = self.board.read(|board| {
                let mut draft = draft.on(&board.world);
                let each = some
                    .iter()
                    .map(|item| (item.conversation, would(&mut draft, viewer, item, now)));
                foreseen.extend(each);
                draft.aside()
            });
            tokio::task::yield_now().await;
        }
        Ok(foreseen)
    }

    async fn each(
        &self,
        viewer: &Arc<Viewer>,
        items: Vec<Item>,
        terms: &Terms,
    ) -> Result<Vec<Done>, OrderError> {
        let orders = items.into_iter().map(|item| self.one(viewer, item, terms));
        stream::iter(orders).buffered(TOGETHER).try_collect().await
    }

    /// One of many, under a key of its own.
    async fn one(
        &self,
        viewer: &Arc<Viewer>,
        item: Item,
        terms: &Terms,
    ) -> Result<Done, OrderError> {
        let Item { conversation, act } = item;
        let command = Command::Act { conversation, act };
        let idempotency = terms.idempotency.as_ref().map(|whole| Idempotency {
            key: format!("{}\u{1f}{conversation}", whole.key),
            refusals: true,
            ..whole.clone()
        });
        let terms = Terms {
            expected_version: None,
            reason: terms.reason.clone(),
            idempotency,
        };
        let came_of = match self.carry_out(viewer, command, terms).await {
            Ok(answer) => match &answer.outcome.refused {
                None => Ok(answer),
                Some(refused) => Err(self.still_refused(viewer, conversation, refused)),
            },
            Err(OrderError::Refused(refusal)) if *refusal != Refusal::TokenRevoked => {
                Err(Refused::of(&refusal))
            }
            Err(error) => return Err(error),
        };
        Ok(Done {
            conversation,
            came_of,
        })
    }

    /// A refusal of before, as far as the viewer may know of the conversation now.
    fn still_refused(
        &self,
        viewer: &Viewer,
        conversation: ConversationId,
        refused: &Refused,
    ) -> Refused {
        let hidden = self.board.read(|board| {
            let agent = board.world.agent_of(viewer.subject());
            let agent = agent.map(|agent| &**agent);
            let there = board.world.conversations.get(&conversation);
            there.is_some_and(|c| !policy::sees(viewer.access(), agent, c).any())
        });
        if hidden {
            Refused::of(&Refusal::NotFound)
        } else {
            refused.clone()
        }
    }
}

/// Why this item would be refused now; the next are decided against what it would leave.
fn would(
    draft: &mut Draft<'_>,
    viewer: &Arc<Viewer>,
    item: &Item,
    now: DateTime<Utc>,
) -> Option<Refused> {
    let (conversation, act) = (item.conversation, item.act.clone());
    let asker = Asker::Viewer(viewer.clone());
    let command = Command::Act { conversation, act };
    match decide(draft, &asker, &command, None, now) {
        Err(refusal) => Some(Refused::of(&refusal)),
        Ok(decision) => {
            draft.absorb(&decision.events, &decision.actor);
            None
        }
    }
}
