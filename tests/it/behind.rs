//! A server that others have left behind by more than the log keeps: it goes on from what is stored, and whoever
//! follows it learns that there is a gap.

use chrono::Utc;
use domain::ids::{ConversationId, CustomerId, QueueId, WorkstreamId};
use domain::{Asker, Channel, Command, Consent, commands::Start};
use engine::store::{History, Import, Order, Store};
use entity::tables::event;
use sea_orm::EntityTrait;
use serde_json::json;

use crate::batches::viewer;
use crate::harness::{Database, Token, eventually};
use crate::stage::{CHANGES, Stage, as_of};
use crate::store::board_is_what_is_stored;

const LIST: &str = "subscription { ongoingConversationsLive(first: 50) {
    __typename ... on OngoingSnapshot { snapshotReason totalCount conversations { id customer { name } } }
} }";

/// What a gateway asks of another server.
fn start(stage: &Stage) -> Order {
    let id = ConversationId::new(Utc::now());
    let queue: QueueId = stage.organisation.queue.parse().unwrap();
    let workstream: WorkstreamId = stage.organisation.workstream.parse().unwrap();
    let start = Start {
        id,
        channel: Channel::Sms,
        queue,
        workstream,
        customer: CustomerId::new(Utc::now()),
        customer_key: None,
        key_scope: domain::KeyScope::Channel,
        customer_name: Some("Ada".into()),
        subject: None,
        previous: None,
        notice_given_at: None,
        consent: Consent::Unknown,
        tags: domain::Tags::default(),
        priority: domain::Priority::Normal,
        attributes: domain::labels::Attributes::new(),
    };
    Order {
        asker: Asker::Viewer(viewer(&Token::gateway())),
        command: Command::Start(start.into()),
        expected_version: None,
        reason: None,
        idempotency: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_missing_events_are_not_kept_goes_on_and_its_followers_learn_of_the_gap() {
    for database in Database::all().await {
        let stage = Stage::on(database.clone(), &[]).await;
        let own = stage.start("SMS").await;
        let mut changes = stage.server.socket(&stage.supervisor).await;
        let after = as_of(&stage.server, &stage.supervisor).await;
        changes.subscribe(CHANGES, json!({ "after": after })).await;
        let mut list = stage.server.socket(&stage.supervisor).await;
        list.subscribe(LIST, json!({})).await;
        let first = list.event().await["ongoingConversationsLive"].clone();
        assert_eq!(first["snapshotReason"], "STARTED");

        let store = Store::connect(&database.url).await.unwrap();
        let mut other = Import::begin(&store).await.unwrap();
        let orders: Vec<_> = (0..20).map(|_| start(&stage)).collect();
        let (last, forgotten) = orders.split_last().unwrap();
        let take = other.take(forgotten, Utc::now(), History::Forgotten);
        assert!(take.await.unwrap().iter().all(Result::is_ok));
        let all = event::Entity::delete_many();
        all.exec(&stage.tables().await).await.unwrap();
        let last = std::slice::from_ref(last);
        let take = other.take(last, Utc::now(), History::Kept).await.unwrap();
        assert!(take[0].is_ok());

        let head = store.load().await.unwrap().head;
        eventually("it goes on from there", || async {
            stage.server.app.is_ready() && stage.server.app.board.head() == head
        })
        .await;
        board_is_what_is_stored(&stage.server).await;
        let ended = changes.message().await.to_string();
        assert!(ended.contains("CURSOR_EXPIRED"), "{ended}");
        let whole = list.event().await["ongoingConversationsLive"].clone();
        assert_eq!(whole["snapshotReason"], "FELL_BEHIND", "{whole}");
        assert_eq!(whole["totalCount"], 21);
        let rows = whole["conversations"].as_array().unwrap();
        let named = rows.iter().filter(|row| row["customer"]["name"] == "Ada");
        assert_eq!((rows.len(), named.count()), (21, 20));

        stage.customer_writes(&own, "Still there?").await;
        let next = list.event().await["ongoingConversationsLive"].clone();
        assert_eq!(next["__typename"], "OngoingChanges");
        board_is_what_is_stored(&stage.server).await;
        store.close().await;
    }
}
