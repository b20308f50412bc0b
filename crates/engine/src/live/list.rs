//! Following the log with a list: what of it is to be told, event by event.
//!
//! The events come from memory. A list that has fallen behind what memory holds, or that an event leaves
//! in doubt, is taken from the board again, and says so: a gap is never passed over, and never filled by
//! guessing.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Audience;
use crate::app::App;
use crate::board::list::{List, ListViewer, Outcome, RetakeReason, Snapshot, Step, Wanted};
use crate::dispatch::{Mail, Mailbox, Taken, Topic};
use crate::log::{Cursor, Head};
use crate::store::Recent;
use domain::Conversation;

/// What one entry of a conversation's maps takes, about.
const ENTRY: usize = 96;

/// A list to be kept right for a subscriber.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Of what.
    pub wanted: Wanted,
    /// From where.
    pub begin: Begin,
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
    /// The subscriber sees other conversations than before, or by another token.
    SightChanged,
    /// A customer has another name, and a text is looked for.
    NamesChanged,
    /// There was more to tell than is kept.
    FellBehind,
}

/// What is told of a list at one position.
#[derive(Debug)]
pub struct Update {
    /// Where in the log, and of which list.
    pub cursor: Cursor,
    /// How many conversations there are in all.
    pub total: usize,
    /// What.
    pub news: News,
}

/// What is told of a list.
#[derive(Debug)]
pub enum News {
    /// All that is shown, and why.
    Whole(Reason, Vec<Arc<Conversation>>),
    /// What an event changed, and when it was committed.
    Changes(DateTime<Utc>, Vec<Step>),
}

impl Update {
    /// The list as it is.
    pub fn whole(list: &List, reason: Reason) -> Self {
        Self {
            cursor: list.cursor(),
            total: list.total(),
            news: News::Whole(reason, list.shown()),
        }
    }

    /// About how many bytes it takes to keep. Each conversation counts: the board soon has others.
    pub fn weight(&self) -> usize {
        let news = match &self.news {
            News::Whole(_, rows) => rows.iter().map(|row| weight_of(row)).sum::<usize>(),
            News::Changes(_, steps) => steps.iter().map(Step::weight).sum(),
        };
        size_of::<Self>() + news
    }
}

impl Step {
    fn weight(&self) -> usize {
        let image = match self {
            Self::Entered(_, image) | Self::Updated(_, image) | Self::Moved(_, image) => image,
            Self::Left(..) => return size_of::<Self>(),
        };
        size_of::<Self>() + weight_of(image)
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

/// The list as the board has it now.
pub fn take(app: &App, viewer: ListViewer, wanted: Wanted) -> List {
    let snapshot = app
        .board
        .read(|board| Snapshot::from(board, &viewer, &wanted));
    List::new(viewer, wanted, snapshot)
}

/// Why a list is told again that an event left in doubt.
pub const fn reason_of(doubt: RetakeReason) -> Reason {
    match doubt {
        RetakeReason::Sight => Reason::SightChanged,
        RetakeReason::Names => Reason::NamesChanged,
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

impl ListFollower {
    /// A place at the log's head, for this audience's list. The list is taken after this, and [tells](Self::after)
    /// where it is.
    pub fn new(app: Arc<App>, audience: &Audience, wanted: &Wanted) -> Self {
        let mail = audience.mail(&app, topic_of(wanted));
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

/// What a list is told of this event: nothing, an update, or that it must be taken again.
pub fn tell(list: &mut List, recent: &Recent) -> Result<Option<Update>, Reason> {
    let Recent { entry, naming } = recent;
    match list.go_on(entry, naming.as_deref()) {
        Outcome::Nothing => Ok(None),
        Outcome::Changed(steps) => Ok(Some(Update {
            cursor: list.cursor(),
            total: list.total(),
            news: News::Changes(entry.at, steps),
        })),
        Outcome::Unknown(doubt) => Err(reason_of(doubt)),
    }
}
