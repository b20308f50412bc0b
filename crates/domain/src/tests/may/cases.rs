//! Who looks at what: scenes, settings, tokens, and the commands with targets that fit.

use super::super::harness::noon;
use super::super::state_table::{Built, scenes};
use super::*;

/// Fits as a target everywhere: a person of every queue with room for everything.
const EVA: AgentId = AgentId(uuid::Uuid::from_u128(0xA6));
/// Calls, like `VOICE`.
const MORE_CALLS: QueueId = QueueId(uuid::Uuid::from_u128(0x55));
/// Records, like `RECORDS`.
const MORE_RECORDS: QueueId = QueueId(uuid::Uuid::from_u128(0x56));

/// Who has some stake in the scenes, and who has none.
pub const SUBJECTS: &[&str] = &[
    "anna", "bram", "carla", "dirk", "robo", "sofie", "simon", "nobody",
];

/// An organisation that has a target for everything.
pub fn with_targets((mut stage, id): Built) -> Built {
    for (queue, kind) in [
        (MORE_CALLS, QueueKind::Voice),
        (MORE_RECORDS, QueueKind::Record),
    ] {
        let name = "More".into();
        let queue = Queue {
            id: queue,
            name,
            kind,
            hours: None,
            deleted_at: None,
        };
        stage.world.put(&After::Queue(queue.into()));
    }
    let eva = Agent {
        id: EVA,
        subject: Subject::new("eva").unwrap(),
        name: "eva".into(),
        kind: AgentKind::Human,
        capacity: 1_000,
        presence: Presence::Available,
        presence_since: None,
        queues: stage.world.queues.keys().copied().collect(),
        acknowledged: None,
        deleted_at: None,
    };
    stage.world.put(&After::Agent(eva.into()));
    (stage, id)
}

/// Every scene of the state table, and those that differ in mode, kind of agent or company.
pub fn all_scenes(channel: Channel) -> Vec<Built> {
    let mut all: Vec<Built> = scenes(channel)
        .into_iter()
        .map(|(_, scene)| scene)
        .collect();
    let then = |(stage, id): &Built, steps: &[(Asker, Act)]| {
        let (mut stage, id) = (stage.clone(), *id);
        for (asker, act) in steps {
            stage.does(asker, id, act.clone());
        }
        (stage, id)
    };
    let handled = Stage::with_anna_on(channel);
    all.push(then(&handled, &[(anna(), harness::asking_for_help())]));
    all.push(harness::undelivered(handled.clone()));
    if conversation::is_messaging(channel) {
        for mode in [Mode::Voice, Mode::Video] {
            let elevated = then(
                &handled,
                &[(gateway(), Act::ChangeMode(commands::ChangeMode(mode)))],
            );
            all.push(then(&elevated, &[(anna(), Act::Release)]));
            all.push(then(&elevated, &[(anna(), Act::End)]));
            if conversation::is_asynchronous(channel) {
                all.push(then(&elevated, &[(anna(), Act::SetAside)]));
            }
            all.push(elevated);
        }
        let bot = then(&Stage::with(channel), &[(robo(), Act::Pick)]);
        all.push(then(&bot, &[(robo(), Act::End)]));
        all.push(bot);
    }
    if channel != Channel::Record {
        let look = |number| {
            Act::Monitor(commands::Monitor {
                session: MonitorSessionId(uuid::Uuid::from_u128(number)),
            })
        };
        let watched = then(&handled, &[(sofie(), look(0xB1)), (simon(), look(0xB2))]);
        let joined = then(&watched, &[(sofie(), Act::Join)]);
        all.push(then(&joined, &[(anna(), Act::End)]));
        all.push(joined);
        all.push(watched);
    }
    all.into_iter().map(with_targets).collect()
}

/// A conversation under every notice that a workstream asks for and a gateway recorded.
pub fn noticed_scenes(channel: Channel) -> Vec<Built> {
    let (stage, id) = Stage::with_anna_on(channel);
    let mut all = vec![];
    for asked in MonitoringNotice::ALL {
        for given in [None, Some(noon())] {
            for consent in Consent::ALL {
                let mut stage = stage.clone();
                let mut conversation = (*stage.conversation(id)).clone();
                conversation.notice_given_at = given;
                conversation.consent = *consent;
                let kind = conversation::queue_kind_of(conversation.channel);
                stage.world.put(&After::Conversation(conversation.into()));
                stage.tune(kind, |workstream| workstream.monitoring_notice = *asked);
                all.push(with_targets((stage, id)));
            }
        }
    }
    all
}

