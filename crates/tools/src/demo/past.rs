//! What was before the demo is first seen: two weeks of conversations that are closed, so that there is something to
//! search, to filter and to review, and customers who come back. All of it through the public API, while the
//! server's clock goes through those weeks.
//!
//! Invariant: nothing of it is ongoing when it ends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::BEFORE_THE_CURTAIN;
use super::dialogues::{self, Dialogue, Language, Line, Turn, Who};
use super::life::story::{DUTCH, ENGLISH, MESSAGING, rating, reports_delivery};
use super::organisation::{Mind, Organisation, OrganisationError, place_of};
use super::saying::{self, Afterwards, Said};
use super::tokens::Mint;
use crate::Now;
use crate::client::{Caller, Client, ClientError, Mutation};

/// How long before now the past begins.
pub const AGO: TimeDelta = TimeDelta::days(DAYS);

const DAYS: i64 = 14;
/// The hours of a day (UTC) in which customers write: some at about the same time, which is sooner played than one after the
/// other.
const HOURS: [u32; 7] = [7, 8, 10, 11, 13, 15, 16];
const AT_ONCE: usize = 3;
/// In this hour, on one day in so many, more of them write while fewer agents have time: there the service level breaks.
const BUSY_HOUR: u32 = 11;
const BUSY_ONE_IN: u32 = 2;
const AT_ONCE_WHEN_BUSY: usize = 5;
/// Nothing begins later than this before the curtain: by then it is over.
const LONGEST: TimeDelta = TimeDelta::minutes(40);
/// In one hour in so many some conversations are told in full, one in so many. An hour's take as long as their longest: so
/// they are not spread over all hours.
const IN_FULL_ONE_IN: u32 = 3;
/// Customers whose contacts on two channels turn out to be one person's.
const MERGED: usize = 3;

/// What is remembered of the past.
#[derive(Default)]
pub struct Past {
    /// The last conversation of each customer on each channel.
    last: BTreeMap<(&'static str, &'static str), String>,
    /// The customers' ids, by name and channel.
    customers: BTreeMap<(&'static str, &'static str), String>,
}

impl Past {
    /// The last conversation of this customer on this channel.
    pub(super) fn last(&self, channel: &'static str, customer: &'static str) -> Option<&str> {
        self.last.get(&(customer, channel)).map(String::as_str)
    }

    /// Plays it, from [`AGO`] up to [`BEFORE_THE_CURTAIN`]; `advance` moves the server's clock, which
    /// `now_there` reads. Gives back the organisation with tokens for what comes then.
    pub async fn play(
        organisation: Organisation,
        client: &Client,
        mint: &Mint,
        (seed, now_there): (u64, &Now),
        advance: impl Fn(TimeDelta),
    ) -> Result<(Self, Organisation), OrganisationError> {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut past = Self::default();
        let mut behind = AGO;
        let mut number = 0;
        let mut organisation = organisation;
        let begin = now_there();
        let mut day = None;
        let pass = |time: TimeDelta, behind: &mut TimeDelta| {
            advance(time);
            *behind -= time;
        };
        for rush in rushes(begin, begin + AGO - BEFORE_THE_CURTAIN - LONGEST, &mut rng) {
            pass(rush.at - now_there(), &mut behind);
            let its_day = Some(rush.at.date_naive());
            if day != its_day {
                organisation = organisation.signed(client, &mint.behind(behind))?;
                day = its_day;
            }
            let begins = now_there().to_rfc3339();
            let mut held = Self::held_in(&organisation, &begins, &rush, &mut number, &mut rng);
            while !held.is_empty() {
                held = together(held).await?;
                past.remember(&held);
                held.retain(|one| !one.is_over());
                pass(TimeDelta::seconds(rng.random_range(10..40)), &mut behind);
            }
        }
        past.merge(&organisation.administrator).await?;
        pass(behind - BEFORE_THE_CURTAIN, &mut behind);
        let organisation = organisation.signed(client, mint)?;
        Ok((past, organisation))
    }

