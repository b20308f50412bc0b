//! How a draft goes on from what a command of its batch has decided.

use super::Draft;
use crate::message::{MessageRecord, Reactor};
use crate::world::shift;
use crate::{Actor, After, Change, Event, MessageHead};

impl Draft<'_> {
    /// Goes on from where these events, by this actor, leave it.
    pub fn absorb(&mut self, events: &[Event], actor: &Actor) {
        for event in events {
            self.absorb_message(event, actor);
            if let Change::CustomersMerged { merged, surviving } = &event.change {
                self.remember_merged(*merged, *surviving);
            }
            match &event.after {
                After::Conversation(conversation) => {
                    let before = self.conversation(conversation.id).cloned();
                    let (base, loads) = (self.base, &mut self.changed.loads);
                    shift(before.as_deref(), conversation, |agent, by| {
                        let load = loads.entry(agent).or_insert_with(|| base.load(agent));
                        *load = by.of(*load);
                    });
                    // A closed one stays here, so that later commands of the batch find it closed.
                    self.changed
                        .conversations
                        .insert(conversation.id, conversation.clone());
                }
                After::Settings(settings) => self.settings = Some(settings.clone()),
                directory => self.changed.put(directory),
            }
        }
    }

    fn absorb_message(&mut self, event: &Event, actor: &Actor) {
        let After::Conversation(conversation) = &event.after else {
            return;
        };
        if let Change::MessagePosted {
            message,
            visibility,
            ..
        } = &event.change
        {
            self.remember_message(MessageHead {
                id: *message,
                conversation: conversation.id,
                visibility: *visibility,
                coached: None,
            });
        }
        let Some(records) = &mut self.records else {
            return;
        };
        if let Some(record) = event
            .change
            .changed_message()
            .and_then(|id| records.get_mut(&id))
        {
            record.absorb(&event.change);
        }
        let writer = match actor {
            Actor::Agent { agent } => Some(Reactor::Agent(*agent)),
            Actor::Supervisor { subject } => Some(Reactor::Supervisor(subject.clone())),
            Actor::Gateway { .. } | Actor::Administrator { .. } | Actor::System => None,
        };
        let posted = MessageRecord::posted(&event.change, conversation.id, writer);
        records.extend(posted.map(|record| (record.head.id, record)));
    }
}