/// Every way the switches that the policy looks at can stand.
pub fn all_settings() -> Vec<Settings> {
    let switched = |n: u8| Settings {
        supervisor_monitor: n & 1 > 0,
        supervisor_assign: n & 2 > 0,
        supervisor_transfer: n & 4 > 0,
        supervisor_force_close: n & 8 > 0,
        supervisor_take_over: n & 4 > 0,
        ..Settings::default()
    };
    (0..16).map(switched).collect()
}

/// This subject with every set of roles, scope and set of permissions that the policy tells apart.
pub fn viewers(subject: &str, queue: QueueId) -> Vec<Viewer> {
    use Role::{Administrator, Agent, ApiAccess, CustomerGateway, Supervisor};
    let role_sets: &[&[Role]] = &[
        &[],
        &[CustomerGateway],
        &[Agent],
        &[Supervisor],
        &[Administrator],
        &[Agent, Supervisor],
        &[Agent, Administrator],
        &[Supervisor, ApiAccess],
        Role::ALL,
    ];
    let elsewhere = if queue == SALES { SUPPORT } else { SALES };
    let scopes = [
        Scope::nothing(),
        Scope::Only([queue].into()),
        Scope::Only([elsewhere].into()),
        Scope::All,
    ];
    let mut all = vec![];
    for roles in role_sets {
        let token = |token: Token| {
            let token = roles.iter().fold(token, |token, role| token.role(*role));
            token.channels(Scope::All)
        };
        if !roles.contains(&Supervisor) {
            all.push(token(Token::of(subject)).viewer());
            continue;
        }
        for scope in &scopes {
            let full = || token(Token::of(subject).supervises().scope(scope.clone()));
            all.push(full().viewer());
            all.push(token(Token::of(subject).scope(scope.clone())).viewer());
        }
        for permission in Permission::ALL {
            let full = token(Token::of(subject).supervises());
            all.push(full.without(*permission).viewer());
        }
    }
    let elsewhere = Scope::Only([Channel::Sms].into());
    let gateway = Token::of(subject).role(CustomerGateway);
    all.push(gateway.channels(elsewhere).viewer());
    all
}

/// What the customer wrote.
const WRITTEN: MessageId = MessageId(uuid::Uuid::from_u128(0xC3));
/// What an agent wrote to the customer.
const ANSWER: MessageId = MessageId(uuid::Uuid::from_u128(0xC4));
/// What an agent wrote to the others.
const NOTE: MessageId = MessageId(uuid::Uuid::from_u128(0xC5));

/// The messages that the acts name, in this conversation.
pub fn messages(conversation: ConversationId) -> impl Iterator<Item = MessageRecord> {
    let one = move |id, author, visibility| MessageRecord {
        head: MessageHead {
            id,
            conversation,
            visibility,
            coached: None,
        },
        author,
        writer: None,
        sent_at: None,
        content: Content::text("…"),
        score: None,
        language: None,
        source: ScoreSource::Default,
        is_closing: false,
        edited_at: None,
        removed_at: None,
        erased: false,
        delivery: None,
        reactions: HashMap::new(),
    };
    [
        one(WRITTEN, Author::Customer, Visibility::Public),
        one(ANSWER, Author::Agent, Visibility::Public),
        one(NOTE, Author::Agent, Visibility::Internal),
    ]
    .into_iter()
}

