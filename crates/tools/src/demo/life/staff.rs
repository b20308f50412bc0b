//! The agents at work: who is there, who takes what, and how they answer offers.

use std::collections::HashMap;

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, rngs::StdRng};
use serde_json::json;

use super::conversation::Tick;
use super::seen::{Ongoing, Seen, State};
use crate::client::Mutation;
use crate::demo::organisation::{Mind, Organisation, Person};

/// The most conversations that a simulated agent picks at a time.
const AT_A_TIME: usize = 3;
/// How many simulated people stay AVAILABLE whatever happens.
const ALWAYS_THERE: usize = 7;

/// What the demo remembers of its agents.
pub(super) struct Staff {
    /// By the index of the person: whether they take work.
    available: Vec<bool>,
    /// When somebody answers an offer, and whether they accept; by the offer's id.
    answers: HashMap<String, (Tick, bool)>,
    /// When somebody next comes or goes.
    changes_at: Tick,
    changes: u32,
}

impl Staff {
    pub(super) fn new(organisation: &Organisation) -> Self {
        Self {
            available: vec![true; organisation.people.len()],
            answers: HashMap::new(),
            changes_at: 30,
            changes: 0,
        }
    }

    /// Whoever takes a conversation that waits at this intake: the bot, or of the people with room
    /// one with the least to do.
    pub(super) fn taker<'a>(
        &self,
        organisation: &'a Organisation,
        ongoing: &Ongoing,
        intake: usize,
        by_bot: bool,
        rng: &mut StdRng,
    ) -> Option<&'a Person> {
        let wanted = if by_bot { Mind::Bot } else { Mind::Simulated };
        let people = organisation.people.iter().zip(&self.available);
        let there: Vec<(&Person, usize)> = people
            .filter(|(person, available)| {
                **available && person.mind == wanted && person.intakes.contains(&intake)
            })
            .map(|(person, _)| (person, load(ongoing, person)))
            .filter(|(_, load)| by_bot || *load < AT_A_TIME)
            .collect();
        let least = there.iter().map(|(_, load)| *load).min()?;
        let idle: Vec<&Person> = there
            .into_iter()
            .filter(|(_, load)| *load == least)
            .map(|(person, _)| person)
            .collect();
        idle.choose(rng).copied()
    }

    /// The answer that is due to the offer of this conversation: who, and whether they accept.
    pub(super) fn answer<'a>(
        &mut self,
        organisation: &'a Organisation,
        seen: &Seen,
        now: Tick,
        rng: &mut StdRng,
    ) -> Option<(&'a Person, bool)> {
        let offer = seen.pending_offer.as_ref()?;
        let offered = offer.agent.as_ref()?;
        let person = organisation
            .people
            .iter()
            .find(|person| person.id == offered.id && person.mind == Mind::Simulated)?;
        let answer = self.answers.entry(offer.id.clone()).or_insert_with(|| {
            let after = rng.random_range(3..9);
            (now + after, rng.random_ratio(85, 100))
        });
        if now < answer.0 {
            return None;
        }
        // Where it is refused, it is tried again after a while.
        answer.0 = now + 10;
        Some((person, answer.1))
    }

    /// Forgets the offers that are over.
    pub(super) fn tidy(&mut self, ongoing: &Ongoing) {
        let conversations = ongoing.conversations.iter();
        let pending: Vec<&str> = conversations
            .filter_map(|seen| Some(seen.pending_offer.as_ref()?.id.as_str()))
            .collect();
        self.answers.retain(|id, _| pending.contains(&id.as_str()));
    }

    /// Now and then somebody goes for a while, or comes back.
    pub(super) async fn come_and_go(
        &mut self,
        organisation: &Organisation,
        now: Tick,
        rng: &mut StdRng,
    ) {
        if now < self.changes_at {
            return;
        }
        self.changes_at = now + rng.random_range(20..60);
        let simulated: Vec<usize> = (0..organisation.people.len())
            .filter(|index| organisation.people[*index].mind == Mind::Simulated)
            .collect();
        let Some(&index) = simulated.choose(rng) else {
            return;
        };
        let gone = *["BUSY", "BUSY", "AWAY", "BUSY_DO_NOT_DISTURB", "OFFLINE"]
            .choose(rng)
            .unwrap_or(&"AWAY");
        let there = simulated.iter().filter(|one| self.available[**one]).count();
        let presence = match self.available[index] {
            true if there <= ALWAYS_THERE => return,
            true => gone,
            false => "AVAILABLE",
        };
        self.changes += 1;
        let key = format!("presence-{}", self.changes);
        let input = json!({ "presence": presence });
        let person = &organisation.people[index];
        match person
            .caller
            .mutate(&Mutation::SET_PRESENCE, input, &key)
            .await
        {
            Ok(_) => self.available[index] = presence == "AVAILABLE",
            Err(error) => tracing::debug!(%error, who = person.subject, "kept their presence"),
        }
    }
}

/// The conversations that somebody handles now.
fn load(ongoing: &Ongoing, person: &Person) -> usize {
    let conversations = ongoing.conversations.iter();
    conversations
        .filter(|seen| seen.state == State::Active)
        .filter(|seen| {
            seen.agent
                .as_ref()
                .is_some_and(|agent| agent.id == person.id)
        })
        .count()
}
