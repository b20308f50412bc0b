//! Opening hours against a slow count, minute by minute, over changes of the clocks.

use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::hours::{DAY_MINUTES, Opening, OpeningHours, Openings, Pace};

fn opening(text: &str) -> Opening {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let (opens, closes) = text.split_once('-').unwrap();
    Opening::new(minute(opens), minute(closes)).unwrap()
}

fn day(texts: &[&str]) -> Openings {
    texts.iter().map(|text| opening(text)).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Mondays to Fridays from nine to five in Amsterdam, and never on Christmas.
fn office() -> OpeningHours {
    let week = std::array::from_fn(|number| {
        if number < 5 {
            day(&["09:00-17:00"])
        } else {
            day(&[])
        }
    });
    let christmas = NaiveDate::from_ymd_opt(2026, 12, 25).unwrap();
    OpeningHours::new(
        chrono_tz::Europe::Amsterdam,
        week,
        [(christmas, day(&[]))].into(),
    )
    .unwrap()
}

#[test]
fn an_office_is_open_by_its_own_clock_in_winter_and_in_summer() {
    let office = office();
    for (instant, open) in [
        ("2026-01-05T07:59:59Z", false),
        ("2026-01-05T08:00:00Z", true),
        ("2026-01-05T15:59:59Z", true),
        ("2026-01-05T16:00:00Z", false),
        ("2026-07-06T07:00:00Z", true),
        ("2026-07-06T15:00:00Z", false),
        ("2026-07-04T10:00:00Z", false),
        ("2026-12-25T10:00:00Z", false),
    ] {
        assert_eq!(office.is_open(at(instant)), open, "{instant}");
    }
    let next = |instant| office.next_opens_at(at(instant));
    assert_eq!(next("2026-01-05T10:00:00Z"), None);
    assert_eq!(
        next("2026-01-05T16:00:00Z"),
        Some(at("2026-01-06T08:00:00Z"))
    );
    // Over a weekend in which the clocks go forward, and over Christmas, a Friday.
    assert_eq!(
        next("2026-03-27T20:00:00Z"),
        Some(at("2026-03-30T07:00:00Z"))
    );
    assert_eq!(
        next("2026-12-24T20:00:00Z"),
        Some(at("2026-12-28T08:00:00Z"))
    );
}

#[test]
fn a_time_that_begins_at_night_begins_when_the_office_opens() {
    let office = office();
    let minutes = TimeDelta::minutes;
    let due = |since, minutes| office.due_after(at(since), minutes).unwrap();
    assert_eq!(
        due("2026-01-05T03:00:00Z", minutes(5)),
        at("2026-01-05T08:05:00Z")
    );
    assert_eq!(
        due("2026-01-05T15:58:00Z", minutes(5)),
        at("2026-01-06T08:03:00Z")
    );
    assert_eq!(
        due("2026-01-05T15:58:00Z", minutes(2)),
        at("2026-01-05T16:00:00Z")
    );
    assert_eq!(
        due("2026-12-24T15:30:00Z", minutes(60)),
        at("2026-12-28T08:30:00Z")
    );
    assert_eq!(
        due("2026-01-05T03:00:00Z", minutes(0)),
        at("2026-01-05T03:00:00Z")
    );
    assert_eq!(
        office.open_between(at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z")),
        TimeDelta::hours(40)
    );
    assert_eq!(
        office.open_between(at("2026-01-12T00:00:00Z"), at("2026-01-05T00:00:00Z")),
        TimeDelta::zero()
    );
}

#[test]
fn an_hour_that_is_repeated_is_open_twice_and_one_that_is_left_out_is_not_there() {
    let nights = OpeningHours::new(
        chrono_tz::Europe::Amsterdam,
        std::array::from_fn(|_| day(&["02:00-03:00"])),
        BTreeMap::new(),
    )
    .unwrap();
    let open = |from, to| nights.open_between(at(from), at(to));
    assert_eq!(
        open("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"),
        TimeDelta::hours(2)
    );
    assert_eq!(
        open("2026-03-28T23:00:00Z", "2026-03-29T21:00:00Z"),
        TimeDelta::zero()
    );
    assert_eq!(
        nights.next_opens_at(at("2026-03-28T23:00:00Z")),
        Some(at("2026-03-30T00:00:00Z"))
    );
}

#[test]
fn a_week_without_an_opening_is_none_and_one_that_is_rarely_open_is_due_in_ten_years_or_never() {
    let closed = || std::array::from_fn(|_| day(&[]));
    let zone = chrono_tz::UTC;
    let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let once = BTreeMap::from([(new_year, day(&["00:00-24:00"]))]);
    assert_eq!(OpeningHours::new(zone, closed(), once), None);
    let mut week = closed();
    week[0] = day(&["09:00-09:01"]);
    let rare = OpeningHours::new(zone, week, BTreeMap::new()).unwrap();
    let monday = at("2026-01-05T00:00:00Z");
    assert_eq!(
        rare.due_after(monday, TimeDelta::minutes(2)),
        Some(at("2026-01-12T09:01:00Z"))
    );
    assert_eq!(rare.due_after(monday, TimeDelta::days(30)), None);
}

#[test]
fn openings_that_overlap_or_touch_are_one() {
    let openings = day(&["13:00-17:00", "09:00-12:00", "12:00-12:30", "16:00-18:00"]);
    assert_eq!(openings, day(&["09:00-12:30", "13:00-18:00"]));
    assert_eq!(Opening::new(60, 60), None);
    assert_eq!(Opening::new(0, DAY_MINUTES + 1), None);
}

#[test]
fn hours_are_kept_and_read_back() {
    let kept = serde_json::to_string(&office()).unwrap();
    assert_eq!(
        serde_json::from_str::<OpeningHours>(&kept).unwrap(),
        office()
    );
}

#[test]
fn what_is_left_goes_on_by_the_hours_of_the_other_queue() {
    let office = office();
    let now = at("2026-01-05T15:00:00Z");
    let due = |minutes| now + TimeDelta::minutes(minutes);
    let to_office = |minutes| Pace::moved(None, Some(&office)).goes_on(due(minutes), now);
    assert_eq!(to_office(30), Some(due(30)));
    assert_eq!(to_office(90), Some(at("2026-01-06T08:30:00Z")));
    let back = Pace::moved(Some(&office), None).goes_on(at("2026-01-06T08:30:00Z"), now);
    assert_eq!(back, Some(due(90)));
    // What was due stays so, and without a move and between queues without hours nothing changes.
    assert_eq!(to_office(-1), Some(due(-1)));
    assert_eq!(Pace::of(Some(&office)).goes_on(due(90), now), Some(due(90)));
    assert_eq!(Pace::moved(None, None).goes_on(due(90), now), Some(due(90)));
}

/// A queue with these hours, where there was one without.
fn opens(stage: &mut Stage, queue: QueueId, hours: OpeningHours) {
    let hours = Some(Arc::new(hours));
    let queue = Queue {
        hours,
        ..(*stage.world.queues[&queue]).clone()
    };
    stage.world.put(&After::Queue(queue.into()));
}

#[test]
fn waiting_unanswered_and_auto_close_of_open_and_wrap_up_count_open_time_only() {
    let mut stage = Stage::new();
    opens(&mut stage, SUPPORT, office());
    stage.now = at("2026-01-05T15:58:00Z");
    let id = stage.start(Channel::LiveChat);
    let next_day = |minutes| at("2026-01-06T08:00:00Z") + TimeDelta::minutes(minutes);
    let clocks = |stage: &Stage| stage.conversation(id).clocks;
    assert_eq!(clocks(&stage).waiting_due, Some(next_day(3)));
    assert_eq!(stage.conversation(id).auto_close_at, Some(next_day(18)));
    stage.pass(60);
    stage.customer_writes(id, 0.0);
    assert_eq!(clocks(&stage).unanswered_due, Some(next_day(1)));
    assert_eq!(stage.conversation(id).auto_close_at, Some(next_day(19)));
    stage.does(&anna(), id, Act::Pick);
    // How long somebody has it is not a matter of the queue's hours.
    let handled = stage.now + TimeDelta::minutes(30);
    assert_eq!(clocks(&stage).handled_due, Some(handled));
    stage.pass(30);
    stage.does(&anna(), id, Act::End);
    let left = TimeDelta::minutes(15) - TimeDelta::seconds(30);
    assert_eq!(
        stage.conversation(id).auto_close_at,
        Some(next_day(0) + left)
    );
    stage.now = next_day(0);
    assert_eq!(stage.timer(id, TimerKind::AutoClose), []);
    stage.when_due(id, TimerKind::AutoClose);
    assert_eq!(stage.stands(id).0, State::Closed);
}

#[test]
fn waiting_and_active_close_by_all_time() {
    let mut stage = Stage::new();
    opens(&mut stage, SUPPORT, office());
    let id = stage.start(Channel::WhatsApp);
    stage.does(&anna(), id, Act::Pick);
    let due = |stage: &Stage| stage.conversation(id).auto_close_at.unwrap() - stage.now;
    assert_eq!(due(&stage), TimeDelta::days(30));
    stage.does(&anna(), id, Act::SetAside);
    assert_eq!(due(&stage), TimeDelta::days(28));
}

#[test]
fn another_queue_goes_on_with_the_open_time_that_was_left_and_changed_hours_act_later() {
    let mut stage = Stage::new();
    opens(&mut stage, SALES, office());
    stage.now = at("2026-01-05T15:58:00Z");
    let id = stage.start(Channel::LiveChat);
    let due = |stage: &Stage| {
        let conversation = stage.conversation(id);
        (
            conversation.clocks.waiting_due.unwrap(),
            conversation.auto_close_at.unwrap(),
        )
    };
    let (before, minutes) = (stage.now, TimeDelta::minutes);
    assert_eq!(due(&stage), (before + minutes(5), before + minutes(20)));
    stage.pass(60);
    let to = |queue| Act::AssignToQueue(commands::AssignToQueue(queue));
    stage.does(&sofie(), id, to(SALES));
    // One minute was open there, three and eighteen are left for the morning.
    let morning = at("2026-01-06T08:00:00Z");
    assert_eq!(due(&stage), (morning + minutes(3), morning + minutes(18)));
    stage.pass(60);
    // What the hours become acts on clocks that start later.
    let always = OpeningHours::new(
        chrono_tz::UTC,
        std::array::from_fn(|_| day(&["00:00-24:00"])),
        BTreeMap::new(),
    );
    opens(&mut stage, SALES, always.unwrap());
    stage.customer_writes(id, 0.0);
    let (waiting, auto_close) = due(&stage);
    assert_eq!(waiting, morning + minutes(3));
    assert_eq!(
        auto_close,
        stage.now + minutes(20),
        "a message starts it again"
    );
    assert_eq!(
        stage.conversation(id).clocks.unanswered_due,
        Some(stage.now + minutes(2))
    );
}

/// Zones with changes of the clocks by an hour, by half an hour, at midnight, and with none.
const ZONES: [Tz; 6] = [
    chrono_tz::Europe::Amsterdam,
    chrono_tz::America::New_York,
    chrono_tz::Australia::Lord_Howe,
    chrono_tz::America::Havana,
    chrono_tz::Africa::Casablanca,
    chrono_tz::Asia::Kolkata,
];

/// Days about which clocks are changed in one of these zones.
const DAYS: [&str; 8] = [
    "2026-03-08",
    "2026-03-29",
    "2026-04-05",
    "2026-10-04",
    "2026-10-25",
    "2026-11-01",
    "2026-02-15",
    "2026-03-22",
];

fn any_openings() -> impl Strategy<Value = Openings> {
    let opening = (0..DAY_MINUTES, 1..600_u16).prop_map(|(opens, length)| {
        Opening::new(opens, (opens + length).min(DAY_MINUTES)).unwrap()
    });
    prop::collection::vec(opening, 0..4).prop_map(|openings| openings.into_iter().collect())
}

prop_compose! {
    fn any_hours()(
        zone in select(ZONES.to_vec()), days in prop::collection::vec(any_openings(), 7),
        exceptions in prop::collection::btree_map(select(DAYS.to_vec()), any_openings(), 0..2),
    ) -> OpeningHours {
        let mut week: [Openings; 7] = days.try_into().unwrap();
        week[0] = week[0].iter().chain([opening("10:00-11:00")]).collect();
        let exceptions = exceptions.into_iter().map(|(date, day)| (date.parse().unwrap(), day));
        OpeningHours::new(zone, week, exceptions.collect()).unwrap()
    }
}

/// Whether the minute that begins at this instant is open, by the clock on the wall alone.
fn is_open_slowly(hours: &OpeningHours, zone: Tz, minute: DateTime<Utc>) -> bool {
    let local = minute.with_timezone(&zone).naive_local();
    let of_day = u16::try_from(local.hour() * 60 + local.minute()).unwrap();
    let exception = hours.exceptions().find(|(date, _)| *date == local.date());
    let usual = || {
        hours
            .week()
            .find(|(day, _)| *day == local.weekday())
            .unwrap()
            .1
    };
    let openings = exception.map_or_else(usual, |(_, openings)| openings);
    openings
        .iter()
        .any(|one| one.opens() <= of_day && of_day < one.closes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn open_time_is_what_counting_the_minutes_comes_to(
        hours in any_hours(), day in select(DAYS.to_vec()), start in 0..4_320_i64, length in 0..6_000_i64,
        wanted in 1..3_000_i64,
    ) {
        let (zone, day): (Tz, NaiveDate) = (hours.zone().parse().unwrap(), day.parse().unwrap());
        let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::days(2);
        let from = midnight + TimeDelta::minutes(start);
        let to = from + TimeDelta::minutes(length);
        let minutes = |count: i64| (0..count).map(|number| from + TimeDelta::minutes(number));
        let open = minutes(length).filter(|minute| is_open_slowly(&hours, zone, *minute)).count();
        prop_assert_eq!(hours.open_between(from, to), TimeDelta::minutes(i64::try_from(open).unwrap()));
        for minute in minutes(length.min(2_000)) {
            prop_assert_eq!(hours.is_open(minute), is_open_slowly(&hours, zone, minute), "{}", minute);
        }

        let mut left = wanted;
        let due = minutes(60 * 24 * 80).find(|minute| {
            left -= i64::from(is_open_slowly(&hours, zone, *minute));
            left == 0
        });
        let due = due.map(|minute| minute + TimeDelta::minutes(1));
        if let Some(due) = due {
            prop_assert_eq!(hours.due_after(from, TimeDelta::minutes(wanted)), Some(due));
            prop_assert_eq!(hours.open_between(from, due), TimeDelta::minutes(wanted));
        }
        let next = minutes(60 * 24 * 21).find(|minute| is_open_slowly(&hours, zone, *minute));
        prop_assert_eq!(hours.next_opens_at(from), next.filter(|next| *next > from));
    }
}
