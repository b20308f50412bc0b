//! Section 3: the order of checks.

use super::{Verdict, customers, messages};
use crate::model::carried::{Deed, Receive};
use crate::model::command::{Act, Command, What};
use crate::model::people::{AGENTS, Person, Workstream, kind_of, kind_of_queue};
use crate::model::world::{Conversation, World, is_bot};

/// What a check comes to: nothing, or the codes that refuse.
pub(super) type Check = Result<(), Vec<&'static str>>;

/// Refused with this code, if so.
pub(super) fn refuse(if_so: bool, code: &'static str) -> Check {
    if if_so { Err(vec![code]) } else { Ok(()) }
}

/// Refused with any of the codes that apply.
pub(super) fn any_of(codes: &[(bool, &'static str)]) -> Check {
    let apply = codes.iter().filter(|(applies, _)| *applies);
    let apply: Vec<_> = apply.map(|(_, code)| *code).collect();
    if apply.is_empty() { Ok(()) } else { Err(apply) }
}

const NOT_FOUND: &str = "NOT_FOUND";
const ROLE: &str = "ROLE_REQUIRED";

impl World {
    /// What must come of this command.
    pub fn judge(&self, command: &Command) -> Verdict {
        match self.checks(command) {
            Ok(None) => Verdict::Done,
            Ok(Some(as_of)) => Verdict::Repeat(as_of),
            Err(codes) => Verdict::Refused(codes),
        }
    }

    fn checks(&self, command: &Command) -> Result<Option<String>, Vec<&'static str>> {
        refuse(malformed(&command.what), "INVALID_INPUT")?;
        let person = Person::of(command.by);
        if let What::On(number, act) = &command.what {
            let nobody = person.is("AGENT") && !person.has_row();
            if nobody && role_of(act) == "AGENT" {
                return Err(vec!["AGENT_UNKNOWN"]);
            }
            let absent = match act {
                Act::Message(..) => "MESSAGE_NOT_FOUND",
                _ => NOT_FOUND,
            };
            let unseen = match role_of(act) {
                "" | "HANDLER" if nobody => vec![absent, "AGENT_UNKNOWN"],
                _ => vec![absent],
            };
            let conversation = self.conversations.get(number);
            let conversation = conversation.filter(|one| self.sees(person, one));
            // A key is its user's own: what was done under it is told also to who sees the
            // conversation no more, though not how the conversation is.
            let Some(conversation) = conversation else {
                return match self.repeats(command) {
                    Ok(Some(as_of)) => Ok(Some(as_of)),
                    Ok(None) => Err(unseen),
                    Err(reused) => Err([unseen, reused].concat()),
                };
            };
            if let Some(as_of) = self.repeats(command)? {
                return Ok(Some(as_of));
            }
            let message = match act {
                Act::Message(place, deed) => {
                    let message = conversation.messages.get(*place);
                    Some((message.ok_or(unseen)?, *deed))
                }
                _ => None,
            };
            self.rights(person, conversation, act)?;
            if self.landing(command).is_some_and(|one| one.known.is_some()) {
                return Ok(None);
            }
            let stale = command
                .expected
                .is_some_and(|version| version != conversation.version);
            refuse(stale, "VERSION_CONFLICT")?;
            refuse(
                !conversation.ongoing() && !act.closed_takes(person.is("CUSTOMER_GATEWAY")),
                "CONVERSATION_CLOSED",
            )?;
            if let Some((message, deed)) = message {
                messages::fits(person, conversation, message, deed)?;
                return Ok(None);
            }
            self.fits(person, conversation, act)?;
            self.target(conversation, act)?;
            return Ok(None);
        }
        if let Some(as_of) = self.repeats(command)? {
            return Ok(Some(as_of));
        }
        self.elsewhere(person, &command.what)?;
        Ok(None)
    }

    /// Whether the key was used, and for the same.
    fn repeats(&self, command: &Command) -> Result<Option<String>, Vec<&'static str>> {
        let Some(key) = command.key else {
            return Ok(None);
        };
        match self.keys.get(&(command.by, key)) {
            None => Ok(None),
            Some(kept) if kept.what == command.what && kept.expected == command.expected => {
                Ok(Some(kept.as_of.clone()))
            }
            Some(_) => Err(vec!["IDEMPOTENCY_KEY_REUSED"]),
        }
    }

    /// What is about no conversation that is there.
    fn elsewhere(&self, person: &Person, what: &What) -> Check {
        match what {
            What::Start {
                channel,
                queue,
                workstream,
                ..
            } => starts(person, channel, queue, workstream),
            What::Receive(receive) => {
                let channel = receive.customer.0;
                starts(person, channel, receive.queue, receive.workstream)?;
                refuse(
                    matches!(channel, "VOICE" | "RECORD"),
                    "CHANNEL_NOT_SUPPORTED",
                )
            }
            What::Name(key, _) => self.named(person, *key),
            What::Merge(merged, surviving) => self.merged(person, *merged, *surviving),
            What::Presence(_) => {
                let may = ["AGENT", "SUPERVISOR", "ADMINISTRATOR"];
                refuse(!may.iter().any(|role| person.is(role)), ROLE)?;
                let unknown = person.is("AGENT") && !person.has_row();
                refuse(unknown, "AGENT_UNKNOWN")?;
                refuse(is_bot(person.subject), "TARGET_IS_BOT")
            }
            What::PresenceOf { agent, .. } => {
                self.leads(person, agent, ("supervisorManageAgents", "manage"))?;
                refuse(is_bot(agent), "TARGET_IS_BOT")
            }
            What::Drain { agent, .. } => {
                self.leads(person, agent, ("supervisorAssign", "assign"))?;
                refuse(is_bot(agent), "TARGET_IS_BOT")
            }
            // What is refused of each is said of each.
            What::Bulk(..) => refuse(!person.is("SUPERVISOR"), ROLE),
            What::Setting(..) => refuse(!person.is("ADMINISTRATOR"), ROLE),
            What::Member { agent, queue, .. }
                if person.is("SUPERVISOR") && !person.is("ADMINISTRATOR") =>
            {
                self.moves(person, agent, queue)
            }
            What::Member { agent, queue, .. } => {
                refuse(!person.is("ADMINISTRATOR"), ROLE)?;
                let unknown = !self.agents.contains_key(agent) || kind_of_queue(queue).is_none();
                refuse(unknown, "TARGET_NOT_FOUND")
            }
            What::On(..) | What::Pass(_) => Ok(()),
        }
    }

    /// Supervisors move agents who share a queue with them, and never themselves, in and out of their own queues.
    fn moves(&self, person: &Person, agent: &str, queue: &str) -> Check {
        self.leads(person, agent, ("supervisorManageAgents", "manage"))?;
        refuse(!person.supervises(queue), "OUT_OF_SCOPE")?;
        refuse(kind_of_queue(queue).is_none(), "TARGET_NOT_FOUND")
    }

    /// Supervisors act on agents who share a queue with them, and never on themselves.
    fn leads(&self, person: &Person, agent: &str, needs: (&str, &'static str)) -> Check {
        refuse(!person.is("SUPERVISOR"), ROLE)?;
        let named = self.agents.get(agent);
        if let Some(named) = named {
            let shares = named.queues.iter().any(|one| person.supervises(one));
            refuse(agent == person.subject || !shares, "OUT_OF_SCOPE")?;
        }
        let (setting, permission) = needs;
        refuse(!self.settings[setting], "SETTING_DISABLED")?;
        let missing = !person.permissions.contains(&permission);
        refuse(missing, "PERMISSION_MISSING")?;
        refuse(named.is_none(), "TARGET_NOT_FOUND")
    }

    /// Checks 3 to 7: role, scope, setting, permission, API_ACCESS.
    fn rights(&self, person: &Person, conversation: &Conversation, act: &Act) -> Check {
        let in_scope = person.supervises(conversation.queue);
        match role_of(act) {
            "CUSTOMER_GATEWAY" => refuse(!person.is("CUSTOMER_GATEWAY"), ROLE)?,
            "AGENT" => refuse(!person.is("AGENT"), ROLE)?,
            "SUPERVISOR" => {
                refuse(!person.is("SUPERVISOR"), ROLE)?;
                refuse(!in_scope, "OUT_OF_SCOPE")?;
            }
            "HANDLER" => {
                if let Act::Label(labels) = act {
                    return customers::labels(person, conversation, *labels);
                }
            }
            // Writing and leaving are for both: who takes part as an agent acts as one.
            "" => {
                // What is done to messages by whoever writes the customer does, too.
                let reacts = matches!(act, Act::Message(..));
                if reacts && person.is("CUSTOMER_GATEWAY") {
                    return Ok(());
                }
                let neither = !person.is("AGENT") && !person.is("SUPERVISOR");
                refuse(neither, ROLE)?;
                if !person.is("SUPERVISOR") || conversation.handled_by(person) {
                    return Ok(());
                }
                refuse(!in_scope, "OUT_OF_SCOPE")?;
            }
            other => panic!("no role {other}"),
        }
        // No setting decides on what takes nothing from anybody.
        if matches!(act, Act::AnswerHelp | Act::Acknowledge(_)) {
            let may = person.permissions.contains(&"monitor");
            return refuse(!may, "PERMISSION_MISSING");
        }
        let Some((setting, permission)) = needs(person, conversation, act) else {
            return Ok(());
        };
        refuse(!self.settings[setting], "SETTING_DISABLED")?;
        let missing = !person.permissions.contains(&permission);
        refuse(missing, "PERMISSION_MISSING")?;
        let assigns = matches!(act, Act::Assign { .. } | Act::Move { .. });
        refuse(assigns && person.is("API_ACCESS"), "API_ACCESS_CONFLICT")
    }
}

/// The role that an act takes; empty: agent or supervisor.
pub(super) fn role_of(act: &Act) -> &'static str {
    match act {
        Act::Pick
        | Act::Accept
        | Act::Reject
        | Act::SetAside
        | Act::Reopen
        | Act::Release
        | Act::End
        | Act::Close
        | Act::RequestHelp { .. }
        | Act::CancelHelp => "AGENT",
        Act::Send { .. } | Act::Leave | Act::Message(_, Deed::React { .. }) => "",
        Act::Label(_) => "HANDLER",
        Act::Message(..)
        | Act::Rate(_)
        | Act::CustomerWrites { .. }
        | Act::Disconnect
        | Act::Reconnect
        | Act::CustomerEnds
        | Act::Mode(_)
        | Act::Consent { .. } => "CUSTOMER_GATEWAY",
        Act::Review
        | Act::StopReview
        | Act::Monitor
        | Act::Stop
        | Act::Join
        | Act::ForceClose
        | Act::CancelOffer
        | Act::CancelTransfer
        | Act::Assign { .. }
        | Act::Move { .. }
        | Act::Transfer { .. }
        | Act::Requeue { .. }
        | Act::TakeOver
        | Act::Coach(_)
        | Act::AnswerHelp
        | Act::Acknowledge(_) => "SUPERVISOR",
    }
}

