//! Who may do what, for every root field and every kind of token, kept as readable text.
//!
//! The root fields come from the schema itself: a new one without a case fails. What each kind of
//! token gets is compared with `authz.snap.txt`, which is to be read against domain.md section 3
//! before it is committed; `REGIE_UPDATE_SNAPSHOTS=1 cargo test --test it authz` writes it again.

mod absent;
mod cases;
mod tokens;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

use crate::floor::Floor;
use crate::harness::{Database, figures};
use cases::Case;
use tokens::{Kind, kinds};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/authz.snap.txt");
/// How long a subscription may take to refuse, or to deliver what happened before.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// The same on a machine that stalls: for those to whom the table says that it delivers.
const MUCH_PATIENCE: Duration = Duration::from_secs(10);

const DELIVERS: &str = "ok, delivers";
const SILENT: &str = "ok, is silent";

const HEADER: &str = "Who gets what, by root field. A mutation's outcome is `ok` or its code; a query's\n\
    also what it shows; a subscription's whether it delivers the conversation's past events.\n\n";

#[tokio::test]
async fn every_root_field_answers_every_kind_of_token_as_the_table_says() {
    for database in Database::all().await {
        let name = format!("authz-{}", database.kind());
        let floor = Floor::on(database).await;
        let (snapshot, figures) = matrix(&floor).await;
        compare(&snapshot);
        figures::record(&name, &figures);
    }
}

/// The whole matrix as text, and how large it is.
async fn matrix(floor: &Floor) -> (String, String) {
    let kinds = kinds(floor);
    let mut snapshot = HEADER.to_owned();
    let (mut cases, mut fields) = (0, 0);
    for (root, field) in root_fields(floor).await {
        let name = format!("{root}.{field}");
        let Some(case) = Case::of(floor, root, &field).await else {
            panic!("{name} is new: give it a case in tests/it/authz/cases.rs");
        };
        let outcomes = match root {
            "Subscription" => subscriptions(floor, &kinds, &case, &name).await,
            _ => one_by_one(floor, &kinds, root, &field, true).await,
        };
        describe(&mut snapshot, &name, &kinds, &outcomes);
        (cases, fields) = (cases + outcomes.len(), fields + 1);
        if case.depends_on_settings {
            let outcomes = one_by_one(floor, &kinds, root, &field, false).await;
            describe(
                &mut snapshot,
                &format!("{name}, settings off"),
                &kinds,
                &outcomes,
            );
            cases += outcomes.len();
        }
    }
    let figures = format!(
        "{cases} cases: {fields} root fields, {} kinds of tokens, settings on and off where they matter",
        kinds.len()
    );
    (snapshot, figures)
}

