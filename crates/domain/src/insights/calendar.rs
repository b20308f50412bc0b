//! The intervals of a range in a time zone: quarters of an hour, hours, days, weeks and months.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::QUARTER;
use crate::InsightInterval as Interval;

/// A time zone of the IANA database.
pub type Zone = Tz;

/// The day of the zone in which this instant is: its begin, and that of the next.
pub fn day_of(at: DateTime<Utc>, zone: Zone) -> (DateTime<Utc>, DateTime<Utc>) {
    let begin = midnight(at.with_timezone(&zone).date_naive(), zone);
    (begin, end_of(at, Interval::Day, zone))
}

/// The time zone of this name in the IANA database.
pub fn zone_of(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// The intervals of this length that the range has a part of, each cut to the range: its begin and its end. Days, weeks and
/// months begin at midnight of the zone, weeks on Monday. At most so many; none: there would be more.
pub fn intervals(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    interval: Interval,
    zone: Tz,
    most: usize,
) -> Option<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let mut found = Vec::new();
    let mut begin = from;
    while begin < to {
        let end = end_of(begin, interval, zone).min(to);
        found.push((begin, end));
        if found.len() > most {
            return None;
        }
        begin = end;
    }
    Some(found)
}

/// When the interval ends in which this instant is.
fn end_of(at: DateTime<Utc>, interval: Interval, zone: Tz) -> DateTime<Utc> {
    let local = at.with_timezone(&zone);
    let date = local.date_naive();
    let end = match interval {
        Interval::QuarterHour => return super::bucket_of(at, QUARTER) + QUARTER,
        Interval::Hour => return end_of_hour(at, zone),
        Interval::Day => date.checked_add_days(Days::new(1)),
        Interval::Week => {
            let left = 7 - date.weekday().num_days_from_monday();
            date.checked_add_days(Days::new(left.into()))
        }
        Interval::Month => date
            .with_day(1)
            .and_then(|first| first.checked_add_months(Months::new(1))),
        Interval::Whole => None,
    };
    end.map_or(DateTime::<Utc>::MAX_UTC, |end| midnight(end, zone))
}

/// The next full hour of the zone's clock; where its offset changes between, that of the clock from then on.
fn end_of_hour(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let mut end = super::bucket_of(at, QUARTER) + QUARTER;
    let is_full = |end: DateTime<Utc>| {
        use chrono::Timelike;
        end.with_timezone(&zone).minute() == 0
    };
    while !is_full(end) {
        end += QUARTER;
    }
    end
}

/// When a day begins in the zone: midnight, or the first instant after it where clocks skip midnight.
fn midnight(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let mut local = date.and_time(NaiveTime::MIN);
    loop {
        match zone.from_local_datetime(&local).earliest() {
            Some(at) => return at.with_timezone(&Utc),
            None => local += TimeDelta::minutes(15),
        }
    }
}
