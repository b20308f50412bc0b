//! A recording of all that one client is told, in a form in which two recordings can be compared: ids by
//! the order in which they appear, instants as instants, and cursors of the log by their length. What the
//! cursors were is kept beside it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// What a client was told.
#[derive(Debug, Default)]
pub struct Recording {
    /// Each answer, message and frame with a name.
    pub told: Vec<(String, Value)>,
    /// Every cursor of the log that was among it, with the whole message where that is of an event.
    pub cursors: Vec<(String, Option<String>)>,
    ids: HashMap<String, usize>,
    event: Option<String>,
}

impl Recording {
    /// Records an answer or a message.
    pub fn note(&mut self, name: &str, value: &Value) {
        let value = self.plain(value);
        self.told.push((name.to_owned(), value));
    }

    /// Records the messages of one event: subscriptions that ask the same may get the same text.
    pub fn note_event(&mut self, name: &str, message: &Value) {
        let payload = message.get("payload").unwrap_or(message);
        self.event = Some(payload.to_string());
        self.note(name, message);
        self.event = None;
    }

    /// Records that nothing came.
    pub fn silence(&mut self, name: &str) {
        self.told.push((name.to_owned(), Value::Null));
    }

    /// Records the `id` of an event of a stream.
    pub fn event_id(&mut self, name: &str, id: &str) {
        let value = self.cursor(id);
        self.told.push((name.to_owned(), value));
    }

    /// The value with nothing in it that differs from run to run by itself.
    fn plain(&mut self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.plain(item)).collect(),
            Value::Object(fields) => {
                // An edge of a page has a `cursor` too, which is no place in the log.
                let is_edge = fields.contains_key("node");
                let mut plain = Map::new();
                for (name, value) in fields {
                    let value = match (name.as_str(), value) {
                        ("cursor", Value::String(text)) if is_edge => json!(text.len()),
                        ("cursor" | "asOf", Value::String(text)) => self.cursor(text),
                        _ => self.plain(value),
                    };
                    plain.insert(name.clone(), value);
                }
                Value::Object(plain)
            }
            Value::String(text) => self.text(text),
            other => other.clone(),
        }
    }

    fn cursor(&mut self, text: &str) -> Value {
        self.cursors.push((text.to_owned(), self.event.clone()));
        json!(format!("a cursor of {} characters", text.len()))
    }

    fn text(&mut self, text: &str) -> Value {
        if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
            return json!("an instant");
        }
        let is_id = text
            .rsplit_once('_')
            .is_some_and(|(_, hex)| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        if !is_id {
            return json!(text);
        }
        let next = self.ids.len();
        let number = *self.ids.entry(text.to_owned()).or_insert(next);
        json!(format!("id {number}"))
    }
}
