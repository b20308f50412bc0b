//! What somebody may not know of a conversation changes nothing for them (domain.md sections 3 and 4): the facts are
//! those of the table, so that another one is among them as soon as it has an audience.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::play::{Play, Step, steps, wrap_up};
use super::policy::{Sight, reads_transcript, sees, sight};
use super::*;
use crate::audience::{About, Audience, Fact, Listener, Observer};
use crate::decide::may;
use crate::notice::{self, Occurrence};

/// People who do not lead everything: agents, a bot, gateways, and an agent who supervises the queue for calls.
fn viewers() -> Vec<Viewer> {
    let agents = ["anna", "bram", "carla", "dirk", "robo"];
    let agents = agents.map(|subject| Token::of(subject).role(Role::Agent));
    let few = Scope::Only([Channel::WhatsApp, Channel::Voice].into());
    let gateways = [Scope::All, few].map(|channels| {
        Token::of("gateway")
            .role(Role::CustomerGateway)
            .channels(channels)
    });
    let both = Token::of("anna").role(Role::Agent).supervises();
    let both = both.scope(Scope::Only([VOICE].into()));
    let all = agents.into_iter().chain(gateways).chain([both]);
    all.map(Token::viewer).collect()
}

fn row_of<'a>(world: &'a World, viewer: &Viewer) -> Option<&'a Agent> {
    world.agent_of(viewer.subject()).map(|agent| &**agent)
}

fn observer<'a>(world: &World, viewer: &Viewer, image: &'a Conversation) -> Observer<'a> {
    Observer::new(viewer.access(), row_of(world, viewer), image)
}

/// What the viewer can see and do, by this image.
fn answers(world: &World, viewer: &Viewer, image: &Conversation, now: DateTime<Utc>) -> String {
    let (image, agent) = (Arc::new(image.clone()), row_of(world, viewer));
    let access = viewer.access();
    let may = Action::ALL.iter().map(|action| {
        let answer = may(world, viewer, &image, *action, now);
        answer.map_err(|refusal| (refusal.code(), refusal.message()))
    });
    let observer = observer(world, viewer, &image);
    let known = Fact::ALL.iter().map(|fact| observer.knows(*fact));
    format!(
        "{:?}",
        (
            sees(access, agent, &image),
            sight(access, agent, image.origin(), &image.footprint()),
            reads_transcript(viewer, agent, &image, noon()),
            notice::role_in(viewer, agent, &image),
            may.collect::<Vec<_>>(),
            known.collect::<Vec<_>>(),
        )
    )
}

/// Every conversation with the facts of other ones that only leaders may know.
fn otherwise_for_leaders(stage: &Stage, pool: &[Arc<Conversation>]) -> Stage {
    let mut other = stage.clone();
    let images: Vec<_> = stage.world.conversations.values().cloned().collect();
    for (number, image) in images.iter().enumerate() {
        let foil = &pool[(pool.len() / 2 + number) % pool.len()];
        let image = image.mixed(foil, |fact| fact.audience() == Audience::Leaders);
        other.world.put(&After::Conversation(Arc::new(image)));
    }
    other
}

/// The events of a decision that are for a viewer, with their images; or how it was refused.
type Told = Result<Vec<(Kind, Arc<Conversation>)>, (Code, String)>;

/// What the viewer learns by a decision.
fn told(world: &World, viewer: &Viewer, played: &Result<Decision, Refusal>) -> Told {
    let decision = played
        .as_ref()
        .map_err(|refusal| (refusal.code(), refusal.message()))?;
    let seen = decision.events.iter().filter_map(|event| {
        let after = event.conversation()?;
        let seen = sees(viewer.access(), row_of(world, viewer), after);
        let is_told = seen.any() && event.change.audience().has(seen);
        is_told.then(|| (event.change.kind(), after.clone()))
    });
    Ok(seen.collect())
}

/// Whether two images are the same in what the viewer may know.
fn look_the_same(world: &World, viewer: &Viewer, one: &Conversation, other: &Conversation) -> bool {
    let observer = observer(world, viewer, one);
    one.mixed(other, |fact| !observer.knows(fact)) == *other
}

/// An image in which nobody looks and nothing is due.
fn blank() -> Conversation {
    let (stage, id) = Stage::with(Channel::Record);
    (*stage.conversation(id)).clone()
}

