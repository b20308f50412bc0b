//! The format of recorded dialogues: one JSON object a line with `id`, `channel` and `messages`,
//! each message with `from` (`customer` or `agent`) and `text`.
//!
//! Invariants: what is read can be played; a line that cannot is named with its number and why,
//! and the others are read all the same; lines of white space are skipped.

use std::io::{self, BufRead};

use domain::Channel;
use serde::Deserialize;

/// The longest id, in characters.
const LONGEST_ID: usize = 100;
/// The longest text that the server takes, in characters.
const LONGEST_TEXT: usize = 10_000;

/// A dialogue that can be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    /// Its line, from 1.
    pub line: usize,
    /// What the recording calls it.
    pub id: String,
    /// Where it was held.
    pub channel: Channel,
    /// At least one.
    pub messages: Vec<Message>,
    /// Whether it is ended and closed after them.
    pub ends: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// By whom.
    pub from: From,
    /// 1 to 10,000 characters, not all blank.
    pub text: String,
}

/// Who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// The customer, through the gateway.
    Customer,
    /// The agent.
    Agent,
}

/// A line that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub number: usize,
    /// Why, without what the line says: it may be about people.
    pub why: String,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// In the file's order.
    pub dialogues: Vec<Dialogue>,
    /// In the file's order.
    pub bad: Vec<BadLine>,
}

impl Recording {
    /// This number of dialogues, the last ones, are left open.
    pub fn leave_open(&mut self, last: usize) {
        for dialogue in self.dialogues.iter_mut().rev().take(last) {
            dialogue.ends = false;
        }
    }
}

/// A line as it is written.
#[derive(Deserialize)]
struct Line {
    id: String,
    channel: String,
    messages: Vec<Message>,
}

/// Reads a whole recording. Fails only when the file itself cannot be read.
pub fn read(mut file: impl BufRead) -> io::Result<Recording> {
    let mut recording = Recording::default();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if file.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match dialogue(number, &bytes) {
            Ok(dialogue) => recording.dialogues.push(dialogue),
            Err(why) => recording.bad.push(BadLine { number, why }),
        }
    }
    Ok(recording)
}

fn dialogue(number: usize, bytes: &[u8]) -> Result<Dialogue, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    let line: Line = serde_json::from_str(text).map_err(|error| in_line(&error))?;
    let channel = Channel::parse(&line.channel).ok_or("`channel` is not one that Regie has")?;
    if line.id.is_empty() || line.id.chars().count() > LONGEST_ID {
        return Err(format!("`id` needs 1 to {LONGEST_ID} characters"));
    }
    if line.messages.is_empty() {
        return Err("`messages` is empty".to_owned());
    }
    for (index, message) in line.messages.iter().enumerate() {
        let length = message.text.chars().count();
        if message.text.trim().is_empty() || length > LONGEST_TEXT || message.text.contains('\0') {
            let nth = index + 1;
            return Err(format!(
                "the text of message {nth} needs 1 to {LONGEST_TEXT} characters, not all blank and \
                 none of them U+0000"
            ));
        }
    }
    Ok(Dialogue {
        line: number,
        id: line.id,
        channel,
        messages: line.messages,
        ends: true,
    })
}

/// The parser's own words, with the column only: its line is always 1, for it sees one line.
fn in_line(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said.split(" at line ").next().unwrap_or(&said);
    format!("{what} (column {})", error.column())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id": "a", "channel": "SMS", "messages": [{"from": "customer", "text": "Hi"}, {"from": "agent", "text": "Hello"}]}"#;

    fn bad(line: &[u8]) -> String {
        let recording = read(line).unwrap();
        assert_eq!(recording.dialogues, []);
        assert_eq!(recording.bad.len(), 1);
        recording.bad[0].why.clone()
    }

    #[test]
    fn a_good_line_is_a_dialogue_in_order() {
        let recording = read(GOOD.as_bytes()).unwrap();
        assert_eq!(recording.bad, []);
        let dialogue = &recording.dialogues[0];
        assert_eq!((dialogue.id.as_str(), dialogue.line), ("a", 1));
        assert_eq!(dialogue.channel, Channel::Sms);
        let messages = dialogue.messages.iter();
        let messages: Vec<_> = messages.map(|m| (m.from, m.text.as_str())).collect();
        assert_eq!(messages, [(From::Customer, "Hi"), (From::Agent, "Hello")]);
    }

    #[test]
    fn a_bad_line_is_named_with_its_number_and_the_rest_goes_on() {
        let file = format!("{GOOD}\n\nnot json\n{GOOD}\r\n  \t\n{{}}\n{GOOD}");
        let recording = read(file.as_bytes()).unwrap();
        let good: Vec<_> = recording.dialogues.iter().map(|d| d.line).collect();
        let bad: Vec<_> = recording.bad.iter().map(|bad| bad.number).collect();
        assert_eq!((good, bad), (vec![1, 4, 7], vec![3, 6]));
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting_what_people_wrote() {
        assert_eq!(bad(b"\xff\xfe"), "not UTF-8");
        assert!(bad(b"{").contains("EOF"));
        assert!(bad(br#"{"id": "a", "channel": "SMS"}"#).contains("missing field `messages`"));
        let channel = bad(br#"{"id": "a", "channel": "PIGEON", "messages": []}"#);
        assert_eq!(channel, "`channel` is not one that Regie has");
        let empty = bad(br#"{"id": "a", "channel": "SMS", "messages": []}"#);
        assert_eq!(empty, "`messages` is empty");
        let id = bad(br#"{"id": "", "channel": "SMS", "messages": []}"#);
        assert!(id.starts_with("`id` needs"), "{id}");
        let from = GOOD.replace("agent", "robot");
        assert!(bad(from.as_bytes()).contains("unknown variant `robot`"));
        let blank = GOOD.replace("Hello", "   ");
        assert!(bad(blank.as_bytes()).starts_with("the text of message 2 needs"));
    }

    #[test]
    fn what_a_recording_has_beyond_the_format_is_no_harm() {
        let more = GOOD.replace(r#""id""#, r#""satisfaction": 3, "id""#);
        assert_eq!(read(more.as_bytes()).unwrap().dialogues.len(), 1);
    }

    #[test]
    fn an_empty_file_is_an_empty_recording() {
        assert_eq!(read(&b""[..]).unwrap(), Recording::default());
    }
}
