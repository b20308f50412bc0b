//! The demo's own dialogues, English and Dutch: short, with moods that come and go.
//!
//! A dialogue begins with `= LINE | SUBJECT`, and perhaps `| KEY=VALUE …`: its `tags` (with commas), `priority`,
//! `channel`, `disposition` and usual `rating`; every other key is an attribute of the conversation. `C:` is what the
//! customer writes, `A:` what the agent answers, and a line that begins with `+` is something beside the text of the
//! turn above it ([`extras`]). The first turn is the customer's. Nobody scores the texts but Regie.

mod extras;
mod phrases;

use std::sync::LazyLock;

use serde_json::{Value, json};

pub(super) use extras::Extra;
use phrases::closing_note;
pub(super) use phrases::{
    bot_greeting, help_note, impatience, one_answer_more, one_thing_more, rating_comment, set_aside,
};

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

impl Who {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Customer => Self::Agent,
            Self::Agent => Self::Customer,
        }
    }
}

/// One turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    pub(super) who: Who,
    /// Empty: there is only what is attached.
    pub(super) text: &'static str,
    pub(super) extras: &'static [Extra],
}

impl Turn {
    /// An agent's turn without anything beside its text.
    pub(super) const fn of_agent(text: &'static str) -> Self {
        Self {
            who: Who::Agent,
            text,
            extras: &[],
        }
    }
}

/// One dialogue.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dialogue {
    pub(super) language: Language,
    pub(super) line: Line,
    pub(super) subject: &'static str,
    pub(super) labels: Labels,
    pub(super) turns: Vec<Turn>,
}

impl Dialogue {
    /// What is noted of its conversation, as `AttributeInput` has it.
    pub(super) fn attributes(&self) -> Vec<Value> {
        let attributes = self.labels.attributes.iter();
        attributes
            .map(|(key, value)| json!({ "key": key, "value": value }))
            .collect()
    }

    /// What whoever closes it says of it, as `CloseConversationInput` has it.
    pub(super) fn closing(&self) -> Value {
        let disposition = self.labels.disposition;
        let note = closing_note(self.language, disposition);
        json!({ "dispositionCode": disposition, "note": note })
    }
}

/// What is known of a dialogue's conversation from the start, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) tags: Vec<&'static str>,
    pub(super) priority: &'static str,
    /// The channel that it needs; none: any messaging channel.
    pub(super) channel: Option<&'static str>,
    /// The code of the disposition, where the workstream has some.
    pub(super) disposition: &'static str,
    /// How its customers usually rate it.
    pub(super) rating: u8,
    pub(super) attributes: Vec<(&'static str, &'static str)>,
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
        let mut head = lines.next()?.strip_prefix("= ")?.split(" | ");
        let line = match head.next()? {
            "sales" => Line::Sales,
            "service" => Line::Service,
            "vip" => Line::Vip,
            "voice" => Line::Voice,
            _ => return None,
        };
        Some(Dialogue {
            language,
            line,
            subject: head.next()?,
            labels: Labels::parse(line, head.next().unwrap_or_default())?,
            turns: turns(lines)?,
        })
    })
}

impl Labels {
    fn parse(line: Line, text: &'static str) -> Option<Self> {
        let mut labels = Self {
            tags: Vec::new(),
            priority: "NORMAL",
            channel: None,
            disposition: if line == Line::Sales {
                "ORDER"
            } else {
                "RESOLVED"
            },
            rating: 4,
            attributes: Vec::new(),
        };
        for pair in text.split_whitespace() {
            let (key, value) = pair.split_once('=')?;
            match key {
                "tags" => labels.tags = value.split(',').collect(),
                "priority" => labels.priority = value,
                "channel" => labels.channel = Some(value),
                "disposition" => labels.disposition = value,
                "rating" => labels.rating = value.parse().ok()?,
                _ => labels.attributes.push((key, value)),
            }
        }
        Some(labels)
    }
}

fn turns(lines: impl Iterator<Item = &'static str>) -> Option<Vec<Turn>> {
    let mut turns: Vec<(Who, &'static str, Vec<Extra>)> = Vec::new();
    for line in lines {
        match line.split_at_checked(2)? {
            ("C:", text) => turns.push((Who::Customer, text.trim(), Vec::new())),
            ("A:", text) => turns.push((Who::Agent, text.trim(), Vec::new())),
            ("+ ", extra) => turns.last_mut()?.2.push(Extra::parse(extra)?),
            _ => return None,
        }
    }
    let turns = turns.into_iter().map(|(who, text, extras)| Turn {
        who,
        text,
        // Once, for as long as the demo runs.
        extras: extras.leak(),
    });
    Some(turns.collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use domain::SentimentScorer as _;
    use domain::sentiment::RecentScores;
    use domain::{MessageId, SentimentLevel};
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
            let score = scorer.score(turn.text);
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
            assert!(dialogues.len() >= 12);
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
