//! Labels: tags and priority, as they are given, changed, shown, found and told of.

use domain::Role;
use engine::store::Address;
use entity::tables::{conversation_attribute, conversation_tag};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::{Database, Token};
use crate::live_list::mirror::{Mirror, by, kinds};

const UPDATE: &str = "updateConversation";

async fn labels(floor: &Floor, token: &str, id: &str) -> Value {
    floor.see(token, id, "tags priority").await
}

async fn update(floor: &Floor, token: &str, id: &str, change: Value) -> Value {
    floor.act(token, UPDATE, id, change).await
}

#[tokio::test]
async fn labels_are_given_at_the_start_changed_by_agent_and_supervisor_and_kept() {
    let mut floor = Floor::new().await;
    let given = json!({ "tags": ["VIP", "Späte Lieferung", "vip"], "priority": "HIGH" });
    let id = floor.start_with("WHATSAPP", given).await;
    let shown = json!({ "tags": ["VIP", "Späte Lieferung"], "priority": "HIGH" });
    for token in [&floor.anna, &floor.sam, &floor.admin] {
        assert_eq!(labels(&floor, token, &id).await, shown);
    }
    let version = floor.see(&floor.sam, &id, "version lastActivityAt").await;
    let change = json!({ "addTags": ["refund", "vip"], "removeTags": ["SPATE LIEFERUNG", "gone"] });
    update(&floor, &floor.sam, &id, change).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let picked = floor.see(&floor.sam, &id, "version lastActivityAt").await;
    assert_eq!(
        picked["version"].as_i64(),
        version["version"].as_i64().map(|v| v + 1)
    );
    update(&floor, &floor.anna, &id, json!({ "priority": "LOW" })).await;
    let after = floor.see(&floor.sam, &id, "version lastActivityAt").await;
    assert_eq!(after, picked, "labels are no activity and raise no version");
    floor.server = floor.server.restart().await;
    let shown = json!({ "tags": ["VIP", "refund"], "priority": "LOW" });
    assert_eq!(labels(&floor, &floor.anna, &id).await, shown);
}

#[tokio::test]
async fn what_is_no_label_is_refused_with_its_field() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let many: Vec<String> = (0..21).map(|number| format!("tag {number}")).collect();
    for (change, path) in [
        (json!({}), json!(["input"])),
        (json!({ "addTags": [] }), json!(["input"])),
        (json!({ "addTags": [" "] }), json!(["input", "addTags"])),
        (
            json!({ "addTags": ["t".repeat(51)] }),
            json!(["input", "addTags"]),
        ),
        (
            json!({ "addTags": ["a\u{0}b"] }),
            json!(["input", "addTags"]),
        ),
        (json!({ "addTags": many }), json!(["input", "addTags"])),
        (
            json!({ "removeTags": [""] }),
            json!(["input", "removeTags"]),
        ),
        (
            json!({ "addTags": ["VIP"], "removeTags": ["vip"] }),
            json!(["input", "removeTags"]),
        ),
    ] {
        let error = floor
            .refusal(&floor.anna, UPDATE, &id, change.clone())
            .await;
        assert_eq!(error["code"], "INVALID_INPUT", "{change}");
        assert_eq!(error["path"], path, "{change}");
    }
    let input = merged(floor.start_input("SMS"), json!({ "tags": [""] }));
    let payload = floor
        .server
        .mutate(&floor.gateway, "startConversation", input, "")
        .await;
    assert_eq!(payload["errors"][0]["path"], json!(["input", "tags"]));
}

#[tokio::test]
async fn supervisors_need_the_permission_and_no_setting_and_gateways_change_none() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let vip = || json!({ "addTags": ["vip"] });
    let bare = Token::supervisor("sam").permissions(&[]).sign();
    floor.settings(false).await;
    for (token, code) in [
        (&bare, "PERMISSION_MISSING"),
        (&floor.gateway, "ROLE_REQUIRED"),
        (&floor.admin, "ROLE_REQUIRED"),
    ] {
        assert_eq!(floor.code(token, UPDATE, &id, vip()).await, code);
    }
    update(&floor, &floor.sam, &id, vip()).await;
    // What a supervisor did or was refused is in the trail; what an agent does is not.
    update(&floor, &floor.anna, &id, json!({ "priority": "LOW" })).await;
    let entries = "query($id: ID!) { auditLog(filter: { conversationId: $id, actions: [UPDATE_CONVERSATION] }) {
        nodes { subject refusal } } }";
    let data = floor
        .server
        .data(&floor.admin, entries, json!({ "id": id }))
        .await;
    let nodes = data["auditLog"]["nodes"].clone();
    let expected = json!([
        { "subject": "sam", "refusal": null },
        { "subject": "admin", "refusal": "ROLE_REQUIRED" },
        { "subject": "sam", "refusal": "PERMISSION_MISSING" },
    ]);
    assert_eq!(nodes, expected);
}

