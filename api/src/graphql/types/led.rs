//! Facts that not everybody who sees a conversation may know, as fields of plain objects.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use crate::graphql::context::Asking;
use domain::audience::{About, Fact, Observer};
use domain::{AgentId, Conversation};
use engine::app::App;

/// Something of a conversation, for the audience of this fact; null for others. Whom it is shown to
/// is asked of the request, so that it fails closed where the request does not say.
pub struct Led<T> {
    /// What it is.
    pub value: T,
    /// Which fact it is.
    pub fact: Fact,
    /// Of which conversation.
    pub conversation: Arc<Conversation>,
    /// Whose figure it is, where it is an agent's.
    pub agent: Option<AgentId>,
}

impl<T: OutputType> OutputType for Led<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        T::type_name().into_owned()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let shown = ctx.data::<Arc<App>>().and_then(|app| {
            let audience = &ctx.data::<Asking>()?.audience;
            let own = app.board.read(|board| audience.agent(&board.world));
            let observer = Observer::new(audience.access(), own.as_deref(), &self.conversation);
            let about = self.agent.map_or(About::Nobody, About::Agent);
            Ok(observer.knows_about(self.fact, about))
        });
        match shown {
            Ok(true) => self.value.resolve(ctx, field).await,
            Ok(false) => Ok(Value::Null),
            Err(error) => Err(error.into_server_error(field.pos)),
        }
    }
}
