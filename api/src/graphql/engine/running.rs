//! A subscription that runs: alone, or as a member of a group.

use std::sync::Arc;

use async_graphql::ServerError;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::group::{Group, Item, Member};
use super::lists::ListMember;
use super::{Engine, Prepared, Shown, SubscriptionItem, Whose, resume_failed};
use crate::domain::Viewer;
use crate::graphql::subscription::Execution;
use crate::live::list::{Begin, Reason};
use crate::live::{Audience, Follower, Plan, Reached};

/// A subscription of one viewer.
pub(super) struct Running {
    engine: Engine,
    prepared: Prepared,
    viewer: Arc<Viewer>,
    whose: Whose,
    plan: Plan,
    group: Option<Arc<Group>>,
    way: Way,
}

/// By which way it goes through the log.
enum Way {
    /// By itself.
    Alone(Follower),
    /// With a group.
    Together(Member),
    /// With the group that keeps its list.
    List(Box<ListMember>),
}

/// What a step came to.
enum Step {
    /// An event to execute for, or what to tell of a list; whether it is the last.
    Deliver(Execution, bool),
    /// Something to yield.
    Item(SubscriptionItem),
    /// Nothing yet.
    Again,
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
        let way = match &plan.list {
            None => Way::alone(&engine, &viewer, &plan),
            Some(list) => {
                let group = engine.list_group(&prepared, &viewer, list);
                Way::List(Box::new(ListMember::new(group, list.begin)))
            }
        };
        Self {
            engine,
            prepared,
            viewer,
            whose,
            plan,
            group,
            way,
        }
    }

    /// What it yields.
    pub(super) fn into_stream(self) -> BoxStream<'static, SubscriptionItem> {
        stream::unfold(Some(self), |running| async move { running?.next().await }).boxed()
    }

    /// The next item, and what is left to yield more; none at the end.
    async fn next(mut self) -> Option<(SubscriptionItem, Option<Self>)> {
        loop {
            let step = tokio::select! {
                // First, so that no event is delivered by a token that was replaced.
                biased;
                () = replaced(&mut self.whose) => match self.reauthorise().await {
                    Ok(()) => continue,
                    Err(errors) => Step::Item(SubscriptionItem::Failed(errors)),
                },
                step = self.way.step(self.group.as_ref()) => step,
            };
            let (item, last) = match step {
                Step::Deliver(execution, last) => (self.deliver(execution).await, last),
                Step::Item(item) => (Some(item), false),
                Step::Again => {
                    self.change_way();
                    continue;
                }
            };
            if let Some(item) = item {
                let ends = last || matches!(item, SubscriptionItem::Failed(_));
                return Some((item, (!ends).then_some(self)));
            }
            if last {
                return None;
            }
        }
    }

    /// Joins the group where level with it, and goes on alone where not.
    fn change_way(&mut self) {
        let position = self.way.position();
        self.group = self.group.take().filter(|group| !group.has_ended());
        self.way = match &self.group {
            Some(group) if group.is_level_with(position) => {
                Way::Together(Member::new(group.clone(), position))
            }
            _ => {
                (self.plan.after, self.plan.handled) = (position, 0);
                Way::alone(&self.engine, &self.viewer, &self.plan)
            }
        };
    }

    /// Goes on from where it is as the viewer of the new token, if that may.
    async fn reauthorise(&mut self) -> Result<(), Vec<ServerError>> {
        self.viewer = self.whose.borrow_and_update().clone();
        let reached = self.way.reached();
        let again = |place| Execution::PlanAgain(place, reached);
        let engine = &self.engine;
        self.plan = engine.plan(&self.prepared, &self.viewer, again).await?;
        if let Some(list) = &self.plan.list {
            let group = engine.list_group(&self.prepared, &self.viewer, list);
            // Who sees the same goes on with the same list.
            if !matches!(&self.way, Way::List(member) if member.is_of(&group)) {
                let begin = Begin::Fresh(Reason::SightChanged);
                self.way = Way::List(Box::new(ListMember::new(group, begin)));
            }
            return Ok(());
        }
        self.group = engine.group(&self.prepared, &self.viewer, &self.plan);
        self.way = Way::alone(engine, &self.viewer, &self.plan);
        Ok(())
    }

    /// Executes the operation for this, and for this viewer; none when it shows nothing of it.
    async fn deliver(&self, execution: Execution) -> Option<SubscriptionItem> {
        let audience = Audience::One(self.viewer.clone());
        let (operation, variables) = (&self.prepared.operation, &self.prepared.variables);
        let shown = self.engine.show(operation, variables, audience, execution);
        match shown.await {
            Shown::Payload(payload) => Some(SubscriptionItem::Next(payload)),
            Shown::Failed(errors) => Some(SubscriptionItem::Failed(errors)),
            // One viewer may always be asked for.
            Shown::Nothing | Shown::Personal => None,
        }
    }
}

impl Way {
    fn alone(engine: &Engine, viewer: &Arc<Viewer>, plan: &Plan) -> Self {
        let audience = Audience::One(viewer.clone());
        Self::Alone(Follower::new(engine.app().clone(), audience, plan.clone()))
    }

    /// Everything up to this position was yielded.
    fn position(&self) -> i64 {
        match self {
            Self::Alone(follower) => follower.position(),
            Self::Together(member) => member.position(),
            // A list goes on by its own group, or begins again.
            Self::List(_) => 0,
        }
    }

    /// What was yielded.
    fn reached(&self) -> Reached {
        match self {
            Self::Alone(follower) => follower.reached(),
            Self::Together(member) => member.position().into(),
            Self::List(_) => 0.into(),
        }
    }

    /// Waits for what comes next; can be given up at any time.
    async fn step(&mut self, group: Option<&Arc<Group>>) -> Step {
        match self {
            Self::Alone(follower) => {
                if group.is_some_and(|group| group.is_level_with(follower.position())) {
                    return Step::Again;
                }
                match follower.next().await {
                    Ok((delivery, last)) => Step::Deliver(Execution::Deliver(delivery), last),
                    Err(error) => Step::Item(SubscriptionItem::Failed(vec![resume_failed(&error)])),
                }
            }
            Self::Together(member) => match member.next().await {
                Some(item) => item.into(),
                None => Step::Again,
            },
            Self::List(member) => member.next().await.into(),
        }
    }
}

impl From<Item> for Step {
    fn from(item: Item) -> Self {
        match item {
            Item::Ready(payload) => Self::Item(SubscriptionItem::Next(payload)),
            Item::Own(execution) => Self::Deliver(execution, false),
            Item::Failed(errors) => Self::Item(SubscriptionItem::Failed(errors.as_ref().clone())),
        }
    }
}

/// Ready when the viewer's token was replaced; never where nothing can replace it.
async fn replaced(whose: &mut Whose) {
    if whose.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
