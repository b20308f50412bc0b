//! The same figures, counted another way: every image of a history is laid out, and each figure is looked up in the
//! whole of it. Nothing here knows `course` or `insights::counting`.

use super::*;
use crate::insights::{AgentTimes, Figures, Judgement, QueueKey};

/// One event of a conversation, and the image after it.
pub struct Seen {
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub change: Change,
    pub image: Arc<Conversation>,
    /// By which settings it was judged.
    pub judgement: Judgement,
}

/// How an agent stood from an instant on.
#[derive(Clone, Copy)]
pub struct Stood {
    pub at: DateTime<Utc>,
    pub presence: Presence,
    pub total: u32,
    pub consumed: u32,
    pub in_hand: u32,
}

/// All that happened.
#[derive(Default)]
pub struct History {
    pub seen: Vec<Seen>,
    pub agents: BTreeMap<AgentId, Vec<Stood>>,
    /// By which settings the next event is judged.
    pub judgement: Option<Judgement>,
}

/// Whose figures are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    Key(QueueKey),
    Agent(AgentId, QueueId),
}

/// From an instant to before another one.
pub type Window = (DateTime<Utc>, DateTime<Utc>);

fn waits(c: &Conversation) -> bool {
    matches!(c.state, State::Open) || (c.state == State::Active && c.primary.is_none())
}

fn person(c: &Conversation) -> Option<AgentId> {
    let primary = c.primary.as_ref()?;
    (primary.kind == AgentKind::Human).then_some(primary.agent)
}

/// Who has it, as what, in which queue and state; none: nobody.
fn held(c: &Conversation) -> Option<(AgentId, AgentKind, QueueId, State)> {
    let primary = c.primary.as_ref()?;
    let handled = c.state == State::Active || c.state == State::WrapUp;
    handled.then_some((primary.agent, primary.kind, c.queue, c.state))
}

/// Who was gone before a visit began left it at once.
fn lasted(from: DateTime<Utc>, to: DateTime<Utc>) -> u64 {
    u64::try_from((to - from).num_milliseconds()).unwrap_or(0)
}

fn messages(line: &[&Seen], whose: Whose, window: Window, figures: &mut Figures) {
    for seen in line {
        let Change::MessagePosted {
            message,
            author,
            score,
            ..
        } = &seen.change
        else {
            continue;
        };
        let agent = person(&seen.image);
        if *author != Author::Customer
            || !inside(seen.at, window)
            || !is_of(whose, &seen.image, seen.image.queue, agent)
        {
            continue;
        }
        // Its latest score, by the threshold of when it came in.
        let mut score = score.as_ref().and_then(|score| score.score);
        for later in line
            .iter()
            .filter(|later| later.change.changed_message() == Some(*message))
        {
            score = match &later.change {
                Change::MessageEdited { score, .. } => score.as_ref().and_then(|score| score.score),
                Change::MessageScored { score, .. } => score.score,
                _ => continue,
            };
        }
        let level = crate::sentiment::level_of(score);
        let low = crate::sentiment::at_or_below(level, seen.judgement.threshold);
        figures.message(score, low, 1);
    }
}

impl History {
    /// The figures of what ended (or began) in this window.
    pub fn figures(&self, whose: Whose, window: Window) -> Figures {
        let mut figures = Figures::default();
        let mut by_conversation: BTreeMap<ConversationId, Vec<&Seen>> = BTreeMap::new();
        for seen in &self.seen {
            by_conversation.entry(seen.image.id).or_default().push(seen);
        }
        for line in by_conversation.values() {
            visits(line, whose, window, &mut figures);
            stints(line, whose, window, &mut figures);
            messages(line, whose, window, &mut figures);
            changes(line, whose, window, &mut figures);
        }
        figures
    }

