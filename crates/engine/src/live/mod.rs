//! Following the event log on behalf of one viewer.
//!
//! A subscription is planned once (where it starts, what it is interested in) and then goes
//! through the log, one event after the other: authorised for each event as things stand then,
//! executed, delivered. It never skips: what cannot be delivered ends it, and its client resumes
//! from the last cursor it has.

use std::fmt;
use std::sync::Arc;

use crate::app::App;
use crate::board;
use crate::dispatch::{Mail, ReaderOf, Topic};
use crate::log::{Cursor, Entry};
use crate::store::ResumeError;
use domain::audience::Listener;
use domain::notice::{self, Notice, Occurrence};
use domain::{
    Access, Addressees, After, Agent, AgentId, Change, Conversation, ConversationId, QueueId, Role,
    Viewer, Visibility, World, policy,
};

mod follower;
pub mod list;
mod membership;
pub mod paced;
pub mod ring;

pub use follower::Follower;

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

    /// A place at the dispatcher for whoever reads as them, of this topic.
    fn mail(&self, app: &App, topic: Topic) -> Mail {
        let agent_at = |position| {
            let agents = |board: &board::State| self.agent_now_and_at(board, position).1;
            app.board.read(agents)
        };
        let reader = self.reader(topic);
        app.log.dispatcher().register(&reader, agent_at)
    }

    /// Who they are to the dispatcher.
    fn reader(&self, topic: Topic) -> ReaderOf<'_> {
        let (access, subject) = match self {
            Self::One(viewer) => (viewer.access(), Some(viewer.subject())),
            Self::Everyone(access) => (access, None),
        };
        ReaderOf {
            access,
            subject,
            topic,
        }
    }

    /// Whether the dispatcher sends this event to them for this topic; by the memberships right after it.
    fn is_addressed(&self, app: &App, topic: Topic, entry: &Entry) -> bool {
        let agents = |board: &board::State| self.agent_now_and_at(board, entry.position).1;
        let agent = app.board.read(agents);
        let before = entry.before.as_ref();
        let addressees = Addressees::of(&entry.change, &entry.after, before);
        addressees.include(&self.reader(topic).addresses(agent.as_deref()))
    }

    /// Whether what they see depends on whose member they are.
    fn has_memberships(&self) -> bool {
        matches!(self, Self::One(_)) && self.access().has_role(Role::Agent)
    }
}

/// How an event reaches a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The viewer sees what it is about.
    Sees,
    /// The viewer saw the conversation before, and does not see it any more.
    Left(ConversationId),
    /// It concerns the viewer, whether or not they see the conversation (any more).
    Concerns(Notice),
}

/// By which rule events reach a subscription's viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryRule {
    /// What they see, and what leaves their sight.
    Visible,
    /// What concerns them.
    Concerning,
    /// What changes in the organisation, where they may see it.
    Organisation,
}

impl DeliveryRule {
    const fn topic(self) -> Topic {
        match self {
            Self::Visible => Topic::Visible,
            Self::Concerning => Topic::Notices,
            Self::Organisation => Topic::Organisation,
        }
    }
}

/// An event on its way to a subscriber.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What happened.
    pub entry: Arc<Entry>,
    /// How the viewer sees it.
    pub kind: DeliveryKind,
    /// Where to go on after it. An event that is several deliveries is handled whole with the last.
    pub cursor: Cursor,
}

impl Delivery {
    /// What left the viewer's sight with a membership, and the queue in which it was.
    pub fn left_with_membership(&self) -> Option<(ConversationId, QueueId)> {
        match (&self.kind, &self.entry.change) {
            (DeliveryKind::Left(id), Change::MembershipChanged { queue, .. }) => {
                Some((*id, *queue))
            }
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
    pub rule: DeliveryRule,
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
    /// To have an answer told again as it changes.
    Paced(paced::Wakes),
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("after", &self.after)
            .field("handled", &self.handled)
            .field("rule", &self.rule)
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
            rule: DeliveryRule::Visible,
            interest,
            shared: false,
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// What this event is to this viewer, if it concerns them now (domain.md sections 4 and 13). A crowd has no
/// concerns.
fn concerning(app: &App, audience: &Audience, entry: &Entry) -> Option<Notice> {
    let Audience::One(viewer) = audience else {
        return None;
    };
    let agent = || app.board.read(|board| audience.agent(&board.world));
    let after = match &entry.after {
        After::Conversation(after) => after,
        After::Agent(after) => {
            let (change, actor) = (&entry.change, &entry.actor);
            return notice::to_agent(viewer, agent().as_deref(), change, actor, after);
        }
        _ => return None,
    };
    let agent = agent();
    let occurrence = Occurrence {
        change: &entry.change,
        actor: &entry.actor,
        after,
        before: entry.before.as_ref(),
    };
    notice::concerning(viewer, agent.as_deref(), occurrence)
}

/// Whether this audience may know now what this event changed in the organisation (domain.md section 7).
fn hears(app: &App, audience: &Audience, entry: &Entry) -> Option<DeliveryKind> {
    let own = app.board.read(|board| audience.agent(&board.world));
    let listener = Listener::new(audience.access(), own.as_deref());
    let hears = listener.hears(&entry.change, &entry.after);
    hears.then_some(DeliveryKind::Sees)
}

/// How this audience sees this event now, if at all (domain.md sections 3 and 7). What was OPEN in an
/// agent's queues was theirs as a member at the event: what happened before they were one is not told
/// them later, and what they saw leaves their list though they are one no more. Content takes that they
/// may see it now as well.
fn visible(app: &App, audience: &Audience, entry: &Entry) -> Option<DeliveryKind> {
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
    if let Some(coached) = entry.change.coaches() {
        return reads_coaching(app, audience, agent, conversation, coached);
    }
    if !entry.change.audience().has(now) {
        return None;
    }
    if now.any() {
        return Some(DeliveryKind::Sees);
    }
    let before = entry.before.as_ref()?;
    policy::sight(access, then, conversation.origin(), before)
        .any()
        .then_some(DeliveryKind::Left(conversation.id))
}

/// What coaches an agent is for who may read it in the transcript: each by themselves, never for many.
fn reads_coaching(
    app: &App,
    audience: &Audience,
    agent: Option<&Agent>,
    conversation: &Conversation,
    coached: AgentId,
) -> Option<DeliveryKind> {
    let Audience::One(viewer) = audience else {
        return None;
    };
    let reading = policy::reads_transcript(viewer, agent, conversation, app.clock.now())?;
    let reads = reading.reads(Visibility::Coaching, Some(coached));
    reads.then_some(DeliveryKind::Sees)
}
