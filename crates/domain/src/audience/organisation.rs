//! The facts of agents, queues and workstreams, and who may know each of them.

use serde::{Deserialize, Serialize};

use crate::{Access, Role};

/// A fact of the organisation, of those to whom it is shown at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationFact {
    /// What an agent, queue or workstream is called, of which kind it is, and whether it was deleted.
    Name,
    /// An agent's token subject, presence, capacity, conversations and queues.
    AgentFigures,
    /// When an agent acknowledged the monitoring notice.
    Acknowledgement,
    /// When a queue is open.
    Hours,
    /// Who is a member of a queue.
    Members,
    /// What a workstream sets.
    WorkstreamFigures,
    /// What the organisation allows its supervisors.
    Settings,
}

/// Who may know a fact of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationAudience {
    /// Everybody.
    Everybody,
    /// Supervisors and administrators.
    Leaders,
    /// The agent of whom it is, supervisors and administrators.
    ItsAgentAndLeaders,
    /// The agent of whom it is, and administrators.
    ItsAgentAndAdministrators,
}

impl OrganisationFact {
    /// Who may know it.
    pub const fn audience(self) -> OrganisationAudience {
        match self {
            Self::Name | Self::Hours => OrganisationAudience::Everybody,
            Self::AgentFigures => OrganisationAudience::ItsAgentAndLeaders,
            Self::Acknowledgement => OrganisationAudience::ItsAgentAndAdministrators,
            Self::Members | Self::WorkstreamFigures | Self::Settings => {
                OrganisationAudience::Leaders
            }
        }
    }
}

impl OrganisationAudience {
    /// Whether whoever has this access belongs to it, whoever it is.
    pub fn has(self, access: &Access) -> bool {
        match self {
            Self::Everybody => true,
            Self::Leaders | Self::ItsAgentAndLeaders => access.leads(),
            Self::ItsAgentAndAdministrators => access.has_role(Role::Administrator),
        }
    }

    /// Whether the agent of whom it is belongs to it, whatever their access.
    pub const fn has_its_agent(self) -> bool {
        match self {
            Self::Everybody | Self::ItsAgentAndLeaders | Self::ItsAgentAndAdministrators => true,
            Self::Leaders => false,
        }
    }
}
