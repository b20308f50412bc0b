//! One conversation of the demo: from what is seen of it, the one thing that happens next.
//!
//! Nothing is remembered about what should be: whatever a supervisor, Robin or a timer did, the
//! next step starts from the conversation as it is. What was chosen only says what comes next.

use std::collections::VecDeque;

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::seen::{Seen, State};
use super::story::Story;
use crate::demo::dialogues::{self, Dialogue, Language, Turn, Who};
use crate::demo::organisation::Mind;
use crate::demo::saying::{Afterwards, Said};

/// The demo's time, in seconds of a realistic pace.
pub(super) type Tick = u64;

/// Seconds after which even the most patient customer leaves a queue.
const PATIENCE: Tick = 720;

/// What can happen next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Happening {
    CustomerWrites(Turn),
    CustomerDisconnects,
    CustomerReturns,
    CustomerEnds,
    /// Somebody of the queue takes it: the bot, or a person.
    Picked {
        by_bot: bool,
    },
    /// Something becomes of a message that was written.
    Follows(Afterwards),
    /// The customer rates the contact.
    Rates(u8),
    /// The primary agent or bot does this.
    AgentWrites(Turn),
    SetAside,
    Reopened,
    AsksForHelp,
    NeedsNoHelp,
    Released,
    Ended,
    Closed,
}

/// Where a conversation is, as far as waiting for something begins again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Phase {
    state: State,
    agent: Option<String>,
    away: bool,
}

/// A conversation that the demo started.
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) intake: usize,
    pub(super) dialogue: &'static Dialogue,
    /// Steps that were tried, for keys that never repeat.
    pub(super) steps: u32,
    /// The messages by their turns.
    pub(super) said: Said,
    /// What is still to become of what was written.
    afterwards: VecDeque<Afterwards>,
    story: Story,
    rng: StdRng,
    /// The next turn of the dialogue.
    turn: usize,
    /// How often the customer complained about waiting.
    complaints: usize,
    /// How much the bot has said.
    bot_said: usize,
    announced: bool,
    /// The agent waits for help.
    waits_for_help: bool,
    /// The agent owes the customer who wrote late an answer.
    owes_answer: bool,
    phase: Option<Phase>,
    since: Tick,
    /// Nothing happens before this.
    due: Tick,
}

impl Conversation {
    pub(super) fn new(
        id: String,
        intake: usize,
        dialogue: &'static Dialogue,
        story: Story,
        rng: StdRng,
        now: Tick,
    ) -> Self {
        Self {
            id,
            intake,
            dialogue,
            steps: 0,
            said: vec![None; dialogue.turns.len()],
            afterwards: VecDeque::new(),
            story,
            rng,
            turn: 0,
            complaints: 0,
            bot_said: 0,
            announced: false,
            waits_for_help: false,
            owes_answer: false,
            phase: None,
            since: now,
            due: now + 1,
        }
    }

    /// The language that it is held in.
    pub(super) const fn language(&self) -> Language {
        self.dialogue.language
    }

    /// What happens now, if anything; `mind` is how its primary agent decides.
    pub(super) fn next(&mut self, seen: &Seen, mind: Option<Mind>, now: Tick) -> Option<Happening> {
        self.enter(seen, mind, now);
        if now < self.due {
            return None;
        }
        while let Some(next) = self.afterwards.front() {
            // Nobody but the demo's people acts for them.
            if next.by() == Who::Customer || mind == Some(Mind::Simulated) {
                return Some(Happening::Follows(next.clone()));
            }
            self.afterwards.pop_front();
        }
        match seen.state {
            State::Open => self.in_queue(now),
            State::Active if seen.customer_away_since.is_some() => Some(Happening::CustomerReturns),
            State::Active => {
                seen.in_conversation_with()?;
                self.in_conversation(seen, mind, now)
            }
            State::Waiting => self.set_aside(mind),
            State::WrapUp => self.after_the_end(mind),
            State::Closed => None,
        }
    }

