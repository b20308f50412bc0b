//! The registry of commands: what can be asked of Regie, each with its rule in a file of its own.
//!
//! A command's file has what it needs (role, setting, permission), what it needs of the conversation, what it comes
//! to, and what the audit keeps of it. Here each has its variant and its lines in the matches, which have no
//! wildcard: the compiler asks for what was forgotten.

use std::sync::Arc;

use serde::Serialize;

use super::action::{Action, AskedBy, AuditedAction, Malformed};
use super::case::{ConversationCommand, OrganisationCommand};
use super::{
    AgentId, AuditDetail, ConversationId, Draft, Managed, Outcome, Presence, QueueId, TimerKind,
    Viewer,
};

pub mod accept;
pub mod acknowledge_attention;
pub(crate) mod acknowledge_notice;
pub mod add_member;
pub(crate) mod agent_disconnected;
pub mod answer_help;
pub mod assign;
pub mod bulk;
pub mod cancel_help;
pub mod cancel_offer;
pub mod cancel_transfer;
pub mod change_mode;
pub mod close;
pub mod coach;
pub mod correct_sentiment;
pub mod create_agent;
pub mod create_queue;
pub mod create_workstream;
pub mod customer_disconnected;
pub mod customer_message;
pub mod customer_reconnected;
pub mod delete_agent;
pub mod delete_queue;
pub mod delete_workstream;
pub mod drain;
pub mod edit_customer_message;
pub mod end;
pub mod end_by_customer;
pub mod erase_customer;
pub mod force_close;
pub mod join;
pub mod late_score;
pub mod leave;
pub mod merge_customers;
pub mod monitor;
pub mod notify_agents;
pub mod on_message;
pub mod pick;
pub mod react;
pub(crate) mod read_earlier;
pub(crate) mod reassess;
pub mod receive;
pub mod record_consent;
pub mod record_delivery;
pub mod record_rating;
pub mod reject;
pub mod release;
pub mod remove_customer_message;
pub mod remove_member;
pub mod reopen;
pub mod request_help;
pub mod requeue;
pub mod review;
mod revoke;
pub mod revoke_subject;
pub mod revoke_token;
pub mod send;
pub mod set_aside;
pub(crate) mod set_presence;
pub mod start;
pub mod stop_monitoring;
pub mod stop_review;
pub mod take_over;
mod target;
pub(crate) mod timer_due;
pub(crate) mod token_refreshed;
pub mod transfer;
pub mod update_agent;
pub mod update_conversation;
pub mod update_customer;
pub mod update_queue;
pub mod update_settings;
pub mod update_workstream;
mod withdraw;

pub use super::case::{Spec, ViewerCan};
pub use target::Target;

pub use accept::Accept;
pub use acknowledge_attention::AcknowledgeAttention;
pub use add_member::AddMember;
pub use answer_help::AnswerHelp;
pub use assign::{AssignToAgent, AssignToQueue};
pub use bulk::Bulk;
pub use cancel_help::CancelHelp;
pub use cancel_offer::CancelOffer;
pub use cancel_transfer::CancelTransfer;
pub use change_mode::ChangeMode;
pub use close::Close;
pub use coach::Coach;
pub use correct_sentiment::CorrectSentiment;
pub use create_agent::CreateAgent;
pub use create_queue::CreateQueue;
pub use create_workstream::CreateWorkstream;
pub use customer_disconnected::CustomerDisconnected;
pub use customer_message::CustomerMessage;
pub use customer_reconnected::CustomerReconnected;
pub use delete_agent::DeleteAgent;
pub use delete_queue::DeleteQueue;
pub use delete_workstream::DeleteWorkstream;
pub use drain::Drain;
pub use edit_customer_message::Edit;
pub use end::End;
pub use end_by_customer::EndByCustomer;
pub use erase_customer::EraseCustomer;
pub use force_close::ForceClose;
pub use join::Join;
pub use late_score::LateScore;
pub use leave::Leave;
pub use merge_customers::MergeCustomers;
pub use monitor::Monitor;
pub use notify_agents::{Notified, NotifyAgents};
pub use on_message::{MessageAct, OfMessage, OnMessage};
pub use pick::Pick;
pub use react::React;
pub use reassess::Left;
pub use receive::Receive;
pub use record_consent::RecordConsent;
pub use record_delivery::RecordDelivery;
pub use record_rating::RecordRating;
pub use reject::Reject;
pub use release::Release;
pub use remove_customer_message::Remove;
pub use remove_member::RemoveMember;
pub use reopen::Reopen;
pub use request_help::RequestHelp;
pub use requeue::Requeue;
pub use review::Review;
pub use revoke_subject::RevokeSubject;
pub use revoke_token::RevokeToken;
pub use send::Send;
pub use set_aside::SetAside;
pub use set_presence::SetPresenceOf;
pub use start::Start;
pub use stop_monitoring::StopMonitoring;
pub use stop_review::StopReview;
pub use take_over::TakeOver;
pub use transfer::Transfer;
pub use update_agent::UpdateAgent;
pub use update_conversation::UpdateConversation;
pub use update_customer::UpdateCustomer;
pub use update_queue::UpdateQueue;
pub use update_settings::UpdateSettings;
pub use update_workstream::UpdateWorkstream;