    /// The conversations of one hour: no customer twice.
    fn held_in(
        organisation: &Organisation,
        begins: &str,
        rush: &Rush,
        number: &mut u32,
        rng: &mut StdRng,
    ) -> Vec<Held> {
        let (mut english, mut dutch) = (ENGLISH.to_vec(), DUTCH.to_vec());
        english.shuffle(rng);
        dutch.shuffle(rng);
        let written = |dialogue: &&Dialogue| dialogue.line != Line::Voice;
        let all: Vec<&'static Dialogue> = dialogues::all().iter().filter(written).collect();
        let at_once = if rush.busy {
            AT_ONCE_WHEN_BUSY
        } else {
            AT_ONCE
        };
        let mut held = Vec::with_capacity(at_once);
        while held.len() < at_once && !(english.is_empty() && dutch.is_empty()) {
            let (Some(dialogue), Some(messaging)) = (all.choose(rng), MESSAGING.choose(rng)) else {
                break;
            };
            let customer = match dialogue.language {
                Language::English => english.pop(),
                Language::Dutch => dutch.pop(),
            };
            let intake = place_of(dialogue.language, dialogue.line);
            let works_there = |mind| {
                let people = organisation.people.iter();
                people
                    .filter(|person| person.mind == mind && person.intakes.contains(&intake))
                    .collect::<Vec<_>>()
            };
            let agents = works_there(Mind::Simulated);
            let (Some(customer), Some(agent)) = (customer, agents.choose(rng)) else {
                continue;
            };
            *number += 1;
            let at = &organisation.intakes[intake];
            held.push(Held {
                key: format!("past-{number}"),
                gateway: organisation.gateway.clone(),
                agent: agent.caller.clone(),
                dialogue,
                channel: dialogue.labels.channel.unwrap_or(messaging),
                customer,
                place: json!({
                    "queueId": at.queue,
                    "workstreamId": at.workstream,
                    "noticeGivenAt": begins,
                }),
                script: Script::choose(dialogue, rush, rng),
                steps: 0,
                id: None,
                customer_id: None,
                said: vec![None; dialogue.turns.len()],
            });
        }
        held
    }

    fn remember(&mut self, held: &[Held]) {
        for one in held {
            let key = (one.customer, one.channel);
            if let Some(customer) = &one.customer_id {
                self.customers.insert(key, customer.clone());
            }
            if let (true, Some(id)) = (one.is_over(), &one.id) {
                self.last.insert(key, id.clone());
            }
        }
    }

    /// Some who wrote on two channels were one person all along.
    async fn merge(&self, administrator: &Caller) -> Result<(), ClientError> {
        let mut merged = BTreeSet::new();
        let pairs = self.customers.iter().zip(self.customers.iter().skip(1));
        for (((one, _), survives), ((other, _), ends)) in pairs {
            if one != other || survives == ends || !merged.insert(*one) {
                continue;
            }
            let reason = "Wrote on two channels";
            let input = json!({ "survivingId": survives, "mergedId": ends, "reason": reason });
            let key = format!("merge-{}", merged.len());
            administrator
                .mutate(&Mutation::MERGE_CUSTOMERS, input, &key)
                .await?;
            if merged.len() == MERGED {
                break;
            }
        }
        Ok(())
    }
}

/// Some customers who write in the same hour.
struct Rush {
    at: DateTime<Utc>,
    /// Whether agents have little time.
    busy: bool,
    /// Whether some conversations are told in full.
    in_full: bool,
}

/// When customers write between these instants, in order.
fn rushes(from: DateTime<Utc>, to: DateTime<Utc>, rng: &mut StdRng) -> Vec<Rush> {
    let mut rushes = Vec::new();
    for day in (0..=DAYS.unsigned_abs())
        .filter_map(|day| from.date_naive().checked_add_days(Days::new(day)))
    {
        let busy = rng.random_ratio(1, BUSY_ONE_IN);
        for hour in HOURS {
            let Some(time) =
                NaiveTime::from_hms_opt(hour, rng.random_range(0..30), rng.random_range(0..60))
            else {
                continue;
            };
            let at = day.and_time(time).and_utc();
            let in_full = rng.random_ratio(1, IN_FULL_ONE_IN);
            if from < at && at < to {
                let busy = busy && hour == BUSY_HOUR;
                rushes.push(Rush { at, busy, in_full });
            }
        }
    }
    rushes
}

/// A step of a conversation that is past.
#[derive(Clone, Debug)]
enum Step {
    /// Nothing happens for a while.
    Waits,
    /// The turn with this index is said.
    Said(usize),
    Picked,
    Follows(Afterwards),
    EndedByCustomer,
    EndedByAgent,
    Closed,
    Rated(u8),
}

/// What is still to happen, the next step last.
struct Script(Vec<Step>);

impl Script {
    fn choose(dialogue: &Dialogue, rush: &Rush, rng: &mut StdRng) -> Self {
        let mut steps = vec![Step::Said(0)];
        let fate = rng.random_range(0..100);
        let in_full = rng.random_ratio(1, IN_FULL_ONE_IN) && rush.in_full;
        let rated = rng.random_ratio(55, 100);
        let score = rating(dialogue, rng);
        let (waits, leave) = if rush.busy { (2..9, 20) } else { (0..2, 4) };
        let waits = rng.random_range(waits);
        steps.extend(std::iter::repeat_n(Step::Waits, waits));
        // Some leave before anybody has time for them.
        if fate < leave {
            steps.push(Step::EndedByCustomer);
            steps.reverse();
            return Self(steps);
        }
        steps.push(Step::Picked);
        // Of most only how they began and how they ended, which is soon told.
        let turns = dialogue.turns.len();
        steps.extend(
            (1..turns)
                .filter(|turn| in_full || *turn < 2 || turn + 1 >= turns)
                .map(Step::Said),
        );
        steps.push(if fate < 40 {
            Step::EndedByCustomer
        } else {
            Step::EndedByAgent
        });
        steps.push(Step::Closed);
        if rated {
            steps.push(Step::Rated(score));
        }
        steps.reverse();
        Self(steps)
    }
}

