//! Lists of targets (domain.md section 4): they hold exactly whom a command takes.

use super::*;
use crate::candidates::{
    AgentCandidate, Overrides, assignable_agents, assignable_queues, transferable_agents,
};
use crate::fold::Search;

/// Adds people and bots with every presence, free, half full, full and overfull, in either queue,
/// who declined this conversation never, almost too often, and too often.
fn crowd(stage: &mut Stage, id: ConversationId) {
    let mut conversation = (*stage.conversation(id)).clone();
    let mut number = 0x1_000;
    for presence in Presence::ALL {
        for capacity in [0, 1, 2, 9] {
            for queue in [SUPPORT, SALES] {
                for declines in [0, 2, 3] {
                    for kind in AgentKind::ALL {
                        number += 1;
                        let id = AgentId(uuid::Uuid::from_u128(number));
                        let name = format!("Agent {}", number % 7);
                        conversation.declines.insert(id, declines);
                        stage.world.put(&After::Agent(Arc::new(Agent {
                            id,
                            subject: Subject::new(&number.to_string()).unwrap(),
                            name: name.as_str().into(),
                            kind: *kind,
                            capacity,
                            presence: *presence,
                            presence_since: None,
                            queues: [queue].into(),
                            acknowledged: None,
                            deleted_at: None,
                        })));
                    }
                }
            }
        }
    }
    stage.world.put(&After::Conversation(conversation.into()));
}

fn target(agent: AgentId, overrides: Overrides) -> Target {
    Target {
        override_presence: overrides.presence,
        override_capacity: overrides.capacity,
        override_declines: overrides.declines,
        ..to(agent)
    }
}

const EVERYTHING: Overrides = Overrides {
    presence: true,
    capacity: true,
    declines: true,
};

fn decided(stage: &Stage, conversation: ConversationId, act: Act) -> Result<Outcome, Code> {
    let draft = Draft::new(&stage.world);
    let command = Command::Act { conversation, act };
    decide(&draft, &sofie(), &command, None, stage.now)
        .map(|decision| decision.outcome)
        .map_err(|refusal| refusal.code())
}

/// Every agent there is against a list: who is listed is taken with the overrides that are marked
/// and with no fewer; who is not listed is refused whatever is overridden.
fn holds_whom_a_command_takes(
    stage: &Stage,
    id: ConversationId,
    listed: &[AgentCandidate],
    act: impl Fn(Target) -> Act,
) {
    let mut seen = BTreeSet::new();
    for agent in stage.world.agents.keys().copied() {
        let comes_to = |overrides| decided(stage, id, act(target(agent, overrides)));
        let Some(candidate) = listed.iter().find(|one| one.agent.id == agent) else {
            assert!(comes_to(EVERYTHING).is_err(), "{agent}");
            continue;
        };
        let needs = candidate.needs();
        let outcome = comes_to(needs).unwrap();
        assert_eq!(outcome.capacity_exceeded_by, Some(candidate.exceeded_by()));
        for (needed, without) in [
            (
                needs.presence.then_some("PRESENCE_NOT_ALLOWED"),
                Overrides {
                    presence: false,
                    ..needs
                },
            ),
            (
                needs.capacity.then_some("CAPACITY_EXCEEDED"),
                Overrides {
                    capacity: false,
                    ..needs
                },
            ),
            (
                needs.declines.then_some("DECLINED_TOO_OFTEN"),
                Overrides {
                    declines: false,
                    ..needs
                },
            ),
        ] {
            let code = comes_to(without).err().map(Code::as_str);
            assert_eq!(code, needed, "{candidate:?}");
        }
        seen.insert((needs.presence, needs.capacity, needs.declines));
    }
    assert!(seen.len() >= 4, "the crowd is too much alike: {seen:?}");
}

fn unranked<K>(listed: Vec<(K, AgentCandidate)>) -> Vec<AgentCandidate> {
    listed.into_iter().map(|(_, candidate)| candidate).collect()
}

