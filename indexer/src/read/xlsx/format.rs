//! Numbers as a person sees them: days, times and percentages by the format of the cell, all others as plain
//! values. Never rounds beyond what binary fractions force.

use std::collections::HashMap;
use std::io::Read;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::super::tokens::{Fault, Step, Token, Xml, local};

/// How numbers of one format are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Percent,
    Date,
    Time,
    DateTime,
    /// Hours that go on past 24.
    Elapsed,
}

/// The number formats of a workbook.
#[derive(Default)]
pub(super) struct Formats {
    /// Days are counted from 1904 instead of 1900.
    pub(super) since_1904: bool,
    /// The kind of each cell style.
    kinds: Vec<Kind>,
}

impl Formats {
    /// Reads the styles part.
    pub(super) fn read<R: Read>(&mut self, xml: Xml<R>) -> Result<(), Fault> {
        let mut own: HashMap<u32, Kind> = HashMap::new();
        let mut in_cells = false;
        xml.each(|token| {
            match token {
                Token::Start(tag) => match tag.local() {
                    "numFmt" => {
                        let id = tag.attr_exact("numFmtId").and_then(|id| id.parse().ok());
                        let code = tag.attr_exact("formatCode").unwrap_or_default();
                        own.extend(id.map(|id: u32| (id, kind_of(&code))));
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = tag.attr_exact("numFmtId").and_then(|id| id.parse().ok());
                        let id: u32 = id.unwrap_or(0);
                        let kind = own.get(&id).copied().unwrap_or_else(|| built_in(id));
                        self.kinds.push(kind);
                    }
                    _ => {}
                },
                Token::End(name) if local(name) == "cellXfs" => in_cells = false,
                _ => {}
            }
            Ok(Step::Into)
        })
    }

    /// Adds the next cell style: the number of its format, and its code if the workbook gives one.
    pub(super) fn add_style(&mut self, id: u32, code: Option<&String>) {
        let kind = code.map_or_else(|| built_in(id), |code| kind_of(code));
        self.kinds.push(kind);
    }

    /// The value of a cell as a person sees it.
    pub(super) fn show(&self, value: &str, style: usize) -> String {
        let Ok(number) = value.parse::<f64>() else {
            return value.to_owned();
        };
        let shown = match self.kinds.get(style).copied().unwrap_or(Kind::Plain) {
            Kind::Plain => None,
            Kind::Percent => Some(percent(number)),
            kind => self.moment(number, kind),
        };
        shown.unwrap_or_else(|| plain(number))
    }

    /// A day number as a day or time; none when it lies outside the calendar.
    fn moment(&self, number: f64, kind: Kind) -> Option<String> {
        if !(0.0..3_000_000.0).contains(&number) {
            return None;
        }
        let mut days = number.floor() as i64;
        let mut seconds = ((number - number.floor()) * 86_400.0).round() as i64;
        if seconds == 86_400 {
            days += 1;
            seconds = 0;
        }
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let hour = hour + if kind == Kind::Elapsed { days * 24 } else { 0 };
        let time = match second {
            0 => format!("{hour:02}:{minute:02}"),
            _ => format!("{hour:02}:{minute:02}:{second:02}"),
        };
        let only_time = matches!(kind, Kind::Time | Kind::Elapsed) || days == 0 && seconds > 0;
        if only_time {
            return Some(time);
        }
        let day = self.day(days)?.strftime("%d-%m-%Y").to_string();
        Some(match kind {
            Kind::DateTime if seconds > 0 => format!("{day} {time}"),
            _ => day,
        })
    }

    fn day(&self, days: i64) -> Option<Date> {
        let first = match (self.since_1904, days) {
            (true, _) => date(1904, 1, 1),
            // Day 60 is 29 February 1900, which never was; the days before it are one off.
            (false, ..60) => date(1899, 12, 31),
            (false, _) => date(1899, 12, 30),
        };
        first.checked_add(days.days()).ok()
    }
}

