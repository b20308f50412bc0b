//! Mutations, one file each, with the name of the command that it gives: an input is parsed into the command, the
//! application carries it out, and what comes of it, refusals included, is the payload. No rule is decided here.

use async_graphql::{Context, MergedObject, Result};

use super::context::{Request, coded, internal, own_agent};
use super::errors::{CommandError, Showing};
use super::scalars::Cursor;
use super::types::agent::Agent;
use super::types::conversation::Conversation;
use domain::{
    Act, Action, AuditedAction, Code, Command, ConversationId, Malformed, Manage, Outcome, Refusal,
    policy,
};
use engine::app::{App, Terms, many};
use engine::log;
use engine::store::OrderError;

mod accept;
mod acknowledge_attention;
mod acknowledge_notice;
mod add_member;
mod answer_help;
mod assign;
mod attention;
pub(super) mod bulk;
mod cancel_help;
mod cancel_offer;
mod cancel_transfer;
mod change_mode;
mod close;
mod coach;
mod content;
mod correct_sentiment;
mod create_agent;
mod create_queue;
mod create_workstream;
mod customer_disconnected;
mod customer_message;
mod customer_reconnected;
mod customers;
mod delete_agent;
mod delete_queue;
mod delete_workstream;
mod dispositions;
mod drain;
mod edit_customer_message;
mod end;
mod end_by_customer;
mod erase_customer;
mod force_close;
mod hours;
mod input;
mod join;
mod labels;
mod leave;
mod member;
mod merge_customers;
mod monitor;
mod notify_agents;
mod offers;
mod on_message;
mod pick;
mod react;
mod receive;
mod record_consent;
mod record_delivery;
mod record_rating;
mod reject;
mod release;
mod remove_customer_message;
mod remove_member;
mod reopen;
mod request_help;
mod requeue;
mod resource;
mod review;
mod revocation;
mod revoke_subject;
mod revoke_token;
mod send;
mod set_aside;
mod set_presence;
mod start;
mod stop_monitoring;
mod stop_review;
mod take_over;
mod transfer;
mod update_agent;
mod update_conversation;
mod update_customer;
mod update_queue;
mod update_settings;
mod update_workstream;

/// Everything that changes something. Each mutation takes one `input` and answers with one payload;
/// what Regie refuses stands in the payload's `errors`, and then nothing was changed. With an
/// `idempotencyKey` a mutation is safe to repeat. (The `errors` at the top of an answer are others: the request failed.)
///
/// - Supervisors watch and step in: `monitorConversation`, `stopMonitoring`, `joinConversation`, `leaveConversation`,
///   `sendMessage`, `reactToMessage`; read what is past or waits: `reviewConversation`, `stopReview`; move work: `assignConversation`,
///   `cancelOffer`, `transferConversation`, `cancelTransfer`, `requeueConversation`, `takeOverConversation`, `drainAgent`,
///   `bulkAction` (`bulkPreview` says beforehand what would be refused), `forceCloseConversation`; mark it: `updateConversation`,
///   `acknowledgeAttention`, `correctSentiment`; and help agents: `coachAgent`, `answerHelp`, `notifyAgents`.
/// - Agents take work: `setPresence`, `pickConversation`, `acceptOffer`, `rejectOffer`; do it: `sendMessage`, `reactToMessage`,
///   `setAsideConversation`, `reopenConversation`, `changeMode`, `updateConversation`, `releaseConversation`,
///   `leaveConversation`; and end it:
///   `endConversation`, `closeConversation`. They ask for help: `requestHelp`,
///   `cancelHelp`; and read the operator's notice: `acknowledgeMonitoringNotice`.
/// - Gateways bring customers in: `receiveFromCustomer`, or by hand `startConversation`, `receiveCustomerMessage`; bring what
///   becomes of messages: `editCustomerMessage`, `removeCustomerMessage`, `reactToMessage`, `recordDelivery`; tell of
///   customers: `recordConsent`, `changeMode`, `customerDisconnected`, `customerReconnected`, `endByCustomer`, `recordRating`; and
///   note what they know: `updateConversation`, `updateCustomer`.
/// - Administrators keep the organisation: `createQueue`, `updateQueue`, `deleteQueue`, `createWorkstream`,
///   `updateWorkstream`, `deleteWorkstream`, `createAgent`, `updateAgent`, `deleteAgent`, `addQueueMember`,
///   `removeQueueMember`, `updateSupervisorSettings`; customers: `updateCustomer`, `mergeCustomers`; and what
///   is owed to people: `eraseCustomer`, `revokeToken`, `revokeSubject`.
#[derive(MergedObject, Default)]
pub struct Mutation(
    monitor::MonitorMutation,
    stop_monitoring::StopMonitoringMutation,
    review::ReviewMutation,
    stop_review::StopReviewMutation,
    join::JoinMutation,
    assign::AssignMutation,
    cancel_offer::CancelOfferMutation,
    transfer::TransferMutation,
    cancel_transfer::CancelTransferMutation,
    requeue::RequeueMutation,
    take_over::TakeOverMutation,
    drain::DrainMutation,
    notify_agents::NotifyAgentsMutation,
    bulk::BulkMutation,
    force_close::ForceCloseMutation,
    acknowledge_attention::AcknowledgeAttentionMutation,
    answer_help::AnswerHelpMutation,
    coach::CoachMutation,
    correct_sentiment::CorrectSentimentMutation,
    pick::PickMutation,
    accept::AcceptMutation,
    reject::RejectMutation,
    set_aside::SetAsideMutation,
    reopen::ReopenMutation,
    release::ReleaseMutation,
    end::EndMutation,
    close::CloseMutation,
    request_help::RequestHelpMutation,
    cancel_help::CancelHelpMutation,
    leave::LeaveMutation,
    send::SendMutation,
    customer_message::CustomerMessageMutation,
    customer_disconnected::CustomerDisconnectedMutation,
    customer_reconnected::CustomerReconnectedMutation,
    end_by_customer::EndByCustomerMutation,
    change_mode::ChangeModeMutation,
    record_consent::RecordConsentMutation,
    receive::ReceiveMutation,
    edit_customer_message::EditCustomerMessageMutation,
    remove_customer_message::RemoveCustomerMessageMutation,
    react::ReactMutation,
    record_delivery::RecordDeliveryMutation,
    record_rating::RecordRatingMutation,
    update_conversation::UpdateConversationMutation,
    start::StartMutation,
    acknowledge_notice::AcknowledgeNoticeMutation,
    set_presence::SetPresenceMutation,
    create_agent::CreateAgentMutation,
    create_queue::CreateQueueMutation,
    create_workstream::CreateWorkstreamMutation,
    add_member::AddMemberMutation,
    remove_member::RemoveMemberMutation,
    update_settings::UpdateSettingsMutation,
    update_agent::UpdateAgentMutation,
    delete_agent::DeleteAgentMutation,
    update_queue::UpdateQueueMutation,
    delete_queue::DeleteQueueMutation,
    update_workstream::UpdateWorkstreamMutation,
    delete_workstream::DeleteWorkstreamMutation,
    update_customer::UpdateCustomerMutation,
    merge_customers::MergeCustomersMutation,
    erase_customer::EraseCustomerMutation,
    revoke_token::RevokeTokenMutation,
    revoke_subject::RevokeSubjectMutation,
);

