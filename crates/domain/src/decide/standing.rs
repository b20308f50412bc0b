//! How a viewer stands to a conversation, and what each action needs of that: all of check 9 of
//! domain.md section 3, nothing of a target.
//!
//! `decide` asks [`Standing::meets`] before it makes an event, and [`may`] asks the same of a
//! conversation that is only looked at, so what a desk shows as possible is what a mutation allows.
//! Targets and other input are not looked at here; no event is made here.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::conversation::{Monitor, Offer, Primary};
use crate::conversation::{is_asynchronous, is_messaging};
use crate::policy::{self, Action, Grant};
use crate::{
    Agent, AgentId, AgentKind, Author, Channel, Consent, Conversation, Draft, Mode,
    MonitoringNotice, OfferKind, ParticipantRole, Refusal, Settings, State, Viewer, Workstream,
    World,
};

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
    let workstream = world.workstreams.get(&conversation.workstream);
    let standing = Standing {
        viewer,
        agent: world.agent_of(viewer.subject()).map(|agent| &**agent),
        settings: &world.settings,
        workstream: Workstream::of(workstream, conversation),
        conversation,
        now,
    };
    policy::known_agent(viewer, standing.agent, action)?;
    let grant = standing.permit(action)?;
    standing.meets(grant, action)
}

/// A viewer before a conversation.
pub(super) struct Standing<'a> {
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

    /// Visibility and checks 3 to 7.
    pub fn permit(&self, action: Action) -> Result<Grant, Refusal> {
        policy::permit(
            self.viewer,
            self.agent,
            self.settings,
            self.conversation,
            action,
        )
    }

    /// Check 9: everything that the action needs besides a target.
    pub fn meets(&self, grant: Grant, action: Action) -> Result<(), Refusal> {
        if !self.conversation.is_ongoing() {
            return Err(Refusal::ConversationClosed);
        }
        let me = || grant.agent().ok_or(Refusal::AgentUnknown);
        match action {
            Action::CustomerMessage | Action::RecordConsent => Ok(()),
            Action::CustomerDisconnected => self.customer_here(),
            Action::CustomerReconnected => self.customer_away(),
            Action::EndByCustomer => self.needs(
                self.conversation.state != State::WrapUp,
                "OPEN, ACTIVE or WAITING",
            ),
            Action::ChangeMode => self.in_conversation().and_then(|()| self.messaging()),
            Action::Pick => self.pickable(),
            Action::Accept | Action::Reject => self.offered_to(me()?).map(drop),
            Action::SetAside => {
                self.primary_in(me()?, State::Active)?;
                let channel = self.conversation.channel;
                supported(is_asynchronous(channel), channel)?;
                // A bot picks, writes, releases, ends and closes: it has nobody to wait for.
                human(self.primary(me()?)?)
            }
            Action::Reopen => self.primary_in(me()?, State::Waiting),
            Action::Release | Action::End => self.primary_in(me()?, State::Active),
            Action::Close => self.primary_in(me()?, State::WrapUp),
            Action::Send => match grant.agent() {
                Some(me) => self.author(me).map(drop),
                None => self.monitoring().map(drop),
            },
            Action::Leave => match grant.agent() {
                Some(me) => self.consults(me),
                None => self.joined().map(drop),
            },
            Action::Monitor => self.watchable(),
            Action::StopMonitoring => self.monitoring().map(drop),
            Action::Join => {
                self.in_conversation()?;
                self.not_a_record()?;
                self.not_own()?;
                self.monitoring().map(drop)
            }
            Action::Assign => {
                self.unassigned()?;
                self.in_state(State::Open)?;
                self.not_a_record()
            }
            Action::CancelOffer => self.pending(OfferKind::Assignment).map(drop),
            Action::Transfer => self.transferable().map(drop),
            Action::CancelTransfer => self.pending(OfferKind::Transfer).map(drop),
            Action::ForceClose => self.not_a_record(),
        }
    }

    /// The viewer's running look.
    pub fn monitoring(&self) -> Result<&'a Monitor, Refusal> {
        let session = self.conversation.monitor_of(self.viewer.subject());
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
        let primary =
            primary.ok_or_else(|| super::invalid_state(conversation, "a primary agent"))?;
        human(primary.kind).map(|()| primary)
    }

    fn watchable(&self) -> Result<(), Refusal> {
        let conversation = self.conversation;
        self.needs(
            conversation.is_in_conversation() || conversation.state == State::WrapUp,
            "ACTIVE and accepted, or WRAP_UP",
        )?;
        self.not_a_record()?;
        self.not_own()?;
        noticed(self.workstream.monitoring_notice, conversation)
    }

    fn pickable(&self) -> Result<(), Refusal> {
        self.unassigned()?;
        let agent = self.agent.ok_or(Refusal::AgentUnknown)?;
        if !agent.queues.contains(&self.conversation.queue) {
            return Err(Refusal::TargetNotInQueue);
        }
        Ok(())
    }

    fn unassigned(&self) -> Result<(), Refusal> {
        let assigned = self.conversation.assigned_agent();
        assigned.map_or(Ok(()), |agent| Err(Refusal::AlreadyAssigned(agent)))
    }

    fn primary_in(&self, me: AgentId, state: State) -> Result<(), Refusal> {
        self.primary(me)?;
        self.in_state(state)
    }

    fn consults(&self, me: AgentId) -> Result<(), Refusal> {
        if self.conversation.consultants.contains(&me) {
            return Ok(());
        }
        Err(Refusal::NotParticipant(ParticipantRole::Consultant))
    }

    fn not_own(&self) -> Result<(), Refusal> {
        let me = self.agent.map(|agent| agent.id);
        if me.is_some() && me == self.conversation.primary_agent() {
            return Err(Refusal::OwnConversation);
        }
        Ok(())
    }

    fn customer_here(&self) -> Result<(), Refusal> {
        let conversation = self.conversation;
        let here = matches!(conversation.state, State::Open | State::Active)
            && conversation.customer_away_since.is_none();
        self.live_chat()?;
        self.needs(here, "OPEN or ACTIVE with the customer connected")
    }

    fn customer_away(&self) -> Result<(), Refusal> {
        self.live_chat()?;
        let until = self.conversation.customer_grace_until;
        let in_time = until.is_some_and(|until| self.now <= until);
        self.needs(in_time, "a customer who is away and within the grace time")
    }

    fn live_chat(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(channel == Channel::LiveChat, channel)
    }

    fn messaging(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(is_messaging(channel), channel)
    }

    fn not_a_record(&self) -> Result<(), Refusal> {
        let channel = self.conversation.channel;
        supported(channel != Channel::Record, channel)
    }

    fn in_conversation(&self) -> Result<(), Refusal> {
        let running = self.conversation.is_in_conversation();
        self.needs(running, "ACTIVE and accepted")
    }

    fn in_state(&self, state: State) -> Result<(), Refusal> {
        self.needs(self.conversation.state == state, state.as_str())
    }

    fn needs(&self, met: bool, needed: &'static str) -> Result<(), Refusal> {
        if met {
            Ok(())
        } else {
            Err(super::invalid_state(self.conversation, needed))
        }
    }
}

/// Whether the customer was told and agreed, as far as this notice asks for it.
pub(super) fn noticed(
    notice: MonitoringNotice,
    conversation: &Conversation,
) -> Result<(), Refusal> {
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
fn human(primary: AgentKind) -> Result<(), Refusal> {
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