/// The setting and the permission that an act takes of a supervisor. Writing takes what being there
/// does: to join where joined, to monitor otherwise.
fn needs(person: &Person, on: &Conversation, act: &Act) -> Option<(&'static str, &'static str)> {
    match act {
        Act::Send { .. } | Act::Message(_, Deed::React { .. })
            if on.joined().contains(person.subject) =>
        {
            Some(("supervisorMonitor", "join"))
        }
        Act::Monitor | Act::Send { .. } | Act::Message(_, Deed::React { .. }) => {
            Some(("supervisorMonitor", "monitor"))
        }
        Act::Review => Some(("supervisorMonitor", "review")),
        Act::Join => Some(("supervisorMonitor", "join")),
        Act::Coach(_) => Some(("supervisorMonitor", "monitor")),
        Act::TakeOver => Some(("supervisorTakeOver", "take_over")),
        Act::Assign { .. } | Act::Move { .. } | Act::CancelOffer | Act::Requeue { .. } => {
            Some(("supervisorAssign", "assign"))
        }
        Act::Transfer { .. } | Act::CancelTransfer => Some(("supervisorTransfer", "transfer")),
        Act::ForceClose => Some(("supervisorForceClose", "force_close")),
        // What only takes back needs nothing more; the others are not a supervisor's.
        Act::RequestHelp { .. }
        | Act::CancelHelp
        | Act::AnswerHelp
        | Act::Acknowledge(_)
        | Act::Stop
        | Act::StopReview
        | Act::Label(_)
        | Act::Message(..)
        | Act::Rate(_)
        | Act::Leave
        | Act::Pick
        | Act::Accept
        | Act::Reject
        | Act::SetAside
        | Act::Reopen
        | Act::Release
        | Act::End
        | Act::Close
        | Act::CustomerWrites { .. }
        | Act::Disconnect
        | Act::Reconnect
        | Act::CustomerEnds
        | Act::Mode(_)
        | Act::Consent { .. } => None,
    }
}

