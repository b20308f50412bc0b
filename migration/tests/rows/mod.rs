//! One row of every entity, written and read back unchanged.

use chrono::{DateTime, Utc};
use domain::ids::{
    AgentId, AgentNoticeId, ConversationId, CustomerId, MessageId, MonitorSessionId, OfferId,
    QueueId, WorkstreamId,
};
use domain::words::{
    AgentKind, AlertThreshold, Author, CancelReason, Channel, DeliveryState, Intent, LookKind,
    Mode, MonitoringEnd, MonitoringNotice, OfferKind, OfferOutcome, ParticipantRole, Presence,
    QueueKind, Role, ScoreSource, SentimentLevel, State, StatusReason, TimerKind, Visibility,
};
use entity::tables::{
    agent, agent_connection, agent_notice, audit, conversation, conversation_attribute,
    conversation_note, conversation_tag, conversation_word, cursor_key, customer, customer_key,
    customer_source, customer_word, earlier_reading, event, external_id, idempotency, log_head,
    membership, message, message_reaction, message_revision, message_state, monitor_session, offer,
    participant, queue, rating_comment, reassessment, revocation, search_filling,
    sentiment_adapter, settings, supervisor, timer, workstream,
};
use sea_orm::{ActiveModelTrait, DatabaseConnection, EntityTrait, IntoActiveModel};

/// An instant with microseconds, the finest that both databases keep.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + seconds, 123_456_000).unwrap()
}

/// Inserts a row and finds it again by its primary key.
macro_rules! there_and_back {
    ($db:expr, $module:ident, $key:expr, $row:expr) => {{
        let (key, row) = ($key, $row);
        let inserted = $module::Entity::insert(row.clone().into_active_model());
        inserted.exec_without_returning($db).await.unwrap();
        let found = $module::Entity::find_by_id(key).one($db).await.unwrap();
        assert_eq!(found.as_ref(), Some(&row), stringify!($module));
        row
    }};
}

mod figures;

/// Writes and reads one row of each entity; answers the conversation, which is ongoing.
pub async fn every_row(db: &DatabaseConnection) -> conversation::Model {
    let (agent, queue, workstream) = directory(db).await;
    let customer = CustomerId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        customer,
        customer,
        customer::Model {
            id: customer,
            gateway: Some("gateway".to_owned()),
            key: Some("crm-7".to_owned()),
            name: Some("Zoë".to_owned()),
            created_at: at(0),
            erased_at: Some(at(9)),
            merged_into_id: None,
        }
    );
    let key = ("crm".to_owned(), "7".to_owned(), "SMS".to_owned());
    there_and_back!(
        db,
        customer_key,
        key.clone(),
        customer_key::Model {
            source: key.0,
            key: key.1,
            scope: key.2,
            customer_id: customer,
        }
    );
    let source = "crm".to_owned();
    there_and_back!(
        db,
        customer_source,
        (source.clone(), customer),
        customer_source::Model {
            source,
            customer_id: customer,
            before_sources: true,
        }
    );
    let id = ConversationId::new(chrono::DateTime::UNIX_EPOCH);
    let conversation = there_and_back!(
        db,
        conversation,
        id,
        conversation::Model {
            id,
            channel: Channel::WhatsApp,
            source: Some("gateway".to_owned()),
            mode: Mode::Text,
            state: State::Active,
            reason: StatusReason::InConversation,
            queue_id: queue.id,
            workstream_id: workstream.id,
            customer_id: customer,
            agent_id: Some(agent),
            previous_id: None,
            subject: Some("Invoice".to_owned()),
            version: 2,
            sentiment: SentimentLevel::SlightlyNegative,
            started_at: at(0),
            closed_at: None,
            last_activity_at: Some(at(8)),
            disposition: Some("SOLVED".to_owned()),
            rating: Some(4),
            position: i64::MAX,
            image: "{}".to_owned(),
        }
    );
    labels(db, id).await;
    words(db, id, customer).await;
    beside_the_conversation(db, id, agent).await;
    log(db, id).await;
    kept_for_a_time(db).await;
    figures::figures(db).await;
    in_place(db).await;
    conversation
}

