//! What messages say, and who reacted to them, as columns.

use super::StoreError;
use domain::message::Reactor;
use domain::{Attachment, Content, Subject};

/// The text of a reactor in `message_reactions.who`.
pub(super) fn reactor_text(reactor: &Reactor) -> String {
    match reactor {
        Reactor::Customer => String::new(),
        Reactor::Agent(agent) => agent.to_string(),
        Reactor::Supervisor(subject) => format!("{SUPERVISOR}{subject}"),
    }
}

/// Before the subject of a supervisor, so that none is taken for an agent.
const SUPERVISOR: &str = "supervisor:";

/// Reads it back.
pub(super) fn parse_reactor(who: &str) -> Result<Reactor, StoreError> {
    if who.is_empty() {
        return Ok(Reactor::Customer);
    }
    let reactor = match who.strip_prefix(SUPERVISOR) {
        Some(subject) => Subject::new(subject).map(Reactor::Supervisor),
        None => who.parse().ok().map(Reactor::Agent),
    };
    reactor.ok_or_else(|| StoreError::Row {
        table: "message_reactions",
        problem: "it is nobody's".to_owned(),
    })
}

/// Attachments as JSON, which is null for none.
pub(super) fn attachments_text(attachments: &[Attachment]) -> Result<Option<String>, StoreError> {
    if attachments.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(attachments).map_err(StoreError::row("messages"))?;
    Ok(Some(text))
}

/// Reads them back.
pub(super) fn parse_attachments(text: Option<&str>) -> Result<Vec<Attachment>, StoreError> {
    let parsed = text.map(serde_json::from_str).transpose();
    Ok(parsed
        .map_err(StoreError::row("messages"))?
        .unwrap_or_default())
}

/// What a message says by its columns.
pub(super) fn content_of(
    text: Option<&str>,
    attachments: Option<&str>,
) -> Result<Content, StoreError> {
    Ok(Content {
        text: text.unwrap_or_default().into(),
        attachments: parse_attachments(attachments)?,
    })
}
