//! The writer takes what waits as one batch: that must come to the same as one command after the
//! other, refusals and repeats included (design.md section 4).
//!
//! Commands go to the application directly here, since only that fixes their order in the queue.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use chrono::Utc;
use domain::commands;
use domain::commands::{Start, Target};
use domain::ids::{
    AgentId, ConversationId, CustomerId, MessageId, MonitorSessionId, OfferId, QueueId,
    WorkstreamId,
};
use domain::words::{ParticipantRole, Presence};
use domain::{
    Act, After, AgentKind, Channel, Command, Consent, Manage, Meaning, QueueKind, Subject, Viewer,
    Visibility, Workstream,
};
use engine::app::{App, Terms};
use engine::store::{Answer, Idempotency, OrderError};
use entity::tables::{audit, participant};
use futures_util::poll;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::harness::{Database, SECRET, Token};
use crate::stage::Stage;
use crate::store::{board_is_what_is_stored, log_is_consecutive, rows_are_what_the_log_says};

mod failing;

type Order = (Arc<Viewer>, Command, Terms);
type Answered = Result<Answer, OrderError>;

/// An organisation whose ids are chosen here, so that two databases can hold the same.
struct Cast {
    gateway: Arc<Viewer>,
    agents: Vec<(AgentId, Arc<Viewer>)>,
    supervisors: Vec<Arc<Viewer>>,
    queues: Vec<QueueId>,
    conversations: Vec<ConversationId>,
    setting_up: Vec<Order>,
}

/// Whoever holds this token.
pub fn viewer(token: &Token) -> Arc<Viewer> {
    let key = VerifyingKey::secret(&Secret::new(SECRET).unwrap());
    let authenticator = Authenticator::new(AuthConfig::new(key));
    authenticator
        .authenticate(&token.sign(), Utc::now())
        .unwrap()
}

fn plain(viewer: &Arc<Viewer>, command: Command) -> Order {
    (viewer.clone(), command, Terms::default())
}

fn act(viewer: &Arc<Viewer>, conversation: ConversationId, act: Act) -> Order {
    plain(viewer, Command::Act { conversation, act })
}

impl Cast {
    fn new() -> Self {
        let admin = viewer(&Token::administrator());
        let gateway = viewer(&Token::gateway());
        let supervisors = ["sam", "sue"]
            .map(|name| viewer(&Token::supervisor(name)))
            .to_vec();
        let queues = vec![QueueId::new(Utc::now()), QueueId::new(Utc::now())];
        let mut setting_up = Vec::new();
        for (id, name) in queues.iter().zip(["One", "Two"]) {
            let kind = QueueKind::Messaging;
            let manage = Manage::CreateQueue(commands::CreateQueue {
                id: *id,
                name: name.into(),
                kind,
                hours: None,
            });
            setting_up.push(plain(&admin, Command::Manage(manage)));
        }
        let workstream =
            Workstream::with_defaults(WorkstreamId::new(Utc::now()), "Chats", QueueKind::Messaging);
        let workstream_id = workstream.id;
        setting_up.push(plain(
            &admin,
            Command::Manage(Manage::CreateWorkstream(commands::CreateWorkstream(
                workstream,
            ))),
        ));
        let mut agents = Vec::new();
        for (subject, kind, capacity) in [
            ("anna", AgentKind::Human, 3),
            ("bert", AgentKind::Human, 5),
            ("bot", AgentKind::Bot, 0),
        ] {
            let (id, token) = (AgentId::new(Utc::now()), viewer(&Token::agent(subject)));
            let manage = Manage::CreateAgent(commands::CreateAgent {
                id,
                subject: Subject::new(subject).unwrap(),
                name: subject.into(),
                kind,
                capacity,
                queues: queues.iter().copied().collect::<BTreeSet<_>>(),
            });
            setting_up.push(plain(&admin, Command::Manage(manage)));
            if kind == AgentKind::Human {
                setting_up.push(plain(&token, Command::SetPresence(Presence::Available)));
            }
            agents.push((id, token));
        }
        let conversations: Vec<_> = (0..6).map(|_| ConversationId::new(Utc::now())).collect();
        for (i, id) in conversations.iter().enumerate() {
            let start = Start {
                id: *id,
                channel: Channel::WhatsApp,
                queue: queues[i % 2],
                workstream: workstream_id,
                customer: CustomerId::new(Utc::now()),
                customer_key: Some(format!("customer {}", i % 4).into()),
                key_scope: domain::KeyScope::Channel,
                customer_name: (i < 3).then(|| format!("Name {i}").into()),
                subject: Some("A lamp".into()),
                previous: None,
                notice_given_at: Some(Utc::now() - chrono::TimeDelta::days(1)),
                consent: Consent::Granted,
                tags: domain::Tags::default(),
                priority: domain::Priority::Normal,
                attributes: domain::labels::Attributes::new(),
            };
            setting_up.push(plain(&gateway, Command::Start(Box::new(start))));
        }
        Self {
            gateway,
            agents,
            supervisors,
            queues,
            conversations,
            setting_up,
        }
    }

