//! Opening hours: when a queue is open, and how much open time lies between instants (domain.md section 11).
//!
//! A queue is open at an instant when the local time of that instant lies in one of the openings of the local date. So an
//! hour that a change of the clocks repeats is open twice, and one that it leaves out is not there. All here follows from
//! that, piece by piece: a piece is what one local date has at one offset from UTC. Without hours a queue is always open.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How many openings a week may have, and how many dates that are otherwise.
pub const MOST_OPENINGS: usize = 100;
/// The minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;
/// How many days ahead is looked: ten years, as far as a time limit reaches.
const HORIZON_DAYS: i64 = 3_653;

/// A part of a day in local time, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    opens: u16,
    closes: u16,
}

impl Opening {
    /// From this minute of the day until that one; none unless it ends later than it begins, within the day.
    pub fn new(opens: u16, closes: u16) -> Option<Self> {
        (opens < closes && closes <= DAY_MINUTES).then_some(Self { opens, closes })
    }

    /// The minute of the day at which it begins.
    pub const fn opens(self) -> u16 {
        self.opens
    }

    /// The minute of the day at which it ends; 1,440: with the day.
    pub const fn closes(self) -> u16 {
        self.closes
    }
}

/// The openings of a day, in order and apart; none: it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Openings(Vec<Opening>);

impl FromIterator<Opening> for Openings {
    /// Those that overlap or touch become one.
    fn from_iter<I: IntoIterator<Item = Opening>>(openings: I) -> Self {
        let mut given: Vec<_> = openings.into_iter().collect();
        given.sort_unstable();
        let mut apart: Vec<Opening> = Vec::with_capacity(given.len());
        for next in given {
            match apart.last_mut() {
                Some(last) if next.opens <= last.closes => {
                    last.closes = last.closes.max(next.closes);
                }
                _ => apart.push(next),
            }
        }
        Self(apart)
    }
}

impl Openings {
    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Opening> {
        self.0.iter().copied()
    }
}

/// A week of openings in a time zone, and dates that are otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    zone: Tz,
    /// From Monday on.
    week: [Openings; 7],
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    exceptions: BTreeMap<NaiveDate, Openings>,
}

/// What one local date has at one offset from UTC.
struct Piece {
    from: DateTime<Utc>,
    end: DateTime<Utc>,
    date: NaiveDate,
    offset: TimeDelta,
}

type Stretch = (DateTime<Utc>, DateTime<Utc>);

impl OpeningHours {
    /// These hours; none if the week has no opening, since such a queue would never open.
    pub fn new(
        zone: Tz,
        week: [Openings; 7],
        exceptions: BTreeMap<NaiveDate, Openings>,
    ) -> Option<Self> {
        let opens = week.iter().any(|day| day.iter().next().is_some());
        opens.then_some(Self {
            zone,
            week,
            exceptions,
        })
    }