/// Search words, and how far they were filled in.
async fn words(db: &DatabaseConnection, id: ConversationId, customer: CustomerId) {
    there_and_back!(
        db,
        conversation_word,
        ("invoice".to_owned(), id),
        conversation_word::Model {
            word: "invoice".to_owned(),
            conversation_id: id,
        }
    );
    there_and_back!(
        db,
        customer_word,
        ("zoe".to_owned(), customer),
        customer_word::Model {
            word: "zoe".to_owned(),
            customer_id: customer,
        }
    );
    there_and_back!(
        db,
        search_filling,
        1,
        search_filling::Model {
            id: 1,
            after_id: Some(id),
        }
    );
}

async fn labels(db: &DatabaseConnection, id: ConversationId) {
    there_and_back!(
        db,
        rating_comment,
        id,
        rating_comment::Model {
            conversation_id: id,
            text: "Quick.".to_owned(),
        }
    );
    there_and_back!(
        db,
        conversation_note,
        id,
        conversation_note::Model {
            conversation_id: id,
            text: "Twenty euros.".to_owned(),
        }
    );
    there_and_back!(
        db,
        conversation_tag,
        (id, "spate lieferung".to_owned()),
        conversation_tag::Model {
            conversation_id: id,
            tag: "spate lieferung".to_owned(),
        }
    );
    there_and_back!(
        db,
        conversation_attribute,
        (id, "order".to_owned()),
        conversation_attribute::Model {
            conversation_id: id,
            key: "order".to_owned(),
            value: "4711".to_owned(),
        }
    );
}

async fn directory(db: &DatabaseConnection) -> (AgentId, queue::Model, workstream::Model) {
    let id = QueueId::new(chrono::DateTime::UNIX_EPOCH);
    let queue = there_and_back!(
        db,
        queue,
        id,
        queue::Model {
            id,
            name: "Complaints".to_owned(),
            kind: QueueKind::Messaging,
            hours: Some("{}".to_owned()),
            created_at: at(0),
            deleted_at: Some(at(7)),
        }
    );
    let id = WorkstreamId::new(chrono::DateTime::UNIX_EPOCH);
    let workstream = there_and_back!(
        db,
        workstream,
        id,
        workstream::Model {
            id,
            name: "Complaints".to_owned(),
            kind: QueueKind::Messaging,
            allowed_presences: r#"["AVAILABLE"]"#.to_owned(),
            units: 40,
            offer_seconds: 60,
            wrap_up_capacity_seconds: Some(0),
            monitoring_notice: MonitoringNotice::ConsentRequired,
            customer_grace_seconds: 30,
            auto_close_open_seconds: Some(1),
            auto_close_active_seconds: None,
            auto_close_waiting_seconds: Some(2),
            auto_close_wrap_up_seconds: None,
            attention_waiting_seconds: 3,
            attention_unanswered_seconds: 4,
            attention_handled_seconds: 5,
            dispositions: "[]".to_owned(),
            disposition_required: true,
            earlier_transcripts: false,
            language: Some("nl".to_owned()),
            escalation_signals: false,
            service_level_seconds: Some(20),
            created_at: at(0),
            deleted_at: Some(at(7)),
        }
    );
    let agent = AgentId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        agent,
        agent,
        agent::Model {
            id: agent,
            subject: "sub-1".to_owned(),
            name: "Noor".to_owned(),
            kind: AgentKind::Human,
            capacity: 100,
            presence: Presence::BusyDoNotDisturb,
            presence_since: Some(at(2)),
            created_at: at(0),
            deleted_at: None,
            notice_acknowledged_at: Some(at(3)),
            notice_acknowledged_version: Some("9f0c".to_owned()),
        }
    );
    there_and_back!(
        db,
        membership,
        (agent, queue.id),
        membership::Model {
            agent_id: agent,
            queue_id: queue.id,
        }
    );
    there_and_back!(
        db,
        supervisor,
        "sub-2".to_owned(),
        supervisor::Model {
            subject: "sub-2".to_owned(),
            presence: Presence::Away,
        }
    );
    (agent, queue, workstream)
}