    /// An agent's times in this window.
    pub fn times(&self, agent: AgentId, window: Window) -> AgentTimes {
        let mut times = AgentTimes::default();
        let stood = &self.agents[&agent];
        for (place, one) in stood.iter().enumerate() {
            let until = stood.get(place + 1).map_or(window.1, |next| next.at);
            let (from, to) = (one.at.max(window.0), until.min(window.1));
            if from >= to || one.presence == Presence::Offline {
                continue;
            }
            let millis = lasted(from, to);
            *match one.presence {
                Presence::Available => &mut times.available,
                Presence::Busy => &mut times.busy,
                Presence::BusyDoNotDisturb => &mut times.busy_do_not_disturb,
                Presence::Away => &mut times.away,
                Presence::Inactive | Presence::Offline => &mut times.inactive,
            } += millis;
            times.handling += if one.in_hand > 0 { millis } else { 0 };
            times.in_hand += u64::from(one.in_hand) * millis;
            times.units_consumed += u64::from(one.consumed) * millis;
            times.units_total += u64::from(one.total) * millis;
        }
        times
    }
}

fn visits(line: &[&Seen], whose: Whose, window: Window, figures: &mut Figures) {
    let mut since: Option<(DateTime<Utc>, QueueId)> = None;
    for (place, seen) in line.iter().enumerate() {
        let c = &*seen.image;
        let before = place.checked_sub(1).map(|before| &*line[before].image);
        let goes_on = since.filter(|(_, queue)| waits(c) && *queue == c.queue);
        if let (Some((begun, queue)), None) = (since, goes_on) {
            let ended = Ended {
                seen,
                before: before.unwrap(),
                begun,
                queue,
            };
            if inside(seen.at, window) {
                ended.count(whose, figures);
            }
            since = None;
        }
        if waits(c) && since.is_none() {
            since = Some((seen.at, c.queue));
            if inside(seen.at, window) && is_of(whose, c, c.queue, None) {
                figures.waiting += 1;
                begun(seen, figures);
            }
        }
    }
}

fn inside(at: DateTime<Utc>, (from, to): Window) -> bool {
    from <= at && at < to
}

/// Whether what happened in this queue, and is this agent's, is theirs whose figures are asked for.
fn is_of(whose: Whose, c: &Conversation, queue: QueueId, agent: Option<AgentId>) -> bool {
    match whose {
        Whose::Key(key) => {
            key == QueueKey {
                queue,
                ..QueueKey::of(c)
            }
        }
        Whose::Agent(whose, its) => its == queue && agent == Some(whose),
    }
}

fn begun(seen: &Seen, figures: &mut Figures) {
    *match seen.change {
        Change::ConversationStarted => &mut figures.begun_started,
        Change::AssignedToQueue { .. } => &mut figures.begun_moved_in,
        Change::Requeued { .. } => &mut figures.begun_requeued,
        Change::ReleasedToQueue { .. } => &mut figures.begun_released,
        _ => &mut figures.begun_returned,
    } += 1;
}

/// A visit that an event ended.
struct Ended<'a> {
    seen: &'a Seen,
    before: &'a Conversation,
    begun: DateTime<Utc>,
    queue: QueueId,
}

impl Ended<'_> {
    fn count(&self, whose: Whose, figures: &mut Figures) {
        let (c, at) = (&*self.seen.image, self.seen.at);
        let took = c.primary.as_ref().filter(|_| c.state == State::Active);
        let agent = took
            .filter(|one| one.kind == AgentKind::Human)
            .map(|one| one.agent);
        if !is_of(whose, c, self.queue, agent) {
            return;
        }
        if let Whose::Key(_) = whose {
            figures.waiting -= 1;
        }
        if agent.is_some() {
            figures.accepted.add(lasted(self.begun, at));
            if let Some(offer) = &self.before.offer {
                figures.offers_accepted.add(lasted(offer.made_at, at));
            }
        } else if took.is_some() {
            figures.accepted_by_bots += 1;
        } else if c.state != State::Closed {
            figures.moved_out += 1;
        } else {
            match c.reason {
                StatusReason::CustomerLeftOpen => {
                    let left = self.before.customer_away_since.unwrap_or(at);
                    match lasted(self.begun, left) {
                        short if short < 5_000 => figures.abandoned_short += 1,
                        long => figures.abandoned.add(long),
                    }
                }
                StatusReason::ForceClosedBySupervisor => figures.closed_by_supervisor += 1,
                _ => figures.closed_by_system += 1,
            }
        }
    }
}