#[test]
fn whom_a_conversation_can_be_assigned_to_is_whom_assign_takes() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    crowd(&mut stage, id);
    let conversation = stage.conversation(id);
    let all = assignable_agents(&stage.world, &conversation, &Search::default(), true);
    let all = unranked(all);
    holds_whom_a_command_takes(&stage, id, &all, |target| {
        Act::AssignToAgent(commands::AssignToAgent(target))
    });
    // Without the override: the same, less those who need it, in the same order.
    let present = assignable_agents(&stage.world, &conversation, &Search::default(), false);
    let fewer: Vec<_> = all
        .into_iter()
        .filter(|candidate| !candidate.needs().presence)
        .collect();
    assert_eq!(unranked(present), fewer);
}

#[test]
fn whom_a_conversation_can_be_transferred_to_is_whom_transfer_takes() {
    for aside in [false, true] {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        if aside {
            stage.does(&anna(), id, Act::SetAside);
        }
        crowd(&mut stage, id);
        let conversation = stage.conversation(id);
        let all = transferable_agents(&stage.world, &conversation, &Search::default());
        let all = unranked(all);
        assert!(all.iter().all(|one| one.agent.id != ANNA));
        holds_whom_a_command_takes(&stage, id, &all, |target| {
            Act::Transfer(commands::Transfer(target))
        });
    }
}

#[test]
fn the_queues_a_conversation_can_be_moved_to_are_those_that_assign_takes() {
    for channel in [Channel::WhatsApp, Channel::LiveChat, Channel::Voice] {
        let (mut stage, id) = Stage::with(channel);
        let more = QueueId(uuid::Uuid::from_u128(0x55));
        stage.world.put(&After::Queue(Arc::new(Queue {
            id: more,
            name: "Calls, too".into(),
            kind: QueueKind::Voice,
            hours: None,
            deleted_at: None,
        })));
        let conversation = stage.conversation(id);
        let listed = assignable_queues(&stage.world, &conversation, &Search::default());
        let listed: BTreeSet<_> = listed.into_iter().map(|(_, queue)| queue.id).collect();
        let takes = |queue: &&QueueId| {
            decided(
                &stage,
                id,
                Act::AssignToQueue(commands::AssignToQueue(**queue)),
            )
            .is_ok()
        };
        let taken = stage.world.queues.keys().filter(takes).copied().collect();
        assert_eq!(listed, taken);
        assert!(!listed.is_empty());
    }
}

#[test]
fn who_needs_no_override_comes_first_then_who_has_most_room_then_by_name() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let busy = stage.start(Channel::WhatsApp);
    stage.does(&bram(), busy, Act::Pick);
    stage
        .play(&dirk(), &Command::SetPresence(Presence::Away))
        .unwrap();
    let conversation = stage.conversation(id);
    let list = |text, any| {
        let listed = assignable_agents(&stage.world, &conversation, &Search::new(text), any);
        let shown = |candidate: AgentCandidate| {
            (
                candidate.agent.name.to_string(),
                candidate.available_units(),
                candidate.exceeded_by(),
            )
        };
        unranked(listed).into_iter().map(shown).collect::<Vec<_>>()
    };
    let (anna, bram) = (("anna".into(), 4, 0), ("bram".into(), 2, 0));
    let (carla, dirk) = (("carla".into(), 1, 1), ("dirk".into(), 4, 0));
    let present = [anna.clone(), bram, carla.clone()];
    assert_eq!(list("", false), present);
    let [first, second, third] = present;
    assert_eq!(list("", true), [first, second, dirk, third]);
    assert_eq!(list(" AN ", false), [anna]);
    assert_eq!(list("Carl", true), [carla]);
    // The beginning of a word, not what is within one.
    assert_eq!(list("arl", true), []);
    assert_eq!(list("nobody", true), []);
}

#[test]
fn namesakes_stand_in_a_fixed_order() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    crowd(&mut stage, id);
    let conversation = stage.conversation(id);
    let listed = assignable_agents(&stage.world, &conversation, &Search::default(), true);
    let ranks: Vec<_> = listed.iter().map(|(rank, _)| rank).collect();
    assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]));
}
