//! A small organisation and a clock: two messaging queues, one for calls, one for records; four
//! people and a bot; supervisors who may do everything unless a test says otherwise.

use super::*;

/// Messaging; members: everybody but Dirk.
pub const SUPPORT: QueueId = QueueId(uuid::Uuid::from_u128(0x51));
/// Messaging; members: Dirk.
pub const SALES: QueueId = QueueId(uuid::Uuid::from_u128(0x52));
/// Calls.
pub const VOICE: QueueId = QueueId(uuid::Uuid::from_u128(0x53));
/// Records.
pub const RECORDS: QueueId = QueueId(uuid::Uuid::from_u128(0x54));
/// Capacity for two conversations of two units.
pub const ANNA: AgentId = AgentId(uuid::Uuid::from_u128(0xA1));
/// Like Anna.
pub const BRAM: AgentId = AgentId(uuid::Uuid::from_u128(0xA2));
/// Has capacity for half a conversation.
pub const CARLA: AgentId = AgentId(uuid::Uuid::from_u128(0xA3));
/// Like Anna, but in Sales.
pub const DIRK: AgentId = AgentId(uuid::Uuid::from_u128(0xA4));
/// A bot.
pub const ROBO: AgentId = AgentId(uuid::Uuid::from_u128(0xA5));

/// An offer to this agent that overrides nothing.
pub fn to(agent: AgentId) -> Target {
    Target {
        offer: OfferId(agent.0),
        agent,
        override_presence: false,
        override_capacity: false,
        override_declines: false,
    }
}

/// What an agent says to ask for help, without a note.
pub fn asking_for_help() -> Act {
    let id = MessageId(uuid::Uuid::nil());
    Act::RequestHelp(commands::RequestHelp { id, note: None })
}

/// Anna's, who writes to the customer what does not arrive.
pub fn undelivered((mut stage, id): (Stage, ConversationId)) -> (Stage, ConversationId) {
    let message = stage.message();
    let says = commands::Send::of_text(message, "…", None);
    stage.does(&anna(), id, Act::Send(says));
    stage.reports(message, DeliveryState::Failed).unwrap();
    (stage, id)
}

pub fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// What a command came to: the types of its events in order, or the code of its refusal.
pub type Played = Result<Vec<Kind>, Code>;

/// An image without what its newest event says of the one before: what the conversation is, and no more.
pub fn still(c: &Conversation) -> Conversation {
    let course = crate::course::Course {
        first_response: false,
        before: None,
        ..c.course.clone()
    };
    Conversation {
        course,
        ..c.clone()
    }
}

/// The organisation at work.
#[derive(Clone)]
pub struct Stage {
    pub world: World,
    pub closed: HashMap<ConversationId, Arc<Conversation>>,
    pub now: DateTime<Utc>,
    pub decision: Option<Decision>,
    pub records: HashMap<MessageId, MessageRecord>,
    made: u128,
}

impl Stage {
    /// Everybody AVAILABLE, every setting on, nothing ongoing.
    pub fn new() -> Self {
        let mut world = World::default();
        for (id, name, kind) in [
            (SUPPORT, "Support", QueueKind::Messaging),
            (SALES, "Sales", QueueKind::Messaging),
            (VOICE, "Calls", QueueKind::Voice),
            (RECORDS, "Records", QueueKind::Record),
        ] {
            let name = name.into();
            let queue = Queue {
                id,
                name,
                kind,
                hours: None,
                deleted_at: None,
            };
            world.put(&After::Queue(queue.into()));
        }
        for kind in QueueKind::ALL {
            let workstream = Workstream {
                units: 2,
                ..Workstream::with_defaults(workstream_for(*kind), "", *kind)
            };
            world.put(&After::Workstream(workstream.into()));
        }
        for (id, name, capacity, queues) in [
            (ANNA, "anna", 4, [SUPPORT, VOICE, RECORDS].into()),
            (BRAM, "bram", 4, [SUPPORT, VOICE, RECORDS].into()),
            (CARLA, "carla", 1, [SUPPORT].into()),
            (DIRK, "dirk", 4, [SALES].into()),
            (ROBO, "robo", 0, [SUPPORT].into()),
        ] {
            let kind = if id == ROBO {
                AgentKind::Bot
            } else {
                AgentKind::Human
            };
            world.put(&After::Agent(Arc::new(Agent {
                id,
                subject: Subject::new(name).unwrap(),
                name: name.into(),
                kind,
                capacity,
                presence: Presence::Available,
                presence_since: None,
                queues,
                acknowledged: None,
                deleted_at: None,
            })));
        }
        world.put(&After::Settings(Arc::new(Settings {
            supervisor_assign: true,
            supervisor_transfer: true,
            supervisor_force_close: true,
            supervisor_take_over: true,
            ..Settings::default()
        })));
        Self {
            world,
            closed: HashMap::new(),
            now: noon(),
            decision: None,
            records: HashMap::new(),
            made: 0,
        }
    }