/// What is asked. Ids of what may come into being are chosen by the caller, so that deciding stays
/// a function of its arguments.
///
/// Its serialisation is what a repeat of the same input is known by: it leaves out the ids that are chosen for
/// what may come into being, and a field that comes later must say nothing when it is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Command {
    /// A gateway starts a conversation.
    Start(Box<Start>),
    /// A gateway brings a customer's message, wherever it belongs.
    Receive(Box<Receive>),
    /// Something is done to a message, which says what conversation it is in.
    OnMessage(Box<OnMessage>),
    /// A customer has another name.
    UpdateCustomer(UpdateCustomer),
    /// Something is done to a conversation.
    Act {
        /// Which.
        conversation: ConversationId,
        /// What.
        act: Act,
    },
    /// The same is to be done to many conversations.
    Bulk(Bulk),
    /// A supervisor takes an agent's work.
    Drain(Drain),
    /// A supervisor tells agents something.
    NotifyAgents(NotifyAgents),
    /// The viewer's own presence.
    SetPresence(Presence),
    /// The presence of an agent of a supervisor's.
    SetPresenceOf(SetPresenceOf),
    /// An agent has read the monitoring notice: the text of this version.
    AcknowledgeNotice {
        /// The version that the agent saw.
        version: Arc<str>,
    },
    /// An administrator manages the organisation.
    Manage(Manage),
    /// What was asked with input that is not well-formed: refused, and recorded where the audit
    /// records such a thing.
    #[serde(skip)]
    Malformed(Box<Malformed>),
    /// A timer is due.
    TimerDue {
        /// Whose timer.
        conversation: ConversationId,
        /// Which of them.
        kind: TimerKind,
    },
    /// An agent stayed disconnected past the grace time.
    AgentDisconnected(AgentId),
    /// A setting changed for every ongoing conversation: the next of them are looked at.
    Reassess {
        /// The last one that was looked at, in the order of their ids; none so far.
        after: Option<ConversationId>,
    },
    /// The operator's scorer has answered.
    LateScore(Box<LateScore>),
    /// The primary agent of a conversation reads an earlier one of its customer.
    ReadEarlier {
        /// Which they are primary agent of.
        conversation: ConversationId,
        /// Which they read.
        earlier: ConversationId,
    },
    /// The asker has a token that was not seen before: it takes over the running looks that an
    /// earlier one holds.
    TokenRefreshed,
}

