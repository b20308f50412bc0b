//! What a command that is done comes to.

use super::begun::begun;
use crate::model::carried::Receive;
use crate::model::command::{Act, Command, What};
use crate::model::people::{Person, SHORT};
use crate::model::world::{Conversation, Kept, Look, Moment, Offer, Review, World, is_bot};

/// For how many seconds a review lasts.
const REVIEW: i64 = 3600;

impl World {
    /// Carries out what was judged to be done.
    pub fn carry_out(&mut self, command: &Command, as_of: &str, at: Moment) {
        let by = command.by;
        let about = self.landing(command);
        match &command.what {
            What::Start {
                conversation,
                channel,
                queue,
                workstream,
                notice,
                consent,
            } => {
                let customer = self.stranger();
                let given = (*notice, *consent);
                let started = begun(customer, channel, (queue, workstream), given, at);
                self.conversations.insert(*conversation, started);
            }
            What::On(number, Act::CustomerWrites { text, external }) => {
                if about.is_none_or(|landing| landing.known.is_none()) {
                    self.customer_writes(*number, text, *external, at);
                }
            }
            What::On(number, Act::Message(place, deed)) => {
                if self.applies(by, *number, *place, *deed)
                    && let Some(on) = self.conversations.get_mut(number)
                {
                    on.done_to(by, *place, *deed);
                }
            }
            What::On(number, act) => self.act(by, *number, act, at),
            What::Receive(receive) => self.receive(command, receive, at),
            What::Name(customer, name) => {
                if let Some(customer) = self.known(*customer) {
                    self.customers[customer].name = Some(name);
                }
            }
            What::Merge(merged, surviving) => self.merge(*merged, *surviving),
            What::Presence(presence) => {
                if let Some(agent) = self.agents.get_mut(by) {
                    agent.presence = presence;
                }
            }
            What::Setting(setting, on) => {
                self.settings.insert(setting, *on);
                if *setting == "supervisorMonitor" && !on {
                    for on in self.conversations.values_mut() {
                        on.end_reviews("SETTING_DISABLED");
                    }
                    let watched = self.conversations.values_mut();
                    for on in watched.filter(|on| !on.looks.is_empty()) {
                        on.end_looks("SETTING_DISABLED");
                        on.may_restart(at);
                    }
                }
            }
            What::PresenceOf { agent, presence } => {
                if let Some(agent) = self.agents.get_mut(agent) {
                    agent.presence = presence;
                }
            }
            What::Drain { agent, offline } => {
                self.drained(Person::of(by), agent, *offline, at);
            }
            What::Member { agent, queue, add } => self.member_changes(agent, queue, *add, at),
            // Each item of a bulk is carried out by itself.
            What::Bulk(..) | What::Pass(_) => {}
        }
        if let Some(key) = command.key {
            let kept = Kept {
                what: command.what.clone(),
                about: about
                    .map(|landing| landing.conversation)
                    .or(command.conversation()),
                expected: command.expected,
                as_of: as_of.to_owned(),
                at,
            };
            self.keys.insert((by, key), kept);
        }
    }

    fn receive(&mut self, command: &Command, receive: &Receive, at: Moment) {
        let Some(landing) = self.landing(command) else {
            return;
        };
        if landing.known.is_some() {
            return;
        }
        let number = landing.conversation;
        if landing.starts {
            let customer = self.known(receive.customer);
            let customer = customer.unwrap_or_else(|| self.stranger());
            self.known_as.entry(receive.customer).or_insert(customer);
            let places = (receive.queue, receive.workstream);
            let given = (receive.notice, "UNKNOWN");
            let started = begun(customer, receive.customer.0, places, given, at);
            self.conversations.insert(number, started);
        }
        self.customer_writes(number, receive.text, receive.external, at);
    }

    fn customer_writes(&mut self, number: usize, text: &'static str, id: Option<u32>, at: Moment) {
        let Some(on) = self.conversations.get_mut(&number) else {
            return;
        };
        on.posts(vec!["CUSTOMER"], true, text, at);
        if let Some(id) = id {
            let place = on.messages.len() - 1;
            self.delivered.insert((on.channel, id), (number, place));
        }
        on.wrote_in_wrap_up |= on.state == "WRAP_UP";
        if on.state == "WAITING" {
            on.opens(at);
        }
    }

