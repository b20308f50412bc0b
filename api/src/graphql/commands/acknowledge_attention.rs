//! `acknowledgeAttention`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::attention::is_acknowledged;
use domain::{Act, Action, AttentionReason, Refusal, commands};

conversation_inputs! {
    /// Which reason for attention you have seen to.
    AcknowledgeAttentionInput {
        /// The reason: DELIVERY_FAILED or ESCALATION_SIGNAL. Others end by themselves or by what you do (INVALID_INPUT).
        attention_reason: AttentionReason,
    }
}

payloads! {
    /// What came of acknowledging a reason for attention.
    AcknowledgeAttentionPayload {}
}

#[derive(Default)]
pub(super) struct AcknowledgeAttentionMutation;

#[Object]
impl AcknowledgeAttentionMutation {
    /// Say that you have seen to a reason for attention that does not end by itself: it is gone until there is a new cause for
    /// it, such as another delivery that fails, or another message that gives a signal. Needs `conversation:monitor`, no session and no setting. INVALID_STATE where
    /// the reason does not hold. The version stays.
    async fn acknowledge_attention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reason for attention you have seen to.")]
        input: AcknowledgeAttentionInput,
    ) -> Result<AcknowledgeAttentionPayload> {
        Ok(act(ctx, Action::AcknowledgeAttention, &input, parse)
            .await?
            .into())
    }
}

fn parse(input: &AcknowledgeAttentionInput) -> Result<Act, Refusal> {
    let reason = input.attention_reason;
    if !is_acknowledged(reason) {
        let problem = format!("{reason} is not acknowledged: it ends by itself, or by what you do");
        return Err(Refusal::InvalidInput {
            path: "attentionReason",
            problem,
        });
    }
    let act = commands::AcknowledgeAttention(reason);
    Ok(Act::AcknowledgeAttention(act))
}