/// What is done to a conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Act {
    /// The customer wrote.
    CustomerMessage(CustomerMessage),
    /// The customer edited a message.
    EditCustomerMessage(OfMessage<Edit>),
    /// The customer removed a message.
    RemoveCustomerMessage(OfMessage<Remove>),
    /// Somebody reacts to a message, or takes it back.
    React(OfMessage<React>),
    /// How far a message came on its way to the customer.
    RecordDelivery(OfMessage<RecordDelivery>),
    /// The live-chat customer's connection broke.
    CustomerDisconnected,
    /// The live-chat customer is back.
    CustomerReconnected,
    /// The customer ended the contact.
    EndByCustomer,
    /// The conversation changes to this mode.
    ChangeMode(ChangeMode),
    /// What the customer was told and answered.
    RecordConsent(RecordConsent),
    /// How the customer rates it.
    RecordRating(RecordRating),
    /// Its labels change.
    UpdateConversation(UpdateConversation),
    /// An agent takes it from a queue.
    Pick,
    /// The agent takes what is offered.
    Accept,
    /// The agent refuses what is offered.
    Reject,
    /// The primary agent sets it aside until the customer writes.
    SetAside,
    /// The primary agent takes it up again.
    Reopen,
    /// The primary agent gives it back to the queue.
    Release,
    /// The primary agent ends the contact.
    End,
    /// The primary agent ends the after-work.
    Close,
    /// The same, and says how the conversation ended.
    CloseAs(Close),
    /// An agent or supervisor writes.
    Send(Send),
    /// A joined supervisor or a consultant leaves.
    Leave,
    /// A supervisor watches silently.
    Monitor(Monitor),
    /// A supervisor stops watching (and leaves).
    StopMonitoring,
    /// A supervisor reads what is not there to be monitored.
    Review(Review),
    /// A supervisor no longer reads.
    StopReview,
    /// A monitoring supervisor becomes a participant.
    Join,
    /// A supervisor offers it to an agent.
    AssignToAgent(AssignToAgent),
    /// A supervisor moves it to another queue.
    AssignToQueue(AssignToQueue),
    /// A supervisor withdraws an unanswered assignment.
    CancelOffer,
    /// A supervisor asks another agent to take it over.
    Transfer(Transfer),
    /// A supervisor cancels a transfer request.
    CancelTransfer,
    /// A supervisor gives it back to a queue.
    Requeue(Requeue),
    /// A supervisor becomes its primary agent.
    TakeOver,
    /// A supervisor ends it from outside.
    ForceClose,
    /// The primary agent asks for a supervisor's help.
    RequestHelp(RequestHelp),
    /// The primary agent takes that back.
    CancelHelp,
    /// A supervisor has answered the request for help.
    AnswerHelp,
    /// A supervisor has seen to a reason for attention.
    AcknowledgeAttention(AcknowledgeAttention),
    /// A supervisor writes to the primary agent alone.
    Coach(Coach),
    /// A supervisor says how a message feels.
    CorrectSentiment(OfMessage<CorrectSentiment>),
}

/// What administrators do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Manage {
    /// A new agent.
    CreateAgent(CreateAgent),
    /// A new queue.
    CreateQueue(CreateQueue),
    /// A new workstream.
    CreateWorkstream(CreateWorkstream),
    /// An agent becomes a member of a queue.
    AddMember(AddMember),
    /// An agent is no longer a member of a queue.
    RemoveMember(RemoveMember),
    /// New organisation settings.
    UpdateSettings(UpdateSettings),
    /// New values for an agent.
    UpdateAgent(UpdateAgent),
    /// An agent goes.
    DeleteAgent(DeleteAgent),
    /// New values for a queue.
    UpdateQueue(UpdateQueue),
    /// A queue goes.
    DeleteQueue(DeleteQueue),
    /// New values for a workstream.
    UpdateWorkstream(UpdateWorkstream),
    /// A workstream goes.
    DeleteWorkstream(DeleteWorkstream),
    /// A customer's name, key and texts go.
    EraseCustomer(EraseCustomer),
    /// Two customers are one from now on.
    MergeCustomers(MergeCustomers),
    /// One token is taken back.
    RevokeToken(RevokeToken),
    /// A subject's tokens are taken back.
    RevokeSubject(RevokeSubject),
}

