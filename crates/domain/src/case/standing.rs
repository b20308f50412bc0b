//! How a viewer stands to a conversation: what check 9 of domain.md section 3 is made of, nothing of a target.
//!
//! `decide` asks [`Standing::meets`] before it makes an event, and `may` asks the same of a
//! conversation that is only looked at, so what a desk shows as possible is what a mutation allows.
//! Targets and other input are not looked at here; no event is made here.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Spec, invalid_state};
use crate::action::Action;
use crate::conversation::{Help, Monitor, Offer, Primary};
use crate::conversation::{is_asynchronous, is_messaging};
use crate::policy::{self, Grant, Needs};
use crate::{
    Agent, AgentId, AgentKind, Author, Channel, Consent, Conversation, Draft, Mode,
    MonitoringNotice, OfferKind, ParticipantRole, Refusal, Settings, State, Viewer, Workstream,
    World,
};

/// A viewer before a conversation.
pub struct Standing<'a> {
    pub viewer: &'a Viewer,
    /// The viewer's own agent row.
    pub agent: Option<&'a Agent>,
    pub settings: &'a Settings,
    pub workstream: Arc<Workstream>,
    pub conversation: &'a Arc<Conversation>,
    pub now: DateTime<Utc>,
}

impl<'a> Standing<'a> {
    pub fn in_draft(
        draft: &'a Draft<'_>,
        viewer: &'a Viewer,
        conversation: &'a Arc<Conversation>,
        now: DateTime<Utc>,
    ) -> Self {
        let workstream = draft.workstream(conversation.workstream);
        Self {
            viewer,
            agent: draft.agent_of(viewer.subject()).map(|agent| &**agent),
            settings: draft.settings(),
            workstream: Workstream::of(workstream, conversation),
            conversation,
            now,
        }
    }

    /// The same, of a conversation that is only looked at.
    pub fn in_world(
        world: &'a World,
        viewer: &'a Viewer,
        conversation: &'a Arc<Conversation>,
        now: DateTime<Utc>,
    ) -> Self {
        let workstream = world.workstreams.get(&conversation.workstream);
        Self {
            viewer,
            agent: world.agent_of(viewer.subject()).map(|agent| &**agent),
            settings: &world.settings,
            workstream: Workstream::of(workstream, conversation),
            conversation,
            now,
        }
    }

