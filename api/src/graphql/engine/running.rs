//! A subscription that runs: by itself, or in a place of a group.
//!
//! By itself it is a stream, whose executions take time and what a database gives: it belongs into a
//! task of its own. In a group it is a [`Place`], which never waits for anything but the group: a
//! connection asks its places itself. The way from one to the other goes by the position in the log,
//! so there is no gap and no repeat in it. A live list has a group of another kind: it is a stream until it has
//! begun and nothing is left that it executes by itself, and a place from then on.

use std::sync::Arc;

use async_graphql::ServerError;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use super::group::{Follows, Group, Member};
use super::lists::{ListHandle, ListMember};
use super::paced::{Paced, Told};
use super::ready::Item;
use super::{Engine, Payload, Prepared, Shown, SubscriptionItem, Whose, resume_failed};
use crate::graphql::subscription::Execution;
use domain::Viewer;
use engine::live::list::Begin;
use engine::live::paced::Wakes;
use engine::live::{Audience, Follower, Plan, Planned, Reached};

mod place;

pub use place::Place;
use place::PlaceOf;

/// What a subscription is, whichever way it goes through the log.
struct Terms {
    engine: Engine,
    prepared: Prepared,
    viewer: Arc<Viewer>,
}

/// A subscription that follows the log by itself, or a list.
pub(super) struct Running {
    terms: Box<Terms>,
    whose: Whose,
    source: Source,
}

/// By which way it goes through the log.
enum Source {
    /// By itself.
    Alone(Box<Alone>),
    /// With the group that keeps its list.
    List(Box<ListMember>),
    /// By what its answer depends on.
    Paced(Box<Paced>),
}

/// By itself, until it is level with the group.
struct Alone {
    plan: Box<Plan>,
    follower: Follower,
    group: Option<Arc<Group>>,
}

impl Running {
    /// Starts where the plan says; refused where there is no room for it.
    pub(super) async fn begin(
        engine: Engine,
        prepared: Prepared,
        viewer: Arc<Viewer>,
        whose: Whose,
        plan: Planned,
    ) -> Result<Self, Vec<ServerError>> {
        let terms = Box::new(Terms {
            engine,
            prepared,
            viewer,
        });
        let source = match plan {
            Planned::Events(plan) => terms.alone(Box::new(plan)),
            Planned::List(list) => {
                let Terms {
                    engine,
                    prepared,
                    viewer,
                } = &*terms;
                let handle = engine.list_handle(prepared, viewer, &list.wanted, None)?;
                Source::list(handle, list.begin).await?
            }
            Planned::Paced(wakes) => terms.paced(wakes, Told::default()),
        };
        Ok(Self {
            terms,
            whose,
            source,
        })
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
                next = self.source.next(self.terms.is_for_each()) => next,
            };
            let (execution, last) = match next {
                Next::Level => {
                    let place = self.join()?;
                    return Some((SubscriptionItem::Joined(place), None));
                }
                Next::Execute(execution, last) => (execution, last),
                Next::Ready(payload) => {
                    let item = self.terms.delivered(payload);
                    let goes_on = matches!(item, SubscriptionItem::Next(..));
                    return Some((item, goes_on.then_some(self)));
                }
                Next::Failed(errors) => return Some((SubscriptionItem::Failed(errors), None)),
            };
            let item = match self.terms.execute(execution).await {
                Shown::Payload(payload) if !self.source.tells(&payload) => continue,
                Shown::Payload(payload) => self.terms.delivered(payload),
                Shown::Failed(errors) => return Some((SubscriptionItem::Failed(errors), None)),
                // One viewer may always be asked for.
                Shown::Nothing | Shown::Personal if last => return None,
                Shown::Nothing | Shown::Personal => continue,
            };
            let goes_on = !last && matches!(item, SubscriptionItem::Next(..));
            return Some((item, goes_on.then_some(self)));
        }
    }

    /// The place in the group, where it is level with it.
    fn join(self) -> Option<Place> {
        let of = match self.source {
            Source::Alone(alone) => {
                let member = Member::new(alone.group?, alone.follower.position());
                PlaceOf::Group(alone.plan, member)
            }
            Source::List(member) => PlaceOf::List(member),
            Source::Paced(paced) => PlaceOf::Paced(paced),
        };
        let terms = self.terms;
        Some(Place { terms, of })
    }

    /// Goes on from where it is as the viewer of the new token, if that may.
    async fn reauthorise(&mut self) -> Result<(), Vec<ServerError>> {
        let viewer = self.whose.borrow_and_update().clone();
        let reached = self.source.reached();
        let again = |place| Execution::PlanAgain(place, reached);
        let Terms {
            engine,
            prepared,
            viewer: before,
        } = &*self.terms;
        let plan = engine.plan(prepared, &viewer, again).await?;
        match plan {
            Planned::Events(plan) => {
                self.terms.viewer = viewer;
                self.source = self.terms.alone(Box::new(plan));
            }
            Planned::List(list) => {
                let had = self.source.handle();
                let handle = engine.list_handle(prepared, &viewer, &list.wanted, had)?;
                // Who sees the same goes on with the same list, unless it shows what they may do.
                let may_the_same = before.permissions() == viewer.permissions();
                let goes_on = had.is_some_and(|had| had.is_with(&handle))
                    && (may_the_same || !prepared.operation.is_personal());
                if !goes_on {
                    self.source = Source::list(handle, list.begin).await?;
                }
                self.terms.viewer = viewer;
            }
            Planned::Paced(wakes) => {
                self.terms.viewer = viewer;
                self.source = self.terms.paced(wakes, self.source.told());
            }
        }
        Ok(())
    }
}

