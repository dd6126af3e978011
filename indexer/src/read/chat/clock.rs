//! Moments of messages: the clock of the export itself, and instants put on the clock of Amsterdam. Never asks
//! the system for a time zone: a reader process opens no files.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};

/// When a message was sent, on the clock of the export or of Amsterdam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) struct Moment {
    at: DateTime,
    /// Whether the second is known.
    seconds: bool,
}

impl Moment {
    /// A moment by its numbers; `None` when it does not exist.
    pub(super) fn new(date: Date, hour: i8, minute: i8, second: Option<i8>) -> Option<Self> {
        let at = DateTime::new(
            date.year(),
            date.month(),
            date.day(),
            hour,
            minute,
            second.unwrap_or(0),
            0,
        )
        .ok()?;
        let seconds = second.is_some();
        Some(Self { at, seconds })
    }

    /// A number of seconds, milliseconds or microseconds since 1970, whichever gives a year of our time.
    pub(super) fn epoch(number: i64) -> Option<Self> {
        let seconds = match number {
            ..0 => return None,
            0..100_000_000_000 => number,
            100_000_000_000..100_000_000_000_000 => number / 1_000,
            _ => number / 1_000_000,
        };
        // Before this no telephone sent a message: a small number is something else.
        let instant = Timestamp::from_second(seconds).ok()?;
        (seconds >= 600_000_000).then(|| Self::local(instant))
    }

    /// An ISO 8601 moment, `2024-03-15 13:03:22 UTC` too. Without an offset it is the clock of the export.
    pub(super) fn iso(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = match text.strip_suffix("UTC").map(str::trim_end) {
            Some(moment) => format!("{moment}Z"),
            None => text.to_owned(),
        };
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Self::local(instant));
        }
        let at: DateTime = text.parse().ok()?;
        let seconds = text.bytes().filter(|byte| *byte == b':').count() >= 2;
        let at = at.with().subsec_nanosecond(0).build().ok()?;
        Some(Self { at, seconds })
    }

    /// `Wed Oct 10 20:19:24 +0000 2018`.
    pub(super) fn twitter(text: &str) -> Option<Self> {
        let parsed = jiff::fmt::strtime::parse("%a %b %d %H:%M:%S %z %Y", text.trim()).ok()?;
        Some(Self::local(parsed.to_timestamp().ok()?))
    }

    fn local(instant: Timestamp) -> Self {
        let at = instant.to_zoned(amsterdam()).datetime();
        let at = at.with().subsec_nanosecond(0).build().unwrap_or(at);
        Self { at, seconds: true }
    }

    pub(super) fn date(&self) -> Date {
        self.at.date()
    }

    /// The instant in RFC 3339.
    pub(super) fn instant(&self) -> String {
        match self.at.to_zoned(amsterdam()) {
            Ok(zoned) => zoned.timestamp().to_string(),
            Err(_) => self.at.date().to_string(),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.seconds {
            "%Y-%m-%d %H:%M:%S"
        } else {
            "%Y-%m-%d %H:%M"
        };
        self.at.strftime(format).fmt(f)
    }
}

/// The rules of the European Union, which are older than any chat.
fn amsterdam() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_put_on_the_clock_of_amsterdam() {
        let shown = |moment: Option<Moment>| moment.map(|m| m.to_string()).unwrap_or_default();
        assert_eq!(shown(Moment::epoch(1_710_507_802)), "2024-03-15 14:03:22");
        assert_eq!(
            shown(Moment::epoch(1_720_000_000_123)),
            "2024-07-03 11:46:40"
        );
        assert_eq!(shown(Moment::epoch(12)), "");
        assert_eq!(
            shown(Moment::iso("2024-07-03T22:30:00Z")),
            "2024-07-04 00:30:00"
        );
        assert_eq!(
            shown(Moment::iso("2024-03-15 13:03:22 UTC")),
            "2024-03-15 14:03:22"
        );
        assert_eq!(shown(Moment::iso("2024-03-15T14:03")), "2024-03-15 14:03");
        assert_eq!(
            shown(Moment::iso("2024-03-15T14:03:22.123456")),
            "2024-03-15 14:03:22"
        );
        assert_eq!(
            shown(Moment::twitter("Wed Oct 10 20:19:24 +0000 2018")),
            "2018-10-10 22:19:24"
        );
        assert_eq!(shown(Moment::iso("2024-02-31 10:00")), "");
    }
}
