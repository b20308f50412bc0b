//! What a viewer is told beforehand is what the command comes to: `decide::may` against `decide`,
//! over states, channels, modes, settings, roles, scopes, permissions, notices and stakes.

use std::thread;

use super::*;
use cases::{SUBJECTS, acts, all_scenes, all_settings, noticed_scenes, viewers};
use state_table::Built;

pub mod cases;

/// How often each action was answered in each way; a failure names the first that differs.
type Answers = BTreeMap<(String, &'static str), u64>;

fn compare((stage, id): &Built, settings: &[Settings], viewers: &[Viewer], answers: &mut Answers) {
    let mut stage = stage.clone();
    let conversation = stage.conversation(*id);
    for settings in settings {
        stage
            .world
            .put(&After::Settings(Arc::new(settings.clone())));
        let mut draft = Draft::new(&stage.world);
        draft.remember_records(cases::messages(*id));
        if !conversation.is_ongoing() {
            draft.remember_closed(conversation.clone());
        }
        for (viewer, action) in viewers
            .iter()
            .flat_map(|viewer| Action::ALL.iter().map(move |action| (viewer, *action)))
        {
            let told = decide::may(&stage.world, viewer, &conversation, action, stage.now);
            let asker = Asker::Viewer(Arc::new(viewer.clone()));
            for act in acts(action, &conversation, viewer) {
                let command = Command::Act {
                    conversation: *id,
                    act,
                };
                let done = decide(&draft, &asker, &command, None, stage.now).map(drop);
                assert_eq!(told, done, "{command:?}\n{viewer:?}\n{conversation:?}");
                let code = done
                    .err()
                    .map_or("allowed", |refusal| refusal.code().as_str());
                *answers.entry((format!("{action:?}"), code)).or_default() += 1;
            }
        }
    }
}

/// How many viewers look at a scene.
#[derive(Clone, Copy, PartialEq)]
enum Breadth {
    /// Everybody of [`SUBJECTS`] with every token of [`viewers`].
    Everybody,
    /// Those with a stake, in the role of their stake.
    Concerned,
}

fn look(scene: &Built, breadth: Breadth, answers: &mut Answers) {
    let settings = all_settings();
    let full = |subject| Token::of(subject).supervises().viewer();
    let agent = |subject| Token::of(subject).role(Role::Agent);
    let both = agent("anna").supervises().viewer();
    let switched = [full("sofie"), full("simon"), both];
    if breadth == Breadth::Concerned {
        let gateway = Token::of("gateway").role(Role::CustomerGateway);
        let mut these = vec![gateway.channels(Scope::All).viewer()];
        these.extend(["anna", "bram", "robo"].map(|subject| agent(subject).viewer()));
        compare(scene, &settings[15..], &these, answers);
        compare(scene, &settings[15..], &switched, answers);
        return;
    }
    let queue = scene.0.conversation(scene.1).queue;
    let ends = [settings[0].clone(), settings[15].clone()];
    for subject in SUBJECTS {
        compare(scene, &ends, &viewers(subject, queue), answers);
    }
    compare(scene, &settings[1..15], &switched, answers);
}

fn sum(answers: impl IntoIterator<Item = Answers>) -> Answers {
    let mut sum = Answers::new();
    for (answer, times) in answers.into_iter().flatten() {
        *sum.entry(answer).or_default() += times;
    }
    sum
}

/// Plays scenes, on two threads.
fn look_at(scenes: &[(Built, Breadth)]) -> Answers {
    let play = |half: &[(Built, Breadth)]| {
        let mut answers = Answers::new();
        for (scene, breadth) in half {
            look(scene, *breadth, &mut answers);
        }
        answers
    };
    thread::scope(|scope| {
        let halves = scenes.chunks(scenes.len().div_ceil(2));
        let running: Vec<_> = halves.map(|half| scope.spawn(move || play(half))).collect();
        sum(running.into_iter().map(|half| half.join().unwrap()))
    })
}

/// Every channel's scenes. The asynchronous channels follow one table of states, and notices are
/// looked at by supervisors only: there, who has no stake adds nothing but time.
fn scenes_by_breadth() -> Vec<(Built, Breadth)> {
    let mut all = vec![];
    for channel in Channel::ALL {
        let breadth = match channel {
            Channel::WhatsApp | Channel::LiveChat | Channel::Voice | Channel::Record => {
                Breadth::Everybody
            }
            _ => Breadth::Concerned,
        };
        let concerned = noticed_scenes(*channel);
        all.extend(
            all_scenes(*channel)
                .into_iter()
                .map(|scene| (scene, breadth)),
        );
        all.extend(
            concerned
                .into_iter()
                .map(|scene| (scene, Breadth::Concerned)),
        );
    }
    all
}

#[test]
fn what_a_viewer_is_told_beforehand_is_what_the_command_comes_to() {
    let answers = look_at(&scenes_by_breadth());
    // Every action was allowed somewhere and refused in several ways, and every refusal that does
    // not depend on a target or other input came up.
    for action in Action::ALL {
        let name = format!("{action:?}");
        let of_it = answers.keys().filter(|(of, _)| *of == name);
        let codes: BTreeSet<_> = of_it.map(|(_, code)| *code).collect();
        assert!(
            codes.contains("allowed") && codes.len() > 2,
            "{name}: {codes:?}"
        );
    }
    let codes: BTreeSet<_> = answers.keys().map(|(_, code)| *code).collect();
    let depend_on_viewer_and_conversation = [
        "AGENT_ROW_NEEDED",
        "AGENT_UNKNOWN",
        "ALREADY_ASSIGNED",
        "ALREADY_PRIMARY",
        "API_ACCESS_CONFLICT",
        "CHANNEL_NOT_SUPPORTED",
        "CONSENT_NOT_GRANTED",
        "CONVERSATION_CLOSED",
        "HELP_NOT_REQUESTED",
        "INVALID_STATE",
        "MODE_NOT_SUPPORTED",
        "NOTICE_NOT_GIVEN",
        "NOT_FOUND",
        "NOT_MONITORING",
        "NOT_PARTICIPANT",
        "NO_PENDING_OFFER",
        "OFFER_PENDING",
        "OUT_OF_SCOPE",
        "OWN_CONVERSATION",
        "PERMISSION_MISSING",
        "PRIMARY_IS_BOT",
        "RATING_NOT_POSSIBLE",
        "ROLE_REQUIRED",
        "SETTING_DISABLED",
        "TARGET_NOT_IN_QUEUE",
        "allowed",
    ];
    assert_eq!(codes, depend_on_viewer_and_conversation.into());
    let cases: u64 = answers.values().sum();
    assert!(cases > 1_000_000, "only {cases} cases");
}
