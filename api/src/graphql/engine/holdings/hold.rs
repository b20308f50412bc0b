//! Counting operations and payloads before they are held, for the transports.

use async_graphql::ServerError;

use super::{Held, HoldsTooMuch, SMALL, of_operation};
use crate::graphql::engine::{Engine, Prepared};
use domain::Viewer;

impl Engine {
    /// Counts what this operation makes the server hold for the viewer's subject, for as long as the answer is
    /// kept; refused where that is more than allowed. What is only kept for the subject, in case they come back
    /// or read slowly, is released first.
    pub fn hold(&self, prepared: &Prepared, viewer: &Viewer) -> Result<Held, ServerError> {
        let Prepared {
            operation,
            variables,
            ..
        } = prepared;
        let bytes = of_operation(operation, variables);
        self.make_room(viewer, || {
            let holdings = &self.0.holdings;
            holdings.hold(viewer.subject(), bytes, Some(operation))
        })
    }

    /// Counts a payload of so many bytes that waits to be sent, as [`hold`](Self::hold) does; none if it is so
    /// small that its operation counts for it.
    pub fn hold_payload(
        &self,
        viewer: &Viewer,
        bytes: usize,
    ) -> Result<Option<Box<Held>>, ServerError> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let holdings = &self.0.holdings;
        let held = self.make_room(viewer, || holdings.hold(viewer.subject(), bytes, None));
        held.map(|held| Some(Box::new(held)))
    }

    /// Takes this; once more if it is too much and something else of the subject was evicted.
    fn make_room(
        &self,
        viewer: &Viewer,
        take: impl Fn() -> Result<Held, HoldsTooMuch>,
    ) -> Result<Held, ServerError> {
        let again = |too_much: HoldsTooMuch| {
            let lists = &self.0.lists;
            if lists.evict_for(viewer.subject(), too_much.excess()) == 0 {
                return Err(too_much);
            }
            take()
        };
        take().or_else(again).map_err(HoldsTooMuch::error)
    }
}
