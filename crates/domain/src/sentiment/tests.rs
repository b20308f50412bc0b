//! Tables and properties of the rolling level.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn scored(score: f32, confidence: f32) -> MessageScore {
    MessageScore::supplied(score, confidence, Some("en"), "test", "1").unwrap()
}

fn statement() -> MessageScore {
    scored(0.0, 0.25)
}

fn furious() -> MessageScore {
    scored(-0.9, 0.9)
}

/// "ok": neither a feeling nor a language.
fn says_nothing() -> MessageScore {
    MessageScore {
        language: None,
        ..scored(0.0, 0.0)
    }
}

fn dutch() -> MessageScore {
    MessageScore {
        score: None,
        language: Some("nl".into()),
        ..scored(0.0, 0.0)
    }
}

fn recent(scores: impl IntoIterator<Item = MessageScore>) -> RecentScores {
    let mut recent = RecentScores::default();
    for score in scores {
        recent.push(MessageId::new(chrono::DateTime::UNIX_EPOCH), score);
    }
    recent
}

fn level(scores: impl IntoIterator<Item = MessageScore>) -> SentimentLevel {
    recent(scores).assess().level
}

/// A scored message that was sent as it came in.
fn one(message: MessageId, score: MessageScore) -> Scored {
    Scored {
        message,
        score,
        sent_at: None,
    }
}

#[test]
fn the_bounds_of_the_levels() {
    use SentimentLevel::{
        Negative, Neutral, NotAvailable, Positive, SlightlyNegative, SlightlyPositive,
        VeryNegative, VeryPositive,
    };
    for (score, expected) in [
        (-1.0, VeryNegative),
        (-0.65, VeryNegative),
        (-0.649, Negative),
        (-0.4, Negative),
        (-0.399, SlightlyNegative),
        (-0.2, SlightlyNegative),
        (-0.199, Neutral),
        (0.0, Neutral),
        (-0.0, Neutral),
        (0.199, Neutral),
        (0.2, SlightlyPositive),
        (0.4, Positive),
        (0.65, VeryPositive),
        (1.0, VeryPositive),
        (f32::NAN, NotAvailable),
    ] {
        assert_eq!(level_of(Some(score)), expected, "{score}");
    }
    assert_eq!(level_of(None), NotAvailable);
}

#[test]
fn the_alert_thresholds() {
    use SentimentLevel::{Negative, SlightlyNegative, VeryNegative};
    let table: [(_, &[SentimentLevel]); 4] = [
        (AlertThreshold::DoNotSend, &[]),
        (AlertThreshold::VeryNegative, &[VeryNegative]),
        (AlertThreshold::Negative, &[VeryNegative, Negative]),
        (
            AlertThreshold::SlightlyNegative,
            &[VeryNegative, Negative, SlightlyNegative],
        ),
    ];
    for (threshold, alerting) in table {
        for level in SentimentLevel::ALL {
            assert_eq!(
                at_or_below(*level, threshold),
                alerting.contains(level),
                "{level} {threshold}"
            );
        }
    }
}

#[test]
fn a_conversation_starts_neutral() {
    assert_eq!(RecentScores::default().assess(), Assessment::initial());
    assert_eq!(Assessment::initial().level, SentimentLevel::Neutral);
    assert_eq!(Assessment::initial().score, Some(0.0));
}

#[test]
fn three_calm_messages_after_a_furious_one_bring_it_back_to_neutral() {
    use SentimentLevel::{Negative, Neutral, SlightlyNegative, VeryNegative};
    let mut scores = recent([furious()]);
    let mut levels = vec![scores.assess().level];
    for _ in 0..3 {
        scores.push(MessageId::new(chrono::DateTime::UNIX_EPOCH), statement());
        levels.push(scores.assess().level);
    }
    assert_eq!(levels, [VeryNegative, Negative, SlightlyNegative, Neutral]);
}

#[test]
fn a_furious_message_after_calm_ones_shows_at_once() {
    assert_eq!(
        level([
            statement(),
            statement(),
            statement(),
            statement(),
            statement(),
            furious()
        ]),
        SentimentLevel::VeryNegative
    );
    assert_eq!(
        level([scored(0.8, 0.9), scored(0.8, 0.9), furious()]),
        SentimentLevel::SlightlyNegative
    );
}

#[test]
fn an_ok_calms_slower_than_a_statement() {
    let after_ok = recent([furious(), says_nothing()]).assess();
    assert!(after_ok.score < recent([furious(), statement()]).assess().score);
    assert_eq!(
        level([
            furious(),
            says_nothing(),
            says_nothing(),
            says_nothing(),
            says_nothing()
        ]),
        SentimentLevel::Neutral
    );
}

