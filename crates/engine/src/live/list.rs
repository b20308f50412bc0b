//! Following the log with a list: what of it is to be told, event by event.
//!
//! The events come from memory. A list that has fallen behind what memory holds, or that an event leaves
//! in doubt, is taken from the board again, and says so: a gap is never passed over, and never filled by
//! guessing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Audience;
use crate::app::App;
use crate::board::Listed;
use crate::board::agent_list::{AgentList, AgentRow, AgentsWanted};
use crate::board::list::{List, ListViewer, Outcome, RetakeReason, Snapshot, Step, Wanted};
use crate::clock::Clock;
use crate::dispatch::{Mail, Mailbox, Taken, Topic};
use crate::log::{Cursor, Head};
use crate::store::{Recent, StoreError};
use domain::{Agent, Conversation};
use thiserror::Error;

mod agents;

/// What one entry of a conversation's maps takes, about.
const ENTRY: usize = 96;

/// A list to be kept right for a subscriber.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Of what.
    pub wanted: Listing,
    /// From where.
    pub begin: Begin,
}

/// Of what a list is.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each list")]
pub enum Listing {
    /// Of conversations.
    Conversations(Wanted),
    /// Of agents.
    Agents(AgentsWanted),
}

/// From where a subscriber's list goes on.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// With the list as it is, and why.
    Fresh(Reason),
    /// With what follows this cursor, if the list is still known there.
    After(Cursor),
}

/// Why a whole list is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is the first.
    Started,
    /// What follows the cursor is not known any more, or the cursor is of another list.
    NotResumable,
    /// The cursor is of another log.
    OtherLog,
    /// The subscriber sees something else than before, or by another token.
    SightChanged,
    /// A customer has another name, and a text is looked for.
    NamesChanged,
    /// The day is over whose figures a list of agents shows.
    DayChanged,
    /// There was more to tell than is kept.
    FellBehind,
}

/// Why a list cannot go on by an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It must be taken again.
    Again(Reason),
    /// The organisation has switched off what it shows.
    Disabled,
}

/// Why there is no list.
#[derive(Debug, Error)]
pub enum ListError {
    /// The organisation has switched off what it shows.
    #[error("figures by agent are switched off")]
    Disabled,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A list's update at one position.
#[derive(Debug)]
pub struct Update {
    /// Where in the log, and of which list.
    pub cursor: Cursor,
    /// Its place among all updates of the list ([`Kept::place`]).
    pub place: i64,
    /// How many rows there are in all.
    pub total: usize,
    /// What.
    pub news: News,
}

/// The content of an update, by the kind of list.
#[derive(Debug)]
pub enum News {
    /// Of conversations.
    Conversations(Told<Conversation>),
    /// Of agents.
    Agents(Told<AgentRow>),
}

/// The content of an update: all rows, or what changed.
#[derive(Debug)]
pub enum Told<T: Listed> {
    /// All that is shown, and why.
    Whole(Reason, Vec<Arc<T>>),
    /// What an event changed, and when it was committed.
    Changes(DateTime<Utc>, Vec<Step<T>>),
}

impl Update {
    /// About how many bytes it takes to keep. Each row counts: the board soon has others.
    pub fn weight(&self) -> usize {
        size_of::<Self>()
            + match &self.news {
                News::Conversations(told) => told.weight(weight_of),
                News::Agents(told) => told.weight(weight_of_agent),
            }
    }
}

impl<T: Listed> Told<T> {
    fn weight(&self, of_row: impl Fn(&T) -> usize) -> usize {
        let of_step = |step: &Step<T>| match step {
            Step::Entered(_, row) | Step::Updated(_, row) | Step::Moved(_, row) => of_row(row),
            Step::Left(..) => 0,
        };
        match self {
            Self::Whole(_, rows) => rows.iter().map(|row| of_row(row)).sum(),
            Self::Changes(_, steps) => {
                let steps = steps.iter();
                steps.map(|step| size_of::<Step<T>>() + of_step(step)).sum()
            }
        }
    }
}

/// About how many bytes an image takes, with the nodes of its maps.
fn weight_of(image: &Conversation) -> usize {
    let entries = image.consultants.len()
        + image.monitors.len()
        + image.declines.len()
        + image.attention.len();
    size_of::<Conversation>() + entries * ENTRY
}

/// About how many bytes a row of an agent takes, with the image of the agent.
fn weight_of_agent(row: &AgentRow) -> usize {
    size_of::<AgentRow>() + size_of::<Agent>() + row.agent.queues.len() * ENTRY
}

impl ListViewer {
    /// Who looks, for this audience.
    pub fn of(audience: &Audience) -> Self {
        match audience {
            Audience::One(viewer) => Self {
                access: viewer.access().clone(),
                subject: (!viewer.access().is_impersonal()).then(|| viewer.subject().clone()),
            },
            Audience::Everyone(access) => Self {
                access: access.clone(),
                subject: None,
            },
        }
    }
}

/// A list that is kept, with its place among all of its updates.
#[derive(Debug)]
pub struct Kept {
    rows: Rows,
    /// How often it was taken again at the position where it is, for what is no event.
    again: i64,
}

/// The rows of a list.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each list")]
enum Rows {
    Conversations(List),
    Agents(AgentList),
}

/// Up to so many times less one a list may be taken again without an event between, a day each.
const AGAIN: i64 = 1 << 10;

impl Kept {
    /// The list as it is now.
    pub async fn take(
        app: &App,
        viewer: ListViewer,
        listing: &Listing,
        keeper: Option<Uuid>,
    ) -> Result<Self, ListError> {
        let rows = match listing {
            Listing::Conversations(wanted) => {
                let snapshot = |board: &_| Snapshot::from(board, &viewer, wanted);
                let snapshot = app.board.read(snapshot);
                let list = List::new(viewer, wanted.clone(), snapshot);
                Rows::Conversations(match keeper {
                    Some(keeper) => list.kept_by(keeper),
                    None => list,
                })
            }
            Listing::Agents(wanted) => {
                let list = agents::take(app, &viewer, wanted).await?;
                Rows::Agents(match keeper {
                    Some(keeper) => list.kept_by(keeper),
                    None => list,
                })
            }
        };
        Ok(Self { rows, again: 0 })
    }