impl Act {
    /// The command itself.
    pub(crate) fn command(&self) -> &dyn ConversationCommand {
        match self {
            Self::CustomerMessage(command) => command,
            Self::EditCustomerMessage(command) => command,
            Self::RemoveCustomerMessage(command) => command,
            Self::React(command) => command,
            Self::RecordDelivery(command) => command,
            Self::CustomerDisconnected => &CustomerDisconnected,
            Self::CustomerReconnected => &CustomerReconnected,
            Self::EndByCustomer => &EndByCustomer,
            Self::ChangeMode(command) => command,
            Self::RecordConsent(command) => command,
            Self::RecordRating(command) => command,
            Self::UpdateConversation(command) => command,
            Self::Pick => &Pick,
            Self::Accept => &Accept,
            Self::Reject => &Reject,
            Self::SetAside => &SetAside,
            Self::Reopen => &Reopen,
            Self::Release => &Release,
            Self::End => &End,
            Self::Close => &Close::PLAIN,
            Self::CloseAs(command) => command,
            Self::Send(command) => command,
            Self::Leave => &Leave,
            Self::Monitor(command) => command,
            Self::StopMonitoring => &StopMonitoring,
            Self::Review(command) => command,
            Self::StopReview => &StopReview,
            Self::Join => &Join,
            Self::AssignToAgent(command) => command,
            Self::AssignToQueue(command) => command,
            Self::CancelOffer => &CancelOffer,
            Self::Transfer(command) => command,
            Self::CancelTransfer => &CancelTransfer,
            Self::Requeue(command) => command,
            Self::TakeOver => &TakeOver,
            Self::ForceClose => &ForceClose,
            Self::RequestHelp(command) => command,
            Self::CancelHelp => &CancelHelp,
            Self::AnswerHelp => &AnswerHelp,
            Self::AcknowledgeAttention(command) => command,
            Self::Coach(command) => command,
            Self::CorrectSentiment(command) => command,
        }
    }

    /// Its name for the policy.
    pub fn action(&self) -> Action {
        self.command().spec().action
    }
}

impl Manage {
    /// The command itself.
    pub(crate) fn command(&self) -> &dyn OrganisationCommand {
        match self {
            Self::CreateAgent(command) => command,
            Self::CreateQueue(command) => command,
            Self::CreateWorkstream(command) => command,
            Self::AddMember(command) => command,
            Self::RemoveMember(command) => command,
            Self::UpdateSettings(command) => command,
            Self::UpdateAgent(command) => command,
            Self::DeleteAgent(command) => command,
            Self::UpdateQueue(command) => command,
            Self::DeleteQueue(command) => command,
            Self::UpdateWorkstream(command) => command,
            Self::DeleteWorkstream(command) => command,
            Self::EraseCustomer(command) => command,
            Self::MergeCustomers(command) => command,
            Self::RevokeToken(command) => command,
            Self::RevokeSubject(command) => command,
        }
    }

    /// Whom it makes a member of which queue, or a member no more: a supervisor who has both in scope may do that too.
    pub fn membership(&self) -> Option<(AgentId, QueueId)> {
        match self {
            Self::AddMember(one) => Some((one.agent, one.queue)),
            Self::RemoveMember(one) => Some((one.agent, one.queue)),
            _ => None,
        }
    }

    /// What it changes, as far as the audit keeps how that was before.
    pub fn managed(&self) -> Managed {
        self.command().managed()
    }
}

impl Action {
    /// What is known of it beforehand.
    pub const fn spec(self) -> &'static Spec {
        match self {
            Self::CustomerMessage => &customer_message::SPEC,
            Self::EditCustomerMessage => &edit_customer_message::SPEC,
            Self::RemoveCustomerMessage => &remove_customer_message::SPEC,
            Self::React => &react::SPEC,
            Self::RecordDelivery => &record_delivery::SPEC,
            Self::CustomerDisconnected => &customer_disconnected::SPEC,
            Self::CustomerReconnected => &customer_reconnected::SPEC,
            Self::EndByCustomer => &end_by_customer::SPEC,
            Self::ChangeMode => &change_mode::SPEC,
            Self::RecordConsent => &record_consent::SPEC,
            Self::RecordRating => &record_rating::SPEC,
            Self::UpdateConversation => &update_conversation::SPEC,
            Self::Pick => &pick::SPEC,
            Self::Accept => &accept::SPEC,
            Self::Reject => &reject::SPEC,
            Self::SetAside => &set_aside::SPEC,
            Self::Reopen => &reopen::SPEC,
            Self::Release => &release::SPEC,
            Self::End => &end::SPEC,
            Self::Close => &close::SPEC,
            Self::Send => &send::SPEC,
            Self::Leave => &leave::SPEC,
            Self::Monitor => &monitor::SPEC,
            Self::StopMonitoring => &stop_monitoring::SPEC,
            Self::Review => &review::SPEC,
            Self::StopReview => &stop_review::SPEC,
            Self::Join => &join::SPEC,
            Self::Assign => &assign::SPEC,
            Self::CancelOffer => &cancel_offer::SPEC,
            Self::Transfer => &transfer::SPEC,
            Self::CancelTransfer => &cancel_transfer::SPEC,
            Self::Requeue => &requeue::SPEC,
            Self::TakeOver => &take_over::SPEC,
            Self::ForceClose => &force_close::SPEC,
            Self::RequestHelp => &request_help::SPEC,
            Self::CancelHelp => &cancel_help::SPEC,
            Self::AnswerHelp => &answer_help::SPEC,
            Self::AcknowledgeAttention => &acknowledge_attention::SPEC,
            Self::Coach => &coach::SPEC,
            Self::CorrectSentiment => &correct_sentiment::SPEC,
        }
    }
}

