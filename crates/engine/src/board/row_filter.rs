//! Which rows of the board a view shows: what the viewer may see of what the filter asks for.
//!
//! Both are turned into tables over queues, channels and agents before the scan, by the policy's own
//! function, so that a row costs a few comparisons. What depends on more than a row's traits (an
//! agent's own conversations, a text) is asked of the image. What a live list asks of one
//! conversation is the same question, asked of the image alone.

use std::collections::BTreeSet;

use super::State as Board;
use super::asked::Asked;
use super::rows::{MANY_SOURCES, NO_SOURCE, NOBODY, Traits, bit};
use super::view::{Filter, RowViewer};
use domain::fold::Named;
use domain::policy::Origin;
use domain::{Channel, Conversation, LookKind, policy};

/// Bits of every value.
const ALL: u16 = u16::MAX;

/// A filter and an row_viewer, ready to be asked row by row.
pub(super) struct RowFilter<'a> {
    board: &'a Board,
    row_viewer: RowViewer<'a>,
    filter: &'a Filter,
    /// By queue: on which channels a leader with this access sees what is in it.
    seen: Vec<u16>,
    /// Of what has no source, then by source: on which channels a gateway with this access carries it.
    carried: Vec<u16>,
    /// By queue: which channels are asked for.
    asked: Vec<u16>,
    states: u16,
    sentiments: u16,
    priorities: u16,
    attention: u16,
    /// By agent: whether theirs are asked for.
    agents: Option<Vec<bool>>,
    /// What is asked for that not everybody may know.
    asked_of_some: Asked,
}

/// The bits of a set of enum values.
fn bits<T: Copy>(set: Option<&BTreeSet<T>>, number: impl Fn(T) -> u8) -> u16 {
    set.map_or(ALL, |set| {
        set.iter().fold(0, |bits, value| bits | bit(number(*value)))
    })
}

impl<'a> RowFilter<'a> {
    pub(super) fn new(board: &'a Board, row_viewer: RowViewer<'a>, filter: &'a Filter) -> Self {
        let queues = board.rows.queues();
        let seen = queues.iter().map(|queue| {
            let leads = policy::leads_in(row_viewer.access(), *queue);
            if leads { ALL } else { 0 }
        });
        let sources = std::iter::once(None).chain(board.rows.sources().iter().map(Some));
        let carried = sources.map(|source| {
            let visible =
                |channel: Channel| policy::carries(row_viewer.access(), Origin { channel, source });
            let channels = Channel::ALL.iter().filter(|channel| visible(**channel));
            channels.fold(0, |bits, channel| bits | bit(*channel as u8))
        });
        let channels = bits(filter.channels.as_ref(), |channel| channel as u8);
        let asked = queues.iter().map(|queue| {
            let asked = filter.queues.as_ref();
            let asked = asked.is_none_or(|these| these.contains(queue));
            if asked { channels } else { 0 }
        });
        let agents = filter.agents.as_ref().map(|these| {
            let agents = board.rows.agents().iter();
            agents.map(|agent| these.contains(agent)).collect()
        });
        Self {
            seen: seen.collect(),
            carried: carried.collect(),
            asked: asked.collect(),
            states: bits(filter.states.as_ref(), |state| state as u8),
            sentiments: bits(filter.sentiments.as_ref(), |level| level as u8),
            priorities: bits(filter.priorities.as_ref(), |priority| priority as u8),
            attention: bits(filter.attention.as_ref(), |reason| reason as u8),
            agents,
            asked_of_some: Asked::of(filter.facts()),
            board,
            row_viewer,
            filter,
        }
    }

