//! What the next agent reads of a customer's past (domain.md section 11).

use super::policy::{Reading, earlier_reading, reads_as_next, reads_earlier};
use super::*;

/// A stage with an earlier conversation that Anna had, and one of the same customer that is OPEN.
fn returned() -> (Stage, ConversationId, ConversationId) {
    let (mut stage, earlier) = Stage::with_anna_on(Channel::WhatsApp);
    for act in [Act::End, Act::Close] {
        stage.does(&anna(), earlier, act);
    }
    let start = Start {
        customer: stage.conversation(earlier).customer,
        ..stage.starting(Channel::Sms)
    };
    let now = start.id;
    stage
        .play(&gateway(), &Command::Start(start.into()))
        .unwrap();
    (stage, earlier, now)
}

/// As the primary agent of which conversation this agent reads the earlier one.
fn as_next(stage: &Stage, agent: AgentId, earlier: ConversationId) -> Option<ConversationId> {
    let agent = &stage.world.agents[&agent];
    let image = stage.conversation(earlier);
    let next = reads_as_next(&stage.world, agent, &image, image.customer)?;
    assert!(reads_earlier(&stage.world, agent, next));
    Some(next.id)
}

#[test]
fn the_accepted_primary_agent_reads_and_only_while_they_are() {
    let (mut stage, earlier, now) = returned();
    assert_eq!(as_next(&stage, BRAM, earlier), None);
    let offer = Act::AssignToAgent(commands::AssignToAgent(to(BRAM)));
    stage.does(&simon(), now, offer);
    assert_eq!(as_next(&stage, BRAM, earlier), None, "offered");
    stage.does(&bram(), now, Act::Accept);
    assert_eq!(as_next(&stage, BRAM, earlier), Some(now));
    assert_eq!(as_next(&stage, ANNA, earlier), None);
    stage.does(&bram(), now, Act::SetAside);
    assert_eq!(as_next(&stage, BRAM, earlier), Some(now), "still theirs");
    let transfer = Act::Transfer(commands::Transfer(to(ANNA)));
    stage.does(&simon(), now, transfer);
    stage.does(&anna(), now, Act::Accept);
    assert_eq!(as_next(&stage, BRAM, earlier), None);
    assert_eq!(as_next(&stage, ANNA, earlier), Some(now));
    for act in [Act::End, Act::Close] {
        stage.does(&anna(), now, act);
    }
    assert_eq!(as_next(&stage, ANNA, earlier), None);
}

#[test]
fn neither_another_customer_nor_another_source_nor_what_goes_on_is_earlier() {
    let (mut stage, earlier, now) = returned();
    stage.does(&bram(), now, Act::Pick);
    let agent = stage.world.agents[&BRAM].clone();
    let image = (*stage.conversation(earlier)).clone();
    let others = [
        Conversation {
            customer: CustomerId(uuid::Uuid::from_u128(0xFFFF)),
            ..image.clone()
        },
        Conversation {
            source: Source::new("another"),
            ..image.clone()
        },
        Conversation {
            source: None,
            ..image.clone()
        },
        (*stage.conversation(now)).clone(),
    ];
    let next = |other: &Conversation| {
        reads_as_next(&stage.world, &agent, other, other.customer).map(|next| next.id)
    };
    assert_eq!(next(&image), Some(now));
    for other in others {
        assert_eq!(next(&other), None);
    }
    // Who was merged into this customer is this customer.
    let merged = Conversation {
        customer: CustomerId(uuid::Uuid::from_u128(0xFFFF)),
        ..image.clone()
    };
    let by_now = reads_as_next(&stage.world, &agent, &merged, image.customer);
    assert_eq!(by_now.map(|next| next.id), Some(now));
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.earlier_transcripts = false;
    });
    let next = reads_as_next(&stage.world, &agent, &image, image.customer);
    assert!(next.is_none());
}

#[test]
fn what_was_said_in_the_house_is_for_members_of_its_queue() {
    let (stage, earlier, _) = returned();
    let image = stage.conversation(earlier);
    let reading = |agent| earlier_reading(&stage.world.agents[&agent], &image);
    assert_eq!(reading(BRAM), Reading::Inside);
    assert_eq!(reading(DIRK), Reading::Public);
}

#[test]
fn a_reading_is_recorded_once_and_refused_to_whoever_may_not() {
    let (mut stage, earlier, now) = returned();
    let read = Command::ReadEarlier {
        conversation: now,
        earlier,
    };
    let refused = stage.play(&bram(), &read).unwrap_err();
    assert_eq!(refused, Refusal::NotFound);
    stage.does(&bram(), now, Act::Pick);
    for someone in [anna(), sofie(), gateway(), admin()] {
        assert_eq!(stage.play(&someone, &read), Err(Refusal::NotFound));
    }
    let reading = EarlierReading {
        conversation: now,
        agent: BRAM,
        earlier,
    };
    assert_eq!(stage.play(&bram(), &read), Ok(vec![]));
    let decision = stage.decision.clone().unwrap();
    assert_eq!(decision.texts, [Text::EarlierRead(reading, stage.now)]);
    let mut draft = Draft::new(&stage.world);
    draft.remember_closed(stage.conversation(earlier));
    draft.remember_reading(reading);
    let again = decide(&draft, &bram(), &read, None, stage.now).unwrap();
    assert_eq!((again.texts, again.events), (vec![], vec![]));
}