/// The ids that a filter and an order show this viewer.
async fn found(floor: &Floor, token: &str, filter: Value, order: Value) -> Vec<String> {
    let query = "query($filter: OngoingFilter, $order: OngoingOrder) {
        ongoingConversations(filter: $filter, orderBy: $order) { totalCount nodes { id } } }";
    let variables = json!({ "filter": filter, "order": order });
    let data = floor.server.data(token, query, variables).await;
    let nodes = data["ongoingConversations"]["nodes"].as_array().unwrap();
    assert_eq!(data["ongoingConversations"]["totalCount"], nodes.len());
    nodes.iter().map(|node| text(&node["id"])).collect()
}

#[tokio::test]
async fn the_view_is_filtered_by_tags_and_priorities_and_ordered_by_priority() {
    let floor = Floor::new().await;
    let start = async |tags: Value, priority: &str| {
        let labels = json!({ "tags": tags, "priority": priority });
        floor.start_with("WHATSAPP", labels).await
    };
    let late = start(json!(["Zoë", "late"]), "NORMAL").await;
    let urgent = start(json!(["VIP"]), "URGENT").await;
    let low = start(json!([]), "LOW").await;
    let later = start(json!(["late"]), "NORMAL").await;
    let newest = json!({ "field": "STARTED_AT", "direction": "DESC" });
    let sam = async |filter: Value| found(&floor, &floor.sam, filter, newest.clone()).await;
    assert_eq!(sam(json!({ "tags": ["LATE"] })).await, [&*later, &late]);
    assert_eq!(
        sam(json!({ "tags": ["zoe", "vip"] })).await,
        [&*urgent, &late]
    );
    let both = json!({ "tags": ["late", "vip"], "priorities": ["URGENT", "LOW"] });
    assert_eq!(sam(both).await, [&*urgent]);
    assert_eq!(sam(json!({ "priorities": ["LOW"] })).await, [&*low]);
    assert!(sam(json!({ "tags": [] })).await.is_empty());
    // An agent may ask by tags, a gateway finds nothing by them.
    let tagged = || json!({ "tags": ["late"] });
    let anna = found(&floor, &floor.anna, tagged(), newest.clone()).await;
    assert_eq!(anna, [&*later, &late]);
    assert!(
        found(&floor, &floor.gateway, tagged(), newest.clone())
            .await
            .is_empty()
    );
    let by = |direction: &str| json!({ "field": "PRIORITY", "direction": direction });
    let order = found(&floor, &floor.sam, json!({}), by("DESC")).await;
    assert_eq!(order, [&*urgent, &late, &later, &low]);
    let order = found(&floor, &floor.sam, json!({}), by("ASC")).await;
    assert_eq!(order, [&*low, &later, &late, &urgent]);
    for tags in [json!([""]), json!(vec!["t"; 21])] {
        let query = "query($tags: [String!]) { ongoingConversations(filter: { tags: $tags }) { totalCount } }";
        let answer = floor
            .server
            .post(&floor.sam, query, json!({ "tags": tags }))
            .await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    }
}

