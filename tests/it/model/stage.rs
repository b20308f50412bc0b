//! A server with the organisation of [`super::people`], and everybody's tokens.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, Permission, Role};
use serde_json::{Value, json};

use super::command::Ids;
use super::people::{AGENTS, PEOPLE, Person, QUEUES, SHORT, WORKSTREAMS, spelled};
use crate::harness::{Database, Server, Token};

/// Longer than any sequence moves the clock.
const LONG: Duration = Duration::from_hours(24 * 365 * 20);

pub struct Stage {
    pub server: Server,
    tokens: HashMap<&'static str, String>,
    agents: HashMap<&'static str, String>,
    queues: HashMap<&'static str, String>,
    workstreams: HashMap<&'static str, String>,
    conversations: HashMap<usize, String>,
    messages: HashMap<(usize, usize), String>,
    customers: HashMap<usize, String>,
    /// The token of `sue`, with its expiry.
    short: Option<(String, DateTime<Utc>)>,
}

impl Stage {
    pub async fn on(database: Database) -> Self {
        let server = Server::on(database).await;
        let admin = Token::administrator().sign();
        let lists =
            "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } }";
        let lists = server.data(&admin, lists, json!({})).await;
        let given = |list: &str, kind: &str| {
            let edges = lists[list]["edges"].as_array().unwrap();
            let edge = edges.iter().find(|edge| edge["node"]["kind"] == kind);
            text(&edge.unwrap()["node"]["id"])
        };
        let mut stage = Self {
            tokens: HashMap::new(),
            agents: HashMap::new(),
            queues: HashMap::new(),
            workstreams: HashMap::new(),
            conversations: HashMap::new(),
            messages: HashMap::new(),
            customers: HashMap::new(),
            short: None,
            server,
        };
        for (name, kind) in QUEUES {
            let id = if matches!(*name, "A" | "V" | "R") {
                given("queues", kind)
            } else {
                let input = json!({ "name": name, "kind": kind });
                let made = stage
                    .server
                    .done(&admin, "createQueue", input, "queue { id }");
                text(&made.await["queue"]["id"])
            };
            stage.queues.insert(name, id);
        }
        for workstream in WORKSTREAMS {
            let id = if workstream.name == workstream.kind.to_lowercase() {
                given("workstreams", workstream.kind)
            } else {
                stage.found(&admin, workstream).await
            };
            stage.workstreams.insert(workstream.name, id);
        }
        stage.hire(&admin).await;
        for person in PEOPLE {
            let token = stage.token(person).lasting(LONG).sign();
            stage.tokens.insert(person.subject, token);
        }
        stage
    }

    async fn found(&self, admin: &str, workstream: &super::people::Workstream) -> String {
        let mut input = json!({
            "name": workstream.name, "units": workstream.units,
            "monitoringNotice": workstream.notice, "allowedPresences": workstream.presences,
            "offerTimeoutSeconds": workstream.offer, "customerGraceSeconds": workstream.grace,
            "wrapUpCapacitySeconds": workstream.wrap_up, "autoClose": {},
        });
        for (state, seconds) in workstream.own {
            let field = match *state {
                "OPEN" => "openSeconds",
                "ACTIVE" => "activeSeconds",
                "WAITING" => "waitingSeconds",
                "WRAP_UP" => "wrapUpSeconds",
                other => panic!("{other} never closes by itself"),
            };
            input["autoClose"][field] = json!(seconds);
        }
        let fields = "workstream { id }";
        let made = self.server.done(admin, "createWorkstream", input, fields);
        text(&made.await["workstream"]["id"])
    }

    async fn hire(&mut self, admin: &str) {
        for hired in AGENTS {
            let queues: Vec<_> = hired.queues.iter().map(|name| &self.queues[name]).collect();
            let mut input = json!({
                "subject": hired.name, "name": hired.name, "queueIds": queues,
                "kind": if hired.bot { "BOT" } else { "HUMAN" },
            });
            if !hired.bot {
                input["capacity"] = json!(hired.capacity);
            }
            let made = self
                .server
                .done(admin, "createAgent", input, "agent { id }");
            let id = text(&made.await["agent"]["id"]);
            self.agents.insert(hired.name, id);
            if !hired.bot {
                let input = json!({ "presence": "AVAILABLE" });
                let token = Token::agent(hired.name).sign();
                self.server.done(&token, "setPresence", input, "").await;
            }
        }
        let on = json!({
            "supervisorMonitor": true, "supervisorAssign": true,
            "supervisorTransfer": true, "supervisorForceClose": true, "supervisorTakeOver": true,
        });
        let done = self.server.done(admin, "updateSupervisorSettings", on, "");
        done.await;
    }

