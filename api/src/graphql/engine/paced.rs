//! A subscription to an answer that is told again as it changes, as one subscriber goes on with it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Payload;
use super::group::{Group, PacedMember};
use engine::live::paced::{Pace, Wakes};

/// What an answer says, but for where in the log it was seen: a number to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said(u64);

impl Said {
    /// Of this JSON, which shows these cursors.
    pub(super) fn of(json: &[u8], cursors: &[String]) -> Self {
        let text = String::from_utf8_lossy(json).into_owned();
        let without = |text: String, cursor: &String| text.replace(cursor.as_str(), "");
        let mut hasher = DefaultHasher::new();
        cursors.iter().fold(text, without).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// What a subscriber was told last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told(Option<Said>);

impl Told {
    /// Whether this says something else than what they were told last; it is what they were told then.
    pub(super) fn takes(&mut self, payload: &Payload) -> bool {
        let differs = payload.said.is_none() || payload.said != self.0;
        self.0 = payload.said;
        differs
    }
}

/// A subscriber's way on: with those who ask the same, or by executing it themselves.
pub(super) struct Paced {
    pace: Pace,
    way: Way,
}

/// Which way it is.
enum Way {
    Together(PacedMember),
    Alone(Told),
}

impl Paced {
    /// Goes on with this group if there is one; whoever was told something is told what differs from it.
    pub(super) fn new(wakes: Wakes, group: Option<Arc<Group>>, told: Told) -> Self {
        let way = match group {
            Some(group) => Way::Together(PacedMember::new(group, told)),
            None => Way::Alone(told),
        };
        Self {
            pace: Pace::new(wakes),
            way,
        }
    }

    /// Whether it gets what comes next from a group.
    pub(super) const fn is_together(&self) -> bool {
        match &self.way {
            Way::Together(member) => !member.lacks_newest(),
            Way::Alone(_) => false,
        }
    }

    /// The place in the group.
    pub(super) const fn member(&mut self) -> Option<&mut PacedMember> {
        match &mut self.way {
            Way::Together(member) => Some(member),
            Way::Alone(_) => None,
        }
    }

    /// The same without a group that has ended. What it did not get from the group it makes next.
    pub(super) fn unless_ended(mut self) -> Self {
        if let Way::Together(member) = &self.way
            && member.has_ended()
        {
            self.way = Way::Alone(member.told());
        }
        if !self.is_together() {
            self.pace.ask();
        }
        self
    }

    /// What was told last.
    pub(super) const fn told(&self) -> Told {
        match &self.way {
            Way::Together(member) => member.told(),
            Way::Alone(told) => *told,
        }
    }

    /// Waits until an answer is to be made by itself. Waiting can be given up at any time.
    pub(super) async fn due(&mut self) {
        self.pace.due().await;
    }

    /// Whether an answer made by itself is to be told.
    pub(super) fn takes(&mut self, payload: &Payload) -> bool {
        match &mut self.way {
            Way::Together(member) => member.takes(payload),
            Way::Alone(told) => told.takes(payload),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_answer_was_seen_is_no_part_of_what_it_says() {
        let json = |count: u32, cursor: &str| {
            format!(r#"{{"data":{{"s":{{"n":{count},"asOf":"{cursor}","again":"{cursor}"}}}}}}"#)
        };
        let said = |count, cursor: &str| {
            Said::of(
                json(count, cursor).as_bytes(),
                &[cursor.to_owned(), cursor.to_owned()],
            )
        };
        assert_eq!(said(1, "AAAA"), said(1, "BBBB"));
        assert_ne!(said(1, "AAAA"), said(2, "AAAA"));
        assert_ne!(Said::of(json(1, "A").as_bytes(), &[]), said(1, "A"));
    }
}
