//! The table of audiences: which facts of a conversation there are, and who may know each of them.
//!
//! A fact is for nobody until its audience is named. [`Fact::audience`] has a line for each fact and no wildcard, and
//! [`Conversation::mixed`] names the fact of every field of an image: a field without an audience does not compile.
//! Resolvers, filters and orders ask this table by an [`Observer`] and decide nothing by themselves. The audience of
//! an event stands in `change/classes.rs`, in the words of this file; that of what is known of agents, queues and
//! workstreams in `organisation`, and who is told of their events in `listener`.

use strum::VariantArray;

use super::policy::{Sight, sees};
use super::{Access, Agent, AgentId, Conversation, Subject};

mod listener;
mod mixed;
mod organisation;

pub use listener::{Listener, agent_differs, workstream_differs};
pub use organisation::{OrganisationAudience, OrganisationFact};

/// Who may know something about a conversation, of those who see the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Audience {
    /// Everybody: its gateway, its agents, its supervisors and administrators.
    Everybody,
    /// Its agents, its supervisors and administrators; never the customer's side.
    AgentsAndLeaders,
    /// Its agents and its supervisors: what is said among them, which administrators do not read.
    AgentsAndSupervisors,
    /// The agent of whom it is a figure, supervisors and administrators.
    ItsAgentAndLeaders,
    /// The agents who know the supervisor that it names, supervisors and administrators.
    AcquaintedAndLeaders,
    /// Supervisors in scope and administrators: it would betray who watches, or is about how agents do.
    Leaders,
    /// Its gateway, its supervisors, and its agents once they have accepted; not administrators.
    Handlers,
    /// Supervisors in scope.
    Supervisors,
    /// The agent who is coached, and supervisors in a session: who may read it in the transcript
    /// (`policy::Reading`), and nobody by their role alone.
    Coached,
    /// Nobody: rules need it, and nothing shows it.
    Nobody,
}

impl Audience {
    /// Every audience.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Whether who sees the conversation in these roles belongs to it, whoever it is. Of an audience that a person
    /// decides, those alone whom their role decides: [`Observer`] asks for the others.
    pub const fn has(self, sight: Sight) -> bool {
        let leads = sight.supervisor || sight.administrator;
        match self {
            Self::Everybody => true,
            Self::AgentsAndLeaders => leads || sight.agent,
            Self::AgentsAndSupervisors => sight.supervisor || sight.agent,
            Self::ItsAgentAndLeaders | Self::AcquaintedAndLeaders | Self::Leaders => leads,
            Self::Handlers => sight.gateway || sight.supervisor,
            Self::Supervisors => sight.supervisor,
            Self::Coached | Self::Nobody => false,
        }
    }
}

/// A fact of a conversation: a field of its image, a part of one that is for others than the rest, or what stands in
/// rows or events beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray)]
#[allow(missing_docs)] // The names are those of the fields.
pub enum Fact {
    Id,
    Previous,
    Customer,
    Channel,
    /// The source of its gateway.
    Source,
    Mode,
    Queue,
    Workstream,
    State,
    Reason,
    Version,
    /// Which agent handles it, and whether that is a person or a bot.
    Primary,
    /// The units that it takes of the primary agent's capacity.
    PrimaryUnits,
    /// The offer that waits for an answer: its id, its kind, to whom, when made and when due.
    Offer,
    /// The supervisor who made the offer.
    OfferMaker,
    /// The units that the offer reserves, and by how many they exceed the agent's capacity.
    OfferUnits,
    Consultants,
    /// The supervisors who take part.
    JoinedSupervisors,
    /// The looks of supervisors, running and ended, with all that is known of them.
    Looks,
    /// How often each agent declined it.
    Declines,
    Declined,
    /// The operator's words about the customer, which the customer's side does not read.
    Tags,
    Priority,
    /// How it ended, in the operator's words.
    Disposition,
    /// How the customer rated it; not what they said of it.
    Rating,
    /// The keys of its attributes.
    AttributeKeys,
    NoticeGivenAt,
    Consent,
    StartedAt,
    StateSince,
    WaitingSince,
    Clocks,
    Attention,
    /// Which reasons for attention were acknowledged, so that they do not hold.
    Acknowledged,
    /// Which signals the customer's messages gave; that there was one is attention.
    Signals,
    LastActivityAt,
    ClosedAt,
    UnansweredSince,
    Responses,
    /// The request for help: who asked, since when, and the message that says about what.
    Help,
    CustomerAwaySince,
    /// How many messages it has, those that not everybody may read among them.
    Messages,
    /// How many messages coached its agents.
    Coached,
    Scores,
    Sentiment,
    /// Whether supervisors were alerted.
    Alerted,
    AutoCloseAt,
    CustomerGraceUntil,
    CapacityUntil,
    /// Its way through queues and agents, for figures.
    Course,
    /// Beside the image: its subject, and its customer's name.
    Names,
    /// Beside the image: what its attributes say.
    Attributes,
    /// Beside the image: who took part as what, from when and until when; who a supervisor is, is a fact by itself.
    Participants,
    /// Of an event: the token's subject of a gateway or an administrator who made the change.
    Actor,
    /// Of an event: the supervisor who made the change.
    ActingSupervisor,
}