    /// An organisation with one conversation in OPEN.
    pub fn with(channel: Channel) -> (Self, ConversationId) {
        let mut stage = Self::new();
        let id = stage.start(channel);
        (stage, id)
    }

    /// An organisation with one conversation that Anna has.
    pub fn with_anna_on(channel: Channel) -> (Self, ConversationId) {
        let (mut stage, id) = Self::with(channel);
        stage.does(&anna(), id, Act::Pick);
        (stage, id)
    }

    /// Changes the workstream of this kind of queue.
    pub fn tune(&mut self, kind: QueueKind, change: impl FnOnce(&mut Workstream)) {
        let mut workstream = (*self.world.workstreams[&workstream_for(kind)]).clone();
        change(&mut workstream);
        self.world.put(&After::Workstream(workstream.into()));
    }

    /// A new conversation; the customer was told that it may be watched.
    pub fn start(&mut self, channel: Channel) -> ConversationId {
        let start = self.starting(channel);
        let id = start.id;
        self.play(&gateway(), &Command::Start(start.into()))
            .unwrap();
        id
    }

    /// What a gateway says to start a conversation.
    pub fn starting(&mut self, channel: Channel) -> Start {
        let kind = conversation::queue_kind_of(channel);
        let number = self.number();
        Start {
            id: ConversationId(number),
            channel,
            queue: match kind {
                QueueKind::Messaging => SUPPORT,
                QueueKind::Voice => VOICE,
                QueueKind::Record => RECORDS,
            },
            workstream: workstream_for(kind),
            customer: CustomerId(number),
            customer_key: None,
            key_scope: KeyScope::Channel,
            customer_name: None,
            subject: None,
            previous: None,
            notice_given_at: Some(self.now),
            consent: Consent::Unknown,
            tags: Tags::default(),
            priority: Priority::Normal,
            attributes: crate::labels::Attributes::new(),
        }
    }

    /// Decides a command; when it is not refused, goes on from there.
    pub fn play(&mut self, asker: &Asker, command: &Command) -> Result<Vec<Kind>, Refusal> {
        self.play_at(asker, command, None)
    }

    /// The same, with the version that the asker expects.
    pub fn play_at(
        &mut self,
        asker: &Asker,
        command: &Command,
        expected: Option<u32>,
    ) -> Result<Vec<Kind>, Refusal> {
        let mut draft = Draft::new(&self.world);
        for closed in self.closed.values() {
            draft.remember_closed(closed.clone());
        }
        draft.remember_records(self.records.values().cloned());
        let decision = decide(&draft, asker, command, expected, self.now)?;
        draft.absorb(&decision.events, &decision.actor);
        draft.hear(&decision.texts);
        let named = self.records.keys().copied();
        let changed = decision
            .events
            .iter()
            .filter_map(|event| match event.change {
                Change::MessagePosted { message, .. } | Change::AgentCoached { message, .. } => {
                    Some(message)
                }
                _ => None,
            });
        let named: Vec<_> = named.chain(changed).collect();
        self.records = named
            .into_iter()
            .filter_map(|id| Some((id, draft.record(id)?.clone())))
            .collect();
        for event in &decision.events {
            if let Some(after) = event.conversation().filter(|after| !after.is_ongoing()) {
                self.closed.insert(after.id, after.clone());
            }
            self.world.apply(event);
        }
        let kinds = decision
            .events
            .iter()
            .map(|event| event.change.kind())
            .collect();
        self.decision = Some(decision);
        Ok(kinds)
    }

    /// Does something to a conversation.
    pub fn act(&mut self, asker: &Asker, conversation: ConversationId, act: Act) -> Played {
        let command = Command::Act { conversation, act };
        self.play(asker, &command).map_err(|refusal| refusal.code())
    }

    /// Does something that is allowed.
    pub fn does(&mut self, asker: &Asker, id: ConversationId, act: Act) -> Vec<Kind> {
        self.act(asker, id, act).unwrap()
    }

    /// Does something that is refused, which leaves everything as it was.
    pub fn refused(&mut self, asker: &Asker, conversation: ConversationId, act: Act) -> Refusal {
        let before = self.conversation(conversation);
        let command = Command::Act { conversation, act };
        let refusal = self.play(asker, &command).unwrap_err();
        assert_eq!(self.conversation(conversation), before);
        refusal
    }

