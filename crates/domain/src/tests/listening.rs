//! Who is told what changes in the organisation (domain.md section 7): whoever may know a fact that it changed.

use proptest::prelude::*;

use super::*;
use crate::audience::{Listener, OrganisationFact, agent_differs, workstream_differs};

/// Anna and Bram; a gateway; supervisors of SUPPORT, of SALES, and of everything; an administrator; Anna as a
/// supervisor of SALES too.
fn listeners() -> [(&'static str, Viewer); 8] {
    let agent = |subject| Token::of(subject).role(Role::Agent);
    let only = |queue| Scope::Only([queue].into());
    [
        ("anna", agent("anna").viewer()),
        ("bram", agent("bram").viewer()),
        (
            "gateway",
            Token::of("gateway").role(Role::CustomerGateway).viewer(),
        ),
        (
            "support",
            Token::of("sam").supervises().scope(only(SUPPORT)).viewer(),
        ),
        (
            "sales",
            Token::of("sue").supervises().scope(only(SALES)).viewer(),
        ),
        ("all", Token::of("ada").supervises().viewer()),
        (
            "administrator",
            Token::of("root").role(Role::Administrator).viewer(),
        ),
        (
            "both",
            agent("anna").supervises().scope(only(SALES)).viewer(),
        ),
    ]
}

fn own<'a>(world: &'a World, viewer: &Viewer) -> Option<&'a Agent> {
    world.agent_of(viewer.subject()).map(|agent| &**agent)
}

fn hears(world: &World, viewer: &Viewer, change: &Change, after: &After) -> bool {
    Listener::new(viewer.access(), own(world, viewer)).hears(change, after)
}

/// Who of them hears of this.
fn told(world: &World, change: &Change, after: &After) -> Vec<&'static str> {
    let hear = listeners().into_iter();
    let hear = hear.filter(|(_, viewer)| hears(world, viewer, change, after));
    hear.map(|(name, _)| name).collect()
}

fn updated(of: impl IntoIterator<Item = OrganisationFact>) -> Change {
    Change::AgentChanged {
        edit: Edit::Updated,
        of: of.into_iter().collect(),
    }
}

#[test]
fn each_change_is_told_to_whoever_may_see_its_subject() {
    let world = Stage::new().world;
    let anna = After::Agent(world.agents[&ANNA].clone());
    let of = |change: Change, after: &After| told(&world, &change, after);
    let leaders = ["support", "sales", "all", "administrator", "both"];
    let presence = Change::AgentPresenceChanged {
        presence: Presence::Away,
        from: None,
    };
    let its_agent_and_leaders = ["anna", "support", "sales", "all", "administrator", "both"];
    assert_eq!(of(presence.clone(), &anna), its_agent_and_leaders);
    assert_eq!(
        of(updated([OrganisationFact::AgentFigures]), &anna),
        its_agent_and_leaders
    );
    let everybody = [
        "anna",
        "bram",
        "support",
        "sales",
        "all",
        "administrator",
        "both",
    ];
    assert_eq!(of(updated([OrganisationFact::Name]), &anna), everybody);
    let acknowledged = ["anna", "administrator", "both"];
    assert_eq!(
        of(updated([OrganisationFact::Acknowledgement]), &anna),
        acknowledged
    );
    assert_eq!(
        of(updated([]), &anna),
        acknowledged,
        "of before it was said"
    );
    for edit in [Edit::Created, Edit::Deleted] {
        let of_it = BTreeSet::new();
        assert_eq!(
            of(Change::AgentChanged { edit, of: of_it }, &anna),
            everybody
        );
    }
    let member = Change::MembershipChanged {
        queue: SUPPORT,
        member: true,
        left: vec![],
    };
    assert_eq!(
        of(member, &anna),
        ["anna", "support", "all", "administrator", "both"]
    );
    let queue = After::Queue(world.queues[&SUPPORT].clone());
    let edit = Edit::Updated;
    let changed = Change::QueueChanged { edit };
    assert_eq!(
        of(changed, &queue),
        ["anna", "bram", "support", "all", "administrator", "both"]
    );
    let workstream = After::Workstream(world.workstreams.values().next().unwrap().clone());
    let set = |facts: &[OrganisationFact]| Change::WorkstreamChanged {
        edit,
        of: facts.iter().copied().collect(),
    };
    assert_eq!(of(set(&[OrganisationFact::Name]), &workstream), everybody);
    assert_eq!(
        of(set(&[OrganisationFact::WorkstreamFigures]), &workstream),
        leaders
    );
    assert_eq!(of(set(&[]), &workstream), leaders, "of before it was said");
    let settings = After::Settings(world.settings.clone());
    assert_eq!(of(Change::SupervisorSettingsChanged, &settings), leaders);
    let supervisor = After::Supervisor(Subject::new("sam").unwrap(), Presence::Away);
    assert_eq!(of(presence, &supervisor), [] as [&str; 0]);
    let notice = AgentNoticeId(uuid::Uuid::from_u128(1));
    assert_eq!(
        of(Change::AgentsNotified { notice }, &anna),
        [] as [&str; 0]
    );
}

