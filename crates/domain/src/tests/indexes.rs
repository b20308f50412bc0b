//! A command looks at the conversations that it concerns: the index has what a scan finds, and is what is asked.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::conversation::{Offer, Primary};
use crate::world::Key;

fn agents() -> impl Strategy<Value = AgentId> {
    select(vec![ANNA, BRAM, CARLA])
}

fn supervisor(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

prop_compose! {
    /// An image of one of a few conversations, whatever the image before it was.
    fn any_image()(
        id in 1..6_u128, state in select(State::ALL), queue in select(vec![SUPPORT, SALES]),
        workstream in 1..3_u128, customer in 1..4_u128,
        primary in prop::option::of(agents()), offered in prop::option::of(agents()),
        consultants in subsequence(vec![ANNA, BRAM, CARLA], 0..=2),
        looks in subsequence(vec![("sam", Some("t1")), ("sue", Some("t2")), ("kim", None), ("sid", Some("t1"))], 0..=3),
    ) -> Conversation {
        let (stage, only) = Stage::with(Channel::WhatsApp);
        let look = |(who, token): (&str, Option<&str>)| Monitor {
            session: MonitorSessionId(uuid::Uuid::nil()), kind: LookKind::Review, supervisor: supervisor(who), started_at: noon(),
            until: noon(), token: token.map(Into::into), joined_at: None,
        };
        Conversation {
            id: ConversationId(uuid::Uuid::from_u128(id)),
            state, queue,
            workstream: WorkstreamId(uuid::Uuid::from_u128(workstream)),
            customer: CustomerId(uuid::Uuid::from_u128(customer)),
            primary: primary.map(|agent| Primary { agent, kind: AgentKind::Human, units: 1, holds: true }),
            offer: offered.map(|agent| Offer {
                id: OfferId(agent.0), kind: OfferKind::Transfer, agent, by: supervisor("sam"), units: 1,
                exceeded_by: 0, made_at: noon(), due_at: noon(),
            }),
            consultants: consultants.into_iter().collect(),
            monitors: looks.into_iter().map(look).collect(),
            ..(*stage.conversation(only)).clone()
        }
    }
}

/// The ids of these, each of them once.
fn ids<'a>(these: impl Iterator<Item = &'a Arc<Conversation>>) -> Vec<ConversationId> {
    let mut ids: Vec<_> = these.map(|one| one.id).collect();
    ids.sort_unstable();
    ids
}

/// The world finds under every key what a look at every conversation finds, and keeps no other key.
fn finds_what_a_scan_finds(world: &World, images: &[Arc<Conversation>]) {
    let ongoing = || world.conversations.values().chain(world.reviewed.values());
    let kept: HashSet<Key<'_>> = ongoing().flat_map(|c| Key::all_of(c)).collect();
    assert_eq!(world.keys(), kept.len());
    let ever = images.iter().flat_map(|image| Key::all_of(image));
    for key in ever.chain(kept.iter().copied()) {
        let scan = ids(ongoing().filter(|c| key.has(c)));
        assert_eq!(ids(world.concerning(key)), scan, "{key:?}");
    }
}

/// The same of a draft, for these keys.
pub fn draft_finds_what_a_scan_finds<'a>(draft: &Draft<'_>, keys: impl Iterator<Item = Key<'a>>) {
    for key in keys {
        let scan = ids(draft.kept().filter(|c| key.has(c)));
        assert_eq!(ids(draft.concerning(key)), scan, "{key:?}");
    }
    let all = ids(draft.ongoing());
    let mut after = None;
    for piece in all.chunks(2) {
        let found = draft.following(after, 2);
        assert_eq!(found.iter().map(|c| c.id).collect::<Vec<_>>(), piece);
        after = piece.last().copied();
    }
    assert_eq!(draft.following(after, 2), Vec::<&Arc<Conversation>>::new());
    let watched = ids(draft.kept().filter(|c| !c.monitors.is_empty()));
    assert_eq!(ids(draft.watched()), watched);
    for queue in [SUPPORT, SALES, VOICE, RECORDS] {
        let members = draft.agents().filter(|agent| agent.queues.contains(&queue));
        let members: BTreeSet<_> = members.map(|agent| agent.id).collect();
        let found: Vec<_> = draft.members_of(queue).map(|agent| agent.id).collect();
        assert_eq!(found.len(), members.len());
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), members);
    }
}