impl AuditedAction {
    /// Whose it is to ask for it.
    pub const fn asked_by(self) -> AskedBy {
        let action = match self {
            Self::ReceiveCustomerMessage => Action::CustomerMessage,
            Self::EditCustomerMessage => Action::EditCustomerMessage,
            Self::RemoveCustomerMessage => Action::RemoveCustomerMessage,
            Self::ReactToMessage => Action::React,
            Self::RecordDelivery => Action::RecordDelivery,
            Self::CustomerDisconnected => Action::CustomerDisconnected,
            Self::CustomerReconnected => Action::CustomerReconnected,
            Self::EndByCustomer => Action::EndByCustomer,
            Self::ChangeMode => Action::ChangeMode,
            Self::RecordConsent => Action::RecordConsent,
            Self::RecordRating => Action::RecordRating,
            Self::UpdateConversation => Action::UpdateConversation,
            Self::PickConversation => Action::Pick,
            Self::AcceptOffer => Action::Accept,
            Self::RejectOffer => Action::Reject,
            Self::SetAsideConversation => Action::SetAside,
            Self::ReopenConversation => Action::Reopen,
            Self::ReleaseConversation => Action::Release,
            Self::EndConversation => Action::End,
            Self::CloseConversation => Action::Close,
            Self::SendMessage => Action::Send,
            Self::LeaveConversation => Action::Leave,
            Self::MonitorConversation => Action::Monitor,
            Self::StopMonitoring => Action::StopMonitoring,
            Self::ReviewConversation => Action::Review,
            Self::StopReview => Action::StopReview,
            Self::JoinConversation => Action::Join,
            Self::AssignConversation => Action::Assign,
            Self::CancelOffer => Action::CancelOffer,
            Self::TransferConversation => Action::Transfer,
            Self::CancelTransfer => Action::CancelTransfer,
            Self::RequeueConversation => Action::Requeue,
            Self::TakeOverConversation => Action::TakeOver,
            Self::ForceCloseConversation => Action::ForceClose,
            Self::RequestHelp => Action::RequestHelp,
            Self::CancelHelp => Action::CancelHelp,
            Self::AnswerHelp => Action::AnswerHelp,
            Self::AcknowledgeAttention => Action::AcknowledgeAttention,
            Self::CoachAgent => Action::Coach,
            Self::CorrectSentiment => Action::CorrectSentiment,
            Self::CreateAgent
            | Self::CreateQueue
            | Self::CreateWorkstream
            | Self::UpdateSupervisorSettings
            | Self::UpdateAgent
            | Self::DeleteAgent
            | Self::UpdateQueue
            | Self::DeleteQueue
            | Self::UpdateWorkstream
            | Self::DeleteWorkstream
            | Self::EraseCustomer
            | Self::MergeCustomers
            | Self::RevokeToken
            | Self::RevokeSubject
            | Self::Export => return AskedBy::Administrators,
            Self::DrainAgent | Self::NotifyAgents | Self::BulkAction | Self::SetPresence => {
                return AskedBy::Supervisors;
            }
            Self::StartConversation | Self::ReceiveFromCustomer => return AskedBy::Gateways,
            Self::AddQueueMember | Self::RemoveQueueMember => {
                return AskedBy::AdministratorsOrSupervisors;
            }
            Self::UpdateCustomer => return AskedBy::AdministratorsOrGateways,
            Self::AcknowledgeMonitoringNotice => return AskedBy::Agents,
            Self::ReadEarlierConversation => return AskedBy::Readers,
        };
        action.spec().needs.asked_by()
    }
}

