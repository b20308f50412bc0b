//! A subscription that runs: alone, or as a member of a group.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::group::{Group, Item, Member};
use super::{Engine, Prepared, Shown, SubscriptionItem, resume_failed};
use crate::domain::Viewer;
use crate::live::{Audience, Delivery, Follower, Plan};

/// A subscription of one viewer.
pub(super) struct Running {
    engine: Engine,
    prepared: Prepared,
    viewer: Arc<Viewer>,
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
}

impl Running {
    /// Starts where the plan says.
    pub(super) fn new(
        engine: Engine,
        prepared: Prepared,
        viewer: Arc<Viewer>,
        plan: Plan,
        group: Option<Arc<Group>>,
    ) -> Self {
        let audience = Audience::One(viewer.clone());
        let alone = Follower::new(engine.app().clone(), audience, plan.clone());
        Self {
            engine,
            prepared,
            viewer,
            plan,
            group,
            way: Way::Alone(alone),
        }
    }

    /// What it yields.
    pub(super) fn into_stream(self) -> BoxStream<'static, SubscriptionItem> {
        stream::unfold(Some(self), |running| async move { running?.next().await }).boxed()
    }

    /// The next item, and what is left to yield more; none at the end.
    async fn next(mut self) -> Option<(SubscriptionItem, Option<Self>)> {
        loop {
            let (item, last) = match self.step().await {
                Step::Deliver(delivery, last) => (self.deliver(delivery).await, last),
                Step::Item(item) => (Some(item), false),
                Step::Again => continue,
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

    async fn step(&mut self) -> Step {
        match &mut self.way {
            Way::Alone(follower) => {
                if let Some(group) = &self.group
                    && group.reaches(follower.position())
                {
                    let member = Member::new(group.clone(), follower.position());
                    self.way = Way::Together(member);
                    return Step::Again;
                }
                match follower.next().await {
                    Ok((delivery, last)) => Step::Deliver(delivery, last),
                    Err(error) => Step::Item(SubscriptionItem::Failed(vec![resume_failed(&error)])),
                }
            }
            Way::Together(member) => match member.next().await {
                Ok(Item::Ready(payload)) => Step::Item(SubscriptionItem::Next(payload)),
                Ok(Item::Own(delivery)) => Step::Deliver(delivery, false),
                Ok(Item::Failed(errors)) => {
                    Step::Item(SubscriptionItem::Failed(errors.as_ref().clone()))
                }
                Err(position) => {
                    let audience = Audience::One(self.viewer.clone());
                    let mut plan = self.plan.clone();
                    (plan.after, plan.handled) = (position, 0);
                    let app = self.engine.app().clone();
                    self.way = Way::Alone(Follower::new(app, audience, plan));
                    self.group = self.group.take().filter(|group| !group.has_ended());
                    Step::Again
                }
            },
        }
    }

    /// Executes the operation for this event and this viewer; none when it shows nothing of it.
    async fn deliver(&self, delivery: Delivery) -> Option<SubscriptionItem> {
        let audience = Audience::One(self.viewer.clone());
        let (operation, variables) = (&self.prepared.operation, &self.prepared.variables);
        let shown = self.engine.show(operation, variables, audience, delivery);
        match shown.await {
            Shown::Payload(payload) => Some(SubscriptionItem::Next(payload)),
            Shown::Failed(errors) => Some(SubscriptionItem::Failed(errors)),
            // One viewer may always be asked for.
            Shown::Nothing | Shown::Personal => None,
        }
    }
}

/// What a step came to.
enum Step {
    /// An event to execute for; whether it is the last.
    Deliver(Delivery, bool),
    /// Something to yield.
    Item(SubscriptionItem),
    /// Nothing yet.
    Again,
}