proptest! {
    #[test]
    fn the_index_has_after_any_history_what_a_scan_finds(
        settled in prop::collection::vec(any_image(), 0..20),
        batch in prop::collection::vec(any_image(), 0..10),
    ) {
        let arcs = |images: Vec<Conversation>| -> Vec<_> { images.into_iter().map(Arc::new).collect() };
        let (settled, batch) = (arcs(settled), arcs(batch));
        let mut world = World::default();
        for image in &settled {
            world.put(&After::Conversation(image.clone()));
        }
        finds_what_a_scan_finds(&world, &settled);
        let mut draft = Draft::new(&world);
        for image in &batch {
            let event = Event {
                change: Change::ConversationStarted, after: After::Conversation(image.clone()), before: None,
            };
            draft.absorb(&[event], &Actor::System);
        }
        let images = settled.iter().chain(&batch);
        draft_finds_what_a_scan_finds(&draft, images.flat_map(|image| Key::all_of(image)));
    }
}

/// Ten thousand conversations that Bram has and Sofie watches, and one that Anna has.
pub fn a_full_house() -> Stage {
    let (mut stage, theirs) = Stage::with_anna_on(Channel::WhatsApp);
    let mine = stage.conversation(theirs);
    for number in 0..10_000_u128 {
        let mut other = (*mine).clone();
        other.id = ConversationId(uuid::Uuid::from_u128(0x1_0000 + number));
        other.customer = CustomerId(uuid::Uuid::from_u128(0x1_0000 + number));
        other.workstream = stage.conversation(theirs).workstream;
        other.primary.as_mut().unwrap().agent = BRAM;
        stage.world.put(&After::Conversation(other.into()));
    }
    stage
}

#[test]
fn what_concerns_one_conversation_does_not_look_at_ten_thousand_others() {
    let stage = a_full_house();
    let anna = stage.world.agents[&ANNA].subject.clone();
    let customer = stage
        .world
        .concerning(Key::Agent(ANNA))
        .next()
        .unwrap()
        .customer;
    let longest_life = TimeDelta::hours(1);
    let revoke_subject = commands::RevokeSubject {
        subject: anna,
        longest_life,
    };
    let revoke_token = commands::RevokeToken {
        token: "t1".into(),
        expires_at: None,
        longest_life,
    };
    let (agent, queue) = (ANNA, SUPPORT);
    let commands = [
        (Asker::System, Command::AgentDisconnected(ANNA)),
        (
            admin(),
            Command::Manage(Manage::DeleteAgent(commands::DeleteAgent(ANNA))),
        ),
        (
            admin(),
            Command::Manage(Manage::DeleteQueue(commands::DeleteQueue(SALES))),
        ),
        (
            admin(),
            Command::Manage(Manage::EraseCustomer(commands::EraseCustomer(
                CustomerRef::Id(customer),
            ))),
        ),
        (
            admin(),
            Command::Manage(Manage::RemoveMember(commands::RemoveMember {
                agent,
                queue,
            })),
        ),
        (
            admin(),
            Command::Manage(Manage::RevokeSubject(revoke_subject)),
        ),
        (admin(), Command::Manage(Manage::RevokeToken(revoke_token))),
        (sofie(), Command::TokenRefreshed),
    ];
    for (asker, command) in commands {
        let draft = Draft::new(&stage.world);
        let _ = decide(&draft, &asker, &command, None, stage.now);
        assert!(
            draft.looked.get() <= 1,
            "{command:?}: {}",
            draft.looked.get()
        );
    }
}
