//! What an operation costs, for a client that asks: what the limits see of it.

use async_graphql::Value;
use async_graphql::indexmap::IndexMap;

use super::measure::Measure;
use super::{Limit, Limits};

/// How a client asks for it, in the request's `extensions`, and where the answer has it in its own.
pub const COST: &str = "cost";

/// By limit what was counted, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost(Value);

impl Cost {
    /// Of an operation with this measure, whose document has so many selections.
    pub(super) fn of(measure: &Measure, selections: u64, limits: &Limits) -> Self {
        let document = [(Limit::Selections, selections)];
        let figures = measure.figures().into_iter().chain(document);
        let of = |(limit, counted): (Limit, u64)| {
            let figures = IndexMap::from([
                (async_graphql::Name::new("counted"), Value::from(counted)),
                (
                    async_graphql::Name::new("allowed"),
                    Value::from(limit.allowed(limits)),
                ),
            ]);
            (
                async_graphql::Name::new(limit.as_str()),
                Value::Object(figures),
            )
        };
        Self(Value::Object(figures.map(of).collect()))
    }

    /// As the answer has it.
    pub const fn value(&self) -> &Value {
        &self.0
    }

    /// The same answer with this among its `extensions`, of which it has none yet.
    pub fn put_into(&self, answer: &[u8]) -> Vec<u8> {
        let mut with = answer.strip_suffix(b"}").unwrap_or(answer).to_vec();
        let extensions = serde_json::json!({ COST: self.0 });
        with.extend_from_slice(format!(",\"extensions\":{extensions}}}").as_bytes());
        with
    }
}
