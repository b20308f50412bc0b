//! The default scorer: English and Dutch by trained weights, every other language not available.

use std::cell::RefCell;
use std::sync::{Arc, PoisonError, RwLock};

use domain::sentiment::{LEVEL_BOUNDS, rounded};
use domain::{Intent, Meaning, MessageScore, ScoreSource, SentimentScorer, Understood};

use crate::adapter::{Adapter, Lesson, rows};
use crate::features::Features;
use crate::intent::{self, intent, is_closing};
use crate::language_of::Recogniser;
use crate::measure::Feels;
use crate::model::feeling::{Feeling, Model};
use crate::normal::{Kind, Plain};
use crate::phrases::Phrases;
use crate::rated::Lexicon;
use crate::service_words::EMOJI;
use crate::signals;

/// The languages that are scored, ISO 639-1.
pub const SUPPORTED: [&str; 2] = ["en", "nl"];

/// Whether messages in this language (ISO 639-1, lower case) get a score.
pub fn is_supported(language: &str) -> bool {
    SUPPORTED.contains(&language)
}

/// How sure a score of emoji alone is.
const EMOJI_ALONE: f32 = 0.5;

/// The sum of an emoji's charges whose score is about 0.7.
const SATURATION: f32 = 15.0;

thread_local! {
    /// What a message needs of memory while it is scored: kept, for speed.
    static DESK: RefCell<(Plain, Features, Vec<u16>)> = RefCell::default();
}

/// Scores messages in the languages of [`SUPPORTED`].
///
/// The score is P(positive) - P(negative), the confidence the greatest of the three
/// probabilities. A message whose language is not known or not supported has no score; nor has a
/// text without words, except emoji that clearly praise or blame.
#[derive(Debug)]
pub struct LinearScorer {
    recogniser: Recogniser,
    languages: [Language; SUPPORTED.len()],
    phrases: Phrases,
    name: Arc<str>,
    learnt: RwLock<Learnt>,
}

/// What was learnt from the operator's labels, and the version that says so.
#[derive(Clone, Debug)]
struct Learnt {
    adapter: Option<Arc<Adapter>>,
    version: Arc<str>,
}

/// What one supported language needs.
#[derive(Debug)]
struct Language {
    code: Arc<str>,
    lexicon: Lexicon,
    model: Model<'static>,
}

impl LinearScorer {
    /// The scorer's name.
    pub const NAME: &'static str = "regie-linear";
    /// The scorer's version; it rises with every change of weights or features.
    pub const VERSION: &'static str = "1";

