//! A scored message as JSON: `[id, score]`, and `[id, score, sentAt]` where the channel says when it was sent.

use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{RecentScores, Scored};

/// One list: those of the window, then the newest that has no score.
impl Serialize for RecentScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.scored.iter().chain(&self.unscored))
    }
}

impl Serialize for Scored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_tuple(2 + usize::from(self.sent_at.is_some()))?;
        row.serialize_element(&self.message)?;
        row.serialize_element(&self.score)?;
        if let Some(sent_at) = &self.sent_at {
            row.serialize_element(sent_at)?;
        }
        row.end()
    }
}

impl<'de> Deserialize<'de> for Scored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Row)
    }
}

struct Row;

impl<'de> Visitor<'de> for Row {
    type Value = Scored;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a message, its score, and perhaps when it was sent")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Scored, A::Error> {
        let missing = |place| A::Error::invalid_length(place, &self);
        Ok(Scored {
            message: row.next_element()?.ok_or_else(|| missing(0))?,
            score: row.next_element()?.ok_or_else(|| missing(1))?,
            sent_at: row.next_element()?,
        })
    }
}