#[test]
fn who_is_no_agent_any_more_hears_of_nothing() {
    let mut world = Stage::new().world;
    let anna = world.agents[&ANNA].clone();
    let gone = Agent {
        deleted_at: Some(noon()),
        ..(*anna).clone()
    };
    world.put(&After::Agent(gone.into()));
    let change = updated([OrganisationFact::Name]);
    let hear = told(&world, &change, &After::Agent(anna));
    assert!(
        !hear.contains(&"anna") && hear.contains(&"bram"),
        "{hear:?}"
    );
}

/// What may differ of an agent: name, capacity, presence, queue, acknowledgement, deletion.
fn agents() -> impl Strategy<Value = Agent> {
    (
        0..2_u8,
        1..3_u32,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(name, capacity, away, sells, acknowledged, deleted)| {
            let anna = Stage::new().world.agents[&ANNA].clone();
            let version: Arc<str> = "1".into();
            Agent {
                name: ["anna", "anne"][usize::from(name)].into(),
                capacity,
                presence: if away {
                    Presence::Away
                } else {
                    Presence::Available
                },
                queues: if sells {
                    [SALES].into()
                } else {
                    [SUPPORT].into()
                },
                acknowledged: acknowledged.then(|| Acknowledgement {
                    at: noon(),
                    version,
                }),
                deleted_at: deleted.then(noon),
                ..(*anna).clone()
            }
        })
}

/// The same with what only some may know of the other.
fn mixed(one: &Agent, other: &Agent, take: impl Fn(OrganisationFact) -> bool) -> Agent {
    let mut mixed = one.clone();
    if take(OrganisationFact::Name) {
        mixed.name = other.name.clone();
        mixed.deleted_at = other.deleted_at;
    }
    if take(OrganisationFact::AgentFigures) {
        mixed.capacity = other.capacity;
        mixed.presence = other.presence;
        mixed.queues.clone_from(&other.queues);
    }
    if take(OrganisationFact::Acknowledgement) {
        mixed.acknowledged.clone_from(&other.acknowledged);
    }
    mixed
}

proptest! {
    #[test]
    fn a_change_is_told_where_a_fact_changed_that_its_listener_may_know_and_nowhere_else(
        before in agents(), after in agents(), foil in agents(),
    ) {
        let world = Stage::new().world;
        let of = agent_differs(&before, &after);
        prop_assert_eq!(of.is_empty(), before == after);
        // Nothing that changed is left out, and nothing named that did not.
        prop_assert_eq!(&mixed(&before, &after, |fact| of.contains(&fact)), &after);
        if of.is_empty() {
            return Ok(());
        }
        let change = updated(of.clone());
        for (name, viewer) in listeners() {
            let access = viewer.access();
            let is_it = own(&world, &viewer).is_some_and(|own| own.id == ANNA && access.has_role(Role::Agent));
            let knows = |fact: OrganisationFact| {
                let audience = fact.audience();
                audience.has(access) || (audience.has_its_agent() && is_it)
            };
            let is_told = hears(&world, &viewer, &change, &After::Agent(after.clone().into()));
            let expected = name != "gateway" && of.iter().any(|fact| knows(*fact));
            prop_assert_eq!(is_told, expected, "{}", name);
            // What they may not know changes nothing of it.
            let other = mixed(&after, &foil, |fact| !knows(fact));
            let again = hears(&world, &viewer, &change, &After::Agent(other.into()));
            prop_assert_eq!(is_told, again, "{}", name);
        }
    }
}

#[test]
fn every_setting_of_a_workstream_is_among_its_facts() {
    let world = Stage::new().world;
    let before = (**world.workstreams.values().next().unwrap()).clone();
    let differs = |change: fn(&mut Workstream)| {
        let mut after = before.clone();
        change(&mut after);
        workstream_differs(&before, &after)
            .into_iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(differs(|_| {}), []);
    let named: [fn(&mut Workstream); 6] = [
        |ws| ws.name = "other".into(),
        |ws| ws.deleted_at = Some(noon()),
        |ws| ws.disposition_required = !ws.disposition_required,
        |ws| ws.earlier_transcripts = !ws.earlier_transcripts,
        |ws| ws.language = Some("fy".into()),
        |ws| ws.escalation_signals = !ws.escalation_signals,
    ];
    for change in named {
        assert_eq!(differs(change), [OrganisationFact::Name]);
    }
    let figures: [fn(&mut Workstream); 5] = [
        |ws| ws.units += 1,
        |ws| ws.offer_seconds += 1,
        |ws| ws.customer_grace_seconds += 1,
        |ws| ws.attention.waiting_seconds += 1,
        |ws| ws.allowed_presences.clear(),
    ];
    for change in figures {
        assert_eq!(differs(change), [OrganisationFact::WorkstreamFigures]);
    }
}
