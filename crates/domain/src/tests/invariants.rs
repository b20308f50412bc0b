//! What holds whatever anybody asks in whatever order: random commands of several people on several
//! conversations, while time passes.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::evolve::evolve;
use super::play::{AGENTS, Play, Step, steps, wrap_up};
use super::*;
use crate::attention::{next_due, reasons};
use crate::audience::Audience;
use crate::sentiment::at_or_below;
use crate::world::Key;

impl Play {
    /// Every conversation as it is now.
    fn now(&self) -> Vec<Arc<Conversation>> {
        self.ids
            .iter()
            .map(|id| self.stage.conversation(*id))
            .collect()
    }

    /// Every event follows from the image before it, every image (not only the last of a command) is
    /// a row of the table of states, and closed conversations keep everything that figures and lists go by.
    fn follow(&mut self, events: &[Event]) {
        for event in events {
            let Some(after) = event.conversation() else {
                continue;
            };
            is_consistent(&self.stage.world, after);
            let kind = event.change.kind();
            let Some(before) = self.images.insert(after.id, after.clone()) else {
                assert_eq!((kind, after.version), (Kind::ConversationStarted, 1));
                self.ids.push(after.id);
                continue;
            };
            let is_closed = self.stage.closed.contains_key(&after.id);
            let raises = kind.raises_version() && !is_closed;
            assert_eq!(after.version, before.version + u32::from(raises));
            if is_closed {
                assert_eq!(what_is_final(after), what_is_final(&before), "{event:?}");
            }
            let workstream = &self.stage.world.workstreams[&after.workstream];
            let queues = &self.stage.world.queues;
            let hours_of = |queue| queues.get(&queue).and_then(|queue| queue.hours.clone());
            let now = self.stage.now;
            let replayed = evolve(&before, &event.change, workstream, &hours_of, now);
            assert_eq!(**after, replayed);
            let moved = before.footprint() != after.footprint();
            assert_eq!(event.before, moved.then(|| before.footprint()));
            assert!(
                before.is_ongoing() || !after.is_ongoing(),
                "CLOSED is final: {event:?}"
            );
            reads_back(&event.change);
            reads_back(&event.after);
        }
    }

    fn loads_add_up(&self) {
        for agent in AGENTS {
            let all = self.stage.world.conversations.values();
            let held = all
                .clone()
                .flat_map(|c| c.capacity_held().collect::<Vec<_>>());
            let consumed = held
                .filter(|(who, _)| *who == agent)
                .map(|(_, units)| units)
                .sum();
            let theirs = all.filter(|c| c.assigned_agent() == Some(agent)).count();
            let conversations = u32::try_from(theirs).unwrap();
            assert_eq!(
                self.stage.world.load(agent),
                Load {
                    consumed,
                    conversations
                }
            );
        }
    }
}

/// What nothing changes in a conversation that is closed (domain.md section 10): its end, its level, its attention,
/// its figures.
fn what_is_final(c: &Conversation) -> impl PartialEq + std::fmt::Debug {
    let end = (c.reason, c.closed_at, c.state_since, c.last_activity_at);
    let level = (c.sentiment.clone(), c.sentiment_since, c.alerted);
    let figures = (c.responses, c.clocks, c.unanswered_since, c.messages);
    (end, level, figures, c.attention.clone(), c.primary.clone())
}

fn reads_back<T>(value: &T)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value);
}

/// Beyond an agent's capacity only with override, or by the agent's own picking and reopening.
fn may_exceed(command: &Command) -> bool {
    matches!(
        command,
        Command::Act {
            act: Act::Pick
                | Act::Reopen
                | Act::AssignToAgent(commands::AssignToAgent(Target {
                    override_capacity: true,
                    ..
                }))
                | Act::Transfer(commands::Transfer(Target {
                    override_capacity: true,
                    ..
                })),
            ..
        }
    )
}

