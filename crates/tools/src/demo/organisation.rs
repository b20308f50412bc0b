//! The sample organisation, made by its administrator through the API like any other.

use auth::SignRefused;
use domain::QueueId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::dialogues::{Language, Line};
use super::past::AGO;
use super::tokens::{Grants, Mint};
use crate::client::{Caller, Client, ClientError, Mutation};

/// Why there is no organisation.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    /// The server does not do as asked.
    #[error("the sample organisation cannot be made: {0}")]
    Client(#[from] ClientError),
    /// No token.
    #[error(transparent)]
    Sign(#[from] SignRefused),
}

/// Where conversations wait: a queue, with the workstream of its conversations.
pub(super) struct Intake {
    pub(super) name: &'static str,
    pub(super) queue: String,
    pub(super) workstream: String,
    /// Whether monitoring needs the customer's consent.
    pub(super) asks_consent: bool,
}

/// How an agent comes to what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mind {
    /// The demo decides.
    Simulated,
    /// The demo decides; no person.
    Bot,
    /// Whoever has the printed token decides.
    Yours,
    /// A supervisor, who has what they take over.
    Lead,
}

/// An agent.
pub(super) struct Person {
    pub(super) subject: &'static str,
    pub(super) id: String,
    pub(super) mind: Mind,
    pub(super) caller: Caller,
    /// Indexes of [`Organisation::intakes`].
    pub(super) intakes: &'static [usize],
}

/// The sample organisation: everything that the conversations need.
pub struct Organisation {
    pub(super) intakes: Vec<Intake>,
    pub(super) people: Vec<Person>,
    pub(super) gateway: Caller,
    pub(super) administrator: Caller,
}

/// Queues: name, which workstream, and the time zone of their opening hours where they have some.
const PLACES: [(&str, Work, Option<&str>); 6] = [
    ("Sales (English)", Work::Messaging, Some("Europe/London")),
    ("Service (English)", Work::Messaging, None),
    (
        "Verkoop (Nederlands)",
        Work::Messaging,
        Some("Europe/Amsterdam"),
    ),
    ("Service (Nederlands)", Work::Messaging, None),
    ("VIP", Work::Vip, None),
    ("Voice", Work::Voice, None),
];

/// How a conversation can end: the codes of the dialogues, with their labels.
const DISPOSITIONS: [(&str, &str); 5] = [
    ("RESOLVED", "Resolved"),
    ("ORDER", "Order or quote"),
    ("REFUND", "Refund"),
    ("COMPLAINT", "Complaint settled"),
    ("FOLLOW_UP", "Needs a follow-up"),
];

/// The opening hours of the sales queues, in this time zone.
fn week(time_zone: &str) -> Value {
    let day = |day: &str, closes: &str| json!({ "day": day, "opens": "08:00", "closes": closes });
    json!({
        "timeZone": time_zone,
        "week": [
            day("MONDAY", "20:00"), day("TUESDAY", "20:00"), day("WEDNESDAY", "20:00"),
            day("THURSDAY", "21:00"), day("FRIDAY", "20:00"), day("SATURDAY", "17:00"),
        ],
    })
}

/// The queues that the second supervisor leads.
const SERVICE: [usize; 2] = [1, 3];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Messaging,
    Vip,
    /// What a new database has.
    Voice,
}

/// Agents: subject, name, mind, units, and the intakes they work at.
const PEOPLE: [(&str, &str, Mind, u32, &[usize]); 13] = [
    ("amelia", "Amelia Clarke", Mind::Simulated, 4, &[0, 1]),
    ("oliver", "Oliver Bennett", Mind::Simulated, 4, &[1]),
    ("grace", "Grace Whitmore", Mind::Simulated, 5, &[0, 1, 4]),
    ("noah", "Noah Fletcher", Mind::Simulated, 3, &[1, 5]),
    ("sanne", "Sanne de Vries", Mind::Simulated, 4, &[2, 3]),
    ("daan", "Daan Bakker", Mind::Simulated, 3, &[3]),
    ("lotte", "Lotte Visser", Mind::Simulated, 5, &[2, 3, 4]),
    ("bram", "Bram Smit", Mind::Simulated, 3, &[3, 5]),
    ("fleur", "Fleur Mulder", Mind::Simulated, 4, &[1, 3]),
    ("thomas", "Thomas Jansen", Mind::Simulated, 4, &[4, 5]),
    ("robin", "Robin Meijer", Mind::Yours, 4, &[0, 1, 2, 3]),
    ("ingrid", "Ingrid de Groot", Mind::Lead, 4, &[]),
    ("billie", "Billie", Mind::Bot, 0, &[0, 1, 2, 3]),
];

/// Where a dialogue of this language and line waits.
pub(super) const fn place_of(language: Language, line: Line) -> usize {
    match (line, language) {
        (Line::Sales, Language::English) => 0,
        (Line::Service, Language::English) => 1,
        (Line::Sales, Language::Dutch) => 2,
        (Line::Service, Language::Dutch) => 3,
        (Line::Vip, _) => 4,
        (Line::Voice, _) => 5,
    }
}

