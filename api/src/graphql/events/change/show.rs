//! From the domain's changes to the schema's.

use std::sync::Arc;

use async_graphql::ID;

#[allow(clippy::wildcard_imports)] // Every type of change, by definition.
use super::*;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use domain::audience::Fact;
use domain::{AgentId, Change, Conversation, QueueId, Tag};
use engine::app::App;

impl ConversationChange {
    /// The change as the schema shows it; none when it is about no conversation, or in no stream of changes. Agents and queues
    /// are shown as they are now.
    #[allow(clippy::too_many_lines)] // One arm a change; splitting would hide that the list is whole.
    pub(in crate::graphql) fn of(
        app: &App,
        change: &Change,
        conversation: &Arc<Conversation>,
    ) -> Option<Self> {
        let agent = |id: &AgentId| {
            app.board
                .read(|board| board.world.named_agent(*id).cloned().map(Agent))
        };
        let queue = |id: &QueueId| {
            app.board
                .read(|board| board.world.named_queue(*id).cloned().map(Queue))
        };
        let led = |value: &u32, fact: Fact, agent: &AgentId| Led {
            value: *value,
            fact,
            conversation: conversation.clone(),
            agent: Some(*agent),
        };
        let tags = |tags: &[Tag]| Led {
            value: tags.iter().map(|tag| tag.text().to_string()).collect(),
            fact: Fact::Tags,
            conversation: conversation.clone(),
            agent: None,
        };
        let kind = EventType::of(change.kind())?;
        macro_rules! is {
            ($name:ident $({ $($field:ident : $value:expr),* $(,)? })?) => {
                Self::$name($name { kind $($(, $field: $value)*)? })
            };
        }
        Some(match change {
            Change::ConversationStarted => is!(ConversationStarted),
            Change::MessagePosted {
                message,
                author,
                visibility,
                attachments,
                sent_at,
                reply_to,
                ..
            } => is!(MessagePosted {
                message_id: ID(message.to_string()),
                author: (*author),
                visibility: (*visibility),
                attachments: attachments.clone(),
                sent_at: (*sent_at),
                reply_to_id: reply_to.map(|id| ID(id.to_string())),
            }),
            Change::MessageEdited {
                message,
                at,
                attachments,
                ..
            } => is!(MessageEdited {
                message_id: ID(message.to_string()),
                at: (*at),
                attachments: attachments.clone(),
            }),
            Change::MessageRemoved { message, at } => is!(MessageRemoved {
                message_id: ID(message.to_string()),
                at: (*at),
            }),
            Change::MessageReaction {
                message,
                by,
                given,
                at,
                ..
            } => is!(MessageReaction {
                message_id: ID(message.to_string()),
                author: (*by),
                given: (*given),
                at: (*at),
            }),
            Change::MessageDelivery {
                message, state, at, ..
            } => is!(MessageDelivery {
                message_id: ID(message.to_string()),
                state: (*state),
                at: (*at),
            }),
            Change::SentimentCorrected { message, level, .. } => is!(SentimentCorrected {
                message_id: ID(message.to_string()),
                level: (*level),
            }),
            Change::MessageScored { message, .. } => is!(MessageScored {
                message_id: ID(message.to_string()),
            }),
            Change::SentimentChanged { from, to, .. } => {
                is!(SentimentChanged {
                    from: (*from),
                    to: (*to)
                })
            }
            Change::SentimentAlertRaised {
                level, threshold, ..
            } => is!(SentimentAlertRaised {
                level: (*level),
                threshold: (*threshold),
            }),
            Change::EscalationSignalled { message, signals } => is!(EscalationSignalled {
                message_id: ID(message.to_string()),
                signals: signals.clone(),
            }),
            Change::AttentionChanged { added, removed } => is!(AttentionChanged {
                added: added
                    .iter()
                    .map(|one| Attention::new(*one, conversation))
                    .collect(),
                removed: removed.clone(),
            }),
            Change::AttentionAcknowledged { reason } => is!(AttentionAcknowledged {
                attention_reason: *reason,
            }),
            Change::HelpRequested { agent: who, note } => is!(HelpRequested {
                agent: agent(who),
                note_id: note.map(|id| ID(id.to_string())),
            }),
            Change::HelpEnded { agent: who, end } => is!(HelpEnded {
                agent: agent(who),
                help_end: *end,
            }),
            Change::AssignedToAgent {
                offer,
                agent: to,
                units,
                exceeded_by,
                due_at,
                ..
            } => {
                is!(AssignedToAgent {
                    offer_id: ID(offer.to_string()),
                    agent: agent(to),
                    units: led(units, Fact::OfferUnits, to),
                    capacity_exceeded_by: led(exceeded_by, Fact::OfferUnits, to),
                    due_at: *due_at,
                })
            }
            Change::AssignedToQueue { from, to } => {
                is!(AssignedToQueue {
                    from: queue(from),
                    to: queue(to)
                })
            }
            Change::Picked { agent: who, .. } => is!(Picked { agent: agent(who) }),
            Change::OfferAccepted {
                offer, agent: who, ..
            } => {
                is!(OfferAccepted {
                    offer_id: ID(offer.to_string()),
                    agent: agent(who)
                })
            }
            Change::OfferRejected {
                offer, agent: who, ..
            } => {
                is!(OfferRejected {
                    offer_id: ID(offer.to_string()),
                    agent: agent(who)
                })
            }
            Change::OfferTimedOut {
                offer, agent: who, ..
            } => {
                is!(OfferTimedOut {
                    offer_id: ID(offer.to_string()),
                    agent: agent(who)
                })
            }
            Change::OfferCancelled {
                offer,
                agent: who,
                reason,
                ..
            } => is!(OfferCancelled {
                offer_id: ID(offer.to_string()),
                agent: agent(who),
                cancel_reason: (*reason),
            }),
            Change::TransferRequested {
                offer,
                from,
                to,
                units,
                exceeded_by,
                due_at,
                ..
            } => {
                is!(TransferRequested {
                    offer_id: ID(offer.to_string()),
                    from: agent(from),
                    to: agent(to),
                    units: led(units, Fact::OfferUnits, to),
                    capacity_exceeded_by: led(exceeded_by, Fact::OfferUnits, to),
                    due_at: *due_at,
                })
            }
            Change::TransferAccepted {
                offer, from, to, ..
            } => is!(TransferAccepted {
                offer_id: ID(offer.to_string()),
                from: agent(from),
                to: agent(to),
            }),
            Change::TransferRejected {
                offer, agent: who, ..
            } => {
                is!(TransferRejected {
                    offer_id: ID(offer.to_string()),
                    agent: agent(who)
                })
            }
            Change::TransferTimedOut {
                offer, agent: who, ..
            } => {
                is!(TransferTimedOut {
                    offer_id: ID(offer.to_string()),
                    agent: agent(who)
                })
            }
            Change::TransferCancelled {
                offer,
                agent: who,
                reason,
                ..
            } => is!(TransferCancelled {
                offer_id: ID(offer.to_string()),
                agent: agent(who),
                cancel_reason: (*reason),
            }),
            Change::SetAside => is!(SetAside),
            Change::Reactivated { by_agent } => is!(Reactivated {
                by_agent: *by_agent
            }),
            Change::ReleasedToQueue {
                agent: who,
                disconnected,
            } => {
                is!(ReleasedToQueue {
                    agent: agent(who),
                    disconnected: *disconnected
                })
            }
            Change::Requeued {
                from,
                to,
                agent: who,
            } => {
                is!(Requeued {
                    from: queue(from),
                    to: queue(to),
                    agent: agent(who)
                })
            }
            Change::TakenOver {
                from, agent: who, ..
            } => {
                is!(TakenOver {
                    previous_agent: agent(from),
                    agent: agent(who)
                })
            }
            Change::MonitoringStarted {
                session,
                supervisor,
                ..
            } => is!(MonitoringStarted {
                session_id: ID(session.to_string()),
                supervisor: supervisor.to_string(),
            }),
            Change::MonitoringStopped {
                session,
                supervisor,
                end,
            } => is!(MonitoringStopped {
                session_id: ID(session.to_string()),
                supervisor: supervisor.to_string(),
                ended_by: (*end),
            }),
            Change::ReviewStarted {
                session,
                supervisor,
                ..
            } => is!(ReviewStarted {
                session_id: ID(session.to_string()),
                supervisor: supervisor.to_string(),
            }),
            Change::ReviewStopped {
                session,
                supervisor,
                end,
            } => is!(ReviewStopped {
                session_id: ID(session.to_string()),
                supervisor: supervisor.to_string(),
                ended_by: (*end),
            }),
            Change::SupervisorJoined { .. } => is!(SupervisorJoined),
            Change::SupervisorLeft { .. } => is!(SupervisorLeft),
            Change::ConsultantLeft { agent: who } => is!(ConsultantLeft { agent: agent(who) }),
            Change::ModeChanged { mode } => is!(ModeChanged { mode: (*mode) }),
            Change::CustomerDisconnected { grace_until } => {
                is!(CustomerDisconnected {
                    grace_until: *grace_until
                })
            }
            Change::CustomerReconnected => is!(CustomerReconnected),
            Change::ConsentRecorded {
                notice_given_at,
                consent,
            } => is!(ConsentRecorded {
                notice_given_at: *notice_given_at,
                consent: (*consent),
            }),
            Change::LabelsChanged {
                added,
                removed,
                priority,
                set,
                unset,
            } => is!(LabelsChanged {
                added_tags: tags(added),
                removed_tags: tags(removed),
                priority: *priority,
                set_attributes: set.iter().map(ToString::to_string).collect(),
                removed_attributes: unset.iter().map(ToString::to_string).collect(),
            }),
            Change::DispositionSet { code } => is!(DispositionSet {
                code: code.to_string(),
            }),
            Change::RatingRecorded { score } => is!(RatingRecorded { score: *score }),
            Change::CustomerChanged { customer } => is!(CustomerChanged {
                customer_id: ID(customer.to_string()),
            }),
            Change::CustomersMerged { merged, surviving } => is!(CustomersMerged {
                merged_id: ID(merged.to_string()),
                surviving_id: ID(surviving.to_string()),
            }),
            Change::MovedToWrapUp { reason } => is!(MovedToWrapUp {
                status_reason: (*reason)
            }),
            Change::CapacityReleased { agent: who, units } => {
                is!(CapacityReleased {
                    agent: agent(who),
                    units: led(units, Fact::PrimaryUnits, who)
                })
            }
            Change::Closed { reason } => is!(Closed {
                status_reason: (*reason)
            }),
            Change::ForceClosed { .. } => is!(ForceClosed),
            Change::AgentCoached { .. }
            | Change::AgentPresenceChanged { .. }
            | Change::AgentChanged { .. }
            | Change::QueueChanged { .. }
            | Change::WorkstreamChanged { .. }
            | Change::MembershipChanged { .. }
            | Change::AgentsNotified { .. }
            | Change::SupervisorSettingsChanged => return None,
        })
    }
}
