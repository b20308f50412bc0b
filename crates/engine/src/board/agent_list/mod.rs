//! The agents of somebody and what they have to do, kept right event by event.
//!
//! A list is at one log position and goes on by the events after it, as the list of conversations does: what it shows at
//! a position is a function of that position, the arguments, what the viewer may see, and the day that it is of. Figures
//! of conversations count those in queues in scope alone, also in the row of an agent who has others. What belongs to no
//! queue, the units that an agent carries, is shown only where every queue of the agent is in scope.
//!
//! An event costs a search in an ordered set for each agent whom it concerns, and as much as the window is long; never a
//! look at all agents. Nothing changes by time alone but the day: when that is over, whoever keeps the list takes it again.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::State;
use super::list::ListViewer;
use super::places::Places;
use super::step::{Gone, Leaving, Outcome, Step};
use crate::log::{Cursor, Entry, Head};
use domain::audience::agent_differs;
use domain::fold::Search;
use domain::insights::{Handled, Zone};
use domain::world::Key;
use domain::{
    Access, After, Agent, AgentId, AgentKind, Conversation, ConversationId, Presence, QueueId,
    Role, Scope,
};

mod carried;
mod order;

pub use carried::{AgentRow, HandledToday, Units};
use carried::{Carried, Piece};
use order::AgentPlace;
pub use order::{AgentOrder, AgentOrderField};

/// What an agent takes in a list, about.
const AGENT: usize = 320;
/// What a conversation takes in a list, about: in the map, and in the order of those that its agent handles.
const PIECE: usize = 160;

/// What a list is of: which agents, and how many of them from the start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentsWanted {
    /// Which agents.
    pub filter: AgentFilter,
    /// In which order.
    pub order: AgentOrder,
    /// How many from the start.
    pub count: usize,
    /// In which zone it is today.
    pub zone: Zone,
}

/// Which agents; every condition given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AgentFilter {
    /// Members of one of these queues.
    pub queues: Option<BTreeSet<QueueId>>,
    /// With one of these presences.
    pub presences: Option<BTreeSet<Presence>>,
    /// With a request for help that nobody has answered (true) or without (false).
    pub asks_for_help: Option<bool>,
    /// Whose name has the words of this search.
    pub text: Option<Search>,
}

/// The day of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its begin.
    pub from: DateTime<Utc>,
    /// The begin of the next.
    pub to: DateTime<Utc>,
}

impl Day {
    fn has(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }
}

/// What was handled on a day, up to a position of the log.
#[derive(Clone, Debug)]
pub struct HandledOn {
    /// Which day.
    pub day: Day,
    /// By whom, in queues in scope.
    pub by: HashMap<AgentId, HandledToday>,
    /// The instant of the newest event up to there.
    pub at: DateTime<Utc>,
}

impl HandledOn {
    /// Goes on by this event.
    pub fn go_on(&mut self, entry: &Entry, scope: &AgentScope) {
        self.at = self.at.max(entry.at);
        let conversation = entry.conversation();
        let handled = conversation.and_then(|c| Handled::by(c, self.at));
        let handled = handled.filter(|one| scope.has(one.queue));
        if let Some(handled) = handled.filter(|_| self.day.has(self.at)) {
            self.by
                .entry(handled.agent)
                .or_default()
                .add(handled.millis);
        }
    }
}

/// Which queues count for whoever looks.
#[derive(Clone, Debug)]
pub struct AgentScope {
    access: Arc<Access>,
}

impl AgentScope {
    /// That of this access.
    pub const fn of(access: Arc<Access>) -> Self {
        Self { access }
    }

    fn is_everything(&self) -> bool {
        self.access.has_role(Role::Administrator)
    }

    /// The queues, where these are not all.
    pub fn queues(&self) -> Option<&BTreeSet<QueueId>> {
        match self.access.queues() {
            Scope::Only(queues) if !self.is_everything() => Some(queues),
            _ => None,
        }
    }

    /// Whether the queue is in scope.
    pub fn has(&self, queue: QueueId) -> bool {
        self.is_everything() || self.access.queues().contains(&queue)
    }

    /// Whether the agent is shown: one of their queues is in scope.
    fn shows(&self, agent: &Agent) -> bool {
        self.is_everything() || agent.queues.iter().any(|queue| self.has(*queue))
    }

    /// Whether what of the agent belongs to no queue is told: all of their queues are in scope.
    fn shows_whole(&self, agent: &Agent) -> bool {
        self.is_everything() || agent.queues.iter().all(|queue| self.has(*queue))
    }

    /// Whether two images of an agent differ in what is told.
    fn tells_apart(&self, one: &Agent, other: &Agent) -> bool {
        let facts = agent_differs(one, other);
        let told = facts
            .into_iter()
            .any(|fact| fact.audience().has(&self.access));
        told || one.presence_since != other.presence_since
    }
}

