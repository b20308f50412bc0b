//! Conversations that keep moving by themselves, through the public API.
//!
//! Time goes in ticks of one second at a realistic pace; what is played at once goes in steps of
//! two. At each step the demo looks at what is ongoing and lets at most one thing happen to each
//! conversation, one after the other, so that the same seed makes the same choices as long as
//! nobody interferes. That somebody does is what the demo is for: a refusal is shrugged at.

mod conversation;
mod seen;
mod staff;
pub(super) mod story;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use super::dialogues::{self, Dialogue, Who};
use super::organisation::{Organisation, Person, place_of};
use super::past::Past;
use super::saying;
use crate::Now;
use crate::client::{Caller, ClientError, Mutation};
use conversation::{Conversation, Happening, Tick};
use seen::{Ongoing, Seen};
use staff::Staff;
use story::Story;

/// One tick of a realistic pace.
const TICK: Duration = Duration::from_secs(1);
/// How many ticks are one step of what is played at once: half as many looks at what is ongoing.
const PLAYED: i64 = 2;
/// How many conversations are ongoing when the room is full.
const FULL: usize = 22;
/// One in so many is picked by nobody, so that a supervisor has something to assign, …
const FORGOTTEN_ONE_IN: u32 = 18;
/// … from this one on.
const FORGOTTEN_FIRST: u32 = 3;

/// The demo's world.
pub struct World {
    organisation: Organisation,
    past: Past,
    now_there: Now,
    rng: StdRng,
    staff: Staff,
    /// What the demo started and is not closed, by its number.
    conversations: BTreeMap<u32, Conversation>,
    started: u32,
    now: Tick,
    /// When the next conversation may start.
    next_start: Tick,
}

impl World {
    /// A world in which nothing has happened yet but this past; `now_there` is the time of its server.
    pub fn new(organisation: Organisation, past: Past, now_there: Now, seed: u64) -> Self {
        Self {
            staff: Staff::new(&organisation),
            organisation,
            past,
            now_there,
            rng: StdRng::seed_from_u64(seed),
            conversations: BTreeMap::new(),
            started: 0,
            now: 0,
            next_start: 1,
        }
    }

    /// Plays this much time at once: the server's clock, which was set back by as much, catches up,
    /// as `advance` moves it.
    pub async fn until_now(&mut self, time: TimeDelta, advance: impl Fn(TimeDelta)) {
        for _ in 0..time.num_seconds() / PLAYED {
            advance(TimeDelta::seconds(PLAYED));
            self.tick(PLAYED.unsigned_abs()).await;
        }
    }

    /// Goes on for ever.
    pub async fn live(mut self, speed: f64) {
        let mut ticks = interval(TICK.div_f64(speed));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.tick(1).await;
        }
    }

    async fn tick(&mut self, passed: Tick) {
        self.now += passed;
        let ongoing = match seen::look(&self.organisation.administrator).await {
            Ok(ongoing) => ongoing,
            Err(error) => {
                tracing::warn!(%error, "cannot see what is ongoing");
                return;
            }
        };
        if ongoing.complete {
            let is_ongoing = |id: &str| ongoing.conversations.iter().any(|seen| seen.id == id);
            self.conversations
                .retain(|_, conversation| is_ongoing(&conversation.id));
        }
        self.staff.tidy(&ongoing);
        self.staff
            .come_and_go(&self.organisation, self.now, &mut self.rng)
            .await;
        self.staff
            .go_home(&self.organisation, &ongoing, self.now, &mut self.rng)
            .await;
        for seen in &ongoing.conversations {
            self.answer_offer(seen).await;
        }
        for number in self.conversations.keys().copied().collect::<Vec<_>>() {
            self.move_on(number, &ongoing).await;
        }
        if self.now >= self.next_start && self.conversations.len() < FULL {
            self.next_start = self.now + self.rng.random_range(2..7);
            self.start().await;
        }
    }

    /// Simulated agents answer what supervisors offer them, whoever's conversation it is.
    async fn answer_offer(&mut self, seen: &Seen) {
        let answer = self
            .staff
            .answer(&self.organisation, seen, self.now, &mut self.rng);
        let Some((person, accepts)) = answer else {
            return;
        };
        let mutation = if accepts {
            Mutation::ACCEPT
        } else {
            Mutation::REJECT
        };
        let key = format!("answer-{}-{}", seen.id, self.now);
        let input = json!({ "conversationId": seen.id });
        shrug(person.caller.mutate(&mutation, input, &key).await);
    }

    /// Lets the next thing happen to one conversation.
    async fn move_on(&mut self, number: u32, ongoing: &Ongoing) {
        let Some(conversation) = self.conversations.get_mut(&number) else {
            return;
        };
        let mut all = ongoing.conversations.iter();
        let Some(seen) = all.find(|seen| seen.id == conversation.id) else {
            return;
        };
        let primary = self.organisation.person(seen);
        let mind = primary.map(|person| self.staff.mind(person));
        let Some(happening) = conversation.next(seen, mind, self.now) else {
            return;
        };
        let actor = match happening {
            Happening::CustomerWrites(_)
            | Happening::CustomerDisconnects
            | Happening::CustomerReturns
            | Happening::CustomerEnds
            | Happening::Rates(_) => Some(&self.organisation.gateway),
            Happening::Follows(ref what) if what.by() == Who::Customer => {
                Some(&self.organisation.gateway)
            }
            Happening::Picked { by_bot } => {
                let (organisation, intake) = (&self.organisation, conversation.intake);
                self.staff
                    .taker(organisation, ongoing, intake, by_bot, &mut self.rng)
                    .map(|person| &person.caller)
            }
            _ => primary.map(|person| &person.caller),
        };
        conversation.steps += 1;
        let done = match actor {
            Some(actor) => {
                let key = format!("{number}-{}", conversation.steps);
                happen(actor, conversation, &happening, &key).await
            }
            // Everybody is busy: the customer waits.
            None => None,
        };
        match done {
            Some(payload) => {
                let message = saying::message_of(&payload);
                conversation.happened(&happening, message, self.now);
            }
            None => conversation.refused(&happening, self.now),
        }
    }

    /// A customer comes.
    async fn start(&mut self) {
        self.started += 1;
        let number = self.started;
        // Each conversation has its own chance, so that one that goes another way leaves the rest.
        let mut rng = StdRng::seed_from_u64(self.rng.random());
        let Some(dialogue) = self.choose_dialogue(&mut rng) else {
            return;
        };
        let forgotten = number % FORGOTTEN_ONE_IN == FORGOTTEN_FIRST;
        let story = Story::choose(dialogue, forgotten, &mut rng);
        let intake = place_of(dialogue.language, dialogue.line);
        let at = &self.organisation.intakes[intake];
        let mut input = json!({
            "channel": story.channel,
            "queueId": at.queue,
            "workstreamId": at.workstream,
            "customer": { "key": story.customer, "name": story.customer },
            "subject": dialogue.subject,
            "tags": dialogue.labels.tags,
            "priority": dialogue.labels.priority,
            "attributes": dialogue.attributes(),
            "previousConversationId": self.past.last(story.channel, story.customer),
        });
        if story.told {
            input["noticeGivenAt"] = json!((self.now_there)().to_rfc3339());
        }
        if at.asks_consent {
            input["consent"] = json!(story.consent);
        }
        let key = format!("{number}-start");
        let gateway = &self.organisation.gateway;
        match gateway.mutate(&Mutation::START, input, &key).await {
            Ok(payload) => {
                let id = payload["conversation"]["id"].as_str().unwrap_or_default();
                let conversation =
                    Conversation::new(id.to_owned(), intake, dialogue, story, rng, self.now);
                self.conversations.insert(number, conversation);
            }
            Err(error) => tracing::warn!(%error, "no conversation started"),
        }
    }

    /// One of the dialogues that are not being held, or any when all are.
    fn choose_dialogue(&self, rng: &mut StdRng) -> Option<&'static Dialogue> {
        let held = |dialogue: &Dialogue| {
            let mut conversations = self.conversations.values();
            conversations.any(|one| one.dialogue.subject == dialogue.subject)
        };
        let all = dialogues::all();
        let free: Vec<&Dialogue> = all.iter().filter(|one| !held(one)).collect();
        free.choose(rng).copied().or_else(|| all.choose(rng))
    }
}

