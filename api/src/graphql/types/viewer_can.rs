//! What the viewer can do with a conversation: the rules of the mutations, asked beforehand.
//!
//! The fields are those of the registry of commands, and every answer comes from `decide::may`, so that no second
//! set of rules grows here.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaField, MetaTypeId, ObjectBuilder, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, Result,
    ServerResult, SimpleObject, Value,
};

use crate::graphql::context::Request;
use domain::Code as ErrorCode;
use domain::{self, Action, Refusal, commands, decide};

/// What the viewer can do with this conversation.
pub struct ViewerCan(pub Arc<domain::Conversation>);

/// Its description in the schema.
const DESCRIPTION: &str = "\
What you can do with a conversation, mutation by mutation, by the rules of the mutations
themselves: of the conversation as it is shown here, with the settings and your rights as
they are now. It answers what depends on you and the conversation, and not on a target, a
version or other input. Things may have changed when the mutation comes; then its `errors` say so.";

/// Whether you can do something, and if not, why not.
#[derive(SimpleObject)]
pub struct ActionAnswer {
    /// Whether the mutation would do it, given input that fits: for `assign` and `transfer` a target
    /// that fits, of which `assignableAgents`, `assignableQueues` and `transferableAgents` are the lists.
    allowed: bool,
    /// The code with which the mutation would be refused; null when it is allowed.
    code: Option<ErrorCode>,
    /// Why not, in English, for people; null when it is allowed.
    message: Option<String>,
}

impl From<Result<(), Refusal>> for ActionAnswer {
    fn from(answer: Result<(), Refusal>) -> Self {
        let refusal = answer.err();
        Self {
            allowed: refusal.is_none(),
            code: refusal.as_ref().map(domain::Refusal::code),
            message: refusal.map(|refusal| refusal.message()),
        }
    }
}

/// The actions that `viewerCan` shows, each with its field.
fn fields() -> impl Iterator<Item = (Action, commands::ViewerCan)> {
    let shown = |action: &Action| Some((*action, action.spec().viewer_can?));
    Action::ALL.iter().filter_map(shown)
}

// By hand, since the library's macros want one function a field, and the fields are the registry's.
impl OutputType for ViewerCan {
    fn type_name() -> Cow<'static, str> {
        "ViewerCan".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            let answer = ActionAnswer::create_type_info(registry);
            let field = |(_, shown): (Action, commands::ViewerCan)| {
                let mut field = MetaField::new(shown.field, answer.clone());
                field.description = Some(shown.description.to_owned());
                (shown.field.to_owned(), field)
            };
            ObjectBuilder::new("ViewerCan", fields().map(field).collect())
                .description(Some(DESCRIPTION.to_owned()))
                .rust_typename(std::any::type_name::<Self>())
                .build()
        })
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for ViewerCan {}

impl ContainerType for ViewerCan {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let asked = ctx.item.node.name.node.as_str();
        let Some((action, _)) = fields().find(|(_, shown)| shown.field == asked) else {
            return Ok(None);
        };
        let answer = may(ctx, &self.0, action);
        let answer = answer.map_err(|error| error.into_server_error(ctx.item.pos));
        let answer = ActionAnswer::from(answer.map_err(|error| ctx.set_error_path(error))?);
        let selected = ctx.with_selection_set(&ctx.item.node.selection_set);
        let value = OutputType::resolve(&answer, &selected, ctx.item);
        value.await.map(Some)
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