    /// A scorer; building one takes about a millisecond, so share it.
    pub fn new() -> Self {
        let language = |code: &str, lexicon: &[u8], model: &'static [u8]| Language {
            code: code.into(),
            lexicon: Lexicon::read(lexicon),
            model: Model::new(model),
        };
        Self {
            recogniser: Recogniser::new(include_bytes!("../models/languages.table")),
            languages: [
                language(
                    "en",
                    include_bytes!("../models/en.lexicon"),
                    include_bytes!("../models/en.feeling"),
                ),
                language(
                    "nl",
                    include_bytes!("../models/nl.lexicon"),
                    include_bytes!("../models/nl.feeling"),
                ),
            ],
            // Tests read the files, too: they have no fault.
            phrases: intent::with_phrases(Phrases::default())
                .and_then(signals::with_phrases)
                .unwrap_or_default(),
            name: Self::NAME.into(),
            learnt: RwLock::new(Learnt {
                adapter: None,
                version: Self::VERSION.into(),
            }),
        }
    }

    /// The score of a text whose language is probably `expected` (ISO 639-1): that of the
    /// conversation's earlier messages, or of its workstream. The text's own words outweigh it.
    pub fn score_expecting(&self, text: &str, expected: Option<&str>) -> MessageScore {
        DESK.with_borrow_mut(|(plain, features, _)| {
            plain.read(text);
            self.of_plain(plain, features, expected)
        })
    }

    /// Scores with this adapter from now on, which `version` then says (`1+3` is weights 1 with adapter 3); none: without any.
    pub fn adopt(&self, version: i32, adapter: Option<Adapter>) {
        let said = match adapter {
            Some(_) => format!("{}+{version}", Self::VERSION),
            None => Self::VERSION.to_owned(),
        };
        *self.learnt.write().unwrap_or_else(PoisonError::into_inner) = Learnt {
            adapter: adapter.map(Arc::new),
            version: said.into(),
        };
    }

    fn learnt(&self) -> Learnt {
        let learnt = self.learnt.read().unwrap_or_else(PoisonError::into_inner);
        learnt.clone()
    }

    /// What an adapter learns from a text with this label; none where its language is not scored.
    pub(crate) fn lesson(&self, text: &str, label: Feels) -> Option<Lesson> {
        let plain = Plain::of(text);
        let mut features = Features::default();
        let told = self
            .recogniser
            .recognise_with(&plain, None, &mut features)?;
        let mut languages = self.languages.iter();
        let language = languages.position(|own| *own.code == *told.code)?;
        let exponents = self.languages[language].exponents(&plain, &mut features);
        Some(Lesson {
            language,
            exponents,
            rows: rows(&features),
            label,
        })
    }

    fn of_plain(
        &self,
        plain: &Plain,
        features: &mut Features,
        expected: Option<&str>,
    ) -> MessageScore {
        let told = self.recogniser.recognise_with(plain, expected, features);
        let Some(told) = told else {
            return self.wordless(plain);
        };
        let mut languages = self.languages.iter();
        let Some(number) = languages.position(|own| *own.code == *told.code) else {
            return self.answer(None, told.confidence, Some(told.code.into()));
        };
        let (own, learnt) = (&self.languages[number], self.learnt());
        let mut exponents = own.exponents(plain, features);
        if let Some(adapter) = &learnt.adapter {
            exponents = adapter.exponents(number, exponents, features);
        }
        let feeling = Feeling::of(exponents);
        MessageScore {
            // One and the same adapter, whatever is adopted meanwhile.
            scorer_version: learnt.version,
            ..self.answer(
                Some(feeling.score()),
                feeling.confidence(),
                Some(own.code.clone()),
            )
        }
    }

    /// The probabilities that a text in a supported language is unhappy, neutral and happy;
    /// none for any other language.
    pub fn feeling(&self, text: &str, language: &str) -> Option<Feeling> {
        let own = self.languages.iter().find(|own| *own.code == *language)?;
        let plain = Plain::of(text);
        Some(own.feeling(&plain, &mut Features::default()))
    }

    /// Emoji are read in every language, but only alone and where they say something.
    fn wordless(&self, plain: &Plain) -> MessageScore {
        let has_words = plain.words().next().is_some();
        let charge: f32 = plain.tokens().map(|(text, kind)| charge(text, kind)).sum();
        let score = charge / (charge * charge + SATURATION).sqrt();
        let [slight, ..] = LEVEL_BOUNDS;
        if has_words || score.abs() < slight {
            return self.answer(None, 0.0, None);
        }
        self.answer(Some(score), EMOJI_ALONE, None)
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
            scorer_version: Self::VERSION.into(),
            source: ScoreSource::Default,
        }
    }
}

impl Language {
    fn feeling(&self, plain: &Plain, features: &mut Features) -> Feeling {
        Feeling::of(self.exponents(plain, features))
    }

    fn exponents(&self, plain: &Plain, features: &mut Features) -> [f32; 2] {
        features.of_feeling(plain, self.lexicon.steps(plain));
        self.model.exponents(features)
    }
}

impl Default for LinearScorer {
    fn default() -> Self {
        Self::new()
    }
}

impl SentimentScorer for LinearScorer {
    fn score(&self, text: &str) -> MessageScore {
        self.score_expecting(text, None)
    }

    fn understand(&self, text: &str, expected: Option<&str>) -> Understood {
        DESK.with_borrow_mut(|(plain, features, desk)| {
            plain.read(text);
            let score = self.of_plain(plain, features, expected);
            let found = self.phrases.found(plain, desk);
            let intent = intent_of(plain, &score, found);
            let signals = signals::of(found);
            Understood {
                score,
                meaning: Meaning { intent, signals },
            }
        })
    }
}

/// What a message is for; none where its language is not read, unless it only closes.
fn intent_of(plain: &Plain, score: &MessageScore, found: u32) -> Option<Intent> {
    match score.score {
        Some(feels) => Some(intent(plain, feels, found)),
        None => is_closing(plain, found).then_some(Intent::Closing),
    }
}

fn charge(text: &str, kind: Kind) -> f32 {
    match kind {
        Kind::Emoji => {
            let own = EMOJI.iter().find(|(emoji, _)| text.starts_with(*emoji));
            own.map_or(0.0, |(_, charge)| *charge)
        }
        Kind::Emoticon if text.ends_with([')', 'd']) || text == "<3" => 2.0,
        Kind::Emoticon if text.ends_with('(') => -2.0,
        _ => 0.0,
    }
}