    /// The rows that pass.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, &'a Traits)> {
        let traits = self.board.rows.traits();
        let rows = traits.iter().enumerate();
        rows.filter(|(index, row)| self.passes(*index, row))
    }

    /// The rows whose names have the text that is asked for, whatever else is asked for.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &'a Traits)> {
        let rows = self.board.rows.traits().iter().enumerate();
        rows.filter(|(index, _)| self.has_text(*index))
    }

    fn passes(&self, index: usize, row: &Traits) -> bool {
        self.passes_but_for_text(index, row) && self.has_text(index)
    }

    /// Whether a row passes if its names have the text.
    pub(super) fn passes_but_for_text(&self, index: usize, row: &Traits) -> bool {
        let (queue, channel) = (row.queue as usize, bit(row.channel));
        let asked = self.asked[queue] & channel != 0
            && self.states & bit(row.state) != 0
            && self.sentiments & bit(row.sentiment) != 0
            && self.priorities & bit(row.priority) != 0
            && (self.filter.attention.is_none() || self.attention & row.attention != 0)
            && self
                .filter
                .needs_attention
                .is_none_or(|needs| needs == (row.attention != 0))
            && self.has_agent(row.agent)
            && self
                .filter
                .unassigned
                .is_none_or(|unassigned| unassigned == (row.agent == NOBODY));
        asked
            && (self.seen[queue] & channel != 0
                || self.is_carried(row, channel, index)
                || self.is_seen_as_agent(index))
            && self.has_tag(index)
            && (self.filter.monitored_by.is_none()
                || self.filter.is_monitored(self.board.rows.image(index)))
            && self.may_ask(index)
    }

    fn has_tag(&self, index: usize) -> bool {
        let tags = || &self.board.rows.image(index).tags;
        let asked = self.filter.tags.as_ref();
        asked.is_none_or(|these| tags().has_any_of(these))
    }

    /// Whether the row_viewer may know what is asked for of this row.
    fn may_ask(&self, index: usize) -> bool {
        let image = || self.board.rows.image(index);
        self.asked_of_some.is_plain() || self.asked_of_some.is_known_to(self.row_viewer, image())
    }

    fn has_agent(&self, agent: u32) -> bool {
        let theirs = |agents: &Vec<bool>| agents.get(agent as usize) == Some(&true);
        self.agents.as_ref().is_none_or(theirs)
    }

    /// What a gateway sees.
    fn is_carried(&self, row: &Traits, channel: u16, index: usize) -> bool {
        let number = match row.source {
            MANY_SOURCES => {
                let origin = self.board.rows.image(index).origin();
                return policy::carries(self.row_viewer.access(), origin);
            }
            NO_SOURCE => 0,
            number => usize::from(number) + 1,
        };
        self.carried[number] & channel != 0
    }

    /// What an agent sees beyond others of the same access.
    fn is_seen_as_agent(&self, index: usize) -> bool {
        self.row_viewer.is_agent() && self.row_viewer.sees(self.board.rows.image(index))
    }

    fn has_text(&self, index: usize) -> bool {
        let names = || self.board.searched(self.board.rows.image(index));
        self.filter.text.is_none() || self.filter.is_in(&names())
    }
}

impl Filter {
    /// Whether this conversation is asked for, and the row_viewer may ask; the text aside, which is not in it.
    pub(super) fn takes(&self, row_viewer: RowViewer<'_>, conversation: &Conversation) -> bool {
        fn has<T: Ord>(these: Option<&BTreeSet<T>>, one: &T) -> bool {
            these.is_none_or(|these| these.contains(one))
        }
        let agent = conversation.assigned_agent();
        let mut reasons = conversation.attention.keys();
        has(self.states.as_ref(), &conversation.state)
            && has(self.channels.as_ref(), &conversation.channel)
            && has(self.queues.as_ref(), &conversation.queue)
            && has(self.sentiments.as_ref(), &conversation.sentiment.level)
            && has(self.priorities.as_ref(), &conversation.priority)
            && (self.tags.as_ref()).is_none_or(|these| conversation.tags.has_any_of(these))
            && self.is_monitored(conversation)
            && (self.agents.as_ref())
                .is_none_or(|these| agent.is_some_and(|agent| these.contains(&agent)))
            && (self.unassigned).is_none_or(|unassigned| unassigned == agent.is_none())
            && (self.needs_attention).is_none_or(|needs| needs != conversation.attention.is_empty())
            && (self.attention.as_ref())
                .is_none_or(|these| reasons.any(|reason| these.contains(reason)))
            && Asked::of(self.facts()).is_known_to(row_viewer, conversation)
    }

    /// Whether one of those asked for, if any, monitors it.
    fn is_monitored(&self, conversation: &Conversation) -> bool {
        let these = self.monitored_by.as_ref();
        these.is_none_or(|these| {
            let mut looks = conversation.monitors.iter();
            looks.any(|look| look.kind == LookKind::Monitor && these.contains(&look.supervisor))
        })
    }

    /// Whether the words that are asked for, if any, are in these names.
    pub(super) fn is_in<'a>(&self, names: &(impl Iterator<Item = &'a Named> + Clone)) -> bool {
        let text = self.text.as_ref();
        text.is_none_or(|text| text.finds(names))
    }
}
