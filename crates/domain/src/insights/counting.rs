//! What one event adds to the figures.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{AgentKey, AgentTimes, Figures, Hand, Judgement, MINUTE, QueueKey, bucket_of};
use crate::course::{self, Course, Standpoint, Stint};
use crate::sentiment::{at_or_below, level_of};
use crate::{
    Actor, After, Agent, AgentId, AgentKind, Author, Change, Conversation, ConversationId,
    MessageId, SentimentLevel, State, StatusReason, Visibility,
};

/// One event, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
    /// What changed.
    pub change: &'a Change,
    /// What it is about, right after.
    pub after: &'a After,
}

/// Figures to add, by the minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counted {
    /// Of conversations.
    pub queues: BTreeMap<(DateTime<Utc>, QueueKey), Figures>,
    /// Of agents' work.
    pub work: BTreeMap<(DateTime<Utc>, AgentKey), Figures>,
    /// Of agents' time.
    pub times: BTreeMap<(DateTime<Utc>, AgentId), AgentTimes>,
    /// Customer messages whose score is another one.
    pub corrections: Vec<Correction>,
}

/// A customer message has another score: it moves in the bucket in which it came in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// Which.
    pub message: MessageId,
    /// Its score before.
    pub before: Option<f32>,
    /// Its score now.
    pub now: Option<f32>,
}

/// What is known between two events.
#[derive(Clone, Debug)]
pub struct Counting {
    judgement: Judgement,
    hands: BTreeMap<AgentId, Hand>,
    /// Conversations whose images are from before there were figures, with the course that they would have; none: the log has
    /// come beyond that.
    restored: Option<HashMap<ConversationId, Arc<Conversation>>>,
    to: DateTime<Utc>,
}

/// Where one event is counted.
struct Place<'a> {
    counted: &'a mut Counted,
    minute: DateTime<Utc>,
}

impl Place<'_> {
    fn queue(&mut self, key: QueueKey) -> &mut Figures {
        self.counted.queues.entry((self.minute, key)).or_default()
    }

    fn work(&mut self, agent: AgentId, queue: crate::QueueId) -> &mut Figures {
        let key = AgentKey { agent, queue };
        self.counted.work.entry((self.minute, key)).or_default()
    }

    /// The same for the queue and for the agent's work in it.
    fn both(&mut self, key: QueueKey, agent: AgentId, count: impl Fn(&mut Figures)) {
        count(self.queue(key));
        count(self.work(agent, key.queue));
    }
}

impl Counting {
    /// Goes on from these hands.
    pub fn new(judgement: Judgement, hands: BTreeMap<AgentId, Hand>, to: DateTime<Utc>) -> Self {
        Self {
            judgement,
            hands,
            restored: Some(HashMap::new()),
            to,
        }
    }

    /// The agents' hands.
    pub const fn hands(&self) -> &BTreeMap<AgentId, Hand> {
        &self.hands
    }

    /// By which settings the next event is judged.
    pub const fn judgement(&self) -> Judgement {
        self.judgement
    }

    /// Goes on with these hands.
    pub fn take_hands(&mut self, hands: BTreeMap<AgentId, Hand>) {
        self.hands = hands;
    }

    /// Takes over what another one knows of events from before there were figures.
    pub fn take_restored(&mut self, other: Self) {
        self.restored = other.restored;
    }

    /// Whether events have come so far from before there were figures alone: what is known of them is not kept.
    pub const fn restores(&self) -> bool {
        self.restored.is_some()
    }

    /// The instant of the newest event.
    pub const fn to(&self) -> DateTime<Utc> {
        self.to
    }

    /// Counts one event. A clock that was set back does not bring figures into buckets before.
    pub fn count(&mut self, event: Occurrence<'_>, counted: &mut Counted) {
        self.to = self.to.max(event.at);
        let event = Occurrence {
            at: self.to,
            ..event
        };
        match event.after {
            After::Conversation(conversation) => self.conversation(&event, conversation, counted),
            After::Agent(agent) => self.agent(&event, agent, counted),
            After::Settings(settings) => self.judgement = Judgement::of(settings),
            After::Supervisor(..) | After::Queue(_) | After::Workstream(_) => {}
        }
    }

    /// Counts the times of all agents on to this instant.
    pub fn count_times(&mut self, to: DateTime<Utc>, counted: &mut Counted) {
        self.count_each(|_, _| to, counted);
    }

    /// Counts the times of each agent on to an instant of their own.
    pub fn count_each(
        &mut self,
        to: impl Fn(AgentId, &Hand) -> DateTime<Utc>,
        counted: &mut Counted,
    ) {
        for (agent, hand) in &mut self.hands {
            let to = to(*agent, hand);
            hand.count_to(to, |minute, times| {
                add_times(counted, minute, *agent, &times);
            });
        }
    }

