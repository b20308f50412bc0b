//! The schema against the table of audiences: every field that shows something of a conversation has its fact, and
//! says who may see it where that is not everybody.

use domain::ChangeKind;
use domain::audience::{Audience, OrganisationAudience};
use serde_json::{Value, json};

use super::fields::{FIELDS, Shows};
use crate::harness::{Server, Token};

/// Words by which a description says that something is not for everybody.
const NARROW: [&str; 6] = [
    "For supervisors of",
    "null for others",
    "Empty for gateways",
    "Null for gateways",
    "Delivered to supervisors only",
    "Only supervisors and administrators see it",
];

/// Whether a text says of what it describes that it is for this audience.
fn says(audience: Audience, text: &str) -> bool {
    let has = |words: &[&str]| words.iter().all(|words| text.contains(words));
    let leaders = has(&["For supervisors of", "dministrators", "null for others"]);
    match audience {
        Audience::Everybody => !NARROW.iter().any(|words| text.contains(words)),
        Audience::AgentsAndLeaders => has(&["for gateways"]),
        Audience::AgentsAndSupervisors => has(&["never the customer"]),
        Audience::ItsAgentAndLeaders => {
            (leaders && (has(&["and the agent"]) || has(&["and that agent"])))
                || has(&["Null for whom `units` is"])
        }
        Audience::AcquaintedAndLeaders => leaders && has(&["its agents"]),
        Audience::Leaders => {
            (leaders && !has(&["agent"])) || has(&["Only supervisors and administrators see it"])
        }
        Audience::Handlers => has(&[
            "For its gateway",
            "once they have accepted",
            "null for others",
        ]),
        Audience::Supervisors => has(&["Delivered to supervisors only"]),
        // No stream of changes has it, and no field shows it.
        Audience::Coached | Audience::Nobody => false,
    }
}

/// Whether what is said of a type says it of all its fields.
fn says_all(audience: Audience, text: &str) -> bool {
    matches!(audience, Audience::Leaders | Audience::AgentsAndLeaders) && says(audience, text)
}

/// The same of a fact of the organisation.
fn says_so(audience: OrganisationAudience, text: &str) -> bool {
    let concerned = text.contains("for whom it does not concern");
    let leaders = text.contains("For supervisors and administrators; null for others");
    match audience {
        OrganisationAudience::Everybody => !concerned && !text.contains("null for others"),
        OrganisationAudience::Leaders => concerned || leaders,
        OrganisationAudience::ItsAgentAndLeaders => concerned,
        OrganisationAudience::ItsAgentAndAdministrators => {
            text.contains("For administrators and the agent; null for others")
        }
    }
}

const INTROSPECTION: &str = "{ __schema { types { name kind description
    enumValues { name description }
    fields { name description args { name defaultValue type { kind } }
        type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
} } }";

/// What the server says of its schema.
pub struct Schema(Value);

impl Schema {
    pub async fn of(server: &Server) -> Self {
        let token = Token::of("reader", domain::Role::Supervisor).sign();
        let data = server.data(&token, INTROSPECTION, json!({})).await;
        Self(data["__schema"]["types"].clone())
    }

    /// The fields of this type: what each takes, and of what type it is.
    pub fn fields(&self, name: &str) -> &[Value] {
        list(self.named(name), "fields")
    }

    /// What is selected of a field of this type, so many objects deep; none: it is a value.
    pub fn selection(&self, field: &Value, depth: usize) -> Option<String> {
        let mut of = &field["type"];
        while !of["ofType"].is_null() {
            of = &of["ofType"];
        }
        let name = of["name"].as_str().unwrap();
        match of["kind"].as_str().unwrap() {
            "OBJECT" => Some(format!("__typename {}", self.all_of(name, depth))),
            "UNION" | "INTERFACE" => Some("__typename".to_owned()),
            _ => None,
        }
    }

