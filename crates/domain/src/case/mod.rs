//! What commands are decided with: the case that is before them, how the viewer stands to it, and the
//! recorder of what comes of it.

use std::fmt::Debug;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::action::{Action, AuditedAction};
use crate::policy::{Grant, Needs};
use crate::{
    Actor, AuditDetail, Conversation, Decision, Draft, Event, Managed, Outcome, Refusal, Role,
    Viewer,
};

pub mod organisation;
pub mod recorder;
pub mod standing;

pub use recorder::{Recorder, in_order};
pub use standing::Standing;

/// What is known of a command on a conversation before anybody asks for it.
#[derive(Debug)]
pub struct Spec {
    /// Its name for the policy.
    pub action: Action,
    /// Its name for the audit.
    pub audited: AuditedAction,
    /// Who may: checks 3 to 7 of domain.md section 3. A command may need more by what it asks
    /// (`ConversationCommand::needs`).
    pub needs: Needs,
    /// Whether a CLOSED conversation takes it too, as a change of its own record alone (domain.md section 10).
    pub in_closed: bool,
    /// What it needs of the conversation: check 9, all but a target.
    pub(crate) meets: fn(&Standing<'_>, &Grant<'_>) -> Result<(), Refusal>,
    /// How `viewerCan` shows it; none: not at all, since only programs ask for it.
    pub viewer_can: Option<ViewerCan>,
}

/// A field of `viewerCan`.
#[derive(Clone, Copy, Debug)]
pub struct ViewerCan {
    /// Its name.
    pub field: &'static str,
    /// Its description in the schema.
    pub description: &'static str,
}

/// A command on one conversation.
pub trait ConversationCommand: Debug {
    /// What is known of it beforehand.
    fn spec(&self) -> &'static Spec;

    /// What is answered where this was done before, by what the input itself says; none: it was not. Asked once
    /// the viewer may, before the version and the conversation's state.
    fn repeats(&self, _case: &Case<'_>) -> Option<Outcome> {
        None
    }

    /// Who may: checks 3 to 7. What it needs for what it asks, where that is more than some of it would need.
    fn needs(&self) -> Needs {
        self.spec().needs
    }

    /// What comes of it where it is allowed and the conversation is as it must be: checks its target (check 10)
    /// and other input, and makes the events.
    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal>;

    /// What the audit keeps of it. `outcome`: none where it was refused.
    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail;
}

/// A command on the organisation, which only administrators give.
pub trait OrganisationCommand: Debug {
    /// Its name for the audit.
    fn audited(&self) -> AuditedAction;

    /// What comes of it.
    fn decide(&self, case: &OrganisationCase<'_>) -> Result<Decision, Refusal>;

    /// What the audit keeps of it. `outcome`: none where it was refused.
    fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail;

    /// What it changes.
    fn managed(&self) -> Managed;
}

/// A command on one conversation that is allowed but for its target. Whose it is, and on what, is what the grant
/// says.
pub struct Case<'a> {
    /// What is there now.
    pub draft: &'a Draft<'a>,
    /// How the viewer stands to the conversation.
    pub standing: Standing<'a>,
    grant: Grant<'a>,
}

impl<'a> Case<'a> {
    /// The case of a grant: viewer and conversation are the grant's, so that there is no other to decide it for.
    pub fn of(draft: &'a Draft<'a>, grant: Grant<'a>, now: DateTime<Utc>) -> Self {
        let standing = Standing::in_draft(draft, grant.viewer(), grant.conversation(), now);
        Self {
            draft,
            standing,
            grant,
        }
    }

    /// Check 9, of the action that was granted.
    pub fn meets(&self) -> Result<(), Refusal> {
        self.standing.meets(self.grant.action().spec(), &self.grant)
    }

    /// What the policy allowed.
    pub fn grant(&self) -> &Grant<'a> {
        &self.grant
    }

    /// Who asks.
    pub fn viewer(&self) -> &'a Viewer {
        self.grant.viewer()
    }

    /// The conversation as it is.
    pub fn conversation(&self) -> &'a Arc<Conversation> {
        self.grant.conversation()
    }

    /// What will have happened.
    pub fn recorder(&self) -> Recorder<'a> {
        let (actor, now) = (self.actor(), self.standing.now);
        Recorder::new(self.draft, self.conversation(), actor, now)
    }

    /// In whose name it is done.
    pub fn actor(&self) -> Actor {
        let subject = self.viewer().subject().clone();
        match (self.grant.role(), self.grant.agent()) {
            (_, Some(agent)) => Actor::Agent { agent },
            (Role::CustomerGateway, None) => Actor::Gateway { subject },
            _ => Actor::Supervisor { subject },
        }
    }
}

/// A command of an administrator.
pub struct OrganisationCase<'a> {
    /// What is there now.
    pub draft: &'a Draft<'a>,
    /// Who asks.
    pub actor: Actor,
    /// The instant of the command.
    pub now: DateTime<Utc>,
}

impl OrganisationCase<'_> {
    /// These events, and this answer.
    pub fn done(&self, (events, outcome): (Vec<Event>, Outcome)) -> Decision {
        Decision {
            actor: self.actor.clone(),
            events,
            texts: Vec::new(),
            outcome,
            left: None,
        }
    }
}

/// The refusal of a command that needs the conversation to be otherwise.
pub fn invalid_state(conversation: &Conversation, needed: &'static str) -> Refusal {
    let (state, reason) = (conversation.state, conversation.reason);
    Refusal::InvalidState {
        state,
        reason,
        needed,
    }
}
