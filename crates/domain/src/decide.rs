//! What a command does to what is there: events, or a refusal and nothing else.
//!
//! Every command has its rule in a file of `commands`. What is the same for all of them is here: the order of the
//! checks (domain.md section 3), and the look at attention after each. Every refusal is found before the first
//! event is made.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::action::Action;
use super::case::{Case, OrganisationCase, Standing};
use super::{
    Act, Actor, Asker, Command, Conversation, ConversationId, Decision, Draft, Manage, Refusal,
    Role, Viewer, World, policy,
};
use crate::commands::{
    acknowledge_notice, agent_disconnected, bulk, drain, late_score, notify_agents, on_message,
    read_earlier, reassess, receive, set_presence, start, timer_due, token_refreshed,
    update_customer,
};

mod attention;

/// Decides one command against what is there now.
pub fn decide(
    draft: &Draft<'_>,
    asker: &Asker,
    command: &Command,
    expected_version: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let mut decision = match asker {
        Asker::Viewer(viewer) => of_viewer(draft, viewer, command, expected_version, now)?,
        Asker::System => of_system(draft, command, now)?,
    };
    attention::settle(draft, command, &mut decision, now);
    Ok(decision)
}

/// Whether the viewer may do this to the conversation as it is here, given a target (where one is
/// needed) that fits: the policy, then state, channel, mode and notice. The refusal is the one that
/// the command would get.
pub fn may(
    world: &World,
    viewer: &Viewer,
    conversation: &Arc<Conversation>,
    action: Action,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let spec = action.spec();
    let standing = Standing::in_world(world, viewer, conversation, now);
    policy::known_agent(viewer, standing.agent, spec.needs)?;
    let grant = standing.permit(spec.action, spec.needs)?;
    standing.meets(spec, &grant)
}

/// What the holder of a token asks.
fn of_viewer(
    draft: &Draft<'_>,
    viewer: &Viewer,
    command: &Command,
    expected_version: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    match command {
        Command::Start(start) => start::decide(start, draft, viewer, now),
        Command::Act { conversation, act } => {
            on_conversation(draft, viewer, *conversation, act, expected_version, now)
        }
        Command::Receive(receive) => receive::decide(receive, draft, viewer, now),
        Command::OnMessage(on) => on_message::decide(on, draft, viewer, now),
        Command::UpdateCustomer(update) => update_customer::decide(update, draft, viewer, now),
        Command::Bulk(_) => bulk::decide(viewer),
        Command::Drain(drain) => drain::decide(drain, draft, viewer, now),
        Command::NotifyAgents(notify) => notify_agents::decide(notify, draft, viewer, now),
        Command::SetPresence(presence) => set_presence::decide(*presence, draft, viewer, now),
        Command::SetPresenceOf(set) => set_presence::decide_of(*set, draft, viewer, now),
        Command::AcknowledgeNotice { version } => {
            acknowledge_notice::decide(version, draft, viewer, now)
        }
        Command::Manage(manage) => on_organisation(draft, viewer, manage, now),
        Command::Malformed(malformed) => Err(malformed.refusal.clone()),
        Command::TokenRefreshed => Ok(token_refreshed::decide(draft, viewer, now)),
        Command::ReadEarlier {
            conversation,
            earlier,
        } => read_earlier::decide(draft, viewer, *conversation, *earlier, now),
        // What Regie does does not come from people.
        Command::TimerDue { .. }
        | Command::AgentDisconnected(_)
        | Command::Reassess { .. }
        | Command::LateScore(_) => Err(Refusal::RoleRequired(Role::Administrator)),
    }
}

/// What Regie itself does.
fn of_system(
    draft: &Draft<'_>,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    match command {
        Command::TimerDue { conversation, kind } => {
            Ok(timer_due::decide(draft, *conversation, *kind, now))
        }
        Command::AgentDisconnected(agent) => Ok(agent_disconnected::decide(draft, *agent, now)),
        Command::Reassess { after } => Ok(reassess::decide(draft, *after, now)),
        Command::LateScore(late) => Ok(late_score::decide(late, draft, now)),
        // What people do does not come from Regie itself.
        Command::Start(_)
        | Command::Receive(_)
        | Command::OnMessage(_)
        | Command::UpdateCustomer(_)
        | Command::Bulk(_)
        | Command::Drain(_)
        | Command::NotifyAgents(_)
        | Command::Act { .. }
        | Command::SetPresence(_)
        | Command::SetPresenceOf(_)
        | Command::AcknowledgeNotice { .. }
        | Command::Manage(_)
        | Command::Malformed(_)
        | Command::ReadEarlier { .. }
        | Command::TokenRefreshed => Err(Refusal::RoleRequired(Role::Administrator)),
    }
}

pub(crate) fn on_conversation(
    draft: &Draft<'_>,
    viewer: &Viewer,
    conversation: ConversationId,
    act: &Act,
    expected_version: Option<u32>,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let command = act.command();
    let (action, needs) = (command.spec().action, command.needs());
    let agent = draft.agent_of(viewer.subject());
    policy::known_agent(viewer, agent.map(|agent| &**agent), needs)?;
    let conversation = draft.conversation(conversation).ok_or(Refusal::NotFound)?;
    let standing = Standing::in_draft(draft, viewer, conversation, now);
    let grant = standing.permit(action, needs)?;
    let case = Case::of(draft, grant, now);
    if let Some(outcome) = command.repeats(&case) {
        return Ok(Decision::repeated(case.actor(), outcome));
    }
    if expected_version.is_some_and(|version| version != conversation.version) {
        return Err(Refusal::VersionConflict {
            current: conversation.version,
            conversation: conversation.clone(),
        });
    }
    case.meets()?;
    command.decide(&case)
}

fn on_organisation(
    draft: &Draft<'_>,
    viewer: &Viewer,
    manage: &Manage,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let subject = viewer.subject().clone();
    let membership = manage.membership();
    let actor = if let Some((agent, queue)) = membership.filter(|_| leads(viewer)) {
        policy::may_move(viewer, draft, agent, queue)?;
        Actor::Supervisor { subject }
    } else {
        policy::require_role(viewer, Role::Administrator)?;
        Actor::Administrator { subject }
    };
    manage
        .command()
        .decide(&OrganisationCase { draft, actor, now })
}

/// Whether the viewer asks as a supervisor, where administrators may ask too.
fn leads(viewer: &Viewer) -> bool {
    viewer.has_role(Role::Supervisor) && !viewer.has_role(Role::Administrator)
}