#[test]
fn without_any_score_the_level_is_not_available_once_something_was_written() {
    let assessment = recent([dutch()]).assess();
    assert_eq!(assessment.level, SentimentLevel::NotAvailable);
    assert_eq!(
        (assessment.score, assessment.language.as_deref()),
        (None, Some("nl"))
    );
    assert!(assessment.messages.is_empty());
    assert_eq!(level([]), SentimentLevel::Neutral);
    assert_eq!(level([says_nothing()]), SentimentLevel::Neutral);
    assert_eq!(level([dutch(), says_nothing()]), SentimentLevel::Neutral);
}

#[test]
fn a_message_without_a_score_takes_no_place() {
    let mut scores = recent([furious()]);
    let before = scores.assess();
    scores.push(MessageId::new(chrono::DateTime::UNIX_EPOCH), dutch());
    let after = scores.assess();
    let in_english = Assessment {
        language: Some("en".into()),
        ..after.clone()
    };
    assert_eq!(in_english, before);
    assert_eq!(after.language.as_deref(), Some("nl"), "of the newest");
    let many = std::iter::once(furious()).chain((0..7).map(|_| dutch()));
    assert_eq!(level(many), SentimentLevel::VeryNegative);
}

#[test]
fn an_image_of_before_keeps_of_those_without_a_score_the_newest() {
    let id = || MessageId::new(chrono::DateTime::UNIX_EPOCH);
    let (old, new) = (id(), id());
    let kept = RecentScores::from(vec![
        one(old, dutch()),
        one(id(), furious()),
        one(new, dutch()),
    ]);
    assert_eq!(kept.as_slice().len(), 1);
    let text = serde_json::to_string(&kept).unwrap();
    assert!(text.contains(&new.to_string()) && !text.contains(&old.to_string()));
    assert_eq!(serde_json::from_str::<RecentScores>(&text).unwrap(), kept);
}

#[test]
fn the_same_message_counts_once() {
    let mut scores = RecentScores::default();
    let id = MessageId::new(chrono::DateTime::UNIX_EPOCH);
    scores.push(id, furious());
    scores.push(id, statement());
    assert_eq!(scores.as_slice(), [one(id, statement())]);
}

#[test]
fn a_supplied_score_is_checked() {
    let supplied = |score, confidence, language, scorer: &str, version: &str| {
        MessageScore::supplied(score, confidence, language, scorer, version)
            .map(|score| (score.score, score.language))
    };
    assert_eq!(
        supplied(0.12345, 1.0, Some("NL"), "x", "1"),
        Ok((Some(0.123), Some("nl".into())))
    );
    assert_eq!(
        supplied(-0.0001, 1.0, None, "x", "1"),
        Ok((Some(0.0), None))
    );
    for score in [f32::NAN, f32::INFINITY, 1.01, -1.01] {
        assert_eq!(
            supplied(score, 1.0, None, "x", "1"),
            Err(InvalidScore::Score)
        );
    }
    for confidence in [f32::NAN, -0.1, 1.1] {
        assert_eq!(
            supplied(0.0, confidence, None, "x", "1"),
            Err(InvalidScore::Confidence)
        );
    }
    for language in ["", "e", "eng", "e1", "é"] {
        assert_eq!(
            supplied(0.0, 1.0, Some(language), "x", "1"),
            Err(InvalidScore::Language),
            "{language}"
        );
    }
    assert_eq!(
        supplied(0.0, 1.0, None, " ", "1"),
        Err(InvalidScore::Scorer)
    );
    assert_eq!(
        supplied(0.0, 1.0, None, "x", &"v".repeat(65)),
        Err(InvalidScore::ScorerVersion)
    );
}

#[test]
fn json_is_short_and_has_three_decimals_in_values_too() {
    let id = MessageId::new(chrono::DateTime::UNIX_EPOCH);
    let scores = RecentScores::from(vec![one(id, scored(0.1234, 0.7))]);
    let text = format!(
        r#"[["{id}",{{"score":0.123,"confidence":0.7,"language":"en","scorer":"test","scorer_version":"1","source":"GATEWAY"}}]]"#
    );
    assert_eq!(serde_json::to_string(&scores).unwrap(), text);
    assert_eq!(
        serde_json::to_value(&scores).unwrap()[0][1]["score"].to_string(),
        "0.123"
    );
    assert_eq!(serde_json::from_str::<RecentScores>(&text).unwrap(), scores);
}