#[tokio::test]
async fn agents_and_supervisors_hear_of_tags_and_gateways_of_priority_alone() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        change { __typename ... on LabelsChanged { type addedTags removedTags priority } }
        conversation { tags } } } }";
    let both = Token::gateway().and(Role::Administrator).sign();
    let mut streams = Vec::new();
    for token in [&floor.anna, &floor.sam, &both, &floor.gateway] {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        streams.push(socket);
    }
    let urgent = by("PRIORITY", "DESC", 5);
    let fields = "tags priority";
    let (mut carried, _) = Mirror::begin(&floor.server, &floor.gateway, fields, &urgent).await;
    let (mut led, _) = Mirror::begin(&floor.server, &floor.sam, fields, &urgent).await;
    let vip = json!({ "addTags": ["VIP"] });
    update(&floor, &floor.anna, &id, vip).await;
    let more = json!({ "addTags": ["late"], "removeTags": ["vip"], "priority": "URGENT" });
    update(&floor, &floor.sam, &id, more).await;
    let changed = |added: Value, removed: Value, priority: Value| {
        json!({ "__typename": "LabelsChanged", "type": "LABELS_CHANGED", "addedTags": added,
            "removedTags": removed, "priority": priority })
    };
    let gateway = streams.pop().unwrap();
    for stream in &mut streams {
        let event = stream.event().await["conversationChanges"].clone();
        assert_eq!(
            event["change"],
            changed(json!(["VIP"]), json!([]), Value::Null)
        );
        assert_eq!(event["conversation"]["tags"], json!(["VIP"]));
        let event = stream.event().await["conversationChanges"].clone();
        assert_eq!(
            event["change"],
            changed(json!(["late"]), json!(["VIP"]), json!("URGENT"))
        );
    }
    let mut gateway = gateway;
    let event = gateway.event().await["conversationChanges"].clone();
    assert_eq!(
        event["change"],
        changed(Value::Null, Value::Null, json!("URGENT"))
    );
    assert_eq!(event["conversation"]["tags"], Value::Null);
    assert_eq!(
        kinds(&carried.next().await),
        ["Updated 0"],
        "by the priority alone"
    );
    assert_eq!(kinds(&led.next().await), ["Updated 0"]);
    assert_eq!(kinds(&led.next().await), ["Updated 0"]);
}

#[tokio::test]
async fn a_live_list_by_tag_follows_the_tags() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let of = merged(
        by("PRIORITY", "DESC", 5),
        json!({ "filter": { "tags": ["vip"] } }),
    );
    let (mut list, first) = Mirror::begin(&floor.server, &floor.sam, "tags", &of).await;
    assert_eq!(first["totalCount"], 0);
    update(&floor, &floor.anna, &id, json!({ "addTags": ["VIP"] })).await;
    assert_eq!(kinds(&list.next().await), ["Entered 0"]);
    update(&floor, &floor.sam, &id, json!({ "removeTags": ["vip"] })).await;
    assert_eq!(kinds(&list.next().await), ["Left NO_LONGER_MATCHES"]);
}

async fn attributes(floor: &Floor, token: &str, id: &str) -> Value {
    floor.see(token, id, "attributes { key value }").await["attributes"].clone()
}

fn noted(pairs: &[(&str, &str)]) -> Value {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

#[tokio::test]
async fn attributes_are_noted_read_by_whom_they_are_for_and_outlast_a_restart() {
    for database in Database::all().await {
        let mut floor = Floor::on(database).await;
        let given = json!({ "attributes": noted(&[("plan", "gold"), ("order", "4711")]) });
        let id = floor.start_with("WHATSAPP", given).await;
        let all = noted(&[("order", "4711"), ("plan", "gold")]);
        for token in [&floor.gateway, &floor.sam] {
            assert_eq!(attributes(&floor, token, &id).await, all);
        }
        for token in [&floor.anna, &floor.admin] {
            assert_eq!(attributes(&floor, token, &id).await, Value::Null);
        }
        let other = floor.active("WHATSAPP").await;
        assert_eq!(attributes(&floor, &floor.anna, &other).await, json!([]));
        floor
            .act(&floor.anna, "pickConversation", &id, json!({}))
            .await;
        let change = json!({ "setAttributes": noted(&[("order", "4712"), ("city", "Köln")]),
            "removeAttributes": ["plan", "gone"], "idempotencyKey": "once" });
        update(&floor, &floor.gateway, &id, change.clone()).await;
        update(&floor, &floor.gateway, &id, change).await;
        floor.server = floor.server.restart().await;
        let now = noted(&[("city", "Köln"), ("order", "4712")]);
        assert_eq!(attributes(&floor, &floor.anna, &id).await, now);
        floor
            .act(&floor.anna, "endConversation", &id, json!({}))
            .await;
        floor
            .act(&floor.anna, "closeConversation", &id, json!({}))
            .await;
        assert_eq!(attributes(&floor, &floor.gateway, &id).await, now);
    }
}

#[tokio::test]
async fn an_event_names_the_keys_of_attributes_and_never_what_they_say() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        change { ... on LabelsChanged { setAttributes removedAttributes priority } }
        conversation { attributes { key value } } } } }";
    let mut streams = Vec::new();
    for token in [&floor.gateway, &floor.anna, &floor.admin] {
        let mut socket = floor.server.socket(token).await;
        socket.subscribe(changes, json!({})).await;
        streams.push(socket);
    }
    let secret = noted(&[("order", "a secret of Ada's")]);
    let change = json!({ "setAttributes": secret });
    update(&floor, &floor.gateway, &id, change).await;
    for (number, stream) in streams.iter_mut().enumerate() {
        let event = stream.event().await["conversationChanges"].clone();
        let change =
            json!({ "setAttributes": ["order"], "removedAttributes": [], "priority": null });
        assert_eq!(event["change"], change);
        let shown = if number == 2 {
            Value::Null
        } else {
            secret.clone()
        };
        assert_eq!(event["conversation"]["attributes"], shown);
    }
    let code = floor
        .code(
            &floor.gateway,
            UPDATE,
            &id,
            json!({ "addTags": ["vip"], "setAttributes": secret }),
        )
        .await;
    assert_eq!(code, "ROLE_REQUIRED");
    for (change, path) in [
        (
            json!({ "setAttributes": noted(&[("", "x")]) }),
            "setAttributes",
        ),
        (
            json!({ "setAttributes": noted(&[("k", " ")]) }),
            "setAttributes",
        ),
        (
            json!({ "setAttributes": noted(&[("k", "1"), ("k", "2")]) }),
            "setAttributes",
        ),
        (
            json!({ "setAttributes": noted(&[(&"k".repeat(51), "x")]) }),
            "setAttributes",
        ),
        (
            json!({ "setAttributes": noted(&[("k", &"x".repeat(501))]) }),
            "setAttributes",
        ),
        (
            json!({ "removeAttributes": vec!["k"; 31] }),
            "removeAttributes",
        ),
    ] {
        let error = floor
            .refusal(&floor.gateway, UPDATE, &id, change.clone())
            .await;
        assert_eq!(error["path"], json!(["input", path]), "{change}");
    }
}

