//! Which words are a date, a number or a paper of parliament, and where a text has the same one, written otherwise.
//! Reads what stands in the text; knows nothing of what an engine looks up.
//!
//! | in a question | is |
//! |---|---|
//! | `5-1-2023`, `05/01/2023`, `5.1.2023`, `5-jan-2023`, `2023-1-5` | a date: three parts with the same sign between |
//! | `5 januari 2023`, `5 jan. 2023`, `2023 1 5` as plain words that must all be there | a date |
//! | `1250000`: five digits or more and no 0 first | a number |
//! | `1 250 000` as such plain words: the first of one to three digits and no 0 first, the others of three | a number |
//! | `32802-73`: five digits and one to four | a paper of parliament |
//!
//! A date has a day and a month of one or two digits, a month in Dutch letters may have a dot, and a year always has
//! four digits; it must be a day of the calendar. Words are a number only together with all groups of it: `250 000`
//! is none within `1 250 000`.
//!
//! | in a text | has | is called |
//! |---|---|---|
//! | `5 1 2023`, `05.01.2023`: day, month, year in figures, side by side | a date | `5-1-2023` |
//! | `2023-01-05`: year, month, day | a date | `2023-01-05` |
//! | `20230105`: one word of eight digits | a date | `20230105` |
//! | `5 januari 2023`, `05 jan 2023` | a date | `5 januari 2023` |
//! | `5-1-23`, `05/01/23`, `5.01.23`: one word, each of at most two digits | a date | `05-01-23` |
//! | `1 250 000`, `1.250.000`: groups side by side, whatever stands around them | a number | `1 250 000` |
//! | `1250000`, or a word that the analyzer joins to it: only for words together | a number | `1250000` |
//! | `32 802-73` | a paper | `32 802-73` |
//! | `32 802, nr. 73` | a paper | `32 802, nr. 73` |
//! | `32802, nr. 73` | a paper | `32802, nr. 73` |
//!
//! A short year is of any century. What it is called is how a question switches it off.

use super::text::Text;
use std::ops::Range;
use zv_analyzers::Stream;

const MONTHS: [&str; 12] = [
    "januari jan",
    "februari feb febr",
    "maart mrt",
    "april apr",
    "mei",
    "juni jun",
    "juli jul",
    "augustus aug",
    "september sep sept",
    "oktober okt",
    "november nov",
    "december dec",
];

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    day: u32,
    month: u32,
    year: u32,
}

/// One way in which something can stand in a text.
#[derive(Debug)]
pub enum Way {
    DayMonthYear(Day),
    YearMonthDay(Day),
    Joined(Day),
    InWords(Day),
    ShortYear(Day),
    /// Digits in groups of three.
    Groups(String),
    /// Digits as one word.
    Digits(String),
    /// The dossier in groups or not, with "nr" behind it or not.
    Paper {
        dossier: String,
        grouped: bool,
        numbered: bool,
        paper: String,
    },
}

/// The ways of one word of a question, with what they are called.
pub fn of_word(text: &str) -> Vec<(String, Way)> {
    for sign in ["-", "/", "."] {
        let parts: Vec<&str> = text.split(sign).collect();
        if let Some(day) = day_of(&parts) {
            return of_day(day, text);
        }
    }
    if text.len() >= 5 && all_digits(text) && !text.starts_with('0') {
        return vec![(in_groups(text), Way::Groups(text.to_owned()))];
    }
    let Some((dossier, paper)) = text.split_once('-') else {
        return Vec::new();
    };
    if !(all_digits(dossier) && dossier.len() == 5 && all_digits(paper) && paper.len() <= 4) {
        return Vec::new();
    }
    let way = |grouped: bool, numbered: bool| Way::Paper {
        dossier: dossier.to_owned(),
        grouped,
        numbered,
        paper: paper.to_owned(),
    };
    let apart = in_groups(dossier);
    vec![
        (format!("{apart}-{paper}"), way(true, false)),
        (format!("{apart}, nr. {paper}"), way(true, true)),
        (format!("{dossier}, nr. {paper}"), way(false, true)),
    ]
}

/// The ways of the words in `range` together, of plain words that must all be there.
pub fn of_words(words: &[&str], range: Range<usize>) -> Vec<(String, Way)> {
    let mut ways = Vec::new();
    if let Some(day) = day_of(&words[range.clone()]) {
        ways.extend(of_day(day, ""));
    }
    let wider = |from: usize, to: usize| {
        (from..=range.start)
            .flat_map(|start| (range.end..=to).map(move |end| start..end))
            .any(|wider| wider != range && is_grouped(&words[wider]))
    };
    if is_grouped(&words[range.clone()]) && !wider(0, words.len()) {
        let number = words[range].concat();
        ways.push((number.clone(), Way::Digits(number)));
    }
    ways
}

