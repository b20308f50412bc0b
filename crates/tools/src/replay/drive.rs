//! Playing one dialogue: the gateway starts it and brings what the customer wrote, an agent picks
//! it, answers, ends and closes it. Every step waits for the one before.

use serde_json::{Value, json};

use super::input::{Dialogue, From, Message};
use super::pace::Pace;
use super::stage::Intake;
use super::summary::Tally;
use crate::Now;
use crate::client::{Caller, ClientError, Mutation};

/// One dialogue on its way.
pub(super) struct Play<'a> {
    pub(super) gateway: &'a Caller,
    pub(super) agent: &'a Caller,
    pub(super) intake: &'a Intake,
    pub(super) pace: Pace,
    /// The instant now.
    pub(super) now: &'a Now,
    /// What every idempotency key of this dialogue begins with.
    pub(super) key: String,
    pub(super) tally: &'a Tally,
    /// Called for each message that arrived.
    pub(super) arrived: &'a (dyn Fn() + Sync),
}

impl Play<'_> {
    /// Plays it, and counts what comes of it. The first step that is lost ends it: whatever
    /// happened to the conversation, the rest of the recording is no longer about it.
    pub(super) async fn run(&self, dialogue: &Dialogue) {
        let result = self.play(dialogue).await;
        if let Err(error) = &result {
            self.tally.lost(error);
        }
        self.tally.over(result.is_ok());
    }

    async fn play(&self, dialogue: &Dialogue) -> Result<(), ClientError> {
        let conversation = self.start(dialogue).await?;
        let on = |more: Value| {
            let mut input = more;
            input["conversationId"] = json!(conversation);
            input
        };
        let mut picked = false;
        for (index, message) in dialogue.messages.iter().enumerate() {
            // The customer's first message waits in the queue; whatever follows is a conversation.
            if !picked && (index > 0 || message.from == From::Agent) {
                self.step(self.agent, &Mutation::PICK, on(json!({})), "pick")
                    .await?;
                picked = true;
            }
            self.pace.before(&message.text).await;
            self.message(message, on(json!({ "text": message.text })), index)
                .await?;
        }
        if !dialogue.ends {
            return Ok(());
        }
        if !picked {
            self.step(self.agent, &Mutation::PICK, on(json!({})), "pick")
                .await?;
        }
        self.step(self.agent, &Mutation::END, on(json!({})), "end")
            .await?;
        self.pace.after_work().await;
        self.step(self.agent, &Mutation::CLOSE, on(json!({})), "close")
            .await
    }

    /// Notice and consent are given, so that supervisors can monitor whatever the workstream asks.
    async fn start(&self, dialogue: &Dialogue) -> Result<String, ClientError> {
        let input = json!({
            "channel": dialogue.channel.as_str(),
            "queueId": self.intake.queue,
            "workstreamId": self.intake.workstream,
            "customer": { "key": format!("replay:{}", dialogue.id) },
            "subject": format!("Replay of {}", dialogue.id),
            "noticeGivenAt": (self.now)().to_rfc3339(),
            "consent": "GRANTED",
        });
        let key = format!("{}-start", self.key);
        let payload = self.gateway.mutate(&Mutation::START, input, &key).await?;
        let id = payload["conversation"]["id"].as_str();
        Ok(id.unwrap_or_default().to_owned())
    }

    async fn message(
        &self,
        message: &Message,
        input: Value,
        index: usize,
    ) -> Result<(), ClientError> {
        let (who, mutation) = match message.from {
            From::Customer => (self.gateway, &Mutation::CUSTOMER_MESSAGE),
            From::Agent => (self.agent, &Mutation::SEND),
        };
        self.step(who, mutation, input, &index.to_string()).await?;
        self.tally.message();
        (self.arrived)();
        Ok(())
    }

    async fn step(
        &self,
        who: &Caller,
        mutation: &Mutation,
        input: Value,
        name: &str,
    ) -> Result<(), ClientError> {
        let key = format!("{}-{name}", self.key);
        who.mutate(mutation, input, &key).await.map(drop)
    }
}