#[tokio::test]
async fn attributes_go_with_their_customer_and_tags_stay() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let given = json!({ "attributes": noted(&[("order", "4711")]), "tags": ["VIP", "late"] });
        let id = floor.start_with("WHATSAPP", given).await;
        let change = json!({ "removeTags": ["late"], "addTags": ["Zoë"] });
        update(&floor, &floor.sam, &id, change).await;
        floor
            .act(&floor.sam, "forceCloseConversation", &id, json!({}))
            .await;
        let customer = floor.see(&floor.admin, &id, "customer { id }").await;
        let input = json!({ "customerId": customer["customer"]["id"] });
        floor
            .server
            .done(&floor.admin, "eraseCustomer", input, "")
            .await;
        let seen = floor.see(&floor.sam, &id, "tags attributes { key }").await;
        assert_eq!(seen, json!({ "tags": ["VIP", "Zoë"], "attributes": [] }));
        let address = Address::of(&database.url).unwrap();
        let options = engine::store::options(&address, 1);
        let tables = sea_orm::Database::connect(options).await.unwrap();
        let attributes = conversation_attribute::Entity::find().all(&tables).await;
        assert!(attributes.unwrap().is_empty());
        let tags = conversation_tag::Entity::find().all(&tables).await.unwrap();
        let mut tags: Vec<_> = tags.into_iter().map(|row| row.tag).collect();
        tags.sort_unstable();
        assert_eq!(tags, ["vip", "zoe"]);
    }
}

#[tokio::test]
async fn the_view_is_filtered_by_who_monitors_for_those_who_may_know() {
    let floor = Floor::new().await;
    let watched = floor.active("WHATSAPP").await;
    floor.active("WHATSAPP").await;
    let newest = json!({ "field": "STARTED_AT", "direction": "DESC" });
    let by = |token| {
        let filter = json!({ "monitoredBy": ["sam"] });
        found(&floor, token, filter, newest.clone())
    };
    assert!(by(&floor.sam).await.is_empty());
    floor
        .act(&floor.sam, "monitorConversation", &watched, json!({}))
        .await;
    assert_eq!(by(&floor.sam).await, [&*watched]);
    let nobodys = json!({ "monitoredBy": ["someone-else"] });
    assert!(
        found(&floor, &floor.sam, nobodys, newest.clone())
            .await
            .is_empty()
    );
    // Agents are not told of looks, so they find nothing by them.
    assert!(by(&floor.anna).await.is_empty());
    floor
        .act(&floor.sam, "stopMonitoring", &watched, json!({}))
        .await;
    assert!(by(&floor.sam).await.is_empty());
    for wrong in [json!([" "]), json!(vec!["sam"; 21])] {
        let query = "query($by: [String!]) { ongoingConversations(filter: { monitoredBy: $by }) { totalCount } }";
        let answer = floor.server.post(&floor.sam, query, json!({ "by": wrong }));
        let code = answer.await["errors"][0]["extensions"]["code"].clone();
        assert_eq!(code, "INVALID_INPUT", "{wrong}");
    }
}
