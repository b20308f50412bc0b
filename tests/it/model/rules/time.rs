//! What happens when nothing happens for too long.

use super::effects::declined;
use crate::model::people::Workstream;
use crate::model::world::{Conversation, Moment, World, is_asynchronous};

/// What comes due.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Timer {
    Offer,
    Away,
    WrapUp,
    Look(&'static str),
    Review(&'static str),
    AutoClose,
}

impl World {
    /// Every instant at which something comes due.
    pub fn due(&self) -> Vec<Moment> {
        let timers = self.conversations.values().flat_map(timers);
        timers.map(|(_, due)| due).collect()
    }

    /// Everything that is due now happens, the earliest first; how much that is.
    pub fn pass(&mut self, now: Moment) -> usize {
        let mut fired = 0;
        self.lapsed.clear();
        loop {
            let all = self.conversations.iter();
            let all = all.flat_map(|(number, one)| {
                timers(one)
                    .into_iter()
                    .map(|(timer, due)| (*number, timer, due))
            });
            let next = all
                .filter(|(.., due)| due.to <= now.from)
                .min_by_key(|(.., due)| due.from);
            let Some((number, timer, _)) = next else {
                return fired;
            };
            fired += 1;
            self.fire(number, timer, now);
        }
    }

    fn fire(&mut self, number: usize, timer: Timer, now: Moment) {
        let inactive = self.settings["inactiveAfterMissedOffer"];
        let Some(on) = self.conversations.get_mut(&number) else {
            return;
        };
        match timer {
            Timer::Offer => {
                let missed = on.offer.as_ref().map(|offer| offer.to);
                declined(on, now);
                if let Some(agent) = missed.and_then(|agent| self.agents.get_mut(agent))
                    && inactive
                {
                    agent.presence = "INACTIVE";
                }
            }
            Timer::Away if on.accepted() => on.wraps_up(&["CUSTOMER_DISCONNECTED"], now),
            Timer::Away => on.closes(&["CUSTOMER_LEFT_OPEN"], now),
            Timer::WrapUp => on.wrap_up_released = true,
            Timer::Look(subject) => {
                on.end_look(subject, "TOKEN_EXPIRED");
                on.may_restart(now);
            }
            Timer::Review(subject) => {
                on.end_review(subject, "TIME_LIMIT");
                self.lapsed.push(number);
            }
            Timer::AutoClose => match (on.channel, on.state) {
                // The rulebook names no reason of its own for a call that ran too long.
                ("VOICE", "ACTIVE") => on.wraps_up(
                    &[
                        "CUSTOMER_DISCONNECTED",
                        "MOVED_TO_WRAP_UP_BY_AGENT",
                        "MOVED_TO_WRAP_UP_BY_CUSTOMER",
                    ],
                    now,
                ),
                (channel, "WRAP_UP") if on.wrote_in_wrap_up && is_asynchronous(channel) => {
                    on.opens(now);
                }
                (_, "WAITING") => on.closes(&["AUTO_CLOSED_FROM_WAITING"], now),
                _ => on.closes(&["AUTO_CLOSED_BY_SYSTEM"], now),
            },
        }
    }
}

fn timers(on: &Conversation) -> Vec<(Timer, Moment)> {
    let reviews = on.reviews.iter();
    let reviews = reviews.map(|(subject, review)| (Timer::Review(subject), review.until));
    let mut timers: Vec<_> = reviews.collect();
    if !on.ongoing() {
        return timers;
    }
    let workstream: &Workstream = on.workstream;
    timers.extend(on.offer.as_ref().map(|offer| (Timer::Offer, offer.due)));
    let away = on.away.map(|away| away.after(workstream.grace));
    timers.extend(away.map(|due| (Timer::Away, due)));
    if on.state == "WRAP_UP" && !on.wrap_up_released {
        timers.extend(on.wrap_up_until.map(|due| (Timer::WrapUp, due)));
    }
    let looks = on.looks.iter();
    timers.extend(looks.filter_map(|(subject, look)| Some((Timer::Look(subject), look.expires?))));
    timers.extend(on.auto_close(on.clock).map(|due| (Timer::AutoClose, due)));
    timers
}