/// What every payload has.
pub(super) struct Done {
    pub outcome: Outcome,
    pub conversation: Option<Conversation>,
    pub as_of: Option<Cursor>,
    pub errors: Vec<CommandError>,
}

impl Done {
    /// What was done, at the outcome's place in the log.
    fn at(app: &App, outcome: Outcome, conversation: Option<Conversation>) -> Self {
        let head = log::Head {
            epoch: app.log.head().epoch,
            position: outcome.position,
            hash: outcome.hash,
        };
        Self {
            conversation,
            as_of: Some(head.into()),
            errors: vec![],
            outcome,
        }
    }

    fn refused(ctx: &Context<'_>, refusal: &Refusal) -> Result<Self> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let own = own_agent(app, viewer);
        let error = CommandError::of(
            refusal,
            &Showing {
                agent: &|id| {
                    app.board
                        .read(|board| board.world.named_agent(id).cloned().map(Agent))
                },
                may_see: &|conversation| {
                    policy::sees(viewer.access(), own.as_deref(), conversation).any()
                },
            },
        );
        Ok(Self {
            outcome: Outcome::default(),
            conversation: None,
            as_of: None,
            errors: vec![error],
        })
    }
}

/// Carries out a command that was parsed, or says why not. `asked`: its name for the audit, if it has one.
async fn carry_out(
    ctx: &Context<'_>,
    asked: Option<AuditedAction>,
    parsed: Result<(Command, Terms), Refusal>,
) -> Result<Done> {
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, asked, refusal, None, None).await,
    }
}

/// Refuses what is not well-formed. Where it is a supervisor's or administrator's action, the
/// refusal goes through the writer all the same, since the audit keeps it.
async fn refuse(
    ctx: &Context<'_>,
    asked: Option<AuditedAction>,
    refusal: Refusal,
    conversation: Option<ConversationId>,
    reason: Option<String>,
) -> Result<Done> {
    let viewer = ctx.viewer()?;
    let audited = |asked: &AuditedAction| asked.asked_by().audited_as(viewer, false).is_some();
    let Some(action) = asked.filter(audited) else {
        return Done::refused(ctx, &refusal);
    };
    let malformed = Malformed {
        action,
        conversation,
        refusal,
    };
    let terms = Terms {
        reason,
        ..Terms::default()
    };
    give(ctx, Command::Malformed(Box::new(malformed)), terms).await
}