impl Organisation {
    /// The primary agent of this conversation, if it is one of the organisation's.
    fn person(&self, seen: &Seen) -> Option<&Person> {
        let agent = seen.agent.as_ref()?;
        self.people.iter().find(|person| person.id == agent.id)
    }
}

/// Makes it happen; nothing when it did not.
async fn happen(
    actor: &Caller,
    conversation: &Conversation,
    what: &Happening,
    key: &str,
) -> Option<Value> {
    let mut input = json!({});
    let mutation = match what {
        Happening::CustomerWrites(turn) => {
            input = saying::by_customer(turn, &conversation.said, &format!("in-{key}"));
            Mutation::CUSTOMER_MESSAGE
        }
        Happening::AgentWrites(turn) => {
            input = saying::by_agent(turn, &conversation.said);
            Mutation::SEND
        }
        Happening::Follows(what) => {
            let (mutation, input) = what.request();
            return shrug(actor.mutate(&mutation, input, key).await);
        }
        Happening::Rates(score) => {
            input["score"] = json!(score);
            input["comment"] = json!(dialogues::rating_comment(conversation.language(), *score));
            Mutation::RECORD_RATING
        }
        Happening::CustomerDisconnects => Mutation::CUSTOMER_DISCONNECTED,
        Happening::CustomerReturns => Mutation::CUSTOMER_RECONNECTED,
        Happening::CustomerEnds => Mutation::END_BY_CUSTOMER,
        Happening::Picked { .. } => Mutation::PICK,
        Happening::SetAside => Mutation::SET_ASIDE,
        Happening::AsksForHelp => {
            input["note"] = json!(dialogues::help_note(conversation.language()));
            Mutation::REQUEST_HELP
        }
        Happening::NeedsNoHelp => Mutation::CANCEL_HELP,
        Happening::Reopened => Mutation::REOPEN,
        Happening::Released => Mutation::RELEASE,
        Happening::Ended => Mutation::END,
        Happening::Closed => {
            input = conversation.dialogue.closing();
            Mutation::CLOSE
        }
    };
    input["conversationId"] = json!(conversation.id);
    shrug(actor.mutate(&mutation, input, key).await)
}

/// What came of it, if it was done. Refusals are part of life where others act too.
fn shrug(result: Result<Value, ClientError>) -> Option<Value> {
    match result {
        Ok(payload) => Some(payload),
        Err(error @ ClientError::Refused { .. }) => {
            tracing::debug!(%error, "somebody was faster");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "a step of the demo failed");
            None
        }
    }
}

/// What a test of a whole conversation needs.
#[cfg(test)]
mod tests;
