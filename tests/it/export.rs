//! `regie export`: what is written, beside a running server, and what of it is recorded (domain.md section 11).

use std::io::Read as _;
use std::process::Stdio;

use chrono::TimeDelta;
use engine::store::Store;
use entity::tables::audit;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::Database;
use crate::harness::binary::{output, regie};

const TIME: [&str; 4] = [
    "--from",
    "2000-01-01T00:00:00Z",
    "--to",
    "2100-01-01T00:00:00Z",
];
/// What only `--with-texts` shows.
const SAID: [&str; 7] = [
    "Zwaantje de Wit",
    "=HYPERLINK(1)",
    "My lamp exploded",
    "serial 0815",
    "Thank you, Anna",
    "Ticket 4711",
    "https://media.example/lamp.jpg",
];

/// What a run printed, which must have succeeded.
fn exported(database: &Database, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments: Vec<&str> = ["export"].iter().chain(arguments).copied().collect();
    if arguments.contains(&"--with-texts") {
        arguments.extend(["--operator", "ada"]);
    }
    let run = output(&database.url, folder.path(), &arguments);
    let error = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success(), "{arguments:?}: {error}");
    String::from_utf8(run.stdout).unwrap()
}

/// The line with which a run refused.
fn refused(database: &Database, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<&str> = ["export"].iter().chain(arguments).copied().collect();
    let run = output(&database.url, folder.path(), &arguments);
    assert!(!run.status.success(), "{arguments:?}");
    assert!(run.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(run.stderr).unwrap()
}

fn with<'a>(what: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [what].iter().chain(&TIME).chain(more).copied().collect()
}

fn objects(lines: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap();
    lines.lines().map(parse).collect()
}

