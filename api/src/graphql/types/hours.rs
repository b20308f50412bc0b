//! Opening hours of queues.

use std::sync::Arc;

use async_graphql::{Enum, Object, SimpleObject};

use domain::hours::{self, DAY_MINUTES};

/// A day of the week.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// Every day, from Monday on.
    pub(in crate::graphql) const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// When a queue is open.
pub struct OpeningHours(pub Arc<hours::OpeningHours>);

/// When a queue is open: a week in local time, and dates that are otherwise. A queue is open at an instant when the local
/// time then lies in one of the openings of the local date; when clocks are changed, an hour that comes twice is open twice.
#[Object]
impl OpeningHours {
    /// The time zone, by its IANA name such as `Europe/Amsterdam`.
    async fn time_zone(&self) -> &'static str {
        self.0.zone()
    }

    /// The openings of the week, from Monday on; at least one.
    async fn week(&self) -> Vec<WeekdayOpening> {
        let days = Weekday::ALL.into_iter().zip(self.0.week());
        let openings = days.flat_map(|(day, (_, openings))| {
            openings.iter().map(move |opening| WeekdayOpening {
                day,
                opens: clock(opening.opens()),
                closes: clock(opening.closes()),
            })
        });
        openings.collect()
    }

    /// Dates that are not as their weekday, in order.
    async fn exceptions(&self) -> Vec<OpeningException> {
        let exceptions = self
            .0
            .exceptions()
            .map(|(date, openings)| OpeningException {
                date: date.to_string(),
                openings: openings.iter().map(Into::into).collect(),
            });
        exceptions.collect()
    }
}

/// An opening of a day of the week.
#[derive(SimpleObject)]
pub struct WeekdayOpening {
    /// The day.
    day: Weekday,
    /// From when, in local time: `09:00`.
    opens: String,
    /// Until when, that minute excluded: `17:30`, or `24:00` for the end of the day.
    closes: String,
}

/// A date on which a queue is not open as on its weekday.
#[derive(SimpleObject)]
pub struct OpeningException {
    /// The local date: `2026-12-25`.
    date: String,
    /// When it is open on that date; none: closed.
    openings: Vec<Opening>,
}

/// A part of a day.
#[derive(SimpleObject)]
pub struct Opening {
    /// From when, in local time: `09:00`.
    opens: String,
    /// Until when, that minute excluded: `17:30`, or `24:00` for the end of the day.
    closes: String,
}

impl From<hours::Opening> for Opening {
    fn from(opening: hours::Opening) -> Self {
        Self {
            opens: clock(opening.opens()),
            closes: clock(opening.closes()),
        }
    }
}

/// A minute of the day as a clock shows it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of the day that a clock shows; none for what no clock shows.
pub(in crate::graphql) fn minute(clock: &str) -> Option<u16> {
    let (hour, minute) = clock.split_once(':')?;
    let digits = |text: &str| {
        let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        two.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MINUTES).then_some(of_day)
}
