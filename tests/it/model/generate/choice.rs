//! Which act on which conversation: one that is done, or one that is refused as seldom before.

use rand::seq::IndexedRandom;

use super::Generator;
use super::acts::{ACTS, Make};
use crate::model::command::{Act, Command, Overrides, What};
use crate::model::rules::Verdict;
use crate::model::world::World;

impl Generator {
    /// Mostly an act that the model expects to be done; otherwise one that it expects to be refused
    /// as seldom before.
    pub(super) fn on_conversation(&mut self, world: &World) -> Command {
        let persisted = match self.below(100) {
            0..=9 => self.persist(world),
            10..=74 => None,
            _ => Some(self.refused(world)),
        };
        let mut command = persisted.unwrap_or_else(|| self.done(world));
        let number = command.conversation().unwrap_or_default();
        let message = matches!(command.what, What::On(_, Act::Message(..)));
        if let Some(on) = world.conversations.get(&number).filter(|_| !message) {
            match self.below(100) {
                0..=8 => command.expected = Some(on.version),
                9..=10 => command.expected = Some(on.version + 1),
                _ => {}
            }
        }
        command
    }

    /// An act that is done, on whatever conversation allows it.
    fn done(&mut self, world: &World) -> Command {
        let mut make = self.act();
        let mut command = self.attempt(world, make);
        for attempt in 1..=150 {
            if world.judge(&command) == Verdict::Done {
                break;
            }
            if attempt % 30 == 0 {
                make = self.act();
            }
            command = self.attempt(world, make);
        }
        command
    }

    /// Of some acts the one whose refusal was met least.
    fn refused(&mut self, world: &World) -> Command {
        let mut best: Option<(usize, &'static str, Command)> = None;
        for _ in 0..25 {
            let make = self.act();
            let command = self.attempt(world, make);
            let Verdict::Refused(codes) = world.judge(&command) else {
                continue;
            };
            let met = self.met.get(codes[0]).copied().unwrap_or_default();
            if best.as_ref().is_none_or(|(least, ..)| met < *least) {
                best = Some((met, codes[0], command));
            }
        }
        match best {
            Some((_, code, command)) => {
                *self.met.entry(code).or_default() += 1;
                command
            }
            None => self.done(world),
        }
    }

    /// Somebody is asked again what they declined, or declines it again.
    fn persist(&mut self, world: &World) -> Option<Command> {
        let declined = world.conversations.iter().filter(|(_, on)| on.ongoing());
        let declined = declined.flat_map(|(number, on)| {
            let agents = on.declines.keys();
            agents.map(move |agent| (*number, on, *agent))
        });
        let declined: Vec<_> = declined.collect();
        let (number, on, to) = *declined.choose(&mut self.random)?;
        let overrides = Overrides {
            presence: on.primary.is_none(),
            capacity: true,
            declines: false,
        };
        let (by, act) = match (&on.offer, on.primary) {
            (Some(offer), _) => (offer.to, Act::Reject),
            (None, None) => ("sam", Act::Assign { to, overrides }),
            (None, Some(_)) => ("sam", Act::Transfer { to, overrides }),
        };
        Some(Command {
            by,
            what: What::On(number, act),
            expected: None,
            key: None,
        })
    }

    fn act(&mut self) -> Make {
        let mut at = self.below(ACTS.iter().map(|(_, weight)| *weight).sum());
        for (make, weight) in ACTS {
            if at < *weight {
                return *make;
            }
            at -= weight;
        }
        unreachable!("the weights add up")
    }

    /// Somebody does something to a conversation.
    fn attempt(&mut self, world: &World, make: Make) -> Command {
        let ongoing = world.conversations.iter().filter(|(_, one)| one.ongoing());
        let ongoing: Vec<usize> = ongoing.map(|(number, _)| *number).collect();
        let all = world.conversations.len();
        let number = if self.chance(93) && !ongoing.is_empty() {
            self.pick(&ongoing)
        } else {
            // A closed one, or one that never was.
            let numbers: Vec<usize> = world.conversations.keys().copied().collect();
            *numbers.get(self.below(all + 2)).unwrap_or(&9999)
        };
        let on = world
            .conversations
            .get(&number)
            .or(world.conversations.values().next());
        let on = on.unwrap();
        let act = make(self, on);
        let by = self.doer(on, &act);
        Command {
            by,
            what: What::On(number, act),
            expected: None,
            key: None,
        }
    }
}