    fn member_changes(&mut self, agent: &str, queue: &'static str, add: bool, at: Moment) {
        let Some(member) = self.agents.get_mut(agent) else {
            return;
        };
        if add {
            member.queues.insert(queue);
            return;
        }
        member.queues.remove(queue);
        for conversation in self.conversations.values_mut() {
            let asked = conversation.offer.as_ref();
            let asked = asked.is_some_and(|offer| offer.transfer && offer.to == agent);
            if asked && conversation.queue == queue {
                conversation.drop_offer();
                conversation.may_restart(at);
            }
        }
    }

    /// A supervisor's new token takes over their looks, with its time. That begins no monitoring, so
    /// the auto-close clocks run on.
    pub fn refreshed(&mut self, by: &str, at: Moment) {
        let looks = self.conversations.values_mut();
        for look in looks.filter_map(|on| on.looks.get_mut(by)) {
            look.expires = expires(by, at);
        }
    }

    fn act(&mut self, by: &'static str, number: usize, act: &Act, at: Moment) {
        let exceeds = match act {
            Act::Assign { to, .. } | Act::Transfer { to, .. } => {
                self.exceeds(&self.conversations[&number], to)
            }
            _ => 0,
        };
        let Some(on) = self.conversations.get_mut(&number) else {
            return;
        };
        match act {
            Act::Pick => on.becomes_active(by, at),
            Act::Accept => accept(on, by, at),
            Act::Reject => declined(on, at),
            Act::SetAside => on.waits(at),
            Act::Reopen => {
                on.drop_offer();
                on.becomes_active(by, at);
            }
            Act::Release => on.opens(at),
            Act::End => on.wraps_up(&["MOVED_TO_WRAP_UP_BY_AGENT"], at),
            Act::Close if is_bot(by) => on.closes(&["ENDED_BY_BOT"], at),
            Act::Close => on.closes(&["ENDED_BY_AGENT"], at),
            Act::Leave => leave(on, by, at),
            Act::Monitor => monitor(on, by, at),
            Act::Stop => {
                on.end_look(by, "STOPPED");
                on.may_restart(at);
            }
            Act::Join => {
                if let Some(look) = on.looks.get_mut(by)
                    && !std::mem::replace(&mut look.joined, true)
                {
                    on.changed();
                    on.says("SUPERVISOR_JOINED");
                    on.help = false;
                }
                on.may_restart(at);
            }
            Act::ForceClose => {
                on.closes(&["FORCE_CLOSED_BY_SUPERVISOR"], at);
                on.says("FORCE_CLOSED_BY_SUPERVISOR");
            }
            Act::CancelOffer => on.offer_ends(at),
            Act::CancelTransfer => {
                on.drop_offer();
                on.may_restart(at);
            }
            Act::Assign { to, .. } => {
                on.offer = Some(offer(on, false, to, exceeds, at));
                on.state = "ACTIVE";
                on.reasons = vec!["AWAITING_AGENT_ACCEPTANCE"];
                on.changed();
                on.restart(at);
            }
            Act::Move { to } => {
                on.queue = to;
                on.changed();
                on.end_reviews("QUEUE_CHANGED");
            }
            Act::Transfer { to, .. } => {
                on.offer = Some(offer(on, true, to, exceeds, at));
                on.changed();
                on.restart(at);
            }
            Act::Send { visibility, text } => send(on, by, (*visibility, text), at),
            // These have their own.
            Act::CustomerWrites { .. } | Act::Message(..) => {}
            Act::Requeue { to } => on.requeued(*to, at),
            Act::TakeOver => on.taken_over(by, at),
            Act::Coach(text) => on.coached(text),
            Act::RequestHelp { note } => on.asks_for_help(*note, at),
            Act::CancelHelp | Act::AnswerHelp => on.help = false,
            Act::Acknowledge(_) => on.acknowledged = true,
            Act::Rate(score) => on.rating = Some(*score),
            Act::Label(labels) => on.label(*labels),
            Act::Review => {
                let number = on.reviewed.len() + on.reviews.len();
                let until = at.after(REVIEW);
                on.reviews.entry(by).or_insert(Review { number, until });
            }
            Act::StopReview => on.end_review(by, "STOPPED"),
            Act::Disconnect => on.away = Some(at),
            Act::Reconnect => on.away = None,
            Act::CustomerEnds if on.accepted() => {
                on.wraps_up(&["MOVED_TO_WRAP_UP_BY_CUSTOMER"], at);
            }
            Act::CustomerEnds if on.state == "WAITING" => on.closes(&["ENDED_BY_CUSTOMER"], at),
            Act::CustomerEnds => on.closes(&["CUSTOMER_LEFT_OPEN"], at),
            Act::Mode(mode) => {
                on.mode = mode;
                on.changed();
                if on.offer.is_some() {
                    on.drop_offer();
                    on.may_restart(at);
                }
            }
            Act::Consent { consent, notice } => consents(on, *consent, *notice, at),
        }
    }
}

