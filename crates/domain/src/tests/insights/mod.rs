//! Figures (domain.md section 12): examples by hand, and random histories counted twice.

use proptest::prelude::*;

use super::play::{AGENTS, Play, Step, steps, wrap_up};
use super::*;
use crate::insights::{
    AgentKey, AgentTimes, Backwards, Counted, Counting, Figures, Hand, Judgement, MINUTE,
    Occurrence, QueueKey, bucket_of,
};
use slow::{History, Seen, Stood, Whose};

mod back;
mod examples;
mod slow;

/// The stage, counted as it goes on.
pub struct Counter {
    pub counting: Counting,
    pub counted: Counted,
    pub history: History,
}

impl Counter {
    /// Counts what happens on this stage from now on.
    pub fn new(stage: &Stage) -> Self {
        let people = stage
            .world
            .agents
            .values()
            .filter(|one| one.kind == AgentKind::Human);
        let hands = people.map(|one| {
            let hand = Hand {
                presence: one.presence,
                units_total: one.capacity,
                units_consumed: 0,
                in_hand: 0,
                counted_to: stage.now,
            };
            (one.id, hand)
        });
        let judgement = Judgement::of(&stage.world.settings);
        let mut counter = Self {
            counting: Counting::new(judgement, hands.collect(), stage.now),
            counted: Counted::default(),
            history: History {
                judgement: Some(judgement),
                ..History::default()
            },
        };
        counter.look(stage);
        counter
    }

    /// Counts the latest command.
    pub fn take(&mut self, stage: &Stage) {
        let decision = stage.decision.as_ref().unwrap();
        for event in &decision.events {
            // Only what can be read from the log counts.
            let after: After =
                serde_json::from_str(&serde_json::to_string(&event.after).unwrap()).unwrap();
            let occurrence = Occurrence {
                at: stage.now,
                actor: &decision.actor,
                change: &event.change,
                after: &after,
            };
            self.counting.count(occurrence, &mut self.counted);
            if let After::Settings(settings) = &event.after {
                self.history.judgement = Some(Judgement::of(settings));
            }
            if let Some(image) = event.conversation() {
                self.history.seen.push(Seen {
                    at: stage.now,
                    actor: decision.actor.clone(),
                    change: event.change.clone(),
                    image: image.clone(),
                    judgement: self.history.judgement.unwrap(),
                });
            }
        }
        self.correct();
        self.look(stage);
    }

    /// What the store does: a message moves in the bucket in which it came in.
    fn correct(&mut self) {
        for correction in std::mem::take(&mut self.counted.corrections) {
            let came_in = self.history.seen.iter().find(|seen| {
                matches!(seen.change, Change::MessagePosted { message, .. } if message == correction.message)
            });
            let came_in = came_in.unwrap();
            let minute = bucket_of(came_in.at, MINUTE);
            let mut moved = Figures::default();
            correction.apply(&mut moved, came_in.judgement);
            let key = QueueKey::of(&came_in.image);
            self.counted
                .queues
                .entry((minute, key))
                .or_default()
                .join(&moved);
            if let Some(agent) = crate::insights::human(&came_in.image) {
                let key = AgentKey {
                    agent,
                    queue: key.queue,
                };
                self.counted
                    .work
                    .entry((minute, key))
                    .or_default()
                    .join(&moved);
            }
        }
    }

    fn look(&mut self, stage: &Stage) {
        for agent in stage
            .world
            .agents
            .values()
            .filter(|one| one.kind == AgentKind::Human)
        {
            let hands = stage.world.conversations.values().filter(|c| {
                let handled = c.state == State::Active || c.state == State::WrapUp;
                handled && c.primary_agent() == Some(agent.id)
            });
            self.history
                .agents
                .entry(agent.id)
                .or_default()
                .push(Stood {
                    at: stage.now,
                    presence: agent.presence,
                    total: agent.capacity,
                    consumed: stage.consumed(agent.id),
                    in_hand: u32::try_from(hands.count()).unwrap(),
                });
        }
    }

    /// The figures of a queue, joined from the minutes of a window.
    pub fn queue(&self, key: QueueKey, (from, to): slow::Window) -> Figures {
        let mut joined = Figures::default();
        for ((minute, its), figures) in &self.counted.queues {
            if *its == key && from <= *minute && *minute < to {
                joined.join(figures);
            }
        }
        joined
    }

    /// The figures of an agent's work in a queue, joined from the minutes of a window.
    pub fn work(&self, agent: AgentId, queue: QueueId, (from, to): slow::Window) -> Figures {
        let mut joined = Figures::default();
        for ((minute, its), figures) in &self.counted.work {
            if *its == (AgentKey { agent, queue }) && from <= *minute && *minute < to {
                joined.join(figures);
            }
        }
        joined
    }

    fn times(&self, agent: AgentId, (from, to): slow::Window) -> AgentTimes {
        let mut joined = AgentTimes::default();
        for ((minute, its), times) in &self.counted.times {
            if *its == agent && from <= *minute && *minute < to {
                joined.join(times);
            }
        }
        joined
    }
}