/// Plays the steps, and says which facts differed where somebody might not know them.
fn holds(steps: &[Step], wrap_up: WrapUpCapacity) -> HashSet<Fact> {
    let (mut play, viewers, mut varied) = (Play::new(wrap_up), viewers(), HashSet::new());
    let mut pool: Vec<Arc<Conversation>> = Vec::new();
    for step in steps {
        play.stage.pass(step.0);
        let (asker, command) = play.command(*step);
        if let (Asker::Viewer(viewer), false) = (&asker, pool.is_empty()) {
            decided_the_same(&play.stage, &pool, viewer, &command);
        }
        if play.stage.play(&asker, &command).is_err() {
            continue;
        }
        let decision = play.stage.decision.clone().unwrap();
        for event in &decision.events {
            let Some(after) = event.conversation() else {
                is_sent_to_its_listeners(&play.stage.world, event);
                continue;
            };
            pool.push(after.clone());
            let before = play.images.insert(after.id, after.clone());
            if before.is_none() {
                play.ids.push(after.id);
            }
            for viewer in &viewers {
                let world = &play.stage.world;
                if let Some(before) = &before {
                    changes_nothing_else(world, viewer, before, event, after);
                }
                let foil = &pool[pool.len() / 2];
                let observer = observer(world, viewer, after);
                // A maker whom the viewer knows, in the place of one whom they do not, would be something that they know.
                let maker = foil
                    .offer
                    .as_ref()
                    .map(|offer| About::Supervisor(&offer.by));
                let knows_maker = |maker| observer.knows_about(Fact::OfferMaker, maker);
                let known = maker.is_some_and(knows_maker);
                let kept = |fact| observer.knows(fact) || (known && fact == Fact::OfferMaker);
                let secret = |fact| !kept(fact);
                let mixed = after.mixed(foil, secret);
                let now = play.stage.now;
                assert_eq!(
                    answers(world, viewer, &mixed, now),
                    answers(world, viewer, after, now),
                    "{viewer:?} {after:#?}"
                );
                let notice = |after: &Conversation| {
                    let (change, actor) = (&event.change, &decision.actor);
                    let before = event.before.as_ref();
                    let occurrence = Occurrence {
                        change,
                        actor,
                        after,
                        before,
                    };
                    notice::concerning(viewer, row_of(world, viewer), occurrence)
                };
                assert_eq!(notice(&mixed), notice(after), "{viewer:?} {event:#?}");
                let (access, subject) = (viewer.access(), Some(viewer.subject()));
                let theirs = Address::of_notices(access, subject, row_of(world, viewer));
                let addressees = Addressees::of(&event.change, &event.after, event.before.as_ref());
                assert!(
                    notice(after).is_none() || addressees.include(&theirs),
                    "a notice is sent to {viewer:?}: {event:#?}"
                );
                varied.extend(Fact::ALL.iter().filter(|fact| {
                    !observer.knows(**fact) && after.mixed(foil, |one| one == **fact) != **after
                }));
            }
        }
    }
    varied
}

/// Whoever is told of an event of the organisation is woken for it.
fn is_sent_to_its_listeners(world: &World, event: &Event) {
    let leaders = [
        Token::of("sam").supervises(),
        Token::of("root").role(Role::Administrator),
    ];
    let addressees = Addressees::of(&event.change, &event.after, event.before.as_ref());
    let all = viewers().into_iter().chain(leaders.map(Token::viewer));
    for viewer in all {
        let (access, subject) = (viewer.access(), Some(viewer.subject()));
        let theirs = Address::of_organisation(access, subject);
        let listener = Listener::new(access, row_of(world, &viewer));
        assert!(
            !listener.hears(&event.change, &event.after) || addressees.include(&theirs),
            "it is sent to {viewer:?}: {event:#?}"
        );
    }
}

/// An event that is not for the viewer changes nothing that they may know.
fn changes_nothing_else(
    world: &World,
    viewer: &Viewer,
    before: &Conversation,
    event: &Event,
    after: &Conversation,
) {
    let seen = sees(viewer.access(), row_of(world, viewer), after);
    if !seen.any() || event.change.audience().has(seen) {
        return;
    }
    let (then, now) = (
        observer(world, viewer, before),
        observer(world, viewer, after),
    );
    let known = |fact| then.knows(fact) || now.knows(fact);
    assert_eq!(
        before.mixed(after, |fact| !known(fact)),
        *after,
        "{viewer:?} may know a fact that {event:#?} changed"
    );
}

