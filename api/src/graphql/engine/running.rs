//! A subscription that runs: by itself, or in a place of a group.
//!
//! By itself it is a stream, whose executions take time and what a database gives: it belongs into a
//! task of its own. In a group it is a [`Place`], which never waits for anything but the group: a
//! connection asks its places itself. The way from one to the other goes by the position in the log,
//! so there is no gap and no repeat in it. A list that is kept right has a group of another kind, and
//! what it tells some of its members they execute by themselves: it stays a stream.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use async_graphql::ServerError;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::group::{Group, Item, Member};
use super::lists::ListMember;
use super::{Engine, Payload, Prepared, Shown, SubscriptionItem, Whose, resume_failed};
use crate::domain::Viewer;
use crate::graphql::subscription::Execution;
use crate::live::list::{Begin, Reason};
use crate::live::{Audience, Follower, Plan, Reached};

/// What a subscription is, whichever way it goes through the log.
struct Terms {
    engine: Engine,
    prepared: Prepared,
    viewer: Arc<Viewer>,
    plan: Plan,
}

/// A subscription that follows the log by itself, or a list.
pub(super) struct Running {
    terms: Box<Terms>,
    whose: Whose,
    group: Option<Arc<Group>>,
    way: Way,
}

/// By which way it goes through the log.
enum Way {
    /// By itself.
    Alone(Follower),
    /// With the group that keeps its list.
    List(Box<ListMember>),
}

/// A subscription's place in a group, which executes for all its members.
pub struct Place {
    terms: Box<Terms>,
    member: Member,
}

impl Running {
    /// Starts where the plan says.
    pub(super) fn new(
        engine: Engine,
        prepared: Prepared,
        viewer: Arc<Viewer>,
        whose: Whose,
        plan: Plan,
    ) -> Self {
        let group = engine.group(&prepared, &viewer, &plan);
        let terms = Box::new(Terms {
            engine,
            prepared,
            viewer,
            plan,
        });
        Self::by_itself(terms, whose, group)
    }

    fn by_itself(terms: Box<Terms>, whose: Whose, group: Option<Arc<Group>>) -> Self {
        let way = match &terms.plan.list {
            None => Way::Alone(terms.follower()),
            Some(list) => {
                let group = terms
                    .engine
                    .list_group(&terms.prepared, &terms.viewer, list);
                Way::List(Box::new(ListMember::new(group, list.begin)))
            }
        };
        Self {
            terms,
            whose,
            group,
            way,
        }
    }

    /// What it yields.
    pub(super) fn into_stream(self) -> BoxStream<'static, SubscriptionItem> {
        let next = |running: Option<Self>| async move { running?.next().await };
        stream::unfold(Some(self), next).boxed()
    }

    /// The next item, and what is left to yield more; none at the end.
    async fn next(mut self) -> Option<(SubscriptionItem, Option<Self>)> {
        loop {
            let next = tokio::select! {
                // First, so that no event is delivered by a token that was replaced.
                biased;
                () = replaced(&mut self.whose) => return Some(match self.reauthorise().await {
                    Ok(()) => (SubscriptionItem::Replaced, Some(self)),
                    Err(errors) => (SubscriptionItem::Failed(errors), None),
                }),
                next = self.way.next(self.group.as_ref()) => next,
            };
            let (execution, last) = match next {
                Next::Level(position) => {
                    let place = self.join(position)?;
                    return Some((SubscriptionItem::Joined(place), None));
                }
                Next::Execute(execution, last) => (execution, last),
                Next::Ready(payload) => return Some((SubscriptionItem::Next(payload), Some(self))),
                Next::Failed(errors) => return Some((SubscriptionItem::Failed(errors), None)),
            };
            let cursor = execution.cursor();
            let item = match self.terms.execute(execution).await {
                Shown::Payload(json) => SubscriptionItem::Next(Payload { json, cursor }),
                Shown::Failed(errors) => return Some((SubscriptionItem::Failed(errors), None)),
                // One viewer may always be asked for.
                Shown::Nothing | Shown::Personal if last => return None,
                Shown::Nothing | Shown::Personal => continue,
            };
            return Some((item, (!last).then_some(self)));
        }
    }

    /// The place in the group, where it is level with it.
    fn join(self, position: i64) -> Option<Place> {
        let member = Member::new(self.group?, position);
        let terms = self.terms;
        Some(Place { terms, member })
    }

    /// Goes on from where it is as the viewer of the new token, if that may.
    async fn reauthorise(&mut self) -> Result<(), Vec<ServerError>> {
        let viewer = self.whose.borrow_and_update().clone();
        let reached = match &self.way {
            Way::Alone(follower) => follower.reached(),
            // A list goes on by its own group, or begins again.
            Way::List(_) => 0.into(),
        };
        let again = |place| Execution::PlanAgain(place, reached);
        let Terms {
            engine, prepared, ..
        } = &*self.terms;
        let plan = engine.plan(prepared, &viewer, again).await?;
        if let Some(list) = &plan.list {
            let group = engine.list_group(prepared, &viewer, list);
            // Who sees the same goes on with the same list.
            if !matches!(&self.way, Way::List(member) if member.is_of(&group)) {
                let begin = Begin::Fresh(Reason::SightChanged);
                self.way = Way::List(Box::new(ListMember::new(group, begin)));
            }
            (self.terms.viewer, self.terms.plan) = (viewer, plan);
            return Ok(());
        }
        self.group = engine.group(prepared, &viewer, &plan);
        (self.terms.viewer, self.terms.plan) = (viewer, plan);
        self.way = Way::Alone(self.terms.follower());
        Ok(())
    }
}

