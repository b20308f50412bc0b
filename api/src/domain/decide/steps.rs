//! One conversation, change after change: each event gets the image that its change leaves.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Decision, Text};
use crate::domain::change::{Change, Event};
use crate::domain::evolve::evolve;
use crate::domain::{
    Actor, After, Author, CancelReason, Conversation, Draft, MessageId, MonitoringEnd, Outcome,
    State, Subject, SystemMessage, Visibility, Workstream,
};

pub(super) struct Steps<'a> {
    draft: &'a Draft<'a>,
    workstream: Arc<Workstream>,
    actor: Actor,
    now: DateTime<Utc>,
    pub current: Arc<Conversation>,
    events: Vec<Event>,
    texts: Vec<Text>,
}

impl<'a> Steps<'a> {
    pub fn new(
        draft: &'a Draft<'a>,
        conversation: &Arc<Conversation>,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Self {
        let workstream = Workstream::of(draft.workstream(conversation.workstream), conversation);
        let current = conversation.clone();
        Self {
            draft,
            workstream,
            actor,
            now,
            current,
            events: Vec::new(),
            texts: Vec::new(),
        }
    }

    pub fn workstream(&self) -> &Workstream {
        &self.workstream
    }

    pub fn push(&mut self, change: Change) {
        let before = self.current.footprint();
        let next = Arc::new(evolve(&self.current, &change, &self.workstream, self.now));
        let moved = (next.footprint() != before).then_some(before);
        let after = After::Conversation(next.clone());
        self.events.push(Event {
            change,
            after,
            before: moved,
        });
        self.current = next;
    }

    /// The first event of a conversation: nobody could see it before.
    pub fn started(&mut self) {
        let after = After::Conversation(self.current.clone());
        self.events.push(Event {
            change: Change::ConversationStarted,
            after,
            before: None,
        });
    }

    pub fn add_text(&mut self, text: Text) {
        self.texts.push(text);
    }

    /// What Regie itself says in the transcript, for everyone.
    pub fn say(&mut self, message: SystemMessage) {
        // A name-based id keeps deciding a function of its arguments.
        let number = self.current.messages.to_be_bytes();
        let id = MessageId(uuid::Uuid::new_v5(&self.current.id.0, &number));
        self.push(Change::MessagePosted {
            message: id,
            author: Author::System,
            visibility: Visibility::Public,
            system: Some(message),
            score: None,
            analysed: false,
        });
    }

    /// Cancels the offer or transfer request that waits, if one does.
    pub fn cancel_pending(&mut self, reason: CancelReason) {
        let Some(pending) = &self.current.offer else {
            return;
        };
        let (offer, agent, by) = (pending.id, pending.agent, pending.by.clone());
        self.push(match self.current.transfer_from() {
            None => Change::OfferCancelled {
                offer,
                agent,
                by,
                reason,
            },
            Some(from) => Change::TransferCancelled {
                offer,
                from,
                agent,
                by,
                reason,
            },
        });
    }

    /// Removes from the conversation whoever has no place in its state any more.
    pub fn settle(&mut self) {
        let state = self.current.state;
        if state != State::Active {
            for supervisor in self.joined() {
                self.leave(supervisor);
            }
            for agent in self.current.consultants.clone() {
                self.push(Change::ConsultantLeft { agent });
            }
        }
        if matches!(state, State::Open | State::Waiting | State::Closed) {
            self.stop_monitoring(MonitoringEnd::StateChanged, |_| true);
        }
        let primary = self
            .current
            .primary_agent()
            .and_then(|agent| self.draft.agent(agent));
        if let Some(subject) = primary.map(|agent| agent.subject.clone()) {
            self.stop_monitoring(MonitoringEnd::BecamePrimary, |who| *who == subject);
        }
    }

    /// A supervisor is no longer a participant, and those who were told of the joining are told.
    /// Nothing is written in a transcript that is closed; its closing tells them.
    pub fn leave(&mut self, supervisor: Subject) {
        self.push(Change::SupervisorLeft { supervisor });
        if self.current.is_ongoing() {
            self.say(SystemMessage::SupervisorLeft);
        }
    }

    /// Ends these supervisors' sessions; a joined one leaves first.
    pub fn stop_monitoring(&mut self, end: MonitoringEnd, whose: impl Fn(&Subject) -> bool) {
        let ending: Vec<_> = self
            .current
            .monitors
            .iter()
            .filter(|m| whose(&m.supervisor))
            .cloned()
            .collect();
        for monitor in ending {
            let supervisor = monitor.supervisor;
            if monitor.joined_at.is_some() {
                self.leave(supervisor.clone());
            }
            self.push(Change::MonitoringStopped {
                session: monitor.session,
                supervisor,
                end,
            });
        }
    }

    pub fn due_in(&self, seconds: u32) -> DateTime<Utc> {
        self.now + TimeDelta::seconds(seconds.into())
    }

    fn joined(&self) -> Vec<Subject> {
        self.current
            .joined()
            .map(|monitor| monitor.supervisor.clone())
            .collect()
    }

    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub fn done(self) -> Decision {
        self.done_with(Outcome::default())
    }

    pub fn done_with(self, outcome: Outcome) -> Decision {
        let outcome = Outcome {
            conversation: Some(self.current),
            ..outcome
        };
        Decision {
            actor: self.actor,
            events: self.events,
            texts: self.texts,
            outcome,
        }
    }
}

/// Conversations in the order of their ids, so that the same command makes the same log.
pub(super) fn in_order<'a>(
    conversations: impl Iterator<Item = &'a Arc<Conversation>>,
) -> Vec<&'a Arc<Conversation>> {
    let mut these: Vec<_> = conversations.collect();
    these.sort_unstable_by_key(|conversation| conversation.id);
    these
}
