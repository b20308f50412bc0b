//! Commands as a failing sequence is told.

use std::fmt;

use super::command::{Act, Command, What};

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
                    Act::CustomerWrites { text, external } => write!(f, " {text:?} {external:?}")?,
                    Act::Message(place, deed) => write!(f, " message {place} {deed}")?,
                    Act::Rate(score) => write!(f, " {score}")?,
                    Act::Label(labels) => write!(f, " {labels:?}")?,
                    Act::Mode(mode) => write!(f, " {mode}")?,
                    Act::Requeue { .. } | Act::RequestHelp { .. } | Act::Acknowledge(_) => {
                        write!(f, " {act:?}")?;
                    }
                    Act::Consent { consent, notice } => write!(f, " {consent:?}, notice {notice}")?,
                    _ => {}
                }
            }
            What::Receive(_)
            | What::Name(..)
            | What::Merge(..)
            | What::PresenceOf { .. }
            | What::Bulk(..)
            | What::Drain { .. } => {
                write!(f, "{}: {:?}", self.by, self.what)?;
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
