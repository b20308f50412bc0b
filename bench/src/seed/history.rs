//! Conversations: first those that closed long ago, then those that are ongoing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::commands;
use domain::commands::Start;
use domain::{
    Act, Asker, Channel, Command, Consent, ConversationId, CustomerId, MessageId, MessageScore,
    Viewer,
};
use engine::store::{History, Import, Order, Store};

use super::Size;
use super::organisation::{DISPOSITIONS, Organisation, QUEUES, done, order};
use crate::Result;
use crate::people::People;

/// Closed conversations in one transaction.
const CLOSED_AT_ONCE: u32 = 500;
/// Timers in one transaction.
const TIMERS_AT_ONCE: usize = 500;
/// Ongoing ones that start at one instant: as many as the view's page has, so that it is clear
/// which are the first.
const ONGOING_AT_ONCE: u32 = 50;

/// What closed conversations that were lived are found by.
pub const TAGS: [&str; 5] = ["vip", "late", "broken", "lawyer", "press"];
/// The first word of their subjects, followed by a digit.
pub const WORDS: [&str; 20] = [
    "lamp", "table", "chair", "bike", "phone", "bill", "parcel", "shirt", "boots", "coffee",
    "garden", "ladder", "mirror", "pillow", "router", "saddle", "teapot", "violin", "window",
    "zipper",
];

const TEXTS: [&str; 5] = [
    "Hello, I am waiting for my order since last week.",
    "Can somebody tell me where it is?",
    "That is not what I asked for, this is really disappointing.",
    "Thank you, that is very kind of you.",
    "I would like to speak to somebody who can decide this.",
];

/// A score that a gateway supplied.
pub fn score(value: f32) -> Result<MessageScore> {
    let score = MessageScore::supplied(value, 0.9, Some("en"), "bench", "1");
    Ok(score.map_err(|error| error.to_string())?)
}

/// Writes a whole history into a new database.
pub(super) async fn write(store: &Store, size: Size) -> Result<()> {
    let people = People::new()?;
    let mut import = Import::begin(store).await?;
    let now = Utc::now();
    let long_ago = now - TimeDelta::days(30);
    let organisation = Organisation::found(&mut import, &people, size.agents, long_ago).await?;
    let writer = Writer {
        gateway: people.gateway()?,
        agents: (organisation.agents.iter())
            .map(|(_, subject)| people.agent(subject))
            .collect::<Result<_>>()?,
        organisation,
    };
    for first in (0..size.closed).step_by(CLOSED_AT_ONCE as usize) {
        let last = size.closed.min(first + CLOSED_AT_ONCE);
        let mut orders = Vec::new();
        for number in first..last {
            if size.lived {
                writer.lived(number, &mut orders)?;
            } else {
                writer.closed(number, &mut orders)?;
            }
        }
        let at = long_ago + TimeDelta::seconds(i64::from(first / CLOSED_AT_ONCE));
        done(import.take(&orders, at, History::Forgotten).await?)?;
        if last.is_multiple_of(100_000) {
            crate::note(&format!("{last} of {} closed", size.closed));
        }
    }
    // Within the last hours, so that nothing ends by itself.
    let begin = now - TimeDelta::hours(6);
    let groups = size.ongoing.div_ceil(ONGOING_AT_ONCE).max(1);
    let step = TimeDelta::hours(5) / i32::try_from(groups)?;
    let mut at = begin;
    for first in (0..size.ongoing).step_by(ONGOING_AT_ONCE as usize) {
        let last = size.ongoing.min(first + ONGOING_AT_ONCE);
        let mut orders = Vec::new();
        for number in first..last {
            writer.ongoing(number, size.all_open, &mut orders)?;
        }
        done(import.take(&orders, at, History::Kept).await?)?;
        at += step;
    }
    act_on_timers(&mut import, now).await
}

/// Carries out what has come due meanwhile, as a server that ran all the time would have: otherwise every
/// bench would begin with it.
async fn act_on_timers(import: &mut Import, now: DateTime<Utc>) -> Result<()> {
    loop {
        let conversations = import.world().conversations.values();
        let due = conversations.flat_map(|conversation| {
            let due = conversation.timers().filter(|(_, at)| *at <= now);
            due.map(|(kind, _)| Order {
                asker: Asker::System,
                command: Command::TimerDue {
                    conversation: conversation.id,
                    kind,
                },
                expected_version: None,
                reason: None,
                idempotency: None,
            })
        });
        let due: Vec<Order> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        for some in due.chunks(TIMERS_AT_ONCE) {
            done(import.take(some, now, History::Kept).await?)?;
        }
    }
}

struct Writer {
    gateway: Arc<Viewer>,
    agents: Vec<Arc<Viewer>>,
    organisation: Organisation,
}