    /// The list that stands in place of the one before, which may be at the same position.
    #[must_use]
    pub fn instead_of(mut self, before: Option<&Self>) -> Self {
        let same = before.filter(|before| before.head().position == self.head().position);
        self.again = same.map_or(0, |before| (before.again + 1).min(AGAIN - 1));
        self
    }

    /// Where in the log it is.
    pub const fn head(&self) -> Head {
        match &self.rows {
            Rows::Conversations(list) => list.head(),
            Rows::Agents(list) => list.head(),
        }
    }

    /// The cursor of where it is.
    pub const fn cursor(&self) -> Cursor {
        match &self.rows {
            Rows::Conversations(list) => list.cursor(),
            Rows::Agents(list) => list.cursor(),
        }
    }

    /// The place of its latest update: in the order of the log, and at one position in the order of delivery.
    pub const fn place(&self) -> i64 {
        self.head().position * AGAIN + self.again
    }

    /// The place up to which whoever has a cursor of this list was told everything.
    pub const fn place_at(&self, cursor: Cursor) -> i64 {
        if cursor.position() == self.head().position {
            self.place()
        } else {
            cursor.position() * AGAIN + AGAIN - 1
        }
    }

    /// The position of the log at a place.
    pub const fn position_at(place: i64) -> i64 {
        place / AGAIN
    }

    /// About how many bytes it takes; the images are the board's.
    pub fn bytes(&self) -> usize {
        match &self.rows {
            Rows::Conversations(list) => list.bytes(),
            Rows::Agents(list) => list.bytes(),
        }
    }

    /// When it must be taken again though nothing happens; none: never.
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        match &self.rows {
            Rows::Conversations(_) => None,
            Rows::Agents(list) => Some(list.day_ends()),
        }
    }

    /// Goes on to this head of the log: nothing up to there concerns the list.
    pub fn pass_to(&mut self, head: Head) {
        match &mut self.rows {
            Rows::Conversations(list) => list.pass_to(head),
            Rows::Agents(list) => list.pass_to(head),
        }
    }

    /// The list as it is, to be told.
    pub fn whole(&self, reason: Reason) -> Update {
        self.update(match &self.rows {
            Rows::Conversations(list) => News::Conversations(Told::Whole(reason, list.shown())),
            Rows::Agents(list) => News::Agents(Told::Whole(reason, list.shown())),
        })
    }

