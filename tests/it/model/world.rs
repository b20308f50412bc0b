//! The model's state: what domain.md says there is, and who sees it (section 3).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::command::What;
use super::people::{AGENTS, PEOPLE, Person, Workstream};

/// An instant that is known to lie between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

impl Moment {
    pub fn after(self, seconds: i64) -> Self {
        let by = TimeDelta::seconds(seconds);
        Self {
            from: self.from + by,
            to: self.to + by,
        }
    }

    pub fn holds(self, instant: DateTime<Utc>) -> bool {
        self.from <= instant && instant <= self.to
    }
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub presence: &'static str,
    pub queues: BTreeSet<&'static str>,
}

/// An offer or transfer request that waits for an answer.
#[derive(Clone, Debug)]
pub struct Offer {
    pub transfer: bool,
    pub to: &'static str,
    pub exceeds: i64,
    pub due: Moment,
}

/// A look that runs.
#[derive(Clone, Debug)]
pub struct Look {
    pub joined: bool,
    pub expires: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// In which roles it may have been written: one, but for who has two.
    pub authors: Vec<&'static str>,
    pub public: bool,
    pub system: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Conversation {
    pub channel: &'static str,
    pub queue: &'static str,
    pub workstream: &'static Workstream,
    pub state: &'static str,
    /// One, but where domain.md leaves it open.
    pub reasons: Vec<&'static str>,
    pub primary: Option<&'static str>,
    pub offer: Option<Offer>,
    pub consultants: BTreeSet<&'static str>,
    pub looks: BTreeMap<&'static str, Look>,
    /// Ended looks: whose, and what ended them; in the order in which they began.
    pub looked: Vec<(usize, &'static str, &'static str)>,
    pub began: BTreeMap<&'static str, usize>,
    pub version: u32,
    pub mode: &'static str,
    pub consent: &'static str,
    pub notice: bool,
    pub away: Option<Moment>,
    pub declines: BTreeMap<&'static str, u32>,
    pub messages: Vec<Message>,
    pub waiting: Moment,
    /// WRAP_UP holds the capacity until then; none: until CLOSED.
    pub wrap_up_until: Option<Moment>,
    pub wrap_up_released: bool,
    /// The agents who were its primary agent, at whatever time.
    pub primaries: BTreeSet<&'static str>,
    /// The customer wrote since it came into WRAP_UP.
    pub wrote_in_wrap_up: bool,
    /// When the auto-close clock last began.
    pub clock: Moment,
    /// Where domain.md leaves open whether it began again: then.
    pub clock_or: Option<Moment>,
}

/// What a key was used for.
#[derive(Clone, Debug)]
pub struct Kept {
    pub what: What,
    pub expected: Option<u32>,
    pub as_of: String,
    pub at: Moment,
}

#[derive(Clone, Debug)]
pub struct World {
    pub settings: BTreeMap<&'static str, bool>,
    pub agents: BTreeMap<&'static str, Agent>,
    pub conversations: BTreeMap<usize, Conversation>,
    pub keys: BTreeMap<(&'static str, u32), Kept>,
}

impl World {
    /// The organisation before anything happened: every action of supervisors on, everybody
    /// AVAILABLE.
    pub fn new() -> Self {
        let names = [
            "supervisorMonitor",
            "supervisorAssign",
            "supervisorTransfer",
            "supervisorForceClose",
        ];
        let mut settings: BTreeMap<_, _> = names.map(|name| (name, true)).into();
        settings.insert("inactiveAfterMissedOffer", false);
        let agent = |hired: &super::people::Hired| Agent {
            presence: "AVAILABLE",
            queues: hired.queues.iter().copied().collect(),
        };
        Self {
            settings,
            agents: AGENTS
                .iter()
                .map(|hired| (hired.name, agent(hired)))
                .collect(),
            conversations: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// The units that an agent has taken or that are reserved for them.
    pub fn consumed(&self, agent: &str) -> i64 {
        if is_bot(agent) {
            return 0;
        }
        let holds = |conversation: &Conversation| {
            let units = conversation.workstream.units;
            let own = conversation.primary == Some(agent) && conversation.holds_capacity();
            let offered = conversation
                .offer
                .as_ref()
                .is_some_and(|offer| offer.to == agent);
            units * i64::from(own) + units * i64::from(offered)
        };
        self.conversations.values().map(holds).sum()
    }

    /// How many ongoing conversations an agent has or is assigned. (A transfer request is not counted:
    /// the first agent has it still.)
    pub fn busy_with(&self, agent: &str) -> usize {
        let concerns = |conversation: &&Conversation| {
            let offered = conversation
                .offer
                .as_ref()
                .is_some_and(|offer| offer.to == agent && !offer.transfer);
            conversation.ongoing() && (offered || conversation.primary == Some(agent))
        };
        self.conversations.values().filter(concerns).count()
    }

    /// Whether somebody sees a conversation, in whatever role.
    pub fn sees(&self, person: &Person, conversation: &Conversation) -> bool {
        let offered = conversation
            .offer
            .as_ref()
            .is_some_and(|offer| offer.to == person.subject);
        let as_agent = person.is("AGENT")
            && (conversation.primary == Some(person.subject)
                || conversation.consultants.contains(person.subject)
                || offered
                || (conversation.state == "OPEN"
                    && self.member(person.subject, conversation.queue)));
        person.channels.contains(&conversation.channel)
            || as_agent
            || person.supervises(conversation.queue)
            || person.is("ADMINISTRATOR")
    }

    /// Whether somebody finds the header of a closed conversation, as an agent who was its primary agent at any time.
    pub fn finds(person: &Person, conversation: &Conversation) -> bool {
        let handled = conversation.primaries.contains(person.subject);
        person.is("AGENT") && handled && !conversation.ongoing()
    }

    pub fn member(&self, agent: &str, queue: &str) -> bool {
        let agent = self.agents.get(agent);
        agent.is_some_and(|agent| agent.queues.contains(queue))
    }

    /// What somebody may read of a transcript: none, PUBLIC messages, or all.
    pub fn reads(person: &Person, conversation: &Conversation) -> Option<Vec<Message>> {
        let looks = person.supervises(conversation.queue)
            && conversation.looks.contains_key(person.subject);
        let all = conversation.messages.iter().cloned();
        if conversation.handled_by(person) || looks {
            Some(all.collect())
        } else if person.channels.contains(&conversation.channel) {
            Some(all.filter(|message| message.public).collect())
        } else {
            None
        }
    }

    /// Who is concerned: people with a token, by subject.
    pub fn people() -> impl Iterator<Item = &'static Person> {
        PEOPLE.iter()
    }
}

impl Conversation {
    pub fn ongoing(&self) -> bool {
        self.state != "CLOSED"
    }