/// What is read of the board for a list, under its lock.
#[derive(Debug)]
pub struct AgentSnapshot {
    head: Head,
    /// Whether there are figures by agent.
    has_figures: bool,
    agents: Vec<(Carried, Vec<(ConversationId, Piece)>)>,
}

impl AgentSnapshot {
    /// What the board has now.
    pub fn from(board: &State, scope: &AgentScope) -> Self {
        let world = &board.world;
        let people = world.agents.values();
        let people = people.filter(|agent| agent.kind == AgentKind::Human);
        let agents = people.map(|agent| {
            // Folded once for all.
            let named = world.name_of_agent(agent.id).cloned();
            let named = named.unwrap_or_else(|| agent.name.clone().into());
            let carried = Carried::of(agent.clone(), named, world.load(agent.id).consumed);
            let theirs = world.concerning(Key::Agent(agent.id));
            let pieces = theirs.filter_map(|c| Some((c.id, Piece::of(c, scope)?)));
            let pieces = pieces.filter(|(_, piece)| piece.agent == agent.id);
            (carried, pieces.collect())
        });
        Self {
            head: board.head,
            has_figures: world.settings.agent_insights,
            agents: agents.collect(),
        }
    }

    /// Where in the log it is.
    pub const fn position(&self) -> i64 {
        self.head.position
    }

    /// Whether the organisation has figures by agent: where not, there is no such list.
    pub const fn has_figures(&self) -> bool {
        self.has_figures
    }
}

/// The agents of one viewer, or of all who see the same.
#[derive(Debug)]
pub struct AgentList {
    wanted: AgentsWanted,
    scope: AgentScope,
    tag: u64,
    head: Head,
    day: Day,
    /// The instant of the newest event.
    at: DateTime<Utc>,
    agents: HashMap<AgentId, Carried>,
    pieces: HashMap<ConversationId, Piece>,
    places: Places<AgentPlace>,
}

impl AgentList {
    /// The list of what was snapshot, and of what was handled up to there.
    pub fn new(
        viewer: &ListViewer,
        wanted: AgentsWanted,
        snapshot: AgentSnapshot,
        mut handled: HandledOn,
    ) -> Self {
        let mut tag = DefaultHasher::new();
        (viewer, &wanted, handled.day.from).hash(&mut tag);
        let mut list = Self {
            // 0 stands for no list.
            tag: tag.finish() | 1,
            scope: AgentScope::of(viewer.access.clone()),
            head: snapshot.head,
            day: handled.day,
            at: handled.at,
            agents: HashMap::new(),
            pieces: HashMap::new(),
            places: Places::new(BTreeSet::new(), wanted.count),
            wanted,
        };
        for (mut carried, pieces) in snapshot.agents {
            for (id, piece) in pieces {
                carried.take(id, &piece);
                list.pieces.insert(id, piece);
            }
            let id = carried.agent.id;
            carried.today = handled.by.remove(&id).unwrap_or_default();
            list.agents.insert(id, carried);
        }
        let ids = list.agents.keys();
        let places = ids.filter_map(|id| list.place(*id)).collect();
        list.places = Places::new(places, list.wanted.count);
        list
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

    /// When its day is over.
    pub const fn day_ends(&self) -> DateTime<Utc> {
        self.day.to
    }

    /// The cursor of where it is. It says of which list it is, and of which day.
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

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.agents.len() * AGENT + self.pieces.len() * PIECE
    }

    /// What is shown.
    pub fn shown(&self) -> Vec<Arc<AgentRow>> {
        let places = self.places.shown().iter();
        places.filter_map(|place| self.row(place.id())).collect()
    }

    /// Goes on to this head of the log: nothing up to there concerns the list.
    pub fn pass_to(&mut self, head: Head) {
        self.head = head;
    }

    /// Goes on by the next event. Where there are no figures by agent any more, there is no list.
    pub fn go_on(&mut self, entry: &Entry) -> Outcome<AgentRow> {
        if let After::Settings(settings) = &entry.after
            && !settings.agent_insights
        {
            return Outcome::Disabled;
        }
        self.head = Head {
            epoch: entry.epoch,
            position: entry.position,
            hash: entry.hash,
        };
        self.at = self.at.max(entry.at);
        let total = self.total();
        let steps = match &entry.after {
            After::Conversation(conversation) => self.conversation(conversation),
            After::Agent(agent) => self.agent(agent),
            After::Queue(queue) => self.of_queue(queue.id),
            After::Workstream(_) | After::Settings(_) | After::Supervisor(..) => Vec::new(),
        };
        if steps.is_empty() && total == self.total() {
            Outcome::Nothing
        } else {
            Outcome::Changed(steps)
        }
    }