fn of_day(day: Day, asked: &str) -> Vec<(String, Way)> {
    let Day {
        day: d,
        month: m,
        year: y,
    } = day;
    // It is not called what the question says itself.
    let names = [
        format!("{d}-{m}-{y}"),
        format!("{d:02}-{m:02}-{y}"),
        format!("{d}/{m}/{y}"),
    ];
    let month = MONTHS[m as usize - 1].split(' ').next().unwrap();
    vec![
        (
            names.into_iter().find(|name| name != asked).unwrap(),
            Way::DayMonthYear(day),
        ),
        (format!("{y:04}-{m:02}-{d:02}"), Way::YearMonthDay(day)),
        (format!("{y:04}{m:02}{d:02}"), Way::Joined(day)),
        (format!("{d} {month} {y}"), Way::InWords(day)),
        (format!("{d:02}-{m:02}-{:02}", y % 100), Way::ShortYear(day)),
    ]
}

impl Way {
    /// Where it ends, when it stands at `from`.
    pub fn end(&self, text: &Text, from: u32) -> Option<u32> {
        let is = |at: u32, what: &dyn Fn(&str) -> bool| written(text, at).any(what);
        let number = |at: u32, asked: u32| is(at, &|term| figure(term) == Some(asked));
        let year = |at: u32, asked: u32| is(at, &|term| year(term) == Some(asked));
        let three = |stands: bool| stands.then_some(from + 2);
        let one = |stands: bool| stands.then_some(from);
        match self {
            Way::DayMonthYear(day) => three(
                number(from, day.day) && number(from + 1, day.month) && year(from + 2, day.year),
            ),
            Way::YearMonthDay(day) => three(
                year(from, day.year) && number(from + 1, day.month) && number(from + 2, day.day),
            ),
            Way::InWords(day) => three(
                number(from, day.day)
                    && is(from + 1, &|term| named(term) == Some(day.month))
                    && year(from + 2, day.year),
            ),
            Way::Joined(day) => one(is(from, &|term| {
                all_digits(term)
                    && term.len() == 8
                    && day_of(&[&term[..4], &term[4..6], &term[6..]]) == Some(*day)
            })),
            Way::ShortYear(day) => one(is(from, &|term| is_short(term, *day))),
            Way::Groups(number) => groups_end(text, from, number, true),
            Way::Digits(number) => one(text.at(from).iter().any(|(stream, term)| {
                matches!(stream, Stream::Exact | Stream::Woordvorm) && term == number
            })),
            Way::Paper {
                dossier,
                grouped,
                numbered,
                paper,
            } => {
                let mut at = match grouped {
                    true => groups_end(text, from, dossier, true)?,
                    false => one(is(from, &|term| term == dossier))?,
                };
                if *numbered {
                    at += 1;
                    is(at, &|term| term == "nr").then_some(())?;
                }
                is(at + 1, &|term| term == paper).then_some(at + 1)
            }
        }
    }
}

/// The words at `at`, as written.
fn written(text: &Text, at: u32) -> impl Iterator<Item = &str> {
    let exact = |(stream, _): &&(Stream, String)| *stream == Stream::Exact;
    text.at(at)
        .iter()
        .filter(exact)
        .map(|(_, term)| term.as_str())
}

/// Where `number` ends that begins at `at`: groups of three digits, the first perhaps shorter.
fn groups_end(text: &Text, at: u32, number: &str, first: bool) -> Option<u32> {
    written(text, at).find_map(|term| {
        let fits = all_digits(term) && (term.len() == 3 || first && term.len() < 3);
        match number.strip_prefix(term).filter(|_| fits)? {
            "" => Some(at),
            rest => groups_end(text, at + 1, rest, false),
        }
    })
}

fn is_short(term: &str, day: Day) -> bool {
    ['-', '/', '.'].into_iter().any(|sign| {
        let parts: Vec<&str> = term.split(sign).collect();
        let [d, m, y] = parts.as_slice() else {
            return false;
        };
        let both = d.len() <= 2 && m.len() <= 2;
        let date = (figure(d), figure(m)) == (Some(day.day), Some(day.month));
        both && date && y.len() == 2 && figure(y) == Some(day.year % 100)
    })
}

/// Whether words are the groups of one number.
fn is_grouped(words: &[&str]) -> bool {
    let [first, rest @ ..] = words else {
        return false;
    };
    let begins = all_digits(first) && first.len() <= 3 && !first.starts_with('0');
    begins && !rest.is_empty() && rest.iter().all(|word| all_digits(word) && word.len() == 3)
}

fn day_of(parts: &[&str]) -> Option<Day> {
    let [first, month, last] = *parts else {
        return None;
    };
    let month = figure(month).or_else(|| named(month))?;
    let (day, year) = match year(first) {
        Some(year) => (figure(last)?, year),
        None => (figure(first)?, year(last)?),
    };
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let exists = (1..=12).contains(&month) && (1..=days).contains(&day);
    exists.then_some(Day { day, month, year })
}

/// The month with this name, as people write it.
fn named(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let name = name.trim_end_matches('.');
    let month = MONTHS
        .iter()
        .position(|names| names.split(' ').any(|known| known == name))?;
    Some(month as u32 + 1)
}

/// One or two digits.
fn figure(text: &str) -> Option<u32> {
    (all_digits(text) && text.len() <= 2).then(|| text.parse().unwrap())
}

fn year(text: &str) -> Option<u32> {
    (all_digits(text) && text.len() == 4).then(|| text.parse().unwrap())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn in_groups(number: &str) -> String {
    let mut name = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            name.push(' ');
        }
        name.push(digit);
    }
    name
}
