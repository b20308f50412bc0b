//! What can be found, each as one line with ids for whoever repairs it.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::AgentId;
use domain::insights::{AgentKey, Hand, Judgement, QueueKey};

use super::super::rows::{Queues, Table, Times, Work};

/// One thing in which figures are not what the log says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureDifference {
    /// A bucket.
    #[error("{table} {bucket} {key}: {} is stored, and by the log it is {}", said(stored.as_deref()), said(counted.as_deref()))]
    Bucket {
        /// Of which table.
        table: &'static str,
        /// How long it is, and when it begins.
        bucket: String,
        /// Of what.
        key: String,
        /// Its figures; none: there is no row.
        stored: Option<String>,
        /// What they must be; none: nothing was counted.
        counted: Option<String>,
    },
    /// How an agent stands where counting goes on.
    #[error("insight_hands {agent}: {stored:?} is stored, and by the log it is {counted:?}")]
    Hand {
        /// Who.
        agent: AgentId,
        /// As it is stored.
        stored: Option<Hand>,
        /// As the log says.
        counted: Option<Hand>,
    },
    /// By which settings events are judged where counting goes on.
    #[error("insight_progress: {stored:?} is stored, and by the log it is {counted:?}")]
    Judgement {
        /// As it is stored.
        stored: Judgement,
        /// As the log says.
        counted: Judgement,
    },
}

fn said(figures: Option<&str>) -> &str {
    figures.unwrap_or("nothing")
}

/// A table whose keys have names for people.
pub(super) trait Keyed: Table {
    /// The name of a key.
    fn name(key: &Self::Key) -> String;
}

impl Keyed for Queues {
    fn name(key: &QueueKey) -> String {
        format!("{} {:?} {}", key.queue, key.channel, key.workstream)
    }
}

impl Keyed for Work {
    fn name(key: &AgentKey) -> String {
        format!("{} {}", key.agent, key.queue)
    }
}

impl Keyed for Times {
    fn name(agent: &AgentId) -> String {
        agent.to_string()
    }
}

/// A bucket in words.
pub(super) fn bucket(minutes: i32, start: DateTime<Utc>) -> String {
    if minutes == 0 {
        return "now".to_owned();
    }
    let start = start.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("{minutes} min from {start}")
}