fn stints(line: &[&Seen], whose: Whose, window: Window, figures: &mut Figures) {
    let mut running: Option<(DateTime<Utc>, SentimentLevel)> = None;
    for (place, seen) in line.iter().enumerate() {
        let before = place
            .checked_sub(1)
            .and_then(|before| held(&line[before].image));
        let now = held(&seen.image);
        if before == now {
            continue;
        }
        if let (Some((agent, kind, queue, state)), Some((since, level))) = (before, running) {
            let agent = (kind == AgentKind::Human).then_some(agent);
            if inside(seen.at, window) && is_of(whose, &seen.image, queue, agent) {
                let length = lasted(since, seen.at);
                let is = seen.image.sentiment.level;
                let known =
                    level != SentimentLevel::NotAvailable && is != SentimentLevel::NotAvailable;
                match (agent, state) {
                    (Some(_), State::Active) => {
                        figures.handled.add(length);
                        figures.improved += u64::from(known && is > level);
                        figures.worsened += u64::from(known && is < level);
                    }
                    (Some(_), _) => figures.wrapped_up.add(length),
                    (None, State::Active) => figures.handled_by_bots.add(length),
                    (None, _) => {}
                }
            }
        }
        running = now.map(|_| (seen.at, seen.image.sentiment.level));
    }
}

#[allow(clippy::too_many_lines)] // One arm a figure.
fn changes(line: &[&Seen], whose: Whose, window: Window, figures: &mut Figures) {
    let mut responded = false;
    for (place, seen) in line.iter().enumerate() {
        let c = &*seen.image;
        let before = place.checked_sub(1).map(|before| &*line[before].image);
        let counts = inside(seen.at, window);
        let of = |queue, agent| counts && is_of(whose, c, queue, agent);
        let one_of = |agent| of(c.queue, Some(agent));
        match &seen.change {
            Change::AssignedToAgent { agent, .. } if one_of(*agent) => figures.offers_made += 1,
            Change::OfferRejected { agent, .. } if one_of(*agent) => figures.offers_rejected += 1,
            Change::OfferTimedOut { agent, .. } if one_of(*agent) => figures.offers_timed_out += 1,
            Change::OfferCancelled { agent, .. } if one_of(*agent) => figures.offers_cancelled += 1,
            Change::TransferAccepted { from, to, .. } => {
                figures.transfers_in += u64::from(one_of(*to));
                figures.transfers_out += u64::from(one_of(*from));
            }
            Change::Requeued { from, .. } => {
                let agent = before.and_then(person);
                figures.requeued += u64::from(of(*from, agent));
            }
            Change::ReleasedToQueue { .. } => {
                figures.released += u64::from(of(c.queue, before.and_then(person)));
            }
            Change::Closed { .. } | Change::ForceClosed { .. } if of(c.queue, person(c)) => {
                *figures.closed.entry(c.reason).or_default() += 1;
                if let Some(code) = &c.disposition {
                    *figures.dispositions.entry(code.clone()).or_default() += 1;
                }
            }
            Change::RatingRecorded { score } if of(c.queue, person(c)) => {
                *figures.ratings.entry(*score).or_default() += 1;
            }
            Change::MessagePosted {
                author: Author::Agent,
                visibility: Visibility::Public,
                ..
            } => {
                let Actor::Agent { agent } = seen.actor else {
                    unreachable!()
                };
                if one_of(agent) {
                    if !responded {
                        figures.first_response.add(lasted(c.started_at, seen.at));
                    }
                    if let Some(since) = before.unwrap().unanswered_since {
                        figures.response.add(lasted(since, seen.at));
                    }
                }
                responded = true;
            }
            _ => {}
        }
        if counts {
            figures.ongoing +=
                going_on(whose, c) - before.map_or(0, |before| going_on(whose, before));
        }
    }
}

fn going_on(whose: Whose, c: &Conversation) -> i64 {
    let agent = person(c);
    i64::from(c.is_ongoing() && is_of(whose, c, c.queue, agent))
}
