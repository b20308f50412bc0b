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

/// A figure of an agent in a conversation, for the audience of this fact; null for others. Whom it
/// is shown to is asked of the request, so that it fails closed where the request does not say.
pub struct Led<T> {
    /// The figure.
    pub value: T,
    /// Which fact it is.
    pub fact: Fact,
    /// In which conversation.
    pub conversation: Arc<Conversation>,
    /// Whose figure it is.
    pub agent: AgentId,
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
            Ok(observer.knows_about(self.fact, About::Agent(self.agent)))
        });
        match shown {
            Ok(true) => self.value.resolve(ctx, field).await,
            Ok(false) => Ok(Value::Null),
            Err(error) => Err(error.into_server_error(field.pos)),
        }
    }
}