impl Organisation {
    /// Makes it, in a database that has nothing yet, of a server whose clock is [`AGO`] behind.
    pub async fn make(client: &Client, mint: &Mint) -> Result<Self, OrganisationError> {
        let mint = mint.behind(AGO);
        let caller = |subject, grants| -> Result<Caller, OrganisationError> {
            Ok(client.caller(&mint.token(subject, &grants)?)?)
        };
        let administrator = caller("administrator", Grants::Administrator)?;
        let settings = json!({
            "supervisorMonitor": true,
            "supervisorAssign": true,
            "supervisorTransfer": true,
            "supervisorForceClose": true,
            "supervisorTakeOver": true,
            "sentimentAnalysis": true,
            "reason": "A demo shows everything.",
        });
        administrator
            .mutate(&Mutation::UPDATE_SETTINGS, settings, "settings")
            .await?;
        let intakes = intakes(&administrator).await?;
        let mut people = Vec::with_capacity(PEOPLE.len());
        for (subject, name, mind, units, at) in PEOPLE {
            let queues: Vec<&str> = at.iter().map(|at| intakes[*at].queue.as_str()).collect();
            let mut input = json!({ "subject": subject, "name": name, "queueIds": queues });
            match mind {
                Mind::Bot => input["kind"] = json!("BOT"),
                Mind::Simulated | Mind::Yours | Mind::Lead => input["capacity"] = json!(units),
            }
            let id = made(
                &administrator,
                &Mutation::CREATE_AGENT,
                input,
                subject,
                "agent",
            )
            .await?;
            let caller = caller(subject, Grants::Agent)?;
            if matches!(mind, Mind::Simulated | Mind::Yours) {
                let available = json!({ "presence": "AVAILABLE" });
                caller
                    .mutate(&Mutation::SET_PRESENCE, available, "start")
                    .await?;
            }
            people.push(Person {
                subject,
                id,
                mind,
                caller,
                intakes: at,
            });
        }
        Ok(Self {
            intakes,
            people,
            gateway: caller("gateway", Grants::Gateway)?,
            administrator,
        })
    }

    /// The same with tokens of this mint's.
    pub(super) fn signed(self, client: &Client, mint: &Mint) -> Result<Self, OrganisationError> {
        let caller = |subject, grants| -> Result<Caller, OrganisationError> {
            Ok(client.caller(&mint.token(subject, &grants)?)?)
        };
        let people = self.people.into_iter().map(|person| {
            Ok(Person {
                caller: caller(person.subject, Grants::Agent)?,
                ..person
            })
        });
        Ok(Self {
            people: people.collect::<Result<_, OrganisationError>>()?,
            gateway: caller("gateway", Grants::Gateway)?,
            administrator: caller("administrator", Grants::Administrator)?,
            intakes: self.intakes,
        })
    }

    /// The queues that the second supervisor leads, with their names.
    pub fn service(&self) -> Vec<(&'static str, QueueId)> {
        let led = SERVICE.map(|intake| &self.intakes[intake]);
        led.into_iter()
            .filter_map(|intake| Some((intake.name, intake.queue.parse().ok()?)))
            .collect()
    }
}

/// Makes the queues and workstreams; for voice what a new database has is good.
async fn intakes(administrator: &Caller) -> Result<Vec<Intake>, ClientError> {
    let there: There = administrator.query(THERE, json!({})).await?;
    let dispositions = DISPOSITIONS.map(|(code, label)| json!({ "code": code, "label": label }));
    let messaging = json!({
        "name": "Messaging",
        "offerTimeoutSeconds": 60,
        "dispositions": dispositions,
    });
    let messaging = workstream(administrator, messaging, "messaging").await?;
    let vip = json!({
        "name": "VIP",
        "units": 2,
        "offerTimeoutSeconds": 60,
        "monitoringNotice": "CONSENT_REQUIRED",
        "dispositions": dispositions,
        "dispositionRequired": true,
    });
    let vip = workstream(administrator, vip, "vip").await?;
    let voice = there.workstreams.voice();
    let input = json!({ "workstreamId": voice, "dispositions": dispositions });
    let update = &Mutation::UPDATE_WORKSTREAM;
    administrator.mutate(update, input, "voice").await?;
    let mut intakes = Vec::with_capacity(PLACES.len());
    for (name, work, hours) in PLACES {
        let queue = match work {
            Work::Voice => there.queues.voice(),
            Work::Messaging | Work::Vip => {
                let input = json!({ "name": name, "hours": hours.map(week) });
                made(administrator, &Mutation::CREATE_QUEUE, input, name, "queue").await?
            }
        };
        intakes.push(Intake {
            name,
            queue,
            workstream: match work {
                Work::Messaging => messaging.clone(),
                Work::Vip => vip.clone(),
                Work::Voice => voice.clone(),
            },
            asks_consent: work == Work::Vip,
        });
    }
    Ok(intakes)
}

const THERE: &str = "{ queues { edges { node { id kind } } } \
                     workstreams { edges { node { id kind } } } }";

/// What a new database has.
#[derive(Deserialize)]
struct There {
    queues: Kinds,
    workstreams: Kinds,
}

#[derive(Deserialize)]
struct Kinds {
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Kind,
}

#[derive(Deserialize)]
struct Kind {
    id: String,
    kind: String,
}

impl Kinds {
    fn voice(&self) -> String {
        let mut nodes = self.edges.iter().map(|edge| &edge.node);
        let voice = nodes.find(|node| node.kind == "VOICE");
        voice.map(|node| node.id.clone()).unwrap_or_default()
    }
}

async fn workstream(
    administrator: &Caller,
    input: Value,
    key: &str,
) -> Result<String, ClientError> {
    let create = &Mutation::CREATE_WORKSTREAM;
    made(administrator, create, input, key, "workstream").await
}

/// The id of what was made.
async fn made(
    administrator: &Caller,
    mutation: &Mutation,
    input: Value,
    key: &str,
    what: &str,
) -> Result<String, ClientError> {
    let key = format!("{what}-{key}");
    let payload = administrator.mutate(mutation, input, &key).await?;
    Ok(payload[what]["id"].as_str().unwrap_or_default().to_owned())
}
