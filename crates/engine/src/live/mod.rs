//! Following the event log on behalf of one viewer.
//!
//! A subscription is planned once (where it starts, what it is interested in) and then goes
//! through the log, one event after the other: authorised for each event as things stand then,
//! executed, delivered. It never skips: what cannot be delivered ends it, and its client resumes
//! from the last cursor it has.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crate::app::App;
use crate::board;
use crate::log::{Cursor, Entry};
use crate::store::ResumeError;
use domain::notice::{self, Notice, Occurrence};
use domain::{Access, After, Agent, Change, ConversationId, QueueId, Role, Viewer, World, policy};

pub mod list;
mod membership;
pub mod ring;

/// For whom something is executed: one viewer, or everybody whose token gives this access.
#[derive(Clone, Debug)]
pub enum Audience {
    /// One viewer.
    One(Arc<Viewer>),
    /// Everybody with this access, which shows all of them the same.
    Everyone(Arc<Access>),
}

impl Audience {
    /// Everybody who sees what this viewer sees; none where that depends on who it is.
    pub fn around(viewer: &Viewer) -> Option<Self> {
        let access = viewer.access();
        access
            .is_impersonal()
            .then(|| Self::Everyone(access.clone()))
    }

    /// What they may see.
    pub fn access(&self) -> &Access {
        match self {
            Self::One(viewer) => viewer.access(),
            Self::Everyone(access) => access,
        }
    }

    /// Which agent it is; a crowd is none.
    pub fn agent(&self, world: &World) -> Option<Arc<Agent>> {
        match self {
            Self::One(viewer) => world.agent_of(viewer.subject()).cloned(),
            Self::Everyone(_) => None,
        }
    }

    /// Which agent it is, and which it was right after the event at this position.
    fn agent_now_and_at(
        &self,
        board: &board::State,
        position: i64,
    ) -> (Option<Arc<Agent>>, Option<Arc<Agent>>) {
        let Self::One(viewer) = self else {
            return (None, None);
        };
        let now = self.agent(&board.world);
        let then = board.past.agent(viewer.subject(), position, now.as_ref());
        (now, then)
    }

    /// Whether what they see depends on whose member they are.
    fn has_memberships(&self) -> bool {
        matches!(self, Self::One(_)) && self.access().has_role(Role::Agent)
    }
}

/// How an event reaches a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The viewer sees what it is about.
    Sees,
    /// The viewer saw the conversation before, and does not see it any more.
    Left(ConversationId),
    /// It concerns the viewer, whether or not they see the conversation (any more).
    Concerns(Notice),
}

/// By which rule events reach a subscription's viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lens {
    /// What they see, and what leaves their sight.
    Sight,
    /// What concerns them.
    Concern,
}

/// An event on its way to a subscriber.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What happened.
    pub entry: Arc<Entry>,
    /// How the viewer sees it.
    pub sight: Sight,
    /// Where to go on after it. An event that is several deliveries is handled whole with the last.
    pub cursor: Cursor,
}

impl Delivery {
    /// What left the viewer's sight with a membership, and the queue in which it was.
    pub fn left_with_membership(&self) -> Option<(ConversationId, QueueId)> {
        match (&self.sight, &self.entry.change) {
            (Sight::Left(id), Change::MembershipChanged { queue, .. }) => Some((*id, *queue)),
            _ => None,
        }
    }
}

/// What a subscription wants of an event that its viewer may see.
pub type Interest = Arc<dyn Fn(&Delivery) -> Want + Send + Sync>;

/// What a subscription does with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    Skip,
    /// Deliver it.
    Deliver,
    /// Deliver it, and end.
    Last,
}

/// How far a subscription has come in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Everything up to this position was delivered.
    pub position: i64,
    /// And so many deliveries of the event after it.
    pub handled: u32,
}

impl From<i64> for Reached {
    fn from(position: i64) -> Self {
        Self {
            position,
            handled: 0,
        }
    }
}

/// Where a subscription starts and what it is interested in.
#[derive(Clone)]
pub struct Plan {
    /// It starts with the event after this position.
    pub after: i64,
    /// So many deliveries of that event were handled before.
    pub handled: u32,
    /// What reaches it at all.
    pub lens: Lens,
    /// What it wants.
    pub interest: Interest,
    /// Whether that does not depend on who subscribes, so that many can be served at once.
    pub shared: bool,
}

/// What a subscription planned.
#[derive(Clone, Debug)]
pub enum Planned {
    /// To follow the log.
    Events(Plan),
    /// To have a list kept right.
    List(Box<list::ListPlan>),
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("after", &self.after)
            .field("handled", &self.handled)
            .field("lens", &self.lens)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// From this cursor, or from now.
    pub async fn from(
        app: &App,
        cursor: Option<Cursor>,
        interest: Interest,
    ) -> Result<Self, ResumeError> {
        let after = match cursor {
            Some(cursor) => app.log.resume(cursor).await?,
            None => app.log.head().position,
        };
        let handled = cursor.map_or(0, |cursor| cursor.step);
        let reached = Reached {
            position: after,
            handled,
        };
        Ok(Self::at(reached, interest))
    }

    /// From there.
    pub fn at(reached: Reached, interest: Interest) -> Self {
        Self {
            after: reached.position,
            handled: reached.handled,
            lens: Lens::Sight,
            interest,
            shared: false,
        }
    }
}

