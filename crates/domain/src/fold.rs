//! Text as people search for it: what is alike for a search, what a search finds, and what is blank (domain.md sections
//! 10 and 11).
//!
//! [`fold`] is the only function that folds and [`is_blank`] the only one that says what blank is. Folded text is kept
//! beside the text where it is searched often ([`Named`]), so that a search folds only what is asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use icu_casemap::CaseMapper;
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

/// Whether nothing of the text is seen: it has nothing but white space, control and default-ignorable characters.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_ignorable(c))
}

/// A name as it is kept: without outer white space, direction overrides and what cannot be stored, and [`cut`]; none where
/// that is blank.
pub fn name(text: &str, longest: usize) -> Option<Arc<str>> {
    let kept: String = text.chars().filter(|c| !is_override(*c)).collect();
    let kept = kept.trim();
    (!is_blank(kept)).then(|| cut(kept, longest))
}

/// Text that only describes, at most so many characters of it: what is longer is cut between graphemes and ends with an
/// ellipsis, since it is never a reason to lose a contact (domain.md section 10).
pub fn cut(text: &str, longest: usize) -> Arc<str> {
    if text.chars().count() <= longest {
        return text.into();
    }
    let mut cut = String::new();
    let mut left = longest.saturating_sub(1);
    for grapheme in text.graphemes(true) {
        let length = grapheme.chars().count();
        if length > left {
            break;
        }
        left -= length;
        cut.push_str(grapheme);
    }
    format!("{}…", cut.trim_end()).into()
}

/// Direction overrides, embeddings and isolates would turn what stands around a name; U+0000 cannot be stored.
const fn is_override(c: char) -> bool {
    matches!(c, '\0' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The text as searches compare it: NFKC and full case folding, without marks and default-ignorable characters, the
/// Turkish i's as i, and each run of white space as one blank.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return one_blank_each(text.len(), text.chars().map(|c| c.to_ascii_lowercase()));
    }
    // Marks go first: case folding makes a letter of one of them.
    let bare: String = bare(text).collect();
    let cased = CaseMapper::new().fold_string(&bare);
    // Case folding makes marks too. What is left is composed again, since Hangul is letters and no marks.
    let bare = bare_of_turkish(&cased).nfc();
    one_blank_each(text.len(), bare)
}

fn bare(text: &str) -> impl Iterator<Item = char> {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_ignorable(*c))
}

fn bare_of_turkish(text: &str) -> impl Iterator<Item = char> {
    bare(text).map(|c| if c == '\u{131}' { 'i' } else { c })
}

/// Each run of white space as one blank, none at either end; about as long as `length` bytes.
fn one_blank_each(length: usize, text: impl Iterator<Item = char>) -> String {
    let mut folded = String::with_capacity(length);
    let mut is_word = false;
    // No text that is kept has U+0000, which databases do not take.
    for c in text.filter(|c| *c != '\0') {
        if c.is_whitespace() {
            is_word = false;
            continue;
        }
        if !is_word && !folded.is_empty() {
            folded.push(' ');
        }
        is_word = true;
        folded.push(c);
    }
    folded
}

/// How many characters of a word a search compares: what is longer is known by its beginning.
pub const LONGEST_WORD: usize = 64;

/// The words of a name or a subject, folded, as an index keeps them: the rest of a word from each place at which it may
/// be found, at most [`LONGEST_WORD`] characters of it.
///
/// A [`Search`] finds the text exactly if each of its words begins one of these.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for word in fold(text).split(' ') {
        let mut begins = true;
        for (at, c) in word.char_indices() {
            if begins {
                words.insert(compared(&word[at..]).to_owned());
            }
            begins = !c.is_alphanumeric();
        }
    }
    words
}

/// As much of a word as a search compares.
fn compared(word: &str) -> &str {
    let end = word.char_indices().nth(LONGEST_WORD);
    end.map_or(word, |(end, _)| &word[..end])
}

/// A name or a subject, and beside it what searches look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    text: Arc<str>,
    folded: Arc<str>,
}

impl<T: AsRef<str> + Into<Arc<str>>> From<T> for Named {
    fn from(text: T) -> Self {
        let folded = fold(text.as_ref()).into();
        let text = text.into();
        Self { text, folded }
    }
}

impl Named {
    /// The text as it was written.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text as searches and orders look at it.
    pub const fn folded(&self) -> &Arc<str> {
        &self.folded
    }
}

/// A search over names and subjects: each of its words must occur as the beginning of a word, in any order.
///
/// Searches that find the same are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Search {
    /// Folded, in alphabetical order, each once.
    words: Vec<Box<str>>,
}

impl Search {
    /// A search for the words of this text. One without a word finds everything.
    pub fn new(text: &str) -> Self {
        let mut words: Vec<Box<str>> = fold(text)
            .split(' ')
            .map(|word| compared(word).into())
            .collect();
        words.retain(|word| !word.is_empty());
        words.sort_unstable();
        words.dedup();
        Self { words }
    }

    /// The words, folded, in alphabetical order, each once.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(AsRef::as_ref)
    }

    /// Whether it asks for no word.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether these names together have every word.
    pub fn finds<'a>(&self, names: &(impl Iterator<Item = &'a Named> + Clone)) -> bool {
        self.words
            .iter()
            .all(|word| names.clone().any(|name| begins_a_word(&name.folded, word)))
    }
}

