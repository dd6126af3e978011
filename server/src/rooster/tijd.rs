//! Times of schedules, as people here read the clock: Europe/Amsterdam, with summer and winter time. Owns when a source
//! has its turn and when its window is open. Never keeps or starts anything.

use super::Rooster;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

/// A turn that could not be taken for longer than this was missed: the program did not run, or the computer slept.
const MISSED_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Where turns are counted.
pub fn zone() -> TimeZone {
    // The table of time zones is built in.
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)
}

/// Reads the times of a schedule: five fields, as crontab(5). Gives a Dutch sentence when they are none.
pub fn parse(times: &str) -> Result<Cron, String> {
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    let wrong = || {
        format!(
            "'{times}' is geen rooster: schrijf vijf velden (minuut uur dag maand weekdag), zoals 0 20 * * 1-5"
        )
    };
    let cron = parser.parse(times).map_err(|_| wrong())?;
    match cron.find_next_occurrence(&Timestamp::now().to_zoned(zone()), false) {
        Ok(_) => Ok(cron),
        Err(_) => Err(format!("'{times}' komt nooit voor")),
    }
}

/// The first turn after `after`. Around a change of the clock: a time that is skipped has its turn at the first moment
/// after the gap, one that comes twice has it once; what says "every so many" goes on through both hours.
pub fn next(times: &Cron, after: Timestamp) -> Option<Timestamp> {
    let found = times.find_next_occurrence(&after.to_zoned(zone()), false);
    // Beyond the end of the calendar there is no turn.
    found.ok().map(|turn| turn.timestamp())
}

/// What becomes of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is taken.
    Taken,
    /// The schedule is paused.
    Paused,
    /// It is too long ago, and the schedule does not catch up.
    Missed,
}

/// What becomes of the turn of `due`, now that it is `now`. Of several turns that were missed at most one is taken: the
/// caller asks for the next one after `now`.
pub fn turn(rooster: &Rooster, due: Timestamp, now: Timestamp) -> Turn {
    if rooster.pauze {
        Turn::Paused
    } else if now.duration_since(due) > MISSED_AFTER && !rooster.inhalen {
        Turn::Missed
    } else {
        Turn::Taken
    }
}

/// The hours in which a source may be read; from the one to the other, over midnight when the second is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Time,
    /// The first moment after it.
    pub to: Time,
}

impl Window {
    /// When the window that is open at `now` closes; `None` when none is.
    pub fn closes(self, now: Timestamp) -> Option<Timestamp> {
        let here = now.to_zoned(zone());
        // One that opened yesterday may still be open.
        [here.yesterday().ok()?, here]
            .into_iter()
            .find_map(|day| {
                self.on(&day)
                    .filter(|(open, close)| *open <= now && now < *close)
            })
            .map(|(_, close)| close)
    }

    /// The window that opens on the day of `day`.
    fn on(self, day: &Zoned) -> Option<(Timestamp, Timestamp)> {
        let at = |date: jiff::civil::Date, time: Time| {
            // In a gap the later, in a repeated hour the earlier moment.
            let zoned = date.to_datetime(time).to_zoned(zone()).ok()?;
            Some(zoned.timestamp())
        };
        let last = match self.to > self.from {
            true => day.date(),
            false => day.date().checked_add(1.day()).ok()?,
        };
        Some((at(day.date(), self.from)?, at(last, self.to)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment(text: &str) -> Timestamp {
        let civil: jiff::civil::DateTime = text.parse().expect("a moment");
        civil.to_zoned(zone()).expect("here").timestamp()
    }

    fn turns(times: &str, after: &str, count: usize) -> Vec<String> {
        let cron = parse(times).expect("times");
        let first = next(&cron, moment(after));
        std::iter::successors(first, |turn| next(&cron, *turn))
            .take(count)
            .map(|turn| {
                turn.to_zoned(zone())
                    .strftime("%m-%d %H:%M %:z")
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn a_time_that_the_spring_skips_is_not_lost() {
        assert_eq!(
            turns("30 2 * * *", "2027-03-27T12:00", 2),
            ["03-28 03:00 +02:00", "03-29 02:30 +02:00"]
        );
    }

    #[test]
    fn a_time_that_the_autumn_repeats_comes_once() {
        assert_eq!(
            turns("30 2 * * *", "2027-10-30T12:00", 2),
            ["10-31 02:30 +02:00", "11-01 02:30 +01:00"]
        );
    }

    #[test]
    fn every_evening_stays_every_evening() {
        assert_eq!(
            turns("0 22 * * 5,6", "2027-10-29T12:00", 3),
            [
                "10-29 22:00 +02:00",
                "10-30 22:00 +02:00",
                "11-05 22:00 +01:00"
            ]
        );
    }

    #[test]
    fn what_is_no_schedule_is_refused_in_dutch() {
        for wrong in ["", "elke dag", "0 20 * *", "0 20 * * * *", "61 * * * *"] {
            let error = parse(wrong).expect_err(wrong);
            assert!(error.contains("vijf velden"), "{error}");
        }
        assert!(parse("0 3 31 2 *").expect_err("never").contains("nooit"));
    }

    fn rooster(inhalen: bool, pauze: bool) -> Rooster {
        Rooster {
            tijden: "0 20 * * *".into(),
            inhalen,
            pauze,
            ..Rooster::default()
        }
    }

    #[test]
    fn a_missed_turn_is_caught_up_only_where_that_was_asked() {
        let due = moment("2027-01-04T20:00");
        let soon = moment("2027-01-04T20:04");
        let late = moment("2027-01-06T09:00");
        assert_eq!(turn(&rooster(false, false), due, soon), Turn::Taken);
        assert_eq!(turn(&rooster(false, false), due, late), Turn::Missed);
        assert_eq!(turn(&rooster(true, false), due, late), Turn::Taken);
        assert_eq!(turn(&rooster(true, true), due, soon), Turn::Paused);
    }

    #[test]
    fn a_window_over_midnight_is_one_window() {
        let night = Window {
            from: Time::constant(20, 0, 0, 0),
            to: Time::constant(6, 0, 0, 0),
        };
        let closes = |text: &str| night.closes(moment(text));
        assert_eq!(closes("2027-01-04T19:59"), None);
        assert_eq!(closes("2027-01-04T20:00"), Some(moment("2027-01-05T06:00")));
        assert_eq!(closes("2027-01-05T05:59"), Some(moment("2027-01-05T06:00")));
        assert_eq!(closes("2027-01-05T06:00"), None);
        // The night in which the clock goes forward is an hour shorter, not another window.
        assert_eq!(closes("2027-03-28T03:30"), Some(moment("2027-03-28T06:00")));
    }

    proptest! {
        #[test]
        fn turns_only_go_forward(minute in 0u8..60, hour in 0u8..24, day in 0i64..800, start in 0i64..86_400) {
            let cron = parse(&format!("{minute} {hour} * * *")).expect("times");
            let after = moment("2026-01-01T00:00") + SignedDuration::from_secs(day * 86_400 + start);
            let turn = next(&cron, after).expect("a turn");
            prop_assert!(turn > after);
            // Never more than a day and the hour that the autumn adds.
            prop_assert!(turn.duration_since(after) <= SignedDuration::from_hours(25));
        }
    }
}
