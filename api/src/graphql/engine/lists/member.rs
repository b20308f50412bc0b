//! A place in a live list.

use std::sync::{Arc, PoisonError};

use tokio::sync::watch;

use super::{ListGroup, Seat, Slot};
use crate::graphql::engine::group::Item;
use crate::graphql::subscription::Execution;
use engine::live::list::{Begin, Reason};
use engine::live::ring::Found;

/// A place in a group's list.
pub(in crate::graphql::engine) struct ListMember {
    seat: Seat,
    /// What it begins with; none once it has.
    begin: Option<Begin>,
    /// The whole list that it waits for, to begin with.
    making: Option<(i64, Slot)>,
    /// It begins when the group has come so far.
    from: i64,
    /// Everything up to here was taken from the ring, or is in the list that it began with.
    taken: i64,
    /// What was made up to here is made anew for it: names may have been erased since.
    made_before: i64,
    moved: watch::Receiver<()>,
}

impl ListMember {
    /// A member that begins so. It sees what was committed before it came.
    pub(in crate::graphql::engine) fn new(seat: Seat, begin: Begin) -> Self {
        let moved = seat.group.moved.subscribe();
        let from = seat.engine.app().log.dispatcher().head();
        Self {
            seat,
            begin: Some(begin),
            making: None,
            from: from.position,
            taken: 0,
            made_before: 0,
            moved,
        }
    }

    /// Its seat.
    pub(in crate::graphql::engine) const fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Everything up to this position was handed out.
    pub(in crate::graphql::engine) const fn position(&self) -> i64 {
        self.taken
    }

    /// The next item; waits until there is one. Waiting can be given up at any time.
    pub(in crate::graphql::engine) async fn next(&mut self) -> Item {
        loop {
            if let Some(begin) = self.begin {
                if let Some(item) = self.start(begin).await {
                    return item;
                }
                continue;
            }
            // Marked as seen before reading, so that no move is missed.
            self.moved.borrow_and_update();
            let found = {
                let ring = self.group().ring.read();
                let ring = ring.unwrap_or_else(PoisonError::into_inner);
                ring.after(self.taken)
            };
            match found {
                Found::Entry(position, (update, item)) => {
                    self.taken = position;
                    if position <= self.made_before {
                        return Item::Own(Execution::Tell(update));
                    }
                    return item;
                }
                Found::Gone => {
                    self.begin = Some(Begin::Fresh(Reason::FellBehind));
                    continue;
                }
                Found::Nothing => {}
            }
            if let Some(errors) = self.group().ended.get() {
                return Item::Failed(errors.clone());
            }
            // The group lives as long as this member.
            let _ = self.moved.changed().await;
        }
    }

    const fn group(&self) -> &Arc<ListGroup> {
        &self.seat.group
    }

    /// Begins, or learns how else it has to.
    async fn start(&mut self, begin: Begin) -> Option<Item> {
        let mut reached = self.group().reached.subscribe();
        // It may be waiting for what concerns it, further back.
        self.group().mailbox.wake();
        let _ = reached.wait_for(|reached| *reached >= self.from).await;
        let (position, slot) = match (begin, &self.making) {
            (Begin::After(cursor), _) => {
                match self.group().knows(&self.seat.engine, cursor) {
                    Ok(()) => {
                        let ring = self.group().ring.read();
                        let ring = ring.unwrap_or_else(PoisonError::into_inner);
                        let edge = ring.edge();
                        drop(ring);
                        (self.taken, self.made_before) = (cursor.position(), edge);
                        self.begin = None;
                    }
                    Err(reason) => self.begin = Some(Begin::Fresh(reason)),
                }
                return None;
            }
            (Begin::Fresh(_), Some(making)) => making.clone(),
            (Begin::Fresh(reason), None) => {
                let Some(whole) = self.group().whole(&self.seat.engine, reason) else {
                    // It ended before it had a list.
                    let errors = self.group().ended.get().cloned().unwrap_or_default();
                    return Some(Item::Failed(errors));
                };
                self.making = Some(whole.clone());
                whole
            }
        };
        let item = slot.await;
        (self.taken, self.made_before) = (position, position);
        (self.begin, self.making) = (None, None);
        item
    }
}
