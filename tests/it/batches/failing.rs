//! What one order of a batch does not do to the others: refused, repeated, or not to be written.

use domain::commands;
use domain::ids::MessageId;
use entity::tables::{audit, idempotency, message};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};

use super::*;

/// A customer's message with this id.
fn said(cast: &Cast, conversation: usize, id: MessageId) -> Order {
    let message = commands::CustomerMessage::of_text(id, "Where is my lamp?");
    let message = Act::CustomerMessage(message);
    act(&cast.gateway, cast.conversations[conversation], message)
}

fn under_key(mut order: Order, input: &str) -> Order {
    order.2.idempotency = Some(Idempotency {
        key: "once".into(),
        mutation: "any".into(),
        input: input.into(),
        refusals: false,
    });
    order
}

/// What came of each order: the position of its last event, or a code; `-` where the database refused it.
fn came_of(answers: &[Answered], from: i64) -> Vec<String> {
    let one = |answer: &Answered| match answer {
        Ok(answer) => (answer.outcome.position - from).to_string(),
        Err(OrderError::Refused(refusal)) => refusal.code().as_str().to_owned(),
        Err(OrderError::Store(_)) => "-".to_owned(),
        Err(error) => panic!("{error}"),
    };
    answers.iter().map(one).collect()
}

async fn set_up(cast: &Cast, database: Database) -> Stage {
    let stage = Stage::on(database, &[]).await;
    let done = one_by_one(&stage.server.app, &cast.setting_up).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    stage
}

async fn all_agree(stage: &Stage) {
    log_is_consecutive(stage).await;
    board_is_what_is_stored(&stage.server).await;
    rows_are_what_the_log_says(stage).await;
}

#[tokio::test]
async fn a_refusal_inside_a_batch_changes_nothing_but_its_audit_row() {
    for database in Database::all().await {
        let cast = Cast::new();
        let stage = set_up(&cast, database).await;
        let app = &stage.server.app;
        let (id, sam) = (cast.conversations[0], &cast.supervisors[0]);
        let tables = stage.tables().await;
        let recorded = audit::Entity::find().count(&tables).await.unwrap();
        let from = app.log.head().position;
        let answers = together(
            app,
            &[
                act(&cast.agents[0].1, id, Act::Pick),
                act(sam, id, Act::CancelOffer),
                said(&cast, 0, MessageId::new(Utc::now())),
            ],
        )
        .await;
        assert_eq!(came_of(&answers, from)[1], "NO_PENDING_OFFER");
        assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
        let rows = audit::Entity::find().order_by_asc(audit::Column::Number);
        let rows = rows.all(&tables).await.unwrap();
        let new: Vec<_> = rows
            .iter()
            .skip(usize::try_from(recorded).unwrap())
            .collect();
        assert_eq!(new.len(), 1, "{new:?}");
        assert_eq!(new[0].refusal.as_deref(), Some("NO_PENDING_OFFER"));
        all_agree(&stage).await;
    }
}

#[tokio::test]
async fn a_key_given_twice_in_one_batch_is_carried_out_once() {
    for database in Database::all().await {
        let cast = Cast::new();
        let stage = set_up(&cast, database).await;
        let app = &stage.server.app;
        let from = app.log.head().position;
        let message = said(&cast, 0, MessageId::new(Utc::now()));
        let orders = [
            under_key(message.clone(), "a"),
            said(&cast, 1, MessageId::new(Utc::now())),
            under_key(message.clone(), "a"),
            under_key(message, "b"),
        ];
        let answers = together(app, &orders).await;
        let came = came_of(&answers, from);
        assert_eq!(came[3], "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(
            came[0], came[2],
            "the same answer, with the first one's position"
        );
        assert_ne!(came[0], came[1]);
        let tables = stage.tables().await;
        assert_eq!(message::Entity::find().count(&tables).await.unwrap(), 2);
        assert_eq!(idempotency::Entity::find().count(&tables).await.unwrap(), 1);
        all_agree(&stage).await;
    }
}

/// Two messages with one id cannot be written. Neither a neighbour's effect nor a refusal's audit row is lost
/// or there twice, whatever of the batch was tried before.
#[tokio::test]
async fn an_order_that_the_database_refuses_fails_alone() {
    for database in Database::all().await {
        let cast = Cast::new();
        let stage = set_up(&cast, database).await;
        let app = &stage.server.app;
        let twice = MessageId::new(Utc::now());
        let first = one_by_one(app, &[said(&cast, 0, twice)]).await;
        assert!(first[0].is_ok());
        let tables = stage.tables().await;
        let recorded = audit::Entity::find().count(&tables).await.unwrap();
        let from = app.log.head().position;
        let repeated = said(&cast, 3, MessageId::new(Utc::now()));
        let orders = [
            said(&cast, 1, MessageId::new(Utc::now())),
            under_key(repeated.clone(), "a"),
            said(&cast, 2, twice),
            act(
                &cast.supervisors[0],
                cast.conversations[1],
                Act::CancelOffer,
            ),
            under_key(repeated, "a"),
            said(&cast, 4, MessageId::new(Utc::now())),
        ];
        let answers = together(app, &orders).await;
        let came = came_of(&answers, from);
        assert_eq!(came[2], "-");
        assert_eq!(came[3], "NO_PENDING_OFFER");
        assert_eq!(came[1], came[4]);
        assert!([0, 1, 5].iter().all(|i| answers[*i].is_ok()), "{came:?}");
        assert_eq!(message::Entity::find().count(&tables).await.unwrap(), 4);
        let now = audit::Entity::find().count(&tables).await.unwrap();
        assert_eq!(now, recorded + 1);
        all_agree(&stage).await;
        // And it goes on.
        let next = one_by_one(app, &[said(&cast, 2, MessageId::new(Utc::now()))]).await;
        assert!(next[0].is_ok(), "{next:?}");
    }
}
