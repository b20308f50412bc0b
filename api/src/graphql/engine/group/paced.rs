//! An answer that is told again as it changes, made once for many.
//!
//! The ring has the newest answer and nothing else, by numbers of its own: whoever comes gets it at once, and whoever
//! reads slowly gets the newest when they read. Where there was no room to keep it, whoever lacks it makes it by
//! themselves, and is back for the next.

use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use async_graphql::Variables;

use super::{Group, Rings, make};
use crate::graphql::engine::paced::Told;
use crate::graphql::engine::question::Question;
use crate::graphql::engine::ready::{Item, Read, Reader, Ready};
use crate::graphql::engine::{Engine, Payload};
use crate::graphql::subscription::Execution;
use engine::live::Audience;
use engine::live::paced::{Pace, Wakes};
use engine::live::ring::Ring;

impl Group {
    /// A group that makes its first answer now.
    pub(super) fn begin_paced(
        rings: Arc<Rings>,
        engine: &Engine,
        question: &Question,
        variables: &Variables,
        wakes: &Wakes,
    ) -> Arc<Self> {
        let making = Making {
            engine: engine.clone(),
            question: question.clone(),
            variables: variables.clone(),
            pace: Pace::new(wakes.clone()),
        };
        Self::spawn(rings, Ready::new(0), None, |group| making.run(group))
    }

    /// Puts an answer in the place of the one before.
    fn replace(&self, number: i64, item: Item, members: usize) {
        self.change(|ring| ring.keep(0));
        self.push(number, item, members);
        self.ready.tell();
    }
}

/// The making of answers.
struct Making {
    engine: Engine,
    question: Question,
    variables: Variables,
    pace: Pace,
}

impl Making {
    /// Makes an answer whenever one is due, until the last member is gone.
    async fn run(mut self, group: Weak<Group>) {
        let audience = Audience::Everyone(self.question.access().clone());
        let (mut told, mut number) = (Told::default(), 0);
        loop {
            self.pace.due().await;
            let (engine, operation) = (&self.engine, self.question.operation());
            let made = make(
                engine,
                operation,
                &self.variables,
                &audience,
                Execution::Answer,
            );
            let Some(item) = made.await else {
                continue;
            };
            let Some(group) = group.upgrade() else {
                return;
            };
            let failed = match &item {
                Item::Ready(payload) if !told.takes(payload) => continue,
                Item::Ready(_) => false,
                Item::Failed(_) => true,
                // From here on each member executes it by itself.
                Item::Own(_) => return,
            };
            number += 1;
            // This task has the group itself, and each subscription has it once.
            group.replace(number, item, Arc::strong_count(&group) - 1);
            if failed {
                return;
            }
        }
    }
}

/// A place in a group that makes answers.
pub(in crate::graphql::engine) struct PacedMember {
    group: Arc<Group>,
    reader: Reader,
    told: Told,
    /// Whether the newest answer was not kept for it.
    lacks: bool,
}

impl PacedMember {
    /// A member that was told so much, and gets the newest answer next if that differs.
    pub(in crate::graphql::engine) fn new(group: Arc<Group>, told: Told) -> Self {
        let mut reader = Reader::new(group.ready.clone(), 0);
        go_to_newest(&group, &mut reader);
        Self {
            group,
            reader,
            told,
            lacks: false,
        }
    }

    /// Whether it must make the newest answer by itself.
    pub(in crate::graphql::engine) const fn lacks_newest(&self) -> bool {
        self.lacks
    }

    /// Whether this answer, which it made by itself, differs from what it was told.
    pub(in crate::graphql::engine) fn takes(&mut self, payload: &Payload) -> bool {
        self.lacks = false;
        self.told.takes(payload)
    }

    /// What was handed out last.
    pub(in crate::graphql::engine) const fn told(&self) -> Told {
        self.told
    }

    /// Whether the group makes no more answers.
    pub(in crate::graphql::engine) fn has_ended(&self) -> bool {
        self.group.has_ended()
    }

    /// The next answer that differs from the one before. None: the member must make it by itself.
    pub(in crate::graphql::engine) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Item>> {
        loop {
            match ready!(self.reader.poll_next(cx)) {
                Read::Item(Item::Ready(payload)) if !self.told.takes(&payload) => {}
                Read::Item(item) => return Poll::Ready(Some(item)),
                Read::Ended(_) => return Poll::Ready(None),
                Read::Gone if go_to_newest(&self.group, &mut self.reader) => {}
                Read::Gone => {
                    // What it makes by itself from now on has what that answer had.
                    let edge = self.group.ready.look(Ring::edge);
                    self.reader.go_to(edge, edge);
                    self.lacks = true;
                    return Poll::Ready(None);
                }
            }
        }
    }
}

/// Before the newest answer; whether that is another place than before.
fn go_to_newest(group: &Group, reader: &mut Reader) -> bool {
    let newest = group.ready.look(Ring::edge).saturating_sub(1).max(0);
    let moves = reader.position() < newest;
    reader.go_to(newest, newest);
    moves
}
