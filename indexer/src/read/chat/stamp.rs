//! The date and time before a WhatsApp message, in the many shapes that telephones give it, and the order of day
//! and month as a whole file shows it. Never looks at what follows the time.

use jiff::civil::Date;

use super::Moment;

/// Which number of a date is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayMonth,
    MonthDay,
}

/// Date and time as they stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    numbers: [i16; 3],
    /// The year stands before month and day.
    pub(super) year_first: bool,
    /// The shape of a telephone in American English, which writes the month first.
    american: bool,
    hour: i8,
    minute: i8,
    pub(super) second: Option<i8>,
    /// Between brackets, as iPhones write it.
    pub(super) bracket: bool,
    /// A comma stands between date and time.
    pub(super) comma: bool,
}

impl Stamp {
    /// The day, if it exists in this order.
    fn date(&self, order: Order) -> Option<Date> {
        let [a, b, c] = self.numbers;
        let (year, month, day) = match (self.year_first, order) {
            (true, _) => (a, b, c),
            (false, Order::DayMonth) => (c, b, a),
            (false, Order::MonthDay) => (c, a, b),
        };
        let year = if year < 100 { year + 2000 } else { year };
        let small = |number: i16| i8::try_from(number).ok();
        let known = (1990..2200).contains(&year);
        known.then(|| Date::new(year, small(month)?, small(day)?).ok())?
    }

    /// The moment, if it exists in this order.
    pub(super) fn moment(&self, order: Order) -> Option<Moment> {
        Moment::new(self.date(order)?, self.hour, self.minute, self.second)
    }

    pub(super) fn exists(&self) -> bool {
        self.date(Order::DayMonth).is_some() || self.date(Order::MonthDay).is_some()
    }
}

/// Marks of direction, that stand everywhere in an export and are no text.
pub(super) fn invisible(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Takes the head of a message off a line: its stamp, and what follows.
pub(super) fn take(line: &str) -> Option<(Stamp, &str)> {
    let mut text = Text(line.trim_start_matches(invisible));
    // What most lines fail on, tried first.
    if !text.0.starts_with(|c: char| c == '[' || c.is_ascii_digit()) {
        return None;
    }
    let bracket = text.one(&['[']).is_some();
    text.skip();
    let (numbers, year_first, american) = text.date()?;
    let comma = text.one(&[',', '،']).is_some();
    text.skip();
    let word = text.word();
    let (hour, padded) = text.digits(2)?;
    let colon = text.one(&[':', '.'])?;
    let minute = text.two()?;
    let second = match text.0.strip_prefix(colon) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            text.0 = rest;
            Some(text.two()?)
        }
        _ => None,
    };
    text.skip();
    let after = text.half();
    text.skip();
    let stamp = Stamp {
        numbers,
        year_first,
        american: american && after.is_some() && !padded,
        hour: of_day(i8::try_from(hour).ok()?, half_of(word).or(after))?,
        minute,
        second,
        bracket,
        comma,
    };
    (text.ends(&stamp) && stamp.exists()).then_some((stamp, text.0))
}

