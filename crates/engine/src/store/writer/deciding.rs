//! Where the orders of one batch are decided: each against what the earlier ones left.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::look_up::Lookup;
use super::persist::{self, Kept};
use crate::board::State as BoardState;
use crate::log::{Entry, Head, chain};
use crate::store::connections::Away;
use crate::store::load::Heads;
use crate::store::order::{Answer, Order};
use crate::store::projection::{Rows, image_of};
use crate::store::{StoreError, audit, revocations};
use domain::Revocations;
use domain::Text;
use domain::{
    Actor, After, Asker, Change, Command, Conversation, ConversationId, Decision, Draft, Left,
    Outcome, Refusal, Refused, Role, Viewer, decide, policy,
};

/// What a batch came to, before it is committed.
#[derive(Default)]
pub(super) struct Decided {
    pub answers: Vec<Result<Answer, Refusal>>,
    pub entries: Vec<Arc<Entry>>,
    pub rows: Rows,
    pub audit: Vec<entity::tables::audit::ActiveModel>,
    pub texts: Vec<Text>,
    pub kept: Vec<(String, String, Kept)>,
    /// The rows of the tokens that it takes back.
    pub revoked: Vec<revocations::Read>,
    /// Whose connections go with this batch.
    pub away: Away,
    /// Which conversations are to be looked at from now on, where that is another than before.
    pub left: Option<Left>,
}

impl Decided {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.audit.is_empty()
            && self.kept.is_empty()
            && self.away.settled().is_empty()
            && self.left.is_none()
    }
}

/// Decides these orders. Pure: everything it needs is given.
pub(super) fn decide_all(
    board: &BoardState,
    revoked: &Revocations,
    mut found: Lookup,
    orders: &[&Order],
    heads: &mut Heads,
    now: DateTime<Utc>,
) -> Result<Decided, StoreError> {
    let mut draft = Draft::new(&board.world);
    for closed in std::mem::take(&mut found.closed) {
        draft.remember_closed(closed);
    }
    for message in std::mem::take(&mut found.messages) {
        draft.remember_message(message);
    }
    for (external, message) in std::mem::take(&mut found.delivered) {
        draft.remember_delivered(external, message);
    }
    if let Some(records) = found.records.take() {
        draft.remember_records(records);
    }
    for reading in std::mem::take(&mut found.readings) {
        draft.remember_reading(reading);
    }
    for (named, known) in std::mem::take(&mut found.customers.named) {
        draft.remember_customer(named, known);
    }
    for (merged, surviving) in std::mem::take(&mut found.customers.merged) {
        draft.remember_merged(merged, surviving);
    }
    let mut deciding = Deciding {
        board,
        revoked,
        draft,
        found,
        images: HashMap::new(),
        now,
    };
    let mut made = Decided::default();
    for order in orders {
        let answer = deciding.one(order, heads, &mut made)?;
        made.answers.push(answer);
    }
    deciding.finish(&mut made);
    made.away = deciding.found.away;
    Ok(made)
}

/// Whether the audit keeps it, where it keeps such a thing: of readings the first alone, and none that was refused, since
/// whoever may not read is shown nothing.
fn is_kept_of(command: &Command, decided: &Result<Decision, Refusal>) -> bool {
    let is_reading = matches!(command, Command::ReadEarlier { .. });
    !is_reading || decided.as_ref().is_ok_and(|one| !one.texts.is_empty())
}

struct Deciding<'b> {
    board: &'b BoardState,
    /// What was taken back before this batch.
    revoked: &'b Revocations,
    draft: Draft<'b>,
    found: Lookup,
    /// What changed, as JSON, as the latest event left it.
    images: HashMap<ConversationId, String>,
    now: DateTime<Utc>,
}

