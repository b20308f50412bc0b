//! Mutations: an input is parsed into a command, the application carries it out, and what comes of
//! it, refusals included, is the payload. No rule is decided here.

use async_graphql::{Context, MergedObject, Result};

use super::context::{Request, coded, internal, own_agent};
use super::errors::{CommandError, Showing};
use super::scalars::Cursor;
use super::types::agent::Agent;
use super::types::conversation::Conversation;
use domain::{Act, Code, Command, ConversationId, Deed, Malformed, Outcome, Refusal, policy};
use engine::app::Terms;
use engine::log;
use engine::store::OrderError;

mod administrator;
mod agent;
mod attention;
mod erasure;
mod gateway;
mod input;
mod organisation;
mod resource;
mod revocation;
mod supervisor;

/// Everything that changes something. Each mutation takes one `input` and answers with one payload;
/// what Regie refuses stands in the payload's `errors`, and then nothing was changed. With an
/// `idempotencyKey` a mutation is safe to repeat.
#[derive(MergedObject, Default)]
pub struct Mutation(
    supervisor::SupervisorMutations,
    agent::AgentMutations,
    gateway::GatewayMutations,
    administrator::AdministratorMutations,
    organisation::OrganisationMutations,
    erasure::ErasureMutations,
    revocation::RevocationMutations,
);

/// What every payload has.
pub(super) struct Done {
    pub outcome: Outcome,
    pub conversation: Option<Conversation>,
    pub as_of: Option<Cursor>,
    pub errors: Vec<CommandError>,
}

impl Done {
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

/// Carries out a command that was parsed, or says why not.
async fn carry_out(ctx: &Context<'_>, parsed: Result<(Command, Terms), Refusal>) -> Result<Done> {
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, refusal, None, None).await,
    }
}

/// Refuses what is not well-formed. Where it is a supervisor's or administrator's action, the
/// refusal goes through the writer all the same, since the audit keeps it.
async fn refuse(
    ctx: &Context<'_>,
    refusal: Refusal,
    conversation: Option<ConversationId>,
    reason: Option<String>,
) -> Result<Done> {
    let deed = Deed::parse(ctx.field().name());
    let viewer = ctx.viewer()?;
    let Some(deed) = deed.filter(|deed| deed.audited_as(viewer, false).is_some()) else {
        return Done::refused(ctx, &refusal);
    };
    let malformed = Malformed {
        deed,
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
            let outcome = answer.outcome;
            let head = log::Head {
                epoch: app.log.head().epoch,
                position: outcome.position,
                hash: outcome.hash,
            };
            let shown = outcome.conversation.clone().filter(|_| answer.visible);
            Ok(Done {
                conversation: shown.map(Conversation),
                as_of: Some(head.into()),
                errors: vec![],
                outcome,
            })
        }
        // No answer of the mutation: as it would be had the token been refused when it came.
        Err(OrderError::Refused(refusal)) if *refusal == Refusal::TokenRevoked => {
            Err(coded(refusal.code(), &refusal.message()))
        }
        Err(OrderError::Refused(refusal)) => Done::refused(ctx, &refusal),
        Err(error @ OrderError::Overloaded) => {
            tracing::warn!(%error, "an order was not queued");
            let advice = "Too many commands wait; nothing was done. Try again in a moment.";
            Err(coded(Code::RateLimited, advice))
        }
        Err(error) => Err(internal(&error)),
    }
}

/// Carries out an act on a conversation.
async fn act<I: input::OnConversation>(
    ctx: &Context<'_>,
    input: &I,
    act: impl FnOnce(&I) -> Result<Act, Refusal>,
) -> Result<Done> {
    let (conversation, terms) = (input.conversation(), input.terms(ctx));
    let named = conversation.as_ref().ok().copied();
    let reason = terms.as_ref().ok().and_then(|terms| terms.reason.clone());
    let parsed = conversation.and_then(|conversation| {
        let act = act(input)?;
        Ok((Command::Act { conversation, act }, terms?))
    });
    match parsed {
        Ok((command, terms)) => give(ctx, command, terms).await,
        Err(refusal) => refuse(ctx, refusal, named, reason).await,
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
