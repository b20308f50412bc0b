//! The dispatcher: a committed event wakes the readers whom it concerns, and no others.
//!
//! A reader is whatever follows the log: a subscription, a group of them, a live list. It has a [`Mailbox`] and
//! addresses ([`domain::Address`]); an event has addressees. The writer's commit ends here: the event's position goes
//! into the mailboxes of its addressees, in the order of the log, and they are woken. A commit costs as much as it
//! concerns readers, whatever number there is.
//!
//! Invariants: after `since` a mailbox gets the position of every event with an addressee in common with its reader,
//! at the time of that event; a mailbox that has too much says that it lost some, never passes over one in silence.
//! The memberships of an agent move in the order of the log, so the addresses are those at the event. [`Dispatcher::head`]
//! moves after the mailboxes were filled: whoever reads it first and then an empty mailbox has missed nothing up to it.
//!
//! Locks: the readers' lock is taken before that of a mailbox. Nothing waits under either. It decides nothing: who may
//! see an event is asked by the reader, of the policy.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use self::readers::{Reader, Readers};
use crate::log::{Entry, Head};
use domain::{Access, Address, Addressees, After, Agent, Subject};

mod mailbox;
mod readers;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use mailbox::{Mailbox, Taken};

/// The readers of one server, and up to where they have their mail.
#[derive(Debug)]
pub struct Dispatcher {
    readers: Mutex<Readers>,
    head: RwLock<Head>,
}

/// Who reads.
#[derive(Debug)]
pub struct ReaderOf<'a> {
    /// What they may see.
    pub access: &'a Arc<Access>,
    /// Who it is; none where many with this access read together.
    pub subject: Option<&'a Subject>,
    /// Of what.
    pub topic: Topic,
}

/// What of the log a reader is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What they may see.
    Visible,
    /// What they may see, found by a text in names: also what has such a name and is not seen yet.
    Names,
    /// What concerns them, as in `notice::concerning`.
    Notices,
    /// What changes in the organisation.
    Organisation,
    /// Agents, and what they have to do.
    Agents,
}

/// A reader's place at the dispatcher, given up when this is dropped.
#[derive(Debug)]
pub struct Mail {
    dispatcher: Arc<Dispatcher>,
    number: u64,
    mailbox: Arc<Mailbox>,
}

impl Dispatcher {
    /// A dispatcher without readers, at this head of the log.
    pub fn new(head: Head) -> Self {
        Self {
            readers: Mutex::default(),
            head: RwLock::new(head),
        }
    }

    /// The head of the log up to which every mailbox has what concerns its reader.
    pub fn head(&self) -> Head {
        *self.head.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new reader, whose mailbox gets what is committed from now on. `agent_at` says which agent they were at a
    /// position of the log.
    pub fn register(
        self: &Arc<Self>,
        reader: &ReaderOf<'_>,
        agent_at: impl FnOnce(i64) -> Option<Arc<Agent>>,
    ) -> Mail {
        let mut readers = self.readers();
        let since = self.head().position;
        let agent = agent_at(since);
        let mailbox = Arc::new(Mailbox::since(since));
        let number = readers.add(Reader::new(reader, agent.as_deref(), mailbox.clone()));
        drop(readers);
        Mail {
            dispatcher: self.clone(),
            number,
            mailbox,
        }
    }

    /// Sends out what was committed, up to this head. Each entry with whether it gave a customer another name.
    pub(crate) fn send<'a>(&self, entries: impl Iterator<Item = (&'a Entry, bool)>, head: Head) {
        let mut woken: Vec<Arc<Mailbox>> = Vec::new();
        let mut readers = self.readers();
        for (entry, renames) in entries {
            let to = if renames {
                Addressees::Everybody
            } else {
                Addressees::of(&entry.change, &entry.after, entry.before.as_ref())
            };
            readers.each(&to, |mailbox| {
                if mailbox.put(entry.position) {
                    woken.push(mailbox.clone());
                }
            });
            if let After::Agent(agent) = &entry.after {
                readers.agent_changed(agent);
            }
        }
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = head;
        drop(readers);
        for mailbox in woken {
            mailbox.wake();
        }
    }

    /// Every mailbox has lost something: the log goes on at this head without what lies before it. `agent_of` gives
    /// the agent with a `sub` there.
    pub(crate) fn start_over(&self, head: Head, agent_of: impl Fn(&Subject) -> Option<Arc<Agent>>) {
        let mut readers = self.readers();
        readers.agents_changed(agent_of);
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = head;
        readers.each(&Addressees::Everybody, |mailbox| {
            mailbox.lose();
            mailbox.wake();
        });
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mail {
    /// The mailbox.
    pub const fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// What came for this reader after the position, and the head up to which that is all.
    pub fn take(&self, position: i64) -> Taken {
        // Before the mailbox is emptied: what is sent in between is in it, and beyond this head.
        let head = self.dispatcher.head();
        self.mailbox.take(position, head)
    }

    /// Begins again: the mailbox is empty and gets what is committed from now on. What lies before that is read
    /// from the log.
    pub fn start_over(&self) {
        let _sending = self.dispatcher.readers();
        self.mailbox.start_over(self.dispatcher.head().position);
    }

    /// The position of the log up to which the reader has nothing left to look at; none where it has.
    pub fn idle_at(&self) -> Option<i64> {
        let head = self.dispatcher.head();
        self.mailbox.is_idle().then_some(head.position)
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        self.dispatcher.readers().remove(self.number);
    }
}

impl ReaderOf<'_> {
    /// The addresses of this reader, where they are this agent.
    pub(crate) fn addresses(&self, agent: Option<&Agent>) -> Vec<Address> {
        let visible = || Address::of_reader(self.access, self.subject, agent);
        match self.topic {
            Topic::Visible => visible(),
            Topic::Names => visible().into_iter().chain([Address::Names]).collect(),
            Topic::Notices => Address::of_notices(self.access, self.subject, agent),
            Topic::Agents => Address::of_agents(self.access),
            Topic::Organisation => Address::of_organisation(self.access, self.subject),
        }
    }
}
