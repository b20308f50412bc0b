//! A sequence, played on a server and on the model at once.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::brought::Expected;
use super::command::{Act, Command, Ids as _, What};
use super::compare::{FACTS, customer_differs, differences};
use super::people::Person;
use super::rules::{Each, Verdict};
use super::stage::Stage;
use super::world::{Moment, World};
use crate::harness::cursors::opened;
use crate::harness::{Database, input_type};

/// The model and the server disagree.
#[derive(Debug)]
pub struct Failure {
    /// What it is about, to tell whether a shorter sequence fails alike.
    pub kind: String,
    pub detail: String,
}

pub(super) fn fails<T>(kind: impl Into<String>, detail: impl Into<String>) -> Told<T> {
    Err(Failure {
        kind: kind.into(),
        detail: detail.into(),
    })
}

/// How long the timers may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(6);

pub struct Play {
    pub stage: Stage,
    pub world: World,
    passed: usize,
}

pub(super) type Told<T> = Result<T, Failure>;

impl Play {
    pub async fn on(database: Database) -> Self {
        let stage = Stage::on(database).await;
        Self {
            world: World::new(stage.server.clock.now()),
            stage,
            passed: 0,
        }
    }

    /// Carries out one command; what it came to: `DONE`, `REPEAT` or the code.
    pub async fn step(&mut self, command: &Command) -> Told<String> {
        if let What::Pass(seconds) = command.what {
            self.pass(seconds).await?;
            return Ok("DONE".to_owned());
        }
        let from = self.stage.server.clock.now();
        self.world.now = from;
        let verdict = self.world.judge(command);
        let payload = self.ask(command).await;
        let at = Moment {
            from,
            to: self.stage.server.clock.now(),
        };
        let error = &payload["errors"][0];
        let code = error["code"].as_str();
        let about = command.mutation();
        match verdict {
            Verdict::Refused(codes) => match code {
                Some(code) if codes.contains(&code) => {
                    self.refusal(command, code, &payload)?;
                    Ok(code.to_owned())
                }
                _ => fails(
                    format!("{about} {codes:?} {code:?}"),
                    format!("must be refused with {codes:?}; answer: {payload}"),
                ),
            },
            _ if code.is_some() => fails(
                format!("{about} {code:?}"),
                format!("must be done; answer: {payload}"),
            ),
            Verdict::Repeat(as_of) if is_place(&payload["asOf"], &as_of) => {
                self.repeated(command, &payload)?;
                Ok("REPEAT".to_owned())
            }
            Verdict::Repeat(as_of) => fails(
                format!("{about} repeat"),
                format!("must answer asOf {as_of} again; answer: {payload}"),
            ),
            Verdict::Done => {
                let as_of = payload["asOf"].as_str().unwrap_or("none");
                let expected = self.expected(command);
                self.world.carry_out(command, as_of, at);
                let items = self.world.items(command);
                let each = self.world.each(command, items, at);
                self.each_came_to(command, &each, &payload)?;
                self.carried(command, &expected, &payload)?;
                self.answer(command, &expected, &payload)?;
                Ok("DONE".to_owned())
            }
        }
    }

    /// The token with which somebody asks. A new one takes over the looks that the last one held.
    pub(super) fn token(&mut self, subject: &str, again: bool) -> String {
        let now = self.stage.server.clock.now();
        if subject == "sue" && self.stage.renew(again) {
            let at = Moment {
                from: now,
                to: self.stage.server.clock.now(),
            };
            self.world.refreshed("sue", at);
        }
        self.stage.token_of(subject)
    }

