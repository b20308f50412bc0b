//! Parsing opening hours.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::InputObject;
use chrono::NaiveDate;

use crate::graphql::types::hours::{Weekday, minute};
use domain::hours::{MOST_OPENINGS, Opening, Openings};
use domain::{OpeningHours, Refusal};

/// When a queue is open.
#[derive(InputObject)]
pub struct OpeningHoursInput {
    /// The time zone, by its IANA name such as `Europe/Amsterdam`.
    time_zone: String,
    /// The openings of the week, 1 to 100; a night is two of them. Those of a day that overlap or touch become one.
    week: Vec<WeekdayOpeningInput>,
    /// Dates that are not as their weekday, up to 100, each once.
    exceptions: Option<Vec<OpeningExceptionInput>>,
}

/// An opening of a day of the week.
#[derive(InputObject)]
pub struct WeekdayOpeningInput {
    /// The day.
    day: Weekday,
    /// From when, in local time: `09:00`.
    opens: String,
    /// Until when, that minute excluded: `17:30`, or `24:00` for the end of the day.
    closes: String,
}

/// A date on which a queue is not open as on its weekday.
#[derive(InputObject)]
pub struct OpeningExceptionInput {
    /// The local date: `2026-12-25`.
    date: String,
    /// When it is open on that date, up to 100 openings; none: closed.
    openings: Vec<OpeningInput>,
}

/// A part of a day.
#[derive(InputObject)]
pub struct OpeningInput {
    /// From when, in local time: `09:00`.
    opens: String,
    /// Until when, that minute excluded: `17:30`, or `24:00` for the end of the day.
    closes: String,
}

/// Parses opening hours.
pub(super) fn hours(given: &OpeningHoursInput) -> Result<Arc<OpeningHours>, Refusal> {
    let problem = "give the IANA name of a time zone, such as Europe/Amsterdam";
    let zone = given.time_zone.parse();
    let zone = zone.map_err(|_| invalid("hours.timeZone", problem))?;
    let week = week(&given.week)?;
    let exceptions = exceptions(given.exceptions.as_deref().unwrap_or_default())?;
    let hours = OpeningHours::new(zone, week, exceptions);
    let problem =
        "give at least one opening: a queue that never opens would keep customers waiting for ever";
    hours
        .map(Arc::new)
        .ok_or_else(|| invalid("hours.week", problem))
}

fn week(given: &[WeekdayOpeningInput]) -> Result<[Openings; 7], Refusal> {
    let path = "hours.week";
    at_most(path, given.len())?;
    let mut days: [Vec<Opening>; 7] = Default::default();
    for one in given {
        let of_day = opening(path, &one.opens, &one.closes)?;
        days[one.day as usize].push(of_day);
    }
    Ok(days.map(|day| day.into_iter().collect()))
}

fn exceptions(given: &[OpeningExceptionInput]) -> Result<BTreeMap<NaiveDate, Openings>, Refusal> {
    let path = "hours.exceptions";
    at_most(path, given.len())?;
    let mut dates = BTreeMap::new();
    for one in given {
        let date = one.date.parse();
        let date = date.map_err(|_| invalid(path, "give dates such as 2026-12-25"))?;
        at_most(path, one.openings.len())?;
        let openings = one.openings.iter();
        let openings = openings.map(|of_day| opening(path, &of_day.opens, &of_day.closes));
        if dates
            .insert(date, openings.collect::<Result<_, _>>()?)
            .is_some()
        {
            return Err(invalid(path, "give each date once"));
        }
    }
    Ok(dates)
}

fn opening(path: &'static str, opens: &str, closes: &str) -> Result<Opening, Refusal> {
    let opening = minute(opens).zip(minute(closes));
    let opening = opening.and_then(|(opens, closes)| Opening::new(opens, closes));
    let problem =
        "give times such as 09:00 and 17:30, the second later than the first and 24:00 at most";
    opening.ok_or_else(|| invalid(path, problem))
}

fn at_most(path: &'static str, many: usize) -> Result<(), Refusal> {
    if many > MOST_OPENINGS {
        return Err(invalid(path, &format!("give at most {MOST_OPENINGS}")));
    }
    Ok(())
}

fn invalid(path: &'static str, problem: &str) -> Refusal {
    Refusal::InvalidInput {
        path,
        problem: problem.to_owned(),
    }
}