/// A fraction as a percentage.
pub(in super::super) fn percent(number: f64) -> String {
    format!("{}%", plain(number * 100.0))
}

/// Whether the format with this code, or else this number, shows percentages.
pub(in super::super) fn is_percent(id: u32, code: Option<&str>) -> bool {
    code.map_or_else(|| built_in(id), kind_of) == Kind::Percent
}

/// The formats that every workbook has without saying so (ECMA-376 part 1, 18.8.30).
fn built_in(id: u32) -> Kind {
    match id {
        9 | 10 => Kind::Percent,
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Kind::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Kind::Time,
        22 => Kind::DateTime,
        46 => Kind::Elapsed,
        _ => Kind::Plain,
    }
}

/// What a format code shows, judged by its first section.
fn kind_of(code: &str) -> Kind {
    let (mut day, mut time, mut month) = (false, false, false);
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char.to_ascii_lowercase() {
            ';' => break,
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let elapsed = !inside.is_empty();
                if elapsed
                    && inside
                        .chars()
                        .all(|c| matches!(c, 'h' | 'H' | 'm' | 's' | 'u'))
                {
                    return Kind::Elapsed;
                }
            }
            '%' => return Kind::Percent,
            // The General format has letters of its own.
            'g' if code.to_ascii_lowercase().starts_with("general") => return Kind::Plain,
            'd' | 'y' | 'j' => day = true,
            'h' | 's' | 'u' => time = true,
            'm' => month = true,
            _ => {}
        }
    }
    match (day, time) {
        (true, true) => Kind::DateTime,
        (false, true) => Kind::Time,
        (true, false) => Kind::Date,
        (false, false) if month => Kind::Date,
        (false, false) => Kind::Plain,
    }
}

/// A number with at most 15 digits, as spreadsheets show it: 0.30000000000000004 is 0.3.
fn plain(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    match rounded.abs() {
        size if size != 0.0 && !(1e-9..1e21).contains(&size) => format!("{rounded:E}"),
        _ => rounded.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_the_spreadsheet() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(1234567.0), "1234567");
        assert_eq!(plain(-12.5), "-12.5");
        assert_eq!(plain(0.0), "0");
        assert_eq!(plain(1e30), "1E30");
    }

    #[test]
    fn format_codes_tell_days_from_numbers() {
        assert_eq!(kind_of("dd\\-mm\\-yyyy"), Kind::Date);
        assert_eq!(kind_of("d mmmm jjjj"), Kind::Date);
        assert_eq!(kind_of("[$-413]d mmmm yyyy;@"), Kind::Date);
        assert_eq!(kind_of("mmm-yy hh:mm"), Kind::DateTime);
        assert_eq!(kind_of("h:mm:ss"), Kind::Time);
        assert_eq!(kind_of("[h]:mm"), Kind::Elapsed);
        assert_eq!(kind_of("0.0%"), Kind::Percent);
        assert_eq!(kind_of("General"), Kind::Plain);
        assert_eq!(kind_of("#,##0.00\" dagen\""), Kind::Plain);
        assert_eq!(kind_of("[Red]-#,##0"), Kind::Plain);
    }

    #[test]
    fn day_numbers_become_days_in_both_calendars() {
        let mut formats = Formats {
            kinds: vec![Kind::Plain, Kind::Date, Kind::DateTime, Kind::Elapsed],
            ..Formats::default()
        };
        assert_eq!(formats.show("43525", 0), "43525");
        assert_eq!(formats.show("43525", 1), "01-03-2019");
        assert_eq!(formats.show("43525.75", 2), "01-03-2019 18:00");
        assert_eq!(formats.show("1.5", 3), "36:00");
        assert_eq!(formats.show("1", 1), "01-01-1900");
        assert_eq!(formats.show("-5", 1), "-5");
        formats.since_1904 = true;
        assert_eq!(formats.show("42063", 1), "01-03-2019");
    }
}