    /// Whether somebody takes part as an agent.
    pub fn handled_by(&self, person: &Person) -> bool {
        let subject = person.subject;
        let own = self.primary == Some(subject) || self.consultants.contains(subject);
        person.is("AGENT") && own
    }

    /// ACTIVE, and somebody handles it.
    pub fn accepted(&self) -> bool {
        self.state == "ACTIVE" && self.primary.is_some()
    }

    pub fn joined(&self) -> BTreeSet<&'static str> {
        let joined = self.looks.iter().filter(|(_, look)| look.joined);
        joined.map(|(subject, _)| *subject).collect()
    }

    fn holds_capacity(&self) -> bool {
        match self.state {
            "ACTIVE" => true,
            "WRAP_UP" => !self.wrap_up_released,
            _ => false,
        }
    }

    /// When it leaves its state by itself.
    pub fn auto_close(&self, clock: Moment) -> Option<Moment> {
        let seconds = self.workstream.auto_close(self.channel, self.state)?;
        self.ongoing().then(|| clock.after(seconds))
    }
}

pub fn is_bot(agent: &str) -> bool {
    AGENTS.iter().any(|hired| hired.name == agent && hired.bot)
}

pub fn capacity(agent: &str) -> i64 {
    let hired = AGENTS.iter().find(|hired| hired.name == agent);
    hired.map_or(0, |hired| hired.capacity)
}

pub fn is_asynchronous(channel: &str) -> bool {
    !matches!(channel, "LIVE_CHAT" | "VOICE" | "RECORD")
}
