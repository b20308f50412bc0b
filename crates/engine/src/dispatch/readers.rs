//! The readers by their addresses.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Mailbox, ReaderOf, Topic};
use domain::{Access, Address, Addressees, Agent, Role, Subject};

/// Those who read.
#[derive(Debug, Default)]
pub(super) struct Readers {
    latest: u64,
    all: HashMap<u64, Reader>,
    at: HashMap<Address, BTreeMap<u64, Arc<Mailbox>>>,
    /// Those whose addresses depend on which agent they are.
    agents: HashMap<Subject, Vec<u64>>,
}

/// One who reads.
#[derive(Debug)]
pub(super) struct Reader {
    access: Arc<Access>,
    subject: Option<Subject>,
    topic: Topic,
    addresses: Vec<Address>,
    mailbox: Arc<Mailbox>,
}

impl Reader {
    /// A reader who is this agent.
    pub(super) fn new(of: &ReaderOf<'_>, agent: Option<&Agent>, mailbox: Arc<Mailbox>) -> Self {
        Self {
            access: of.access.clone(),
            subject: of.subject.cloned(),
            topic: of.topic,
            addresses: of.addresses(agent),
            mailbox,
        }
    }

    /// The person whose agent row decides what they see.
    fn as_agent(&self) -> Option<&Subject> {
        let subject = self.subject.as_ref();
        subject.filter(|_| self.access.has_role(Role::Agent))
    }
}

impl Readers {
    /// Adds a reader; their number.
    pub(super) fn add(&mut self, reader: Reader) -> u64 {
        self.latest += 1;
        let number = self.latest;
        self.enter(number, &reader.addresses, &reader.mailbox);
        if let Some(subject) = reader.as_agent() {
            self.agents.entry(subject.clone()).or_default().push(number);
        }
        self.all.insert(number, reader);
        number
    }

    pub(super) fn remove(&mut self, number: u64) {
        let Some(reader) = self.all.remove(&number) else {
            return;
        };
        self.leave(number, &reader.addresses);
        if let Some(subject) = reader.as_agent()
            && let Some(theirs) = self.agents.get_mut(subject)
        {
            theirs.retain(|other| *other != number);
            if theirs.is_empty() {
                self.agents.remove(subject);
            }
        }
    }

    /// Does this with the mailbox of every addressee, maybe more than once.
    pub(super) fn each(&self, to: &Addressees, mut act: impl FnMut(&Arc<Mailbox>)) {
        match to {
            Addressees::Everybody => {
                self.all.values().for_each(|reader| act(&reader.mailbox));
            }
            Addressees::These(addresses) => {
                let at = addresses.iter().filter_map(|address| self.at.get(address));
                at.flat_map(BTreeMap::values).for_each(act);
            }
        }
    }

    /// The readers who are this agent have the addresses of what it is now.
    pub(super) fn agent_changed(&mut self, agent: &Agent) {
        let exists = agent.deleted_at.is_none();
        self.readdress(&agent.subject, Some(agent).filter(|_| exists));
    }

    /// All who are agents have the addresses of what they are now.
    pub(super) fn agents_changed(&mut self, agent_of: impl Fn(&Subject) -> Option<Arc<Agent>>) {
        let subjects: Vec<_> = self.agents.keys().cloned().collect();
        for subject in subjects {
            self.readdress(&subject, agent_of(&subject).as_deref());
        }
    }

    /// The readers who are this person have the addresses of this agent.
    fn readdress(&mut self, subject: &Subject, agent: Option<&Agent>) {
        let theirs = self.agents.get(subject).cloned();
        for number in theirs.unwrap_or_default() {
            let Some(mut reader) = self.all.remove(&number) else {
                continue;
            };
            self.leave(number, &reader.addresses);
            let of = ReaderOf {
                access: &reader.access,
                subject: reader.subject.as_ref(),
                topic: reader.topic,
            };
            reader.addresses = of.addresses(agent);
            self.enter(number, &reader.addresses, &reader.mailbox);
            self.all.insert(number, reader);
        }
    }

    fn enter(&mut self, number: u64, addresses: &[Address], mailbox: &Arc<Mailbox>) {
        for address in addresses {
            let there = self.at.entry(address.clone()).or_default();
            there.insert(number, mailbox.clone());
        }
    }

    fn leave(&mut self, number: u64, addresses: &[Address]) {
        for address in addresses {
            if let Some(there) = self.at.get_mut(address) {
                there.remove(&number);
                if there.is_empty() {
                    self.at.remove(address);
                }
            }
        }
    }
}
