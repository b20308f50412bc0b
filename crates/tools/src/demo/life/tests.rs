//! One conversation, step by step, with what is seen of it made up.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::conversation::{Conversation, Happening, Tick};
use super::seen::{Reference, Seen, State};
use super::story::Story;
use crate::demo::dialogues::{self, Dialogue, Turn, Who};
use crate::demo::organisation::Mind;

fn story() -> Story {
    Story {
        channel: "WHATSAPP",
        customer: "Alice Harper",
        forgotten: false,
        bot_first: false,
        set_aside_at: None,
        breaks_at: None,
        released_at: None,
        customer_ends: false,
        told: true,
        consent: "GRANTED",
        rating: None,
        help_at: None,
        writes_late: false,
    }
}

fn dialogue() -> &'static Dialogue {
    &dialogues::all()[0]
}

/// A conversation, and what is seen of it.
struct Scene {
    conversation: Conversation,
    seen: Seen,
    mind: Option<Mind>,
    now: Tick,
}

impl Scene {
    fn new(story: Story) -> Self {
        let rng = StdRng::seed_from_u64(1);
        Self {
            conversation: Conversation::new("conv".to_owned(), 0, dialogue(), story, rng, 0),
            seen: Seen {
                id: "conv".to_owned(),
                state: State::Open,
                status_reason: "AWAITING_AGENT_ASSIGNMENT".to_owned(),
                unanswered_since: None,
                customer_away_since: None,
                agent: None,
                pending_offer: None,
            },
            mind: None,
            now: 0,
        }
    }

    /// Somebody has it now.
    fn active(&mut self, mind: Mind) {
        self.seen.state = State::Active;
        "IN_CONVERSATION".clone_into(&mut self.seen.status_reason);
        self.seen.agent = Some(Reference {
            id: "agent".to_owned(),
        });
        self.mind = Some(mind);
    }

    /// It is in its queue again.
    fn open(&mut self) {
        self.seen.state = State::Open;
        "AWAITING_AGENT_ASSIGNMENT".clone_into(&mut self.seen.status_reason);
        self.seen.agent = None;
        self.mind = None;
    }

    /// The next thing that happens within so many ticks; it succeeds.
    fn within(&mut self, ticks: Tick) -> Option<Happening> {
        for _ in 0..ticks {
            self.now += 1;
            if let Some(happening) = self.conversation.next(&self.seen, self.mind, self.now) {
                self.conversation.happened(&happening, None, self.now);
                return Some(happening);
            }
        }
        None
    }

    fn next(&mut self) -> Happening {
        self.within(200).expect("something happens")
    }
}

fn picked() -> Happening {
    Happening::Picked { by_bot: false }
}

#[test]
fn a_dialogue_is_held_from_the_first_turn_to_the_close() {
    let mut scene = Scene::new(story());
    let turns = &dialogue().turns;
    assert_eq!(scene.next(), Happening::CustomerWrites(turns[0]));
    assert_eq!(scene.next(), picked());
    scene.active(Mind::Simulated);
    for turn in &turns[1..] {
        let expected = match turn.who {
            Who::Customer => Happening::CustomerWrites(*turn),
            Who::Agent => Happening::AgentWrites(*turn),
        };
        assert_eq!(scene.next(), expected);
    }
    assert_eq!(scene.next(), Happening::Ended);
    scene.seen.state = State::WrapUp;
    assert_eq!(scene.next(), Happening::Closed);
}

#[test]
fn a_bot_greets_and_hands_over_to_people() {
    let mut scene = Scene::new(Story {
        bot_first: true,
        ..story()
    });
    scene.next();
    assert_eq!(scene.next(), Happening::Picked { by_bot: true });
    scene.active(Mind::Bot);
    for line in dialogues::bot_greeting(dialogue().language) {
        assert_eq!(scene.next(), Happening::AgentWrites(Turn::of_agent(line)));
    }
    assert_eq!(scene.next(), Happening::Released);
    scene.open();
    assert_eq!(scene.next(), picked());
    scene.active(Mind::Simulated);
    assert_eq!(scene.next(), Happening::AgentWrites(dialogue().turns[1]));
}

#[test]
fn a_forgotten_customer_complains_and_leaves_in_the_end() {
    let mut scene = Scene::new(Story {
        forgotten: true,
        ..story()
    });
    scene.next();
    for complaint in dialogues::impatience(dialogue().language) {
        assert_eq!(scene.next(), Happening::CustomerWrites(complaint));
    }
    assert_eq!(scene.within(300), None);
    assert_eq!(scene.within(600), Some(Happening::CustomerEnds));
}

#[test]
fn a_forgotten_conversation_that_is_assigned_goes_on_like_any_other() {
    let mut scene = Scene::new(Story {
        forgotten: true,
        ..story()
    });
    scene.next();
    scene.seen.state = State::Active;
    "AWAITING_AGENT_ACCEPTANCE".clone_into(&mut scene.seen.status_reason);
    assert_eq!(scene.within(60), None);
    scene.active(Mind::Simulated);
    assert_eq!(scene.next(), Happening::AgentWrites(dialogue().turns[1]));
    scene.open();
    assert_eq!(scene.next(), picked());
}

