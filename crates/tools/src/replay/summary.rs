//! What came of a replay: counted while it runs, shown at its end.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use crate::client::ClientError;

/// Counts, shared by all who play.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Dialogues that were played from start to close.
    played: usize,
    /// Dialogues that were given up.
    given_up: usize,
    messages: usize,
    /// Steps that the rules refused, by code.
    refused: BTreeMap<String, usize>,
    /// Steps that failed, by code, each with one example of why.
    failed: BTreeMap<String, (usize, String)>,
}

impl Tally {
    /// A message has arrived.
    pub fn message(&self) {
        self.change(|counts| counts.messages += 1);
    }

    /// A step was refused or failed.
    pub fn lost(&self, error: &ClientError) {
        self.change(|counts| {
            let code = error.code().to_owned();
            if matches!(error, ClientError::Refused { .. }) {
                *counts.refused.entry(code).or_default() += 1;
            } else {
                let example = || (0, error.to_string());
                counts.failed.entry(code).or_insert_with(example).0 += 1;
            }
        });
    }

    /// A dialogue is over; whole when it came to its close.
    pub fn over(&self, whole: bool) {
        self.change(|counts| {
            if whole {
                counts.played += 1;
            } else {
                counts.given_up += 1;
            }
        });
    }

    /// What it comes to.
    pub fn summary(&self, dialogues: usize, bad_lines: usize, took: Duration) -> Summary {
        Summary {
            counts: self.change(|counts| counts.clone()),
            dialogues,
            bad_lines,
            took,
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The end of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    counts: Counts,
    dialogues: usize,
    bad_lines: usize,
    took: Duration,
}

impl Summary {
    /// Why the replay was not perfect, as one line; none when it was.
    pub fn blemish(&self) -> Option<String> {
        let refused: usize = self.counts.refused.values().sum();
        let failed: usize = self.counts.failed.values().map(|(count, _)| count).sum();
        let unplayed = self.dialogues - self.counts.played;
        let parts: Vec<String> = [
            (self.bad_lines, "bad line", "bad lines"),
            (unplayed, "dialogue not whole", "dialogues not whole"),
            (refused, "step refused", "steps refused"),
            (failed, "step failed", "steps failed"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        let seconds = self.took.as_secs_f64();
        #[allow(clippy::cast_precision_loss)] // Nobody replays 2^52 messages.
        let rate = counts.messages as f64 / seconds.max(0.001);
        let of = self.dialogues;
        writeln!(f, "conversations  {} of {of} whole", counts.played)?;
        writeln!(
            f,
            "messages       {} in {seconds:.1} s, {rate:.0} messages/s",
            counts.messages
        )?;
        if self.bad_lines > 0 {
            writeln!(f, "bad lines      {}", self.bad_lines)?;
        }
        let refused: usize = counts.refused.values().sum();
        writeln!(f, "refusals       {refused}")?;
        for (code, count) in &counts.refused {
            writeln!(f, "  {code}  {count}")?;
        }
        for (code, (count, example)) in &counts.failed {
            writeln!(f, "failures\n  {code}  {count}, such as: {example}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str) -> ClientError {
        ClientError::Refused {
            code: code.to_owned(),
            message: String::new(),
        }
    }

    #[test]
    fn a_perfect_replay_has_no_blemish() {
        let tally = Tally::default();
        for _ in 0..30 {
            tally.message();
        }
        tally.over(true);
        let summary = tally.summary(1, 0, Duration::from_secs(2));
        assert_eq!(summary.blemish(), None);
        let expected = "conversations  1 of 1 whole\nmessages       30 in 2.0 s, 15 messages/s\n\
                        refusals       0\n";
        assert_eq!(summary.to_string(), expected);
    }

    #[test]
    fn refusals_are_counted_by_code_and_failures_shown_with_one_example() {
        let tally = Tally::default();
        for code in [
            "CONVERSATION_CLOSED",
            "INVALID_STATE",
            "CONVERSATION_CLOSED",
        ] {
            tally.lost(&refused(code));
        }
        tally.lost(&ClientError::Unreachable {
            url: "http://127.0.0.1:1/graphql".to_owned(),
            why: "connection refused".to_owned(),
        });
        tally.over(false);
        let summary = tally.summary(2, 1, Duration::ZERO);
        let shown = summary.to_string();
        for line in [
            "conversations  0 of 2 whole",
            "bad lines      1",
            "refusals       3",
            "  CONVERSATION_CLOSED  2",
            "  INVALID_STATE  1",
            "  UNREACHABLE  1, such as: no answer from http://127.0.0.1:1/graphql (connection refused)",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
        }
        assert_eq!(
            summary.blemish().as_deref(),
            Some("1 bad line, 2 dialogues not whole, 3 steps refused, 1 step failed")
        );
    }
}
