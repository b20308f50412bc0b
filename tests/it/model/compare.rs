//! A conversation as somebody is shown it, against the model.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::command::Ids;
use super::people::Person;
use super::stage::Stage;
use super::world::{Conversation, Customer, Message, Moment, Offer, World};

/// What a conversation shows everywhere.
pub const FACTS: &str = "id state statusReason version mode consent noticeGivenAt customerAwaySince
    customer { id name } priority tags rating { score } attention { attentionReason }
    waitingSince autoCloseAt queue { id } agent { name } consultants { name } joinedSupervisors
    pendingOffer { kind units capacityExceededBy dueAt agent { name } }
    runningMonitorSessions { supervisor joinedAt }";

/// What differs, one line a field; none when nothing does. Settles what the model left open.
pub fn differences(
    stage: &Stage,
    person: &Person,
    on: &mut Conversation,
    shown: &Value,
) -> Vec<String> {
    let mut pairs = standing(stage, on, shown);
    pairs.extend(described(person, on, shown));
    pairs.extend(company(person, on, shown));
    let pairs = pairs.into_iter();
    let differ = pairs.filter(|(_, expected, actual)| expected != actual);
    let mut wrong: Vec<_> = differ
        .map(|(field, expected, actual)| format!("{field}: expected {expected}, is {actual}"))
        .collect();
    let supervises = supervises(person, on);
    if supervises {
        settle(on, &shown["autoCloseAt"]);
    }
    for (field, expected, actual) in instants(on, supervises, shown) {
        let matches = match (expected, instant(actual)) {
            (None, None) => true,
            (Some(moment), Some(instant)) => moment.holds(instant),
            _ => false,
        };
        if !matches {
            wrong.push(format!("{field}: expected {expected:?}, is {actual}"));
        }
    }
    wrong
}

fn supervises(person: &Person, on: &Conversation) -> bool {
    person.supervises(on.queue) || person.is("ADMINISTRATOR")
}

