//! What is stored: one after-image in rows, log and board, whatever came in whatever order
//! (design.md section 4).

use std::collections::{BTreeMap, BTreeSet};

use domain::words::OfferOutcome;
use domain::{After, Conversation, ParticipantRole};
use entity::tables::{
    audit, conversation, log_head, message, monitor_session, offer, participant, timer,
};
use migration::MigratorTrait;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{Database, Server};
use crate::mixture::{AGENTS, Mixture};
use crate::stage::{CHANGES, Stage, agent, as_of, on, with};

/// The running board and one that is read from the database now say the same.
pub async fn board_is_what_is_stored(server: &Server) {
    let stored = server.app.store.load().await.unwrap();
    server.app.board.read(|board| {
        assert_eq!(board.head, stored.head);
        let (one, other) = (&board.world, &stored.world);
        assert_eq!(one.conversations, other.conversations);
        assert_eq!(one.agents, other.agents);
        assert_eq!(one.subjects, other.subjects);
        assert_eq!(one.queues, other.queues);
        assert_eq!(one.workstreams, other.workstreams);
        assert_eq!(one.deleted, other.deleted);
        assert_eq!(one.supervisors, other.supervisors);
        assert_eq!(one.settings, other.settings);
        for id in one.agents.keys() {
            assert_eq!(one.load(*id), other.load(*id), "{id}");
        }
        for (id, conversation) in &one.conversations {
            assert_eq!(
                board.names(conversation),
                stored.names(conversation),
                "{id}"
            );
        }
    });
}

/// Positions are 1, 2, 3 and so on to the head; so are the audit's numbers.
pub async fn log_is_consecutive(stage: &Stage) {
    let tables = stage.tables().await;
    let head = log_head::Entity::find()
        .one(&tables)
        .await
        .unwrap()
        .unwrap();
    let positions: Vec<i64> = stage.events().await.iter().map(|e| e.position).collect();
    assert_eq!(positions, (1..=head.position).collect::<Vec<_>>());
    let rows = audit::Entity::find().order_by_asc(audit::Column::Number);
    let rows = rows.all(&tables).await.unwrap();
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=head.audit_number).collect::<Vec<_>>());
}

type Images = BTreeMap<domain::ids::ConversationId, (i64, Conversation)>;

/// Every conversation's newest image, from the log, with its position.
async fn newest(stage: &Stage) -> Images {
    let mut images = BTreeMap::new();
    for event in stage.events().await {
        if let After::Conversation(image) = serde_json::from_str(&event.after).unwrap() {
            images.insert(image.id, (event.position, (*image).clone()));
        }
    }
    images
}

