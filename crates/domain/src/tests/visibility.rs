//! Who sees a conversation and who reads its transcript (domain.md section 3).

use proptest::prelude::*;

use super::policy::{Reading, reads_transcript, sees, sight};
use super::*;

fn token(roles: &[Role], subject: &str, queues: &[QueueId], channels: &[Channel]) -> Viewer {
    let token = Token::of(subject).scope(Scope::Only(queues.iter().copied().collect()));
    let token = token.channels(Scope::Only(channels.iter().copied().collect()));
    roles
        .iter()
        .fold(token, |token, role| token.role(*role))
        .viewer()
}

fn reading(stage: &Stage, id: ConversationId, asker: &Asker) -> Option<Reading> {
    let Asker::Viewer(viewer) = asker else {
        return None;
    };
    let agent = stage.world.agent_of(viewer.subject()).map(|agent| &**agent);
    reads_transcript(viewer, agent, &stage.conversation(id), stage.now)
}

/// One conversation in each state, as far as its channel allows.
fn images() -> Vec<Arc<Conversation>> {
    let mut images = Vec::new();
    for channel in [
        Channel::LiveChat,
        Channel::WhatsApp,
        Channel::Voice,
        Channel::Record,
    ] {
        let (mut stage, id) = Stage::with(channel);
        let steps = [
            (
                sofie(),
                Act::AssignToAgent(commands::AssignToAgent(to(DIRK))),
            ),
            (dirk(), Act::Reject),
            (bram(), Act::Pick),
            (sofie(), Act::Transfer(commands::Transfer(to(ANNA)))),
            (anna(), Act::Accept),
            (bram(), Act::SetAside),
            (anna(), Act::SetAside),
            (sofie(), Act::Transfer(commands::Transfer(to(CARLA)))),
            (anna(), Act::Reopen),
            (anna(), Act::End),
            (anna(), Act::Close),
        ];
        images.push(stage.conversation(id));
        for (asker, act) in steps {
            if stage.act(&asker, id, act).is_ok() {
                images.push(stage.conversation(id));
            }
        }
    }
    images
}

proptest! {
    #[test]
    fn a_row_and_its_footprint_are_seen_by_the_same_viewers(
        roles in prop::sample::subsequence(Role::ALL, 0..=Role::ALL.len()),
        subject in prop::sample::select(vec!["anna", "bram", "carla", "dirk", "robo", "nobody"]),
        queues in prop::sample::subsequence(vec![SUPPORT, SALES, VOICE, RECORDS], 0..=4),
        channels in prop::sample::subsequence(Channel::ALL, 0..=Channel::ALL.len()),
    ) {
        let (stage, viewer) = (Stage::new(), token(&roles, subject, &queues, &channels));
        let agent = stage.world.agent_of(viewer.subject()).map(|agent| &**agent);
        for image in images() {
            let row = sees(viewer.access(), agent, &image);
            prop_assert_eq!(row, sight(viewer.access(), agent, image.origin(), &image.footprint()));
            // Nobody reads what they do not see.
            prop_assert!(row.any() || reads_transcript(&viewer, agent, &image, noon()).is_none());
        }
    }
}

#[test]
fn an_agent_sees_open_conversations_of_their_queues_and_what_is_theirs() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let seen = |stage: &Stage, agent: AgentId| {
        let viewer = token(
            &[Role::Agent],
            stage.world.agents[&agent].subject.as_str(),
            &[],
            &[],
        );
        sees(
            viewer.access(),
            Some(&stage.world.agents[&agent]),
            &stage.conversation(id),
        )
        .agent
    };
    assert!(seen(&stage, ANNA) && seen(&stage, BRAM) && !seen(&stage, DIRK));
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(DIRK))),
    );
    assert!(!seen(&stage, ANNA) && !seen(&stage, BRAM) && seen(&stage, DIRK));
    stage.does(&dirk(), id, Act::Accept);
    stage.does(&dirk(), id, Act::End);
    stage.does(&dirk(), id, Act::Close);
    assert!(!seen(&stage, ANNA) && seen(&stage, DIRK));
}

#[test]
fn before_acceptance_an_agent_sees_the_header_not_the_transcript() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    assert_eq!(reading(&stage, id, &anna()), None);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(reading(&stage, id, &anna()), None);
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(reading(&stage, id, &anna()), Some(Reading::Own(ANNA)));
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    assert_eq!(reading(&stage, id, &bram()), None);
    stage.does(&bram(), id, Act::Accept);
    assert_eq!(reading(&stage, id, &bram()), Some(Reading::Own(BRAM)));
    assert_eq!(reading(&stage, id, &anna()), Some(Reading::Own(ANNA)));
}

#[test]
fn a_supervisor_reads_the_transcript_while_monitoring_with_a_token_that_allows_it() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    assert_eq!(reading(&stage, id, &sofie()), None);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    assert_eq!(reading(&stage, id, &sofie()), Some(Reading::Everything));
    assert_eq!(reading(&stage, id, &simon()), None);
    let lesser = Token::of("sofie")
        .supervises()
        .without(Permission::Monitor)
        .asks();
    assert_eq!(reading(&stage, id, &lesser), None);
    stage.does(&sofie(), id, Act::StopMonitoring);
    assert_eq!(reading(&stage, id, &sofie()), None);
}

#[test]
fn gateways_read_what_is_public_and_administrators_nothing() {
    let (stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    assert_eq!(reading(&stage, id, &gateway()), Some(Reading::Public));
    assert_eq!(reading(&stage, id, &admin()), None);
}

#[test]
fn an_event_says_who_saw_the_conversation_only_before() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let before = stage.conversation(id).footprint();
    stage.does(
        &sofie(),
        id,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    let event = &stage.decision.as_ref().unwrap().events[0];
    assert_eq!(event.before, Some(before));
    assert_eq!(event.conversation().unwrap().queue, SALES);
    stage.customer_writes(id, 0.0);
    assert_eq!(stage.decision.as_ref().unwrap().events[0].before, None);
}