/// A closed conversation in which everything was said that there is to say.
async fn lived(floor: &Floor) -> String {
    let extra = json!({
        "customer": { "key": "7", "name": "Zwaantje de Wit" }, "subject": "=HYPERLINK(1)", "tags": ["Vip", "-late"],
        "attributes": [{ "key": "lamp", "value": "serial 0815" }],
    });
    let id = floor.start_with("WHATSAPP", extra).await;
    let picture = json!({ "text": "My lamp exploded", "attachments": [
        { "kind": "IMAGE", "url": "https://media.example/lamp.jpg" }] });
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &id, picture)
        .await;
    let closed = json!({ "reason": "Ticket 4711" });
    floor
        .act(&floor.sam, "forceCloseConversation", &id, closed)
        .await;
    let rated = json!({ "score": 2, "comment": "Thank you, Anna" });
    floor.act(&floor.gateway, "recordRating", &id, rated).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_are_written_only_where_they_are_asked_for_and_that_is_recorded() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let id = lived(&floor).await;
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        let trail = || async {
            let ordered = audit::Entity::find().order_by_asc(audit::Column::Number);
            ordered.all(&tables).await.unwrap()
        };
        let before = trail().await;
        let whats = ["conversations", "messages", "audit"];
        let all = |more: &[&str]| -> String {
            let runs = whats
                .iter()
                .map(|what| exported(&database, &with(what, more)));
            runs.collect()
        };
        for format in ["csv", "jsonl"] {
            let plain = all(&["--format", format]);
            assert!(plain.contains(&id));
            for word in SAID {
                assert!(!plain.contains(word), "{word} in {plain}");
            }
        }
        assert_eq!(trail().await, before, "nothing is recorded");
        let said = all(&["--format", "jsonl", "--with-texts", "--reason", "Asked."]);
        for word in SAID {
            assert!(said.contains(word), "no {word} in {said}");
        }
        let after = trail().await;
        assert_eq!(after.len(), before.len() + 3);
        for (entry, what) in after[before.len()..].iter().zip(whats) {
            assert_eq!(entry.subject, "command line: ada");
            assert_eq!(entry.action, "export");
            assert_eq!(entry.reason.as_deref(), Some("Asked."));
            let target = entry.target.as_deref().unwrap();
            assert_eq!(
                target,
                format!("{what} 2000-01-01T00:00:00Z 2100-01-01T00:00:00Z")
            );
        }
        // The server goes on by it, and administrators read it.
        let other = floor.open("SMS").await;
        floor
            .act(&floor.sam, "forceCloseConversation", &other, json!({}))
            .await;
        let store = Store::connect(&database.url).await.unwrap();
        assert_eq!(store.verify_audit(None).await.unwrap().fault, None);
        let log = "{ auditLog(filter: { actions: [EXPORT] }) { totalCount edges { node { subject action role } } } }";
        let read = floor.server.data(&floor.admin, log, json!({})).await;
        assert_eq!(read["auditLog"]["totalCount"], 3);
        let node =
            json!({ "subject": "command line: ada", "action": "EXPORT", "role": "ADMINISTRATOR" });
        assert_eq!(read["auditLog"]["edges"][0]["node"], node);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_say_what_there_is_and_nothing_is_left_out_or_twice() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let mut ids = vec![lived(&floor).await];
        for _ in 0..5 {
            let id = floor.active("WHATSAPP").await;
            for number in 0..50 {
                let said = json!({ "text": format!("{number}") });
                floor
                    .act(&floor.gateway, "receiveCustomerMessage", &id, said)
                    .await;
            }
            ids.push(id);
        }
        let rows = objects(&exported(
            &database,
            &with("conversations", &["--format", "jsonl", "--with-texts"]),
        ));
        let found: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
        assert_eq!(found, ids);
        let first = &rows[0];
        for (column, value) in [
            ("state", json!("CLOSED")),
            ("tags", json!(["-late", "Vip"])),
            ("rating", json!(2)),
            ("customer_name", json!("Zwaantje de Wit")),
            ("attributes", json!({ "lamp": "serial 0815" })),
            ("rating_comment", json!("Thank you, Anna")),
            ("note", Value::Null),
            ("version", json!(2)),
        ] {
            let is = if column == "tags" {
                sorted(&first[column])
            } else {
                first[column].clone()
            };
            assert_eq!(is, value, "{column}");
        }
        let rows = objects(&exported(
            &database,
            &with("messages", &["--format", "jsonl"]),
        ));
        let places: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    text(&row["conversation_id"]),
                    row["number"].as_i64().unwrap(),
                )
            })
            .collect();
        let mut ordered = places.clone();
        ordered.sort();
        ordered.dedup();
        assert_eq!(places, ordered);
        let stored = entity::tables::message::Entity::find();
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        assert_eq!(places.len(), stored.all(&tables).await.unwrap().len());
        assert!(places.len() > 250, "more than one page");
        let entries = objects(&exported(&database, &with("audit", &["--format", "jsonl"])));
        let numbers: Vec<_> = entries
            .iter()
            .map(|row| row["number"].as_u64().unwrap())
            .collect();
        let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(numbers, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_exported_as_it_is_now_and_how_far_it_came() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let id = floor.active("WHATSAPP").await;
        for (external, said) in [("in.1", "Helo"), ("in.2", "My card is 4711")] {
            let said = json!({ "text": said, "externalId": external });
            let receive = "receiveCustomerMessage";
            floor.act(&floor.gateway, receive, &id, said).await;
        }
        let answer = json!({ "text": "On its way" });
        floor.act(&floor.anna, "sendMessage", &id, answer).await;
        let last = floor.see(&floor.gateway, &id, "transcript(last: 1) { nodes { id } }");
        let answer = json!({ "messageId": last.await["transcript"]["nodes"][0]["id"] });
        let at = "2026-01-01T10:00:00.000000Z";
        let of = |message: Value, more: Value| {
            let named = json!({ "message": message, "at": at });
            merged(named, more)
        };
        let named = |id: &str| json!({ "externalId": id });
        let on_channel =
            |id: &str, more: Value| merged(of(named(id), more), json!({ "channel": "WHATSAPP" }));
        let failed = json!({ "state": "FAILED", "errorCode": "131026", "errorDescription": "Not on WhatsApp" });
        for (mutation, input) in [
            (
                "editCustomerMessage",
                on_channel("in.1", json!({ "text": "Hello" })),
            ),
            ("removeCustomerMessage", on_channel("in.2", json!({}))),
            (
                "reactToMessage",
                of(answer.clone(), json!({ "reaction": "👍" })),
            ),
            ("recordDelivery", of(answer.clone(), failed)),
        ] {
            floor.server.done(&floor.gateway, mutation, input, "").await;
        }
        let lines = with("messages", &["--format", "jsonl", "--with-texts"]);
        let rows = objects(&exported(&database, &lines));
        let shown = |row: &Value, columns: &[&str]| -> Vec<Value> {
            columns.iter().map(|column| row[*column].clone()).collect()
        };
        let [.., edited, removed, answered] = &*rows else {
            panic!("{rows:?}");
        };
        let columns = ["text", "edited_at", "removed_at", "delivery", "reactions"];
        let nothing = Value::Null;
        let hello = [
            json!("Hello"),
            json!(at),
            nothing.clone(),
            nothing.clone(),
            json!([]),
        ];
        assert_eq!(shown(edited, &columns), hello);
        let gone = [
            nothing.clone(),
            nothing.clone(),
            json!(at),
            nothing.clone(),
            json!([]),
        ];
        assert_eq!(shown(removed, &columns), gone);
        let columns = [
            "delivery",
            "delivery_at",
            "delivery_code",
            "delivery_description",
            "reactions",
        ];
        let thumb = json!([{ "by": "CUSTOMER", "agent_id": null, "supervisor": null, "reaction": "👍", "at": at }]);
        let failed = [
            json!("FAILED"),
            json!(at),
            json!("131026"),
            json!("Not on WhatsApp"),
            thumb,
        ];
        assert_eq!(shown(answered, &columns), failed);
        let plain = exported(&database, &with("messages", &["--format", "jsonl"]));
        for word in ["👍", "Not on WhatsApp", "4711", "Helo"] {
            assert!(!plain.contains(word), "{word} in {plain}");
        }
        let everything = exported(&database, &lines);
        for word in ["4711", "Helo"] {
            assert!(!everything.contains(word), "{word} in {everything}");
        }
    }
}