    /// The time zone's IANA name.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The week from Monday on.
    pub fn week(&self) -> impl Iterator<Item = (Weekday, &Openings)> {
        let days = std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ()));
        days.zip(&self.week)
    }

    /// The dates that are otherwise, in order.
    pub fn exceptions(&self) -> impl Iterator<Item = (NaiveDate, &Openings)> {
        self.exceptions
            .iter()
            .map(|(date, openings)| (*date, openings))
    }

    /// Whether it is open at this instant.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone).naive_local();
        let minute = local.hour() * 60 + local.minute();
        let mut openings = self.of(local.date()).iter();
        openings
            .any(|opening| (u32::from(opening.opens)..u32::from(opening.closes)).contains(&minute))
    }

    /// When it opens next; none while it is open, and when it does not within ten years.
    pub fn next_opens_at(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (opens, _) = self.stretches(at).next()?;
        (opens > at).then_some(opens)
    }

    /// The first instant by which this much open time has passed since then; none when that is not within ten years.
    pub fn due_after(&self, since: DateTime<Utc>, open_time: TimeDelta) -> Option<DateTime<Utc>> {
        let mut left = open_time;
        if left <= TimeDelta::zero() {
            return Some(since);
        }
        for (opens, closes) in self.stretches(since) {
            if left <= closes - opens {
                return Some(opens + left);
            }
            left -= closes - opens;
        }
        None
    }

    /// How much open time lies between two instants, ten years apart at most; none if the second is not later.
    pub fn open_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let stretches = self.stretches(from).take_while(|(opens, _)| *opens < to);
        let open = stretches.map(|(opens, closes)| closes.min(to) - opens);
        open.fold(TimeDelta::zero(), |sum, one| sum + one)
    }

    fn of(&self, date: NaiveDate) -> &Openings {
        let usual = || &self.week[date.weekday().num_days_from_monday() as usize];
        self.exceptions.get(&date).unwrap_or_else(usual)
    }

    /// When it is open, from this instant on, in order; two that touch may be one.
    fn stretches(&self, from: DateTime<Utc>) -> impl Iterator<Item = Stretch> {
        let horizon = from.checked_add_signed(TimeDelta::days(HORIZON_DAYS));
        let horizon = horizon.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut at = from;
        let pieces = std::iter::from_fn(move || {
            let piece = (at < horizon).then(|| self.piece(at)).flatten()?;
            at = piece.end;
            Some(piece)
        });
        pieces.flat_map(|piece| self.open_in(&piece))
    }

    /// The piece that begins at this instant, or is running.
    fn piece(&self, from: DateTime<Utc>) -> Option<Piece> {
        let offset = self.offset(from);
        let date = (from.naive_utc() + offset).date();
        let midnight = (date.succ_opt()?.and_hms_opt(0, 0, 0)? - offset).and_utc();
        let end = self.change_of_offset(from, midnight).unwrap_or(midnight);
        Some(Piece {
            from,
            end,
            date,
            offset,
        })
    }

    fn offset(&self, at: DateTime<Utc>) -> TimeDelta {
        let offset = self.zone.offset_from_utc_datetime(&at.naive_utc()).fix();
        TimeDelta::seconds(offset.local_minus_utc().into())
    }

    /// When the offset becomes another between these instants, less than a day apart. Clocks are changed at a full second,
    /// and not twice within a day.
    fn change_of_offset(
        &self,
        from: DateTime<Utc>,
        before: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let second = |timestamp| DateTime::from_timestamp(timestamp, 0);
        let is_another = |timestamp| Some(self.offset(second(timestamp)?) != self.offset(from));
        let (mut same, mut other) = (from.timestamp(), before.timestamp() - 1);
        if other <= same || !is_another(other)? {
            return None;
        }
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if is_another(middle)? {
                other = middle;
            } else {
                same = middle;
            }
        }
        second(other)
    }

    fn open_in(&self, piece: &Piece) -> Vec<Stretch> {
        let Some(midnight) = piece.date.and_hms_opt(0, 0, 0) else {
            return Vec::new();
        };
        let instant = |minute: u16| {
            let local = midnight + TimeDelta::minutes(minute.into());
            (local - piece.offset).and_utc()
        };
        let openings = self.of(piece.date).iter();
        let stretches = openings.map(|opening| {
            let (opens, closes) = (instant(opening.opens), instant(opening.closes));
            (opens.max(piece.from), closes.min(piece.end))
        });
        stretches.filter(|(opens, closes)| opens < closes).collect()
    }
}

/// How the clocks of a conversation run that count open time only: by the hours of its queue, and by another's before if it
/// has just moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace<'a> {
    here: Option<&'a OpeningHours>,
    /// By which it ran until now, if it has just moved.
    before: Option<&'a OpeningHours>,
    moved: bool,
}

impl<'a> Pace<'a> {
    /// By the hours of the queue where it is; without hours all time counts.
    pub const fn of(here: Option<&'a OpeningHours>) -> Self {
        Self {
            here,
            before: None,
            moved: false,
        }
    }

    /// Since now by these hours, and by those until now.
    pub const fn moved(before: Option<&'a OpeningHours>, here: Option<&'a OpeningHours>) -> Self {
        Self {
            here,
            before,
            moved: true,
        }
    }

    /// When a clock that starts then is due; none: not within ten years.
    pub fn due_after(self, start: DateTime<Utc>, seconds: u32) -> Option<DateTime<Utc>> {
        let open_time = TimeDelta::seconds(seconds.into());
        match self.here {
            None => Some(start + open_time),
            Some(hours) => hours.due_after(start, open_time),
        }
    }

    /// When a clock is due that ran until now: as before, but that after a move the open time that was left is left in the
    /// queue where it is now. What was due already stays so.
    pub fn goes_on(self, due: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.moved || due <= now {
            return Some(due);
        }
        let before = self.before;
        let left = before.map_or_else(|| due - now, |hours| hours.open_between(now, due));
        match self.here {
            None => Some(now + left),
            Some(hours) => hours.due_after(now, left),
        }
    }
}
