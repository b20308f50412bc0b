//! The contract: schema.graphql is what the server serves, explains itself, and has every code.

use serde_json::{Value, json};

use crate::harness::{Server, Token};

#[test]
fn schema_graphql_is_what_the_server_serves() {
    let kept = include_str!("../../schema.graphql");
    let served = api::graphql::sdl();
    let differs = kept
        .lines()
        .zip(served.lines())
        .position(|(kept, served)| kept != served);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(served.lines().count()));
    assert!(
        kept == served,
        "schema.graphql is not what the server serves, first at line {}:\n  kept:   {}\n  served: {}\n\
         A change of the schema is a decision: if it is meant, run\n  cargo run -- schema > schema.graphql\n\
         and tell the schema's users in CHANGELOG.md.",
        line + 1,
        kept.lines().nth(line).unwrap_or("(nothing)"),
        served.lines().nth(line).unwrap_or("(nothing)"),
    );
}

const INTROSPECTION: &str = "{ __schema { description types {
    kind name description
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description }
    enumValues(includeDeprecated: true) { name description }
} } }";

async fn introspected() -> Vec<Value> {
    let server = Server::start().await;
    let token = Token::of("reader", domain::Role::Supervisor).sign();
    let data = server.data(&token, INTROSPECTION, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    let own = |of: &&Value| !of["name"].as_str().unwrap().starts_with("__");
    types.iter().filter(own).cloned().collect()
}

fn said(of: &Value) -> bool {
    of["description"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty())
}

fn named(of: &Value) -> &str {
    of["name"].as_str().unwrap()
}

fn list<'a>(of: &'a Value, what: &str) -> &'a [Value] {
    of[what].as_array().map_or(&[], Vec::as_slice)
}

#[tokio::test]
async fn every_type_field_argument_and_value_has_a_description() {
    let mut silent = Vec::new();
    for of in introspected().await {
        let name = named(&of);
        if !said(&of) {
            silent.push(name.to_owned());
        }
        for what in ["fields", "inputFields", "enumValues"] {
            for part in list(&of, what) {
                if !said(part) {
                    silent.push(format!("{name}.{}", named(part)));
                }
                for argument in list(part, "args").iter().filter(|argument| !said(argument)) {
                    silent.push(format!("{name}.{}({}:)", named(part), named(argument)));
                }
            }
        }
    }
    assert!(
        silent.is_empty(),
        "these say nothing of themselves: {silent:#?}"
    );
}

/// domain.md, section 9, in its order.
const CODES: &[&str] = &[
    "UNAUTHENTICATED",
    "NOT_FOUND",
    "INVALID_INPUT",
    "ROLE_REQUIRED",
    "AGENT_UNKNOWN",
    "OUT_OF_SCOPE",
    "SETTING_DISABLED",
    "PERMISSION_MISSING",
    "API_ACCESS_CONFLICT",
    "VERSION_CONFLICT",
    "IDEMPOTENCY_KEY_REUSED",
    "CONVERSATION_CLOSED",
    "INVALID_STATE",
    "CHANNEL_NOT_SUPPORTED",
    "MESSAGE_NOT_FOUND",
    "MODE_NOT_SUPPORTED",
    "OWN_CONVERSATION",
    "NOTICE_NOT_GIVEN",
    "CONSENT_NOT_GRANTED",
    "NOT_MONITORING",
    "NOT_PARTICIPANT",
    "ALREADY_ASSIGNED",
    "OFFER_PENDING",
    "NO_PENDING_OFFER",
    "TARGET_NOT_FOUND",
    "TARGET_IS_BOT",
    "PRIMARY_IS_BOT",
    "TARGET_NOT_IN_QUEUE",
    "TARGET_IS_PRIMARY",
    "TARGET_QUEUE_IS_CURRENT",
    "QUEUE_KIND_MISMATCH",
    "PRESENCE_NOT_ALLOWED",
    "CAPACITY_EXCEEDED",
    "DECLINED_TOO_OFTEN",
    "RESOURCE_IN_USE",
    "CURSOR_EXPIRED",
    "CURSOR_INVALID",
    "LIMIT_EXCEEDED",
    "RATE_LIMITED",
    "INTERNAL",
];