impl Fact {
    /// Every fact.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Who may know it.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Id
            | Self::Previous
            | Self::Customer
            | Self::Channel
            | Self::Source
            | Self::Mode
            | Self::Queue
            | Self::Workstream
            | Self::State
            | Self::Reason
            | Self::Version
            | Self::Primary
            | Self::Offer
            | Self::Consultants
            | Self::Priority
            | Self::AttributeKeys
            | Self::Disposition
            | Self::Rating
            | Self::NoticeGivenAt
            | Self::Consent
            | Self::StartedAt
            | Self::StateSince
            | Self::WaitingSince
            | Self::Attention
            | Self::LastActivityAt
            | Self::ClosedAt
            | Self::UnansweredSince
            | Self::Responses
            | Self::CustomerAwaySince
            | Self::CustomerGraceUntil
            | Self::Sentiment
            | Self::Names
            | Self::Participants => Audience::Everybody,
            // That a supervisor takes part is said to everybody; who it is, not to the customer's side.
            // Help is asked for and given behind the customer's back.
            Self::JoinedSupervisors | Self::Tags | Self::Help | Self::Signals => Audience::AgentsAndLeaders,
            Self::Attributes => Audience::Handlers,
            Self::PrimaryUnits | Self::OfferUnits => Audience::ItsAgentAndLeaders,
            Self::OfferMaker | Self::ActingSupervisor => Audience::AcquaintedAndLeaders,
            Self::Looks
            // Monitoring restarts the clock: the time would betray it.
            | Self::AutoCloseAt
            | Self::Declines
            | Self::Alerted
            | Self::Actor => Audience::Leaders,
            Self::Acknowledged | Self::Coached | Self::Declined | Self::Clocks | Self::Messages | Self::Scores | Self::CapacityUntil | Self::Course => {
                Audience::Nobody
            }
        }
    }

    /// Whom it is about in this image, where that decides who may know it.
    fn about(self, conversation: &Conversation) -> About<'_> {
        let agent = |agent: Option<AgentId>| agent.map_or(About::Nobody, About::Agent);
        let offer = conversation.offer.as_ref();
        match self {
            Self::PrimaryUnits => agent(conversation.primary_agent()),
            Self::OfferUnits => agent(offer.map(|offer| offer.agent)),
            Self::OfferMaker => offer.map_or(About::Nobody, |offer| About::Supervisor(&offer.by)),
            // About nobody: whose audience a person decides is then for leaders.
            _ => About::Nobody,
        }
    }
}

/// Whom a fact is about.
#[derive(Clone, Copy, Debug)]
pub enum About<'a> {
    /// Nobody in particular.
    Nobody,
    /// This agent.
    Agent(AgentId),
    /// This supervisor.
    Supervisor(&'a Subject),
    /// This supervisor, who did what it is about as one who takes part, before the eyes of the agents.
    Participant(&'a Subject),
}

/// Somebody who looks at a conversation: in which roles they see it, and as which agent.
#[derive(Clone, Copy, Debug)]
pub struct Observer<'a> {
    conversation: &'a Conversation,
    sight: Sight,
    agent: Option<AgentId>,
}

impl<'a> Observer<'a> {
    /// Whoever has this access and is this agent, if one.
    pub fn new(access: &Access, agent: Option<&Agent>, conversation: &'a Conversation) -> Self {
        Self {
            conversation,
            sight: sees(access, agent, conversation),
            agent: agent.map(|agent| agent.id),
        }
    }

    /// Whether this fact, as the image has it, is theirs to know.
    pub fn knows(self, fact: Fact) -> bool {
        self.knows_about(fact, fact.about(self.conversation))
    }

    /// The same of a fact that an event has, about whom it is.
    pub fn knows_about(self, fact: Fact, about: About<'_>) -> bool {
        let audience = fact.audience();
        let by_person = match (audience, about) {
            (Audience::ItsAgentAndLeaders, About::Agent(agent)) => self.agent == Some(agent),
            (Audience::Handlers, _) => {
                let mut handling = self.conversation.agents_taking_part();
                self.sight.agent && handling.any(|agent| self.agent == Some(agent))
            }
            (Audience::AcquaintedAndLeaders, About::Participant(_)) => self.sight.agent,
            (Audience::AcquaintedAndLeaders, About::Supervisor(who)) => {
                let mut joined = self.conversation.joined();
                self.sight.agent && joined.any(|monitor| monitor.supervisor == *who)
            }
            _ => false,
        };
        by_person || audience.has(self.sight)
    }
}
