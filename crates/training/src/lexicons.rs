//! The rated words of each language.

use sentiment::rated::Lexicon;

use crate::corpora::{Fault, Folder};

/// Ratings nearer to 0 are noise.
const LEAST: i8 = 15;

/// Dutch words that a list of reviews rates, but that are why people write to a service at all,
/// or how they write.
const PLAIN: &str = "
kapot stuk kwijt verkeerd verkeerde verloren defect fout foute gebroken leeg dood ziek oud oude klein kleine laat
vriendelijke hartelijke geachte beste lieve graag nieuw nieuwe extra open gratis zwart zwarte rood rode groot grote
moeilijk lastig nodig duidelijk zeker waar precies snel vroeg laatste eerste goedkoop goedkope duur wit witte blauw
gewoon belangrijk mogelijk echt echte heel hele vrij veel weinig hoog hoge laag lage helder verschillende algemeen
";

/// The words of a language with their ratings, -100 to 100. English has VADER's, adjusted for
/// service as the lexicon scorer has them; Dutch those of Pattern.
pub fn rated(language: &str, folder: &mut Folder) -> Result<Vec<(String, i8)>, Fault> {
    let plain = |word: &str| PLAIN.split_whitespace().any(|one| one == word);
    let words: Vec<(String, f32)> = match language {
        "en" => sentiment::english_ratings()
            .into_iter()
            .map(|(word, rating)| (word, rating / 4.0))
            .collect(),
        _ => folder.ratings("lexicons/pattern_nl.tsv")?,
    };
    let mut rated: Vec<_> = words
        .into_iter()
        .filter(|(word, _)| !plain(word))
        .map(|(word, rating)| {
            // Within -100 and 100 by the clamp.
            #[allow(clippy::cast_possible_truncation)]
            let rating = (rating.clamp(-1.0, 1.0) * 100.0).round() as i8;
            (word, rating)
        })
        .filter(|(_, rating)| rating.abs() >= LEAST)
        .collect();
    rated.sort();
    Ok(rated)
}

/// These words as a lexicon.
pub fn lexicon(rated: &[(String, i8)]) -> Lexicon {
    Lexicon::new(rated.iter().map(|(word, rating)| (word.as_str(), *rating)))
}