    fn agent(&mut self, event: &Occurrence<'_>, agent: &Agent, counted: &mut Counted) {
        if agent.kind != AgentKind::Human {
            return;
        }
        let at = event.at;
        let hand = self.hands.entry(agent.id).or_insert(Hand {
            presence: agent.presence,
            units_total: agent.capacity,
            units_consumed: 0,
            in_hand: 0,
            counted_to: at,
        });
        hand.count_to(at, |minute, times| {
            add_times(counted, minute, agent.id, &times);
        });
        hand.presence = agent.presence;
        hand.units_total = agent.capacity;
        if agent.deleted_at.is_some() {
            self.hands.remove(&agent.id);
        }
    }

    /// What an agent has to do becomes more or less.
    fn load(
        &mut self,
        at: DateTime<Utc>,
        agent: AgentId,
        units: i64,
        hands: i64,
        counted: &mut Counted,
    ) {
        let Some(hand) = self
            .hands
            .get_mut(&agent)
            .filter(|_| units != 0 || hands != 0)
        else {
            return;
        };
        hand.count_to(at, |minute, times| {
            add_times(counted, minute, agent, &times);
        });
        hand.units_consumed = plus(hand.units_consumed, units);
        hand.in_hand = plus(hand.in_hand, hands);
    }

    fn conversation(
        &mut self,
        event: &Occurrence<'_>,
        c: &Arc<Conversation>,
        counted: &mut Counted,
    ) {
        let restored = self.restore(event, c);
        let c = restored.as_ref().unwrap_or(c);
        let mut place = Place {
            minute: bucket_of(event.at, MINUTE),
            counted,
        };
        self.happened(event, c, &mut place);
        let begins = matches!(event.change, Change::ConversationStarted);
        if begins {
            let figures = place.queue(QueueKey::of(c));
            figures.begun_started += 1;
            figures.ongoing += 1;
            figures.waiting += 1;
        }
        let Some(before) = c.course.before.as_deref() else {
            return;
        };
        let after = Standpoint::of(c);
        stood(event, c, before, &after, self.judgement, &mut place);
        for (agent, units, hands) in loads(before, &after) {
            self.load(event.at, agent, units, hands, counted);
        }
    }

    /// The image with the course that it would have, where it is from before there were figures.
    fn restore(
        &mut self,
        event: &Occurrence<'_>,
        c: &Arc<Conversation>,
    ) -> Option<Arc<Conversation>> {
        let restored = self.restored.as_mut()?;
        if !c.course.is_empty() {
            self.restored = None;
            return None;
        }
        let begins = matches!(event.change, Change::ConversationStarted);
        let course = match restored.get(&c.id) {
            Some(before) => course::follow(before, c, event.change, event.at),
            None if begins => Course::begun(event.at),
            None => Course::default(),
        };
        let with_course = Arc::new(Conversation {
            course,
            ..(**c).clone()
        });
        if c.is_ongoing() {
            restored.insert(c.id, with_course.clone());
        } else {
            restored.remove(&c.id);
        }
        Some(with_course)
    }

    /// What the change itself says.
    fn happened(&self, event: &Occurrence<'_>, c: &Conversation, place: &mut Place<'_>) {
        let key = QueueKey::of(c);
        let low = |score| at_or_below(level_of(score), self.judgement.threshold);
        match event.change {
            Change::MessagePosted {
                author: Author::Customer,
                score,
                ..
            } => {
                let score = score.as_ref().and_then(|score| score.score);
                let count = |figures: &mut Figures| figures.message(score, low(score), 1);
                count(place.queue(key));
                if let Some(agent) = human(c) {
                    count(place.work(agent, c.queue));
                }
            }
            Change::MessagePosted {
                author: Author::Agent,
                visibility: Visibility::Public,
                message,
                ..
            } => {
                if let Actor::Agent { agent } = event.actor {
                    answered(event.at, c, *agent, *message, place);
                }
            }
            Change::MessageEdited {
                message,
                score,
                before,
                ..
            } => {
                corrects(
                    *message,
                    *before,
                    score.as_ref().and_then(|score| score.score),
                    place,
                );
            }
            Change::MessageScored {
                message,
                score,
                before,
                ..
            } => {
                corrects(*message, *before, score.score, place);
            }
            Change::AssignedToAgent { agent, .. } => {
                place.both(key, *agent, |figures| figures.offers_made += 1);
            }
            Change::OfferRejected { agent, .. } => {
                place.both(key, *agent, |figures| figures.offers_rejected += 1);
            }
            Change::OfferTimedOut { agent, .. } => {
                place.both(key, *agent, |figures| figures.offers_timed_out += 1);
            }
            Change::OfferCancelled { agent, .. } => {
                place.both(key, *agent, |figures| figures.offers_cancelled += 1);
            }
            Change::TransferAccepted { from, to, .. } => {
                let figures = place.queue(key);
                figures.transfers_in += 1;
                figures.transfers_out += 1;
                place.work(*to, c.queue).transfers_in += 1;
                place.work(*from, c.queue).transfers_out += 1;
            }
            Change::Closed { reason } => closed(c, *reason, place),
            Change::ForceClosed { .. } => closed(c, StatusReason::ForceClosedBySupervisor, place),
            Change::RatingRecorded { score } => {
                let count =
                    |figures: &mut Figures| *figures.ratings.entry(*score).or_default() += 1;
                count(place.queue(key));
                if let Some(agent) = human(c) {
                    count(place.work(agent, c.queue));
                }
            }
            _ => {}
        }
    }
}