type Pair = (&'static str, Value, Value);

/// Where it stands.
fn standing(stage: &Stage, on: &Conversation, shown: &Value) -> Vec<Pair> {
    let field = |name: &'static str, expected: Value| (name, expected, shown[name].clone());
    let mut reasons = on.reasons.iter();
    let reason = reasons.find(|one| shown["statusReason"] == **one);
    let reason = reason.unwrap_or(&on.reasons[0]);
    let told = !shown["noticeGivenAt"].is_null();
    let queue = json!({ "id": stage.queue(on.queue) });
    vec![
        field("state", json!(on.state)),
        field("statusReason", json!(reason)),
        field("version", json!(on.version)),
        field("mode", json!(on.mode)),
        field("consent", json!(on.consent)),
        ("notice", json!(on.notice), json!(told)),
        field("queue", queue),
    ]
}

/// What it is, and what asks for somebody to look at it, of the reasons of section 10.
fn described(person: &Person, on: &Conversation, shown: &Value) -> Vec<Pair> {
    let gateway = person.is("CUSTOMER_GATEWAY");
    let tags = if gateway { Value::Null } else { json!(on.tags) };
    let reasons = shown["attention"].as_array().into_iter().flatten();
    let reasons = reasons.filter_map(|one| one["attentionReason"].as_str());
    let modelled = [
        "DELIVERY_FAILED",
        "CUSTOMER_WROTE_IN_WRAP_UP",
        "HELP_REQUESTED",
    ];
    let reasons = reasons.filter(|one| modelled.contains(one));
    vec![
        ("priority", json!(on.priority), shown["priority"].clone()),
        ("tags", tags, shown["tags"].clone()),
        ("rating", json!(on.rating), shown["rating"]["score"].clone()),
        (
            "attention",
            json!(on.attention()),
            json!(reasons.collect::<BTreeSet<_>>()),
        ),
    ]
}

/// How the customer that is shown differs.
pub fn customer_differs(
    customer: usize,
    stage: &Stage,
    customers: &[Customer],
    shown: &Value,
) -> Option<String> {
    let expected = json!({ "id": stage.customer(customer), "name": customers[customer].name });
    let shown = &shown["customer"];
    (*shown != expected).then(|| format!("customer: expected {expected}, is {shown}"))
}

/// Who is in it, as this person is shown it.
fn company(person: &Person, on: &Conversation, shown: &Value) -> Vec<Pair> {
    let names = |list: &Value| {
        let list = list.as_array().into_iter().flatten();
        let name = |one: &Value| one["name"].as_str().or(one.as_str()).map(str::to_owned);
        json!(list.map(name).collect::<BTreeSet<_>>())
    };
    // Gateways are told that a supervisor joined, never who.
    let mut joined = on.joined();
    joined.retain(|_| !person.is("CUSTOMER_GATEWAY"));

    let offer = &shown["pendingOffer"];
    let fields = ["kind", "units", "capacityExceededBy"];
    let mut shown_offer = fields.map(|field| offer[field].clone()).to_vec();
    shown_offer.push(offer["agent"]["name"].clone());
    let expected = |offer: &Offer| {
        let kind = if offer.transfer {
            "TRANSFER"
        } else {
            "ASSIGNMENT"
        };
        // The figures are for who leads it, and for the agent whose they are.
        let known = supervises(person, on) || person.is("AGENT") && offer.to == person.subject;
        let units = known.then_some(on.workstream.units);
        json!([kind, units, known.then_some(offer.exceeds), offer.to])
    };
    let nothing = json!([null, null, null, null]);

    let looks = on.looks.iter().map(|(who, look)| json!([who, look.joined]));
    let looks: Vec<_> = looks.collect();
    let looks = supervises(person, on).then_some(looks);
    let shown_looks = shown["runningMonitorSessions"].as_array().map(|looks| {
        let look = |look: &Value| json!([look["supervisor"], !look["joinedAt"].is_null()]);
        let mut looks: Vec<_> = looks.iter().map(look).collect();
        looks.sort_by_key(ToString::to_string);
        looks
    });
    vec![
        ("agent", json!(on.primary), shown["agent"]["name"].clone()),
        (
            "consultants",
            json!(on.consultants),
            names(&shown["consultants"]),
        ),
        ("joined", json!(joined), names(&shown["joinedSupervisors"])),
        (
            "offer",
            on.offer.as_ref().map_or(nothing, expected),
            json!(shown_offer),
        ),
        ("looks", json!(looks), json!(shown_looks)),
    ]
}

/// Where the rulebook leaves open whether the auto-close clock began again, what is shown says so.
fn settle(on: &mut Conversation, shown: &Value) {
    let Some(or) = on.clock_or.take() else {
        return;
    };
    let again = on.auto_close(or).zip(instant(shown));
    if again.is_some_and(|(again, instant)| again.holds(instant)) {
        on.clock = or;
    }
}

type Timed<'a> = (&'static str, Option<Moment>, &'a Value);

/// When things happened and will happen.
fn instants<'a>(on: &Conversation, supervises: bool, shown: &'a Value) -> Vec<Timed<'a>> {
    let due = on.offer.as_ref().map(|offer| offer.due);
    let auto_close = on.auto_close(on.clock).filter(|_| supervises);
    let mut instants = vec![
        ("offer due", due, &shown["pendingOffer"]["dueAt"]),
        ("auto-close", auto_close, &shown["autoCloseAt"]),
    ];
    if on.ongoing() {
        instants.push(("away", on.away, &shown["customerAwaySince"]));
        if on.state == "OPEN" || on.primary.is_some() {
            let waiting = (on.state == "OPEN").then_some(on.waiting);
            instants.push(("waiting since", waiting, &shown["waitingSince"]));
        }
    }
    instants
}

/// What a conversation shows to who looks closely.
pub const CLOSELY: &str =
    "monitorSessions { supervisor endedBy } reviewSessions { supervisor endedBy }
    attributes { key value }
    transcript(first: 100) { edges { node { visibility author systemMessage text editedAt removedAt
        delivery { state } reactions { author agent { name } supervisor reaction } } } }";