/// A word begins the text, or follows something that is no letter and no digit: `van` and `brien` are found in
/// `Jan-van O'Brien`.
fn begins_a_word(folded: &str, word: &str) -> bool {
    folded.match_indices(word).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_what_would_turn_its_surroundings_and_is_cut_between_graphemes() {
        assert_eq!(
            name(" Ada \u{202e}Lovelace\u{202c}\t", 200).as_deref(),
            Some("Ada Lovelace")
        );
        assert_eq!(name("\u{200b}\u{2066} ", 200), None);
        // A family is one grapheme of seven characters: it is there whole, or not at all.
        let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
        assert_eq!(
            &*cut(&format!("ab{family}cd"), 10),
            "ab👩\u{200d}👩\u{200d}👧\u{200d}👦…"
        );
        assert_eq!(&*cut(&format!("ab{family}cd"), 9), "ab…");
        assert_eq!(&*cut("exactly", 7), "exactly");
    }

    fn finds(typed: &str, name: &str) -> bool {
        Search::new(typed).finds(&[Named::from(name)].iter())
    }

    /// Names, and ways of typing them that find them.
    const FOUND: [(&str, &[&str]); 13] = [
        (
            "Zoë Müllner",
            &["Müllner", "zoe", "MULLNER", "mu\u{308}ll zoë"],
        ),
        ("Zoe\u{308} Keßler", &["zoë", "kessler", "KESSLER ZOE"]),
        (
            "İbrahim Işık",
            &["ibrahim", "IŞIK", "isik", "ışık i\u{307}brahim"],
        ),
        ("Weiß", &["WEISS", "weiß", "WEIẞ"]),
        (
            "Piet  de\u{a0}Vries",
            &["piet de vries", "vries piet", "de\tv"],
        ),
        ("Ａｌｉｃｅ Ｌｅｅ", &["alice", "lee ａｌ"]),
        ("Jo\u{200d}hn\u{200b} Zero", &["john", "jo\u{ad}hn zero"]),
        ("José Ñandú", &["jose", "nandu", "NANDÚ"]),
        ("Νίκος Οδυσσεύς", &["ΝΙΚΟΣ", "οδυσσευσ"]),
        ("Łukasz Ćwik", &["cwik", "łuk"]),
        ("ﬁnn Ⅳ", &["finn", "iv"]),
        (
            "Siobhán O\u{2019}Brien-Walsh",
            &["siobhan", "brien", "walsh"],
        ),
        ("한지민", &["한", "\u{1112}\u{1161}\u{11ab}지"]),
    ];

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        let missed: Vec<_> = FOUND
            .iter()
            .flat_map(|(name, typed)| typed.iter().map(move |typed| (name, typed)))
            .filter(|(name, typed)| !finds(typed, name))
            .collect();
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn a_word_is_found_by_its_beginning_and_every_word_must_be_there() {
        for (name, typed) in [
            ("Piet de Vries", "ries"),
            ("Piet de Vries", "piet jan"),
            ("Zoë", "zoé zo b"),
            ("Order 4711", "711"),
            ("Pieter", "piet er"),
            ("하늘", "한"),
        ] {
            assert!(!finds(typed, name), "{typed} in {name}");
        }
        assert!(finds("471 ord", "Order #4711"));
        assert!(finds("#47", "Order #4711"));
        assert!(finds(" \u{200b}", "anything"));
        let both = ["Late parcel", "Zoë Müllner"].map(Named::from);
        assert!(Search::new("parcel zoe").finds(&both.iter()));
        assert!(!Search::new("parcel zoe").finds(&both[..1].iter()));
    }

    /// Whether an index of words finds the name.
    fn has(typed: &str, name: &str) -> bool {
        let words = words(name);
        let begins = |typed: &str| words.iter().any(|word| word.starts_with(typed));
        Search::new(typed).words().all(begins)
    }

    #[test]
    fn the_words_of_a_name_find_what_a_search_in_it_finds() {
        let long = format!("Jan-van-{} d'Été «Ω»/4711(x)", "ñ".repeat(100));
        let long = [("- o'b--rien ##4711 a.b.c", &[][..]), (&long, &[][..])];
        for (name, typed) in FOUND.iter().copied().chain(long) {
            let folded = fold(name);
            let places: Vec<usize> = folded.char_indices().map(|(at, _)| at).collect();
            let pieces = places.iter().flat_map(|from| {
                let longer = places.iter().filter(move |to| *to > from);
                longer.map(|to| &folded[*from..*to])
            });
            for piece in pieces.chain(typed.iter().copied()).chain(["", "ries", "q"]) {
                assert_eq!(has(piece, name), finds(piece, name), "{piece} in {name}");
            }
        }
    }

    #[test]
    fn of_a_long_word_the_beginning_counts() {
        let long = "x".repeat(2 * LONGEST_WORD);
        assert!(
            words(&long)
                .iter()
                .all(|word| word.chars().count() == LONGEST_WORD)
        );
        assert!(finds(&format!("{long}y"), &long) && has(&format!("{long}y"), &long));
        assert!(!finds(&long, &long[..LONGEST_WORD - 1]));
    }

    #[test]
    fn searches_that_find_the_same_are_the_same() {
        assert_eq!(Search::new("Zoë  Müller zoe"), Search::new("muller ZOE"));
    }

    #[test]
    fn folding_what_is_folded_changes_nothing() {
        for (name, typed) in FOUND {
            for text in typed.iter().chain([&name]) {
                let once = fold(text);
                assert_eq!(fold(&once), once, "{text}");
            }
        }
    }

    #[test]
    fn blank_is_what_shows_nothing() {
        for blank in [
            "",
            " \t\n",
            "\u{a0}\u{3000}",
            "\u{200b}",
            "\u{ad}\u{feff}",
            "\u{7}\u{85}",
            "\u{3164}",
            "\u{202e} ",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for text in ["a", ".", " \u{301}", "\u{200b}x", "👍"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
