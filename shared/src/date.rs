//! Dates as archives give them: a year, a month or a day, on the calendar of Europe/Amsterdam.
//! Never holds a time of day: periods are compared by whole days.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Inclusive range of days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRange {
    /// First day.
    pub first: i64,
    /// Last day, inclusive.
    pub last: i64,
}

impl DayRange {
    /// Whether the two share a day.
    pub fn overlaps(self, other: DayRange) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// A date of which the day, or the day and the month, may be unknown. Printed and parsed as `2019`,
/// `2019-06` or `2019-06-30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// Parses `JJJJ`, `JJJJ-MM` or `JJJJ-MM-DD`; `None` when that day does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let year_text = fields.next()?;
        let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(year_text, 4) {
            return None;
        }
        let year = year_text.parse().ok()?;
        let mut two = || match fields.next() {
            None => Some(None),
            Some(t) if digits(t, 2) => t.parse::<i8>().ok().map(Some),
            Some(_) => None,
        };
        let (month, day) = (two()?, two()?);
        if fields.next().is_some() {
            return None;
        }
        civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        Some(PartialDate { year, month, day })
    }

    /// The day on which `instant` falls in Europe/Amsterdam.
    pub fn from_timestamp(instant: Timestamp) -> Self {
        Self::from(instant.to_zoned(amsterdam()).date())
    }

    /// The days it may stand for.
    pub fn days(self) -> DayRange {
        let first =
            civil::Date::constant(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1));
        let last = match (self.month, self.day) {
            (_, Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            (None, None) => first.last_of_year(),
        };
        DayRange {
            first: day_number(first),
            last: day_number(last),
        }
    }
}

impl From<civil::Date> for PartialDate {
    fn from(date: civil::Date) -> Self {
        PartialDate {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for field in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{field:02}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for PartialDate {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        PartialDate::parse(&text).ok_or(text)
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

/// The time zone of everything that a user sees.
pub fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)
}

fn day_number(date: civil::Date) -> i64 {
    let epoch = civil::Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// The calendar day of a day number: year and month are what facets count.
pub fn day_from_number(number: i64) -> Option<civil::Date> {
    let span = jiff::Span::new().try_days(number).ok()?;
    civil::Date::constant(1970, 1, 1).checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_date_stands_for_all_its_days() {
        let days = |t| PartialDate::parse(t).expect(t).days();
        assert_eq!(days("1970-01-02"), DayRange { first: 1, last: 1 });
        assert_eq!(days("1970").last, 364);
        assert_eq!(days("2020-02").last - days("2020-02").first, 28);
        assert!(days("2019").overlaps(days("2019-06")));
        assert!(!days("2019").overlaps(days("2020")));
        for wrong in [
            "19",
            "2019-13",
            "2019-02-30",
            "2019-6",
            "2019-06-01-1",
            "",
            "20a9",
            "+019",
        ] {
            assert_eq!(PartialDate::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_instant_falls_on_its_dutch_day() {
        let late_utc: Timestamp = "2021-06-30T22:30:00Z".parse().expect("valid");
        assert_eq!(
            PartialDate::from_timestamp(late_utc).to_string(),
            "2021-07-01"
        );
        let day = PartialDate::from_timestamp(late_utc);
        assert_eq!(
            day_from_number(day.days().first).map(PartialDate::from),
            Some(day)
        );
    }
}
