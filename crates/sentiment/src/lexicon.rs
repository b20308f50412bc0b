//! The built-in scorer: English by lexicon, every other language not available.
//!
//! The ratings are those of VADER (Hutto and Gilbert, 2014; MIT licence) as the crate
//! `vader_sentiment` publishes them. The crate's own scoring is not used: it counts the marks of
//! "Where is my order??" as displeasure, strengthens by parts of words ("so" in "also"), and lets
//! "extremely" soften a complaint. The rules here are fewer, and made for customers who write to
//! a service; `service_words` has the lists.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::language::{self, Detected, ENGLISH_CODE};
use super::service_words::{
    AGREEMENT, BOOSTERS, BORROWED, BUSINESS, CHARGED, EMOJI, NEGATORS, NEUTRAL, PHRASES, SOFTENERS,
    WISHES,
};
use super::tokens::{Kind, Token, Tokens, tokens};
use domain::MessageScore;
use domain::SentimentScorer;
use domain::sentiment::rounded;

/// Ratings nearer to 0 are noise: "pay", "leave", "number".
const LEAST_CHARGE: f32 = 0.9;
/// What a booster adds to the word right behind it.
const BOOST: f32 = 0.35;
/// What capitals add to a word, in a message that is not all capitals.
const SHOUT: f32 = 0.7;
/// What an exclamation mark adds to the whole, four at most.
const EXCLAMATION: f32 = 0.292;
/// How far back a negation or a booster reaches, in words of the same clause.
const REACH: usize = 3;
/// The sum of charges whose score is about 0.7.
const SATURATION: f32 = 15.0;
/// What is left of praise that the customer looks for.
const WISHED: f32 = 0.25;
/// What is left of praise that only acknowledges.
const ACKNOWLEDGED: f32 = 0.4;
/// How sure a score is when no word has a charge: a statement, which is NEUTRAL but should not
/// outweigh a feeling.
const STATEMENT: f32 = 0.25;