async fn give(ctx: &Context<'_>, command: Command, mut terms: Terms) -> Result<Done> {
    let app = ctx.app()?;
    terms.bind(&command).map_err(|error| internal(&error))?;
    match app.carry_out(ctx.viewer()?, command, terms).await {
        Ok(answer) => {
            let shown = answer.outcome.conversation.clone();
            let shown = shown.filter(|_| answer.visible);
            Ok(Done::at(app, answer.outcome, shown.map(Conversation)))
        }
        Err(error) => unanswered(ctx, error),
    }
}

/// What came of an order whose items have answers of their own, with what came of these.
fn answered<T: From<many::Done>>(
    ctx: &Context<'_>,
    came: Result<(Outcome, Vec<many::Done>), OrderError>,
) -> Result<(Vec<T>, Done)> {
    let (mut outcome, items) = match came {
        Ok(came) => came,
        Err(error) => return Ok((Vec::new(), unanswered(ctx, error)?)),
    };
    let done = items.iter().filter_map(|item| item.came_of.as_ref().ok());
    if let Some(last) = done
        .map(|answer| &answer.outcome)
        .max_by_key(|o| o.position)
        && last.position > outcome.position
    {
        (outcome.position, outcome.hash) = (last.position, last.hash);
    }
    let results = items.into_iter().map(Into::into).collect();
    Ok((results, Done::at(ctx.app()?, outcome, None)))
}

/// What is said of an order that was not carried out.
fn unanswered(ctx: &Context<'_>, error: OrderError) -> Result<Done> {
    match error {
        // No answer of the mutation: as it would be had the token been refused when it came.
        OrderError::Refused(refusal) if *refusal == Refusal::TokenRevoked => {
            Err(coded(refusal.code(), &refusal.message()))
        }
        OrderError::Refused(refusal) => Done::refused(ctx, &refusal),
        error @ OrderError::Overloaded => {
            tracing::warn!(%error, "an order was not queued");
            let advice = "Too many commands wait; nothing was done. Try again in a moment.";
            Err(coded(Code::RateLimited, advice))
        }
        error => Err(internal(&error)),
    }
}

/// Carries out an act on a conversation: what `parse` makes of the input, which is this action.
async fn act<I: input::OnConversation>(
    ctx: &Context<'_>,
    action: Action,
    input: &I,
    parse: impl FnOnce(&I) -> Result<Act, Refusal>,
) -> Result<Done> {
    let asked = action.spec().audited;
    let (conversation, terms) = (input.conversation(), input.terms(asked.as_str()));
    let named = conversation.as_ref().ok().copied();
    let reason = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
    let parsed = conversation.and_then(|conversation| {
        let act = parse(input)?;
        debug_assert_eq!(act.action(), action, "it is recorded as another action");
        Ok((Command::Act { conversation, act }, terms?))
    });
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, Some(asked), refusal, named, reason).await,
    }
}

/// Carries out what an administrator does: what `parse` makes of the input, which is this action.
async fn manage<P: From<Done>>(
    ctx: &Context<'_>,
    asked: AuditedAction,
    reason: Option<&String>,
    key: Option<&String>,
    parse: impl FnOnce() -> Result<Manage, Refusal>,
) -> Result<P> {
    let parse = || Ok(Command::Manage(parse()?));
    Ok(carry_out_for(ctx, asked, reason, key, parse).await?.into())
}

/// Carries out a command that is about no conversation: what `parse` makes of the input, which is this action.
async fn carry_out_for(
    ctx: &Context<'_>,
    asked: AuditedAction,
    reason: Option<&String>,
    key: Option<&String>,
    parse: impl FnOnce() -> Result<Command, Refusal>,
) -> Result<Done> {
    let terms = input::terms(asked.as_str(), None, reason, key);
    let why = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
    let parsed = parse().and_then(|command| {
        debug_assert_eq!(
            command.audited(),
            Some(asked),
            "it is recorded as another action"
        );
        Ok((command, terms?))
    });
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, Some(asked), refusal, None, why).await,
    }
}

/// Defines payloads: the conversation, what else there is, `asOf` and `errors`.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty = $value:expr,)* })*) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// The conversation right after; null when refused, and when you may not see it any more.
            conversation: Option<crate::graphql::types::conversation::Conversation>,
            $($(#[$fdoc])* $field: $ty,)*
            /// Where in the event log this is: subscribe with `after` to go on exactly there. Null when refused.
            as_of: Option<crate::graphql::scalars::Cursor>,
            /// Why it was refused; empty when it was done.
            errors: Vec<crate::graphql::errors::CommandError>,
        }

        impl From<super::Done> for $name {
            fn from(done: super::Done) -> Self {
                $(let $field = { let value: fn(&super::Done) -> $ty = $value; value(&done) };)*
                Self { conversation: done.conversation, $($field,)* as_of: done.as_of, errors: done.errors }
            }
        }
    )*};
}
use payloads;
