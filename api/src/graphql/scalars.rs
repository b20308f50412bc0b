//! The cursor of the event log, as a scalar.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::store;

/// A place in the event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub store::Cursor);

/// A place in the event log, as opaque text. Take it from an event (or from `asOf` of an answer)
/// and pass it as `after` to a subscription: it goes on exactly there, nothing missed and nothing
/// twice. Cursors stay valid for as long as the log is kept (7 days unless the operator chose
/// otherwise); afterwards, or with another database, they are refused with CURSOR_EXPIRED.
#[Scalar]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map(Cursor).map_err(|_| {
                InputValueError::custom("not a cursor").with_extension("code", "CURSOR_INVALID")
            }),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<store::Head> for Cursor {
    fn from(head: store::Head) -> Self {
        Self(head.cursor())
    }
}