/// A conversation of the past, while it is held.
struct Held {
    key: String,
    gateway: Caller,
    agent: Caller,
    dialogue: &'static Dialogue,
    channel: &'static str,
    customer: &'static str,
    /// Its queue, its workstream, and when the customer was told that conversations may be watched.
    place: Value,
    script: Script,
    /// Steps that were taken, for keys that never repeat.
    steps: u32,
    id: Option<String>,
    customer_id: Option<String>,
    said: Said,
}

/// Lets the next thing happen to each, at the same time.
async fn together(held: Vec<Held>) -> Result<Vec<Held>, ClientError> {
    let mut steps = JoinSet::new();
    for mut one in held {
        steps.spawn(async move { one.go_on().await.map(|()| one) });
    }
    let done = steps.join_all().await;
    let mut held: Vec<Held> = done.into_iter().collect::<Result<_, _>>()?;
    // In their order again, whoever was faster.
    held.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(held)
}

impl Held {
    fn is_over(&self) -> bool {
        self.script.0.is_empty()
    }

    async fn go_on(&mut self) -> Result<(), ClientError> {
        let Some(step) = self.script.0.pop() else {
            return Ok(());
        };
        self.steps += 1;
        let key = format!("{}-{}", self.key, self.steps);
        let mut input = json!({ "conversationId": self.id });
        let (actor, mutation) = match step {
            Step::Waits => return Ok(()),
            Step::Said(turn) => return self.say(turn, &key).await,
            Step::Follows(what) => {
                let (mutation, input) = what.request();
                let actor = match what.by() {
                    Who::Customer => &self.gateway,
                    Who::Agent => &self.agent,
                };
                return actor.mutate(&mutation, input, &key).await.map(drop);
            }
            Step::Picked => (&self.agent, Mutation::PICK),
            Step::EndedByCustomer => (&self.gateway, Mutation::END_BY_CUSTOMER),
            Step::EndedByAgent => (&self.agent, Mutation::END),
            Step::Closed => {
                input = self.dialogue.closing();
                input["conversationId"] = json!(self.id);
                (&self.agent, Mutation::CLOSE)
            }
            Step::Rated(score) => {
                input["score"] = json!(score);
                input["comment"] = json!(dialogues::rating_comment(self.dialogue.language, score));
                (&self.gateway, Mutation::RECORD_RATING)
            }
        };
        actor.mutate(&mutation, input, &key).await.map(drop)
    }

    async fn say(&mut self, at: usize, key: &str) -> Result<(), ClientError> {
        let turn: &Turn = &self.dialogue.turns[at];
        let payload = match (turn.who, &self.id) {
            (Who::Agent, id) => {
                let mut input = saying::by_agent(turn, &self.said);
                input["conversationId"] = json!(id);
                self.agent.mutate(&Mutation::SEND, input, key).await?
            }
            (Who::Customer, id) => {
                let mut input = saying::by_customer(turn, &self.said, &format!("in-{key}"));
                if id.is_none() {
                    self.describe(&mut input);
                    self.gateway.mutate(&Mutation::RECEIVE, input, key).await?
                } else {
                    input["conversationId"] = json!(id);
                    let message = &Mutation::CUSTOMER_MESSAGE;
                    self.gateway.mutate(message, input, key).await?
                }
            }
        };
        if let Some(id) = payload["conversation"]["id"].as_str() {
            self.id = Some(id.to_owned());
            let customer = payload["conversation"]["customer"]["id"].as_str();
            self.customer_id = customer.map(str::to_owned);
        }
        let message = saying::message_of(&payload).unwrap_or_default();
        // Where all is well, only the last answer is reported, which takes the others with it.
        let reported = reports_delivery(self.channel) && at + 2 >= self.dialogue.turns.len()
            || turn
                .extras
                .iter()
                .any(|extra| matches!(extra, dialogues::Extra::Failed { .. }));
        let afterwards = Afterwards::of(turn, message, reported);
        let steps = afterwards.into_iter().rev().map(Step::Follows);
        self.script.0.extend(steps);
        self.said[at] = Some(message.to_owned());
        Ok(())
    }

    /// What a conversation that starts is.
    fn describe(&self, input: &mut Value) {
        let labels = &self.dialogue.labels;
        for (field, value) in [
            ("channel", json!(self.channel)),
            (
                "customer",
                json!({ "key": self.customer, "name": self.customer }),
            ),
            ("queueId", self.place["queueId"].clone()),
            ("workstreamId", self.place["workstreamId"].clone()),
            ("noticeGivenAt", self.place["noticeGivenAt"].clone()),
            ("subject", json!(self.dialogue.subject)),
            ("tags", json!(labels.tags)),
            ("priority", json!(labels.priority)),
            ("attributes", json!(self.dialogue.attributes())),
            ("consent", json!("GRANTED")),
        ] {
            input[field] = value;
        }
    }
}
