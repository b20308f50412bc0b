//! What can be asked for, in words that a failing sequence is told in.

use serde_json::{Value, json};

use super::carried::{BEFORE, Deed, Key, Labels, Receive, external, key};

/// What somebody asks of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Pick,
    Accept,
    Reject,
    SetAside,
    Reopen,
    Release,
    End,
    Close,
    Leave,
    Monitor,
    Stop,
    Join,
    ForceClose,
    CancelOffer,
    CancelTransfer,
    Assign {
        to: &'static str,
        overrides: Overrides,
    },
    Move {
        to: &'static str,
    },
    /// Back to this queue; none: to the one that it is in.
    Requeue {
        to: Option<&'static str>,
    },
    TakeOver,
    Coach(&'static str),
    RequestHelp {
        note: Option<&'static str>,
    },
    CancelHelp,
    AnswerHelp,
    /// Which reason for attention.
    Acknowledge(&'static str),
    Transfer {
        to: &'static str,
        overrides: Overrides,
    },
    Send {
        visibility: Option<&'static str>,
        text: &'static str,
    },
    CustomerWrites {
        text: &'static str,
        external: Option<u32>,
    },
    /// Something is done to a message of it, by its place among them.
    Message(usize, Deed),
    Rate(i64),
    Label(Labels),
    Review,
    StopReview,
    Disconnect,
    Reconnect,
    CustomerEnds,
    Mode(&'static str),
    Consent {
        consent: Option<&'static str>,
        notice: bool,
    },
}

/// Which limits a supervisor lifts. A transfer has no override of presence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overrides {
    pub presence: bool,
    pub capacity: bool,
    pub declines: bool,
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Start {
        conversation: usize,
        channel: &'static str,
        queue: &'static str,
        workstream: &'static str,
        notice: bool,
        consent: &'static str,
    },
    On(usize, Act),
    Receive(Receive),
    Name(Key, &'static str),
    /// The first customer becomes another name of the second.
    Merge(usize, usize),
    Presence(&'static str),
    /// A supervisor sets somebody else's.
    PresenceOf {
        agent: &'static str,
        presence: &'static str,
    },
    /// The same is done to each of these.
    Bulk(Vec<usize>, Act),
    Drain {
        agent: &'static str,
        offline: bool,
    },
    Setting(&'static str, bool),
    Member {
        agent: &'static str,
        queue: &'static str,
        add: bool,
    },
    /// So many seconds pass.
    Pass(i64),
}

/// One command of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub by: &'static str,
    pub what: What,
    pub expected: Option<u32>,
    pub key: Option<u32>,
}

/// Ids of what a sequence names.
pub trait Ids {
    fn conversation(&self, number: usize) -> String;
    fn agent(&self, name: &str) -> String;
    fn queue(&self, name: &str) -> String;
    fn workstream(&self, name: &str) -> String;
    fn message(&self, conversation: usize, place: usize) -> String;
    fn customer(&self, number: usize) -> String;
}

impl Command {
    pub fn mutation(&self) -> &'static str {
        match &self.what {
            What::Start { .. } => "startConversation",
            What::On(_, act) => act.mutation(),
            What::Receive(_) => "receiveFromCustomer",
            What::Name(..) => "updateCustomer",
            What::Merge(..) => "mergeCustomers",
            What::Presence(_) | What::PresenceOf { .. } => "setPresence",
            What::Bulk(..) => "bulkAction",
            What::Drain { .. } => "drainAgent",
            What::Setting(..) => "updateSupervisorSettings",
            What::Member { add: true, .. } => "addQueueMember",
            What::Member { .. } => "removeQueueMember",
            What::Pass(_) => "time",
        }
    }

    /// The conversation that it names.
    pub fn conversation(&self) -> Option<usize> {
        match &self.what {
            What::On(conversation, _) | What::Start { conversation, .. } => Some(*conversation),
            _ => None,
        }
    }

    pub fn input(&self, ids: &impl Ids) -> Value {
        let mut input = match &self.what {
            What::Start {
                channel,
                queue,
                workstream,
                notice,
                consent,
                ..
            } => json!({
                "channel": channel, "queueId": ids.queue(queue), "consent": consent,
                "workstreamId": ids.workstream(workstream),
                "noticeGivenAt": notice.then_some(BEFORE),
            }),
            What::On(conversation, Act::Message(place, deed)) => {
                deed.input(&ids.message(*conversation, *place))
            }
            What::Receive(receive) => receive.input(ids),
            What::Name(customer, name) => json!({
                "name": name,
                "customerKey": { "source": "gateway", "channel": customer.0, "key": key(*customer) },
            }),
            What::Merge(merged, surviving) => json!({
                "mergedId": ids.customer(*merged), "survivingId": ids.customer(*surviving),
            }),
            What::On(conversation, act) => {
                let mut input = act.input(ids);
                input["conversationId"] = json!(ids.conversation(*conversation));
                input
            }
            What::Presence(presence) => json!({ "presence": presence }),
            What::PresenceOf { agent, presence } => {
                json!({ "agentId": ids.agent(agent), "presence": presence })
            }
            What::Bulk(numbers, act) => {
                let named = numbers.iter().map(|number| ids.conversation(*number));
                let named: Vec<_> = named.collect();
                json!({ "conversationIds": named, "action": act.of_each(ids) })
            }
            What::Drain { agent, offline } => {
                json!({ "agentId": ids.agent(agent), "goOffline": offline })
            }
            What::Setting(setting, on) => json!({ *setting: on }),
            What::Member { agent, queue, .. } => {
                json!({ "agentId": ids.agent(agent), "queueId": ids.queue(queue) })
            }
            What::Pass(_) => json!({}),
        };
        if let Some(version) = self.expected {
            input["expectedVersion"] = json!(version);
        }
        if let Some(key) = self.key {
            input["idempotencyKey"] = json!(format!("key-{key}"));
        }
        input
    }
}

impl Act {
    pub fn mutation(&self) -> &'static str {
        match self {
            Self::Pick => "pickConversation",
            Self::Accept => "acceptOffer",
            Self::Reject => "rejectOffer",
            Self::SetAside => "setAsideConversation",
            Self::Reopen => "reopenConversation",
            Self::Release => "releaseConversation",
            Self::End => "endConversation",
            Self::Close => "closeConversation",
            Self::Leave => "leaveConversation",
            Self::Monitor => "monitorConversation",
            Self::Stop => "stopMonitoring",
            Self::Join => "joinConversation",
            Self::ForceClose => "forceCloseConversation",
            Self::CancelOffer => "cancelOffer",
            Self::CancelTransfer => "cancelTransfer",
            Self::Assign { .. } | Self::Move { .. } => "assignConversation",
            Self::Transfer { .. } => "transferConversation",
            Self::Requeue { .. } => "requeueConversation",
            Self::TakeOver => "takeOverConversation",
            Self::Coach(_) => "coachAgent",
            Self::RequestHelp { .. } => "requestHelp",
            Self::CancelHelp => "cancelHelp",
            Self::AnswerHelp => "answerHelp",
            Self::Acknowledge(_) => "acknowledgeAttention",
            Self::Send { .. } => "sendMessage",
            Self::CustomerWrites { .. } => "receiveCustomerMessage",
            Self::Message(_, deed) => deed.mutation(),
            Self::Rate(_) => "recordRating",
            Self::Label(_) => "updateConversation",
            Self::Review => "reviewConversation",
            Self::StopReview => "stopReview",
            Self::Disconnect => "customerDisconnected",
            Self::Reconnect => "customerReconnected",
            Self::CustomerEnds => "endByCustomer",
            Self::Mode(_) => "changeMode",
            Self::Consent { .. } => "recordConsent",
        }
    }

    /// Whether a closed conversation takes it too (domain.md section 10), of a gateway or of others.
    pub fn closed_takes(&self, gateway: bool) -> bool {
        match self {
            Self::Message(_, Deed::React { .. }) => gateway,
            Self::Message(..)
            | Self::Consent { .. }
            | Self::Rate(_)
            | Self::Review
            | Self::StopReview => true,
            _ => false,
        }
    }

    /// What `bulkAction` calls it.
    fn of_each(&self, ids: &impl Ids) -> Value {
        match self {
            Self::ForceClose => json!({ "forceClose": true }),
            Self::Requeue { .. } => json!({ "requeue": self.input(ids) }),
            Self::Assign { .. } | Self::Move { .. } => json!({ "assign": self.input(ids) }),
            Self::Label(Labels { add: Some(tag), .. }) => json!({ "addTags": [tag] }),
            Self::Label(labels) => json!({ "setPriority": labels.priority }),
            other => panic!("{other:?} is not done to many"),
        }
    }

    fn input(&self, ids: &impl Ids) -> Value {
        match self {
            Self::Requeue { to } => json!({ "queueId": to.map(|to| ids.queue(to)) }),
            Self::Coach(text) => json!({ "text": text }),
            Self::RequestHelp { note } => json!({ "note": note }),
            Self::Acknowledge(reason) => json!({ "attentionReason": reason }),
            Self::Assign { to, overrides } => json!({
                "target": { "agentId": ids.agent(to) }, "overridePresence": overrides.presence,
                "overrideCapacity": overrides.capacity, "overrideDeclines": overrides.declines,
            }),
            Self::Move { to } => json!({ "target": { "queueId": ids.queue(to) } }),
            Self::Transfer { to, overrides } => json!({
                "agentId": ids.agent(to), "overrideCapacity": overrides.capacity,
                "overrideDeclines": overrides.declines,
            }),
            Self::Send { visibility, text } => match visibility {
                Some(visibility) => json!({ "text": text, "visibility": visibility }),
                None => json!({ "text": text }),
            },
            Self::CustomerWrites { text, external: id } => {
                json!({ "text": text, "externalId": external(*id) })
            }
            Self::Rate(score) => json!({ "score": score }),
            Self::Label(labels) => labels.input(),
            Self::Mode(mode) => json!({ "mode": mode }),
            Self::Consent { consent, notice } => {
                let mut input = json!({});
                if let Some(consent) = consent {
                    input["consent"] = json!(consent);
                }
                if *notice {
                    input["noticeGivenAt"] = json!(BEFORE);
                }
                input
            }
            // These take nothing but what they are about.
            Self::Message(..)
            | Self::TakeOver
            | Self::CancelHelp
            | Self::AnswerHelp
            | Self::Review
            | Self::StopReview
            | Self::Monitor
            | Self::Stop
            | Self::Join
            | Self::ForceClose
            | Self::CancelOffer
            | Self::CancelTransfer
            | Self::Leave
            | Self::Disconnect
            | Self::Reconnect
            | Self::CustomerEnds
            | Self::Pick
            | Self::Accept
            | Self::Reject
            | Self::SetAside
            | Self::Reopen
            | Self::Release
            | Self::End
            | Self::Close => json!({}),
        }
    }
}