    fn conversation(&mut self, c: &Arc<Conversation>) -> Vec<Step<AgentRow>> {
        let (was, is) = (self.pieces.get(&c.id).copied(), Piece::of(c, &self.scope));
        let before = c.course.before.as_deref();
        let shifts = before.map_or_else(Vec::new, |before| before.unit_shifts(c));
        let handled = Handled::by(c, self.at).filter(|_| self.day.has(self.at));
        let handled = handled.filter(|one| self.scope.has(one.queue));
        let mut concerned: BTreeSet<_> = shifts.iter().map(|(agent, _)| *agent).collect();
        if was != is {
            concerned.extend(was.iter().chain(&is).map(|piece| piece.agent));
        }
        concerned.extend(handled.map(|one| one.agent));
        if concerned.is_empty() {
            return Vec::new();
        }
        let stood = concerned
            .into_iter()
            .map(|id| (id, self.row(id), self.place(id)));
        let stood: Vec<_> = stood.collect();
        self.replace(c.id, was, is);
        for (agent, units) in shifts {
            if let Some(carried) = self.agents.get_mut(&agent) {
                carried.shift_units(units);
            }
        }
        if let Some(handled) = handled
            && let Some(carried) = self.agents.get_mut(&handled.agent)
        {
            carried.today.add(handled.millis);
        }
        let mut steps = Vec::new();
        for (id, row, place) in stood {
            steps.extend(self.slide(id, row.as_deref(), place.as_ref()));
        }
        steps
    }

    /// What is counted of a conversation is this from now on.
    fn replace(&mut self, id: ConversationId, was: Option<Piece>, is: Option<Piece>) {
        if let Some(was) = was
            && let Some(carried) = self.agents.get_mut(&was.agent)
        {
            carried.give_up(id, &was);
        }
        match is {
            Some(is) => {
                if let Some(carried) = self.agents.get_mut(&is.agent) {
                    carried.take(id, &is);
                }
                self.pieces.insert(id, is);
            }
            None => {
                self.pieces.remove(&id);
            }
        }
    }

    fn agent(&mut self, agent: &Arc<Agent>) -> Vec<Step<AgentRow>> {
        if agent.kind != AgentKind::Human {
            return Vec::new();
        }
        let id = agent.id;
        let (row, place) = (self.row(id), self.place(id));
        if agent.deleted_at.is_some() {
            self.agents.remove(&id);
        } else if let Some(carried) = self.agents.get_mut(&id) {
            carried.update(agent.clone());
        } else {
            let named = agent.name.clone().into();
            self.agents.insert(id, Carried::of(agent.clone(), named, 0));
        }
        self.slide(id, row.as_deref(), place.as_ref())
    }

    /// The shown rows of the members of a queue that has changed, each updated.
    fn of_queue(&self, queue: QueueId) -> Vec<Step<AgentRow>> {
        let rows = self.places.shown().iter().enumerate();
        let rows = rows.filter_map(|(index, place)| Some((index, self.row(place.id())?)));
        rows.filter(|(_, row)| row.agent.queues.contains(&queue))
            .map(|(index, row)| Step::Updated(index, row))
            .collect()
    }

    /// What is shown after one agent stood so and there.
    fn slide(
        &mut self,
        id: AgentId,
        stood: Option<&AgentRow>,
        from: Option<&AgentPlace>,
    ) -> Vec<Step<AgentRow>> {
        let (row, to) = (self.row(id), self.place(id));
        let told = match (stood, &row) {
            (Some(stood), Some(row)) => row.differs_from(stood, &self.scope),
            _ => true,
        };
        let leaving = match self.agents.get(&id) {
            None => Leaving::Ended,
            Some(carried) if !self.scope.shows(&carried.agent) => Leaving::Unseen,
            Some(_) if to.is_none() => Leaving::Unmatched,
            Some(_) => Leaving::PushedOut,
        };
        let shift = self.places.put(from, to.as_ref());
        let row = row.as_ref();
        let gone = Gone {
            id,
            row,
            leaving,
            told,
        };
        gone.steps(shift, |place| (place.id(), self.row(place.id())))
    }

    /// The row of an agent who is shown if there is room.
    fn row(&self, id: AgentId) -> Option<Arc<AgentRow>> {
        let carried = self.agents.get(&id)?;
        let row = carried.row(&self.scope)?;
        Some(Arc::new(row))
    }

    /// Where an agent stands in the order; none: they are not in the list.
    fn place(&self, id: AgentId) -> Option<AgentPlace> {
        let carried = self.agents.get(&id)?;
        let row = carried.row(&self.scope)?;
        let is_in = carried.passes(&self.wanted.filter);
        is_in.then(|| self.wanted.order.place(&row, carried.named.folded()))
    }
}