fn offer(on: &Conversation, transfer: bool, to: &'static str, exceeds: i64, at: Moment) -> Offer {
    Offer {
        transfer,
        to,
        exceeds,
        due: at.after(on.workstream.offer),
    }
}

fn accept(on: &mut Conversation, by: &'static str, at: Moment) {
    let transfer = on.offer.as_ref().is_some_and(|offer| offer.transfer);
    let first = on.primary.filter(|_| transfer && on.state == "ACTIVE");
    on.becomes_active(by, at);
    if transfer {
        on.restart(at);
    }
    on.consultants.extend(first);
}

/// An offer or transfer request is rejected, or times out.
pub(super) fn declined(on: &mut Conversation, at: Moment) {
    let Some(offer) = on.offer.take() else {
        return;
    };
    *on.declines.entry(offer.to).or_default() += 1;
    if offer.transfer {
        on.changed();
        on.may_restart(at);
    } else {
        on.offer_ends(at);
    }
}

fn consents(on: &mut Conversation, consent: Option<&'static str>, notice: bool, at: Moment) {
    let before = (on.consent, on.notice);
    on.consent = consent.unwrap_or(on.consent);
    on.notice |= notice;
    if before != (on.consent, on.notice) && on.ongoing() {
        on.changed();
    }
    if on.consent == "DENIED" && before.0 != "DENIED" {
        on.end_reviews("CONSENT_WITHDRAWN");
    }
    let needed = on.workstream.notice == "CONSENT_REQUIRED";
    if needed && on.consent != "GRANTED" {
        on.end_reviews("CONSENT_WITHDRAWN");
    }
    if needed && on.consent != "GRANTED" && !on.looks.is_empty() {
        on.end_looks("CONSENT_WITHDRAWN");
        on.may_restart(at);
    }
}

fn leave(on: &mut Conversation, by: &'static str, at: Moment) {
    if on.consultants.remove(by) {
        on.changed();
    } else {
        on.unjoin(by, true);
    }
    on.may_restart(at);
}

/// When a look ends that is held by a token taken now.
fn expires(by: &str, at: Moment) -> Option<Moment> {
    // A token's expiry is in whole seconds.
    (by == "sue").then(|| Moment {
        from: at.after(SHORT - 2).from,
        to: at.after(SHORT).to,
    })
}

fn monitor(on: &mut Conversation, by: &'static str, at: Moment) {
    let expires = expires(by, at);
    if let Some(look) = on.looks.get_mut(by) {
        look.expires = expires;
        on.may_restart(at);
        return;
    }
    let look = Look {
        joined: false,
        expires,
    };
    let number = on.looked.len() + on.looks.len();
    on.looks.insert(by, look);
    on.began.insert(by, number);
    on.restart(at);
}

fn send(
    on: &mut Conversation,
    by: &'static str,
    (visibility, text): (Option<&str>, &'static str),
    at: Moment,
) {
    let own = on.primary == Some(by) || on.consultants.contains(by);
    let looks = Person::of(by).supervises(on.queue) && on.looks.contains_key(by);
    let mut authors = Vec::new();
    if own {
        authors.push(if is_bot(by) { "BOT" } else { "AGENT" });
    }
    if looks {
        authors.push("SUPERVISOR");
    }
    let default = if own { "PUBLIC" } else { "INTERNAL" };
    let public = visibility.unwrap_or(default) == "PUBLIC";
    on.help &= own || public;
    on.posts(authors, public, text, at);
}
