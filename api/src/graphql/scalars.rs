//! The cursor of the event log, as a scalar: shown to whoever it is for, and opened for whoever gives it.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::{
    Context, ContextSelectionSet, InputType, InputValueError, InputValueResult, OutputType,
    Positioned, ServerError, ServerResult, Value,
};

use super::context::{Asking, Request};
use engine::app::App;
use engine::log::{self, NotOpened};

const NAME: &str = "LogCursor";
const DESCRIPTION: &str = "A place in the event log, as opaque text. Take it from an event (or from `asOf` of an answer)\n\
    and pass it as `after` to a subscription: it goes on exactly there, nothing missed and nothing\n\
    twice. Cursors stay valid for as long as the log is kept (7 days unless the operator chose\n\
    otherwise); afterwards, or with another database, they are refused with CURSOR_EXPIRED.\n\
    What an agent or a gateway gets is sealed: two texts may stand for one place, and a text says\n\
    nothing of how much has happened. Never compare cursors. One that a supervisor or administrator got\n\
    is CURSOR_EXPIRED for an agent or gateway.";

/// A place in the event log that is answered. Its text is made when it is, for whom the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(log::Cursor);

/// A place in the event log that a client hands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenCursor(pub log::GivenCursor);

impl From<log::Cursor> for Cursor {
    fn from(cursor: log::Cursor) -> Self {
        Self(cursor)
    }
}

impl From<log::Head> for Cursor {
    fn from(head: log::Head) -> Self {
        Self(head.cursor())
    }
}

impl OutputType for Cursor {
    fn type_name() -> Cow<'static, str> {
        NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Scalar, |_| MetaType::Scalar {
            name: NAME.to_owned(),
            description: Some(DESCRIPTION.to_owned()),
            is_valid: Some(Arc::new(|value| matches!(value, Value::String(_)))),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            specified_by_url: None,
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let missing =
            |error: async_graphql::Error| -> ServerError { error.into_server_error(field.pos) };
        let app = ctx.data::<Arc<App>>().map_err(missing)?;
        let asking = ctx.data::<Asking>().map_err(missing)?;
        let shown = app.cursors.show(self.0, asking.audience.access());
        asking.note_cursor(shown.as_str());
        Ok(Value::String(shown.as_str().to_owned()))
    }
}

impl InputType for GivenCursor {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        NAME.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Cursor as OutputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value.unwrap_or_default() {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom("not a cursor").with_extension("code", "CURSOR_INVALID")
            }),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    /// For default values, of which there are none.
    fn to_value(&self) -> Value {
        Value::Null
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// The place that whoever asks hands in.
pub(super) fn open(
    ctx: &Context<'_>,
    given: log::GivenCursor,
) -> async_graphql::Result<Result<log::Cursor, NotOpened>> {
    Ok(ctx.app()?.cursors.open(given, ctx.access()?))
}
