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
/// When the first goes home with open work: shortly before the demo is seen.
const FIRST_GOES_HOME: Tick = 300;

/// What the demo remembers of its agents.
pub(super) struct Staff {
    /// By the index of the person: whether they take work.
    available: Vec<bool>,
    /// When somebody answers an offer, and whether they accept; by the offer's id.
    answers: HashMap<String, (Tick, bool)>,
    /// When somebody next comes or goes.
    changes_at: Tick,
    changes: u32,
    /// The id of the agent who went home with open work.
    home: Option<String>,
    /// When they come back, or the next goes.
    home_changes_at: Tick,
}

impl Staff {
    pub(super) fn new(organisation: &Organisation) -> Self {
        Self {
            available: vec![true; organisation.people.len()],
            answers: HashMap::new(),
            changes_at: 30,
            changes: 0,
            home: None,
            home_changes_at: FIRST_GOES_HOME,
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
            .find(|person| person.id == offered.id && self.mind(person) == Mind::Simulated)?;
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
        if self.is_home(&organisation.people[index]) {
            return;
        }
        let gone = *["BUSY", "BUSY", "AWAY", "BUSY_DO_NOT_DISTURB", "OFFLINE"]
            .choose(rng)
            .unwrap_or(&"AWAY");
        let there = simulated.iter().filter(|one| self.available[**one]).count();
        let presence = match self.available[index] {
            true if there <= ALWAYS_THERE => return,
            true => gone,
            false => "AVAILABLE",
        };
        self.set(organisation, index, presence).await;
    }

    /// Now and then somebody goes home who still has conversations: nobody works on them before they are back,
    /// unless a supervisor sees to it.
    pub(super) async fn go_home(
        &mut self,
        organisation: &Organisation,
        ongoing: &Ongoing,
        now: Tick,
        rng: &mut StdRng,
    ) {
        if now < self.home_changes_at {
            return;
        }
        let mut people = organisation.people.iter();
        if let Some(index) = people.position(|person| self.is_home(person)) {
            self.home = None;
            self.home_changes_at = now + rng.random_range(200..400);
            return self.set(organisation, index, "AVAILABLE").await;
        }
        let people = organisation.people.iter().enumerate();
        let at_work: Vec<usize> = people
            .filter(|(index, person)| {
                self.available[*index]
                    && person.mind == Mind::Simulated
                    && load(ongoing, person) > 0
            })
            .map(|(index, _)| index)
            .collect();
        // Nobody has work: another time.
        self.home_changes_at = now + 10;
        if let Some(&index) = at_work.choose(rng) {
            self.set(organisation, index, "OFFLINE").await;
            if !self.available[index] {
                self.home = Some(organisation.people[index].id.clone());
                self.home_changes_at = now + rng.random_range(400..600);
            }
        }
    }

    /// How this agent comes to what they do: who went home does nothing.
    pub(super) fn mind(&self, person: &Person) -> Mind {
        if self.is_home(person) {
            Mind::Yours
        } else {
            person.mind
        }
    }

    fn is_home(&self, person: &Person) -> bool {
        self.home.as_ref() == Some(&person.id)
    }

    async fn set(&mut self, organisation: &Organisation, index: usize, presence: &str) {
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
