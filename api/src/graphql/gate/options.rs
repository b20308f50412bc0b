//! What a gate is told once, when the server starts.

use super::measure::Measure;
use super::{Documents, GateRefusal, Limit, Limits, ListLimits};

/// How a [`Gate`](super::Gate) judges.
#[derive(Debug)]
pub struct GateOptions {
    /// How large an operation may be.
    pub limits: Limits,
    /// Whether `__schema` and `__type` may be asked for. Without it errors suggest no names either.
    pub introspection: bool,
    /// Which documents may run.
    pub documents: Documents,
    /// What live lists may take. The gate itself does not look at it.
    pub lists: ListLimits,
    /// Bytes of answers and events that are kept ready for who asks the same question, of all of them
    /// together. The gate itself does not look at it.
    pub ready_bytes: usize,
    /// Bytes that one subject may make the server hold by what it runs over web sockets and event
    /// streams. The gate itself does not look at it.
    pub held_bytes: usize,
}

/// How many bytes of events are kept ready, if nobody says.
const READY_BYTES: usize = 256 * 1024 * 1024;

/// How many bytes one subject may make the server hold, if nobody says.
const HELD_BYTES: usize = 128 * 1024 * 1024;

impl Default for GateOptions {
    fn default() -> Self {
        Limits::default().into()
    }
}

impl From<Limits> for GateOptions {
    fn from(limits: Limits) -> Self {
        Self {
            limits,
            introspection: true,
            documents: Documents::default(),
            lists: ListLimits::default(),
            ready_bytes: READY_BYTES,
            held_bytes: HELD_BYTES,
        }
    }
}

impl GateOptions {
    /// Refuses introspection where it is switched off.
    pub(super) fn check_introspection(&self, measure: &Measure) -> Result<(), GateRefusal> {
        if self.introspection || measure.introspection_fields == 0 {
            return Ok(());
        }
        let none = Limits {
            introspection_fields: 0,
            ..self.limits.clone()
        };
        let found = measure.introspection_fields;
        Err(GateRefusal::limit(Limit::IntrospectionFields, &none, found))
    }
}