fn corrects(message: MessageId, before: Option<f32>, now: Option<f32>, place: &mut Place<'_>) {
    if before != now {
        place.counted.corrections.push(Correction {
            message,
            before,
            now,
        });
    }
}

impl Correction {
    /// Moves the message among these figures, in which it was counted, by the settings of when it came in: by which
    /// it is low does not depend on when it got which score.
    pub fn apply(&self, figures: &mut Figures, judgement: Judgement) {
        let low = |score| at_or_below(level_of(score), judgement.threshold);
        figures.message(self.before, low(self.before), -1);
        figures.message(self.now, low(self.now), 1);
    }
}

/// The person who has or had it.
pub fn human(c: &Conversation) -> Option<AgentId> {
    let primary = c.primary.as_ref()?;
    (primary.kind == AgentKind::Human).then_some(primary.agent)
}

/// An agent wrote to the customer.
fn answered(
    at: DateTime<Utc>,
    c: &Conversation,
    agent: AgentId,
    message: MessageId,
    place: &mut Place<'_>,
) {
    let key = QueueKey::of(c);
    if c.course.first_response {
        let waited = millis(at - c.started_at);
        place.both(key, agent, |figures| figures.first_response.add(waited));
    }
    let answer = c
        .last_answer
        .as_ref()
        .filter(|answer| answer.message == message);
    if let Some(since) = answer.and_then(|answer| answer.waited_since) {
        let waited = millis(at - since);
        place.both(key, agent, |figures| figures.response.add(waited));
    }
}

fn closed(c: &Conversation, reason: StatusReason, place: &mut Place<'_>) {
    let count = |figures: &mut Figures| {
        *figures.closed.entry(reason).or_default() += 1;
        if let Some(code) = &c.disposition {
            *figures.dispositions.entry(code.clone()).or_default() += 1;
        }
    };
    count(place.queue(QueueKey::of(c)));
    if let Some(agent) = human(c) {
        count(place.work(agent, c.queue));
    }
}

/// Where a conversation stands is another place than before.
fn stood(
    event: &Occurrence<'_>,
    c: &Conversation,
    before: &Standpoint,
    after: &Standpoint,
    judgement: Judgement,
    place: &mut Place<'_>,
) {
    let (was, is) = (
        QueueKey {
            queue: before.queue,
            ..QueueKey::of(c)
        },
        QueueKey::of(c),
    );
    let moved = before.queue != after.queue;
    if let Some(since) = before.visit.filter(|_| moved || after.visit.is_none()) {
        place.queue(was).waiting -= 1;
        visit_ended(event.at, c, (was, since), before, judgement, place);
    }
    if after.visit.is_some() && (moved || before.visit.is_none()) {
        place.queue(is).waiting += 1;
        visit_begun(event.change, is, before, place);
    }
    if let Some((stint, holder)) = before.ended_stint(after) {
        stint_ended(
            event.at,
            c.sentiment.level,
            (was, stint),
            holder,
            before.state,
            place,
        );
    }
    let ongoing = |point: &Standpoint| point.state != State::Closed;
    if moved || ongoing(before) != ongoing(after) {
        place.queue(was).ongoing -= i64::from(ongoing(before));
        place.queue(is).ongoing += i64::from(ongoing(after));
    }
    let work = |point: &Standpoint| {
        let (agent, kind) = point.holder()?;
        (kind == AgentKind::Human).then_some((agent, point.queue))
    };
    if work(before) != work(after) {
        for (held, more) in [(work(before), -1), (work(after), 1)] {
            if let Some((agent, queue)) = held {
                place.work(agent, queue).ongoing += more;
            }
        }
    }
}