#[test]
fn robin_speaks_for_themselves_and_the_customer_waits_for_it() {
    let mut scene = Scene::new(story());
    scene.next();
    scene.active(Mind::Yours);
    scene.seen.unanswered_since = Some("2026-01-01T00:00:00Z".to_owned());
    assert_eq!(scene.within(200), None);
    scene.seen.unanswered_since = None;
    assert_eq!(scene.next(), Happening::CustomerWrites(dialogue().turns[2]));
    scene.seen.state = State::WrapUp;
    assert_eq!(scene.within(200), None);
}

#[test]
fn what_is_set_aside_comes_back_when_the_customer_writes() {
    let mut scene = Scene::new(Story {
        set_aside_at: Some(2),
        ..story()
    });
    scene.next();
    scene.active(Mind::Simulated);
    scene.next();
    let announced = dialogues::set_aside(dialogue().language);
    assert_eq!(
        scene.next(),
        Happening::AgentWrites(Turn::of_agent(announced))
    );
    assert_eq!(scene.next(), Happening::SetAside);
    scene.seen.state = State::Waiting;
    "AWAITING_CUSTOMER_RESPONSE".clone_into(&mut scene.seen.status_reason);
    let next = Happening::CustomerWrites(dialogue().turns[2]);
    assert_eq!(scene.next(), next);
    scene.open();
    assert_eq!(scene.next(), picked());
}

#[test]
fn a_customer_whose_connection_breaks_comes_back() {
    let mut scene = Scene::new(Story {
        breaks_at: Some(1),
        ..story()
    });
    scene.next();
    scene.active(Mind::Simulated);
    assert_eq!(scene.next(), Happening::CustomerDisconnects);
    scene.seen.customer_away_since = Some("2026-01-01T00:00:00Z".to_owned());
    assert_eq!(scene.next(), Happening::CustomerReturns);
    scene.seen.customer_away_since = None;
    assert_eq!(scene.next(), Happening::AgentWrites(dialogue().turns[1]));
}

#[test]
fn an_agent_asks_for_help_and_goes_on_after_a_while() {
    let mut scene = Scene::new(Story {
        help_at: Some(1),
        ..story()
    });
    scene.next();
    scene.active(Mind::Simulated);
    assert_eq!(scene.next(), Happening::AsksForHelp);
    assert_eq!(scene.within(50), None, "supervisors have time to see it");
    assert_eq!(scene.next(), Happening::NeedsNoHelp);
    assert_eq!(scene.next(), Happening::AgentWrites(dialogue().turns[1]));
}

#[test]
fn nobody_asks_for_help_on_behalf_of_robin() {
    let mut scene = Scene::new(Story {
        help_at: Some(1),
        ..story()
    });
    scene.next();
    scene.active(Mind::Yours);
    assert_eq!(
        scene.within(200),
        Some(Happening::CustomerWrites(dialogue().turns[2]))
    );
}

#[test]
fn a_customer_who_writes_after_the_end_is_answered() {
    let mut scene = Scene::new(Story {
        writes_late: true,
        ..story()
    });
    scene.next();
    scene.active(Mind::Simulated);
    while scene.next() != Happening::Ended {}
    scene.seen.state = State::WrapUp;
    let language = dialogue().language;
    let more = dialogues::one_thing_more(language);
    assert_eq!(scene.next(), Happening::CustomerWrites(more));
    assert_eq!(scene.within(50), None, "supervisors have time to see it");
    assert_eq!(scene.next(), Happening::Reopened);
    scene.active(Mind::Simulated);
    let answer = dialogues::one_answer_more(language);
    assert_eq!(scene.next(), Happening::AgentWrites(answer));
    assert_eq!(scene.next(), Happening::Ended);
    scene.seen.state = State::WrapUp;
    assert_eq!(scene.next(), Happening::Closed);
}

#[test]
fn what_a_customer_wrote_after_the_end_is_answered_by_who_takes_it_from_the_queue() {
    let mut scene = Scene::new(Story {
        writes_late: true,
        ..story()
    });
    scene.next();
    scene.active(Mind::Simulated);
    while scene.next() != Happening::Ended {}
    scene.seen.state = State::WrapUp;
    scene.next();
    scene.open();
    assert_eq!(scene.next(), picked());
    scene.active(Mind::Simulated);
    let answer = dialogues::one_answer_more(dialogue().language);
    assert_eq!(scene.next(), Happening::AgentWrites(answer));
}

#[test]
fn the_same_seed_makes_the_same_story() {
    let choose = |seed| {
        let mut rng = StdRng::seed_from_u64(seed);
        dialogues::all()
            .iter()
            .map(|dialogue| Story::choose(dialogue, false, &mut rng))
            .collect::<Vec<_>>()
    };
    assert_eq!(choose(7), choose(7));
    assert_ne!(choose(7), choose(8));
}