impl Command {
    /// Its name for the audit; none for what Regie itself does, and for one's own presence.
    pub fn audited(&self) -> Option<AuditedAction> {
        match self {
            Self::Start(_) => Some(AuditedAction::StartConversation),
            Self::Receive(_) => Some(AuditedAction::ReceiveFromCustomer),
            Self::OnMessage(on) => Some(on.act.action().spec().audited),
            Self::UpdateCustomer(_) => Some(AuditedAction::UpdateCustomer),
            Self::Bulk(_) => Some(Bulk::audited()),
            Self::Drain(_) => Some(AuditedAction::DrainAgent),
            Self::NotifyAgents(_) => Some(AuditedAction::NotifyAgents),
            Self::SetPresenceOf(_) => Some(AuditedAction::SetPresence),
            Self::Act { act, .. } => Some(act.command().spec().audited),
            Self::AcknowledgeNotice { .. } => Some(AuditedAction::AcknowledgeMonitoringNotice),
            Self::Manage(manage) => Some(manage.command().audited()),
            Self::Malformed(malformed) => Some(malformed.action),
            Self::ReadEarlier { .. } => Some(AuditedAction::ReadEarlierConversation),
            Self::SetPresence(_)
            | Self::TimerDue { .. }
            | Self::AgentDisconnected(_)
            | Self::Reassess { .. }
            | Self::LateScore(_)
            | Self::TokenRefreshed => None,
        }
    }

    /// The conversation that it is about, for the audit.
    pub fn audited_conversation(
        &self,
        draft: &Draft<'_>,
        viewer: &Viewer,
    ) -> Option<ConversationId> {
        match self {
            Self::OnMessage(on) => Some(on.find(draft, viewer)?.head.conversation),
            Self::Act { conversation, .. } => Some(*conversation),
            Self::ReadEarlier { earlier, .. } => Some(*earlier),
            Self::Malformed(malformed) => malformed.conversation,
            Self::Start(_)
            | Self::Receive(_)
            | Self::UpdateCustomer(_)
            | Self::Bulk(_)
            | Self::Drain(_)
            | Self::NotifyAgents(_)
            | Self::SetPresence(_)
            | Self::SetPresenceOf(_)
            | Self::AcknowledgeNotice { .. }
            | Self::Manage(_)
            | Self::TimerDue { .. }
            | Self::AgentDisconnected(_)
            | Self::Reassess { .. }
            | Self::LateScore(_)
            | Self::TokenRefreshed => None,
        }
    }

    /// What the audit keeps of it. `outcome`: none where it was refused.
    pub fn audit(&self, outcome: Option<&Outcome>) -> AuditDetail {
        match self {
            Self::Act { act, .. } => act.command().audit(outcome),
            Self::Manage(manage) => manage.command().audit(outcome),
            Self::OnMessage(_) => AuditDetail::of(outcome.and_then(|outcome| outcome.message)),
            Self::ReadEarlier { conversation, .. } => AuditDetail::target(conversation),
            Self::UpdateCustomer(update) => update.audit(outcome),
            Self::Bulk(bulk) => bulk.audit(),
            Self::Drain(drain) => drain.audit(),
            Self::NotifyAgents(notify) => notify.audit(outcome),
            Self::SetPresenceOf(set) => AuditDetail::target(set.agent),
            Self::Start(_)
            | Self::Receive(_)
            | Self::SetPresence(_)
            | Self::AcknowledgeNotice { .. }
            | Self::Malformed(_)
            | Self::TimerDue { .. }
            | Self::AgentDisconnected(_)
            | Self::Reassess { .. }
            | Self::LateScore(_)
            | Self::TokenRefreshed => AuditDetail::none(),
        }
    }
}