/// What comes next in the log.
enum Next {
    /// Nothing that the group does not have, after this position.
    Level(i64),
    /// An event to execute for, or what to tell of a list; whether it is the last.
    Execute(Execution, bool),
    /// It was executed for many.
    Ready(Payload),
    /// It cannot go on.
    Failed(Vec<ServerError>),
}

impl Way {
    /// Waits for what comes next; can be given up at any time.
    async fn next(&mut self, group: Option<&Arc<Group>>) -> Next {
        match self {
            Self::Alone(follower) => next_alone(follower, group).await,
            Self::List(member) => match member.next().await {
                Item::Ready(payload) => Next::Ready(payload),
                Item::Own(execution) => Next::Execute(execution, false),
                Item::Failed(errors) => Next::Failed(errors.as_ref().clone()),
            },
        }
    }
}

async fn next_alone(follower: &mut Follower, group: Option<&Arc<Group>>) -> Next {
    loop {
        let position = follower.position();
        // Within an event there is something left that only this viewer gets.
        let whole = follower.reached() == Reached::from(position);
        if whole && group.is_some_and(|group| !group.has_ended() && group.is_level_with(position)) {
            return Next::Level(position);
        }
        match follower.at_hand().await {
            Ok(Some((delivery, last))) => return Next::Execute(Execution::Deliver(delivery), last),
            Ok(None) => {}
            Err(error) => return Next::Failed(vec![resume_failed(&error)]),
        }
        // What it passed over may have brought it to where the group is.
        if follower.position() == position {
            follower.moved().await;
        }
    }
}

impl Terms {
    fn follower(&self) -> Follower {
        let audience = Audience::One(self.viewer.clone());
        Follower::new(self.engine.app().clone(), audience, self.plan.clone())
    }

    /// Executes the operation for this, and for this viewer.
    async fn execute(&self, execution: Execution) -> Shown {
        let audience = Audience::One(self.viewer.clone());
        let (operation, variables) = (&self.prepared.operation, &self.prepared.variables);
        let shown = self.engine.show(operation, variables, audience, execution);
        shown.await
    }
}

impl Place {
    /// What comes next. None: the group does not have it, and the subscription goes on
    /// [`alone`](Self::alone).
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<SubscriptionItem>> {
        let item = ready!(self.member.poll_next(cx));
        Poll::Ready(item.and_then(|item| match item {
            Item::Ready(payload) => Some(SubscriptionItem::Next(payload)),
            Item::Failed(errors) => Some(SubscriptionItem::Failed(errors.as_ref().clone())),
            // A group ends rather than leave an execution to its members.
            Item::Own(_) => None,
        }))
    }

    /// Whose it is.
    pub const fn viewer(&self) -> &Arc<Viewer> {
        &self.terms.viewer
    }

    /// Goes on by itself from where it is: as whoever `whose` names, if that is another by now.
    pub fn alone(self, mut whose: Whose) -> BoxStream<'static, SubscriptionItem> {
        let Self { mut terms, member } = self;
        (terms.plan.after, terms.plan.handled) = (member.position(), 0);
        if !Arc::ptr_eq(&whose.borrow(), &terms.viewer) {
            whose.mark_changed();
        }
        let group = Some(member.group().clone()).filter(|group| !group.has_ended());
        Running::by_itself(terms, whose, group).into_stream()
    }
}

/// Ready when the viewer's token was replaced; never where nothing can replace it.
async fn replaced(whose: &mut Whose) {
    if whose.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