/// A clock of 12 hours has no 0 and nothing above 12, but telephones write `14:03 PM` too.
fn of_day(hour: i8, half: Option<Half>) -> Option<i8> {
    let hour = match half {
        Some(Half::Morning) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        _ => hour,
    };
    (0..24).contains(&hour).then_some(hour)
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn half_of(word: &str) -> Option<Half> {
    let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
    match letters.to_lowercase().as_str() {
        "am" | "上午" | "오전" => Some(Half::Morning),
        "pm" | "下午" | "오후" => Some(Half::Afternoon),
        _ => None,
    }
}

fn blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// What is left of a line.
struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    fn skip(&mut self) {
        self.0 = self.0.trim_start_matches(|c| blank(c) || invisible(c));
    }

    fn one(&mut self, of: &[char]) -> Option<char> {
        let c = self.0.chars().next().filter(|c| of.contains(c))?;
        self.0 = &self.0[c.len_utf8()..];
        Some(c)
    }

    /// A number of at most so many digits, and how many it has.
    fn number(&mut self, most: usize) -> Option<(i16, usize)> {
        self.0 = self.0.trim_start_matches(invisible);
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let number = (1..=most)
            .contains(&length)
            .then(|| self.0[..length].parse().ok())??;
        self.0 = self.0[length..].trim_start_matches(invisible);
        Some((number, length))
    }

    /// Three numbers, whether the year is the first, and whether Americans could write it so.
    fn date(&mut self) -> Option<([i16; 3], bool, bool)> {
        let (first, first_length) = self.number(4)?;
        let separator = self.one(&['/', '.', '-'])?;
        self.skip();
        let (second, _) = self.number(2)?;
        self.one(&[separator])?;
        self.skip();
        let (third, third_length) = self.number(4)?;
        self.one(&['.']);
        self.skip();
        let year_first = match (first_length, third_length) {
            (4, 1 | 2) => true,
            (1 | 2, 2 | 4) => false,
            _ => return None,
        };
        let american = separator == '/' && third_length == 2;
        Some(([first, second, third], year_first, american))
    }

    /// Takes what closes the head.
    fn ends(&mut self, stamp: &Stamp) -> bool {
        if stamp.bracket {
            self.one(&[']']).is_some()
        } else if stamp.second.is_some() && self.0.starts_with(": ") {
            // iPhones of before 2016.
            self.one(&[':']).is_some()
        } else {
            self.one(&['-', '–']).is_some() && self.0.starts_with(|c| blank(c) || invisible(c))
        }
    }

    /// A number, and whether it is padded with a zero.
    fn digits(&mut self, most: usize) -> Option<(i16, bool)> {
        let padded = self.0.starts_with('0');
        Some((self.number(most)?.0, padded))
    }

    fn two(&mut self) -> Option<i8> {
        let (number, length) = self.number(2)?;
        (length == 2 && number < 60).then(|| i8::try_from(number).ok())?
    }

    /// A word between date and time, such as `om`, `klo` or `à`.
    fn word(&mut self) -> &'a str {
        let end = self
            .0
            .find(|c: char| !c.is_alphabetic() && c != '.')
            .unwrap_or(self.0.len());
        let word = &self.0[..end];
        if end == 0 || word.chars().count() > 6 {
            return "";
        }
        self.0 = &self.0[end..];
        self.skip();
        word
    }

    /// `PM`, `p.m.` or `p. m.`.
    fn half(&mut self) -> Option<Half> {
        let fits = |c: &(usize, char)| c.1.is_alphabetic() || c.1 == '.' || blank(c.1);
        let end = self
            .0
            .char_indices()
            .take(8)
            .take_while(fits)
            .last()
            .map_or(0, |(i, c)| i + c.len_utf8());
        let half = half_of(&self.0[..end])?;
        self.0 = &self.0[end..];
        Some(half)
    }
}

/// What a whole file shows of its heads: days must exist in their order, and not run backwards.
#[derive(Default)]
pub(super) struct Orders {
    /// Heads without and with brackets. The fewer of the two are quoted text.
    styles: [Style; 2],
}

/// What the heads of one style show.
#[derive(Default)]
struct Style {
    heads: u64,
    day_month: Seen,
    month_day: Seen,
    american: bool,
}

#[derive(Default)]
struct Seen {
    impossible: u64,
    backward: u64,
    last: Option<Date>,
}

impl Seen {
    fn add(&mut self, date: Option<Date>) {
        match date {
            Some(date) => {
                self.backward += u64::from(self.last.is_some_and(|last| date < last));
                self.last = Some(date);
            }
            None => self.impossible += 1,
        }
    }
}

impl Orders {
    pub(super) fn add(&mut self, stamp: &Stamp) {
        let style = &mut self.styles[usize::from(stamp.bracket)];
        style.heads += 1;
        if !stamp.year_first {
            style.american |= stamp.american;
            style.day_month.add(stamp.date(Order::DayMonth));
            style.month_day.add(stamp.date(Order::MonthDay));
        }
    }

    /// Whether the heads of this file stand between brackets.
    pub(super) fn bracket(&self) -> bool {
        self.styles[1].heads > self.styles[0].heads
    }