fn agree(steps: &[Step], wrap_up: WrapUpCapacity, cut: (i64, i64)) {
    let mut play = Play::new(wrap_up);
    let mut counter = Counter::new(&play.stage);
    let begun = bucket_of(play.stage.now, MINUTE);
    for step in steps {
        play.stage.pass(step.0);
        let (asker, command) = play.command(*step);
        if play.stage.play(&asker, &command).is_ok() {
            counter.take(&play.stage);
            for event in &play.stage.decision.as_ref().unwrap().events {
                if matches!(event.change, Change::ConversationStarted) {
                    play.ids.push(event.conversation().unwrap().id);
                }
            }
        }
    }
    let end = bucket_of(play.stage.now, MINUTE) + MINUTE;
    counter.counting.count_times(end, &mut counter.counted);
    let cut = (
        begun + MINUTE * i32::try_from(cut.0).unwrap(),
        begun + MINUTE * i32::try_from(cut.0 + cut.1).unwrap(),
    );
    for window in [(begun, end), cut] {
        let keys: BTreeSet<_> = counter.counted.queues.keys().map(|(_, key)| *key).collect();
        for key in keys {
            let slow = counter.history.figures(Whose::Key(key), window);
            assert_eq!(counter.queue(key, window), slow, "{key:?} in {window:?}");
        }
        for queue in [SUPPORT, SALES, VOICE, RECORDS] {
            for agent in AGENTS {
                let slow = counter.history.figures(Whose::Agent(agent, queue), window);
                assert_eq!(
                    counter.work(agent, queue, window),
                    slow,
                    "{agent} in {queue}"
                );
            }
        }
    }
    for agent in AGENTS
        .into_iter()
        .filter(|agent| counter.history.agents.contains_key(agent))
    {
        let window = (cut.0, cut.1.min(end));
        if window.0 < window.1 {
            assert_eq!(
                counter.times(agent, window),
                counter.history.times(agent, window),
                "{agent}"
            );
        }
    }
    nothing_is_lost(&play, &counter, (begun, end));
}

/// The hands at each place of a random history are those that are counted back from its end.
fn counted_back(steps: &[Step], wrap_up: WrapUpCapacity) {
    let mut play = Play::new(wrap_up);
    let mut counter = Counter::new(&play.stage);
    let mut places = vec![(0, counter.counting.hands().clone())];
    let mut events = Vec::new();
    for step in steps {
        play.stage.pass(step.0);
        let (asker, command) = play.command(*step);
        if play.stage.play(&asker, &command).is_ok() {
            counter.take(&play.stage);
            for event in &play.stage.decision.as_ref().unwrap().events {
                if matches!(event.change, Change::ConversationStarted) {
                    play.ids.push(event.conversation().unwrap().id);
                }
                events.push((play.stage.now, event.clone()));
            }
            places.push((events.len(), counter.counting.hands().clone()));
        }
    }
    let (_, end) = places.last().unwrap().clone();
    for (place, hands) in places {
        let mut backwards = Backwards::new(false);
        for (_, event) in &events[..place] {
            backwards.before(&event.after);
        }
        for (at, event) in &events[place..] {
            backwards.since(*at, &event.change, &event.after);
        }
        let at = play.stage.now;
        let then = backwards.hands(&end, at);
        assert_eq!(then.known_from, BTreeMap::new(), "no capacity was set");
        let counted_to = |hand: &Hand| Hand {
            counted_to: at,
            ..*hand
        };
        let hands: BTreeMap<_, _> = hands
            .iter()
            .map(|(id, hand)| (*id, counted_to(hand)))
            .collect();
        assert_eq!(
            then.hands,
            hands,
            "after {place} of {} events",
            events.len()
        );
    }
}

/// Begun = ended + still waiting, in every queue; and what goes on is what the world has.
fn nothing_is_lost(play: &Play, counter: &Counter, window: slow::Window) {
    for queue in [SUPPORT, SALES, VOICE, RECORDS] {
        let mut all = Figures::default();
        for ((_, key), figures) in &counter.counted.queues {
            if key.queue == queue {
                all.join(figures);
            }
        }
        let here = play
            .stage
            .world
            .conversations
            .values()
            .filter(|c| c.queue == queue);
        let waiting = here.clone().filter(|c| {
            c.state == State::Open || (c.state == State::Active && c.primary.is_none())
        });
        let waiting = u64::try_from(waiting.count()).unwrap();
        assert_eq!(all.begun(), all.ended() + waiting, "{queue} in {window:?}");
        assert_eq!(all.waiting, i64::try_from(waiting).unwrap());
        assert_eq!(all.ongoing, i64::try_from(here.count()).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Joined buckets are the figures of the whole, whoever counts.
    #[test]
    fn figures_of_random_histories_are_those_of_a_slow_count(
        steps in steps(), wrap_up in wrap_up(), cut in (0..30i64, 1..60i64),
    ) {
        agree(&steps, wrap_up, cut);
    }

    /// What a rebuild begins with.
    #[test]
    fn hands_of_random_histories_are_counted_back(steps in steps(), wrap_up in wrap_up()) {
        counted_back(&steps, wrap_up);
    }
}
