//! Whose score of a message counts: a supervisor's, the gateway's, the operator's, Regie's own (domain.md section 6).

use super::*;
use crate::sentiment::{level_of, score_of};
use commands::{CorrectSentiment, CustomerMessage, Edit, LateScore, OnMessage};

fn score(value: f32, source: ScoreSource) -> MessageScore {
    MessageScore {
        source,
        ..MessageScore::supplied(value, 1.0, Some("en"), "test", "1").unwrap()
    }
}

fn wrote(stage: &mut Stage, id: ConversationId, value: f32, source: ScoreSource) -> MessageId {
    let message = stage.message();
    let act = Act::CustomerMessage(CustomerMessage {
        score: Some(score(value, source)),
        ..CustomerMessage::of_text(message, "said")
    });
    stage.does(&gateway(), id, act);
    message
}

fn late(stage: &mut Stage, message: MessageId, text: &str, value: f32) -> Vec<Kind> {
    let command = Command::LateScore(Box::new(LateScore {
        message,
        text: text.into(),
        score: score(value, ScoreSource::Operator),
    }));
    stage.play(&Asker::System, &command).unwrap()
}

fn on(stage: &mut Stage, asker: &Asker, message: MessageId, act: MessageAct) -> Played {
    let on = OnMessage {
        message: MessageName::Id(message),
        channel: None,
        act,
    };
    let played = stage.play(asker, &on.into());
    played.map_err(|refusal| refusal.code())
}

fn corrects(stage: &mut Stage, message: MessageId, level: SentimentLevel) -> Played {
    let act = MessageAct::CorrectSentiment(CorrectSentiment(level));
    on(stage, &sofie(), message, act)
}

fn watched() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    (stage, id)
}

fn level(stage: &Stage, id: ConversationId) -> SentimentLevel {
    stage.conversation(id).sentiment.level
}

#[test]
fn the_operators_score_takes_the_place_of_regies_own_and_alerts_as_any_other() {
    let (mut stage, id) = watched();
    let message = wrote(&mut stage, id, 0.0, ScoreSource::Default);
    let version = stage.conversation(id).version;
    let kinds = late(&mut stage, message, "said", -0.9);
    let expected = [
        Kind::MessageScored,
        Kind::SentimentChanged,
        Kind::SentimentAlertRaised,
        Kind::AttentionChanged,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(level(&stage, id), SentimentLevel::VeryNegative);
    assert_eq!(stage.conversation(id).version, version);
    // Once: the same answer again comes too late.
    assert!(late(&mut stage, message, "said", 0.9).is_empty());
}

#[test]
fn a_late_score_is_dropped_after_an_edit_a_higher_source_the_end_and_while_analysis_is_off() {
    let (mut stage, id) = watched();
    let by_gateway = wrote(&mut stage, id, 0.0, ScoreSource::Gateway);
    assert!(late(&mut stage, by_gateway, "said", -0.9).is_empty());

    let edited = wrote(&mut stage, id, 0.0, ScoreSource::Default);
    let edit = MessageAct::Edit(Edit {
        text: "said otherwise".into(),
        attachments: None,
        score: Some(score(0.0, ScoreSource::Default)),
        meaning: Meaning::default(),
        at: None,
    });
    on(&mut stage, &gateway(), edited, edit).unwrap();
    assert!(late(&mut stage, edited, "said", -0.9).is_empty());

    let corrected = wrote(&mut stage, id, 0.0, ScoreSource::Default);
    corrects(&mut stage, corrected, SentimentLevel::Positive).unwrap();
    assert!(late(&mut stage, corrected, "said", -0.9).is_empty());

    let removed = wrote(&mut stage, id, 0.0, ScoreSource::Default);
    let remove = MessageAct::Remove(commands::Remove { at: None });
    on(&mut stage, &gateway(), removed, remove).unwrap();
    assert!(late(&mut stage, removed, "said", -0.9).is_empty());

    let last = wrote(&mut stage, id, 0.0, ScoreSource::Default);
    let analyses = |sentiment_analysis| SettingsPatch {
        sentiment_analysis: Some(sentiment_analysis),
        ..SettingsPatch::default()
    };
    stage.sets(analyses(false));
    assert!(late(&mut stage, last, "said", -0.9).is_empty());
    stage.sets(analyses(true));
    stage.does(&simon(), id, Act::ForceClose);
    assert!(late(&mut stage, last, "said", -0.9).is_empty());
}

#[test]
fn a_supervisor_in_a_session_is_believed_over_everybody() {
    let (mut stage, id) = watched();
    let message = wrote(&mut stage, id, 0.9, ScoreSource::Gateway);
    let kinds = corrects(&mut stage, message, SentimentLevel::VeryNegative).unwrap();
    let expected = [
        Kind::SentimentCorrected,
        Kind::MessageScored,
        Kind::SentimentChanged,
    ];
    assert_eq!(kinds[..3], expected);
    assert_eq!(level(&stage, id), SentimentLevel::VeryNegative);
    let shown = stage.conversation(id).sentiment.scorer.clone();
    assert_eq!(shown.as_deref(), Some("test"), "it does not tell of a look");
    // The same again changes nothing, and without a session nobody corrects.
    let again = corrects(&mut stage, message, SentimentLevel::VeryNegative);
    assert_eq!(again, Ok(vec![]));
    stage.does(&sofie(), id, Act::StopMonitoring);
    let refused = corrects(&mut stage, message, SentimentLevel::Neutral);
    assert_eq!(refused, Err(Code::NotMonitoring));
}

#[test]
fn every_level_stands_for_a_score_of_its_own_and_back() {
    for level in SentimentLevel::ALL {
        let score = score_of(*level);
        assert_eq!(level_of(score), *level);
    }
}

#[test]
fn an_old_message_without_a_score_takes_its_own_place_in_the_window() {
    let (mut stage, id) = watched();
    let unread = MessageScore {
        score: None,
        confidence: 0.0,
        ..score(0.0, ScoreSource::Default)
    };
    let first = MessageId::new(stage.now);
    let act = Act::CustomerMessage(CustomerMessage {
        score: Some(unread),
        ..CustomerMessage::of_text(first, "said")
    });
    stage.does(&gateway(), id, act);
    stage.pass(60);
    let second = MessageId::new(stage.now);
    let act = Act::CustomerMessage(CustomerMessage {
        score: Some(score(0.0, ScoreSource::Default)),
        ..CustomerMessage::of_text(second, "said")
    });
    stage.does(&gateway(), id, act);
    corrects(&mut stage, first, SentimentLevel::VeryPositive).unwrap();
    assert_eq!(stage.conversation(id).sentiment.messages, [first, second]);
}