impl Deciding<'_> {
    fn one(
        &mut self,
        order: &Order,
        heads: &mut Heads,
        made: &mut Decided,
    ) -> Result<Result<Answer, Refusal>, StoreError> {
        let viewer = match &order.asker {
            Asker::Viewer(viewer) => Some(&**viewer),
            Asker::System => None,
        };
        let is_overtaken = match order.command {
            Command::AgentDisconnected(agent) => !self.found.away.takes(agent),
            Command::Reassess { after } => self.found.left != Left::After(after),
            _ => false,
        };
        if is_overtaken {
            // Came back, or another server acted.
            return Ok(Ok(Answer {
                outcome: Outcome::default(),
                visible: false,
            }));
        }
        let mut command = order.command.clone();
        if let Some(viewer) = viewer {
            self.settle_customer(viewer, &mut command);
        }
        let revoked = viewer.is_some_and(|viewer| self.is_revoked(viewer, made));
        let decided = match viewer.and_then(|viewer| self.repeat(order, viewer)) {
            // Also what was done before: the answer shows it.
            _ if revoked => Err(Refusal::TokenRevoked),
            Some(Ok(answer)) => return Ok(Ok(answer)),
            Some(Err(refusal)) => Err(refusal),
            None => {
                let version = order.expected_version;
                decide(&self.draft, &order.asker, &command, version, self.now)
            }
        };
        if let Some(viewer) = viewer.filter(|_| is_kept_of(&command, &decided)) {
            let reason = order.reason.as_deref();
            let asked = audit::Asked {
                viewer,
                command: &command,
                reason,
                decided: &decided,
            };
            made.audit
                .extend(asked.entry(&self.draft, heads, self.now)?);
        }
        let decision = match decided {
            Ok(decision) => decision,
            Err(refusal) => {
                self.keep_refusal(order, viewer, &refusal, made);
                return Ok(Err(refusal));
            }
        };
        // As a supervisor of the same subject they set another presence.
        if let (Some(viewer), Command::SetPresence(_)) = (viewer, &command)
            && viewer.has_role(Role::Agent)
            && let Some(agent) = self.draft.agent_of(viewer.subject())
        {
            self.found.away.presence_set(agent.id);
        }
        if let Command::SetPresenceOf(set) = &command {
            self.found.away.presence_set(set.agent);
        }
        let outcome = self.take(decision, heads, made)?;
        self.keep(order, viewer, &outcome, made);
        let visible = self.visible(viewer, &outcome);
        Ok(Ok(Answer { outcome, visible }))
    }

    /// Keeps what came of an order under its key, where it has one.
    fn keep(
        &mut self,
        order: &Order,
        viewer: Option<&Viewer>,
        outcome: &Outcome,
        made: &mut Decided,
    ) {
        let Some((viewer, idempotency)) = viewer.zip(order.idempotency.as_ref()) else {
            return;
        };
        let kept = Kept {
            mutation: idempotency.mutation.clone(),
            input: idempotency.input.clone(),
            outcome: outcome.clone(),
        };
        let key = (viewer.subject().to_string(), idempotency.key.clone());
        self.found.kept.insert(key.clone(), kept.clone());
        made.kept.push((key.0, key.1, kept));
    }

    /// Keeps that an order was refused, where that binds its key: neither for another input, nor for a token that is worth
    /// nothing.
    fn keep_refusal(
        &mut self,
        order: &Order,
        viewer: Option<&Viewer>,
        refusal: &Refusal,
        made: &mut Decided,
    ) {
        let binds = order.idempotency.as_ref().is_some_and(|key| key.refusals);
        let decided = !matches!(
            refusal,
            Refusal::IdempotencyKeyReused | Refusal::TokenRevoked
        );
        if binds && decided {
            let outcome = Outcome {
                refused: Some(Refused::of(refusal)),
                ..Outcome::default()
            };
            self.keep(order, viewer, &outcome, made);
        }
    }

    /// Whether this viewer's token was taken back since it was accepted, at the latest by an order before
    /// this one.
    fn is_revoked(&self, viewer: &Viewer, made: &Decided) -> bool {
        let hits = |text: &Text| match text {
            Text::Revoked(revocation) => self.revoked.hits(revocation, viewer),
            _ => false,
        };
        self.revoked.hit(viewer) || made.texts.iter().any(hits)
    }

    /// The answer to an order that was carried out before under its key.
    fn repeat(&self, order: &Order, viewer: &Viewer) -> Option<Result<Answer, Refusal>> {
        let idempotency = order.idempotency.as_ref()?;
        let key = (viewer.subject().to_string(), idempotency.key.clone());
        let kept = self.found.kept.get(&key)?;
        if kept.mutation != idempotency.mutation || kept.input != idempotency.input {
            return Some(Err(Refusal::IdempotencyKeyReused));
        }
        let is_administrator = policy::require_role(viewer, Role::Administrator);
        let allowed = match order.command {
            Command::Manage(ref manage) if manage.membership().is_some() => {
                is_administrator.or_else(|_| policy::require_role(viewer, Role::Supervisor))
            }
            Command::Manage(_) => is_administrator,
            Command::UpdateCustomer(_) => {
                is_administrator.or_else(|_| policy::require_role(viewer, Role::CustomerGateway))
            }
            _ => Ok(()),
        };
        if let Err(refusal) = allowed {
            return Some(Err(refusal));
        }
        let then = &kept.outcome;
        let visible = self.visible(Some(viewer), then);
        let outcome = if then.conversation.is_none() || visible {
            then.clone()
        } else {
            // It was done; what it was done to is no longer the viewer's to see.
            Outcome {
                position: then.position,
                hash: then.hash,
                ..Outcome::default()
            }
        };
        Some(Ok(Answer { outcome, visible }))
    }

    fn visible(&self, viewer: Option<&Viewer>, outcome: &Outcome) -> bool {
        let Some((viewer, then)) = viewer.zip(outcome.conversation.as_ref()) else {
            return false;
        };
        let now = self.draft.conversation(then.id).unwrap_or(then);
        let agent = self.draft.agent_of(viewer.subject()).map(|agent| &**agent);
        policy::sees(viewer.access(), agent, now).any()
    }

    /// A customer whose key this gateway has used before keeps the id of the first time.
    fn settle_customer(&mut self, gateway: &Viewer, command: &mut Command) {
        let start = match command {
            Command::Start(start) => &mut **start,
            Command::Receive(receive) => &mut receive.start,
            _ => return,
        };
        if let Some(key) = start.key(gateway) {
            start.customer = self.found.customers.settle(gateway, key, start.customer);
        }
    }

    /// Gives the decision's events their places in the log, and goes on from there.
    fn take(
        &mut self,
        decision: Decision,
        heads: &mut Heads,
        made: &mut Decided,
    ) -> Result<Outcome, StoreError> {
        let first = decision.events.first().map(|event| event.change.kind());
        for event in decision.events {
            let kind = event.change.kind();
            let position = heads.log.position + 1;
            let change = serde_json::to_string(&event.change).map_err(StoreError::row("events"))?;
            let after = match &event.after {
                After::Conversation(conversation) => {
                    let (image, after) = image_of(conversation)?;
                    self.images.insert(conversation.id, image);
                    after
                }
                other => serde_json::to_string(other).map_err(StoreError::row("events"))?,
            };
            let hash = chain(heads.log.hash, position, &change, &after);
            heads.log = Head {
                position,
                hash,
                ..heads.log
            };
            let entry = Entry {
                epoch: heads.log.epoch,
                position,
                at: self.now,
                actor: if kind.follows_from_a_rule(first.unwrap_or(kind)) {
                    Actor::System
                } else {
                    decision.actor.clone()
                },
                change: event.change.clone(),
                after: event.after.clone(),
                before: event.before.clone(),
                hash,
            };
            let before = event
                .conversation()
                .filter(|_| !matches!(event.change, Change::ConversationStarted))
                .and_then(|c| self.draft.conversation(c.id).cloned());
            made.rows.add(&entry, before.as_deref());
            made.rows
                .events
                .push(persist::event_row(&entry, change, after)?);
            made.entries.push(Arc::new(entry));
            self.draft
                .absorb(std::slice::from_ref(&event), &decision.actor);
        }
        if let Some(left) = decision.left {
            self.found.left = left;
            made.left = Some(left);
        }
        self.draft.hear(&decision.texts);
        made.texts.extend(decision.texts);
        Ok(Outcome {
            position: heads.log.position,
            hash: heads.log.hash,
            ..decision.outcome
        })
    }

    /// Adds, once for each conversation that changed, the rows that show how it ends up.
    fn finish(&mut self, made: &mut Decided) {
        let mut last: HashMap<ConversationId, (&Arc<Conversation>, i64)> = HashMap::new();
        for entry in &made.entries {
            if let After::Conversation(conversation) = &entry.after {
                last.insert(conversation.id, (conversation, entry.position));
            }
        }
        let mut last: Vec<_> = last.into_values().collect();
        last.sort_by_key(|(_, position)| *position);
        for (conversation, position) in last {
            let before = self.board.world.kept(conversation.id);
            let subject = made.texts.iter().find_map(|text| match text {
                Text::Subject(id, subject) if *id == conversation.id => Some(&**subject),
                _ => None,
            });
            // Every event of a conversation left one.
            let image = self.images.remove(&conversation.id).unwrap_or_default();
            let before = before.map(|c| &**c);
            made.rows
                .settle(before, conversation, image, subject, position);
        }
    }
}
