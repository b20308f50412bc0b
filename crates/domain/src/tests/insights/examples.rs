//! Small histories, with the figures beside them.

use super::*;

const KEY: QueueKey = QueueKey {
    queue: SUPPORT,
    channel: Channel::WhatsApp,
    workstream: WorkstreamId(uuid::Uuid::from_u128(0xF0)),
};

/// All that was counted of a key.
fn all(counter: &Counter, key: QueueKey) -> Figures {
    counter.queue(
        key,
        (noon() - TimeDelta::days(1), noon() + TimeDelta::days(40)),
    )
}

/// All that was counted of an agent in Support.
fn of(counter: &Counter, agent: AgentId) -> Figures {
    counter.work(
        agent,
        SUPPORT,
        (noon() - TimeDelta::days(1), noon() + TimeDelta::days(40)),
    )
}

/// The stage and what is counted on it.
struct Day(Stage, Counter);

impl Day {
    fn new() -> Self {
        let stage = Stage::new();
        let counter = Counter::new(&stage);
        Self(stage, counter)
    }

    fn start(&mut self, channel: Channel) -> ConversationId {
        let id = self.0.start(channel);
        self.1.take(&self.0);
        id
    }

    fn does(&mut self, asker: &Asker, id: ConversationId, act: Act) {
        self.0.does(asker, id, act);
        self.1.take(&self.0);
    }

    fn writes(&mut self, asker: &Asker, id: ConversationId) {
        let act = self.0.writing(None);
        self.does(asker, id, act);
    }

    fn when_due(&mut self, id: ConversationId, kind: TimerKind) {
        self.0.when_due(id, kind);
        self.1.take(&self.0);
    }
}

/// Speed of answer: three visits of 10, 20 and 90 s. Their mean is 40 s, within 20 s are two, within 60 s too.
#[test]
fn speed_of_answer_is_from_the_begin_of_the_visit_to_the_pick() {
    let mut day = Day::new();
    for seconds in [10, 20, 90] {
        let id = day.start(Channel::WhatsApp);
        day.0.pass(seconds);
        day.does(&anna(), id, Act::Pick);
    }
    let figures = all(&day.1, KEY);
    assert_eq!(figures.accepted.count, 3);
    assert_eq!(figures.accepted.mean_seconds(), Some(40.0));
    assert_eq!(
        (figures.accepted.within(20), figures.accepted.within(60)),
        (Some(2), Some(2))
    );
    assert_eq!(of(&day.1, ANNA).accepted, figures.accepted);
}

/// An offer does not end a visit: offered after 5 s, refused after 10 s, picked after 30 s is one visit of 30 s.
#[test]
fn a_visit_goes_on_through_offers() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.0.pass(5);
    day.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    day.0.pass(5);
    day.does(&anna(), id, Act::Reject);
    day.0.pass(20);
    day.does(&bram(), id, Act::Pick);
    let figures = all(&day.1, KEY);
    assert_eq!(
        (figures.begun(), figures.ended(), figures.waiting),
        (1, 1, 0)
    );
    assert_eq!(figures.accepted.mean_seconds(), Some(30.0));
    assert_eq!((figures.offers_made, figures.offers_rejected), (1, 1));
    assert_eq!(
        (
            of(&day.1, ANNA).offers_rejected,
            of(&day.1, BRAM).accepted.count
        ),
        (1, 1)
    );
}

/// Moved after 40 s and picked after 15 s more: one visit of Support moved out, one of Sales accepted in 15 s.
#[test]
fn a_move_ends_a_visit_and_begins_one() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.0.pass(40);
    day.does(
        &sofie(),
        id,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    let (support, sales) = (
        all(&day.1, KEY),
        all(
            &day.1,
            QueueKey {
                queue: SALES,
                ..KEY
            },
        ),
    );
    assert_eq!(
        (support.moved_out, support.waiting, support.ongoing),
        (1, 0, 0)
    );
    assert_eq!(
        (sales.begun_moved_in, sales.waiting, sales.ongoing),
        (1, 1, 1)
    );
    day.0.pass(15);
    day.does(&dirk(), id, Act::Pick);
    let sales = all(
        &day.1,
        QueueKey {
            queue: SALES,
            ..KEY
        },
    );
    assert_eq!(sales.accepted.mean_seconds(), Some(15.0));
}