/// What comes of a command is the same for who gives it, whatever only leaders may know of what there is.
fn decided_the_same(
    stage: &Stage,
    pool: &[Arc<Conversation>],
    viewer: &Arc<Viewer>,
    command: &Command,
) {
    if viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator) {
        return;
    }
    let asker = Asker::Viewer(viewer.clone());
    let played = [stage.clone(), otherwise_for_leaders(stage, pool)].map(|mut stage| {
        let played = stage.play(&asker, command);
        let decision = played.map(|_| stage.decision.clone().unwrap());
        told(&stage.world, viewer, &decision)
    });
    let [one, other] = &played;
    let same = match (one, other) {
        (Ok(one), Ok(other)) => {
            let pairs = || one.iter().zip(other);
            one.len() == other.len()
                && pairs().all(|((kind, one), (like, other))| {
                    kind == like && look_the_same(&stage.world, viewer, one, other)
                })
        }
        (Err(one), Err(other)) => one == other,
        _ => false,
    };
    assert!(same, "{viewer:?} {command:?}\n{one:#?}\n{other:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_somebody_may_not_know_changes_nothing_for_them(steps in steps(), wrap_up in wrap_up()) {
        holds(&steps, wrap_up);
    }
}

#[test]
fn every_fact_that_not_everybody_may_know_is_among_those() {
    let mut runner = TestRunner::deterministic();
    let mut varied = HashSet::new();
    for _ in 0..60 {
        let (steps, wrap_up) = (steps(), wrap_up())
            .new_tree(&mut runner)
            .unwrap()
            .current();
        varied.extend(holds(&steps, wrap_up));
    }
    // Of events and of rows, not of images.
    let beside = [Fact::Actor, Fact::ActingSupervisor, Fact::Attributes];
    let secret = Fact::ALL
        .iter()
        .filter(|fact| fact.audience() != Audience::Everybody);
    let missing: Vec<_> = secret
        .filter(|fact| !varied.contains(fact) && !beside.contains(fact))
        .collect();
    assert_eq!(
        missing,
        Vec::<&Fact>::new(),
        "no image differed in these: let `play` make some"
    );
}

#[test]
fn an_image_mixed_with_itself_is_itself_and_every_part_can_be_taken() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    for (asker, act) in [(sofie(), stage.watching()), (simon(), stage.watching())] {
        stage.does(&asker, id, act);
    }
    stage.does(&sofie(), id, Act::Join);
    let (image, blank) = (stage.conversation(id), blank());
    assert_eq!(image.mixed(&image, |_| true), *image);
    assert_eq!(image.mixed(&blank, |_| false), *image);
    assert_eq!(image.mixed(&blank, |_| true), blank);
    let agents = image.mixed(&blank, |fact| fact.audience() == Audience::Leaders);
    let looking: Vec<_> = agents
        .monitors
        .iter()
        .map(|look| look.supervisor.as_str())
        .collect();
    assert_eq!(
        looking,
        ["sofie"],
        "who takes part is known, who looks is not"
    );
}

#[test]
fn the_audiences_are_those_of_the_table_of_roles() {
    let role = |gateway, agent, supervisor, administrator| Sight {
        gateway,
        agent,
        supervisor,
        administrator,
    };
    let roles = [
        role(true, false, false, false),
        role(false, true, false, false),
        role(false, false, true, false),
        role(false, false, false, true),
    ];
    let table = Audience::ALL.iter().map(|audience| {
        let has = roles.map(|sight| if audience.has(sight) { 'x' } else { '-' });
        (*audience, String::from_iter(has))
    });
    let expected = [
        (Audience::Everybody, "xxxx"),
        (Audience::AgentsAndLeaders, "-xxx"),
        (Audience::AgentsAndSupervisors, "-xx-"),
        (Audience::ItsAgentAndLeaders, "--xx"),
        (Audience::AcquaintedAndLeaders, "--xx"),
        (Audience::Leaders, "--xx"),
        (Audience::Handlers, "x-x-"),
        (Audience::Supervisors, "--x-"),
        (Audience::Coached, "----"),
        (Audience::Nobody, "----"),
    ];
    assert_eq!(
        table.collect::<Vec<_>>(),
        expected.map(|(audience, has)| (audience, has.to_owned()))
    );
}