    fn named(&self, name: &str) -> &Value {
        let types = self.0.as_array().unwrap();
        let found = types.iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("no type {name}"))
    }

    /// A selection of every field of this type that takes no argument, so many objects deep.
    pub fn all_of(&self, name: &str, depth: usize) -> String {
        let fields = self.named(name)["fields"].as_array().unwrap();
        let select = |field: &Value| {
            let needs = |argument: &Value| {
                argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
            };
            if field["args"].as_array().unwrap().iter().any(needs) {
                return None;
            }
            let field_name = field["name"].as_str().unwrap();
            let mut of = &field["type"];
            while !of["ofType"].is_null() {
                of = &of["ofType"];
            }
            match (of["kind"].as_str().unwrap(), of["name"].as_str().unwrap()) {
                // What it is at changes with every event, and is sealed for whom it would betray one.
                (_, "LogCursor") => None,
                ("SCALAR" | "ENUM", _) => Some(field_name.to_owned()),
                // Each conversation is asked for by itself.
                ("OBJECT", "Conversation") => Some(format!("{field_name} {{ id state }}")),
                ("OBJECT", of) if depth > 0 => {
                    let inner = self.all_of(of, depth - 1);
                    // Of what comes in pages a few are enough.
                    let pages = |argument: &Value| argument["name"] == "first";
                    let arguments = field["args"].as_array().unwrap();
                    let few = if arguments.iter().any(pages) {
                        "(first: 5)"
                    } else {
                        ""
                    };
                    (!inner.is_empty()).then(|| format!("{field_name}{few} {{ {inner} }}"))
                }
                _ => None,
            }
        };
        let fields: Vec<_> = fields.iter().filter_map(select).collect();
        fields.join(" ")
    }
}

fn described(of: &Value) -> String {
    let text = of["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn list<'a>(of: &'a Value, what: &str) -> &'a [Value] {
    of[what].as_array().map_or(&[], Vec::as_slice)
}

#[tokio::test]
async fn every_field_of_a_conversation_has_its_fact_and_says_for_whom_it_is() {
    let schema = Schema::of(&Server::start().await).await;
    for (name, fields) in FIELDS {
        let of = schema.named(name);
        for field in list(of, "fields") {
            let field_name = field["name"].as_str().unwrap();
            let Some((_, shows)) = fields.iter().find(|(one, _)| *one == field_name) else {
                panic!(
                    "{name}.{field_name} is for nobody yet: name its fact in domain::audience, let its resolver ask for \
                     that, and give it a line here"
                );
            };
            let own = described(field);
            let (said, what) = match shows {
                Shows::The(fact) => {
                    let audience = fact.audience();
                    // What a type says holds for all its fields.
                    let said = says(audience, &own) || says_all(audience, &described(of));
                    (said, format!("{fact:?}, which is for {audience:?}"))
                }
                Shows::Of(fact) => {
                    let audience = fact.audience();
                    (
                        says_so(audience, &own),
                        format!("{fact:?}, which is for {audience:?}"),
                    )
                }
                Shows::Policy => (true, String::new()),
            };
            assert!(
                said,
                "{name}.{field_name} shows {what}, and its description does not say so: {own}"
            );
        }
        for (field_name, _) in *fields {
            let there = list(of, "fields")
                .iter()
                .any(|field| field["name"] == *field_name);
            assert!(
                there,
                "{name}.{field_name} is no field of the schema any more"
            );
        }
    }
}

/// Each type of the schema in which something is not for everybody is looked at here.
#[tokio::test]
async fn no_other_type_shows_what_is_not_for_everybody_who_sees_the_conversation() {
    let schema = Schema::of(&Server::start().await).await;
    for of in schema.0.as_array().unwrap() {
        let name = of["name"].as_str().unwrap();
        if FIELDS.iter().any(|(known, _)| *known == name) {
            continue;
        }
        for field in list(of, "fields") {
            let text = described(field);
            let narrow = text.contains("For supervisors of");
            assert!(!narrow, "give {name} its lines in FIELDS: {text}");
        }
    }
}

#[tokio::test]
async fn every_event_that_is_not_for_everybody_says_so() {
    let schema = Schema::of(&Server::start().await).await;
    let values = schema.named("EventType");
    for kind in ChangeKind::ALL
        .iter()
        .filter(|kind| kind.is_of_conversation())
    {
        // What coaches is in the transcript alone, as a message: no stream of changes knows it.
        if kind.audience() == Audience::Coached {
            assert!(
                !list(values, "enumValues")
                    .iter()
                    .any(|value| value["name"] == *screaming(kind.as_str()))
            );
            continue;
        }
        let as_value = screaming(kind.as_str());
        let value = list(values, "enumValues")
            .iter()
            .find(|value| value["name"] == *as_value);
        let value = value.unwrap_or_else(|| panic!("no value {as_value}"));
        for of in [value, schema.named(kind.as_str())] {
            let text = described(of);
            let said = says(kind.audience(), &text);
            assert!(
                said,
                "{kind:?} is for {:?}, and its description does not say so: {text}",
                kind.audience()
            );
        }
    }
}

/// `NamesLikeThis` as `NAMES_LIKE_THIS`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    for (place, letter) in name.char_indices() {
        if place > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}
