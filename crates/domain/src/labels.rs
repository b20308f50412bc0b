//! Labels: how conversations are marked, by tags, a priority and attributes (domain.md section 11).
//!
//! Tags are the operator's own words and compared folded: `VIP` and `vip` are one tag, which keeps the spelling that came
//! first. They stand in the image and in events, so they must hold no personal data. Of attributes the keys stand there;
//! what they say is text, and has rows of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Priority;
use super::fold::{fold, is_blank};

/// How many tags a conversation may have.
pub const MOST_TAGS: usize = 20;
/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 50;
/// How many attributes a conversation may have.
pub const MOST_ATTRIBUTES: usize = 30;
/// The longest key of an attribute, in characters.
pub const LONGEST_KEY: usize = 50;
/// The longest value of an attribute, in characters.
pub const LONGEST_VALUE: usize = 500;

/// Attributes: by their keys, what each says.
pub type Attributes = BTreeMap<Arc<str>, Arc<str>>;

// The macro that makes the words derives none.
#[allow(clippy::derivable_impls)]
impl Default for Priority {
    fn default() -> Self {
        Self::Normal
    }
}

impl Priority {
    /// Whether it is what every conversation has that nobody gave another.
    // The signature is serde's.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub const fn is_normal(&self) -> bool {
        matches!(self, Self::Normal)
    }
}

/// A tag as it was written, and beside it what it is compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    text: Arc<str>,
    folded: Arc<str>,
}

impl Tag {
    /// A tag of 1 to 50 characters that show something; none when the text is no such thing.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !is_blank(text) && text.chars().count() <= LONGEST_TAG && !text.contains('\0');
        // A text of marks alone shows something, and folds to nothing.
        let tag = fits.then(|| Self::of(text.trim()))?;
        (!tag.folded.is_empty()).then_some(tag)
    }

    fn of(text: &str) -> Self {
        Self {
            text: text.into(),
            folded: fold(text).into(),
        }
    }

    /// As it was written.
    pub const fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// What it is compared by.
    pub const fn folded(&self) -> &Arc<str> {
        &self.folded
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::of(&text))
    }
}

/// The tags of a conversation, in the order in which they were given; no two of them fold alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(Vec<Tag>);

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        let mut all = Self::default();
        for tag in tags {
            all.add(tag);
        }
        all
    }
}

impl Tags {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// The one that is the same tag as this, however it is written.
    pub fn find(&self, tag: &Tag) -> Option<&Tag> {
        self.iter().find(|one| one.folded == tag.folded)
    }

    /// Whether one of them is among these, which are folded.
    pub fn has_any_of(&self, folded: &BTreeSet<Arc<str>>) -> bool {
        self.iter().any(|tag| folded.contains(&tag.folded))
    }

    /// Adds it, unless it is there.
    pub fn add(&mut self, tag: Tag) {
        if self.find(&tag).is_none() {
            self.0.push(tag);
        }
    }

    /// Takes it away, however it is written.
    pub fn remove(&mut self, tag: &Tag) {
        self.0.retain(|one| one.folded != tag.folded);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn tags(texts: &[&str]) -> Tags {
        texts.iter().map(|text| Tag::new(text).unwrap()).collect()
    }

    fn texts(tags: &Tags) -> Vec<&str> {
        tags.iter().map(|tag| &**tag.text()).collect()
    }

    #[test]
    fn a_tag_is_one_to_fifty_characters_that_show_something() {
        let long = "x".repeat(LONGEST_TAG);
        for text in ["a", "VIP", "späte Lieferung", "#1", "👍", &long] {
            assert!(Tag::new(text).is_some(), "{text:?}");
        }
        let longer = "x".repeat(LONGEST_TAG + 1);
        for text in ["", "  ", "\u{200b}", "\u{301}", "a\0b", &longer] {
            assert!(Tag::new(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn tags_that_fold_alike_are_one_and_the_first_spelling_stays() {
        let mut some = tags(&["VIP", "Späte  Lieferung", "vip", " Vip ", "spate lieferung"]);
        assert_eq!(texts(&some), ["VIP", "Späte  Lieferung"]);
        some.remove(&Tag::new("ｖｉｐ").unwrap());
        assert_eq!(texts(&some), ["Späte  Lieferung"]);
        assert!(some.has_any_of(&["late".into(), "spate lieferung".into()].into()));
        assert!(!some.has_any_of(&["spate".into()].into()));
    }

    #[test]
    fn tags_are_kept_as_they_were_written() {
        let some = tags(&["VIP", "Zoë"]);
        let kept = serde_json::to_string(&some).unwrap();
        assert_eq!(kept, r#"["VIP","Zoë"]"#);
        assert_eq!(serde_json::from_str::<Tags>(&kept).unwrap(), some);
    }
}
