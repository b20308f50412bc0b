//! The primary agent reads an earlier conversation of the customer (domain.md section 11). That changes nothing, and is no
//! event; the first time, the audit trail has an entry of it.

use chrono::{DateTime, Utc};

use crate::policy::may_read_earlier;
use crate::{ConversationId, Decision, Draft, EarlierReading, Refusal, Text, Viewer};

/// Whether they may, as things are now; and that they have, unless that is known.
pub(crate) fn decide(
    draft: &Draft<'_>,
    viewer: &Viewer,
    conversation: ConversationId,
    earlier: ConversationId,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let agent = draft.agent_of(viewer.subject()).ok_or(Refusal::NotFound)?;
    let (Some(conversation), Some(earlier)) = (
        draft.conversation(conversation),
        draft.conversation(earlier),
    ) else {
        return Err(Refusal::NotFound);
    };
    if !may_read_earlier(draft, viewer, agent, conversation, earlier) {
        return Err(Refusal::NotFound);
    }
    let reading = EarlierReading {
        conversation: conversation.id,
        agent: agent.id,
        earlier: earlier.id,
    };
    let texts = if draft.has_read(&reading) {
        Vec::new()
    } else {
        vec![Text::EarlierRead(reading, now)]
    };
    Ok(Decision {
        texts,
        ..Decision::nothing()
    })
}