fn sorted(list: &Value) -> Value {
    let mut list: Vec<_> = list.as_array().unwrap().clone();
    list.sort_by_key(ToString::to_string);
    list.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_is_from_an_instant_to_before_another() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let clock = &floor.server.clock;
        let mut starts = Vec::new();
        let mut said = Vec::new();
        for number in 0..3 {
            let id = floor.active("WHATSAPP").await;
            starts.push((clock.now(), id));
            clock.advance(TimeDelta::hours(1));
            // In the first, all the time.
            let text = json!({ "text": format!("{number}") });
            floor
                .act(&floor.gateway, "receiveCustomerMessage", &starts[0].1, text)
                .await;
            said.push(clock.now());
            clock.advance(TimeDelta::hours(1));
        }
        let at = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339();
        let between = |what: &str, from: String, to: String| {
            let lines = exported(
                &database,
                &[what, "--from", &from, "--to", &to, "--format", "jsonl"],
            );
            objects(&lines)
        };
        let hour = TimeDelta::minutes(30);
        let rows = between(
            "conversations",
            at(starts[1].0 - hour),
            at(starts[2].0 - hour),
        );
        let ids: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
        assert_eq!(ids, [starts[1].1.clone()]);
        let rows = between("messages", at(said[1] - hour), at(said[1] + hour));
        let of: Vec<_> = rows
            .iter()
            .map(|row| text(&row["conversation_id"]))
            .collect();
        assert_eq!(of, [starts[0].1.clone()]);
        assert!(between("audit", at(said[2] + hour), at(said[2] + hour * 2)).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn csv_has_a_line_of_names_and_no_formula_that_somebody_typed() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    lived(&floor).await;
    let lines = exported(
        &database,
        &with("conversations", &["--format", "csv", "--with-texts"]),
    );
    let (names, row) = lines.split_once('\n').unwrap();
    assert!(names.starts_with("id,channel,source,") && names.ends_with(",rating_comment"));
    assert!(row.contains(",'=HYPERLINK(1),"), "{row}");
    assert!(row.contains(r#""[""Vip"",""-late""]""#), "{row}");
    let empty = Database::sqlite();
    Floor::on(empty.clone()).await;
    let lines = exported(&empty, &with("messages", &["--format", "csv"]));
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_wrongly_is_said_in_a_line_and_nothing_is_recorded() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    floor.open("SMS").await;
    let csv = ["--format", "csv"];
    let of = |from, to| ["messages", "--from", from, "--to", to, "--format", "csv"];
    let good = "2026-01-01T00:00:00Z";
    for (from, to, says) in [
        ("yesterday", good, "--from"),
        ("2026-01-01", good, "2026-01-01T00:00:00Z"),
        (good, "2026-01-01T00:00:00", "--to"),
        (good, "12026-01-01T00:00:00Z", "--to"),
        (good, good, "--from must lie before --to"),
        ("2026-01-01T00:00:01Z", good, "--from must lie before --to"),
    ] {
        let line = refused(&database, &of(from, to));
        assert!(line.contains(says), "{from} {to}: {line}");
    }
    for more in [
        &["--operator", "ada"][..],
        &["--reason", "…"],
        &["--with-texts", "--reason", " "],
        &["--with-texts", "--operator", ""],
    ] {
        let more: Vec<_> = csv.iter().chain(more).copied().collect();
        refused(&database, &with("audit", &more));
    }
    refused(&database, &with("customers", &csv));
    refused(&database, &with("audit", &["--format", "xml"]));
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let trail = audit::Entity::find().all(&tables).await.unwrap();
    assert!(trail.iter().all(|entry| entry.action != "export"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_goes_ends_it_without_a_panic() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    let id = floor.active("WHATSAPP").await;
    for _ in 0..60 {
        let said = json!({ "text": "a".repeat(10_000) });
        floor
            .act(&floor.gateway, "receiveCustomerMessage", &id, said)
            .await;
    }
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<_> = ["export"]
        .into_iter()
        .chain(with(
            "messages",
            &["--format", "csv", "--with-texts", "--operator", "ada"],
        ))
        .collect();
    let mut run = regie(&database.url, folder.path(), &arguments)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 64];
    run.stdout.take().unwrap().read_exact(&mut first).unwrap();
    // Its end of the pipe is closed by now.
    let mut said = String::new();
    run.stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(!run.wait().unwrap().success());
    assert!(
        said.contains("standard output") && !said.contains("panicked"),
        "{said}"
    );
}