/// What came since, with the decision that says why.
const CODES_SINCE: &[&str] = &[
    // docs/decisions/0011-live-list.md
    "CURSOR_AHEAD",
    // docs/domain.md section 13
    "AGENT_ROW_NEEDED",
    "ALREADY_PRIMARY",
    // docs/domain.md section 11
    "DISPOSITION_REQUIRED",
    "DISPOSITION_UNKNOWN",
    "RATING_NOT_POSSIBLE",
    // docs/domain.md section 13
    "HELP_NOT_REQUESTED",
];

#[tokio::test]
async fn the_codes_are_those_of_the_domain_and_of_decisions() {
    let types = introspected().await;
    let codes = types.iter().find(|of| of["name"] == "ErrorCode").unwrap();
    let mut codes: Vec<&str> = list(codes, "enumValues").iter().map(named).collect();
    codes.sort_unstable();
    let mut expected = [CODES, CODES_SINCE].concat();
    expected.sort_unstable();
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn every_mutation_takes_one_input_and_answers_with_what_was_refused() {
    let server = Server::start().await;
    let token = Token::of("reader", domain::Role::Supervisor).sign();
    let query =
        "{ __schema { mutationType { fields { name args { name type { kind ofType { kind } } }
        type { ofType { name fields { name } } } } } } }";
    let data = server.data(&token, query, json!({})).await;
    for field in data["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap()
    {
        let name = named(field);
        let input = json!([{ "name": "input", "type": { "kind": "NON_NULL", "ofType": { "kind": "INPUT_OBJECT" } } }]);
        assert_eq!(field["args"], input, "{name}");
        let payload = &field["type"]["ofType"];
        assert_eq!(
            named(payload),
            format!("{}{}Payload", name[..1].to_uppercase(), &name[1..])
        );
        let has = |part: &str| {
            list(payload, "fields")
                .iter()
                .any(|field| field["name"] == part)
        };
        assert!(has("errors") && has("asOf"), "{name}");
    }
}

/// Section 8: whoever reads either of them has read this.
#[test]
fn readme_and_schema_say_what_regie_is_not_for_and_what_its_operator_owes() {
    let root = api::graphql::sdl();
    let root = &root[..root.find("type Query").unwrap()];
    let root = &root[root.rfind('}').unwrap()..];
    for text in [root, include_str!("../../README.md")] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for says in [
            "for helping teams and customers, not for decisions about anybody's employment",
            "must tell customers and agents that conversations may be watched and stored",
            "obtain consent where the law asks for it",
        ] {
            assert!(text.contains(says), "{says:?} is not said in {text}");
        }
    }
}

#[tokio::test]
async fn every_operation_is_named_where_a_reader_begins() {
    let types = introspected().await;
    let of = |name: &str| types.iter().find(|of| named(of) == name).unwrap();
    let server = Server::start().await;
    let token = Token::of("reader", domain::Role::Supervisor).sign();
    let query = "{ a: __schema { b: description } }";
    let told = server.data(&token, query, json!({})).await;
    let schema = told["a"]["b"].as_str().unwrap();
    let sdl = api::graphql::sdl();
    let head = sdl.lines().map_while(|line| line.strip_prefix('#'));
    let head: Vec<&str> = head.map(str::trim_start).collect();
    let same = schema.lines().map(str::trim_start);
    assert!(same.eq(head), "the text says the same");
    let mutations = of("Mutation")["description"].as_str().unwrap();
    let mut unnamed = Vec::new();
    // Queries and subscriptions are led to by the schema itself, mutations at their type.
    for (root, text) in [
        ("Query", schema),
        ("Subscription", schema),
        ("Mutation", mutations),
    ] {
        let fields = list(of(root), "fields").iter().map(named);
        let missing = fields.filter(|field| !text.contains(&format!("`{field}`")));
        unnamed.extend(missing.map(str::to_owned));
    }
    assert!(
        unnamed.is_empty(),
        "no reader is led to {unnamed:?}: name them in the description of the schema or of Mutation"
    );
}