/// Customers leave after 3 s and after 50 s, two are taken: of the three that count one abandoned, a third.
#[test]
fn who_leaves_at_once_counts_for_no_rate() {
    let mut day = Day::new();
    for seconds in [3, 50] {
        let id = day.start(Channel::WhatsApp);
        day.0.pass(seconds);
        day.does(&gateway(), id, Act::EndByCustomer);
    }
    for agent in [anna(), bram()] {
        let id = day.start(Channel::WhatsApp);
        day.0.pass(10);
        day.does(&agent, id, Act::Pick);
    }
    let figures = all(&day.1, KEY);
    assert_eq!(
        (
            figures.abandoned_short,
            figures.abandoned.count,
            figures.accepted.count
        ),
        (1, 1, 2)
    );
    assert_eq!(figures.abandoned.mean_seconds(), Some(50.0));
}

/// A live-chat customer disconnects after 30 s and is given up 180 s later: they abandoned after 30 s.
#[test]
fn a_live_chat_customer_left_when_they_disconnected() {
    let mut day = Day::new();
    let id = day.start(Channel::LiveChat);
    day.0.pass(30);
    day.does(&gateway(), id, Act::CustomerDisconnected);
    day.when_due(id, TimerKind::CustomerGrace);
    let figures = all(
        &day.1,
        QueueKey {
            channel: Channel::LiveChat,
            ..KEY
        },
    );
    assert_eq!(figures.abandoned.mean_seconds(), Some(30.0));
    assert_eq!(
        figures.closed,
        BTreeMap::from([(StatusReason::CustomerLeftOpen, 1)])
    );
}

/// Handled for 60 s, set aside for 600 s, reopened for 40 s, wrapped up for 25 s: two stints of 100 s together, and one of 25.
#[test]
fn what_is_set_aside_is_not_handled() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.does(&anna(), id, Act::Pick);
    day.0.pass(60);
    day.does(&anna(), id, Act::SetAside);
    day.0.pass(600);
    day.does(&anna(), id, Act::Reopen);
    day.0.pass(40);
    day.does(&anna(), id, Act::End);
    day.0.pass(25);
    day.does(&anna(), id, Act::Close);
    let figures = of(&day.1, ANNA);
    assert_eq!(
        (figures.handled.count, figures.handled.millis),
        (2, 100_000)
    );
    assert_eq!(
        (figures.wrapped_up.count, figures.wrapped_up.millis),
        (1, 25_000)
    );
    assert_eq!(
        figures.closed,
        BTreeMap::from([(StatusReason::EndedByAgent, 1)])
    );
    assert_eq!(figures.ongoing, 0);
}

/// Picked after 20 s, the customer writes at 30 s, the agent at 70 s and again at 80 s: first response 70 s, one answer of 40 s.
#[test]
fn the_first_response_is_from_the_start_and_an_answer_from_the_question() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.0.pass(20);
    day.does(&anna(), id, Act::Pick);
    day.0.pass(10);
    day.0.customer_writes(id, -0.5);
    day.1.take(&day.0);
    day.0.pass(40);
    day.writes(&anna(), id);
    day.0.pass(10);
    day.writes(&anna(), id);
    let figures = of(&day.1, ANNA);
    assert_eq!(
        (figures.first_response.count, figures.first_response.millis),
        (1, 70_000)
    );
    assert_eq!(
        (figures.response.count, figures.response.millis),
        (1, 40_000)
    );
    assert_eq!(
        figures.messages,
        BTreeMap::from([(SentimentLevel::Negative, 1)])
    );
    assert_eq!((figures.low_messages, figures.score_thousandths), (1, -500));
}

