//! Section 2: from state to state, and what goes with it.

use std::collections::BTreeMap;

use crate::model::world::{Conversation, Message, Moment, is_asynchronous};

impl Conversation {
    pub(super) fn changed(&mut self) {
        self.version += 1;
    }

    /// The auto-close clock begins again.
    pub(super) fn restart(&mut self, at: Moment) {
        self.clock = at;
        self.clock_or = None;
    }

    /// The rulebook does not say whether the clock begins again.
    pub(super) fn may_restart(&mut self, at: Moment) {
        self.clock_or = Some(at);
    }

    pub(super) fn says(&mut self, system: &'static str) {
        self.messages.push(Message {
            system: Some(system),
            ..message(vec!["SYSTEM"], true, "")
        });
    }

    pub(super) fn posts(
        &mut self,
        authors: Vec<&'static str>,
        public: bool,
        text: &'static str,
        at: Moment,
    ) {
        self.messages.push(message(authors, public, text));
        if is_asynchronous(self.channel) || self.channel == "LIVE_CHAT" {
            self.restart(at);
        }
    }

    pub(super) fn end_review(&mut self, subject: &'static str, why: &'static str) {
        if let Some(review) = self.reviews.remove(subject) {
            self.reviewed.push((review.number, subject, why));
        }
    }

    pub(super) fn end_reviews(&mut self, why: &'static str) {
        let subjects: Vec<_> = self.reviews.keys().copied().collect();
        for subject in subjects {
            self.end_review(subject, why);
        }
    }

    /// A joined supervisor takes part no more.
    pub(super) fn unjoin(&mut self, subject: &'static str, told: bool) {
        let Some(look) = self.looks.get_mut(subject) else {
            return;
        };
        if std::mem::take(&mut look.joined) {
            self.changed();
            if told {
                self.says("SUPERVISOR_LEFT");
            }
        }
    }

    /// A look ends. Leaving is told, except where the end itself is.
    pub(super) fn end_look(&mut self, subject: &'static str, why: &'static str) {
        let told = self.ongoing();
        self.unjoin(subject, told);
        if self.looks.remove(subject).is_some() {
            self.looked.push((self.began[subject], subject, why));
        }
    }

    pub(super) fn end_looks(&mut self, why: &'static str) {
        let subjects: Vec<_> = self.looks.keys().copied().collect();
        for subject in subjects {
            self.end_look(subject, why);
        }
    }

    /// An offer or transfer request is withdrawn, with the conversation going elsewhere.
    pub(super) fn drop_offer(&mut self) {
        if self.offer.take().is_some() {
            self.changed();
        }
    }

    pub(super) fn drop_consultants(&mut self) {
        for _ in std::mem::take(&mut self.consultants) {
            self.changed();
        }
    }

    /// The auto-close clocks run per state: one begins when the state does.
    fn enter(&mut self, state: &'static str, reasons: &[&'static str], at: Moment) {
        if self.state != state {
            self.restart(at);
        }
        self.state = state;
        self.wrote_in_wrap_up = false;
        self.reasons = reasons.to_vec();
        self.changed();
        // What is there to be monitored is reviewed no more.
        if self.accepted() || state == "WRAP_UP" {
            self.end_reviews("STATE_CHANGED");
        }
    }

    /// Nobody has it any more.
    pub(super) fn opens(&mut self, at: Moment) {
        self.drop_offer();
        self.primary = None;
        self.help = false;
        self.waiting = at;
        self.enter("OPEN", &["AWAITING_AGENT_ASSIGNMENT"], at);
        self.drop_consultants();
        self.end_looks("STATE_CHANGED");
    }

    /// An offer that was not accepted: back in the queue, waiting as long as it did.
    pub(super) fn offer_ends(&mut self, at: Moment) {
        self.offer = None;
        self.enter("OPEN", &["AWAITING_AGENT_ASSIGNMENT"], at);
    }

    pub(super) fn waits(&mut self, at: Moment) {
        self.drop_offer();
        self.enter("WAITING", &["AWAITING_CUSTOMER_RESPONSE"], at);
        self.drop_consultants();
        self.end_looks("STATE_CHANGED");
    }

    pub(super) fn wraps_up(&mut self, reasons: &[&'static str], at: Moment) {
        self.drop_offer();
        self.away = None;
        if self.channel != "VOICE" && self.channel != "RECORD" {
            self.mode = "TEXT";
        }
        self.enter("WRAP_UP", reasons, at);
        self.wrap_up_released = self.workstream.wrap_up == Some(0);
        self.wrap_up_until = self.workstream.wrap_up.map(|seconds| at.after(seconds));
        self.drop_consultants();
        for subject in self.joined() {
            self.unjoin(subject, true);
        }
    }

    pub(super) fn closes(&mut self, reasons: &[&'static str], at: Moment) {
        self.drop_offer();
        self.help = false;
        self.closed = Some(at);
        self.enter("CLOSED", reasons, at);
        self.drop_consultants();
        self.end_looks("STATE_CHANGED");
    }

    /// Somebody is in conversation.
    pub(super) fn becomes_active(&mut self, agent: &'static str, at: Moment) {
        self.end_review(agent, "BECAME_PRIMARY");
        self.help &= self.primary == Some(agent);
        self.primary = Some(agent);
        self.primaries.insert(agent);
        self.offer = None;
        self.enter("ACTIVE", &["IN_CONVERSATION"], at);
        self.consultants.remove(agent);
        self.end_look(agent, "BECAME_PRIMARY");
    }
}

/// A message as it is posted.
pub(super) fn message(authors: Vec<&'static str>, public: bool, text: &'static str) -> Message {
    Message {
        authors,
        public,
        coaches: None,
        system: None,
        text,
        edited: None,
        removed: false,
        reactions: BTreeMap::new(),
        delivery: "PENDING",
    }
}
