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
use crate::domain::{After, Author, Change, ConversationId, Role, Viewer, Visibility, policy};
use crate::store::{Cursor, Entry, ResumeError};

/// How an event reaches a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The viewer sees what it is about.
    Sees,
    /// The viewer saw the conversation before, and does not see it any more.
    Left(ConversationId),
}

/// An event on its way to a subscriber.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What happened.
    pub entry: Arc<Entry>,
    /// How the viewer sees it.
    pub sight: Sight,
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

/// Where a subscription starts and what it is interested in.
#[derive(Clone)]
pub struct Plan {
    /// It starts with the event after this position.
    pub after: i64,
    /// What it wants.
    pub interest: Interest,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("after", &self.after)
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
        Ok(Self { after, interest })
    }
}

/// A place in the log that moves on. Waiting for the next event can be given up at any time.
#[derive(Debug)]
pub struct Follower {
    app: Arc<App>,
    viewer: Arc<Viewer>,
    plan: Plan,
    position: i64,
    ready: VecDeque<Arc<Entry>>,
    head: tokio::sync::watch::Receiver<crate::store::Head>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl Follower {
    /// Follows the log by this plan.
    pub fn new(app: Arc<App>, viewer: Arc<Viewer>, plan: Plan) -> Self {
        let (position, head) = (plan.after, app.log.watch());
        Self {
            app,
            viewer,
            plan,
            position,
            ready: VecDeque::new(),
            head,
        }
    }

    /// The position of the latest event that was looked at.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// Goes on, from where it is, on behalf of this viewer.
    pub fn reauthorise(&mut self, viewer: Arc<Viewer>, interest: Interest) {
        (self.viewer, self.plan.interest) = (viewer, interest);
    }

    /// The next event to deliver, and whether it is the last; waits until there is one.
    pub async fn next(&mut self) -> Result<(Delivery, bool), ResumeError> {
        loop {
            while let Some(entry) = self.ready.pop_front() {
                self.position = entry.position;
                let Some(sight) = sight(&self.app, &self.viewer, &entry) else {
                    continue;
                };
                let delivery = Delivery { entry, sight };
                match (self.plan.interest)(&delivery) {
                    Want::Skip => {}
                    Want::Deliver => return Ok((delivery, false)),
                    Want::Last => return Ok((delivery, true)),
                }
            }
            // Marked as seen before reading, so that no move of the head is missed.
            self.head.borrow_and_update();
            self.ready = self.app.log.after(self.position).await?.into();
            if self.ready.is_empty() && self.head.changed().await.is_err() {
                // The log lives as long as the application that this follower holds.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// How this viewer sees this event now, if at all (domain.md sections 3 and 7).
pub fn sight(app: &App, viewer: &Viewer, entry: &Entry) -> Option<Sight> {
    let After::Conversation(conversation) = &entry.after else {
        return sees_directory(viewer, &entry.after).then_some(Sight::Sees);
    };
    let agent = app
        .board
        .read(|board| board.world.agent_of(viewer.subject()).cloned());
    let agent = agent.as_deref();
    let now = policy::sees(viewer, agent, conversation);
    let kind = entry.change.kind();
    if !kind.is_public() && !now.supervisor {
        return None;
    }
    if is_internal(&entry.change) && !(now.supervisor || now.agent) {
        return None;
    }
    if now.any() {
        return Some(Sight::Sees);
    }
    let before = entry.before.as_ref()?;
    policy::sight(viewer, agent, conversation.channel, before)
        .any()
        .then_some(Sight::Left(conversation.id))
}

/// What the customer must never learn of.
fn is_internal(change: &Change) -> bool {
    matches!(
        change,
        Change::MessagePosted { visibility: Visibility::Internal, author, .. }
            if *author != Author::Customer
    )
}

fn sees_directory(viewer: &Viewer, after: &After) -> bool {
    let leads = viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator);
    match after {
        After::Conversation(_) => false,
        After::Agent(_) | After::Queue(_) | After::Workstream(_) => {
            leads || viewer.has_role(Role::Agent)
        }
        After::Supervisor(subject, _) => subject == viewer.subject() || leads,
        After::Settings(_) => leads,
    }
}
