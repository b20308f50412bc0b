//! The model's state: what domain.md says there is, and who sees it (section 3).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::carried::Key;
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

/// A review that runs.
#[derive(Clone, Debug)]
pub struct Review {
    pub number: usize,
    pub until: Moment,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// In which roles it may have been written: one, but for who has two.
    pub authors: Vec<&'static str>,
    pub public: bool,
    /// The agent whom it coaches: who reads it beside supervisors who look.
    pub coaches: Option<&'static str>,
    pub system: Option<&'static str>,
    pub text: &'static str,
    /// Whether the customer edited it, and if so whether only by what was sent before everything else.
    pub edited: Option<bool>,
    pub removed: bool,
    /// Who reacted, and in which role: how, and whether only by what was sent before everything else.
    pub reactions: BTreeMap<(&'static str, &'static str), (Option<&'static str>, bool)>,
    /// How far it came.
    pub delivery: &'static str,
}

impl Message {
    pub fn is_customers(&self) -> bool {
        self.authors == ["CUSTOMER"]
    }

    /// Whether somebody of the organisation wrote it to the customer.
    pub fn is_answer(&self) -> bool {
        self.public && self.system.is_none() && !self.is_customers()
    }
}

#[allow(clippy::struct_excessive_bools)] // Facts that do not depend on each other.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub customer: usize,
    pub priority: &'static str,
    pub tags: Vec<&'static str>,
    /// What the attribute `order` says.
    pub order: Option<&'static str>,
    pub rating: Option<i64>,
    pub closed: Option<Moment>,
    pub reviews: BTreeMap<&'static str, Review>,
    /// Ended reviews, like `looked`.
    pub reviewed: Vec<(usize, &'static str, &'static str)>,
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
    /// Its agent asks for help.
    pub help: bool,
    /// A supervisor knows that the last answer did not arrive.
    pub acknowledged: bool,
    /// When the auto-close clock last began.
    pub clock: Moment,
    /// Where domain.md leaves open whether it began again: then.
    pub clock_or: Option<Moment>,
}

/// What a key was used for.
#[derive(Clone, Debug)]
pub struct Kept {
    pub what: What,
    /// The conversation that its answer shows.
    pub about: Option<usize>,
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
    /// Names of customers, and whom those who were merged became.
    pub customers: Vec<Customer>,
    pub known_as: BTreeMap<Key, usize>,
    /// The message that came with a provider's id, on a channel.
    pub delivered: BTreeMap<(&'static str, u32), (usize, usize)>,
    /// Reviews whose time was over when time last passed.
    pub lapsed: Vec<usize>,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, Default)]
pub struct Customer {
    pub name: Option<&'static str>,
    pub became: Option<usize>,
}

impl World {
    /// The organisation before anything happened: every action of supervisors on, everybody
    /// AVAILABLE.
    pub fn new(now: DateTime<Utc>) -> Self {
        let names = [
            "supervisorMonitor",
            "supervisorAssign",
            "supervisorTransfer",
            "supervisorForceClose",
            "supervisorTakeOver",
            "supervisorManageAgents",
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
            customers: Vec::new(),
            known_as: BTreeMap::new(),
            delivered: BTreeMap::new(),
            lapsed: Vec::new(),
            now,
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
        let subject = person.subject;
        let looks =
            conversation.looks.contains_key(subject) || conversation.reviews.contains_key(subject);
        let looks = person.supervises(conversation.queue) && looks;
        let all = conversation.messages.iter().cloned();
        if conversation.handled_by(person) || looks {
            let coached = |message: &Message| message.coaches;
            let reads =
                |message: &Message| looks || coached(message).is_none_or(|who| who == subject);
            Some(all.filter(reads).collect())
        } else if person.channels.contains(&conversation.channel) {
            Some(all.filter(|message| message.public).collect())
        } else {
            None
        }
    }

    /// What somebody reads of an earlier conversation as the agent who has what its customer wants now (section 11).
    pub fn reads_earlier(&self, person: &Person, earlier: &Conversation) -> Option<Vec<Message>> {
        let theirs = |one: &&Conversation| one.customer == earlier.customer;
        let mut now = self.conversations.values().filter(theirs);
        let has = now.any(|one| one.ongoing() && one.primary == Some(person.subject));
        if earlier.ongoing() || !person.is("AGENT") || !has {
            return None;
        }
        let inside = self.member(person.subject, earlier.queue);
        let all = earlier.messages.iter().cloned();
        let reads = |message: &Message| message.public || inside && message.coaches.is_none();
        Some(all.filter(reads).collect())
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

    /// The place of the newest answer to the customer.
    pub fn last_answer(&self) -> Option<usize> {
        self.messages.iter().rposition(Message::is_answer)
    }

    /// Of the reasons to look now those of section 10, and that its agent asks for help.
    pub fn attention(&self) -> BTreeSet<&'static str> {
        let answer = self.last_answer().map(|place| &self.messages[place]);
        let failed = answer.is_some_and(|answer| answer.delivery == "FAILED");
        let failed = failed && !self.acknowledged;
        let mut reasons = BTreeSet::new();
        reasons.extend(self.help.then_some("HELP_REQUESTED"));
        reasons.extend(self.wrote_in_wrap_up.then_some("CUSTOMER_WROTE_IN_WRAP_UP"));
        reasons.extend(failed.then_some("DELIVERY_FAILED"));
        reasons.retain(|_| self.ongoing());
        reasons
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
