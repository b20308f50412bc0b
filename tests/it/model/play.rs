//! A sequence, played on a server and on the model at once.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::command::{Act, Command, Ids, What};
use super::compare::{CLOSELY, FACTS, close_differences, differences};
use super::people::Person;
use super::rules::Verdict;
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

type Told<T> = Result<T, Failure>;

fn fails<T>(kind: impl Into<String>, detail: impl Into<String>) -> Told<T> {
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

impl Play {
    pub async fn on(database: Database) -> Self {
        Self {
            stage: Stage::on(database).await,
            world: World::new(),
            passed: 0,
        }
    }

    /// Carries out one command; what it came to: `DONE`, `REPEAT` or the code.
    pub async fn step(&mut self, command: &Command) -> Told<String> {
        if let What::Pass(seconds) = command.what {
            self.pass(seconds).await?;
            return Ok("DONE".to_owned());
        }
        let verdict = self.world.judge(command);
        let from = self.stage.server.clock.now();
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
                self.world.carry_out(command, as_of, at);
                if let What::Start { conversation, .. } = &command.what
                    && let Some(id) = payload["conversation"]["id"].as_str()
                {
                    self.stage.started(*conversation, id.to_owned());
                }
                self.answer(command, &payload)?;
                Ok("DONE".to_owned())
            }
        }
    }

    /// The token with which somebody asks. A new one takes over the looks that the last one held.
    fn token(&mut self, subject: &str, again: bool) -> String {
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
            _ => "",
        };
        let shown = match command.conversation() {
            Some(_) => format!("conversation {{ {FACTS} }}"),
            None => String::new(),
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
        let number = command.conversation();
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
    fn answer(&mut self, command: &Command, payload: &Value) -> Told<()> {
        let Some(number) = command.conversation() else {
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
        if let What::On(_, Act::Assign { .. } | Act::Transfer { .. }) = command.what {
            let exceeds = on.offer.as_ref().map(|offer| offer.exceeds);
            if payload["capacityExceededBy"] != json!(exceeds) {
                wrong.push(format!("capacityExceededBy: expected {exceeds:?}"));
            }
        }
        told(about, &wrong)
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
            match self.look_as("ada", None).await {
                Ok(_) => return Ok(()),
                Err(failure) if since.elapsed() > PATIENCE => {
                    return fails("time", failure.detail);
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(25)).await,
            }
        }
    }

    /// The whole world, as everybody sees it; one conversation closely.
    pub async fn look(&mut self, closely: usize) -> Told<()> {
        for person in World::people() {
            let shown = self.look_as(person.subject, Some(closely)).await?;
            self.closely(person, closely, &shown)?;
        }
        Ok(())
    }

    /// The ongoing conversations that somebody sees; as administrator also the agents. Answers with
    /// the conversation to look at closely.
    async fn look_as(&mut self, subject: &str, closely: Option<usize>) -> Told<Value> {
        let person = Person::of(subject);
        let id = closely.map(|number| self.stage.conversation(number));
        let closely = id.map_or_else(String::new, |id| {
            format!("conversation(id: {id:?}) {{ {FACTS} {CLOSELY} }}")
        });
        let agents = "agents { edges { node { name presence activeConversations capacity { consumedUnits } } } }";
        let agents = if person.is("ADMINISTRATOR") {
            agents
        } else {
            ""
        };
        let query = format!(
            "{{ ongoingConversations(first: 100) {{ totalCount edges {{ node {{ {FACTS} }} }} }} {agents} {closely} }}"
        );
        let token = self.token(subject, false);
        let response = self.stage.server.post(&token, &query, json!({})).await;
        let Some(edges) = response["data"]["ongoingConversations"]["edges"].as_array() else {
            return fails("view", format!("{subject}: {response}"));
        };
        let mut wrong = Vec::new();
        let mut missing: Vec<usize> = self
            .world
            .conversations
            .iter()
            .filter(|(_, on)| on.ongoing() && self.world.sees(person, on))
            .map(|(number, _)| *number)
            .collect();
        for edge in edges {
            let node = &edge["node"];
            let number = self.stage.number(&node["id"]);
            let Some(number) = number.filter(|number| missing.contains(number)) else {
                wrong.push(format!("{subject} must not see c{number:?}: {node}"));
                continue;
            };
            missing.retain(|one| *one != number);
            if let Some(on) = self.world.conversations.get_mut(&number) {
                let lines = differences(&self.stage, person, on, node);
                wrong.extend(
                    lines
                        .iter()
                        .map(|line| format!("{subject}, c{number}: {line}")),
                );
            }
        }
        wrong.extend(
            missing
                .iter()
                .map(|number| format!("{subject} must see c{number}")),
        );
        let agents = response["data"]["agents"]["edges"].as_array();
        for edge in agents.into_iter().flatten() {
            wrong.extend(self.agent_differs(&edge["node"]));
        }
        told("view", &wrong)?;
        if !response["errors"].is_null() {
            return fails("view errors", format!("{subject}: {response}"));
        }
        Ok(response["data"]["conversation"].clone())
    }

    fn agent_differs(&self, node: &Value) -> Option<String> {
        let name = node["name"].as_str()?;
        let bot = super::world::is_bot(name);
        let units = (!bot).then(|| self.world.consumed(name));
        let presence = (!bot).then(|| self.world.agents[name].presence);
        let expected = json!([presence, units, self.world.busy_with(name)]);
        let shown = json!([
            node["presence"],
            node["capacity"]["consumedUnits"],
            node["activeConversations"]
        ]);
        (expected != shown).then(|| format!("{name}: expected {expected}, is {shown}"))
    }

    fn closely(&mut self, person: &Person, number: usize, shown: &Value) -> Told<()> {
        let Some(on) = self.world.conversations.get(&number) else {
            return Ok(());
        };
        let sees = self.world.sees(person, on);
        let who = format!("{}, c{number}", person.subject);
        let finds = sees || World::finds(person, on);
        if finds == shown.is_null() {
            return fails("closely", format!("{who}: must be found: {finds}; {shown}"));
        }
        if !sees && finds && !shown["transcript"].is_null() {
            return fails(
                "closely",
                format!("{who}: must have the header alone: {shown}"),
            );
        }
        let Some(on) = self.world.conversations.get_mut(&number).filter(|_| sees) else {
            return Ok(());
        };
        let mut wrong = differences(&self.stage, person, on, shown);
        wrong.extend(close_differences(person, on, shown));
        let wrong: Vec<_> = wrong.iter().map(|line| format!("{who}: {line}")).collect();
        told("closely", &wrong)
    }
}

fn told(about: &str, wrong: &[String]) -> Told<()> {
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
