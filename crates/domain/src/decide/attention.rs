//! The end of every command: what it did to a request for help (domain.md section 13), and to the attention that
//! conversations need (section 6), told once for each conversation and after everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::Decision;
use crate::attention::{Attention, reasons};
use crate::case::Recorder;
use crate::commands::reassess;
use crate::{
    After, AttentionReason, Change, ChangeKind, Command, Conversation, ConversationId, Draft,
    HelpEnd, Settings, TimerKind,
};

/// Adds, for every conversation that the decision touched, a `HelpEnded` where a request for help went with its agent,
/// and an `AttentionChanged` where the reasons are others now than before the command.
pub(super) fn settle(
    draft: &Draft<'_>,
    command: &Command,
    decision: &mut Decision,
    now: DateTime<Utc>,
) {
    let settings = settings_after(draft, decision);
    for image in touched(draft, command, decision).into_values() {
        // Compared with before the command: CLOSED has cleared its image already.
        let before = draft.conversation(image.id);
        let went = before.and_then(|before| help_that_went(before, &image, decision));
        let before = before.map(|before| &before.attention);
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
        if went.is_none() && added.is_empty() && removed.is_empty() {
            continue;
        }
        let mut recorder = Recorder::new(draft, &image, decision.actor.clone(), now);
        if let Some(went) = went {
            recorder.push(went);
        }
        if !(added.is_empty() && removed.is_empty()) {
            recorder.push(Change::AttentionChanged { added, removed });
        }
        let shown = decision.outcome.conversation.as_mut();
        if let Some(shown) = shown.filter(|shown| shown.id == image.id) {
            *shown = recorder.current.clone();
        }
        decision.events.extend(recorder.into_events());
    }
}

/// The end of the request for help that an image ended because of its agent or its state, and that nothing told of yet.
fn help_that_went(
    before: &Conversation,
    image: &Conversation,
    decision: &Decision,
) -> Option<Change> {
    let help = before.help.as_ref().filter(|_| image.help.is_none())?;
    let is_told = decision.events.iter().any(|event| {
        let of_this = event
            .conversation()
            .is_some_and(|after| after.id == image.id);
        of_this && event.change.kind() == ChangeKind::HelpEnded
    });
    let end = if image.is_ongoing() {
        HelpEnd::NoLongerPrimary
    } else {
        HelpEnd::Closed
    };
    let agent = help.agent;
    (!is_told).then_some(Change::HelpEnded { agent, end })
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