fn visit_begun(change: &Change, key: QueueKey, before: &Standpoint, place: &mut Place<'_>) {
    match change {
        Change::AssignedToQueue { .. } => place.queue(key).begun_moved_in += 1,
        Change::Requeued { agent, from, .. } => {
            place.queue(key).begun_requeued += 1;
            let was = QueueKey {
                queue: *from,
                ..key
            };
            place.queue(was).requeued += 1;
            if before
                .agent
                .is_some_and(|(_, kind)| kind == AgentKind::Human)
            {
                place.work(*agent, *from).requeued += 1;
            }
        }
        Change::ReleasedToQueue { agent, .. } => {
            place.queue(key).begun_released += 1;
            place.queue(key).released += 1;
            if before
                .agent
                .is_some_and(|(_, kind)| kind == AgentKind::Human)
            {
                place.work(*agent, key.queue).released += 1;
            }
        }
        _ => place.queue(key).begun_returned += 1,
    }
}

fn visit_ended(
    at: DateTime<Utc>,
    c: &Conversation,
    (key, since): (QueueKey, DateTime<Utc>),
    before: &Standpoint,
    judgement: Judgement,
    place: &mut Place<'_>,
) {
    if let Some(primary) = c.primary.as_ref().filter(|_| c.is_ongoing()) {
        if primary.kind == AgentKind::Bot {
            place.queue(key).accepted_by_bots += 1;
            return;
        }
        let waited = millis(at - since);
        place.both(key, primary.agent, |figures| figures.accepted.add(waited));
        if let Some(offered) = before.offered_at {
            let took = millis(at - offered);
            place.both(key, primary.agent, |figures| {
                figures.offers_accepted.add(took);
            });
        }
    } else if c.is_ongoing() {
        place.queue(key).moved_out += 1;
    } else if c.reason == StatusReason::CustomerLeftOpen {
        let left = before.away_since.unwrap_or(at);
        let waited = millis(left - since);
        let short = u64::from(judgement.short_abandon_seconds) * 1_000;
        let figures = place.queue(key);
        if waited < short {
            figures.abandoned_short += 1;
        } else {
            figures.abandoned.add(waited);
        }
    } else if c.reason == StatusReason::ForceClosedBySupervisor {
        place.queue(key).closed_by_supervisor += 1;
    } else {
        place.queue(key).closed_by_system += 1;
    }
}

fn stint_ended(
    at: DateTime<Utc>,
    level: SentimentLevel,
    (key, stint): (QueueKey, Stint),
    (agent, kind): (AgentId, AgentKind),
    state: State,
    place: &mut Place<'_>,
) {
    let lasted = millis(at - stint.since);
    if kind == AgentKind::Bot {
        if state == State::Active {
            place.queue(key).handled_by_bots.add(lasted);
        }
        return;
    }
    let felt = [stint.level, level];
    let known = felt
        .iter()
        .all(|level| *level != SentimentLevel::NotAvailable);
    place.both(key, agent, |figures| {
        if state != State::Active {
            figures.wrapped_up.add(lasted);
            return;
        }
        figures.handled.add(lasted);
        figures.improved += u64::from(known && level > stint.level);
        figures.worsened += u64::from(known && level < stint.level);
    });
}

/// By how many units and conversations agents have more to do.
pub(super) fn loads(before: &Standpoint, after: &Standpoint) -> Vec<(AgentId, i64, i64)> {
    let mut loads: BTreeMap<AgentId, (i64, i64)> = BTreeMap::new();
    for (point, sign) in [(before, -1), (after, 1)] {
        for (agent, units) in &point.held {
            loads.entry(*agent).or_default().0 += sign * i64::from(*units);
        }
        let handled = point.agent.filter(|_| point.stint.is_some());
        if let Some((agent, _)) = handled {
            loads.entry(agent).or_default().1 += sign;
        }
    }
    let changed = loads.into_iter().filter(|(_, load)| *load != (0, 0));
    changed
        .map(|(agent, (units, hands))| (agent, units, hands))
        .collect()
}

fn add_times(counted: &mut Counted, minute: DateTime<Utc>, agent: AgentId, times: &AgentTimes) {
    let place = counted.times.entry((minute, agent)).or_default();
    place.join(times);
}

pub(super) fn millis(time: TimeDelta) -> u64 {
    u64::try_from(time.num_milliseconds()).unwrap_or(0)
}

fn plus(count: u32, more: i64) -> u32 {
    u32::try_from(i64::from(count) + more).unwrap_or(0)
}
