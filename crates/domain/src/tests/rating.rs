//! How customers rate the contact (domain.md section 11).

use super::*;
use crate::policy::reads_in_session;

fn rate(score: u8, comment: Option<&str>) -> Act {
    Act::RecordRating(commands::RecordRating {
        score,
        comment: comment.map(Into::into),
    })
}

#[test]
fn a_contact_is_rated_once_from_after_work_until_seven_days_after_its_end() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let refused = |stage: &mut Stage, id| stage.refused(&gateway(), id, rate(5, None));
    assert_eq!(
        refused(&mut stage, id),
        Refusal::RatingNotPossible,
        "ACTIVE"
    );
    stage.does(&anna(), id, Act::End);
    let before = stage.conversation(id);
    stage.pass(60);
    assert_eq!(
        stage.does(&gateway(), id, rate(4, Some("Quick."))),
        [Kind::RatingRecorded]
    );
    let after = stage.conversation(id);
    let rating = after.rating.unwrap();
    assert_eq!((rating.score, rating.at), (4, stage.now));
    let same = Conversation {
        rating: None,
        ..(*after).clone()
    };
    assert_eq!(same, still(&before), "no version, no activity, no clock");
    assert_eq!(refused(&mut stage, id), Refusal::RatingNotPossible, "twice");

    for (seconds, possible) in [(7 * 86_400, true), (7 * 86_400 + 1, false)] {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        stage.does(&anna(), id, Act::End);
        stage.does(&anna(), id, Act::Close);
        stage.pass(seconds);
        let rated = stage.act(&gateway(), id, rate(1, None));
        assert_eq!(rated.is_ok(), possible, "{seconds}");
    }
}

#[test]
fn a_rating_is_one_to_five_and_the_gateways_and_what_was_said_is_not_in_the_log() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    for score in [0, 6, 255] {
        let refused = stage.refused(&gateway(), id, rate(score, None));
        assert_eq!(refused.code(), Code::InvalidInput);
    }
    for asker in [anna(), sofie(), admin()] {
        assert_eq!(
            stage.refused(&asker, id, rate(5, None)).code(),
            Code::RoleRequired
        );
    }
    stage.does(&gateway(), id, rate(1, Some("Anna was rude.")));
    let decision = stage.decision.as_ref().unwrap();
    assert_eq!(
        decision.texts,
        [Text::RatingComment(id, "Anna was rude.".into())]
    );
    let log = format!("{:?} {:?}", decision.events, decision.outcome);
    assert!(!log.contains("rude"), "{log}");
}

#[test]
fn what_a_customer_said_of_it_is_read_in_a_session_only() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    let reads = |stage: &Stage, token: Token| {
        let (viewer, image) = (token.viewer(), stage.conversation(id));
        let agent = stage.world.agent_of(viewer.subject()).map(|agent| &**agent);
        reads_in_session(&viewer, agent, &image, stage.now)
    };
    let sofie_watches = || Token::of("sofie").supervises();
    assert!(!reads(&stage, sofie_watches()));
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    assert!(reads(&stage, sofie_watches()));
    assert!(!reads(&stage, sofie_watches().without(Permission::Monitor)));
    assert!(!reads(&stage, Token::of("simon").supervises()));
    assert!(!reads(&stage, Token::of("anna").role(Role::Agent)));
    let all = Token::of("gateway")
        .role(Role::CustomerGateway)
        .channels(Scope::All);
    assert!(!reads(&stage, all));
}