    /// One command, of those that can follow one another in a few conversations.
    fn any(&self, random: &mut StdRng) -> Order {
        let conversation = *self.conversations.choose(random).unwrap();
        let (agent, agents_token) = self.agents.choose(random).unwrap().clone();
        let supervisor = self.supervisors.choose(random).unwrap().clone();
        let target = Target {
            offer: OfferId::new(Utc::now()),
            agent,
            override_presence: false,
            override_capacity: random.random_ratio(1, 4),
            override_declines: true,
        };
        let say = |visibility| {
            let id = MessageId::new(Utc::now());
            Act::Send(commands::Send::of_text(id, "Take care", Some(visibility)))
        };
        let text = ["I hate this, it is terrible!", "Thank you, that is great!"];
        let text = *text.choose(random).unwrap();
        let (who, what) = match random.random_range(0..24) {
            0..=2 => {
                let (id, score) = (MessageId::new(Utc::now()), None);
                (
                    &self.gateway,
                    Act::CustomerMessage(commands::CustomerMessage {
                        score,
                        meaning: Meaning::default(),
                        ..commands::CustomerMessage::of_text(id, text)
                    }),
                )
            }
            3 | 4 => (
                &supervisor,
                Act::AssignToAgent(commands::AssignToAgent(target)),
            ),
            5 => (
                &supervisor,
                Act::AssignToQueue(commands::AssignToQueue(
                    *self.queues.choose(random).unwrap(),
                )),
            ),
            6 => (&supervisor, Act::CancelOffer),
            7..=9 => (
                &supervisor,
                Act::Monitor(commands::Monitor {
                    session: MonitorSessionId::new(Utc::now()),
                }),
            ),
            10 | 11 => (&supervisor, Act::Join),
            12 => (&supervisor, Act::Leave),
            13 => (&supervisor, Act::StopMonitoring),
            14 => (&supervisor, Act::Transfer(commands::Transfer(target))),
            15..=17 => (&agents_token, Act::Pick),
            18 => (&agents_token, Act::Accept),
            19 => (&agents_token, Act::Reject),
            20 | 21 => (&agents_token, Act::Release),
            22 => (&agents_token, say(Visibility::Public)),
            _ => (&agents_token, Act::SetAside),
        };
        let mut order = act(who, conversation, what);
        order.2.expected_version = random.random_ratio(1, 12).then_some(3);
        if random.random_ratio(1, 4) {
            let number = random.random_range(0..12);
            order.2.idempotency = Some(Idempotency {
                key: format!("key {number}"),
                mutation: "any".into(),
                input: format!("{}", number % 11),
                refusals: false,
            });
        }
        order
    }
}

/// Gives every order before any is answered, in this order; so they wait as one batch or a few.
async fn together(app: &App, orders: &[Order]) -> Vec<Answered> {
    let mut waiting: Vec<Pin<Box<dyn Future<Output = Answered> + '_>>> = Vec::new();
    for (viewer, command, terms) in orders {
        let given = app.carry_out(viewer, command.clone(), terms.clone());
        // Unconstrained: tokio would hold back what one task queues beyond its share.
        let mut given: Pin<Box<dyn Future<Output = Answered> + '_>> =
            Box::pin(tokio::task::unconstrained(given));
        assert!(poll!(given.as_mut()).is_pending());
        waiting.push(given);
    }
    futures_util::future::join_all(waiting).await
}

async fn one_by_one(app: &App, orders: &[Order]) -> Vec<Answered> {
    let mut answers = Vec::new();
    for (viewer, command, terms) in orders {
        answers.push(app.carry_out(viewer, command.clone(), terms.clone()).await);
    }
    answers
}

