//! For whom an event of the organisation is (domain.md section 7): whoever may know a fact that it changed.

use std::collections::BTreeSet;

use super::OrganisationFact;
use crate::{Access, After, Agent, Change, Edit, QueueId, Role, Workstream};

/// Who would be told of an event of the organisation.
#[derive(Clone, Copy, Debug)]
pub struct Listener<'a> {
    access: &'a Access,
    /// Their own agent row, as it is now.
    own: Option<&'a Agent>,
}

impl<'a> Listener<'a> {
    /// Whoever has this access; `own` is their agent row, where it is one person.
    pub fn new(access: &'a Access, own: Option<&'a Agent>) -> Self {
        let is_agent = access.has_role(Role::Agent);
        Self {
            access,
            own: own.filter(|_| is_agent),
        }
    }

    /// Whether this event of the organisation is for them. What it shows of its subject each field decides by itself.
    pub fn hears(&self, change: &Change, after: &After) -> bool {
        if !self.access.leads() && self.own.is_none() {
            return false;
        }
        match (change, after) {
            (Change::AgentPresenceChanged { .. }, After::Agent(agent)) => {
                self.knows(OrganisationFact::AgentFigures, Some(agent))
            }
            (Change::AgentChanged { edit, of }, After::Agent(agent)) => {
                let narrowest = OrganisationFact::Acknowledgement;
                let facts = facts_of(*edit, of, narrowest);
                facts.into_iter().any(|fact| self.knows(fact, Some(agent)))
            }
            (Change::MembershipChanged { queue, .. }, After::Agent(agent)) => {
                self.is(agent)
                    || (self.knows(OrganisationFact::Members, None) && self.leads(*queue))
            }
            (Change::QueueChanged { .. }, After::Queue(queue)) => {
                self.knows(OrganisationFact::Name, None)
                    && (self.own.is_some() || self.leads(queue.id))
            }
            (Change::WorkstreamChanged { edit, of }, After::Workstream(_)) => {
                let facts = facts_of(*edit, of, OrganisationFact::WorkstreamFigures);
                facts.into_iter().any(|fact| self.knows(fact, None))
            }
            (Change::SupervisorSettingsChanged, After::Settings(_)) => {
                self.knows(OrganisationFact::Settings, None)
            }
            // The presence of a supervisor is theirs alone, and a notice its agent's.
            _ => false,
        }
    }

    fn knows(&self, fact: OrganisationFact, about: Option<&Agent>) -> bool {
        let audience = fact.audience();
        let is_own = || about.is_some_and(|agent| self.is(agent));
        audience.has(self.access) || (audience.has_its_agent() && is_own())
    }

    fn is(&self, agent: &Agent) -> bool {
        self.own.is_some_and(|own| own.id == agent.id)
    }

    /// Whether they lead this queue.
    fn leads(&self, queue: QueueId) -> bool {
        self.access.has_role(Role::Administrator)
            || (self.access.has_role(Role::Supervisor) && self.access.queues().contains(&queue))
    }
}

/// The facts that such an event changed. One of before it said which may be any of them, and is for whom each of
/// them is.
fn facts_of(
    edit: Edit,
    of: &BTreeSet<OrganisationFact>,
    narrowest: OrganisationFact,
) -> BTreeSet<OrganisationFact> {
    match edit {
        Edit::Created | Edit::Deleted => [OrganisationFact::Name].into(),
        Edit::Updated if of.is_empty() => [narrowest].into(),
        Edit::Updated => of.clone(),
    }
}

/// The facts in which two images of an agent differ.
pub fn agent_differs(one: &Agent, other: &Agent) -> BTreeSet<OrganisationFact> {
    let Agent {
        id,
        subject,
        name,
        kind,
        capacity,
        presence,
        // It changes with the presence alone.
        presence_since: _,
        queues,
        acknowledged,
        deleted_at,
    } = one;
    let named =
        (id, name, kind, deleted_at) != (&other.id, &other.name, &other.kind, &other.deleted_at);
    let figures = (subject, capacity, presence, queues)
        != (
            &other.subject,
            &other.capacity,
            &other.presence,
            &other.queues,
        );
    let differing = [
        (OrganisationFact::Name, named),
        (OrganisationFact::AgentFigures, figures),
        (
            OrganisationFact::Acknowledgement,
            *acknowledged != other.acknowledged,
        ),
    ];
    those(differing)
}

/// The facts in which two images of a workstream differ.
pub fn workstream_differs(one: &Workstream, other: &Workstream) -> BTreeSet<OrganisationFact> {
    let Workstream {
        id,
        name,
        kind,
        allowed_presences,
        units,
        offer_seconds,
        wrap_up_capacity,
        monitoring_notice,
        customer_grace_seconds,
        auto_close,
        attention,
        dispositions,
        disposition_required,
        earlier_transcripts,
        language,
        escalation_signals,
        service_level_seconds,
        deleted_at,
    } = one;
    let named = (id, name, kind, deleted_at)
        != (&other.id, &other.name, &other.kind, &other.deleted_at)
        || (dispositions, disposition_required)
            != (&other.dispositions, &other.disposition_required)
        || (earlier_transcripts, language, escalation_signals)
            != (
                &other.earlier_transcripts,
                &other.language,
                &other.escalation_signals,
            )
        || *service_level_seconds != other.service_level_seconds;
    let figures = (allowed_presences, units, offer_seconds, wrap_up_capacity)
        != (
            &other.allowed_presences,
            &other.units,
            &other.offer_seconds,
            &other.wrap_up_capacity,
        )
        || (monitoring_notice, customer_grace_seconds)
            != (&other.monitoring_notice, &other.customer_grace_seconds)
        || (auto_close, attention) != (&other.auto_close, &other.attention);
    those([
        (OrganisationFact::Name, named),
        (OrganisationFact::WorkstreamFigures, figures),
    ])
}

fn those<const N: usize>(facts: [(OrganisationFact, bool); N]) -> BTreeSet<OrganisationFact> {
    let those = facts.into_iter().filter(|(_, differs)| *differs);
    those.map(|(fact, _)| fact).collect()
}