/// What is true of a conversation in its state.
fn is_consistent(world: &World, c: &Conversation) {
    let primary = c.primary.as_ref();
    let reviewed = |look: &Monitor| look.kind == LookKind::Review;
    let alone = c.monitors.iter().all(reviewed) && c.consultants.is_empty();
    let in_state = match (c.state, c.reason) {
        (State::Open, StatusReason::AwaitingAgentAssignment) => {
            primary.is_none() && c.offer.is_none() && alone && c.waiting_since.is_some()
        }
        (State::Active, StatusReason::AwaitingAgentAcceptance) => {
            let offered = c.pending(OfferKind::Assignment).is_some();
            primary.is_none() && offered && alone && c.waiting_since.is_some()
        }
        (State::Active, StatusReason::InConversation) => {
            let assigned = c.pending(OfferKind::Assignment).is_none() && c.waiting_since.is_none();
            let watched = !c.monitors.iter().any(reviewed);
            primary.is_some_and(|primary| primary.holds) && assigned && watched
        }
        (State::Waiting, StatusReason::AwaitingCustomerResponse) => {
            let released = primary.is_some_and(|primary| !primary.holds);
            released && alone && conversation::is_asynchronous(c.channel)
        }
        (State::WrapUp, _) => {
            let settled = c.consultants.is_empty() && c.joined().next().is_none();
            let settled = settled && !c.monitors.iter().any(reviewed);
            primary.is_some() && c.offer.is_none() && settled && c.customer_grace_until.is_none()
        }
        (State::Closed, _) => {
            let ended = c.offer.is_none() && alone && c.closed_at.is_some();
            let ended = ended && c.attention.is_empty() && c.clocks.is_empty();
            let still = c.timers().next().is_none() || !c.monitors.is_empty();
            ended && c.capacity_held().next().is_none() && still
        }
        _ => false,
    };
    assert!(in_state, "{c:#?}");
    if let Some(primary) = primary {
        let subject = &world.agents[&primary.agent].subject;
        assert!(!c.consultants.contains(&primary.agent), "{c:#?}");
        assert!(c.look_of(subject).is_none(), "{c:#?}");
        assert_ne!(
            c.offer.as_ref().map(|offer| offer.agent),
            Some(primary.agent)
        );
    }
    let supervisors: BTreeSet<_> = c
        .monitors
        .iter()
        .map(|monitor| &monitor.supervisor)
        .collect();
    assert_eq!(
        supervisors.len(),
        c.monitors.len(),
        "one look a supervisor: {c:#?}"
    );
    let asks = c.help.as_ref().map(|help| help.agent);
    assert!(
        asks.is_none() || (asks == c.primary_agent() && c.is_ongoing()),
        "{c:#?}"
    );
    assert!(
        c.customer_away_since.is_none() || c.channel == Channel::LiveChat,
        "{c:#?}"
    );
    assert!(
        c.capacity_until.is_none() || c.state == State::WrapUp,
        "{c:#?}"
    );
    assert!(
        c.monitors.is_empty() || c.channel != Channel::Record || c.state == State::Closed,
        "{c:#?}"
    );
}

/// The attention that an image carries is what its rule says of it now, whatever command it was.
fn is_attended(world: &World, now: DateTime<Utc>, c: &Conversation) {
    assert_eq!(c.attention, reasons(c, &world.settings, now), "{c:#?}");
    let next = next_due(c);
    assert!(next.is_none_or(|due| due > now), "{c:#?}");
    // An alert again only after recovery above the threshold.
    let threshold = world.settings.sentiment_alert_threshold;
    let low = at_or_below(c.sentiment.level, threshold);
    let known = c.is_ongoing() && c.sentiment.level != SentimentLevel::NotAvailable;
    assert!(!known || c.alerted == low, "{c:#?}");
}

/// Whoever is ongoing has a level only while messages are scored.
fn is_analysed_as_set(world: &World, c: &Conversation) -> bool {
    let known = c.is_ongoing() && c.sentiment.level != SentimentLevel::NotAvailable;
    world.settings.sentiment_analysis || !known
}

/// A draft that went through every command says what the world says that went through its events.
fn agree(draft: &Draft<'_>, play: &Play) {
    let world = &play.stage.world;
    for id in &play.ids {
        assert_eq!(draft.conversation(*id), Some(&play.stage.conversation(*id)));
    }
    let ongoing: BTreeSet<_> = draft.ongoing().map(|c| c.id).collect();
    assert_eq!(ongoing, world.conversations.keys().copied().collect());
    let keys = play.images.values().flat_map(|image| Key::all_of(image));
    indexes::draft_finds_what_a_scan_finds(draft, keys);
    for (id, agent) in &world.agents {
        assert_eq!(draft.agent(*id), Some(agent));
        assert_eq!(draft.load(*id), world.load(*id));
    }
    assert_eq!(draft.settings(), &world.settings);
}

/// Plays the steps and says which types of events there were.
fn keeps_the_invariants(steps: &[Step], wrap_up: WrapUpCapacity) -> BTreeSet<Kind> {
    let mut play = Play::new(wrap_up);
    let batches = steps.chunks(12);
    batches
        .flat_map(|batch| keeps_them_in_a_batch(&mut play, batch))
        .collect()
}

