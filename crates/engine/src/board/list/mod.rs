//! The ongoing view of somebody, kept right event by event: which conversations it has, in order, and
//! what an event changes in the first of them.
//!
//! A list is at one log position, like the board it was taken from, and goes on by the events after it.
//! Invariant: at every position its rows are those that `State::page` would show there, as they were
//! there. That is a function of the position alone, so whoever has the list of a position, wherever from,
//! has with the changes after it the list of any later one. An event costs a search in an ordered set,
//! and as much as the window is long; never a look at the whole board. Knows no clock: nothing changes
//! without an event. What one event cannot tell (another name for a customer where a text is looked for,
//! another membership of an agent who watches) is a list taken again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use uuid::Uuid;

use super::asked::Ranking;
use super::places::Places;
use super::row_filter::RowFilter;
use super::step::Gone;
use super::view::{Filter, Order, RowViewer, SortKey};
use super::{Naming, State};
use crate::log::{Cursor, Entry, Head};
use domain::{Access, After, Agent, Change, Conversation, ConversationId, Subject, policy};

pub use super::step::{Leaving, Outcome, RetakeReason, Step};

mod shown;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

/// What a row takes in a list, about: its place in the set, and its image in the map.
const ROW: usize = 112;
/// What it takes to remember in whose names a text is, about.
const NAMED: usize = 32;

/// What a list is of: the part of the view, and how many of it from the start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Which conversations.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// How many from the start.
    pub count: usize,
}

/// Who looks at a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListViewer {
    /// What they may see, whoever they are.
    pub access: Arc<Access>,
    /// Who it is, where what they see depends on that.
    pub subject: Option<Subject>,
}

/// The list of one viewer, or of all who see the same.
#[derive(Debug)]
pub struct List {
    wanted: Wanted,
    viewer: ListViewer,
    tag: u64,
    agent: Option<Arc<Agent>>,
    head: Head,
    places: Places<SortKey>,
    rows: HashMap<ConversationId, Arc<Conversation>>,
    /// Where a text is looked for: in whose names it is, whatever else is asked for.
    named: Option<HashSet<ConversationId>>,
}

/// What is read of the board for a list, under its lock.
#[derive(Debug)]
pub struct Snapshot {
    agent: Option<Arc<Agent>>,
    head: Head,
    rows: Vec<(SortKey, Arc<Conversation>)>,
    named: Option<HashSet<ConversationId>>,
}

impl Snapshot {
    /// What the board has for this list now.
    pub fn from(board: &State, viewer: &ListViewer, wanted: &Wanted) -> Self {
        let Wanted { filter, order, .. } = wanted;
        let subject = viewer.subject.as_ref();
        let agent = subject
            .and_then(|subject| board.world.agent_of(subject))
            .cloned();
        let row_viewer = RowViewer::new(&viewer.access, agent.as_deref());
        let ranking = Ranking::new(order.field, row_viewer);
        let row = |(row, _)| {
            let value = ranking.of_row(&board.rows, row);
            let place = order.sort_key(value, board.rows.id(row));
            (place, board.rows.image(row).clone())
        };
        let row_filter = RowFilter::new(board, row_viewer, filter);
        let mut named = filter.text.is_some().then(HashSet::new);
        let rows = match &mut named {
            None => row_filter.rows().map(row).collect(),
            Some(named) => {
                let rows = row_filter.named().filter(|(place, traits)| {
                    named.insert(board.rows.id(*place));
                    row_filter.passes_but_for_text(*place, traits)
                });
                rows.map(row).collect()
            }
        };
        Self {
            agent,
            head: board.head,
            rows,
            named,
        }
    }
}

impl List {
    /// The list of what was snapshot; made of it without the board.
    pub fn new(viewer: ListViewer, wanted: Wanted, snapshot: Snapshot) -> Self {
        let mut tag = DefaultHasher::new();
        (&viewer, &wanted).hash(&mut tag);
        let places: BTreeSet<_> = snapshot.rows.iter().map(|(place, _)| *place).collect();
        Self {
            // 0 stands for no list.
            tag: tag.finish() | 1,
            places: Places::new(places, wanted.count),
            wanted,
            viewer,
            agent: snapshot.agent,
            head: snapshot.head,
            rows: (snapshot.rows.into_iter())
                .map(|(place, conversation)| (place.id(), conversation))
                .collect(),
            named: snapshot.named,
        }
    }

    /// The same list, whose cursors are not those of a list that anybody else keeps.
    pub fn kept_by(mut self, keeper: Uuid) -> Self {
        let mut tag = DefaultHasher::new();
        (self.tag, keeper).hash(&mut tag);
        self.tag = tag.finish() | 1;
        self
    }

    /// Where in the log it is.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The cursor of where it is. It says of which list it is, so that it is not resumed as another.
    pub const fn cursor(&self) -> Cursor {
        let list = self.tag;
        Cursor {
            list,
            ..self.head.cursor()
        }
    }

    /// How many there are in all.
    pub fn total(&self) -> usize {
        self.places.len()
    }

