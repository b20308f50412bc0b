//! Following the log for one audience, event by event.
//!
//! A follower reads the log from where it begins until it comes to where its mailbox began; from there on the
//! mailbox has what concerns it, and everything between is for others. What the mailbox lost it reads from the
//! log again. Invariant: everything up to `position` was looked at, or concerns others alone.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{
    Audience, Delivery, DeliveryKind, DeliveryRule, Plan, Reached, Want, concerning, hears,
    membership, visible,
};
use crate::app::App;
use crate::dispatch::{Mail, Mailbox, Taken};
use crate::log::Entry;
use crate::store::ResumeError;

/// A place in the log that moves on. Waiting for the next event can be given up at any time.
#[derive(Debug)]
pub struct Follower {
    app: Arc<App>,
    audience: Audience,
    plan: Plan,
    position: i64,
    ready: VecDeque<Arc<Entry>>,
    /// What is left to deliver of the event at the position.
    under_way: VecDeque<Delivery>,
    mail: Arc<Mail>,
}

impl Follower {
    /// Follows the log by this plan.
    pub fn new(app: Arc<App>, audience: Audience, plan: Plan) -> Self {
        Self {
            mail: Arc::new(audience.mail(&app, plan.rule.topic())),
            position: plan.after,
            app,
            audience,
            plan,
            ready: VecDeque::new(),
            under_way: VecDeque::new(),
        }
    }

    /// The same from the log's head, wherever the plan begins.
    pub fn from_now(app: Arc<App>, audience: Audience, plan: Plan) -> Self {
        let mut follower = Self::new(app, audience, plan);
        follower.position = follower.mailbox().begins_after();
        follower.plan.handled = 0;
        follower
    }

    /// Everything up to this position has been looked at.
    pub const fn position(&self) -> i64 {
        self.position
    }

    /// The place at the dispatcher.
    pub const fn mail(&self) -> &Arc<Mail> {
        &self.mail
    }

    fn mailbox(&self) -> &Mailbox {
        self.mail.mailbox()
    }

    /// What was handed out or passed over.
    pub fn reached(&self) -> Reached {
        match self.under_way.front() {
            None if self.ready.is_empty() => {
                let idle = self.mail.idle_at();
                idle.map_or(self.position, |at| at.max(self.position))
                    .into()
            }
            None => self.position.into(),
            // The event's own cursor comes with its last delivery: all the others were handed out.
            Some(next) => Reached {
                position: self.position - 1,
                handled: next.cursor.step.checked_sub(1).unwrap_or(u32::MAX),
            },
        }
    }

    /// Whether a part of the event at the position is still to be delivered.
    pub fn is_within_an_event(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// The next event to deliver, and whether it is the last; waits until there is one.
    pub async fn next(&mut self) -> Result<(Delivery, bool), ResumeError> {
        loop {
            if let Some(next) = self.at_hand().await? {
                return Ok(next);
            }
            self.moved().await;
        }
    }

    /// The same of what is in the log now; none when all that was looked at.
    pub async fn at_hand(&mut self) -> Result<Option<(Delivery, bool)>, ResumeError> {
        loop {
            while let Some(delivery) = self.under_way.pop_front() {
                match (self.plan.interest)(&delivery) {
                    Want::Skip => {}
                    Want::Deliver => return Ok(Some((delivery, false))),
                    Want::Last => return Ok(Some((delivery, true))),
                }
            }
            if let Some(entry) = self.ready.pop_front() {
                self.position = entry.position;
                let handled = std::mem::take(&mut self.plan.handled);
                self.under_way = self.deliveries(&entry, handled).into();
                continue;
            }
            if self.position < self.mailbox().begins_after() {
                self.ready = self.read_log().await?.into();
            } else if !self.read_mailbox() {
                return Ok(None);
            }
        }
    }

    /// Waits until there is mail, or was since it was waited for last.
    pub async fn moved(&mut self) {
        self.mailbox().moved().await;
    }

    /// What follows in the log, whomever it concerns.
    async fn read_log(&self) -> Result<Vec<Arc<Entry>>, ResumeError> {
        if self.plan.rule == DeliveryRule::Visible && self.audience.has_memberships() {
            self.app.know_members_since(self.position).await?;
        }
        self.app.log.after(self.position).await
    }

    /// Takes what came; whether there is more to look at.
    fn read_mailbox(&mut self) -> bool {
        let (positions, head) = match self.mail.take(self.position) {
            Taken::Positions(positions, head) => (positions, head),
            Taken::Lost(passed) => {
                self.read_on_from(passed);
                return true;
            }
        };
        let Some(first) = positions.first() else {
            self.position = self.position.max(head.position);
            return false;
        };
        match self.app.log.recent_at(&positions) {
            Some(recent) => self.ready = recent.into_iter().map(|recent| recent.entry).collect(),
            // Not in memory any more.
            None => self.read_on_from(first - 1),
        }
        true
    }

    /// Reads the log after this position, up to where the mailbox begins again now.
    fn read_on_from(&mut self, passed: i64) {
        self.position = self.position.max(passed);
        self.mail.start_over();
    }

    /// What this event is to the audience now, but for the deliveries that were handled before.
    fn deliveries(&self, entry: &Arc<Entry>, handled: u32) -> Vec<Delivery> {
        let (app, audience) = (&self.app, &self.audience);
        let kind = match self.plan.rule {
            DeliveryRule::Visible => visible(app, audience, entry),
            DeliveryRule::Concerning => {
                concerning(app, audience, entry).map(DeliveryKind::Concerns)
            }
            DeliveryRule::Organisation => hears(app, audience, entry),
        };
        let whole = kind.map(|kind| Delivery {
            entry: entry.clone(),
            kind,
            cursor: entry.cursor(),
        });
        let left = match self.plan.rule {
            DeliveryRule::Visible => membership::left(app, audience, entry, handled),
            DeliveryRule::Concerning | DeliveryRule::Organisation => Vec::new(),
        };
        let deliveries: Vec<_> = left.into_iter().chain(whole).collect();
        debug_assert!(
            deliveries.is_empty() || audience.is_addressed(app, self.plan.rule.topic(), entry),
            "{:?} is delivered to whom it is not sent",
            entry.change
        );
        deliveries
    }
}