fn malformed(what: &What) -> bool {
    match what {
        What::On(
            _,
            Act::Send { text, .. }
            | Act::CustomerWrites { text, .. }
            | Act::Coach(text)
            | Act::RequestHelp { note: Some(text) }
            | Act::Message(_, Deed::Edit { text, .. }),
        )
        | What::Receive(Receive { text, .. }) => text.trim().is_empty(),
        What::On(_, Act::Rate(score)) => !(1..=5).contains(score),
        What::On(_, Act::Consent { consent, notice }) => consent.is_none() && !notice,
        What::On(_, Act::Acknowledge(reason)) => {
            !["DELIVERY_FAILED", "ESCALATION_SIGNAL"].contains(reason)
        }
        What::Presence(presence) | What::PresenceOf { presence, .. } => *presence == "INACTIVE",
        What::On(..)
        | What::Name(..)
        | What::Merge(..)
        | What::Start { .. }
        | What::Setting(..)
        | What::Member { .. }
        | What::Bulk(..)
        | What::Drain { .. }
        | What::Pass(_) => false,
    }
}

/// Whether a conversation may start as this.
fn starts(person: &Person, channel: &str, queue: &str, workstream: &str) -> Check {
    refuse(!person.is("CUSTOMER_GATEWAY"), ROLE)?;
    refuse(!person.channels.contains(&channel), "OUT_OF_SCOPE")?;
    let kind = kind_of(channel);
    let queue = kind_of_queue(queue);
    any_of(&[
        (queue.is_none(), "TARGET_NOT_FOUND"),
        (
            queue.is_some_and(|queue| queue != kind) || Workstream::of(workstream).kind != kind,
            "QUEUE_KIND_MISMATCH",
        ),
    ])
}

/// Whether there is an agent of this name.
pub(super) fn is_agent(name: &str) -> bool {
    AGENTS.iter().any(|agent| agent.name == name)
}
