//! Section 13: what supervisors take, give back and say.

use crate::model::command::{Act, Command, What};
use crate::model::people::Person;
use crate::model::world::{Conversation, Message, Moment, World, is_bot};

impl Conversation {
    /// Back to a queue, which is this one or another.
    pub(super) fn requeued(&mut self, to: Option<&'static str>, at: Moment) {
        self.opens(at);
        let to = to.unwrap_or(self.queue);
        if to != self.queue {
            self.queue = to;
            self.end_reviews("QUEUE_CHANGED");
        }
    }

    /// A supervisor who is an agent too has it; who had it in conversation advises, unless that was a bot.
    pub(super) fn taken_over(&mut self, by: &'static str, at: Moment) {
        self.drop_offer();
        let active = self.state == "ACTIVE";
        let first = self.primary.filter(|first| active && !is_bot(first));
        self.becomes_active(by, at);
        self.restart(at);
        self.consultants.extend(first);
        self.says("TAKEN_OVER_BY_SUPERVISOR");
    }

    /// It is read and nothing else changes, but that it answers who asked for help.
    pub(super) fn coached(&mut self, text: &'static str) {
        let coaches = self.primary;
        self.help = false;
        self.messages.push(Message {
            coaches,
            ..super::steps::message(vec!["SUPERVISOR"], false, text)
        });
    }

    /// The note is a message like any other to agents; asking changes nothing else.
    pub(super) fn asks_for_help(&mut self, note: Option<&'static str>, at: Moment) {
        if !std::mem::replace(&mut self.help, true)
            && let Some(note) = note
        {
            self.posts(vec!["AGENT"], false, note, at);
        }
    }
}

/// What comes of a command that is done item by item: of which conversation, and why it is refused, if it is.
pub type Each = Vec<(usize, Option<Vec<&'static str>>)>;

impl World {
    /// The items of a command that is done to many.
    pub fn items(&self, command: &Command) -> Vec<(usize, Act)> {
        match &command.what {
            What::Bulk(numbers, act) => {
                let numbers = numbers.iter();
                numbers.map(|number| (*number, act.clone())).collect()
            }
            What::Drain { agent, .. } => {
                let person = Person::of(command.by);
                let all = self.conversations.iter();
                let theirs = all.filter(|(_, on)| {
                    on.ongoing() && on.primary == Some(*agent) && person.supervises(on.queue)
                });
                theirs
                    .map(|(number, _)| (*number, Act::Requeue { to: None }))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Does to each what may be done, one after the other.
    pub fn each(&mut self, command: &Command, items: Vec<(usize, Act)>, at: Moment) -> Each {
        let mut each = Each::new();
        for (number, act) in items {
            let one = Command {
                by: command.by,
                what: What::On(number, act),
                expected: None,
                key: None,
            };
            let refused = match self.judge(&one) {
                super::Verdict::Refused(codes) => Some(codes),
                _ => None,
            };
            if refused.is_none() {
                self.carry_out(&one, "", at);
            }
            each.push((number, refused));
        }
        each
    }

    /// An agent goes, and what waits for their answer is withdrawn.
    pub(super) fn drained(&mut self, by: &Person, agent: &str, offline: bool, at: Moment) {
        if let Some(drained) = self.agents.get_mut(agent) {
            let gone = offline || drained.presence == "OFFLINE";
            drained.presence = if gone { "OFFLINE" } else { "AWAY" };
        }
        for on in self.conversations.values_mut() {
            let asked = on.offer.as_ref().filter(|offer| offer.to == agent);
            let transfer = asked.map(|offer| offer.transfer);
            match transfer.filter(|_| by.supervises(on.queue)) {
                Some(true) => {
                    on.drop_offer();
                    on.may_restart(at);
                }
                Some(false) => on.offer_ends(at),
                None => {}
            }
        }
    }
}
