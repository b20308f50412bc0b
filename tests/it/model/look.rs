//! The whole world, as each person sees it.

use serde_json::{Value, json};

use super::command::Ids;
use super::compare::{CLOSELY, FACTS, close_differences, customer_differs, differences, reads};
use super::people::Person;
use super::play::{Play, Told, fails, told};
use super::world::World;

impl Play {
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
    pub(super) async fn look_as(&mut self, subject: &str, closely: Option<usize>) -> Told<Value> {
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
                let mut lines = differences(&self.stage, person, on, node);
                let customer = on.customer;
                lines.extend(customer_differs(
                    customer,
                    &self.stage,
                    &self.world.customers,
                    node,
                ));
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

    pub(super) fn closely(&mut self, person: &Person, number: usize, shown: &Value) -> Told<()> {
        let Some(on) = self.world.conversations.get(&number) else {
            return Ok(());
        };
        let sees = self.world.sees(person, on);
        let who = format!("{}, c{number}", person.subject);
        let earlier = self.world.reads_earlier(person, on);
        let finds = sees || World::finds(person, on) || earlier.is_some();
        if finds == shown.is_null() {
            return fails("closely", format!("{who}: must be found: {finds}; {shown}"));
        }
        if !sees && finds && !reads(person, earlier.as_deref(), shown) {
            return fails(
                "closely",
                format!("{who}: must have the header, and of the transcript {earlier:?}: {shown}"),
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