    fn token(&self, person: &Person) -> Token {
        let roles: Vec<Role> = person.roles.iter().map(|name| role(name)).collect();
        let permissions: Vec<Permission> =
            person.permissions.iter().map(|name| may(name)).collect();
        let channels: Vec<Channel> = person.channels.iter().map(|name| channel(name)).collect();
        let token = Token::supervisor(person.subject)
            .roles(&roles)
            .permissions(&permissions)
            .channels(&channels)
            .source("gateway");
        match person.scope {
            None => token,
            Some(scope) => {
                let ids: Vec<&str> = scope.iter().map(|name| &*self.queues[name]).collect();
                token.queues(&ids)
            }
        }
    }

    /// A token of `sue` that lasts an hour from now, by the server's clock.
    fn short(&self) -> (String, DateTime<Utc>) {
        let now = self.server.clock.now();
        let ahead = now - Utc::now() + TimeDelta::seconds(SHORT);
        let lasting = Duration::from_secs(ahead.num_seconds().try_into().unwrap());
        let token = self.token(Person::of("sue")).lasting(lasting).sign();
        (token, now + TimeDelta::seconds(SHORT))
    }

    /// `sue` takes another token when hers is about to expire, or `again`; whether she did.
    pub fn renew(&mut self, again: bool) -> bool {
        let soon = self.server.clock.now() + TimeDelta::seconds(30);
        let lasts = self.short.as_ref().is_some_and(|(_, until)| *until > soon);
        let renews = again || !lasts;
        if renews {
            self.short = Some(self.short());
        }
        renews
    }

    /// The token with which somebody asks.
    pub fn token_of(&self, subject: &str) -> String {
        match &self.short {
            Some((token, _)) if subject == "sue" => token.clone(),
            _ => self.tokens[subject].clone(),
        }
    }

    pub fn started(&mut self, number: usize, customer: usize, shown: &Value) {
        self.conversations.insert(number, text(&shown["id"]));
        // Who was merged since keeps the id by which they were known.
        let id = text(&shown["customer"]["id"]);
        self.customers.entry(customer).or_insert(id);
    }

    /// A message has this id; whether that is the one that it had before.
    pub fn posted(&mut self, conversation: usize, place: usize, id: &Value) -> bool {
        let known = self.messages.entry((conversation, place));
        id == known.or_insert_with(|| text(id))
    }

    /// The number of a conversation by its id.
    pub fn number(&self, id: &Value) -> Option<usize> {
        let mut all = self.conversations.iter();
        let found = all.find(|(_, one)| id == *one);
        found.map(|(number, _)| *number)
    }
}

/// What no id names.
const NOWHERE: &str = "0190163d8694739baea5966c26f8ad91";

impl Ids for Stage {
    fn conversation(&self, number: usize) -> String {
        let id = self.conversations.get(&number).cloned();
        id.unwrap_or_else(|| format!("conv_{NOWHERE}"))
    }

    fn agent(&self, name: &str) -> String {
        let id = self.agents.get(name).cloned();
        id.unwrap_or_else(|| format!("agent_{NOWHERE}"))
    }

    fn queue(&self, name: &str) -> String {
        let id = self.queues.get(name).cloned();
        id.unwrap_or_else(|| format!("queue_{NOWHERE}"))
    }

    fn workstream(&self, name: &str) -> String {
        self.workstreams[name].clone()
    }

    fn message(&self, conversation: usize, place: usize) -> String {
        let id = self.messages.get(&(conversation, place)).cloned();
        id.unwrap_or_else(|| format!("msg_{NOWHERE}"))
    }

    fn customer(&self, number: usize) -> String {
        let id = self.customers.get(&number).cloned();
        id.unwrap_or_else(|| format!("cust_{NOWHERE}"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn role(name: &str) -> Role {
    Role::parse(name).unwrap_or_else(|| panic!("no role {name}"))
}

fn may(name: &str) -> Permission {
    let permission = Permission::parse(&spelled(name));
    permission.unwrap_or_else(|| panic!("no permission {name}"))
}

fn channel(name: &str) -> Channel {
    Channel::parse(name).unwrap_or_else(|| panic!("no channel {name}"))
}
