//! `updateConversation`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::labels::{AttributeInput, attributes, keys, tags};
use super::{act, payloads};
use domain::{Act, Action, Priority, Refusal, commands};

conversation_inputs! {
    /// What to change of a conversation's labels; at least one thing. What is left out stays.
    UpdateConversationInput {
        /// Tags that it is to have: up to 20, of 1 to 50 characters each. One that is there already, however it is
        /// written, stays as it was first written. A conversation has at most 20 (INVALID_INPUT). Never anything of the
        /// customer's person: tags stand in events, and stay when the customer is erased.
        add_tags: Option<Vec<String>>,
        /// Tags that it is not to have, however they are written; up to 20, none of those added. One that is not there is
        /// no fault.
        remove_tags: Option<Vec<String>>,
        /// How soon it should be looked after.
        priority: Option<Priority>,
        /// Attributes that it is to have, in the place of those with the same keys: up to 30, each key once. A conversation
        /// has at most 30 (INVALID_INPUT).
        set_attributes: Option<Vec<AttributeInput>>,
        /// Keys of attributes that it is not to have: up to 30, none of those set. One that is not there is no fault.
        remove_attributes: Option<Vec<String>>,
    }
}

payloads! {
    /// What came of changing labels.
    UpdateConversationPayload {}
}

#[derive(Default)]
pub(super) struct UpdateConversationMutation;

#[Object]
impl UpdateConversationMutation {
    /// Change the tags, the priority and the attributes of an ongoing conversation. For its primary agent, and for
    /// supervisors in scope with the permission `conversation:label` (PERMISSION_MISSING); no setting decides on it. For its
    /// gateway attributes only: tags and priority are ROLE_REQUIRED then. The version stays; tags and a priority that are so
    /// already, and attributes that are gone already, are no change.
    async fn update_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change of a conversation's labels; at least one thing.")]
        input: UpdateConversationInput,
    ) -> Result<UpdateConversationPayload> {
        Ok(act(ctx, Action::UpdateConversation, &input, parse)
            .await?
            .into())
    }
}

fn parse(input: &UpdateConversationInput) -> Result<Act, Refusal> {
    let update = commands::UpdateConversation {
        add_tags: tags("addTags", input.add_tags.as_deref())?,
        remove_tags: tags("removeTags", input.remove_tags.as_deref())?,
        priority: input.priority,
        set_attributes: attributes("setAttributes", input.set_attributes.as_deref())?,
        remove_attributes: keys("removeAttributes", input.remove_attributes.as_deref())?,
    };
    if update == commands::UpdateConversation::default() {
        let problem = "give at least one thing to change".to_owned();
        return Err(Refusal::InvalidInput {
            path: "input",
            problem,
        });
    }
    Ok(Act::UpdateConversation(update))
}