/// Rows say what the newest image in the log says.
pub async fn rows_are_what_the_log_says(stage: &Stage) {
    let tables = stage.tables().await;
    let images = newest(stage).await;
    let rows = conversation::Entity::find().all(&tables).await.unwrap();
    assert_eq!(rows.len(), images.len());
    for row in rows {
        let (position, image) = &images[&row.id];
        assert_eq!(row.position, *position);
        let stored: Conversation = serde_json::from_str(&row.image).unwrap();
        assert_eq!(stored, *image);
        assert_eq!(
            (row.state, row.reason, row.mode),
            (image.state, image.reason, image.mode)
        );
        assert_eq!(
            (row.queue_id, row.agent_id),
            (image.queue, image.primary_agent())
        );
        assert_eq!(row.version, i32::try_from(image.version).unwrap());
        assert_eq!(
            (row.sentiment, row.closed_at),
            (image.sentiment.level, image.closed_at)
        );
    }

    let ongoing = images
        .values()
        .map(|(_, image)| image)
        .filter(|image| image.is_ongoing());
    let due: BTreeSet<_> = ongoing
        .flat_map(|image| image.timers().map(|(kind, at)| (image.id, kind, at)))
        .collect();
    let rows = timer::Entity::find().all(&tables).await.unwrap();
    let stored: BTreeSet<_> = rows
        .into_iter()
        .map(|row| (row.conversation_id, row.kind, row.due_at))
        .collect();
    assert_eq!(stored, due, "timers");

    let offers: BTreeSet<_> = images
        .values()
        .filter_map(|(_, image)| image.offer.as_ref().map(|o| o.id))
        .collect();
    let rows = offer::Entity::find().all(&tables).await.unwrap();
    for row in &rows {
        assert_eq!(
            row.outcome == OfferOutcome::Pending,
            row.answered_at.is_none()
        );
        assert_eq!(
            row.outcome == OfferOutcome::Cancelled,
            row.cancel_reason.is_some()
        );
    }
    let pending = rows
        .into_iter()
        .filter(|row| row.outcome == OfferOutcome::Pending);
    assert_eq!(
        pending.map(|row| row.id).collect::<BTreeSet<_>>(),
        offers,
        "offers"
    );

    let looks: BTreeSet<_> = images
        .values()
        .flat_map(|(_, image)| {
            image
                .monitors
                .iter()
                .map(|m| (m.session, m.until, m.joined_at))
        })
        .collect();
    let rows = monitor_session::Entity::find().all(&tables).await.unwrap();
    let running = rows.into_iter().filter(|row| row.ended_at.is_none());
    let running: BTreeSet<_> = running
        .map(|row| (row.id, row.until, row.joined_at))
        .collect();
    assert_eq!(running, looks, "sessions");
    participants_and_messages_are_what_images_say(stage, &images).await;
}

async fn participants_and_messages_are_what_images_say(stage: &Stage, images: &Images) {
    let tables = stage.tables().await;
    let there: BTreeSet<_> = images
        .values()
        .flat_map(|(_, image)| taking_part(image))
        .collect();
    let rows = participant::Entity::find().all(&tables).await.unwrap();
    let staying = rows.into_iter().filter(|row| row.left_at.is_none());
    let staying: Vec<_> = staying
        .map(|row| (row.conversation_id, row.role, row.who))
        .collect();
    assert_eq!(staying.len(), there.len(), "nobody is there twice");
    assert_eq!(
        staying.into_iter().collect::<BTreeSet<_>>(),
        there,
        "participants"
    );

    let mut numbers: BTreeMap<_, Vec<i32>> = BTreeMap::new();
    let rows = message::Entity::find().order_by_asc(message::Column::Number);
    for row in rows.all(&tables).await.unwrap() {
        numbers
            .entry(row.conversation_id)
            .or_default()
            .push(row.number);
    }
    for (id, (_, image)) in images {
        let expected: Vec<i32> = (1..=i32::try_from(image.messages).unwrap()).collect();
        assert_eq!(
            numbers.remove(id).unwrap_or_default(),
            expected,
            "messages of {id}"
        );
    }
}

type Taking = (domain::ids::ConversationId, ParticipantRole, String);

fn taking_part(image: &Conversation) -> Vec<Taking> {
    let one = |role, who: String| (image.id, role, who);
    let mut all = vec![one(ParticipantRole::Customer, image.customer.to_string())];
    all.extend(
        image
            .primary_agent()
            .map(|a| one(ParticipantRole::PrimaryAgent, a.to_string())),
    );
    let consultants = image.consultants.iter();
    all.extend(consultants.map(|a| one(ParticipantRole::Consultant, a.to_string())));
    let joined = image.joined();
    all.extend(joined.map(|m| one(ParticipantRole::Supervisor, m.supervisor.to_string())));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_any_mixture_of_commands_board_log_and_rows_agree() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        for name in AGENTS {
            stage.hire(name, 12).await;
        }
        let mut mixture = Mixture::new(&stage, 20_261_122).await;
        for round in 0..30 {
            mixture.round(&stage, 24).await;
            if round % 5 == 4 {
                stage.server.clock.advance(chrono::TimeDelta::seconds(61));
                tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            }
        }
        // What is due acts before everything is compared.
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        println!("done and refused: {:?}", mixture.codes);
        assert!(mixture.codes["DONE"] > 150, "{:?}", mixture.codes);
        log_is_consecutive(&stage).await;
        board_is_what_is_stored(&stage.server).await;
        rows_are_what_the_log_says(&stage).await;
        let stage = stage.restarted().await;
        board_is_what_is_stored(&stage.server).await;
        // And it goes on from there.
        mixture.round(&stage, 24).await;
        board_is_what_is_stored(&stage.server).await;
        rows_are_what_the_log_says(&stage).await;
    }
}