/// What an answer says, but for the instants in it.
fn told(answer: &Answered) -> String {
    match answer {
        Ok(Answer { outcome, visible }) => {
            let conversation = outcome.conversation.as_ref();
            format!(
                "done {:?} {:?} {:?} {visible} {}",
                conversation.map(|c| (c.id, c.state, c.version)),
                outcome.offer,
                outcome.message,
                outcome.position,
            )
        }
        Err(OrderError::Refused(refusal)) => refusal.code().as_str().to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// What the log and the audit trail tell, but for instants.
async fn story(stage: &Stage) -> Vec<String> {
    let mut told = Vec::new();
    for event in stage.events().await {
        let after: After = serde_json::from_str(&event.after).unwrap();
        let image = match after {
            After::Conversation(c) => format!(
                "{} {:?} {:?} {} {} {:?} {:?} {:?} {:?} {} {:?}",
                c.id,
                c.state,
                c.reason,
                c.version,
                c.queue,
                c.primary,
                c.declines,
                c.consultants,
                c.offer.as_ref().map(|offer| (offer.id, offer.exceeded_by)),
                c.messages,
                c.sentiment.level,
            ),
            _ => String::new(),
        };
        told.push(format!(
            "{} {} {} {image}",
            event.position, event.kind, event.actor
        ));
    }
    let rows = audit::Entity::find().order_by_asc(audit::Column::Number);
    for row in rows.all(&stage.tables().await).await.unwrap() {
        told.push(format!(
            "{} {} {} {:?} {:?} {:?} {}",
            row.number,
            row.subject,
            row.action,
            row.conversation_id,
            row.target,
            row.refusal,
            row.overrides
        ));
    }
    told
}

// On one thread, so that the writer cannot answer before all are given.
#[tokio::test]
async fn a_batch_comes_to_the_same_as_one_command_after_the_other() {
    for seed in 0..4 {
        let cast = Cast::new();
        let mut random = StdRng::seed_from_u64(seed);
        let orders: Vec<Order> = (0..400).map(|_| cast.any(&mut random)).collect();
        let mut stories: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (i, database) in Database::all().await.into_iter().enumerate() {
            let on = [database, Database::sqlite()];
            for (j, database) in on.into_iter().enumerate().take(2 - i) {
                let stage = Stage::on(database, &[]).await;
                let app = &stage.server.app;
                let setting_up = one_by_one(app, &cast.setting_up).await;
                assert!(setting_up.iter().all(Result::is_ok), "{setting_up:?}");
                let answers = match j {
                    0 => together(app, &orders).await,
                    _ => one_by_one(app, &orders).await,
                };
                log_is_consecutive(&stage).await;
                board_is_what_is_stored(&stage.server).await;
                rows_are_what_the_log_says(&stage).await;
                stories.push((answers.iter().map(told).collect(), story(&stage).await));
            }
        }
        let done = stories[0]
            .0
            .iter()
            .filter(|told| told.starts_with("done"))
            .count();
        assert!(done > 80, "{done}");
        for (answers, story) in &stories[1..] {
            assert_eq!(*answers, stories[0].0, "seed {seed}");
            for (line, first) in story.iter().zip(&stories[0].1) {
                assert_eq!(line, first, "seed {seed}");
            }
            assert_eq!(story.len(), stories[0].1.len(), "seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_supervisor_who_leaves_and_joins_again_in_one_batch_is_there() {
    for database in Database::all().await {
        let cast = Cast::new();
        let stage = Stage::on(database, &[]).await;
        let app = &stage.server.app;
        one_by_one(app, &cast.setting_up).await;
        let (id, sam) = (cast.conversations[0], &cast.supervisors[0]);
        let session = MonitorSessionId::new(Utc::now());
        let orders = [
            act(&cast.agents[0].1, id, Act::Pick),
            act(sam, id, Act::Monitor(commands::Monitor { session })),
            act(sam, id, Act::Join),
            act(sam, id, Act::Leave),
            act(sam, id, Act::Join),
            act(sam, id, Act::Leave),
            act(sam, id, Act::Join),
        ];
        let answers = together(app, &orders).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let stays = participant::Entity::find()
            .filter(participant::Column::Role.eq(ParticipantRole::Supervisor))
            .order_by_asc(participant::Column::JoinedPosition)
            .all(&stage.tables().await)
            .await
            .unwrap();
        let left: Vec<bool> = stays.iter().map(|stay| stay.left_at.is_some()).collect();
        assert_eq!(left, [true, true, false]);
        rows_are_what_the_log_says(&stage).await;
    }
}
