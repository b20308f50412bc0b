//! `bulkAction`: its input, its payload and its resolver; and what `bulkPreview` takes and says.

use std::collections::HashSet;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};

use super::assign::AssignmentTarget;
use super::input::{id, maybe_id, terms};
use super::{answered, labels, refuse};
use crate::graphql::context::{Request, internal};
use crate::graphql::errors::{CommandError, ErrorCode};
use crate::graphql::scalars::Cursor;
use crate::graphql::types::conversation::Conversation;
use domain::commands::bulk::{Item, MOST_ITEMS};
use domain::commands::{Bulk, Requeue, Target, UpdateConversation};
use domain::{Act, AuditedAction, Command, ConversationId, OfferId, Priority, Refusal, commands};
use engine::app::many;

/// What is done to each conversation of a bulk: exactly one of these.
#[derive(OneofObject)]
pub enum BulkActionChoice {
    /// True: `forceCloseConversation`.
    ForceClose(bool),
    /// `requeueConversation`.
    Requeue(BulkRequeue),
    /// `assignConversation`.
    Assign(BulkAssign),
    /// `updateConversation` with these as `addTags`: 1 to 20 tags of 1 to 50 characters each.
    AddTags(Vec<String>),
    /// `updateConversation` with this `priority`.
    SetPriority(Priority),
}

/// How each of them is requeued.
#[derive(InputObject)]
pub struct BulkRequeue {
    /// To which queue (`queue_…`); left out, each to the one that it is in.
    queue_id: Option<ID>,
}

/// How each of them is assigned.
#[derive(InputObject)]
pub struct BulkAssign {
    /// To whom.
    target: AssignmentTarget,
    /// Whatever the agent's presence.
    #[graphql(default)]
    override_presence: bool,
    /// Whatever the agent's capacity.
    #[graphql(default)]
    override_capacity: bool,
    /// However often the agent declined the conversation.
    #[graphql(default)]
    override_declines: bool,
}

/// What to do to which conversations.
#[derive(InputObject)]
pub struct BulkActionInput {
    /// The conversations (`conv_…`): 1 to 500, each once. They are decided in this order.
    conversation_ids: Vec<ID>,
    /// What is done to each.
    action: BulkActionChoice,
    /// Why, in your words, up to 500 characters; kept in the audit trail with each.
    reason: Option<String>,
    /// Makes it safe to repeat: a repeat with the same input decides only what was not decided, and answers the rest as it
    /// was, refusals too, also after a restart. 1 to 128 characters, kept for 24 hours.
    idempotency_key: String,
}

/// What would be done to which conversations.
#[derive(InputObject)]
pub struct BulkPreviewInput {
    /// The conversations (`conv_…`): 1 to 500, each once.
    conversation_ids: Vec<ID>,
    /// What would be done to each.
    action: BulkActionChoice,
}

/// Why one of many was refused.
#[derive(SimpleObject, Clone)]
pub struct BulkRefusal {
    /// Stable; made to be switched on.
    code: ErrorCode,
    /// What happened and what would help, in English, for people.
    message: String,
}

impl From<domain::Refused> for BulkRefusal {
    fn from(refused: domain::Refused) -> Self {
        Self {
            code: refused.code(),
            message: refused.message.into(),
        }
    }
}

/// What came of one of many.
#[derive(SimpleObject)]
pub struct BulkResult {
    /// Of which conversation (`conv_…`).
    conversation_id: ID,
    /// The conversation right after; null when refused, and when you may not see it any more.
    conversation: Option<Conversation>,
    /// Why it was refused; null when it was done.
    refusal: Option<BulkRefusal>,
}

impl From<many::Done> for BulkResult {
    fn from(done: many::Done) -> Self {
        let (conversation, refusal) = match done.came_of {
            Ok(answer) => {
                let shown = answer.outcome.conversation.filter(|_| answer.visible);
                (shown.map(Conversation), None)
            }
            Err(refused) => (None, Some(refused.into())),
        };
        Self {
            conversation_id: ID(done.conversation.to_string()),
            conversation,
            refusal,
        }
    }
}

/// What would come of one of many.
#[derive(SimpleObject)]
pub struct BulkForecast {
    /// Of which conversation (`conv_…`).
    conversation_id: ID,
    /// Why it would be refused now; null when it would be done.
    refusal: Option<BulkRefusal>,
}

impl From<(ConversationId, Option<domain::Refused>)> for BulkForecast {
    fn from((conversation, refused): (ConversationId, Option<domain::Refused>)) -> Self {
        Self {
            conversation_id: ID(conversation.to_string()),
            refusal: refused.map(Into::into),
        }
    }
}

/// What came of a bulk.
#[derive(SimpleObject)]
pub struct BulkActionPayload {
    /// What came of each, in the order of the input; empty when the bulk was refused as a whole.
    results: Vec<BulkResult>,
    /// Where in the event log this is: the place right after the last that was done. Null when refused as a whole.
    as_of: Option<Cursor>,
    /// Why it was refused as a whole; empty otherwise, whatever came of its items.
    errors: Vec<CommandError>,
}