/// Low at -0.5 while NEGATIVE is low. It stays so when only VERY_NEGATIVE is, until it has another score: none is left,
/// though -0.5 would not be low any more when that score comes.
#[test]
fn a_message_is_low_by_the_threshold_of_when_it_came_in() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.does(&anna(), id, Act::Pick);
    let by = |source, value| MessageScore {
        source,
        ..MessageScore::supplied(value, 1.0, Some("en"), "test", "1").unwrap()
    };
    let message = day.0.message();
    let wrote = commands::CustomerMessage {
        score: Some(by(ScoreSource::Default, -0.5)),
        ..commands::CustomerMessage::of_text(message, "said")
    };
    day.does(&gateway(), id, Act::CustomerMessage(wrote));
    let low = |day: &Day| (all(&day.1, KEY).low_messages, of(&day.1, ANNA).low_messages);
    assert_eq!(low(&day), (1, 1));
    day.0.changes_settings(SettingsPatch {
        sentiment_alert_threshold: Some(AlertThreshold::VeryNegative),
        ..SettingsPatch::default()
    });
    day.1.take(&day.0);
    assert_eq!(low(&day), (1, 1));
    let scored = Command::LateScore(Box::new(commands::LateScore {
        message,
        text: "said".into(),
        score: by(ScoreSource::Operator, 0.4),
    }));
    day.0.play(&Asker::System, &scored).unwrap();
    day.1.take(&day.0);
    assert_eq!(low(&day), (0, 0));
}

/// A bot takes it after 2 s and gives it back after 30: no agent's figure, and a visit of its own begins.
#[test]
fn bots_count_apart() {
    let mut day = Day::new();
    let id = day.start(Channel::WhatsApp);
    day.0.pass(2);
    day.does(&robo(), id, Act::Pick);
    day.0.pass(30);
    day.does(&robo(), id, Act::Release);
    let figures = all(&day.1, KEY);
    assert_eq!((figures.accepted_by_bots, figures.accepted.count), (1, 0));
    assert_eq!(
        (figures.handled_by_bots.millis, figures.handled.count),
        (30_000, 0)
    );
    assert_eq!((figures.begun_released, figures.waiting), (1, 1));
    assert!(
        day.1
            .counted
            .work
            .keys()
            .all(|(_, key)| key.agent != harness::ROBO)
    );
}

/// Anna is AVAILABLE with nothing for 60 s, with one conversation (2 of 4 units) for 120 s: occupancy 120/180, units 240/720.
#[test]
fn an_agents_times_are_cut_where_something_changes() {
    let mut day = Day::new();
    day.0.pass(60);
    let id = day.start(Channel::WhatsApp);
    day.does(&anna(), id, Act::Pick);
    day.0.pass(120);
    let (counting, counted) = (&mut day.1.counting, &mut day.1.counted);
    counting.count_times(day.0.now, counted);
    let times = day.1.times(ANNA, (noon(), day.0.now));
    assert_eq!(
        (times.available, times.handling, times.in_hand),
        (180_000, 120_000, 120_000)
    );
    assert_eq!(
        (times.units_consumed, times.units_total),
        (240_000, 720_000)
    );
}

/// Images of before there were figures are counted by what is known of them: the same figures.
#[test]
fn what_the_log_holds_from_before_is_counted() {
    let mut day = Day::new();
    let mut old = Counter::new(&day.0);
    let mut step = |day: &mut Day, act: &dyn Fn(&mut Day)| {
        act(day);
        let decision = day.0.decision.as_ref().unwrap();
        for event in &decision.events {
            let After::Conversation(c) = &event.after else {
                continue;
            };
            let bare = Conversation {
                course: crate::course::Course::default(),
                ..(**c).clone()
            };
            let occurrence = Occurrence {
                at: day.0.now,
                actor: &decision.actor,
                change: &event.change,
                after: &After::Conversation(bare.into()),
            };
            old.counting.count(occurrence, &mut old.counted);
        }
    };
    let mut id = None;
    step(&mut day, &|day| {
        day.start(Channel::WhatsApp);
    });
    id.replace(*day.0.world.conversations.keys().next().unwrap());
    let id = id.unwrap();
    step(&mut day, &|day| {
        day.0.pass(30);
        day.does(&anna(), id, Act::Pick);
    });
    step(&mut day, &|day| {
        day.0.pass(60);
        day.does(&anna(), id, Act::End);
    });
    step(&mut day, &|day| {
        day.0.pass(15);
        day.does(&anna(), id, Act::Close);
    });
    assert_eq!(old.counted.queues, day.1.counted.queues);
    assert_eq!(old.counted.work, day.1.counted.work);
}
