//! How many there are of each of some numbers, of which most are zero.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeSeq, Serializer};

/// Counts by number, in the order of the numbers. It is stored as one row of numbers, each followed by its count: of all that
/// is read for a long range, most is this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Vec<(u16, u64)>);

impl Counts {
    /// Whether all are zero.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// So many more of this number.
    pub fn add(&mut self, number: u16, more: u64) {
        match self.0.binary_search_by_key(&number, |(known, _)| *known) {
            Ok(place) => self.0[place].1 += more,
            Err(place) => self.0.insert(place, (number, more)),
        }
    }

    /// Adds all of these.
    pub fn join(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        // Both are in order: each is sought from where the one before was found.
        let mut from = 0;
        for (number, count) in &other.0 {
            let place = self.0[from..].partition_point(|(known, _)| known < number);
            from += place;
            match self.0.get_mut(from) {
                Some((known, sum)) if known == number => *sum += count,
                _ => self.0.insert(from, (*number, *count)),
            }
        }
    }

    /// Numbers and counts, the lowest number first.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        self.0.iter().copied()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_seq(Some(2 * self.0.len()))?;
        for (number, count) in &self.0 {
            row.serialize_element(number)?;
            row.serialize_element(count)?;
        }
        row.end()
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Counts;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("numbers in rising order, each followed by its count")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Counts, A::Error> {
                let mut counts: Vec<(u16, u64)> = Vec::with_capacity(8);
                while let Some(number) = row.next_element()? {
                    let count = row.next_element()?;
                    let count = count.ok_or_else(|| Error::custom("a number has no count"))?;
                    if counts.last().is_some_and(|(last, _)| *last >= number) {
                        return Err(Error::custom("numbers are not in rising order"));
                    }
                    counts.push((number, count));
                }
                Ok(Counts(counts))
            }
        }

        deserializer.deserialize_seq(Pairs)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn of(numbers: &[u16]) -> Counts {
        let mut counts = Counts::default();
        for number in numbers {
            counts.add(*number, 1);
        }
        counts
    }

    #[test]
    fn what_is_stored_is_a_row_of_numbers_with_their_counts() {
        let text = serde_json::to_string(&of(&[7, 3, 7])).unwrap();
        assert_eq!(text, "[3,1,7,2]");
        let refused = |text| {
            serde_json::from_str::<Counts>(text)
                .unwrap_err()
                .to_string()
        };
        assert!(refused("[3,1,7]").starts_with("a number has no count"));
        assert!(refused("[3,1,3,2]").starts_with("numbers are not in rising order"));
    }

    proptest! {
        #[test]
        fn joined_counts_are_the_counts_of_all_and_are_read_as_they_were_written(
            one in prop::collection::vec(0_u16..50, 0..60),
            other in prop::collection::vec(0_u16..50, 0..60),
        ) {
            let mut joined = of(&one);
            joined.join(&of(&other));
            let mut all: BTreeMap<u16, u64> = BTreeMap::new();
            for number in one.iter().chain(&other) {
                *all.entry(*number).or_default() += 1;
            }
            prop_assert_eq!(joined.iter().collect::<Vec<_>>(), all.into_iter().collect::<Vec<_>>());
            let text = serde_json::to_string(&joined).unwrap();
            prop_assert_eq!(serde_json::from_str::<Counts>(&text).unwrap(), joined);
        }
    }
}
