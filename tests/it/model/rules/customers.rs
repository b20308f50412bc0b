//! Section 11: who is one customer, what they are called, and how a contact is described and rated.

use chrono::TimeDelta;

use super::judge::{Check, any_of, refuse};
use crate::model::carried::{Key, Labels};
use crate::model::people::Person;
use crate::model::world::{Conversation, Customer, World};

impl World {
    /// The customer of whom a key says so, by the number of who survived.
    pub(super) fn known(&self, key: Key) -> Option<usize> {
        let known = self.known_as.get(&key)?;
        Some(self.survivor(*known))
    }

    pub fn survivor(&self, mut customer: usize) -> usize {
        while let Some(became) = self.customers[customer].became {
            customer = became;
        }
        customer
    }

    /// Somebody who is not known yet.
    pub(super) fn stranger(&mut self) -> usize {
        self.customers.push(Customer::default());
        self.customers.len() - 1
    }

    pub(super) fn named(&self, person: &Person, key: Key) -> Check {
        let may = person.is("ADMINISTRATOR") || person.is("CUSTOMER_GATEWAY");
        refuse(!may, "ROLE_REQUIRED")?;
        refuse(self.known(key).is_none(), "TARGET_NOT_FOUND")
    }

    pub(super) fn merged(&self, person: &Person, merged: usize, surviving: usize) -> Check {
        refuse(!person.is("ADMINISTRATOR"), "ROLE_REQUIRED")?;
        let all = self.customers.len();
        refuse(merged >= all || surviving >= all, "TARGET_NOT_FOUND")?;
        let same = self.survivor(merged) == self.survivor(surviving);
        let before = self.customers[merged].became.is_some();
        refuse(same || before, "INVALID_INPUT")
    }

    pub(super) fn merge(&mut self, merged: usize, surviving: usize) {
        let surviving = self.survivor(surviving);
        self.customers[merged].became = Some(surviving);
        let theirs = self.conversations.values_mut();
        for on in theirs.filter(|on| on.customer == merged) {
            on.customer = surviving;
        }
    }

    /// Rated once, from WRAP_UP until seven days after the end.
    pub(super) fn rates(&self, on: &Conversation) -> Check {
        let recent =
            |closed: chrono::DateTime<chrono::Utc>| self.now - closed <= TimeDelta::days(7);
        let time = on.state == "WRAP_UP" || on.closed.is_some_and(|closed| recent(closed.to));
        refuse(!time || on.rating.is_some(), "RATING_NOT_POSSIBLE")
    }
}

/// Who may change labels: the primary agent, its gateway the attributes, and supervisors in scope with the permission.
pub(super) fn labels(person: &Person, on: &Conversation, labels: Labels) -> Check {
    if person.is("AGENT") && on.primary == Some(person.subject) {
        return Ok(());
    }
    if person.is("CUSTOMER_GATEWAY") && labels.plain() {
        return Ok(());
    }
    if person.is("AGENT") && !person.is("SUPERVISOR") {
        return Ok(()); // Refused where it is asked who takes part.
    }
    refuse(!person.is("SUPERVISOR"), "ROLE_REQUIRED")?;
    refuse(!person.supervises(on.queue), "OUT_OF_SCOPE")?;
    refuse(!person.permissions.contains(&"label"), "PERMISSION_MISSING")
}

/// Who is there as an agent and no more changes labels only as its primary agent.
pub(super) fn labels_fit(person: &Person, on: &Conversation) -> Check {
    let primary = on.primary == Some(person.subject);
    let agent = person.is("AGENT") && !person.is("SUPERVISOR");
    refuse(agent && !primary, "NOT_PARTICIPANT")
}

/// What is there to be read in a review: not what is there to be monitored, nor one's own.
pub(super) fn reviews(person: &Person, on: &Conversation) -> Check {
    let state = on.accepted() || on.state == "WRAP_UP" || on.channel == "RECORD" && on.ongoing();
    let own = on.primary == Some(person.subject);
    any_of(&[(state, "INVALID_STATE"), (own, "OWN_CONVERSATION")])
}

impl Conversation {
    pub(super) fn label(&mut self, labels: Labels) {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        if let Some(tag) = labels.remove {
            self.tags.retain(|one| !same(one, tag));
        }
        if let Some(tag) = labels.add
            && !self.tags.iter().any(|one| same(one, tag))
        {
            self.tags.push(tag);
        }
        self.priority = labels.priority.unwrap_or(self.priority);
        self.order = labels.order.or(self.order);
    }
}