    async fn ask(&mut self, command: &Command) -> Value {
        let mutation = command.mutation();
        let again = matches!(command.what, What::On(_, Act::Monitor));
        let token = self.token(command.by, again);
        let more = match command.what {
            What::On(_, Act::Assign { .. } | Act::Transfer { .. }) => "capacityExceededBy",
            What::On(_, Act::Message(..)) => "applied messageId",
            What::On(_, Act::CustomerWrites { .. }) => "duplicate messageId",
            What::On(_, Act::Send { .. } | Act::Coach(_)) => "message { id }",
            What::On(_, Act::RequestHelp { .. }) => "noteId",
            What::Bulk(..) | What::Drain { .. } => "results { conversationId refusal { code } }",
            What::Receive(_) => "started duplicate messageId",
            _ => "",
        };
        let shown = match command.what {
            What::On(..) | What::Start { .. } => format!("conversation {{ {FACTS} }}"),
            What::Receive(_) => format!("conversation {{ {FACTS} previous {{ id }} }}"),
            What::Name(..) | What::Merge(..) => "customer { id name }".to_owned(),
            _ => String::new(),
        };
        let query = format!(
            "mutation($input: {}!) {{ {mutation}(input: $input) {{ asOf {more} {shown}
                errors {{ code ... on VersionConflict {{ currentVersion }} ... on AlreadyAssigned {{ agent {{ name }} }} }} }} }}",
            input_type(mutation)
        );
        let variables = json!({ "input": command.input(&self.stage) });
        let response = self.stage.server.post(&token, &query, variables).await;
        match response["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => json!({ "errors": [{ "code": code }], "response": response }),
            None => response["data"][mutation].clone(),
        }
    }

    /// A refusal shows what helps, and nothing else.
    fn refusal(&self, command: &Command, code: &str, payload: &Value) -> Told<()> {
        let nothing = payload["asOf"].is_null() && payload["conversation"].is_null();
        let number = command.conversation();
        let on = number.and_then(|number| self.world.conversations.get(&number));
        let error = &payload["errors"][0];
        let helps = match (code, on) {
            ("VERSION_CONFLICT", Some(on)) => error["currentVersion"] == on.version,
            ("ALREADY_ASSIGNED", Some(on)) => {
                let offered = on.offer.as_ref().map(|offer| offer.to);
                error["agent"]["name"] == json!(on.primary.or(offered))
            }
            _ => true,
        };
        if nothing && helps {
            return Ok(());
        }
        fails(format!("{code} detail"), format!("answer: {payload}"))
    }

    /// A repeat shows the conversation to who still sees it only.
    fn repeated(&self, command: &Command, payload: &Value) -> Told<()> {
        let kept = command.key.map(|key| &self.world.keys[&(command.by, key)]);
        let number = kept.and_then(|kept| kept.about);
        let on = number.and_then(|number| self.world.conversations.get(&number));
        let sees = on.is_some_and(|on| self.world.sees(Person::of(command.by), on));
        if sees != payload["conversation"].is_null() {
            return Ok(());
        }
        fails(
            "repeat shown",
            format!("must be shown: {sees}; answer: {payload}"),
        )
    }

    /// What was done shows the conversation as it is now, to who still sees it.
    fn answer(&mut self, command: &Command, expected: &Expected, payload: &Value) -> Told<()> {
        let Some(number) = expected.about else {
            return Ok(());
        };
        let person = Person::of(command.by);
        let about = command.mutation();
        let shown = &payload["conversation"];
        let sees = self.world.sees(person, &self.world.conversations[&number]);
        if sees == shown.is_null() {
            return fails(
                format!("{about} shown"),
                format!("must be shown: {sees}; answer: {payload}"),
            );
        }
        let on = self.world.conversations.get_mut(&number);
        let on = on.filter(|_| sees);
        let Some(on) = on else {
            return Ok(());
        };
        let mut wrong = differences(&self.stage, person, on, shown);
        wrong.extend(customer_differs(
            on.customer,
            &self.stage,
            &self.world.customers,
            shown,
        ));
        if let What::On(_, Act::Assign { .. } | Act::Transfer { .. }) = command.what {
            let exceeds = on.offer.as_ref().map(|offer| offer.exceeds);
            if payload["capacityExceededBy"] != json!(exceeds) {
                wrong.push(format!("capacityExceededBy: expected {exceeds:?}"));
            }
        }
        told(about, &wrong)
    }

    /// What was done to many says of each what came of it.
    fn each_came_to(&self, command: &Command, each: &Each, payload: &Value) -> Told<()> {
        let Some(results) = payload["results"].as_array() else {
            return Ok(());
        };
        let about = command.mutation();
        let all = each.len() == results.len();
        for (number, codes) in each.iter().filter(|_| all) {
            let id = json!(self.stage.conversation(*number));
            let result = results.iter().find(|result| result["conversationId"] == id);
            let code = result.map(|result| result["refusal"]["code"].as_str());
            let as_expected = match (code, codes) {
                (Some(None), None) => true,
                (Some(Some(code)), Some(codes)) => codes.contains(&code),
                _ => false,
            };
            if !as_expected {
                return fails(
                    format!("{about} each {codes:?} {code:?}"),
                    format!("c{number} must be {codes:?}; answer: {payload}"),
                );
            }
        }
        if all {
            return Ok(());
        }
        fails(
            format!("{about} each"),
            format!("expected {each:?}; answer: {payload}"),
        )
    }

    /// Time passes: so much, or a little more, so that nothing comes due just then.
    async fn pass(&mut self, seconds: i64) -> Told<()> {
        // What the model left open about clocks is settled before they run on.
        self.look_as("ada", None).await?;
        let now = self.stage.server.clock.now();
        let mut target = now + TimeDelta::seconds(seconds);
        let near = |target| {
            let close = |due: &Moment| {
                due.to > target - TimeDelta::seconds(2)
                    && due.from < target + TimeDelta::seconds(40)
            };
            let due = self.world.due();
            due.into_iter().filter(close).map(|due| due.to).max()
        };
        while let Some(due) = near(target) {
            target = due + TimeDelta::seconds(3);
        }
        self.stage.server.clock.advance(target - now);
        let from = self.stage.server.clock.now();
        let to = from + TimeDelta::from_std(PATIENCE).unwrap();
        let fired = self.world.pass(Moment { from, to });
        self.passed += 1;
        if fired == 0 && self.passed.is_multiple_of(4) {
            // Nothing may happen: give it the time to.
            tokio::time::sleep(Duration::from_millis(450)).await;
        }
        let since = Instant::now();
        loop {
            match self.lapsed().await {
                Ok(()) => return Ok(()),
                Err(failure) if since.elapsed() > PATIENCE => {
                    return fails("time", failure.detail);
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(25)).await,
            }
        }
    }

    /// What is ongoing, and where a review ended just now that.
    async fn lapsed(&mut self) -> Told<()> {
        self.look_as("ada", None).await?;
        for number in self.world.lapsed.clone() {
            let shown = self.look_as("ada", Some(number)).await?;
            self.closely(Person::of("ada"), number, &shown)?;
        }
        Ok(())
    }
}

pub(super) fn told(about: &str, wrong: &[String]) -> Told<()> {
    match wrong.first() {
        None => Ok(()),
        Some(first) => {
            let field = first
                .split(':')
                .nth(usize::from(about == "view" || about == "closely"));
            fails(
                format!("{about} {}", field.unwrap_or_default()),
                wrong.join("\n    "),
            )
        }
    }
}

/// Whether a cursor is of this place: its text is another each time.
fn is_place(cursor: &Value, place: &str) -> bool {
    cursor.is_string() && opened(cursor) == opened(&json!(place))
}
