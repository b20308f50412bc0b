//! What the viewer can do with a conversation: the rules of the mutations, asked beforehand.
//!
//! Every answer comes from `decide::may`, so that no second set of rules grows here.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::graphql::codes::ErrorCode;
use crate::graphql::context::Request;
use domain::policy::Action;
use domain::{self, Refusal, decide};

/// What the viewer can do with this conversation.
pub struct ViewerCan(pub Arc<domain::Conversation>);

/// Whether you can do something, and if not, why not.
#[derive(SimpleObject)]
pub struct ActionAnswer {
    /// Whether the mutation would do it, given input that fits: for `assign` and `transfer` a target
    /// that fits, of which `assignableAgents`, `assignableQueues` and `transferableAgents` are the lists.
    allowed: bool,
    /// The code with which the mutation would be refused; null when it is allowed.
    code: Option<ErrorCode>,
    /// Why not, in English, for people; null when it is allowed.
    reason: Option<String>,
}

impl From<Result<(), Refusal>> for ActionAnswer {
    fn from(answer: Result<(), Refusal>) -> Self {
        let refusal = answer.err();
        Self {
            allowed: refusal.is_none(),
            code: refusal.as_ref().map(|refusal| refusal.code().into()),
            reason: refusal.map(|refusal| refusal.message()),
        }
    }
}

/// Defines the fields, one for each mutation.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident = $action:ident,)*) => {
        /// What you can do with a conversation, mutation by mutation, by the rules of the mutations
        /// themselves: of the conversation as it is shown here, with the settings and your rights as
        /// they are now. It answers what depends on you and the conversation, and not on a target, a
        /// version or other input. Things may have changed when the mutation comes; then its `errors` say so.
        #[Object]
        impl ViewerCan {
            $($(#[$doc])* async fn $name(&self, ctx: &Context<'_>) -> Result<ActionAnswer> {
                self.ask(ctx, Action::$action)
            })*
        }
    };
}

answers! {
    /// `monitorConversation`, for supervisors: watch silently. Allowed too while your session runs.
    monitor = Monitor,
    /// `stopMonitoring`, for supervisors.
    stop_monitoring = StopMonitoring,
    /// `joinConversation`, for supervisors who monitor: become a participant. Allowed too when you have joined.
    join = Join,
    /// `leaveConversation`, for supervisors who joined and for consultants.
    leave = Leave,
    /// `assignConversation`, for supervisors: to an agent or to another queue.
    assign = Assign,
    /// `cancelOffer`, for supervisors: withdraw an assignment that was not answered.
    cancel_offer = CancelOffer,
    /// `transferConversation`, for supervisors: ask another agent to take it over.
    transfer = Transfer,
    /// `cancelTransfer`, for supervisors: withdraw a transfer request that was not answered.
    cancel_transfer = CancelTransfer,
    /// `forceCloseConversation`, for supervisors: end it from outside.
    force_close = ForceClose,
    /// `pickConversation`, for agents: take it from one of your queues.
    pick = Pick,
    /// `acceptOffer`, for the agent it is offered to.
    accept = Accept,
    /// `rejectOffer`, for the agent it is offered to.
    reject = Reject,
    /// `setAsideConversation`, for the primary agent: wait for the customer.
    set_aside = SetAside,
    /// `reopenConversation`, for the primary agent: take it up again.
    reopen = Reopen,
    /// `releaseConversation`, for the primary agent: give it back to the queue.
    release = Release,
    /// `endConversation`, for the primary agent: end the contact, go on to after-work.
    end = End,
    /// `closeConversation`, for the primary agent: end the after-work.
    close = Close,
    /// `sendMessage` with the visibility that you get by default: PUBLIC for its agents, INTERNAL for
    /// supervisors who monitor or joined. A supervisor who has not joined cannot write PUBLIC.
    send = Send,
}

impl ViewerCan {
    fn ask(&self, ctx: &Context<'_>, action: Action) -> Result<ActionAnswer> {
        Ok(may(ctx, &self.0, action)?.into())
    }
}

/// Whether the viewer may do this now, whatever the target.
pub(super) fn may(
    ctx: &Context<'_>,
    conversation: &Arc<domain::Conversation>,
    action: Action,
) -> Result<Result<(), Refusal>> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let now = app.clock.now();
    let answer = app
        .board
        .read(|board| decide::may(&board.world, viewer, conversation, action, now));
    Ok(answer)
}
