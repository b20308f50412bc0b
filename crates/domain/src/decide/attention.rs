//! The end of every command: what it did to the attention that conversations need, told once for
//! each conversation and after everything else (domain.md section 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Decision;
use super::steps::Steps;
use crate::attention::{Attention, reasons};
use crate::{
    After, AttentionReason, Change, Command, Conversation, ConversationId, Draft, Settings,
    TimerKind,
};

/// Adds an `AttentionChanged` for every conversation that the decision touched and whose reasons
/// are others now than before the command.
pub(super) fn settle(
    draft: &Draft<'_>,
    command: &Command,
    decision: &mut Decision,
    now: DateTime<Utc>,
) {
    let settings = settings_after(draft, decision);
    for image in touched(draft, command, decision, &settings).into_values() {
        // Compared with before the command: CLOSED has cleared its image already.
        let before = draft.conversation(image.id).map(|before| &before.attention);
        let held =
            |reason: &AttentionReason| before.is_some_and(|before| before.contains_key(reason));
        let holds = reasons(&image, &settings, now);
        let removed = before.into_iter().flat_map(BTreeMap::keys);
        let removed: Vec<_> = removed
            .filter(|reason| !holds.contains_key(*reason))
            .copied()
            .collect();
        let added: Vec<_> = holds
            .into_iter()
            .filter(|(reason, _)| !held(reason))
            .map(|(reason, since)| Attention { reason, since })
            .collect();
        if added.is_empty() && removed.is_empty() {
            continue;
        }
        let mut steps = Steps::new(draft, &image, decision.actor.clone(), now);
        steps.push(Change::AttentionChanged { added, removed });
        let shown = decision.outcome.conversation.as_mut();
        if let Some(shown) = shown.filter(|shown| shown.id == image.id) {
            *shown = steps.current.clone();
        }
        decision.events.extend(steps.into_events());
    }
}

/// The settings as the command leaves them.
fn settings_after(draft: &Draft<'_>, decision: &Decision) -> Arc<Settings> {
    let changed = decision.events.iter().rev().find_map(|event| {
        let After::Settings(settings) = &event.after else {
            return None;
        };
        Some(settings.clone())
    });
    changed.unwrap_or_else(|| draft.settings().clone())
}

/// The last images of the conversations to look at, in the order of their ids: those with events,
/// one whose clock is due, and all when another sentiment matters now.
fn touched(
    draft: &Draft<'_>,
    command: &Command,
    decision: &Decision,
    settings: &Settings,
) -> BTreeMap<ConversationId, Arc<Conversation>> {
    let mut images: BTreeMap<_, _> = decision
        .events
        .iter()
        .filter_map(|event| event.conversation())
        .map(|conversation| (conversation.id, conversation.clone()))
        .collect();
    let mut look = |conversation: &Arc<Conversation>| {
        images
            .entry(conversation.id)
            .or_insert_with(|| conversation.clone());
    };
    if let Command::TimerDue {
        conversation,
        kind: TimerKind::Attention,
    } = command
    {
        draft
            .conversation(*conversation)
            .into_iter()
            .for_each(&mut look);
    }
    let before = draft.settings().sentiment_alert_threshold;
    if before != settings.sentiment_alert_threshold {
        #[expect(clippy::disallowed_methods, reason = "it concerns every conversation")]
        draft.ongoing().for_each(look);
    }
    images
}