/// Plays the steps, one by one and as one batch, and checks everything after each.
fn keeps_them_in_a_batch(play: &mut Play, steps: &[Step]) -> BTreeSet<Kind> {
    let mut kinds = BTreeSet::new();
    let base = play.stage.world.clone();
    let mut batch = Draft::new(&base);
    for closed in play.stage.closed.values() {
        batch.remember_closed(closed.clone());
    }
    batch.remember_records(play.stage.records.values().cloned());
    for step in steps {
        play.stage.pass(step.0);
        let (asker, command) = play.command(*step);
        let before = AGENTS.map(|agent| play.stage.consumed(agent));
        let decided = decide(&batch, &asker, &command, None, play.stage.now);
        let images = play.now();
        // `follow` asks what was closed before this command.
        if let Ok(decision) = &decided {
            play.follow(&decision.events);
        }
        let played = play.stage.play(&asker, &command);
        let Ok(decision) = decided else {
            assert_eq!(decided.err(), played.err());
            assert_eq!(play.now(), images);
            continue;
        };
        assert_eq!(Some(&decision), play.stage.decision.as_ref());
        kinds.extend(played.unwrap());
        batch.absorb(&decision.events, &decision.actor);
        batch.hear(&decision.texts);
        for record in play.stage.records.values() {
            assert_eq!(batch.record(record.head.id), Some(record));
        }
        agree(&batch, play);
        play.loads_add_up();
        for (agent, before) in AGENTS.into_iter().zip(before) {
            let after = play.stage.consumed(agent);
            let within = after <= before || after <= play.stage.world.agents[&agent].capacity;
            assert!(
                within || may_exceed(&command),
                "{agent} {before} to {after}: {command:?}"
            );
        }
        for conversation in play.now() {
            assert_eq!(conversation, play.images[&conversation.id]);
            is_consistent(&play.stage.world, &conversation);
        }
        let touched = decision.events.iter().filter_map(Event::conversation);
        let mut touched: BTreeSet<_> = touched.map(|touched| touched.id).collect();
        if let Command::Reassess { .. } = command {
            assert_eq!(decision.left, Some(Left::Nothing));
            touched.extend(play.stage.world.conversations.keys());
            assert!(
                play.now()
                    .iter()
                    .all(|c| is_analysed_as_set(&play.stage.world, c))
            );
        }
        for id in touched {
            is_attended(
                &play.stage.world,
                play.stage.now,
                &play.stage.conversation(id),
            );
        }
    }
    kinds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_sequence_of_commands_keeps_the_invariants(steps in steps(), wrap_up in wrap_up()) {
        keeps_the_invariants(&steps, wrap_up);
    }
}

#[test]
fn the_random_commands_reach_every_type_of_event() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..300 {
        let (steps, wrap_up) = (steps(), wrap_up())
            .new_tree(&mut runner)
            .unwrap()
            .current();
        reached.extend(keeps_the_invariants(&steps, wrap_up));
    }
    // What only creating makes is left out, and what takes a customer whom the store looked up (`tests/customers.rs`).
    let never = [
        Kind::AgentChanged,
        Kind::QueueChanged,
        Kind::WorkstreamChanged,
        Kind::CustomerChanged,
        Kind::CustomersMerged,
    ];
    let missing: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| !reached.contains(kind) && !never.contains(kind))
        .collect();
    assert_eq!(missing, Vec::<&Kind>::new());
}

#[test]
fn a_version_rises_with_what_section_five_names_and_with_nothing_else() {
    let keeps: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| !kind.raises_version())
        .collect();
    let of_conversations = [
        Kind::ConversationStarted,
        Kind::MessagePosted,
        Kind::AgentCoached,
        Kind::MessageEdited,
        Kind::MessageRemoved,
        Kind::MessageReaction,
        Kind::MessageDelivery,
        Kind::SentimentCorrected,
        Kind::MessageScored,
        Kind::SentimentChanged,
        Kind::SentimentAlertRaised,
        Kind::EscalationSignalled,
        Kind::AttentionChanged,
        Kind::AttentionAcknowledged,
        Kind::HelpRequested,
        Kind::HelpEnded,
        Kind::MonitoringStarted,
        Kind::MonitoringStopped,
        Kind::ReviewStarted,
        Kind::ReviewStopped,
        Kind::CustomerDisconnected,
        Kind::CustomerReconnected,
        Kind::LabelsChanged,
        Kind::DispositionSet,
        Kind::RatingRecorded,
        Kind::CustomerChanged,
        Kind::CustomersMerged,
        Kind::CapacityReleased,
    ];
    let others = Kind::ALL.iter().filter(|kind| !kind.is_of_conversation());
    let mut expected: Vec<_> = of_conversations.iter().chain(others).collect();
    expected.sort_unstable();
    assert_eq!(keeps, expected);
}

#[test]
fn agents_and_gateways_never_learn_of_a_look_or_an_alert() {
    // What is made of the customer's words is for agents, and not for gateways.
    let secret: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| kind.is_of_conversation() && !kind.is_public())
        // What is said among agents and supervisors is no look.
        .filter(|kind| kind.audience() != Audience::AgentsAndLeaders)
        .collect();
    let looks = [
        Kind::AgentCoached,
        Kind::SentimentCorrected,
        Kind::SentimentAlertRaised,
        Kind::AttentionAcknowledged,
        Kind::MonitoringStarted,
        Kind::MonitoringStopped,
        Kind::ReviewStarted,
        Kind::ReviewStopped,
    ];
    assert_eq!(secret, looks.iter().collect::<Vec<_>>());
    assert!(
        !Kind::ALL
            .iter()
            .any(|kind| kind.is_public() && !kind.is_of_conversation())
    );
}