/// The commands that this action stands for, with a target and input that fit.
#[allow(clippy::too_many_lines)] // One arm a command; splitting would hide that the list is whole.
pub fn acts(action: Action, conversation: &Conversation, viewer: &Viewer) -> Vec<Act> {
    let id = MessageId(uuid::Uuid::from_u128(0xC1));
    let text: Arc<str> = "…".into();
    let queue = match (
        conversation.queue,
        conversation::queue_kind_of(conversation.channel),
    ) {
        (_, QueueKind::Voice) => MORE_CALLS,
        (_, QueueKind::Record) => MORE_RECORDS,
        (SALES, QueueKind::Messaging) => SUPPORT,
        (_, QueueKind::Messaging) => SALES,
    };
    vec![match action {
        Action::CustomerMessage => {
            Act::CustomerMessage(commands::CustomerMessage::of_text(id, text))
        }
        Action::EditCustomerMessage => {
            let (text, score) = ("!".into(), None);
            let edit = commands::Edit {
                text,
                attachments: None,
                score,
                meaning: Meaning::default(),
                at: None,
            };
            MessageAct::Edit(edit).on(WRITTEN)
        }
        Action::RemoveCustomerMessage => {
            MessageAct::Remove(commands::Remove { at: None }).on(WRITTEN)
        }
        Action::React => {
            let reaction = Some("👍".into());
            let act = MessageAct::React(commands::React { reaction, at: None });
            // Who only watches may react where the customer does not see it.
            let as_gateway =
                viewer.has_role(Role::CustomerGateway) && !viewer.has_role(Role::Supervisor);
            act.on(if as_gateway { WRITTEN } else { NOTE })
        }
        Action::RecordDelivery => MessageAct::RecordDelivery(commands::RecordDelivery {
            state: DeliveryState::Sent,
            external_id: None,
            code: None,
            description: None,
            at: None,
        })
        .on(ANSWER),
        Action::CustomerDisconnected => Act::CustomerDisconnected,
        Action::CustomerReconnected => Act::CustomerReconnected,
        Action::EndByCustomer => Act::EndByCustomer,
        Action::ChangeMode if conversation.mode == Mode::Text => {
            Act::ChangeMode(commands::ChangeMode(Mode::Video))
        }
        Action::ChangeMode => Act::ChangeMode(commands::ChangeMode(Mode::Text)),
        Action::RecordConsent => Act::RecordConsent(commands::RecordConsent {
            notice_given_at: None,
            consent: Some(Consent::Granted),
        }),
        Action::RecordRating => Act::RecordRating(commands::RecordRating {
            score: 4,
            comment: None,
        }),
        Action::UpdateConversation => Act::UpdateConversation(commands::UpdateConversation {
            set_attributes: [("order".into(), "4711".into())].into(),
            ..commands::UpdateConversation::default()
        }),
        Action::Pick => Act::Pick,
        Action::Accept => Act::Accept,
        Action::Reject => Act::Reject,
        Action::SetAside => Act::SetAside,
        Action::Reopen => Act::Reopen,
        Action::Release => Act::Release,
        Action::End => Act::End,
        Action::Close => Act::Close,
        Action::Send => Act::Send(commands::Send::of_text(id, text, None)),
        Action::Leave => Act::Leave,
        Action::Monitor => Act::Monitor(commands::Monitor {
            session: MonitorSessionId(uuid::Uuid::from_u128(0xC2)),
        }),
        Action::StopMonitoring => Act::StopMonitoring,
        Action::Review => Act::Review(commands::Review {
            session: MonitorSessionId(uuid::Uuid::from_u128(0xC3)),
        }),
        Action::StopReview => Act::StopReview,
        Action::Join => Act::Join,
        Action::Assign => {
            return vec![
                Act::AssignToAgent(commands::AssignToAgent(to(EVA))),
                Act::AssignToQueue(commands::AssignToQueue(queue)),
            ];
        }
        Action::CancelOffer => Act::CancelOffer,
        Action::Transfer => Act::Transfer(commands::Transfer(to(EVA))),
        Action::CancelTransfer => Act::CancelTransfer,
        Action::Requeue => {
            return vec![
                Act::Requeue(commands::Requeue { queue: None }),
                Act::Requeue(commands::Requeue { queue: Some(queue) }),
            ];
        }
        Action::TakeOver => Act::TakeOver,
        Action::ForceClose => Act::ForceClose,
        Action::RequestHelp => Act::RequestHelp(commands::RequestHelp { id, note: None }),
        Action::CancelHelp => Act::CancelHelp,
        Action::AnswerHelp => Act::AnswerHelp,
        Action::CorrectSentiment => {
            let level = SentimentLevel::Negative;
            MessageAct::CorrectSentiment(commands::CorrectSentiment(level)).on(WRITTEN)
        }
        Action::Coach => Act::Coach(commands::Coach {
            id,
            content: Content::text(text),
        }),
        Action::AcknowledgeAttention => Act::AcknowledgeAttention(commands::AcknowledgeAttention(
            AttentionReason::DeliveryFailed,
        )),
    }]
}
