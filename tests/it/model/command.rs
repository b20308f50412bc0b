//! What can be asked for, in words that a failing sequence is told in.

use std::fmt;

use serde_json::{Value, json};

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
    },
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
    Presence(&'static str),
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
}

/// When every customer who was told was told.
const TOLD: &str = "2026-01-01T00:00:00Z";

impl Command {
    pub fn mutation(&self) -> &'static str {
        match &self.what {
            What::Start { .. } => "startConversation",
            What::On(_, act) => act.mutation(),
            What::Presence(_) => "setPresence",
            What::Setting(..) => "updateSupervisorSettings",
            What::Member { add: true, .. } => "addQueueMember",
            What::Member { .. } => "removeQueueMember",
            What::Pass(_) => "time",
        }
    }

    pub fn conversation(&self) -> Option<usize> {
        match &self.what {
            What::On(conversation, _) | What::Start { conversation, .. } => Some(*conversation),
            What::Presence(_) | What::Setting(..) | What::Member { .. } | What::Pass(_) => None,
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
                "noticeGivenAt": notice.then_some(TOLD),
            }),
            What::On(conversation, act) => {
                let mut input = act.input(ids);
                input["conversationId"] = json!(ids.conversation(*conversation));
                input
            }
            What::Presence(presence) => json!({ "presence": presence }),
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
            Self::Send { .. } => "sendMessage",
            Self::CustomerWrites { .. } => "receiveCustomerMessage",
            Self::Disconnect => "customerDisconnected",
            Self::Reconnect => "customerReconnected",
            Self::CustomerEnds => "endByCustomer",
            Self::Mode(_) => "changeMode",
            Self::Consent { .. } => "recordConsent",
        }
    }

    /// Whether a closed conversation takes it too (domain.md section 10).
    pub fn closed_takes(&self) -> bool {
        matches!(self, Self::Consent { .. })
    }

    fn input(&self, ids: &impl Ids) -> Value {
        match self {
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
            Self::CustomerWrites { text } => json!({ "text": text }),
            Self::Mode(mode) => json!({ "mode": mode }),
            Self::Consent { consent, notice } => {
                let mut input = json!({});
                if let Some(consent) = consent {
                    input["consent"] = json!(consent);
                }
                if *notice {
                    input["noticeGivenAt"] = json!(TOLD);
                }
                input
            }
            // These take nothing but the conversation.
            Self::Monitor
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

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Pass(seconds) => return write!(f, "{seconds} seconds pass"),
            What::Start {
                conversation,
                channel,
                queue,
                workstream,
                notice,
                consent,
            } => write!(
                f,
                "{}: startConversation c{conversation} {channel} in {queue}, workstream {workstream}, notice {notice}, consent {consent}",
                self.by
            )?,
            What::On(conversation, act) => {
                write!(f, "{}: {} c{conversation}", self.by, act.mutation())?;
                match act {
                    Act::Assign { to, overrides } | Act::Transfer { to, overrides } => {
                        write!(f, " to {to}")?;
                        for (given, name) in [
                            (overrides.presence, "presence"),
                            (overrides.capacity, "capacity"),
                            (overrides.declines, "declines"),
                        ] {
                            if given {
                                write!(f, ", override {name}")?;
                            }
                        }
                    }
                    Act::Move { to } => write!(f, " to queue {to}")?,
                    Act::Send { visibility, text } => write!(f, " {visibility:?} {text:?}")?,
                    Act::CustomerWrites { text } => write!(f, " {text:?}")?,
                    Act::Mode(mode) => write!(f, " {mode}")?,
                    Act::Consent { consent, notice } => write!(f, " {consent:?}, notice {notice}")?,
                    _ => {}
                }
            }
            What::Presence(presence) => write!(f, "{}: setPresence {presence}", self.by)?,
            What::Setting(setting, on) => write!(f, "{}: setting {setting} {on}", self.by)?,
            What::Member { agent, queue, .. } => {
                write!(f, "{}: {} {agent} {queue}", self.by, self.mutation())?;
            }
        }
        if let Some(version) = self.expected {
            write!(f, ", at version {version}")?;
        }
        if let Some(key) = self.key {
            write!(f, ", key {key}")?;
        }
        Ok(())
    }
}
