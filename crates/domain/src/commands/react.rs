//! `reactToMessage`: the customer, an agent or a supervisor reacts to a message (domain.md section 10).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::on_message::{OfMessage, applied, at, record, without_effect};
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::message::{Reaction, Reactor};
use crate::policy::Needs;
use crate::{
    AuditDetail, Author, Change, Decision, Outcome, ParticipantRole, Refusal, Role, Text,
    Visibility,
};

/// A reaction, or the taking back of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct React {
    /// The reaction, such as an emoji; none: it is taken back.
    pub reaction: Option<Arc<str>>,
    /// When, by the channel's clock; none: as this came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::React,
    audited: AuditedAction::ReactToMessage,
    needs: Needs::GatewayOrWriter,
    in_closed: true,
    meets: |standing, grant| match (grant.role(), grant.agent()) {
        // The customer may look back after the end, too.
        (Role::CustomerGateway, _) => Ok(()),
        _ if !standing.conversation.is_ongoing() => Err(Refusal::ConversationClosed),
        (_, Some(me)) => standing.author(me).map(drop),
        _ => standing.monitoring().map(drop),
    },
    // Who may write may.
    viewer_can: None,
};

impl ConversationCommand for OfMessage<React> {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let record = record(case, self.message)?;
        let (by, reactor) = self.reactor(case)?;
        let react = &self.act;
        let at = at(react.at, case.standing.now);
        let had = record.reactions.get(&reactor);
        let is_older = had.is_some_and(|had| at < had.at);
        let says_more = had.and_then(|had| had.reaction.as_ref()) != react.reaction.as_ref()
            || (react.at.is_some() && had.is_none_or(|had| had.at < at));
        if is_older || !says_more {
            return Ok(without_effect(case, self.message));
        }
        let mut recorder = case.recorder();
        recorder.push(Change::MessageReaction {
            message: self.message,
            visibility: record.head.visibility,
            coached: record.head.coached,
            by,
            given: react.reaction.is_some(),
            at,
        });
        let reaction = Reaction {
            reaction: react.reaction.clone(),
            at,
        };
        recorder.add_text(Text::Reaction {
            message: self.message,
            by: reactor,
            reaction,
        });
        Ok(recorder.done_with(applied(self.message)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.message)
    }
}

impl OfMessage<React> {
    /// Who reacts: to a message that they may read, and for the customer's eyes only as one who may write to them.
    fn reactor(&self, case: &Case<'_>) -> Result<(Author, Reactor), Refusal> {
        let is_public = record(case, self.message)?.head.visibility == Visibility::Public;
        if let Some(me) = case.grant().agent() {
            return Ok((case.standing.author(me)?, Reactor::Agent(me)));
        }
        if case.grant().role() == Role::CustomerGateway {
            let customer = (Author::Customer, Reactor::Customer);
            return is_public
                .then_some(customer)
                .ok_or(Refusal::MessageNotFound);
        }
        let joined = case.standing.monitoring()?.joined_at.is_some();
        if is_public && !joined {
            return Err(Refusal::NotParticipant(ParticipantRole::Supervisor));
        }
        let subject = case.viewer().subject().clone();
        Ok((Author::Supervisor, Reactor::Supervisor(subject)))
    }
}
