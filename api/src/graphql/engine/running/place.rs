//! A subscription's place in a group: asked by its connection, without a task of its own.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::stream::BoxStream;

use super::{Running, Source, Terms};
use crate::graphql::engine::group::Member;
use crate::graphql::engine::lists::ListMember;
use crate::graphql::engine::paced::Paced;
use crate::graphql::engine::ready::Item;
use crate::graphql::engine::{SubscriptionItem, Whose};
use domain::Viewer;
use engine::live::Plan;

/// A subscription's place in a group, which executes for all its members.
pub struct Place {
    pub(super) terms: Box<Terms>,
    pub(super) of: PlaceOf,
}

/// In what it is a place.
pub(super) enum PlaceOf {
    /// In a group, and by which plan it goes on alone.
    Group(Box<Plan>, Member),
    /// In a list.
    List(Box<ListMember>),
    /// In a group that makes answers.
    Paced(Box<Paced>),
}

impl Place {
    /// What comes next. None: the group does not have it, and the subscription goes on
    /// [alone](Self::alone).
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<SubscriptionItem>> {
        let item = ready!(match &mut self.of {
            PlaceOf::Group(_, member) => member.poll_next(cx),
            PlaceOf::List(member) => member.poll_ready(cx),
            PlaceOf::Paced(paced) => match paced.member() {
                Some(member) => member.poll_next(cx),
                None => Poll::Ready(None),
            },
        });
        Poll::Ready(item.and_then(|item| match item {
            Item::Ready(payload) => Some(self.terms.delivered(payload)),
            Item::Failed(errors) => Some(SubscriptionItem::Failed(errors.as_ref().clone())),
            // Neither leaves an execution to its members here.
            Item::Own(_) => None,
        }))
    }

    /// Whose it is.
    pub const fn viewer(&self) -> &Arc<Viewer> {
        &self.terms.viewer
    }

    /// Goes on by itself from where it is: as whoever `whose` names, if that is another by now.
    pub fn alone(self, mut whose: Whose) -> BoxStream<'static, SubscriptionItem> {
        let Self { terms, of } = self;
        if !Arc::ptr_eq(&whose.borrow(), &terms.viewer) {
            whose.mark_changed();
        }
        let source = match of {
            PlaceOf::Group(mut plan, member) => {
                (plan.after, plan.handled) = (member.position(), 0);
                let group = Some(member.group().clone()).filter(|group| !group.has_ended());
                terms.alone_until(plan, group)
            }
            PlaceOf::List(member) => Source::List(member),
            PlaceOf::Paced(paced) => Source::Paced(Box::new(paced.unless_ended())),
        };
        Running {
            terms,
            whose,
            source,
        }
        .into_stream()
    }
}
