//! In which language a message is, or that it cannot be told.
//!
//! The table of trained weights tells short texts of the Latin script apart; other scripts are
//! told by their letters. Saying nothing is an answer: "ok", "4411" and a link are of no
//! language, and a text below the bar is not known.

use whatlang::{Detector, Lang, Script, detect_script};

use crate::features::Features;
use crate::model::languages::{LANES, LANGUAGES, Table};
use crate::normal::Plain;

/// The least probability of a language that is said to be known.
const BAR: f32 = 0.5;

/// What the expected language's probability is multiplied by, before all are made to add up to 1
/// again.
const EXPECTED: f32 = 4.0;

/// A language and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// ISO 639-1.
    pub code: &'static str,
    /// In (0, 1].
    pub confidence: f32,
}

/// Tells languages.
#[derive(Debug)]
pub struct Recogniser {
    table: Table,
    letters: Detector,
}

impl Recogniser {
    /// A recogniser with this table.
    pub fn new(table: &[u8]) -> Self {
        let letters = CODES.iter().map(|(lang, _)| *lang).collect();
        Self {
            table: Table::new(table),
            letters: Detector::with_allowlist(letters),
        }
    }

    /// The language of a message; none when it is not known. `expected` is the language in which
    /// this customer probably writes: that of earlier messages or of the workstream.
    pub fn recognise(&self, plain: &Plain, expected: Option<&str>) -> Option<Told> {
        let mut features = Features::default();
        self.recognise_with(plain, expected, &mut features)
    }

    pub(crate) fn recognise_with(
        &self,
        plain: &Plain,
        expected: Option<&str>,
        features: &mut Features,
    ) -> Option<Told> {
        features.of_language(plain);
        if features.words.is_empty() {
            return None;
        }
        if let Some(script) = plain.other_script() {
            return self.by_letters(script);
        }
        let mut likely = self.table.probabilities(features);
        expect(&mut likely, expected);
        let (lane, confidence) = likely
            .into_iter()
            .enumerate()
            .max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        let code = *LANGUAGES.get(lane)?;
        (confidence >= BAR).then_some(Told { code, confidence })
    }

    fn by_letters(&self, text: &str) -> Option<Told> {
        let info = self.letters.detect(text)?;
        let (_, code) = CODES.iter().find(|(lang, _)| *lang == info.lang())?;
        // Rounding to f32 loses nothing that matters here.
        #[allow(clippy::cast_possible_truncation)]
        let confidence = (info.confidence() as f32).clamp(0.1, 1.0);
        Some(Told { code, confidence })
    }
}

/// Whether a letter belongs to another script than the Latin one.
pub(crate) fn is_other_script(c: char) -> bool {
    !c.is_ascii() && detect_script(c.encode_utf8(&mut [0; 4])).is_some_and(|s| s != Script::Latin)
}

fn expect(likely: &mut [f32; LANES], expected: Option<&str>) {
    let lane = expected.and_then(|code| LANGUAGES.iter().position(|one| *one == code));
    if let Some(lane) = lane {
        likely[lane] *= EXPECTED;
        let all: f32 = likely.iter().sum();
        for one in likely {
            *one /= all;
        }
    }
}

/// Languages with a script of their own, or that share one with few others.
const CODES: [(Lang, &str); 29] = [
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bul, "bg"),
    (Lang::Srp, "sr"),
    (Lang::Ell, "el"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Mar, "mr"),
    (Lang::Ben, "bn"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Guj, "gu"),
    (Lang::Pan, "pa"),
    (Lang::Kan, "kn"),
    (Lang::Mal, "ml"),
    (Lang::Tha, "th"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Amh, "am"),
    (Lang::Hye, "hy"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Mya, "my"),
    (Lang::Sin, "si"),
    (Lang::Ori, "or"),
];