/// What comes next in the log.
enum Next {
    /// Nothing that the group does not have.
    Level,
    /// An event to execute for, or what to tell of a list; whether it is the last.
    Execute(Execution, bool),
    /// It was executed for many.
    Ready(Payload),
    /// It cannot go on.
    Failed(Vec<ServerError>),
}

impl Source {
    /// With this list, once there is one.
    async fn list(mut handle: ListHandle, begin: Begin) -> Result<Self, Vec<ServerError>> {
        handle.begun().await?;
        handle.take().map_err(|error| vec![error])?;
        Ok(Self::List(Box::new(ListMember::new(handle, begin))))
    }

    fn handle(&self) -> Option<&ListHandle> {
        match self {
            Self::List(member) => Some(member.handle()),
            Self::Alone(_) | Self::Paced(_) => None,
        }
    }

    /// What was told last of an answer.
    fn told(&self) -> Told {
        match self {
            Self::Paced(paced) => paced.told(),
            Self::Alone(_) | Self::List(_) => Told::default(),
        }
    }

    /// Whether this payload, which was executed by itself, is to be told.
    fn tells(&mut self, payload: &Payload) -> bool {
        match self {
            Self::Paced(paced) => paced.takes(payload),
            Self::Alone(_) | Self::List(_) => true,
        }
    }

    /// What was handed out or passed over.
    fn reached(&self) -> Reached {
        match self {
            Self::Alone(alone) => alone.follower.reached(),
            Self::List(member) => member.position().into(),
            // An answer is of no position: it is made again.
            Self::Paced(_) => Reached::from(0),
        }
    }

    /// Waits for what comes next; can be given up at any time. `for_each`: what a list tells its members each
    /// executes by itself.
    async fn next(&mut self, for_each: bool) -> Next {
        match self {
            Self::Alone(alone) => next_alone(&mut alone.follower, alone.group.as_ref()).await,
            Self::List(member) if member.is_level() && !for_each => Next::Level,
            Self::List(member) => match member.next().await {
                Item::Ready(payload) => Next::Ready(payload),
                Item::Own(execution) => Next::Execute(execution, false),
                Item::Failed(errors) => Next::Failed(errors.as_ref().clone()),
            },
            Self::Paced(paced) if paced.is_together() => Next::Level,
            Self::Paced(paced) => {
                paced.due().await;
                Next::Execute(Execution::Answer, false)
            }
        }
    }
}

async fn next_alone(follower: &mut Follower, group: Option<&Arc<Group>>) -> Next {
    loop {
        let position = follower.position();
        // Within an event there is something left that only this viewer gets.
        if !follower.is_within_an_event()
            && group.is_some_and(|group| !group.has_ended() && group.is_level_with(position))
        {
            return Next::Level;
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
    /// Whether what is executed for many is executed for each of them.
    fn is_for_each(&self) -> bool {
        self.prepared.operation.is_personal() && self.viewer.access().is_impersonal()
    }

    /// By itself where the plan says, until it is level with those who ask the same.
    fn alone(&self, plan: Box<Plan>) -> Source {
        let group = if plan.shared {
            self.group(&Follows::Log(&plan))
        } else {
            None
        };
        self.alone_until(plan, group)
    }

    /// With those who ask the same, or by itself, where this was told last.
    fn paced(&self, wakes: Wakes, told: Told) -> Source {
        let group = self.group(&Follows::Answer(&wakes));
        Source::Paced(Box::new(Paced::new(wakes, group, told)))
    }

    fn group(&self, follows: &Follows<'_>) -> Option<Arc<Group>> {
        self.engine.group(&self.prepared, &self.viewer, follows)
    }

    fn alone_until(&self, plan: Box<Plan>, group: Option<Arc<Group>>) -> Source {
        let (app, audience) = (self.engine.app(), Audience::One(self.viewer.clone()));
        let follower = Follower::new(app.clone(), audience, (*plan).clone());
        Source::Alone(Box::new(Alone {
            plan,
            follower,
            group,
        }))
    }

    /// What is delivered, counted until it is sent where it is large; or that there is no room for it. The first
    /// has what the operation costs, for a client that asked.
    fn delivered(&mut self, mut payload: Payload) -> SubscriptionItem {
        if let Some(cost) = self.prepared.cost.take() {
            payload.json = cost.put_into(&payload.json).into();
        }
        match self.engine.hold_payload(&self.viewer, payload.json.len()) {
            Ok(held) => SubscriptionItem::Next(payload, held),
            Err(error) => SubscriptionItem::Failed(vec![error]),
        }
    }

    /// Executes the operation for this, and for this viewer.
    async fn execute(&self, execution: Execution) -> Shown {
        let audience = Audience::One(self.viewer.clone());
        let (operation, variables) = (&self.prepared.operation, &self.prepared.variables);
        let shown = self.engine.show(operation, variables, audience, execution);
        shown.await
    }
}

/// Ready when the viewer's token was replaced; never where nothing can replace it.
async fn replaced(whose: &mut Whose) {
    if whose.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
