//! What can be found, each as one line with ids for whoever repairs it.

use domain::ConversationId;

/// One thing in which the log, the state tables and the board that they make do not agree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The log is not whole.
    #[error("events {position}: {problem}")]
    Log {
        /// Where.
        position: i64,
        /// What is wrong there.
        problem: LogProblem,
    },
    /// A row is not what the log says.
    #[error("{table} {row}: {problem}")]
    Row {
        /// Of which table.
        table: &'static str,
        /// Which: its key.
        row: String,
        /// What is wrong with it.
        problem: RowProblem,
    },
    /// The rows of a conversation break a rule that every ongoing one keeps.
    #[error("conversations {conversation}: {rule}")]
    Rule {
        /// Which.
        conversation: ConversationId,
        /// What holds not.
        rule: &'static str,
    },
    /// What a server would have in memory is not what the log says.
    #[error("board {what}: {problem}")]
    Board {
        /// Of what.
        what: String,
        /// What is wrong with it.
        problem: RowProblem,
    },
    /// A server would not start on these tables.
    #[error("board: a server cannot load it: {0}")]
    NotLoadable(String),
}

/// What is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogProblem {
    /// It is not there, but a later one is.
    #[error("missing, up to {0}")]
    Missing(i64),
    /// Its hash is not that of its content after the event before.
    #[error("does not match its hash: it was altered, or the event before it was")]
    Altered,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A column does not repeat what the event is.
    #[error("{0} is not what the event says")]
    Column(&'static str),
    /// The head names another event as the last.
    #[error("the log ends here, and the head names {0} as the last event")]
    NotTheHead(i64),
    /// It is the last by its position, but its hash is not the head's.
    #[error("the last event's hash is not the one that the head names")]
    NotTheHash,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// The log says it must be there.
    #[error("missing; the log says it is there")]
    Missing,
    /// It is there without reason.
    #[error("there, and nothing in the log made it")]
    Unknown,
    /// It says something else.
    #[error("{column} is {row}, and by the log {log}")]
    Differs {
        /// In which column, or which field of what a column holds.
        column: String,
        /// What the row says.
        row: String,
        /// What the log says.
        log: String,
    },
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It belongs to a conversation that is not there.
    #[error("belongs to no conversation")]
    Orphan,
    /// Its position is in the kept part of the log, where no event of it is.
    #[error("made at position {0}, and the log has no event of it")]
    NoEvent(i64),
}

/// How much of a value is shown.
const SHOWN: usize = 120;

/// A value for a line: not too long.
pub(super) fn shown(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The fields in which two images differ: name, row's value, log's value.
pub(super) fn fields<T: serde::Serialize>(row: &T, log: &T) -> Vec<(String, String, String)> {
    let object = |value: &T| match serde_json::to_value(value) {
        Ok(serde_json::Value::Object(fields)) => fields,
        Ok(other) => [(String::from("value"), other)].into_iter().collect(),
        Err(_) => serde_json::Map::new(),
    };
    let (row, log) = (object(row), object(log));
    let mut names: Vec<&String> = row.keys().chain(log.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let text = |value: Option<&serde_json::Value>| {
        shown(value.map_or_else(|| String::from("absent"), ToString::to_string))
    };
    names
        .into_iter()
        .filter(|name| row.get(*name) != log.get(*name))
        .map(|name| (name.clone(), text(row.get(name)), text(log.get(name))))
        .collect()
}