/// A place in the log that moves on. Waiting for the next event can be given up at any time.
#[derive(Debug)]
pub struct Follower {
    app: Arc<App>,
    audience: Audience,
    plan: Plan,
    position: i64,
    ready: VecDeque<Arc<Entry>>,
    /// What is left to deliver of the event at the position.
    under_way: VecDeque<Delivery>,
    head: tokio::sync::watch::Receiver<crate::log::Head>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl Follower {
    /// Follows the log by this plan.
    pub fn new(app: Arc<App>, audience: Audience, plan: Plan) -> Self {
        let (position, head) = (plan.after, app.log.watch());
        Self {
            app,
            audience,
            plan,
            position,
            ready: VecDeque::new(),
            under_way: VecDeque::new(),
            head,
        }
    }

    /// Everything up to this position has been looked at.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// What was handed out or passed over.
    pub fn reached(&self) -> Reached {
        match self.under_way.front() {
            None => self.position.into(),
            // The event's own cursor comes with its last delivery: all the others were handed out.
            Some(next) => Reached {
                position: self.position - 1,
                handled: next.cursor.step.checked_sub(1).unwrap_or(u32::MAX),
            },
        }
    }

    /// The next event to deliver, and whether it is the last; waits until there is one.
    pub async fn next(&mut self) -> Result<(Delivery, bool), ResumeError> {
        loop {
            if let Some(next) = self.at_hand().await? {
                return Ok(next);
            }
            self.moved().await;
        }
    }

    /// The same of what is in the log now; none when all that was looked at.
    pub async fn at_hand(&mut self) -> Result<Option<(Delivery, bool)>, ResumeError> {
        loop {
            while let Some(delivery) = self.under_way.pop_front() {
                match (self.plan.interest)(&delivery) {
                    Want::Skip => {}
                    Want::Deliver => return Ok(Some((delivery, false))),
                    Want::Last => return Ok(Some((delivery, true))),
                }
            }
            if let Some(entry) = self.ready.pop_front() {
                self.position = entry.position;
                let handled = std::mem::take(&mut self.plan.handled);
                self.under_way = self.deliveries(&entry, handled).into();
                continue;
            }
            if self.plan.lens == Lens::Sight && self.audience.has_memberships() {
                self.app.know_members_since(self.position).await?;
            }
            // Marked as seen before reading, so that no move of the head is missed.
            self.head.borrow_and_update();
            self.ready = self.app.log.after(self.position).await?.into();
            if self.ready.is_empty() {
                return Ok(None);
            }
        }
    }

    /// Waits until there is more in the log than when it was looked at.
    pub async fn moved(&mut self) {
        if self.head.changed().await.is_err() {
            // The log lives as long as the application that this follower holds.
            std::future::pending::<()>().await;
        }
    }
}

impl Follower {
    /// What this event is to the audience now, but for the deliveries that were handled before.
    fn deliveries(&self, entry: &Arc<Entry>, handled: u32) -> Vec<Delivery> {
        let (app, audience) = (&self.app, &self.audience);
        let sight = match self.plan.lens {
            Lens::Sight => sight(app, audience, entry),
            Lens::Concern => concern(app, audience, entry).map(Sight::Concerns),
        };
        let whole = sight.map(|sight| Delivery {
            entry: entry.clone(),
            sight,
            cursor: entry.cursor(),
        });
        if self.plan.lens == Lens::Concern {
            return whole.into_iter().collect();
        }
        let left = membership::left(app, audience, entry, handled);
        left.into_iter().chain(whole).collect()
    }
}

/// What this event is to this viewer, if it concerns them now (domain.md section 4). A crowd has no
/// concerns.
fn concern(app: &App, audience: &Audience, entry: &Entry) -> Option<Notice> {
    let (Audience::One(viewer), After::Conversation(after)) = (audience, &entry.after) else {
        return None;
    };
    let agent = app.board.read(|board| audience.agent(&board.world));
    let occurrence = Occurrence {
        change: &entry.change,
        actor: &entry.actor,
        after,
        before: entry.before.as_ref(),
    };
    notice::concerning(viewer, agent.as_deref(), occurrence)
}

/// How this audience sees this event now, if at all (domain.md sections 3 and 7). What was OPEN in an
/// agent's queues was theirs as a member at the event: what happened before they were one is not told
/// them later, and what they saw leaves their list though they are one no more. Content takes that they
/// may see it now as well.
pub fn sight(app: &App, audience: &Audience, entry: &Entry) -> Option<Sight> {
    let After::Conversation(conversation) = &entry.after else {
        // What changes in the organisation is no event of a conversation; lists look at it by themselves.
        return None;
    };
    let access = audience.access();
    let agents = |board: &board::State| audience.agent_now_and_at(board, entry.position);
    let (agent, then) = app.board.read(agents);
    let (agent, then) = (agent.as_deref(), then.as_deref());
    let mut now = policy::sees(access, agent, conversation);
    now.agent = now.agent && policy::sees(access, then, conversation).agent;
    if !entry.change.audience().has(now) {
        return None;
    }
    if now.any() {
        return Some(Sight::Sees);
    }
    let before = entry.before.as_ref()?;
    policy::sight(access, then, conversation.channel, before)
        .any()
        .then_some(Sight::Left(conversation.id))
}