impl Writer {
    /// A customer wrote and left before anybody answered.
    fn closed(&self, number: u32, orders: &mut Vec<Order>) -> Result<()> {
        let id = self.start(number, orders);
        self.message(id, number, 0.0, orders)?;
        orders.push(order(&self.gateway, act(id, Act::EndByCustomer)));
        Ok(())
    }

    /// An agent of its queue took it, and said how it ended; one of twenty has a tag, one of four was rated. One word of
    /// its subject is one of two hundred.
    fn lived(&self, number: u32, orders: &mut Vec<Order>) -> Result<()> {
        let word = WORDS[number as usize / QUEUES % WORDS.len()];
        let about = format!("{word}{} and an order", number / 200 % 10);
        let tag = (number.is_multiple_of(20)).then(|| TAGS[number as usize / 20 % TAGS.len()]);
        let tags = tag.and_then(domain::Tag::new).into_iter().collect();
        let id = self.begin(number, about, tags, orders);
        self.message(id, number, 0.1, orders)?;
        let of_queue = number as usize / QUEUES % (self.agents.len() / QUEUES);
        let agent = &self.agents[number as usize % QUEUES + of_queue * QUEUES];
        let disposition = DISPOSITIONS[number as usize / 7 % DISPOSITIONS.len()];
        let end = Act::CloseAs(commands::Close {
            disposition: Some(disposition.into()),
            note: None,
        });
        for what in [Act::Pick, Act::End, end] {
            orders.push(order(agent, act(id, what)));
        }
        if number.is_multiple_of(4) {
            let score = u8::try_from(number / 4 % 5)? + 1;
            let comment = None;
            let rating = Act::RecordRating(commands::RecordRating { score, comment });
            orders.push(order(&self.gateway, act(id, rating)));
        }
        Ok(())
    }

    /// Of ten conversations two are OPEN, six ACTIVE, one WAITING, one in WRAP_UP.
    fn ongoing(&self, number: u32, all_open: bool, orders: &mut Vec<Order>) -> Result<()> {
        let id = self.start(number, orders);
        self.message(id, number, 0.1, orders)?;
        let (number, queue) = (number as usize, number as usize % QUEUES);
        // Each queue has every kind, and each of its members has work.
        let kind = (number / QUEUES) % 10;
        if all_open || kind < 2 {
            return Ok(());
        }
        let member = (number / QUEUES / 10) % (self.agents.len() / QUEUES);
        let agent = &self.agents[queue + member * QUEUES];
        orders.push(order(agent, act(id, Act::Pick)));
        let scores = [-0.8, -0.5, 0.0, 0.5, 0.8];
        let felt = scores[number / 3 % scores.len()];
        self.message(id, u32::try_from(number)? + 1, felt, orders)?;
        match kind {
            8 => orders.push(order(agent, act(id, Act::SetAside))),
            9 => orders.push(order(agent, act(id, Act::End))),
            _ => {}
        }
        Ok(())
    }

    fn start(&self, number: u32, orders: &mut Vec<Order>) -> ConversationId {
        let about = format!("Question {number} about an order");
        self.begin(number, about, domain::Tags::default(), orders)
    }

    fn begin(
        &self,
        number: u32,
        about: String,
        tags: domain::Tags,
        orders: &mut Vec<Order>,
    ) -> ConversationId {
        let id = ConversationId::new(Utc::now());
        let start = Start {
            id,
            // Asynchronous: neither OPEN nor ACTIVE ends by itself for a month.
            channel: Channel::WhatsApp,
            queue: self.organisation.queues[number as usize % QUEUES],
            workstream: self.organisation.workstream,
            customer: CustomerId::new(Utc::now()),
            customer_key: None,
            key_scope: domain::KeyScope::Channel,
            customer_name: Some(format!("Customer {number}").into()),
            subject: Some(about.into()),
            previous: None,
            notice_given_at: None,
            consent: Consent::Unknown,
            tags,
            priority: domain::Priority::Normal,
            attributes: domain::labels::Attributes::new(),
        };
        orders.push(order(&self.gateway, Command::Start(Box::new(start))));
        id
    }

    fn message(
        &self,
        id: ConversationId,
        number: u32,
        felt: f32,
        orders: &mut Vec<Order>,
    ) -> Result<()> {
        let text = TEXTS[number as usize % TEXTS.len()];
        let message = message(text, felt)?;
        orders.push(order(&self.gateway, act(id, message)));
        Ok(())
    }
}

/// Something done to a conversation.
pub const fn act(conversation: ConversationId, act: Act) -> Command {
    Command::Act { conversation, act }
}

/// A customer's message with the score that its gateway gave it.
pub fn message(text: &str, felt: f32) -> Result<Act> {
    Ok(Act::CustomerMessage(commands::CustomerMessage {
        score: Some(score(felt)?),
        ..commands::CustomerMessage::of_text(MessageId::new(Utc::now()), text)
    }))
}