fn any_score() -> impl Strategy<Value = MessageScore> {
    prop_oneof![
        4 => (-1.0f32..=1.0, 0.0f32..=1.0).prop_map(|(score, confidence)| scored(score, confidence)),
        1 => Just(dutch()),
        1 => Just(says_nothing()),
    ]
}

proptest! {
    #[test]
    fn an_assessment_stays_within_its_bounds(scores in prop::collection::vec(any_score(), 0..12)) {
        let recent = recent(scores.clone());
        let assessment = recent.assess();
        prop_assert!(recent.as_slice().len() <= RECENT_MESSAGES);
        let known: Vec<_> = scores.iter().filter(|one| one.score.is_some()).collect();
        let newest = &known[known.len().saturating_sub(RECENT_MESSAGES)..];
        prop_assert!(recent.as_slice().iter().map(|one| &one.score).eq(newest.iter().copied()));
        prop_assert_eq!(assessment.level, level_of(assessment.score));
        prop_assert!((0.0..=1.0).contains(&assessment.confidence));
        // What nobody is sure of at all says nothing.
        let tells = newest.iter().any(|one| one.confidence > 0.0);
        let known: Vec<f32> = newest.iter().filter_map(|one| one.score).collect();
        if !known.is_empty() && !tells {
            prop_assert_eq!(assessment.score, Some(0.0));
        } else if let (Some(score), false) = (assessment.score, known.is_empty()) {
            let (low, high) = known.iter().fold((1.0f32, -1.0f32), |(low, high), one| (low.min(*one), high.max(*one)));
            prop_assert!(score >= low - 0.001 && score <= high + 0.001);
        }
    }

    #[test]
    fn a_better_score_never_makes_the_assessment_worse(
        scores in prop::collection::vec((-1.0f32..=1.0, 0.01f32..=1.0), 1..=6), at in 0usize..6, better in 0.0f32..=2.0,
    ) {
        let all: Vec<_> = scores.iter().map(|(score, confidence)| scored(*score, *confidence)).collect();
        let at = at % all.len();
        let mut improved = all.clone();
        improved[at].score = Some((scores[at].0 + better).min(1.0));
        let (before, after) = (recent(all).assess().score, recent(improved).assess().score);
        prop_assert!(after.unwrap() >= before.unwrap() - 0.001);
    }

    #[test]
    fn scores_read_back_from_their_json(scores in prop::collection::vec(any_score(), 0..12)) {
        let recent = recent(scores);
        let text = serde_json::to_string(&recent).unwrap();
        let back: RecentScores = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &recent);
        let value = serde_json::to_value(recent.assess()).unwrap();
        prop_assert_eq!(serde_json::from_value::<Assessment>(value).unwrap(), recent.assess());
    }
}

/// A message that was sent at this second, whenever it comes in.
fn sent(scores: &mut RecentScores, second: i64) {
    let at = |second| chrono::DateTime::from_timestamp(second, 0).unwrap();
    let message = MessageId::new(at(1_000));
    #[allow(clippy::cast_precision_loss)] // Small numbers.
    let score = scored(second as f32 / 1000.0, 1.0);
    scores.place(message, score, Some(at(second)));
}

fn order(scores: &RecentScores) -> Vec<i64> {
    let sent = scores.as_slice().iter().map(|one| one.sent_at);
    sent.map(|at| at.map_or(-1, |at| at.timestamp())).collect()
}

#[test]
fn the_window_is_in_the_order_of_sending_and_what_is_older_than_all_of_it_changes_nothing() {
    let mut scores = RecentScores::default();
    for second in [50, 20, 40, 30, 60, 10] {
        sent(&mut scores, second);
    }
    assert_eq!(order(&scores), [10, 20, 30, 40, 50, 60]);
    let before = scores.clone();
    sent(&mut scores, 5);
    assert_eq!(scores, before);
    sent(&mut scores, 35);
    assert_eq!(order(&scores), [20, 30, 35, 40, 50, 60]);
    // Of equals the one that came in last is the newest.
    scores.push(
        MessageId::new(chrono::DateTime::from_timestamp(60, 0).unwrap()),
        statement(),
    );
    assert_eq!(order(&scores), [30, 35, 40, 50, 60, -1]);
    let json = serde_json::to_string(&scores).unwrap();
    assert_eq!(serde_json::from_str::<RecentScores>(&json).unwrap(), scores);
}