#[tokio::test]
async fn every_odd_text_comes_back_as_it_was() {
    let odd = "é e\u{301} ß İi ﬁ \u{202e}RTL\u{202c} שלום 👩🏽\u{200d}🚒 \u{feff}\u{fffd}\u{10ffff} \u{1}\u{7f}\u{85} '\"\\%_$1;--\r\n\ttail";
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let input = json!({
            "channel": "LIVE_CHAT", "queueId": stage.organisation.queue, "subject": odd,
            "workstreamId": stage.organisation.workstream, "customer": { "key": odd, "name": odd },
            "noticeGivenAt": "2026-01-01T00:00:00Z", "idempotencyKey": odd,
        });
        let fields = "conversation { id }";
        let server = &stage.server;
        let start = |input: Value| server.done(&stage.gateway, "startConversation", input, fields);
        let started = start(input.clone()).await;
        assert_eq!(start(input.clone()).await, started);
        let id = started["conversation"]["id"].as_str().unwrap().to_owned();
        stage.act(&agent("anna"), "pickConversation", &id).await;
        stage.customer_writes(&id, odd).await;
        let input = with(on(&id), json!({ "reason": odd }));
        server
            .done(&stage.supervisor, "monitorConversation", input, "")
            .await;
        let nul = with(on(&id), json!({ "text": "a\u{0}b" }));
        let code = server
            .code(&stage.gateway, "receiveCustomerMessage", nul)
            .await;
        assert_eq!(code, "INVALID_INPUT");

        let fields = "subject customer { name } transcript { edges { node { text } } }";
        let before = stage.conversation(&id, fields).await;
        let stage = stage.restarted().await;
        let after = stage.conversation(&id, fields).await;
        assert_eq!(before, after);
        let text = after["transcript"]["edges"][0]["node"]["text"].clone();
        assert_eq!((&after["subject"], &text), (&json!(odd), &json!(odd)));
        // A name would turn what stands around it.
        let name = odd.replace(['\u{202e}', '\u{202c}'], "");
        assert_eq!(after["customer"]["name"], json!(name));
        let rows = audit::Entity::find()
            .all(&stage.tables().await)
            .await
            .unwrap();
        assert!(rows.iter().any(|row| row.reason.as_deref() == Some(odd)));
        board_is_what_is_stored(&stage.server).await;
    }
}

#[tokio::test]
async fn migrations_go_down_and_up_again_and_old_cursors_know_it() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let id = stage.start("LIVE_CHAT").await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        let cursor = as_of(&stage.server, &stage.supervisor).await;
        let tables = stage.tables().await;
        let Stage {
            server, database, ..
        } = stage;
        drop(server);
        migration::Migrator::down(&tables, None).await.unwrap();
        migration::Migrator::up(&tables, None).await.unwrap();
        let stage = Stage::on(database, &["anna"]).await;
        let again = stage.start("LIVE_CHAT").await;
        stage.act(&agent("anna"), "pickConversation", &again).await;
        log_is_consecutive(&stage).await;
        board_is_what_is_stored(&stage.server).await;
        let mut socket = stage.server.socket(&stage.supervisor).await;
        socket.subscribe(CHANGES, json!({ "after": cursor })).await;
        let refused = socket.message().await;
        assert_eq!(
            refused["payload"][0]["extensions"]["code"],
            "CURSOR_EXPIRED"
        );
    }
}
