//! What cursors stand for. Clients must not look, and those of agents and gateways cannot; tests compare with
//! the table, by the keys of the servers that they started.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use chrono::Utc;
use domain::Viewer;
use engine::log::{Cursor, Cursors};
use engine::store::Store;
use serde_json::Value;

use super::{Database, SECRET, Token};

/// What opens the cursors of each server that runs or ran.
static KEYS: Mutex<Vec<Cursors>> = Mutex::new(Vec::new());

/// Somebody who may hand in every cursor.
static READER: LazyLock<Arc<Viewer>> = LazyLock::new(|| {
    let key = VerifyingKey::secret(&Secret::new(SECRET).unwrap());
    let door = Authenticator::new(AuthConfig::new(key));
    let token = Token::supervisor("reader").sign_at(Utc::now());
    door.authenticate(&token, Utc::now()).unwrap()
});

/// Keeps what opens a server's cursors.
pub fn keep(cursors: Cursors) {
    KEYS.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(cursors);
}

/// Keeps what opens the cursors of a server that is a process of its own.
pub async fn keep_of(database: &Database) {
    let store = Store::connect(&database.url).await.unwrap();
    keep(store.cursors().await.unwrap());
    store.close().await;
}

/// The place that a cursor stands for.
pub fn opened(cursor: &Value) -> Cursor {
    let text = cursor.as_str().unwrap();
    let given = text.parse().unwrap();
    let keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let opened = |cursors: &Cursors| cursors.open(given, READER.access()).ok();
    // The newest first.
    let found = keys.iter().rev().find_map(opened);
    found.unwrap_or_else(|| panic!("no server of this process made {text}"))
}

/// Where in the log a cursor is.
pub fn position(cursor: &Value) -> i64 {
    opened(cursor).position()
}

/// The same value with places of the log in the stead of cursors, which are another text each time.
pub fn places(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(places).collect(),
        Value::Object(fields) => {
            let is_edge = fields.contains_key("node");
            let place = |(name, value): (&String, &Value)| {
                let is_cursor = name == "asOf" || (name == "cursor" && !is_edge);
                let value = if is_cursor && value.is_string() {
                    Value::String(format!("{:?}", opened(value)))
                } else {
                    places(value)
                };
                (name.clone(), value)
            };
            Value::Object(fields.iter().map(place).collect())
        }
        other => other.clone(),
    }
}
