//! Section 10: where a customer's message belongs, and what is done to messages.

use super::judge::{Check, any_of, refuse};
use crate::model::carried::{Deed, Receive};
use crate::model::command::{Act, Command, What};
use crate::model::people::Person;
use crate::model::world::{Conversation, Message, World, is_bot};

/// Where a customer's message is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    pub conversation: usize,
    pub starts: bool,
    /// The message that it is, where it came in before.
    pub known: Option<usize>,
}

impl World {
    /// Where the message of a command is, if it brings one.
    pub fn landing(&self, command: &Command) -> Option<Landing> {
        let in_it = |conversation, starts| Landing {
            conversation,
            starts,
            known: None,
        };
        match &command.what {
            What::On(number, Act::CustomerWrites { external, .. }) => {
                let on = self.conversations.get(number)?;
                let known = self.came_before(on.channel, *external);
                Some(known.unwrap_or(in_it(*number, false)))
            }
            What::Receive(receive) => {
                let known = self.came_before(receive.customer.0, receive.external);
                let running = || in_it(self.running(receive).unwrap_or(receive.fresh), false);
                let mut landing = known.unwrap_or_else(running);
                landing.starts = landing.conversation == receive.fresh && known.is_none();
                Some(landing)
            }
            _ => None,
        }
    }

    fn came_before(&self, channel: &'static str, external: Option<u32>) -> Option<Landing> {
        let (conversation, place) = self.delivered.get(&(channel, external?))?;
        Some(Landing {
            conversation: *conversation,
            starts: false,
            known: Some(*place),
        })
    }

    /// The customer's newest ongoing conversation on the channel; in WRAP_UP only if there is no other, and no live chat.
    fn running(&self, receive: &Receive) -> Option<usize> {
        let customer = self.known(receive.customer)?;
        let all = self.conversations.iter();
        let theirs = all.filter(|(_, on)| {
            let ended = on.state == "WRAP_UP" && on.channel == "LIVE_CHAT";
            on.customer == customer && on.channel == receive.customer.0 && on.ongoing() && !ended
        });
        let newest = theirs.max_by_key(|(number, on)| (on.state != "WRAP_UP", **number));
        newest.map(|(number, _)| *number)
    }

    /// Which conversations the one that starts may continue: the last that closed, or each that may have been the last.
    pub fn continues(&self, receive: &Receive) -> Vec<usize> {
        let customer = self.known(receive.customer);
        let all = self.conversations.iter();
        let closed = all.filter_map(|(number, on)| {
            let theirs = Some(on.customer) == customer && on.channel == receive.customer.0;
            Some((*number, on.closed.filter(|_| theirs)?))
        });
        let closed: Vec<_> = closed.collect();
        let last = closed.iter().map(|(_, at)| at.from).max();
        let may_be = closed.iter().filter(|(_, at)| Some(at.to) >= last);
        may_be.map(|(number, _)| *number).collect()
    }

    /// Whether what is done to a message takes effect.
    pub fn applies(&self, by: &str, number: usize, place: usize, deed: Deed) -> bool {
        let on = &self.conversations[&number];
        let message = &on.messages[place];
        match deed {
            // Removing wins, and what is older than what is recorded comes to nothing.
            Deed::Edit { text, late } => {
                let recorded = message.edited == Some(false);
                let too_late = message.removed || late && recorded;
                !too_late && text != message.text
            }
            Deed::Remove => !message.removed,
            Deed::React { reaction, late } => {
                match message.reactions.get(&reactor(Person::of(by), on)) {
                    Some((_, only_late)) if late && !only_late => false,
                    Some((had, _)) => *had != reaction,
                    // What is taken back at an instant does not come in later as given before it.
                    None => reaction.is_some() || late,
                }
            }
            Deed::Report(state) => advances(message.delivery, state),
        }
    }
}

/// PENDING < SENT < DELIVERED < READ; FAILED over PENDING or SENT, and replaced by what came through after all.
fn advances(from: &str, to: &str) -> bool {
    let rank = |state: &str| {
        ["PENDING", "SENT", "DELIVERED", "READ"]
            .iter()
            .position(|one| *one == state)
    };
    match (from, to) {
        ("FAILED", to) => rank(to) > Some(0),
        (from, "FAILED") => rank(from) <= Some(1),
        (from, to) => rank(to) > rank(from),
    }
}

/// Who reacts, and as what: one who takes part as an agent does so as an agent.
fn reactor(person: &Person, on: &Conversation) -> (&'static str, &'static str) {
    match person {
        who if on.handled_by(who) && is_bot(who.subject) => ("BOT", who.subject),
        who if on.handled_by(who) => ("AGENT", who.subject),
        who if who.is("CUSTOMER_GATEWAY") => ("CUSTOMER", "customer"),
        who => ("SUPERVISOR", who.subject),
    }
}

impl Conversation {
    /// Does to a message what takes effect.
    pub(super) fn done_to(&mut self, by: &str, place: usize, deed: Deed) {
        let reactor = reactor(Person::of(by), self);
        let message = &mut self.messages[place];
        match deed {
            Deed::Edit { text, late } => {
                message.text = text;
                message.edited = Some(late);
            }
            Deed::Remove => message.removed = true,
            Deed::React { reaction, late } => {
                message.reactions.insert(reactor, (reaction, late));
            }
            Deed::Report(state) => {
                message.delivery = state;
                // Another failure of the newest answer is a new cause.
                if state == "FAILED" && self.last_answer() == Some(place) {
                    self.acknowledged = false;
                }
            }
        }
    }
}

/// Check 9 of what is done to a message.
pub(super) fn fits(person: &Person, on: &Conversation, message: &Message, deed: Deed) -> Check {
    let hidden = (!message.public, "MESSAGE_NOT_FOUND");
    let customers = message.is_customers();
    match deed {
        Deed::Edit { .. } | Deed::Remove => {
            refuse(hidden.0, hidden.1)?;
            refuse(!customers, "INVALID_INPUT")
        }
        Deed::Report(_) => {
            refuse(hidden.0, hidden.1)?;
            refuse(customers, "INVALID_INPUT")
        }
        Deed::React { .. } if on.handled_by(person) => Ok(()),
        Deed::React { .. } if person.is("CUSTOMER_GATEWAY") => refuse(hidden.0, hidden.1),
        Deed::React { .. } => match on.looks.get(person.subject) {
            Some(look) => refuse(message.public && !look.joined, "NOT_PARTICIPANT"),
            None => any_of(&[
                (person.is("AGENT") || message.public, "NOT_PARTICIPANT"),
                (person.is("SUPERVISOR"), "NOT_MONITORING"),
            ]),
        },
    }
}