    /// Visibility and checks 3 to 7.
    pub fn permit(&self, action: Action, needs: Needs) -> Result<Grant<'a>, Refusal> {
        policy::permit(
            self.viewer,
            self.agent,
            self.settings,
            self.conversation,
            action,
            needs,
        )
    }

    /// Check 9: everything that the action needs besides a target.
    pub fn meets(&self, spec: &Spec, grant: &Grant<'_>) -> Result<(), Refusal> {
        if !self.conversation.is_ongoing() && !spec.in_closed {
            return Err(Refusal::ConversationClosed);
        }
        (spec.meets)(self, grant)
    }

    /// The viewer's running look.
    pub fn monitoring(&self) -> Result<&'a Monitor, Refusal> {
        let session = self.conversation.monitor_of(self.viewer.subject());
        session.ok_or(Refusal::NotMonitoring)
    }

    /// The viewer's running review.
    pub fn reviewing(&self) -> Result<&'a Monitor, Refusal> {
        let session = self.conversation.review_of(self.viewer.subject());
        session.ok_or(Refusal::NotMonitoring)
    }

    /// The viewer's running look, as a participant.
    pub fn joined(&self) -> Result<&'a Monitor, Refusal> {
        let session = self.conversation.monitor_of(self.viewer.subject());
        let joined = session.filter(|session| session.joined_at.is_some());
        joined.ok_or(Refusal::NotParticipant(ParticipantRole::Supervisor))
    }

    /// What kind of agent this one is, who must be the primary agent.
    pub fn primary(&self, me: AgentId) -> Result<AgentKind, Refusal> {
        match &self.conversation.primary {
            Some(primary) if primary.agent == me => Ok(primary.kind),
            _ => Err(Refusal::NotParticipant(ParticipantRole::PrimaryAgent)),
        }
    }

    /// As what this agent, who must take part, writes.
    pub fn author(&self, me: AgentId) -> Result<Author, Refusal> {
        if self.conversation.consultants.contains(&me) {
            return Ok(Author::Agent);
        }
        Ok(match self.primary(me)? {
            AgentKind::Human => Author::Agent,
            AgentKind::Bot => Author::Bot,
        })
    }

    /// What waits for this agent's answer.
    pub fn offered_to(&self, me: AgentId) -> Result<&'a Offer, Refusal> {
        let offer = self.conversation.offer.as_ref();
        let mine = offer.filter(|offer| offer.agent == me);
        mine.ok_or(Refusal::NoPendingOffer)
    }

    /// The offer of this kind that waits for an answer.
    pub fn pending(&self, kind: OfferKind) -> Result<&'a Offer, Refusal> {
        let pending = self.conversation.pending(kind);
        pending.ok_or(Refusal::NoPendingOffer)
    }

    /// The request for help that waits for an answer.
    pub fn help_requested(&self) -> Result<&'a Help, Refusal> {
        let help = self.conversation.help.as_ref();
        help.ok_or(Refusal::HelpNotRequested)
    }

    /// The agent from whom the conversation can be transferred.
    pub fn transferable(&self) -> Result<&'a Primary, Refusal> {
        let conversation = self.conversation;
        let running = conversation.is_in_conversation() || conversation.state == State::Waiting;
        self.needs(running, "ACTIVE and accepted, or WAITING")?;
        if let Some(pending) = &conversation.offer {
            return Err(Refusal::OfferPending(pending.id));
        }
        self.messaging()?;
        if conversation.mode != Mode::Text {
            return Err(Refusal::ModeNotSupported(conversation.mode));
        }
        let primary = conversation.primary.as_ref();
        let primary = primary.ok_or_else(|| invalid_state(conversation, "a primary agent"))?;
        human(primary.kind).map(|()| primary)
    }

    pub fn unassigned(&self) -> Result<(), Refusal> {
        let assigned = self.conversation.assigned_agent();
        assigned.map_or(Ok(()), |agent| Err(Refusal::AlreadyAssigned(agent)))
    }

    pub fn primary_in(&self, me: AgentId, state: State) -> Result<(), Refusal> {
        self.primary(me)?;
        self.in_state(state)
    }

    pub fn not_own(&self) -> Result<(), Refusal> {
        let me = self.agent.map(|agent| agent.id);
        if me.is_some() && me == self.conversation.primary_agent() {
            return Err(Refusal::OwnConversation);
        }
        Ok(())
    }

    pub fn live_chat(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(channel == Channel::LiveChat, channel)
    }

    pub fn asynchronous(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(is_asynchronous(channel), channel)
    }

    pub fn messaging(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(is_messaging(channel), channel)
    }

    pub fn not_a_record(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(channel != Channel::Record, channel)
    }

    pub fn in_conversation(&self) -> Result<(), Refusal> {
        let running = self.conversation.is_in_conversation();
        self.needs(running, "ACTIVE and accepted")
    }

    pub fn in_state(&self, state: State) -> Result<(), Refusal> {
        self.needs(self.conversation.state == state, state.as_str())
    }

    pub fn needs(&self, met: bool, needed: &'static str) -> Result<(), Refusal> {
        if met {
            Ok(())
        } else {
            Err(invalid_state(self.conversation, needed))
        }
    }
}

/// Whether the customer was told and agreed, as far as this notice asks for it.
pub fn noticed(notice: MonitoringNotice, conversation: &Conversation) -> Result<(), Refusal> {
    match notice {
        MonitoringNotice::None => Ok(()),
        _ if conversation.notice_given_at.is_none() => Err(Refusal::NoticeNotGiven),
        MonitoringNotice::ConsentRequired if conversation.consent != Consent::Granted => {
            Err(Refusal::ConsentNotGranted(conversation.consent))
        }
        _ => Ok(()),
    }
}

/// Only people set aside, and only people's conversations are transferred.
pub fn human(primary: AgentKind) -> Result<(), Refusal> {
    match primary {
        AgentKind::Human => Ok(()),
        AgentKind::Bot => Err(Refusal::PrimaryIsBot),
    }
}

fn supported(supported: bool, channel: Channel) -> Result<(), Refusal> {
    if supported {
        Ok(())
    } else {
        Err(Refusal::ChannelNotSupported(channel))
    }
}