async fn messages(db: &DatabaseConnection, id: ConversationId) {
    let message = MessageId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        message,
        message,
        message::Model {
            id: message,
            conversation_id: id,
            number: 1,
            coaching: 0,
            coached_id: Some(AgentId::new(chrono::DateTime::UNIX_EPOCH)),
            author: Author::Customer,
            agent_id: None,
            author_subject: None,
            visibility: Visibility::Public,
            system_message: None,
            text: Some("Waar blijft mijn pakket? 📦".to_owned()),
            score: Some(-0.3),
            score_source: Some(ScoreSource::Supervisor),
            intent: Some(Intent::Problem),
            confidence: Some(0.9),
            language: Some("nl".to_owned()),
            attachments: Some(r#"[{"kind":"IMAGE"}]"#.to_owned()),
            sent_at: Some(at(0)),
            reply_to_id: Some(MessageId::new(chrono::DateTime::UNIX_EPOCH)),
            external_id: Some("wamid.7".to_owned()),
            posted_at: at(1),
            erased_at: Some(at(9)),
            position: 4,
        }
    );
    let hash = uuid::Uuid::now_v7();
    there_and_back!(
        db,
        external_id,
        hash,
        external_id::Model {
            hash,
            message_id: message,
            conversation_id: id,
        }
    );
    message_changes(db, message).await;
}

async fn message_changes(db: &DatabaseConnection, message: MessageId) {
    there_and_back!(
        db,
        message_state,
        message,
        message_state::Model {
            message_id: message,
            edited_at: Some(at(2)),
            removed_at: Some(at(3)),
            delivery: Some(DeliveryState::Failed),
            delivery_at: Some(at(4)),
            delivery_code: Some("131026".to_owned()),
            delivery_description: Some("Niet bereikbaar".to_owned()),
            position: 5,
        }
    );
    there_and_back!(
        db,
        message_reaction,
        (message, String::new()),
        message_reaction::Model {
            message_id: message,
            who: String::new(),
            reaction: Some("👍".to_owned()),
            at: at(5),
        }
    );
    there_and_back!(
        db,
        message_revision,
        (message, 5),
        message_revision::Model {
            message_id: message,
            position: 5,
            text: Some("Waar blijft mijn paket?".to_owned()),
            attachments: None,
            replaced_at: at(2),
            removed_at: Some(at(3)),
        }
    );
}

async fn beside_the_conversation(db: &DatabaseConnection, id: ConversationId, agent: AgentId) {
    let server = uuid::Uuid::now_v7();
    there_and_back!(
        db,
        agent_connection,
        (agent, server),
        agent_connection::Model {
            agent_id: agent,
            server_id: server,
            connected_until: at(30),
        }
    );
    let who = agent.to_string();
    there_and_back!(
        db,
        participant,
        (id, ParticipantRole::PrimaryAgent, who.clone(), 3),
        participant::Model {
            conversation_id: id,
            role: ParticipantRole::PrimaryAgent,
            who,
            joined_position: 3,
            joined_at: at(1),
            left_at: None,
        }
    );
    let offer = OfferId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        offer,
        offer,
        offer::Model {
            id: offer,
            conversation_id: id,
            kind: OfferKind::Transfer,
            agent_id: agent,
            made_by: "sub-2".to_owned(),
            units: 40,
            exceeded_by: 0,
            made_at: at(1),
            due_at: at(121),
            outcome: OfferOutcome::Cancelled,
            cancel_reason: Some(CancelReason::SetAside),
            answered_at: Some(at(2)),
        }
    );
    messages(db, id).await;
    let session = MonitorSessionId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        monitor_session,
        session,
        monitor_session::Model {
            id: session,
            kind: LookKind::Review,
            conversation_id: id,
            supervisor: "sub-2".to_owned(),
            started_at: at(1),
            until: at(3600),
            joined_at: Some(at(2)),
            ended_at: Some(at(3)),
            ended_by: Some(MonitoringEnd::TokenExpired),
        }
    );
    there_and_back!(
        db,
        earlier_reading,
        (id, agent, id),
        earlier_reading::Model {
            conversation_id: id,
            agent_id: agent,
            earlier_id: id,
            read_at: at(4),
        }
    );
    there_and_back!(
        db,
        timer,
        (id, TimerKind::AutoClose),
        timer::Model {
            conversation_id: id,
            kind: TimerKind::AutoClose,
            due_at: at(60),
        }
    );
}

