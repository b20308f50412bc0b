//! What a change of the organisation changes beside the rows of a list.

use super::{List, Step};
use domain::{After, Change, Conversation};

impl List {
    /// The shown rows to which this applies, each updated.
    pub(super) fn updated(&self, applies: impl Fn(&Conversation) -> bool) -> Vec<Step> {
        let rows = self.places.shown().iter().enumerate();
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