#[derive(Default)]
pub(super) struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Do the same to up to 500 conversations. Each is decided and recorded by itself, as the single mutation would, with
    /// that one's setting and permission: what is refused of some takes nothing from the others. They are not one
    /// transaction. Where the answer is lost, or is INTERNAL or RATE_LIMITED, some may be done: repeat it with its
    /// `idempotencyKey`. `bulkPreview` says beforehand what would be refused. For supervisors.
    async fn bulk_action(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do to which conversations.")] input: BulkActionInput,
    ) -> Result<BulkActionPayload> {
        let asked = AuditedAction::BulkAction;
        let key = Some(&input.idempotency_key);
        let terms = terms(asked.as_str(), None, input.reason.as_ref(), key);
        let why = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
        let parsed = parse(ctx, &input.conversation_ids, &input.action);
        let (bulk, mut terms) = match parsed?.and_then(|bulk| Ok((bulk, terms?))) {
            Ok(parsed) => parsed,
            Err(refusal) => {
                let refused = refuse(ctx, Some(asked), refusal, None, why).await?;
                return Ok(BulkActionPayload {
                    results: Vec::new(),
                    as_of: None,
                    errors: refused.errors,
                });
            }
        };
        terms
            .bind(&Command::Bulk(bulk.clone()))
            .map_err(|error| internal(&error))?;
        let app = ctx.app()?;
        let came = app.bulk(ctx.viewer()?, bulk, terms).await;
        let (results, done) = answered(ctx, came)?;
        Ok(BulkActionPayload {
            results,
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}

/// What of this would be refused now; a refusal of the whole, where it is not well-formed or not the viewer's to ask.
pub(in crate::graphql) async fn preview(
    ctx: &Context<'_>,
    input: &BulkPreviewInput,
) -> Result<Vec<BulkForecast>> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let refused =
        |refusal: &Refusal| crate::graphql::context::coded(refusal.code(), &refusal.message());
    domain::policy::require_role(viewer, domain::Role::Supervisor).map_err(|why| refused(&why))?;
    let bulk = parse(ctx, &input.conversation_ids, &input.action)?;
    let bulk = bulk.map_err(|why| refused(&why))?;
    let forecast = app.preview(viewer, &bulk).await;
    let forecast = forecast.map_err(|error| internal(&error))?;
    Ok(forecast.into_iter().map(Into::into).collect())
}

fn parse(
    ctx: &Context<'_>,
    ids: &[ID],
    action: &BulkActionChoice,
) -> Result<Result<Bulk, Refusal>> {
    let now = ctx.app()?.clock.now();
    Ok(items(ids).and_then(|conversations| {
        let item = |conversation| {
            let act = act_of(action, OfferId::new(now))?;
            Ok(Item { conversation, act })
        };
        let items: Result<_, Refusal> = conversations.into_iter().map(item).collect();
        Ok(Bulk { items: items? })
    }))
}

fn items(ids: &[ID]) -> Result<Vec<ConversationId>, Refusal> {
    let path = "conversationIds";
    if ids.is_empty() || ids.len() > MOST_ITEMS {
        let problem = format!(
            "give 1 to {MOST_ITEMS} conversations; these are {}",
            ids.len()
        );
        return Err(Refusal::InvalidInput { path, problem });
    }
    let parsed: Result<Vec<ConversationId>, _> = ids.iter().map(|one| id(path, one)).collect();
    let parsed = parsed?;
    let mut seen = HashSet::new();
    if let Some(twice) = parsed.iter().find(|one| !seen.insert(**one)) {
        let problem = format!("{twice} is there twice; give each once");
        return Err(Refusal::InvalidInput { path, problem });
    }
    Ok(parsed)
}

/// The act that the choice is.
fn act_of(action: &BulkActionChoice, offer: OfferId) -> Result<Act, Refusal> {
    Ok(match action {
        BulkActionChoice::ForceClose(true) => Act::ForceClose,
        BulkActionChoice::ForceClose(false) => {
            let (path, problem) = (
                "action.forceClose",
                "give true, or another action".to_owned(),
            );
            return Err(Refusal::InvalidInput { path, problem });
        }
        BulkActionChoice::Requeue(requeue) => {
            let queue = maybe_id("action.requeue.queueId", requeue.queue_id.as_ref())?;
            Act::Requeue(Requeue { queue })
        }
        BulkActionChoice::Assign(assign) => match &assign.target {
            AssignmentTarget::QueueId(queue) => {
                let queue = id("action.assign.target.queueId", queue)?;
                Act::AssignToQueue(commands::AssignToQueue(queue))
            }
            AssignmentTarget::AgentId(agent) => {
                Act::AssignToAgent(commands::AssignToAgent(Target {
                    offer,
                    agent: id("action.assign.target.agentId", agent)?,
                    override_presence: assign.override_presence,
                    override_capacity: assign.override_capacity,
                    override_declines: assign.override_declines,
                }))
            }
        },
        BulkActionChoice::AddTags(given) => {
            let path = "action.addTags";
            let add_tags = labels::tags(path, Some(given))?;
            if add_tags.is_empty() {
                let problem = "give at least one tag".to_owned();
                return Err(Refusal::InvalidInput { path, problem });
            }
            Act::UpdateConversation(UpdateConversation {
                add_tags,
                ..UpdateConversation::default()
            })
        }
        BulkActionChoice::SetPriority(priority) => Act::UpdateConversation(UpdateConversation {
            priority: Some(*priority),
            ..UpdateConversation::default()
        }),
    })
}