    /// Goes on by this event. What is to be told of it: nothing, an update, or that the list must be taken again.
    pub fn tell(&mut self, recent: &Recent) -> Result<Option<Update>, Halt> {
        let Recent { entry, naming } = recent;
        let at = entry.at;
        let news = match &mut self.rows {
            Rows::Conversations(list) => {
                let told = told(at, list.go_on(entry, naming.as_deref()))?;
                told.map(News::Conversations)
            }
            Rows::Agents(list) => told(at, list.go_on(entry))?.map(News::Agents),
        };
        Ok(news.map(|news| self.update(news)))
    }

    fn update(&self, news: News) -> Update {
        Update {
            cursor: self.cursor(),
            place: self.place(),
            total: match &self.rows {
                Rows::Conversations(list) => list.total(),
                Rows::Agents(list) => list.total(),
            },
            news,
        }
    }
}

fn told<T: Listed>(at: DateTime<Utc>, outcome: Outcome<T>) -> Result<Option<Told<T>>, Halt> {
    match outcome {
        Outcome::Nothing => Ok(None),
        Outcome::Changed(steps) => Ok(Some(Told::Changes(at, steps))),
        Outcome::Unknown(doubt) => Err(Halt::Again(reason_of(doubt))),
        Outcome::Disabled => Err(Halt::Disabled),
    }
}

/// Why a list is told again that an event left in doubt.
const fn reason_of(doubt: RetakeReason) -> Reason {
    match doubt {
        RetakeReason::Sight => Reason::SightChanged,
        RetakeReason::Names => Reason::NamesChanged,
    }
}

/// The longest sleep until an instant of a clock that may be moved.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Waits until this instant; for ever where there is none.
pub async fn comes(clock: &Clock, until: Option<DateTime<Utc>>) {
    let Some(until) = until else {
        return std::future::pending().await;
    };
    while let Ok(left) = (until - clock.now()).to_std() {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
    }
}

/// What a list goes on by.
#[derive(Debug)]
pub enum Next {
    /// The next event that may change it.
    Event(Recent),
    /// Nothing of what follows up to this head of the log does.
    Passed(Head),
    /// The next event is not in memory any more: the list must be taken from the board again.
    Lost,
}

/// A place in the log that moves on with a list, from one event that may concern it to the next.
#[derive(Debug)]
pub struct ListFollower {
    app: Arc<App>,
    mail: Mail,
    position: i64,
    ready: VecDeque<Recent>,
}

/// What of the log such a list is after.
pub(crate) const fn topic_of(wanted: &Wanted) -> Topic {
    if wanted.filter.text.is_some() {
        Topic::Names
    } else {
        Topic::Visible
    }
}

impl Listing {
    const fn topic(&self) -> Topic {
        match self {
            Self::Conversations(wanted) => topic_of(wanted),
            Self::Agents(_) => Topic::Agents,
        }
    }
}

impl ListFollower {
    /// A place at the log's head, for this audience's list. The list is taken after this, and [tells](Self::after)
    /// where it is.
    pub fn new(app: Arc<App>, audience: &Audience, listing: &Listing) -> Self {
        let mail = audience.mail(&app, listing.topic());
        Self {
            position: mail.mailbox().begins_after(),
            app,
            mail,
            ready: VecDeque::new(),
        }
    }

    /// The mailbox, by which it can be woken.
    pub const fn mailbox(&self) -> &Arc<Mailbox> {
        self.mail.mailbox()
    }

    /// Goes on after this position, where a list was taken.
    pub fn after(&mut self, position: i64) {
        self.position = position;
        self.ready.retain(|recent| recent.entry.position > position);
    }

    /// Forgets what came so far, before a list is taken from the board again.
    pub fn start_over(&mut self) {
        self.ready.clear();
        self.mail.start_over();
    }

    /// What the list goes on by; waits until there is something, or until it is woken and the log has moved.
    pub async fn next(&mut self) -> Next {
        loop {
            if let Some(recent) = self.ready.pop_front() {
                self.position = recent.entry.position;
                return Next::Event(recent);
            }
            // Many events that change nothing must not keep others from running.
            tokio::task::yield_now().await;
            let Taken::Positions(positions, head) = self.mail.take(self.position) else {
                return Next::Lost;
            };
            match self.app.log.recent_at(&positions) {
                None => return Next::Lost,
                Some(ready) => self.ready = ready.into(),
            }
            if !self.ready.is_empty() {
                continue;
            }
            if head.position > self.position {
                self.position = head.position;
                return Next::Passed(head);
            }
            self.mailbox().moved().await;
        }
    }
}