    /// About how many bytes it takes; the images are the board's.
    pub fn bytes(&self) -> usize {
        let named = self.named.as_ref().map_or(0, HashSet::len);
        self.places.len() * ROW + named * NAMED
    }

    /// What is shown.
    pub fn shown(&self) -> Vec<Arc<Conversation>> {
        let row = |place: &SortKey| self.rows.get(&place.id()).cloned();
        self.places.shown().iter().filter_map(row).collect()
    }

    /// Goes on by the next event, and what came with it of names. After an unknown outcome the list is
    /// where it was.
    pub fn go_on(&mut self, entry: &Entry, naming: Option<&Naming>) -> Outcome {
        let renames = naming.is_some_and(|naming| naming.renames);
        if renames && self.named.is_some() {
            return Outcome::Unknown(RetakeReason::Names);
        }
        if let After::Agent(agent) = &entry.after
            && self.changes_sight(agent)
        {
            return Outcome::Unknown(RetakeReason::Sight);
        }
        self.head = Head {
            epoch: entry.epoch,
            position: entry.position,
            hash: entry.hash,
        };
        match &entry.after {
            After::Conversation(conversation) => {
                self.note_names(conversation, naming);
                let total = self.total();
                let mut steps = self.put(conversation, &entry.change);
                if let Some(naming) = naming.filter(|naming| naming.renames) {
                    let theirs = |other: &Conversation| {
                        naming.customers.contains(&other.customer) && other.id != conversation.id
                    };
                    steps.extend(self.updated(theirs));
                }
                if steps.is_empty() && total == self.total() {
                    Outcome::Nothing
                } else {
                    Outcome::Changed(steps)
                }
            }
            after => match self.beside(&entry.change, after) {
                steps if steps.is_empty() => Outcome::Nothing,
                steps => Outcome::Changed(steps),
            },
        }
    }

    /// Goes on to this head of the log: nothing up to there concerns the list.
    pub fn pass_to(&mut self, head: Head) {
        self.head = head;
    }

    /// Keeps in whose names the text is.
    fn note_names(&mut self, conversation: &Conversation, naming: Option<&Naming>) {
        let Some(named) = &mut self.named else { return };
        if !conversation.is_ongoing() {
            named.remove(&conversation.id);
        } else if naming.is_some_and(|naming| self.wanted.filter.is_in(&naming.names.iter())) {
            named.insert(conversation.id);
        }
    }

    /// Whether this is the viewer's own agent row, and they see other conversations by it.
    fn changes_sight(&self, now: &Agent) -> bool {
        let Some(subject) = &self.viewer.subject else {
            return false;
        };
        let known = self.agent.as_ref();
        let was_theirs = known.is_some_and(|known| known.id == now.id);
        let is_theirs = now.subject == *subject && now.deleted_at.is_none();
        let same = known.is_some_and(|known| known.queues == now.queues);
        was_theirs != is_theirs || (is_theirs && !same)
    }

    fn row_viewer(&self) -> RowViewer<'_> {
        RowViewer::new(&self.viewer.access, self.agent.as_deref())
    }

    fn sort_key(&self, conversation: &Conversation) -> SortKey {
        let order = self.wanted.order;
        let ranking = Ranking::new(order.field, self.row_viewer());
        order.sort_key(ranking.value(conversation), conversation.id)
    }

    /// Whether who leads or administrates looks: what agents carry and settings allow is shown to them.
    fn is_of_leaders(&self) -> bool {
        self.viewer.access.leads()
    }

    /// Puts an image in its place.
    fn put(&mut self, image: &Arc<Conversation>, change: &Change) -> Vec<Step> {
        let id = image.id;
        let sight = policy::sees(&self.viewer.access, self.agent.as_deref(), image);
        let seen = sight.any();
        let is_in = image.is_ongoing()
            && seen
            && self.wanted.filter.takes(self.row_viewer(), image)
            && self.named.as_ref().is_none_or(|named| named.contains(&id));
        let from = self.rows.get(&id).map(|before| self.sort_key(before));
        let to = is_in.then(|| self.sort_key(image));
        if is_in {
            self.rows.insert(id, image.clone());
        } else {
            self.rows.remove(&id);
        }
        let leaving = match (image.is_ongoing(), seen, is_in) {
            (_, false, _) => Leaving::Unseen,
            (false, true, _) => Leaving::Ended,
            (true, true, false) => Leaving::Unmatched,
            (true, true, true) => Leaving::PushedOut,
        };
        // What the viewer must not know of changes nothing that they are shown: an update would tell
        // of it all the same. An administrator is shown what comes of events that are not theirs to follow. Whether the
        // image is another is not asked: it may be so in what the viewer must not know.
        let told =
            change.coaches().is_none() && (sight.administrator || change.audience().has(sight));
        let shift = self.places.put(from.as_ref(), to.as_ref());
        let row = Some(image);
        let gone = Gone {
            id,
            row,
            leaving,
            told,
        };
        gone.steps(shift, |place| {
            (place.id(), self.rows.get(&place.id()).cloned())
        })
    }
}