/// What differs in transcript and looks taken.
pub fn close_differences(person: &Person, on: &Conversation, shown: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let expected = World::reads(person, on);
    if !reads(person, expected.as_deref(), shown) {
        let is = &shown["transcript"];
        wrong.push(format!("transcript: expected {expected:?}, is {is}"));
    }
    let supervises = supervises(person, on);
    let mut looks: Vec<_> = on
        .looked
        .iter()
        .map(|(number, who, why)| (*number, *who, Some(*why)))
        .collect();
    looks.extend(on.looks.keys().map(|who| (on.began[who], *who, None)));
    looks.sort_unstable();
    let looks: Vec<_> = looks
        .into_iter()
        .map(|(_, who, why)| json!({ "supervisor": who, "endedBy": why }))
        .collect();
    let looks = if supervises {
        json!(looks)
    } else {
        Value::Null
    };
    if looks != shown["monitorSessions"] {
        wrong.push(format!(
            "sessions: expected {looks}, is {}",
            shown["monitorSessions"]
        ));
    }
    let mut reviews = on.reviewed.clone();
    let running = on.reviews.iter();
    reviews.extend(running.map(|(who, review)| (review.number, *who, "")));
    reviews.sort_unstable();
    let why = |why: &'static str| (!why.is_empty()).then_some(why);
    let reviews = reviews.into_iter();
    let reviews = reviews.map(|(_, who, end)| json!({ "supervisor": who, "endedBy": why(end) }));
    let reviews: Vec<_> = reviews.collect();
    let reviews = if supervises {
        json!(reviews)
    } else {
        Value::Null
    };
    if reviews != shown["reviewSessions"] {
        let is = &shown["reviewSessions"];
        wrong.push(format!("reviews: expected {reviews}, is {is}"));
    }
    let noted = on
        .order
        .map(|order| json!({ "key": "order", "value": order }));
    let noted: Vec<_> = noted.into_iter().collect();
    let reads = on.handled_by(person)
        || person.supervises(on.queue)
        || person.channels.contains(&on.channel);
    let noted = if reads { json!(noted) } else { Value::Null };
    if noted != shown["attributes"] {
        let is = &shown["attributes"];
        wrong.push(format!("attributes: expected {noted}, is {is}"));
    }
    wrong
}

/// Whether these messages are what is shown of a transcript; none where it is not shown.
pub fn reads(person: &Person, expected: Option<&[Message]>, shown: &Value) -> bool {
    match (expected, shown["transcript"]["edges"].as_array()) {
        (None, None) => true,
        (Some(messages), Some(edges)) => {
            let mut pairs = messages.iter().zip(edges);
            messages.len() == edges.len() && pairs.all(|(one, edge)| is(person, one, &edge["node"]))
        }
        _ => false,
    }
}

/// Whether a message says what it should, with what was done to it.
fn says(person: &Person, expected: &Message, shown: &Value) -> bool {
    let text = if expected.removed { "" } else { expected.text };
    let edited = expected.edited.is_some() && !expected.removed;
    let delivery = (expected.public && !expected.is_customers()).then_some(expected.delivery);
    // Gateways are not told which supervisor it was.
    let who = |(author, who): &(&str, &'static str)| match *author {
        "CUSTOMER" => None,
        "SUPERVISOR" if person.is("CUSTOMER_GATEWAY") => None,
        _ => Some(*who),
    };
    let given = expected.reactions.iter().filter(|_| !expected.removed);
    let given = given
        .filter_map(|(by, (reaction, _))| Some(json!([by.0, who(by), (*reaction)?]).to_string()));
    let is = shown["reactions"].as_array().into_iter().flatten();
    let is = is.map(|one| {
        let who = one["agent"]["name"].as_str().or(one["supervisor"].as_str());
        json!([one["author"], who, one["reaction"]]).to_string()
    });
    (expected.system.is_some() || shown["text"] == text)
        && shown["editedAt"].is_null() != edited
        && shown["removedAt"].is_null() != expected.removed
        && shown["delivery"]["state"] == json!(delivery)
        && given.collect::<BTreeSet<_>>() == is.collect::<BTreeSet<_>>()
}

fn is(person: &Person, expected: &Message, shown: &Value) -> bool {
    let visibility = match (expected.public, expected.coaches) {
        (true, _) => "PUBLIC",
        (false, Some(_)) => "COACHING",
        (false, None) => "INTERNAL",
    };
    expected
        .authors
        .iter()
        .any(|author| shown["author"] == **author)
        && shown["visibility"] == visibility
        && shown["systemMessage"] == json!(expected.system)
        && says(person, expected, shown)
}

pub fn instant(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str()?;
    Some(DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}