async fn log(db: &DatabaseConnection, id: ConversationId) {
    there_and_back!(
        db,
        audit,
        1,
        audit::Model {
            number: 1,
            at: at(1),
            subject: "sub-2".to_owned(),
            role: Role::Supervisor,
            action: "assignConversation".to_owned(),
            // A refusal may name a conversation that does not exist.
            conversation_id: Some(ConversationId::new(chrono::DateTime::UNIX_EPOCH)),
            target: None,
            refusal: Some("NOT_FOUND".to_owned()),
            reason: Some("It waits too long".to_owned()),
            overrides: "[]".to_owned(),
            before: None,
            after: None,
            hash: "00ff".to_owned(),
        }
    );
    there_and_back!(
        db,
        idempotency,
        ("sub-2".to_owned(), "key-1".to_owned()),
        idempotency::Model {
            subject: "sub-2".to_owned(),
            key: "key-1".to_owned(),
            mutation: "assignConversation".to_owned(),
            input_hash: "00ff".to_owned(),
            outcome: "{}".to_owned(),
            created_at: at(1),
        }
    );
    there_and_back!(
        db,
        event,
        1,
        event::Model {
            position: 1,
            at: at(1),
            kind: "ConversationStarted".to_owned(),
            actor: "{}".to_owned(),
            conversation_id: Some(id),
            change: "{}".to_owned(),
            after: "{}".to_owned(),
            before: None,
            hash: i64::MIN,
        }
    );

    there_and_back!(
        db,
        reassessment,
        1,
        reassessment::Model {
            id: 1,
            after_id: Some(id),
        }
    );

    there_and_back!(
        db,
        sentiment_adapter,
        1,
        sentiment_adapter::Model {
            version: 1,
            made_at: at(3),
            labels: 100,
            weights: "{}".to_owned(),
        }
    );
}

async fn kept_for_a_time(db: &DatabaseConnection) {
    let notice = AgentNoticeId::new(chrono::DateTime::UNIX_EPOCH);
    there_and_back!(
        db,
        agent_notice,
        notice,
        agent_notice::Model {
            id: notice,
            by: "sub-2".to_owned(),
            text: "Lunch at one".to_owned(),
            posted_at: at(1),
        }
    );
    let revoked = ("TOKEN".to_owned(), "jti".to_owned());
    there_and_back!(
        db,
        revocation,
        revoked.clone(),
        revocation::Model {
            kind: revoked.0,
            name: revoked.1,
            number: 1,
            revoked_at: at(1),
            expires_at: at(2),
        }
    );
    there_and_back!(
        db,
        cursor_key,
        1,
        cursor_key::Model {
            id: 1,
            bytes: vec![7; 32],
        }
    );
}

/// The two tables of one row are changed in place.
async fn in_place(db: &DatabaseConnection) {
    let mut head = log_head::Entity::find_by_id(1)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    head.position = 1;
    head.hash = i64::MIN;
    let saved = head.clone().into_active_model().reset_all();
    assert_eq!(saved.update(db).await.unwrap(), head);
    let mut kept = settings::Entity::find_by_id(1)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    kept.sentiment_alert_threshold = AlertThreshold::DoNotSend;
    let saved = kept.clone().into_active_model().reset_all();
    assert_eq!(saved.update(db).await.unwrap(), kept);
}