    /// It happened, and made this message if any: what comes after it takes its time.
    pub(super) fn happened(&mut self, happening: &Happening, message: Option<&str>, now: Tick) {
        let pause = match happening {
            Happening::CustomerWrites(turn) if self.turn() == Some(*turn) => {
                self.was_said(turn, message);
                4..12
            }
            // Somebody shall have time to see it.
            Happening::CustomerWrites(_) if self.has_ended() => 60..120,
            // A complaint about waiting; the next one comes when it is due.
            Happening::CustomerWrites(_) => {
                self.complaints += 1;
                45..90
            }
            Happening::AgentWrites(turn) if self.turn() == Some(*turn) => {
                self.was_said(turn, message);
                5..14
            }
            Happening::AgentWrites(_) => {
                self.bot_said += usize::from(!self.announced);
                3..6
            }
            // Here too.
            Happening::AsksForHelp => 60..150,
            Happening::Follows(what) if what.fails() => 90..180,
            _ => 1..3,
        };
        match happening {
            Happening::Follows(_) => drop(self.afterwards.pop_front()),
            Happening::Rates(_) => self.story.rating = None,
            Happening::CustomerWrites(_) if self.has_ended() => {
                self.story.writes_late = false;
                self.owes_answer = true;
            }
            Happening::AgentWrites(_) if self.turn().is_none() => self.owes_answer = false,
            Happening::AsksForHelp => {
                self.story.help_at = None;
                self.waits_for_help = true;
            }
            Happening::NeedsNoHelp => self.waits_for_help = false,
            Happening::SetAside => self.story.set_aside_at = None,
            Happening::CustomerDisconnects => self.story.breaks_at = None,
            Happening::Released => {
                self.story.released_at = self.story.released_at.filter(|_| self.story.bot_first);
                self.story.bot_first = false;
            }
            _ => {}
        }
        self.due = now + self.rng.random_range(pause);
    }

    /// It was refused: somebody was faster. Looks again in a moment; what only follows is not tried again.
    pub(super) fn refused(&mut self, happening: &Happening, now: Tick) {
        match happening {
            Happening::Follows(_) => drop(self.afterwards.pop_front()),
            Happening::Rates(_) => self.story.rating = None,
            Happening::CustomerWrites(_) if self.has_ended() => self.story.writes_late = false,
            Happening::Reopened if self.has_ended() => self.owes_answer = false,
            Happening::AsksForHelp => self.story.help_at = None,
            // A supervisor helped.
            Happening::NeedsNoHelp => self.waits_for_help = false,
            _ => {}
        }
        self.due = now + 3;
    }

    /// The turn was this message; the next one is due.
    fn was_said(&mut self, turn: &Turn, message: Option<&str>) {
        if let Some(message) = message {
            let afterwards = Afterwards::of(turn, message, self.story.reports_delivery());
            self.afterwards.extend(afterwards);
            self.said[self.turn] = Some(message.to_owned());
        }
        self.turn += 1;
    }

    /// In another phase than before, waiting begins again.
    fn enter(&mut self, seen: &Seen, mind: Option<Mind>, now: Tick) {
        let phase = Phase {
            state: seen.state,
            agent: seen.in_conversation_with().map(str::to_owned),
            away: seen.customer_away_since.is_some(),
        };
        if self.phase.as_ref() == Some(&phase) {
            return;
        }
        let pause = match seen.state {
            State::Open if self.turn == 0 => 1..4,
            State::Open if self.story.bot_first => 2..6,
            State::Open if self.story.forgotten => 50..80,
            State::Open => 6..45,
            State::Active if phase.away => 20..75,
            State::Active if mind == Some(Mind::Bot) => 2..4,
            State::Active => 3..9,
            State::Waiting => 40..150,
            State::WrapUp => 12..45,
            State::Closed => 0..1,
        };
        if phase.agent.is_some() && mind != Some(Mind::Bot) {
            // Somebody took care of it after all.
            self.story.forgotten = false;
        }
        self.due = now + self.rng.random_range(pause);
        self.since = now;
        self.phase = Some(phase);
    }

