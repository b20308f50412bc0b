//! The window of a list: its first rows, and what an event changes in them.

use std::sync::Arc;

use super::{Leaving, List, Step};
use crate::board::view::SortKey;
use domain::{After, Change, Conversation};

impl List {
    /// What is shown after one conversation's place went from there to here, and how it came to that. `told`: whether
    /// the event is told of where the place stays.
    pub(super) fn slide(
        &mut self,
        from: Option<SortKey>,
        to: Option<SortKey>,
        image: &Arc<Conversation>,
        leaving: Leaving,
        told: bool,
    ) -> Vec<Step> {
        let count = self.wanted.count;
        let within = |place: &SortKey| {
            self.window.len() < count || self.window.last().is_some_and(|last| place <= last)
        };
        if !from.iter().chain(&to).any(within) {
            return Vec::new();
        }
        let now = self.first();
        let before = std::mem::replace(&mut self.window, now);
        let now = &self.window;
        let index = |places: &[SortKey], place: Option<SortKey>| {
            place.and_then(|place| places.binary_search(&place).ok())
        };
        match (index(&before, from), index(now, to)) {
            (Some(was), Some(is)) if was == is && !told => Vec::new(),
            (Some(was), Some(is)) if was == is => vec![Step::Updated(is, image.clone())],
            (Some(_), Some(is)) => vec![Step::Moved(is, image.clone())],
            (Some(_), None) => {
                let mut steps = vec![Step::Left(image.id, leaving)];
                // The first of those that were not shown, if there are any, comes up at the end.
                let next = now.last().filter(|_| now.len() == before.len());
                let next = next.and_then(|place| self.rows.get(&place.id()));
                steps.extend(next.map(|next| Step::Entered(now.len() - 1, next.clone())));
                steps
            }
            (None, Some(is)) => {
                let pushed = before.last().filter(|_| before.len() == count);
                let pushed = pushed.map(|last| Step::Left(last.id(), Leaving::PushedOut));
                let entered = Step::Entered(is, image.clone());
                pushed.into_iter().chain([entered]).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    /// The shown rows to which this applies, each updated.
    pub(super) fn updated(&self, applies: impl Fn(&Conversation) -> bool) -> Vec<Step> {
        let rows = self.window.iter().enumerate();
        let rows = rows.filter_map(|(index, place)| Some((index, self.rows.get(&place.id())?)));
        rows.filter(|(_, row)| applies(row))
            .map(|(index, row)| Step::Updated(index, row.clone()))
            .collect()
    }

    /// What a change of the organisation changes beside the shown rows: names of agents, queues and
    /// workstreams for everybody; the presence and memberships of agents, and what settings allow, for
    /// those to whom it is shown.
    pub(super) fn beside(&self, change: &Change, after: &After) -> Vec<Step> {
        match after {
            After::Agent(agent) => {
                let own = self.agent.as_ref().is_some_and(|own| own.id == agent.id);
                let named = matches!(change, Change::AgentChanged { .. });
                if !(named || own || self.is_of_leaders()) {
                    return Vec::new();
                }
                self.updated(|row| {
                    row.primary_agent() == Some(agent.id)
                        || row
                            .offer
                            .as_ref()
                            .is_some_and(|offer| offer.agent == agent.id)
                        || row.consultants.contains(&agent.id)
                })
            }
            After::Queue(queue) => self.updated(|row| row.queue == queue.id),
            After::Workstream(workstream) => self.updated(|row| row.workstream == workstream.id),
            After::Settings(_) if self.is_of_leaders() => self.updated(|_| true),
            After::Settings(_) | After::Supervisor(..) | After::Conversation(_) => Vec::new(),
        }
    }
}