/// Every root field, by root type.
async fn root_fields(floor: &Floor) -> Vec<(&'static str, String)> {
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } }
        subscriptionType { fields { name } } } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    let roots = [
        ("Query", "queryType"),
        ("Mutation", "mutationType"),
        ("Subscription", "subscriptionType"),
    ];
    let mut fields = Vec::new();
    for (root, of) in roots {
        let names = data["__schema"][of]["fields"].as_array().unwrap();
        let mut names: Vec<String> = names
            .iter()
            .map(|field| field["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        fields.extend(names.into_iter().map(|name| (root, name)));
    }
    fields
}

/// What each kind gets, each from the same start: whoever changes something is followed by a new start.
async fn one_by_one(
    floor: &Floor,
    kinds: &[Kind],
    root: &str,
    field: &str,
    settings: bool,
) -> Vec<String> {
    let mut outcomes = Vec::new();
    let mut case = None;
    for kind in kinds {
        if case.is_none() {
            floor.settings(true).await;
            case = Case::of(floor, root, field).await;
            floor.settings(settings).await;
        }
        let outcome = once(floor, kind, case.as_ref().unwrap()).await;
        if root == "Mutation" && outcome == "ok" {
            case = None;
        }
        outcomes.push(outcome);
    }
    floor.settings(true).await;
    outcomes
}

async fn once(floor: &Floor, kind: &Kind, case: &Case) -> String {
    let response = send(floor, kind, case, "application/json").await;
    let body: Value = response.json().await.unwrap();
    outcome(&body).unwrap_or_else(|| Case::shown(&body["data"]))
}

async fn send(floor: &Floor, kind: &Kind, case: &Case, accept: &str) -> reqwest::Response {
    static CLIENT: std::sync::LazyLock<reqwest::Client> =
        std::sync::LazyLock::new(reqwest::Client::new);
    let body = json!({ "query": case.document, "variables": case.variables });
    let mut request = CLIENT
        .post(&floor.server.url)
        .header("accept", accept)
        .json(&body);
    if let Some(token) = &kind.token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

/// The code of a response that refuses.
fn outcome(body: &Value) -> Option<String> {
    let top = &body["errors"][0]["extensions"]["code"];
    let data = body["data"]
        .as_object()
        .and_then(|data| data.values().next());
    let refused = data.map(|payload| &payload["errors"][0]["code"]);
    let code = top.as_str().or_else(|| refused.and_then(Value::as_str))?;
    Some(code.to_owned())
}

/// What each kind gets of a subscription that begins before the conversation did.
async fn subscriptions(floor: &Floor, kinds: &[Kind], case: &Case, name: &str) -> Vec<String> {
    let kept = kept();
    let expected = expected_to_hear(&kept, name);
    join_all(kinds.iter().map(|kind| async {
        let told = listen(floor, kind, case, PATIENCE).await;
        if told == SILENT && expected.contains(&kind.name) {
            return listen(floor, kind, case, MUCH_PATIENCE).await;
        }
        told
    }))
    .await
}

async fn listen(floor: &Floor, kind: &Kind, case: &Case, patience: Duration) -> String {
    let mut response = send(floor, kind, case, "text/event-stream").await;
    if !response.status().is_success() {
        return outcome(&response.json().await.unwrap()).unwrap();
    }
    let mut text = String::new();
    let listen = async {
        while let Some(chunk) = response.chunk().await.unwrap() {
            text += std::str::from_utf8(&chunk).unwrap();
            let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
            let payloads = data.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
            if let Some(payload) = payloads.into_iter().next() {
                return outcome(&payload).unwrap_or_else(|| DELIVERS.to_owned());
            }
        }
        "ends".to_owned()
    };
    tokio::time::timeout(patience, listen)
        .await
        .unwrap_or_else(|_| SILENT.to_owned())
}

/// The kinds to whom this root field delivers, by the kept table.
fn expected_to_hear<'a>(kept: &'a str, name: &str) -> Vec<&'a str> {
    let lines = kept.lines().skip_while(|line| *line != name).skip(1);
    let mut block = lines.take_while(|line| line.starts_with(' '));
    let hearing = block.find_map(|line| line.trim_start().strip_prefix(DELIVERS));
    let kinds = hearing.map(|kinds| kinds.trim_start_matches(": ").split(", "));
    kinds.into_iter().flatten().collect()
}

fn kept() -> String {
    std::fs::read_to_string(Path::new(SNAPSHOT)).unwrap_or_default()
}

/// A block of text: each outcome with the kinds that get it.
fn describe(snapshot: &mut String, name: &str, kinds: &[Kind], outcomes: &[String]) {
    let mut by_outcome: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, outcome) in kinds.iter().zip(outcomes) {
        by_outcome.entry(outcome).or_default().push(kind.name);
    }
    writeln!(snapshot, "{name}").unwrap();
    for (outcome, kinds) in by_outcome {
        writeln!(snapshot, "    {outcome}: {}", kinds.join(", ")).unwrap();
    }
    snapshot.push('\n');
}

fn compare(snapshot: &str) {
    if std::env::var_os("REGIE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(SNAPSHOT, snapshot).unwrap();
        return;
    }
    let kept = kept();
    let differing = kept
        .lines()
        .zip(snapshot.lines())
        .position(|(kept, now)| kept != now);
    let at = differing.unwrap_or_else(|| kept.lines().count().min(snapshot.lines().count()));
    assert!(
        kept == snapshot,
        "who may do what has changed, first at line {}:\n  kept: {}\n  now:  {}\nIf that is meant, run REGIE_UPDATE_SNAPSHOTS=1 cargo test --test it authz, and review the difference against domain.md section 3.",
        at + 1,
        kept.lines().nth(at).unwrap_or("(nothing)"),
        snapshot.lines().nth(at).unwrap_or("(nothing)"),
    );
}
