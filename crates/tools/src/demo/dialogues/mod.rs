//! The demo's own dialogues, English and Dutch: short, with moods that come and go.
//!
//! A dialogue begins with `= LINE | SUBJECT`; `C:` is what the customer writes, `A:` what the agent
//! answers, and `C -60:` what the channel's own service scores at -0.6. Regie's scorer knows
//! English; a gateway that wants sentiment in Dutch supplies it. The first turn is the customer's.

mod phrases;

use std::sync::LazyLock;

pub(super) use phrases::{bot_greeting, impatience, set_aside};

/// The language of a dialogue and of who can hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    English,
    Dutch,
}

/// What a dialogue is about, which decides where it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    Sales,
    Service,
    Vip,
    Voice,
}

/// Who says a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Customer,
    Agent,
}

/// One turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) who: Who,
    pub(super) text: &'static str,
    /// The score that the gateway supplies, in hundredths.
    pub(super) mood: Option<i8>,
}

/// One dialogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialogue {
    pub(super) language: Language,
    pub(super) line: Line,
    pub(super) subject: &'static str,
    pub(super) turns: Vec<Turn>,
}

/// Every dialogue, in the order of the files.
pub(super) fn all() -> &'static [Dialogue] {
    static ALL: LazyLock<Vec<Dialogue>> = LazyLock::new(|| {
        let english = parse(Language::English, include_str!("english.txt"));
        let dutch = parse(Language::Dutch, include_str!("dutch.txt"));
        english.chain(dutch).collect()
    });
    &ALL
}

/// What stands in a file is checked by the tests below; what is no dialogue is left out.
fn parse(language: Language, file: &'static str) -> impl Iterator<Item = Dialogue> {
    file.split("\n\n").filter_map(move |block| {
        let mut lines = block.trim().lines();
        let (line, subject) = lines.next()?.strip_prefix("= ")?.split_once(" | ")?;
        let line = match line {
            "sales" => Line::Sales,
            "service" => Line::Service,
            "vip" => Line::Vip,
            "voice" => Line::Voice,
            _ => return None,
        };
        let turns = lines.map(turn).collect::<Option<_>>()?;
        Some(Dialogue {
            language,
            line,
            subject,
            turns,
        })
    })
}

fn turn(line: &'static str) -> Option<Turn> {
    let (head, text) = line.split_once(": ")?;
    let (who, mood) = match head.split_once(' ') {
        None => (head, None),
        Some((who, mood)) => (who, Some(mood.parse().ok()?)),
    };
    let who = match who {
        "C" => Who::Customer,
        "A" => Who::Agent,
        _ => return None,
    };
    Some(Turn { who, text, mood })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use domain::SentimentScorer as _;
    use domain::sentiment::RecentScores;
    use domain::{MessageId, MessageScore, SentimentLevel};
    use sentiment::LinearScorer;

    use super::*;

    /// The levels that a dialogue goes through, as Regie finds them.
    fn levels(dialogue: &Dialogue) -> Vec<SentimentLevel> {
        let customer = dialogue.turns.iter();
        levels_of(customer.filter(|turn| turn.who == Who::Customer).copied())
    }

    fn levels_of(turns: impl Iterator<Item = Turn>) -> Vec<SentimentLevel> {
        let scorer = LinearScorer::new();
        let mut recent = RecentScores::default();
        let mut level = |turn: Turn| {
            let score = match turn.mood {
                None => scorer.score(turn.text),
                Some(mood) => {
                    let score = f32::from(mood) / 100.0;
                    MessageScore::supplied(score, 0.9, Some("nl"), "gateway", "1").unwrap()
                }
            };
            recent.push(MessageId::new(chrono::DateTime::UNIX_EPOCH), score);
            recent.assess().level
        };
        turns.map(&mut level).collect()
    }

    #[test]
    fn every_block_of_the_files_is_a_dialogue() {
        for (language, file) in [
            (Language::English, include_str!("english.txt")),
            (Language::Dutch, include_str!("dutch.txt")),
        ] {
            let dialogues: Vec<_> = parse(language, file).collect();
            assert_eq!(dialogues.len(), file.matches("\n= ").count() + 1);
            assert_eq!(dialogues.len(), 12);
            for dialogue in dialogues {
                assert_eq!(dialogue.turns[0].who, Who::Customer, "{}", dialogue.subject);
                assert!(dialogue.turns.len() >= 5, "{}", dialogue.subject);
            }
        }
    }

    #[test]
    fn each_language_has_each_line() {
        let places: BTreeSet<_> = all().iter().map(|d| (d.language, d.line)).collect();
        assert_eq!(places.len(), 8);
    }

    #[test]
    fn in_each_language_some_turn_sour_recover_and_please() {
        use SentimentLevel::{Negative, Positive, VeryNegative, VeryPositive};
        for language in [Language::English, Language::Dutch] {
            let spoken = all().iter().filter(|d| d.language == language);
            let arcs: Vec<_> = spoken.map(levels).collect();
            let sour = |level: &SentimentLevel| [Negative, VeryNegative].contains(level);
            let pleased = |level: &SentimentLevel| [Positive, VeryPositive].contains(level);
            let count = |is: &dyn Fn(&Vec<SentimentLevel>) -> bool| {
                arcs.iter().filter(|arc| is(arc)).count()
            };
            assert!(count(&|arc| arc.iter().any(sour)) >= 4, "{arcs:#?}");
            assert!(count(&|arc| arc.iter().any(pleased)) >= 4, "{arcs:#?}");
            let recovers =
                |arc: &Vec<SentimentLevel>| arc.iter().any(sour) && !arc.last().is_some_and(sour);
            assert!(count(&recovers) >= 3, "{arcs:#?}");
        }
    }

    #[test]
    fn who_waits_and_waits_turns_sour() {
        for language in [Language::English, Language::Dutch] {
            let last = *levels_of(impatience(language).into_iter()).last().unwrap();
            let sour = [SentimentLevel::Negative, SentimentLevel::VeryNegative];
            assert!(sour.contains(&last), "{last:?}");
        }
    }
}
