//! The end of every command: what it did to the attention that conversations need, told once for
//! each conversation and after everything else (domain.md section 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::Decision;
use crate::attention::{Attention, reasons};
use crate::case::Recorder;
use crate::commands::reassess;
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
    for image in touched(draft, command, decision).into_values() {
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
        let mut recorder = Recorder::new(draft, &image, decision.actor.clone(), now);
        recorder.push(Change::AttentionChanged { added, removed });
        let shown = decision.outcome.conversation.as_mut();
        if let Some(shown) = shown.filter(|shown| shown.id == image.id) {
            *shown = recorder.current.clone();
        }
        decision.events.extend(recorder.into_events());
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
/// one whose clock is due, and those whose turn it is since a setting changed for all.
fn touched(
    draft: &Draft<'_>,
    command: &Command,
    decision: &Decision,
) -> BTreeMap<ConversationId, Arc<Conversation>> {
    let mut images: BTreeMap<_, _> = decision
        .events
        .iter()
        .filter_map(|event| event.conversation())
        .map(|conversation| (conversation.id, conversation.clone()))
        .collect();
    let look = |conversation: &Arc<Conversation>| {
        images
            .entry(conversation.id)
            .or_insert_with(|| conversation.clone());
    };
    match command {
        Command::TimerDue {
            conversation,
            kind: TimerKind::Attention,
        } => draft.conversation(*conversation).into_iter().for_each(look),
        Command::Reassess { after } => {
            let these = draft.following(*after, reassess::AT_ONCE);
            these.into_iter().for_each(look);
        }
        _ => {}
    }
    images
}