    fn in_queue(&mut self, now: Tick) -> Option<Happening> {
        if self.turn == 0 {
            return self.turn().map(Happening::CustomerWrites);
        }
        if now > self.since + PATIENCE {
            return Some(Happening::CustomerEnds);
        }
        if !self.story.forgotten {
            let by_bot = self.story.bot_first;
            return Some(Happening::Picked { by_bot });
        }
        let complaints = dialogues::impatience(self.language());
        if let Some(complaint) = complaints.get(self.complaints) {
            return Some(Happening::CustomerWrites(*complaint));
        }
        // Said everything; now it is waiting for a supervisor, or leaving.
        self.due = self.since + PATIENCE;
        None
    }

    fn in_conversation(&mut self, seen: &Seen, mind: Option<Mind>, now: Tick) -> Option<Happening> {
        if mind == Some(Mind::Bot) {
            let lines = dialogues::bot_greeting(self.language());
            return Some(match lines.get(self.bot_said) {
                Some(line) => Happening::AgentWrites(Turn::of_agent(line)),
                None => Happening::Released,
            });
        }
        if self.story.breaks_at == Some(self.turn) {
            return Some(Happening::CustomerDisconnects);
        }
        if mind == Some(Mind::Simulated) {
            if self.waits_for_help {
                return Some(Happening::NeedsNoHelp);
            }
            if self.story.help_at == Some(self.turn) {
                return Some(Happening::AsksForHelp);
            }
            if self.owes_answer {
                let answer = dialogues::one_answer_more(self.language());
                return Some(Happening::AgentWrites(answer));
            }
        }
        if is_ours(mind) {
            if self.story.set_aside_at == Some(self.turn) {
                if self.announced {
                    return Some(Happening::SetAside);
                }
                self.announced = true;
                let announced = dialogues::set_aside(self.language());
                return Some(Happening::AgentWrites(Turn::of_agent(announced)));
            }
            if self.story.released_at == Some(self.turn) {
                return Some(Happening::Released);
            }
        }
        let Some(turn) = self.turn() else {
            return self.ending(mind);
        };
        match turn.who {
            Who::Customer => Some(Happening::CustomerWrites(turn)),
            Who::Agent if is_ours(mind) => Some(Happening::AgentWrites(turn)),
            // A person at Robin's desk answers in their own words; the customer reads them.
            Who::Agent => {
                if seen.unanswered_since.is_none() {
                    self.turn += 1;
                    self.due = now + self.rng.random_range(4..12);
                }
                None
            }
        }
    }

    fn ending(&self, mind: Option<Mind>) -> Option<Happening> {
        match (self.story.customer_ends, is_ours(mind)) {
            (false, true) => Some(Happening::Ended),
            (true, _) => Some(Happening::CustomerEnds),
            (false, false) => None,
        }
    }

    fn set_aside(&self, mind: Option<Mind>) -> Option<Happening> {
        match self.turn() {
            None => Some(Happening::CustomerEnds),
            Some(turn) if turn.who == Who::Customer => Some(Happening::CustomerWrites(turn)),
            Some(_) => is_ours(mind).then_some(Happening::Reopened),
        }
    }

    /// Whether the contact has ended, as far as was seen.
    fn has_ended(&self) -> bool {
        let phase = self.phase.as_ref();
        phase.is_some_and(|phase| phase.state == State::WrapUp)
    }

    fn after_the_end(&self, mind: Option<Mind>) -> Option<Happening> {
        if self.story.writes_late && mind == Some(Mind::Simulated) {
            let more = dialogues::one_thing_more(self.language());
            return Some(Happening::CustomerWrites(more));
        }
        if self.owes_answer {
            return (mind == Some(Mind::Simulated)).then_some(Happening::Reopened);
        }
        match self.story.rating {
            Some(score) => Some(Happening::Rates(score)),
            None => is_ours(mind).then_some(Happening::Closed),
        }
    }

    fn turn(&self) -> Option<Turn> {
        self.dialogue.turns.get(self.turn).copied()
    }
}

/// Whether the demo decides for this agent.
fn is_ours(mind: Option<Mind>) -> bool {
    matches!(mind, Some(Mind::Simulated | Mind::Bot))
}
