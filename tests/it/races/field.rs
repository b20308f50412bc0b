//! What races are run with: people, conversations to race for, and figures of how they ended.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures_util::future::join_all;

use crate::harness::{Database, figures};
use crate::stage::{Stage, agent};

/// How often each outcome came.
#[derive(Default)]
pub struct Outcomes(BTreeMap<String, usize>);

impl Outcomes {
    pub fn add(&mut self, outcome: &str) {
        *self.0.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Keeps the figures of a proof: how many races, and what came of them.
    pub fn record(&self, name: &str, stage: &Stage, events: usize) {
        let races: usize = self.0.values().sum();
        let mut text = format!("{races} races, {events} events");
        for (outcome, times) in &self.0 {
            write!(text, ", {times} {outcome}").unwrap();
        }
        figures::record(&format!("race-{name}-{}", stage.database.kind()), &text);
    }
}

/// A stage with these agents of so many units each, and their ids.
pub async fn staffed(database: Database, agents: &[&str], units: u32) -> (Stage, Vec<String>) {
    let stage = Stage::on(database, &[]).await;
    let mut ids = Vec::new();
    for name in agents {
        ids.push(stage.hire(name, units).await);
    }
    (stage, ids)
}

/// Conversations that this agent picked.
pub async fn picked(stage: &Stage, by: &str, count: usize) -> Vec<String> {
    let ids = join_all((0..count).map(|_| stage.start("WHATSAPP"))).await;
    for id in &ids {
        stage.act(&agent(by), "pickConversation", id).await;
    }
    ids
}

/// The one event of these kinds that the conversation has.
pub async fn one_of(stage: &Stage, id: &str, kinds: &[&str]) -> String {
    let all = stage.kinds(id).await;
    let of_these: Vec<&String> = all
        .iter()
        .filter(|kind| kinds.contains(&&***kind))
        .collect();
    assert_eq!(of_these.len(), 1, "{all:?}");
    of_these[0].clone()
}