/// Scores English texts; the crate's ratings, adjusted for customer service.
#[derive(Debug)]
pub struct LexiconScorer {
    ratings: HashMap<String, f32>,
    emoji: HashMap<char, f32>,
    phrases: HashMap<&'static str, Vec<(&'static [&'static str], f32)>>,
    modifiers: HashMap<&'static str, Modifier>,
    borrowed: HashSet<&'static str>,
    agreement: HashSet<&'static str>,
    business: HashSet<&'static str>,
    name: Arc<str>,
    version: Arc<str>,
    english: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Modifier {
    Negates,
    Boosts,
    Softens,
    Wishes,
}

/// The English words that carry a charge in customer service, lower case, about -4 to 4.
pub fn english_ratings() -> HashMap<String, f32> {
    let mut ratings: HashMap<String, f32> = vader_sentiment::LEXICON
        .iter()
        .filter(|(_, rating)| rating.abs() >= f64::from(LEAST_CHARGE))
        // Ratings have one decimal.
        .map(|(word, rating)| {
            #[allow(clippy::cast_possible_truncation)]
            let rating = *rating as f32;
            (word.to_lowercase(), rating)
        })
        .collect();
    for word in NEUTRAL.split_whitespace() {
        ratings.remove(word);
    }
    ratings.extend(
        CHARGED
            .iter()
            .map(|(word, charge)| ((*word).to_owned(), *charge)),
    );
    ratings
}

impl LexiconScorer {
    /// The scorer's name.
    pub const NAME: &'static str = "regie-lexicon";
    /// The scorer's version; it rises with every change of lists or rules.
    pub const VERSION: &'static str = "1";

    /// A scorer; building one takes some milliseconds, so share it.
    pub fn new() -> Self {
        let ratings = english_ratings();
        let mut phrases: HashMap<_, Vec<_>> = HashMap::new();
        for (words, charge) in PHRASES {
            phrases.entry(words[0]).or_default().push((*words, *charge));
        }
        for same_start in phrases.values_mut() {
            // The longest that fits is meant.
            same_start.sort_by_key(|(words, _): &(&[&str], f32)| std::cmp::Reverse(words.len()));
        }
        let lists = [
            (WISHES, Modifier::Wishes),
            (SOFTENERS, Modifier::Softens),
            (BOOSTERS, Modifier::Boosts),
            (NEGATORS, Modifier::Negates),
        ];
        let modifiers = lists
            .iter()
            .flat_map(|(list, kind)| list.split_whitespace().map(|word| (word, *kind)));
        Self {
            ratings,
            emoji: EMOJI.iter().copied().collect(),
            phrases,
            modifiers: modifiers.collect(),
            borrowed: BORROWED.split_whitespace().collect(),
            agreement: AGREEMENT.split_whitespace().collect(),
            business: BUSINESS.split_whitespace().collect(),
            name: Self::NAME.into(),
            version: Self::VERSION.into(),
            english: ENGLISH_CODE.into(),
        }
    }

    fn answer(
        &self,
        score: Option<f32>,
        confidence: f32,
        language: Option<Arc<str>>,
    ) -> MessageScore {
        MessageScore {
            score: score.map(rounded),
            confidence: rounded(confidence),
            language,
            scorer: self.name.clone(),
            scorer_version: self.version.clone(),
            source: domain::ScoreSource::Default,
        }
    }

    /// A charged word that a text of another language hardly has.
    fn is_english(&self, word: &str) -> bool {
        word.len() > 3 && self.ratings.contains_key(word) && !self.borrowed.contains(word)
    }

    fn modifier(&self, token: &Token) -> Option<Modifier> {
        self.modifiers.get(token.text.as_str()).copied()
    }

    /// The charge of every token, 0 for most. Linear in the tokens.
    fn charges(&self, text: &Tokens) -> Vec<f32> {
        let all = &text.all;
        let mixed = all
            .iter()
            .any(|token| token.kind == Kind::Word && !token.shouted && token.text.len() > 1);
        let mut charges = vec![0.0; all.len()];
        let mut wish_in = None;
        let mut at = 0;
        while at < all.len() {
            let token = &all[at];
            if let Some((length, charge)) = self.phrase(&all[at..]) {
                charges[at + length - 1] = charge;
                at += length;
                continue;
            }
            charges[at] = match token.kind {
                Kind::Emoji => token
                    .text
                    .chars()
                    .next()
                    .and_then(|c| self.emoji.get(&c))
                    .copied()
                    .unwrap_or(0.0),
                Kind::Emoticon => self.ratings.get(&token.text).copied().unwrap_or(0.0),
                Kind::Word => {
                    let charge = self.word(text, at, mixed);
                    let wished =
                        wish_in == Some(token.sentence) || text.is_question(token.sentence);
                    if wished && charge > 0.0 {
                        charge * WISHED
                    } else {
                        charge
                    }
                }
            };
            if self.modifier(token) == Some(Modifier::Wishes) {
                wish_in = Some(token.sentence);
            }
            at += 1;
        }
        turn_at_but(all, &mut charges);
        charges
    }

    fn phrase(&self, from: &[Token]) -> Option<(usize, f32)> {
        let candidates = self.phrases.get(from.first()?.text.as_str())?;
        let found = candidates.iter().find(|(words, _)| {
            from.len() >= words.len()
                && words
                    .iter()
                    .zip(from)
                    .all(|(word, token)| token.text == *word && token.clause == from[0].clause)
        })?;
        Some((found.0.len(), found.1))
    }

    fn word(&self, text: &Tokens, at: usize, mixed: bool) -> f32 {
        let token = &text.all[at];
        let Some(mut charge) = self.ratings.get(&token.text).copied() else {
            return 0.0;
        };
        if self
            .modifier(token)
            .is_some_and(|modifier| modifier != Modifier::Wishes)
            && !Self::ends_clause(text, at)
        {
            return 0.0; // "terribly late" is a strong "late", "such a joke" a strong "joke".
        }
        let sign = charge.signum();
        if token.shouted && mixed {
            charge += sign * SHOUT;
        }
        let before = &text.all[..at];
        let same_clause = || {
            before
                .iter()
                .rev()
                .take_while(|other| other.clause == token.clause)
        };
        let (mut negated, mut never, mut so) = (false, false, false);
        for (distance, other) in same_clause().take(REACH).enumerate() {
            let fades = [1.0, 0.95, 0.9][distance];
            match self.modifier(other) {
                Some(Modifier::Boosts) => charge += sign * BOOST * fades,
                Some(Modifier::Softens) => charge -= sign * BOOST * fades,
                // "no" reaches the next word only: "no answer and bad service".
                Some(Modifier::Negates) if other.text != "no" || distance == 0 => negated = true,
                _ => {}
            }
            never |= other.text == "never";
            so |= matches!(other.text.as_str(), "so" | "such" | "this");
        }
        if never && so {
            charge * 1.25 // "I have never been so angry"
        } else if negated {
            // "Not happy" is unhappy, "not angry" is hardly happy.
            charge * if charge > 0.0 { -0.74 } else { -0.3 }
        } else if charge > 0.0 && self.acknowledges(text, at) {
            charge * ACKNOWLEDGED
        } else {
            charge
        }
    }

    /// Whether a good word only acknowledges: "Great, ...", "Sounds good". (Or is bitter.)
    fn acknowledges(&self, text: &Tokens, at: usize) -> bool {
        let clause = text.all[at].clause;
        let within = |index: Option<usize>| {
            index
                .and_then(|index| text.all.get(index))
                .filter(|other| other.clause == clause)
        };
        let before = within(at.checked_sub(1));
        let opens = before.is_none_or(|other| self.agreement.contains(other.text.as_str()));
        let sounds = before.is_some_and(|other| other.text.starts_with("sound"));
        let closes = within(Some(at + 1)).is_none_or(|other| {
            other.kind == Kind::Word && self.business.contains(other.text.as_str())
        });
        sounds || (opens && closes)
    }

    fn ends_clause(text: &Tokens, at: usize) -> bool {
        text.all
            .get(at + 1)
            .is_none_or(|next| next.clause != text.all[at].clause)
    }
}

impl Default for LexiconScorer {
    fn default() -> Self {
        Self::new()
    }
}

impl SentimentScorer for LexiconScorer {
    fn score(&self, text: &str) -> MessageScore {
        let tokens = tokens(text);
        match language::detect(tokens.words(), |word| self.is_english(word)) {
            Some(Detected {
                code: ENGLISH_CODE,
                confidence,
            }) => {
                let (score, sure) = summed(&self.charges(&tokens), tokens.exclamations);
                let sure = sure.unwrap_or(STATEMENT) * (0.5 + 0.5 * confidence);
                self.answer(Some(score), sure, Some(self.english.clone()))
            }
            Some(Detected { code, confidence }) => self.answer(None, confidence, Some(code.into())),
            None => {
                // Emoji and emoticons are read in every language.
                let mut charges = self.charges(&tokens);
                for (charge, token) in charges.iter_mut().zip(&tokens.all) {
                    if token.kind == Kind::Word {
                        *charge = 0.0;
                    }
                }
                let (score, sure) = summed(&charges, 0);
                self.answer(Some(score), sure.map_or(0.0, |sure| sure * 0.5), None)
            }
        }
    }
}

/// What comes after "but" weighs more than what came before it.
fn turn_at_but(tokens: &[Token], charges: &mut [f32]) {
    let turn = tokens
        .iter()
        .position(|token| matches!(token.text.as_str(), "but" | "however"));
    if let Some(turn) = turn {
        let weights = std::iter::repeat_n(0.5, turn).chain(std::iter::repeat(1.5));
        charges
            .iter_mut()
            .zip(weights)
            .for_each(|(charge, weight)| *charge *= weight);
    }
}

/// The score, and how sure it is when anything has a charge: more charges are surer, charges that
/// contradict each other are less sure.
fn summed(charges: &[f32], exclamations: usize) -> (f32, Option<f32>) {
    let (mut sum, mut total, mut count) = (0.0f32, 0.0f32, 0u8);
    for charge in charges.iter().filter(|charge| **charge != 0.0) {
        sum += charge;
        total += charge.abs();
        count = count.saturating_add(1);
    }
    if count == 0 {
        return (0.0, None);
    }
    let agreement = (sum.abs() / total).max(0.5);
    let sure = (0.6 + 0.1 * f32::from(count)).min(0.95) * agreement;
    let marks = f32::from(u8::try_from(exclamations.min(4)).unwrap_or(4)) * EXCLAMATION;
    if sum.abs() > 0.1 {
        sum += sum.signum() * marks;
    }
    (
        (sum / (sum * sum + SATURATION).sqrt()).clamp(-1.0, 1.0),
        Some(sure),
    )
}