    pub(super) fn best(&self) -> Order {
        let style = &self.styles[usize::from(self.bracket())];
        let weight = |seen: &Seen| (seen.impossible, seen.backward);
        match weight(&style.day_month).cmp(&weight(&style.month_day)) {
            std::cmp::Ordering::Less => Order::DayMonth,
            std::cmp::Ordering::Greater => Order::MonthDay,
            std::cmp::Ordering::Equal if style.american => Order::MonthDay,
            std::cmp::Ordering::Equal => Order::DayMonth,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_telephone_has_a_shape_of_its_own() {
        for (line, moment, rest) in [
            (
                "[15/03/2024, 14:03:22] Jan: hoi",
                "2024-03-15 14:03:22",
                " Jan: hoi",
            ),
            (
                "\u{200e}[15-03-2024 14:03:22] Jan: hoi",
                "2024-03-15 14:03:22",
                " Jan: hoi",
            ),
            (
                "[15-03-24 2:03:22\u{202f}PM] Jan",
                "2024-03-15 14:03:22",
                " Jan",
            ),
            (
                "[07.03.26, 21:22:39] Chris",
                "2026-03-07 21:22:39",
                " Chris",
            ),
            (
                "[12.3.2022 klo 14.08.18] Ville",
                "2022-03-12 14:08:18",
                " Ville",
            ),
            (
                "[2017-09-07, 7:58:30 AM] Tom",
                "2017-09-07 07:58:30",
                " Tom",
            ),
            (
                "15-03-2024 14:03 - Jan: hoi",
                "2024-03-15 14:03",
                " Jan: hoi",
            ),
            ("15-03-24, 14:03 - Jan", "2024-03-15 14:03", " Jan"),
            ("15.03.24, 14:03 - Jan", "2024-03-15 14:03", " Jan"),
            ("2021-03-18, 3:02 p.m. - A", "2021-03-18 15:02", " A"),
            ("28/3/2025, 9:29 p. m. - user", "2025-03-28 21:29", " user"),
            (
                "28/3/2025, 12:05 a.\u{a0}m. - user",
                "2025-03-28 00:05",
                " user",
            ),
            ("2024/03/15, 14:03 - Thabo", "2024-03-15 14:03", " Thabo"),
            ("2024. 03. 15. 14:03 - Béla", "2024-03-15 14:03", " Béla"),
            ("15/03/2024 à 14:03 - Luc", "2024-03-15 14:03", " Luc"),
            ("2024/3/15 下午2:03 - 王", "2024-03-15 14:03", " 王"),
            (
                "24/3/14, 13:59:59: Jan: hoi",
                "2014-03-24 13:59:59",
                " Jan: hoi",
            ),
        ] {
            let (stamp, left) = take(line).unwrap_or_else(|| panic!("{line}"));
            let found = stamp.moment(Order::DayMonth).expect(line);
            assert_eq!((found.to_string().as_str(), left), (moment, rest), "{line}");
        }
    }

    #[test]
    fn other_lines_are_no_heads() {
        for line in [
            "",
            "[",
            "15-03-2024",
            "31/02/2024, 10:00 - Jan: bestaat niet",
            "15-03-2024 14:03 -Jan",
            "15-03-2024 25:03 - Jan: hoi",
            "15-03-2024 14:61 - Jan: hoi",
            "[15-03-2024 14:03:22 Jan: hoi",
            "15-03/2024 14:03 - Jan: hoi",
            "1234567890-1-1 10:00 - x: y",
            "123-03-2024 10:00 - x: y",
            "15 maart 2024 14:03 - Jan: hoi",
        ] {
            assert_eq!(take(line), None, "{line}");
        }
    }

    #[test]
    fn the_file_decides_what_is_the_day() {
        let best = |lines: &[&str]| {
            let mut orders = Orders::default();
            for line in lines {
                orders.add(&take(line).expect(line).0);
            }
            orders.best()
        };
        assert_eq!(best(&["3/4/24, 14:03 - A: b"]), Order::DayMonth);
        assert_eq!(best(&["3/4/24, 2:03 PM - A: b"]), Order::MonthDay);
        assert_eq!(
            best(&["3/4/24, 14:03 - A: b", "3/14/24, 14:03 - A: b"]),
            Order::MonthDay
        );
        assert_eq!(
            best(&["3/4/24, 2:03 PM - A: b", "14/4/24, 2:03 PM - A: b"]),
            Order::DayMonth
        );
        let months = [
            "1/11/24, 10:00 - A: b",
            "1/12/24, 10:00 - A: b",
            "2/1/24, 10:00 - A: b",
        ];
        assert_eq!(best(&months), Order::MonthDay);
    }
}
