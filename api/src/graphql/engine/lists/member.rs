//! A place in a live list.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::{ListGroup, ListHandle, Slot};
use crate::graphql::engine::ready::{Item, Read, Reader};
use engine::live::list::{Begin, Kept, Reason};
use engine::live::ring::Ring;

/// A place in a group's list.
pub(in crate::graphql::engine) struct ListMember {
    handle: ListHandle,
    /// What it begins with; none once it has.
    begin: Option<Begin>,
    /// The whole list that it waits for, to begin with.
    making: Option<(i64, Slot)>,
    /// It begins when the group has come so far.
    from: i64,
    /// Where it is in the group's ring. Names may have been erased since what is older was made.
    reader: Reader,
}

impl ListMember {
    /// A member that begins so. It sees what was committed before it came.
    pub(in crate::graphql::engine) fn new(handle: ListHandle, begin: Begin) -> Self {
        let from = handle.engine.app().log.dispatcher().head();
        Self {
            reader: Reader::new(handle.group.ready.clone(), 0),
            handle,
            begin: Some(begin),
            making: None,
            from: from.position,
        }
    }

    /// Its handle.
    pub(in crate::graphql::engine) const fn handle(&self) -> &ListHandle {
        &self.handle
    }

    /// Everything up to this position was handed out.
    pub(in crate::graphql::engine) const fn position(&self) -> i64 {
        Kept::position_at(self.reader.position())
    }

    /// Whether it has begun, and goes on with what the group has ready alone.
    pub(in crate::graphql::engine) const fn is_level(&self) -> bool {
        self.begin.is_none() && self.reader.is_level()
    }

    /// The next item, for a member that [is level](Self::is_level). None: it is not any more, or must execute
    /// something by itself.
    pub(in crate::graphql::engine) fn poll_ready(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Item>> {
        let before = self.reader.position();
        Poll::Ready(match ready!(self.reader.poll_next(cx)) {
            Read::Item(Item::Own(_)) => {
                // It is level again once it has executed this.
                self.reader.go_to(before, self.reader.position());
                None
            }
            Read::Item(item) => Some(item),
            Read::Gone => {
                self.begin = Some(Begin::Fresh(Reason::FellBehind));
                None
            }
            Read::Ended(errors) => Some(Item::Failed(errors.unwrap_or_default())),
        })
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
            match self.reader.next().await {
                Read::Item(item) => return item,
                Read::Gone => self.begin = Some(Begin::Fresh(Reason::FellBehind)),
                Read::Ended(errors) => return Item::Failed(errors.unwrap_or_default()),
            }
        }
    }

    const fn group(&self) -> &Arc<ListGroup> {
        &self.handle.group
    }

    /// Begins, or learns how else it has to.
    async fn start(&mut self, begin: Begin) -> Option<Item> {
        let mut reached = self.group().reached.subscribe();
        // It may be waiting for what concerns it, further back.
        self.group().mailbox.wake();
        let _ = reached.wait_for(|reached| *reached >= self.from).await;
        let (place, slot) = match (begin, &self.making) {
            (Begin::After(cursor), _) => {
                match self.group().knows(&self.handle.engine, cursor) {
                    Ok(place) => {
                        let edge = self.group().ready.look(Ring::edge);
                        self.reader.go_to(place, edge);
                        self.begin = None;
                    }
                    Err(reason) => self.begin = Some(Begin::Fresh(reason)),
                }
                return None;
            }
            (Begin::Fresh(_), Some(making)) => making.clone(),
            (Begin::Fresh(reason), None) => {
                let Some(whole) = self.group().whole(&self.handle.engine, reason) else {
                    // It ended before it had a list.
                    let errors = self.group().ready.ended().cloned().flatten();
                    return Some(Item::Failed(errors.unwrap_or_default()));
                };
                self.making = Some(whole.clone());
                whole
            }
        };
        let item = slot.await;
        self.reader.go_to(place, place);
        (self.begin, self.making) = (None, None);
        item
    }
}
