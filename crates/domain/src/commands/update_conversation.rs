//! `updateConversation`: its primary agent or a supervisor changes its labels (domain.md section 11).

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::organisation::invalid;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::labels::{MOST_TAGS, Tag, Tags};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Permission, Priority, Refusal};

/// What is changed of a conversation's labels; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UpdateConversation {
    /// Tags that it is to have.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub add_tags: Tags,
    /// Tags that it is not to have; none of those above.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub remove_tags: Tags,
    /// Its priority; none leaves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::UpdateConversation,
    audited: AuditedAction::UpdateConversation,
    needs: Needs::PrimaryOrPermitted(Permission::Label),
    meets: |standing, grant| match grant.agent() {
        Some(me) => standing.primary(me).map(drop),
        None => Ok(()),
    },
    viewer_can: Some(ViewerCan {
        field: "update",
        description: "`updateConversation` of tags and priority.",
    }),
};

impl ConversationCommand for UpdateConversation {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let (added, removed) = self.tags(&case.conversation().tags)?;
        let priority = self
            .priority
            .filter(|priority| *priority != case.conversation().priority);
        let mut recorder = case.recorder();
        if !added.is_empty() || !removed.is_empty() || priority.is_some() {
            recorder.push(Change::LabelsChanged {
                added,
                removed,
                priority,
            });
        }
        Ok(recorder.done())
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::none()
    }
}

impl UpdateConversation {
    /// Which tags come, and which go, of these that are there.
    fn tags(&self, there: &Tags) -> Result<(Vec<Tag>, Vec<Tag>), Refusal> {
        if self
            .add_tags
            .iter()
            .any(|tag| self.remove_tags.find(tag).is_some())
        {
            let problem = "a tag cannot be both added and removed";
            return Err(invalid("removeTags", problem));
        }
        let added = self.add_tags.iter().filter(|tag| there.find(tag).is_none());
        let added: Vec<_> = added.cloned().collect();
        // As they are written there.
        let removed = self.remove_tags.iter().filter_map(|tag| there.find(tag));
        let removed: Vec<_> = removed.cloned().collect();
        let many = there.len() + added.len() - removed.len();
        if many > MOST_TAGS {
            let problem =
                format!("a conversation has at most {MOST_TAGS} tags; this would make {many}");
            return Err(invalid("addTags", &problem));
        }
        Ok((added, removed))
    }
}
