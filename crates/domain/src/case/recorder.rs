//! One conversation, change after change: each event gets the image that its change leaves.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::change::{Change, Event};
use crate::conversation::{Monitor, Offer};
use crate::decision::{Decision, Text};
use crate::evolve::evolve;
use crate::labels::Attributes;
use crate::{
    Actor, After, AgentId, Author, CancelReason, Conversation, Draft, HelpEnd, LookKind, Meaning,
    MessageId, MonitoringEnd, Outcome, State, StatusReason, Subject, SystemMessage, Visibility,
    Workstream,
};

pub struct Recorder<'a> {
    draft: &'a Draft<'a>,
    workstream: Arc<Workstream>,
    actor: Actor,
    now: DateTime<Utc>,
    pub current: Arc<Conversation>,
    events: Vec<Event>,
    texts: Vec<Text>,
}

impl<'a> Recorder<'a> {
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

    /// The instant of the command.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub fn workstream(&self) -> &Workstream {
        &self.workstream
    }

    pub fn push(&mut self, change: Change) {
        let before = self.current.footprint();
        let (current, workstream) = (&self.current, &self.workstream);
        let hours_of = |queue| {
            self.draft
                .queue(queue)
                .and_then(|queue| queue.hours.clone())
        };
        let next = Arc::new(evolve(current, &change, workstream, &hours_of, self.now));
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

    /// What attributes of the conversation say from now on.
    pub fn add_attributes(&mut self, attributes: &Attributes) {
        let conversation = self.current.id;
        for (key, value) in attributes {
            self.add_text(Text::Attribute {
                conversation,
                key: key.clone(),
                value: Some(value.clone()),
            });
        }
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
            meaning: Meaning::default(),
            analysed: false,
            sent_at: None,
            attachments: Vec::new(),
            reply_to: None,
        });
    }

    /// Comes into another state, and tells of everything that the state ended: its image holds none
    /// of it any more. `cancelled`: why an offer that waited is cancelled.
    pub fn enter(&mut self, change: Change, cancelled: CancelReason) {
        let before = self.current.clone();
        self.push(change);
        if let Some(offer) = &before.offer {
            self.push(cancellation(offer, before.transfer_from(), cancelled));
        }
        for monitor in before.joined() {
            self.leave(monitor.supervisor.clone());
        }
        for agent in before
            .consultants
            .difference(&self.current.consultants.clone())
        {
            self.push(Change::ConsultantLeft { agent: *agent });
        }
        self.tell_of_ended(&before);
    }

    /// Tells which looks the state ended since this image.
    fn tell_of_ended(&mut self, before: &Conversation) {
        for look in &before.monitors {
            if self.current.look_of(&look.supervisor).is_none() {
                self.push(stopped(look, MonitoringEnd::StateChanged));
            }
        }
    }

    /// An agent takes it up, by a change that cancels nothing and whom nobody leaves: tells of the reviews that this ended.
    pub fn taken(&mut self, change: Change) {
        let before = self.current.clone();
        self.push(change);
        self.tell_of_ended(&before);
    }

    /// The customer is gone: OPEN, offered and WAITING conversations close, a running one goes to `WRAP_UP`.
    pub fn customer_left(&mut self, cancelled: CancelReason, wrap_up: StatusReason) {
        let change = if self.current.is_in_conversation() {
            Change::MovedToWrapUp { reason: wrap_up }
        } else {
            let waits = self.current.state == State::Waiting;
            Change::Closed {
                reason: if waits {
                    StatusReason::EndedByCustomer
                } else {
                    StatusReason::CustomerLeftOpen
                },
            }
        };
        self.enter(change, cancelled);
    }

    /// Cancels the offer or transfer request that waits, if one does; the state stays.
    pub fn cancel_pending(&mut self, reason: CancelReason) {
        if let Some(pending) = &self.current.offer {
            let change = cancellation(pending, self.current.transfer_from(), reason);
            self.push(change);
        }
    }

    /// Ends the look of an agent who is about to become primary: nobody watches their own.
    pub fn becomes_primary(&mut self, agent: AgentId) {
        let subject = self.draft.agent(agent).map(|agent| agent.subject.clone());
        if let Some(subject) = subject {
            self.stop_monitoring(MonitoringEnd::BecamePrimary, |who| *who == subject);
        }
    }

    /// The request for help ends, if there is one.
    pub fn end_help(&mut self, end: HelpEnd) {
        if let Some(help) = &self.current.help {
            let agent = help.agent;
            self.push(Change::HelpEnded { agent, end });
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
        self.stop_looks(end, |look| whose(&look.supervisor));
    }

    /// Ends the reviews.
    pub fn stop_reviews(&mut self, end: MonitoringEnd) {
        self.stop_looks(end, |look| look.kind == LookKind::Review);
    }

    /// Ends these looks; who joined leaves first.
    pub fn stop_looks(&mut self, end: MonitoringEnd, which: impl Fn(&Monitor) -> bool) {
        let looks = self.current.monitors.iter();
        let ending: Vec<_> = looks.filter(|look| which(look)).cloned().collect();
        for monitor in ending {
            if monitor.joined_at.is_some() {
                self.leave(monitor.supervisor.clone());
            }
            self.push(stopped(&monitor, end));
        }
    }

    pub fn due_in(&self, seconds: u32) -> DateTime<Utc> {
        self.now + TimeDelta::seconds(seconds.into())
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
            left: None,
        }
    }
}

/// `from`: whose the conversation is, if it is a transfer request that is cancelled.
fn cancellation(pending: &Offer, from: Option<AgentId>, reason: CancelReason) -> Change {
    let (offer, agent, by) = (pending.id, pending.agent, pending.by.clone());
    match from {
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
    }
}

fn stopped(look: &Monitor, end: MonitoringEnd) -> Change {
    let (session, supervisor) = (look.session, look.supervisor.clone());
    match look.kind {
        LookKind::Monitor => Change::MonitoringStopped {
            session,
            supervisor,
            end,
        },
        LookKind::Review => Change::ReviewStopped {
            session,
            supervisor,
            end,
        },
    }
}

/// Conversations in the order of their ids, so that the same command makes the same log.
pub fn in_order<'a>(
    conversations: impl Iterator<Item = &'a Arc<Conversation>>,
) -> Vec<&'a Arc<Conversation>> {
    let mut these: Vec<_> = conversations.collect();
    these.sort_unstable_by_key(|conversation| conversation.id);
    these
}
