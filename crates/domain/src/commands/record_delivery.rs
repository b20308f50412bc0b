//! `recordDelivery`: how far a message came on its way to the customer (domain.md section 10).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::on_message::{OfMessage, applied, at, record, without_effect};
use crate::action::{Action, AuditedAction};
use crate::case::{Case, ConversationCommand, Spec};
use crate::message::{Delivery, Reactor};
use crate::policy::Needs;
use crate::{
    AuditDetail, Author, Change, Decision, DeliveryState, ExternalId, Outcome, Refusal, Text,
    Visibility,
};

/// What a gateway says of a message of the organisation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordDelivery {
    /// How far it came.
    pub state: DeliveryState,
    /// The id that the channel's provider gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Arc<str>>,
    /// The provider's code of why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Arc<str>>,
    /// The provider's words for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// When, by the channel's clock; none: as this came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// See [`Spec`].
pub const SPEC: Spec = Spec {
    action: Action::RecordDelivery,
    audited: AuditedAction::RecordDelivery,
    needs: Needs::Gateway,
    in_closed: true,
    meets: |_, _| Ok(()),
    viewer_can: None,
};

impl ConversationCommand for OfMessage<RecordDelivery> {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decide(&self, case: &Case<'_>) -> Result<Decision, Refusal> {
        let record = record(case, self.message)?;
        if record.head.visibility != Visibility::Public {
            return Err(Refusal::MessageNotFound);
        }
        if record.author == Author::Customer {
            return Err(invalid("message", "it is a message of the customer"));
        }
        let external = self.newly_named(case)?;
        let at = at(self.act.at, case.standing.now);
        let reported = Delivery {
            state: self.act.state,
            at,
        };
        let advances = Delivery::advances(record.delivery, reported);
        let Some(shown) = advances.then_some(reported).or_else(|| {
            external.as_ref().map(|_| {
                record.delivery.unwrap_or(Delivery {
                    state: DeliveryState::Pending,
                    at,
                })
            })
        }) else {
            return Ok(without_effect(case, self.message));
        };
        let (agent, supervisor) = match &record.writer {
            Some(Reactor::Agent(agent)) => (Some(*agent), None),
            Some(Reactor::Supervisor(subject)) => (None, Some(subject.clone())),
            Some(Reactor::Customer) | None => (None, None),
        };
        let failed = advances && self.act.state == DeliveryState::Failed;
        let mut recorder = case.recorder();
        recorder.push(Change::MessageDelivery {
            message: self.message,
            state: shown.state,
            at: shown.at,
            author: record.author,
            agent,
            supervisor,
        });
        recorder.add_text(Text::Delivery {
            message: self.message,
            external,
            code: self.act.code.clone().filter(|_| failed),
            description: self.act.description.clone().filter(|_| failed),
        });
        Ok(recorder.done_with(applied(self.message)))
    }

    fn audit(&self, _: Option<&Outcome>) -> AuditDetail {
        AuditDetail::target(self.message)
    }
}

impl OfMessage<RecordDelivery> {
    /// The provider's id of the message where it has not had that; a message has as many as its gateway gives it.
    fn newly_named(&self, case: &Case<'_>) -> Result<Option<ExternalId>, Refusal> {
        let Some(id) = &self.act.external_id else {
            return Ok(None);
        };
        let source = case.viewer().access().source();
        let external = ExternalId {
            source: source.ok_or(Refusal::MessageNotFound)?.clone(),
            channel: case.conversation().channel,
            id: id.clone(),
        };
        match case.draft.delivered(&external) {
            None => Ok(Some(external)),
            Some(known) if known.id == self.message => Ok(None),
            Some(_) => Err(invalid("externalId", "it is the id of another message")),
        }
    }
}

fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.to_owned(),
    }
}