    /// The timer of this kind fires, due or not.
    pub fn timer(&mut self, conversation: ConversationId, kind: TimerKind) -> Vec<Kind> {
        self.play(&Asker::System, &Command::TimerDue { conversation, kind })
            .unwrap()
    }

    /// Time passes until this timer is due, and it fires.
    pub fn when_due(&mut self, conversation: ConversationId, kind: TimerKind) -> Vec<Kind> {
        self.now = self.due(conversation, kind).unwrap();
        self.timer(conversation, kind)
    }

    /// When this timer is due.
    pub fn due(&self, id: ConversationId, kind: TimerKind) -> Option<DateTime<Utc>> {
        let conversation = self.conversation(id);
        conversation
            .timers()
            .find(|(k, _)| *k == kind)
            .map(|(_, due)| due)
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    /// The conversation as it is, or as it was when it closed.
    pub fn conversation(&self, id: ConversationId) -> Arc<Conversation> {
        self.world
            .conversations
            .get(&id)
            .unwrap_or_else(|| &self.closed[&id])
            .clone()
    }

    /// Where it stands.
    pub fn stands(&self, id: ConversationId) -> (State, StatusReason) {
        let conversation = self.conversation(id);
        (conversation.state, conversation.reason)
    }

    /// The units that this agent consumes.
    pub fn consumed(&self, agent: AgentId) -> u32 {
        self.world.load(agent).consumed
    }

    /// What the latest command changed.
    pub fn changes(&self) -> Vec<Change> {
        let events = &self.decision.as_ref().unwrap().events;
        events.iter().map(|event| event.change.clone()).collect()
    }

    /// What the latest command answered.
    pub fn outcome(&self) -> &Outcome {
        &self.decision.as_ref().unwrap().outcome
    }

    /// A customer's message with this score.
    pub fn customer_writes(&mut self, id: ConversationId, score: f32) -> Vec<Kind> {
        let score = MessageScore::supplied(score, 1.0, Some("en"), "test", "1").unwrap();
        let act = Act::CustomerMessage(commands::CustomerMessage {
            score: Some(score),
            ..commands::CustomerMessage::of_text(self.message(), "…")
        });
        self.does(&gateway(), id, act)
    }

    /// What an agent or supervisor says to write.
    pub fn writing(&mut self, visibility: Option<Visibility>) -> Act {
        let id = self.message();
        Act::Send(commands::Send::of_text(id, "…", visibility))
    }

    /// What a supervisor says to monitor.
    pub fn watching(&mut self) -> Act {
        Act::Monitor(commands::Monitor {
            session: MonitorSessionId(self.number()),
        })
    }

    /// What a supervisor says to review.
    pub fn reviewing(&mut self) -> Act {
        Act::Review(commands::Review {
            session: MonitorSessionId(self.number()),
        })
    }

    /// The gateway says how far a message came.
    pub fn reports(&mut self, message: MessageId, state: DeliveryState) -> Played {
        let act = MessageAct::RecordDelivery(commands::RecordDelivery {
            state,
            external_id: None,
            code: None,
            description: None,
            at: None,
        });
        let on = commands::OnMessage {
            message: MessageName::Id(message),
            channel: None,
            act,
        };
        self.play(&gateway(), &on.into())
            .map_err(|refusal| refusal.code())
    }

    pub fn message(&mut self) -> MessageId {
        MessageId(self.number())
    }

    /// Changes settings, and whatever they mean for every conversation has happened.
    pub fn sets(&mut self, patch: SettingsPatch) -> Vec<Kind> {
        let mut kinds = self.changes_settings(patch);
        let mut left = self.decision.as_ref().unwrap().left;
        while let Some(Left::After(after)) = left {
            kinds.extend(self.reassess(after));
            left = self.decision.as_ref().unwrap().left;
        }
        kinds
    }

    /// Changes settings, and nothing more happens yet.
    pub fn changes_settings(&mut self, patch: SettingsPatch) -> Vec<Kind> {
        self.play(
            &admin(),
            &Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(patch))),
        )
        .unwrap()
    }

    /// The turn of the conversations that follow this one.
    pub fn reassess(&mut self, after: Option<ConversationId>) -> Vec<Kind> {
        self.play(&Asker::System, &Command::Reassess { after })
            .unwrap()
    }

    fn number(&mut self) -> uuid::Uuid {
        self.made += 1;
        uuid::Uuid::from_u128(self.made)
    }
}

fn workstream_for(kind: QueueKind) -> WorkstreamId {
    WorkstreamId(uuid::Uuid::from_u128(0xF0 + kind as u128))
}
