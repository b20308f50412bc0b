//! `updateConversation`: its primary agent or a supervisor changes its labels, its gateway the attributes among them
//! (domain.md section 11).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::action::{Action, AuditedAction};
use crate::case::organisation::invalid;
use crate::case::{Case, ConversationCommand, Spec, ViewerCan};
use crate::labels::{Attributes, MOST_ATTRIBUTES, MOST_TAGS, Tag, Tags};
use crate::policy::Needs;
use crate::{AuditDetail, Change, Decision, Outcome, Permission, Priority, Refusal, Text};

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
    /// Attributes that it is to have, in the place of those with the same keys.
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub set_attributes: Attributes,
    /// Keys of attributes that it is not to have; none of those above.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub remove_attributes: BTreeSet<Arc<str>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::UpdateConversation,
    audited: AuditedAction::UpdateConversation,
    needs: Needs::GatewayPrimaryOrPermitted(Permission::Label),
    in_closed: false,
    meets: |standing, grant| match grant.agent() {
        Some(me) => standing.primary(me).map(drop),
        None => Ok(()),
    },
    viewer_can: Some(ViewerCan {
        field: "update",
        description: "`updateConversation`: of attributes for gateways, of tags and priority too for its agent and supervisors.",
    }),
};

impl ConversationCommand for UpdateConversation {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    /// Tags and priority are not the gateway's to change.
    fn needs(&self) -> Needs {
        let plain = self.add_tags.is_empty() && self.remove_tags.is_empty();
        if plain && self.priority.is_none() {
            SPEC.needs
        } else {
            Needs::PrimaryOrPermitted(Permission::Label)
        }
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let conversation = case.conversation();
        let (added, removed) = self.tags(&conversation.tags)?;
        let (set, unset) = self.attributes(&conversation.attributes)?;
        let priority = self.priority;
        let priority = priority.filter(|priority| *priority != conversation.priority);
        let mut recorder = case.recorder();
        let tags_stay = added.is_empty() && removed.is_empty();
        if tags_stay && priority.is_none() && set.is_empty() && unset.is_empty() {
            return Ok(recorder.done());
        }
        recorder.add_attributes(&self.set_attributes);
        for key in &unset {
            recorder.add_text(Text::Attribute {
                conversation: conversation.id,
                key: key.clone(),
                value: None,
            });
        }
        recorder.push(Change::LabelsChanged {
            added,
            removed,
            priority,
            set,
            unset,
        });
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

    /// The keys of the attributes that are set, which may say what they said, and of those that go, of these that are
    /// there. What attributes say is not known here.
    fn attributes(&self, there: &BTreeSet<Arc<str>>) -> Result<(Keys, Keys), Refusal> {
        let set: Keys = self.set_attributes.keys().cloned().collect();
        if !set.is_disjoint(&self.remove_attributes) {
            let problem = "an attribute cannot be both set and removed";
            return Err(invalid("removeAttributes", problem));
        }
        let unset: Keys = self
            .remove_attributes
            .intersection(there)
            .cloned()
            .collect();
        let many = there.union(&set).count() - unset.len();
        if many > MOST_ATTRIBUTES {
            let problem = format!(
                "a conversation has at most {MOST_ATTRIBUTES} attributes; this would make {many}"
            );
            return Err(invalid("setAttributes", &problem));
        }
        Ok((set, unset))
    }
}

type Keys = BTreeSet<Arc<str>>;
