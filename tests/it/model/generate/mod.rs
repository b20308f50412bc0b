//! Random commands, most of them such that the model expects them to be done.

mod acts;
mod choice;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::carried::{Key, Receive};
use super::command::{Command, What};
use super::people::PEOPLE;
use super::world::World;

/// How many conversations are worked on at a time.
const CROWD: usize = 12;

pub struct Generator {
    random: StdRng,
    started: usize,
    keys: u32,
    externals: u32,
    /// How often each code was sought.
    met: BTreeMap<&'static str, usize>,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            started: 0,
            keys: 0,
            externals: 0,
            met: BTreeMap::new(),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        *from.choose(&mut self.random).unwrap()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }

    /// Any of the conversations.
    pub fn one_of(&mut self, world: &World) -> usize {
        let numbers: Vec<usize> = world.conversations.keys().copied().collect();
        *numbers.choose(&mut self.random).unwrap_or(&1)
    }

    /// A provider's id, mostly one of its own.
    fn external(&mut self) -> Option<u32> {
        self.externals += 1;
        let again = self.externals - 1;
        match self.below(10) {
            0..=3 => Some(self.externals),
            4 if again > 0 => Some(self.random.random_range(1..=again)),
            _ => None,
        }
    }

    /// Any number below.
    pub fn below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound.max(1))
    }

    /// The next command of a sequence that has come to this world.
    pub fn next(&mut self, world: &World, now: DateTime<Utc>) -> Command {
        let ongoing = world.conversations.values().filter(|one| one.ongoing());
        let crowded = ongoing.count() >= CROWD;
        let by = |by, what| Command {
            by,
            what,
            expected: None,
            key: None,
        };
        if self.chance(3)
            && let Some(repeat) = self.repeat(world, now)
        {
            return repeat;
        }
        let mut command = match self.below(100) {
            0..=4 => return by("time", self.pass()),
            5..=7 => {
                let (who, what) = self.setting(world);
                by(who, what)
            }
            8..=10 => {
                let who = self.anybody(&["anna", "bert", "cora"], 85);
                let presences = [
                    "AVAILABLE",
                    "AVAILABLE",
                    "AVAILABLE",
                    "BUSY",
                    "BUSY_DO_NOT_DISTURB",
                    "AWAY",
                    "OFFLINE",
                ];
                let presence = if self.chance(3) {
                    "INACTIVE"
                } else {
                    self.pick(&presences)
                };
                if self.chance(25) {
                    let agent = self.pick(&["anna", "bert", "cora", "robo", "ghost"]);
                    let who = self.anybody(&["sam", "max", "cora"], 85);
                    return by(who, What::PresenceOf { agent, presence });
                }
                by(who, What::Presence(presence))
            }
            11..=13 => {
                let (who, what) = self.member();
                by(who, what)
            }
            14..=17 if !crowded => self.start(),
            18..=23 => self.receive(world, crowded),
            24 => by(
                self.anybody(&["web", "phone", "ada"], 85),
                What::Name(self.customer(), self.pick(&["Ada", "Bob", "Eve"])),
            ),
            25 => {
                let all = world.customers.len();
                let (merged, surviving) = (self.below(all + 1), self.below(all + 1));
                by(self.anybody(&["ada"], 85), What::Merge(merged, surviving))
            }
            _ if world.conversations.len() < 3 => self.start(),
            26 => return self.many(world),
            27 if self.chance(40) => {
                let agent = self.pick(&["anna", "anna", "bert", "bert", "cora", "robo", "ghost"]);
                let offline = self.chance(30);
                let who = self.anybody(&["sam", "sam", "max", "cora"], 85);
                return by(who, What::Drain { agent, offline });
            }
            _ => self.on_conversation(world),
        };
        if self.chance(8) {
            self.keys += 1;
            command.key = Some(self.keys);
        } else if self.chance(1) && self.keys > 0 {
            let used = world
                .keys
                .keys()
                .rfind(|(subject, _)| *subject == command.by);
            command.key = used.map(|(_, key)| *key);
        }
        command
    }

    /// Mostly one of these; now and then anybody at all.
    fn anybody(&mut self, these: &[&'static str], percent: u32) -> &'static str {
        if self.chance(percent) {
            self.pick(these)
        } else {
            PEOPLE.choose(&mut self.random).unwrap().subject
        }
    }

    fn pass(&mut self) -> What {
        const DAY: i64 = 24 * 3600;
        let seconds = [
            20,
            20,
            20,
            65,
            65,
            65,
            65,
            65,
            95,
            95,
            95,
            125,
            125,
            125,
            125,
            125,
            125,
            185,
            185,
            185,
            185,
            320,
            320,
            320,
            1000,
            1000,
            1300,
            3700,
            3700,
            5500,
            7300,
            11_000,
            DAY,
            DAY + 300,
            28 * DAY + 60,
            30 * DAY + 60,
        ];
        What::Pass(self.pick(&seconds))
    }

    fn setting(&mut self, world: &World) -> (&'static str, What) {
        let who = self.anybody(&["ada"], 85);
        // What is off comes on again soon.
        let off = world
            .settings
            .iter()
            .find(|(name, on)| !**on && name.starts_with("sup"));
        if let Some((name, _)) = off.filter(|_| self.chance(60)) {
            return (who, What::Setting(name, true));
        }
        let names = [
            "supervisorMonitor",
            "supervisorAssign",
            "supervisorTransfer",
            "supervisorForceClose",
            "supervisorTakeOver",
            "supervisorManageAgents",
            "inactiveAfterMissedOffer",
            "inactiveAfterMissedOffer",
        ];
        let name = self.pick(&names);
        (who, What::Setting(name, !world.settings[name]))
    }

    fn member(&mut self) -> (&'static str, What) {
        let who = self.anybody(&["ada"], 85);
        let agents = ["anna", "bert", "cora", "robo"];
        let agent = if self.chance(4) {
            "ghost"
        } else {
            self.pick(&agents)
        };
        let queue = self.pick(&["A", "A", "B", "B", "C", "V"]);
        let add = self.chance(65);
        (who, What::Member { agent, queue, add })
    }

    /// The same is done to some, of which one may never have been.
    fn many(&mut self, world: &World) -> Command {
        let all: Vec<usize> = world.conversations.keys().copied().collect();
        let recent = &all[all.len().saturating_sub(2 * CROWD)..];
        let count = 1 + self.below(5);
        let mut numbers: Vec<usize> = recent.sample(&mut self.random, count).copied().collect();
        numbers.extend(self.chance(10).then_some(9999));
        let on = &world.conversations[&numbers[0]];
        self.keys += 1;
        Command {
            by: self.anybody(&["sam", "sam", "max", "cora"], 85),
            what: What::Bulk(numbers, self.of_many(on)),
            expected: None,
            key: Some(self.keys),
        }
    }

    fn start(&mut self) -> Command {
        let channel = self.pick(&[
            "LIVE_CHAT",
            "LIVE_CHAT",
            "LIVE_CHAT",
            "WHATSAPP",
            "WHATSAPP",
            "SMS",
            "SMS",
            "VOICE",
            "RECORD",
        ]);
        let (by, queues, workstreams): (_, &[_], &[_]) = match channel {
            "VOICE" => ("phone", &["V", "V", "W"], &["voice"]),
            "RECORD" => ("phone", &["R"], &["record"]),
            "SMS" => (
                self.pick(&["web", "phone"]),
                &["A", "A", "B", "C"],
                &["messaging", "messaging", "careful", "open"],
            ),
            _ => (
                "web",
                &["A", "A", "B", "C"],
                &["messaging", "messaging", "careful", "open"],
            ),
        };
        let wrong = self.chance(8);
        let by = self.anybody(&[by], 94);
        let queue = if wrong {
            self.pick(&["A", "V", "R", "nowhere"])
        } else {
            self.pick(queues)
        };
        self.started += 1;
        let what = What::Start {
            conversation: self.started,
            channel,
            queue,
            workstream: self.pick(workstreams),
            notice: self.chance(80),
            consent: self.pick(&["GRANTED", "GRANTED", "DENIED", "UNKNOWN"]),
        };
        Command {
            by,
            what,
            expected: None,
            key: None,
        }
    }

    /// A customer by a key; there are few.
    fn customer(&mut self) -> Key {
        let channel = self.pick(&["LIVE_CHAT", "WHATSAPP", "WHATSAPP", "SMS"]);
        (channel, self.pick(&[1, 2, 3]))
    }

    /// A customer writes, wherever it belongs; where it would start one too many, something else is done.
    fn receive(&mut self, world: &World, crowded: bool) -> Command {
        let wrong = self.chance(8);
        let customer = match self.customer() {
            (_, number) if wrong => (self.pick(&["VOICE", "SMS", "RECORD"]), number),
            customer => customer,
        };
        let queue = if wrong {
            self.pick(&["A", "V", "nowhere"])
        } else {
            self.pick(&["A", "A", "B", "C"])
        };
        let by = if matches!(customer.0, "VOICE" | "RECORD") {
            "phone"
        } else {
            "web"
        };
        let receive = Receive {
            fresh: self.started + 1,
            customer,
            queue,
            workstream: match queue {
                "V" => "voice",
                _ => self.pick(&["messaging", "careful", "open"]),
            },
            notice: self.chance(80),
            text: if self.chance(4) { " " } else { "Hello?" },
            external: self.external(),
        };
        let command = Command {
            by: self.anybody(&[by], 94),
            what: What::Receive(receive),
            expected: None,
            key: None,
        };
        if crowded
            && world
                .landing(&command)
                .is_some_and(|landing| landing.starts)
        {
            return self.on_conversation(world);
        }
        self.started += 1;
        command
    }

    /// The same again, of somebody who gave a key not long ago.
    fn repeat(&mut self, world: &World, now: DateTime<Utc>) -> Option<Command> {
        let fresh = world
            .keys
            .iter()
            .filter(|(_, kept)| kept.at.from > now - TimeDelta::hours(20));
        let fresh: Vec<_> = fresh.collect();
        let ((by, key), kept) = *fresh.choose(&mut self.random)?;
        Some(Command {
            by,
            what: kept.what.clone(),
            expected: kept.expected,
            key: Some(*key),
        })
    }
}
