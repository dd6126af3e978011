//! Which words are a date, a number or a paper of parliament, and where a text has the same one, written otherwise.
//! Reads what stands in the text; knows nothing of what an engine looks up.
//!
//! | in a question | is |
//! |---|---|
//! | `5-1-2023`, `05/01/2023`, `5.1.2023`, `5-jan-2023`, `2023-1-5` | a date: three parts with the same sign between |
//! | `5-1-23`, `05/01/23`, `5-jan-23` | a date of 1923 and one of 2023 |
//! | `20230105` | a date, and a number |
//! | `2023-01-05T14:30:00Z`, `20230105T1430` | a date: the clock does not count |
//! | `5 januari 2023`, `5 jan. 2023`, `2023 1 5` as plain words that must all be there | a date |
//! | `5 jan 23`, `5 januari '23` as such plain words: the month in letters | a date of 1923 and one of 2023 |
//! | any of these with `14:30` or `14:30:00Z` as the next such plain word | that date |
//! | `1250`, `1.250`, `1250,50`: four digits or more and no 0 first; cents do not count | a number |
//! | `1 250 000` as such plain words: the first of one to three digits and no 0 first, the others of three, perhaps with cents | a number |
//! | `32802-73`: five digits and one to four | a paper of parliament |
//! | `32 802-73`, `32802 nr. 73`, `32 802 nr 73` as such plain words | a paper |
//!
//! A date has a day and a month of one or two digits and a month in Dutch letters may have a dot; a year has four
//! digits, or two behind a day; it must be a day of the calendar. Words are a number only together with all groups of
//! it: `250 000` is none within `1 250 000`.
//!
//! | in a text | has | is called |
//! |---|---|---|
//! | `5 1 2023`, `05.01.2023`: day, month, year in figures, side by side | a date | `5-1-2023` |
//! | `2023-01-05`, `2023-01-05T14:30`: year, month, day, perhaps with an hour behind the day | a date | `2023-01-05` |
//! | `20230105`: one word of eight digits | a date | `20230105` |
//! | `5 januari 2023`, `05 jan 2023` | a date | `5 januari 2023` |
//! | `5-1-23`, `05/01/23`, `5.01.23`: one word, each of at most two digits | a date | `05-01-23` |
//! | `nota_05-01-23`, `5.1.23-def`: such figures that the analyzer marks within a longer word | a date | `05-01-23` |
//! | `5 januari 23`, `05 jan '23` | a date | `5 januari 23` |
//! | `1 250 000`: groups side by side | a number | `1 250 000` |
//! | `1.250.000`: groups that the analyzer joins to it; the groups within are no numbers of their own | a number | `1 250 000` |
//! | `1250000`, or a word that the analyzer joins to it: not for `1250000` itself | a number | `1250000` |
//! | `32802-73`: only for words together | a paper | `32802-73` |
//! | `32 802-73` | a paper | `32 802-73` |
//! | `32 802, nr. 73` | a paper | `32 802, nr. 73` |
//! | `32802, nr. 73` | a paper | `32802, nr. 73` |
//!
//! A short year is one of 1900 to 2099. What it is called is how a question switches it off.

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
    InWordsShort(Day),
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
    let mut ways = of_days(&days_of_word(text), text);
    if let Some(number) = number(text) {
        ways.push((in_groups(&number), Way::Groups(number.clone())));
        if number != text {
            ways.push((number.clone(), Way::Digits(number)));
        }
    }
    if let Some((dossier, paper)) = text.split_once('-') {
        let mut papers = of_paper(dossier, paper);
        // The first is how the question has it itself.
        ways.extend(papers.drain(..).skip(1));
    }
    ways
}

/// The ways of the words in `range` together, of plain words that must all be there.
pub fn of_words(words: &[&str], range: Range<usize>) -> Vec<(String, Way)> {
    let mut ways = Vec::new();
    let day = match &words[range.clone()] {
        [day @ .., clock] if is_clock(clock) => day,
        [_] => &[],
        all => all,
    };
    match day {
        [day] => ways.extend(of_days(&days_of_word(day), "")),
        parts => ways.extend(of_days(&days_of(parts, false), "")),
    }
    let wider = |from: usize, to: usize| {
        (from..=range.start)
            .flat_map(|start| (range.end..=to).map(move |end| start..end))
            .any(|wider| wider != range && is_grouped(&words[wider]))
    };
    if is_grouped(&words[range.clone()]) && !wider(0, words.len()) {
        let written = words[range.clone()].concat();
        let number = whole(&written).to_owned();
        if number != written {
            ways.push((in_groups(&number), Way::Groups(number.clone())));
        }
        ways.push((number.clone(), Way::Digits(number)));
    }
    let nr = |word: &str| ["nr", "nr."].contains(&word.to_lowercase().as_str());
    let grouped = |a: &str, b: &str| match (a.len(), b.len()) {
        (2, 3) => format!("{a}{b}"),
        _ => String::new(),
    };
    match words[range] {
        [a, b] => {
            if let Some((b, paper)) = b.split_once('-') {
                ways.extend(of_paper(&grouped(a, b), paper));
            }
        }
        [dossier, between, paper] if nr(between) => ways.extend(of_paper(dossier, paper)),
        [a, b, between, paper] if nr(between) => ways.extend(of_paper(&grouped(a, b), paper)),
        _ => {}
    }
    ways
}

fn of_paper(dossier: &str, paper: &str) -> Vec<(String, Way)> {
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
        (format!("{dossier}-{paper}"), way(false, false)),
        (format!("{apart}-{paper}"), way(true, false)),
        (format!("{apart}, nr. {paper}"), way(true, true)),
        (format!("{dossier}, nr. {paper}"), way(false, true)),
    ]
}

fn of_days(days: &[Day], asked: &str) -> Vec<(String, Way)> {
    let mut ways: Vec<(String, Way)> = Vec::new();
    // Both days of a short year may be written in the same way.
    for (name, way) in days.iter().flat_map(|day| of_day(*day, asked)) {
        if ways.iter().all(|(known, _)| *known != name) {
            ways.push((name, way));
        }
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
    let other = |year: String| {
        [
            format!("{d}-{m}-{year}"),
            format!("{d:02}-{m:02}-{year}"),
            format!("{d}/{m}/{year}"),
        ]
        .into_iter()
        .find(|name| name != asked)
        .unwrap()
    };
    let month = MONTHS[m as usize - 1].split(' ').next().unwrap();
    let mut ways = vec![
        (other(y.to_string()), Way::DayMonthYear(day)),
        (format!("{y:04}-{m:02}-{d:02}"), Way::YearMonthDay(day)),
        (format!("{y:04}{m:02}{d:02}"), Way::Joined(day)),
        (format!("{d} {month} {y}"), Way::InWords(day)),
    ];
    if (1900..2100).contains(&y) {
        let short = format!("{:02}", y % 100);
        ways.push((format!("{d} {month} {short}"), Way::InWordsShort(day)));
        ways.push((other(short), Way::ShortYear(day)));
    }
    ways
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
                year(from, day.year)
                    && number(from + 1, day.month)
                    && is(from + 2, &|term| {
                        figure(term) == Some(day.day) || with_hour(term) == Some(day.day)
                    }),
            ),
            Way::InWords(day) => three(
                number(from, day.day)
                    && is(from + 1, &|term| named(term) == Some(day.month))
                    && year(from + 2, day.year),
            ),
            Way::Joined(day) => one(is(from, &|term| eight_digits(term) == Some(*day))),
            Way::InWordsShort(day) => three(
                number(from, day.day)
                    && is(from + 1, &|term| named(term) == Some(day.month))
                    && is(from + 2, &|term| {
                        term.len() == 2 && figure(term) == Some(day.year % 100)
                    }),
            ),
            Way::ShortYear(day) => one(text.at(from).iter().any(|(stream, term)| {
                matches!(stream, Stream::Exact | Stream::Grens) && is_short(term, *day)
            })),
            Way::Groups(number) => {
                let there = |asked: (Stream, &str)| {
                    let mut there = text.at(from).iter();
                    there.any(|(stream, term)| (*stream, term.as_str()) == asked)
                };
                let joined =
                    there((Stream::Woordvorm, number)) && !is(from, &|term| term == number);
                let within = there((Stream::Grens, "getal"));
                groups_end(text, from, number, true).filter(|_| joined || !within)
            }
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

/// Whether words are the groups of one number, perhaps with cents.
fn is_grouped(words: &[&str]) -> bool {
    let [first, middle @ .., last] = words else {
        return false;
    };
    let begins = all_digits(first) && first.len() <= 3 && !first.starts_with('0');
    let mut rest = middle.iter().copied().chain([whole(last)]);
    begins && rest.all(|word| all_digits(word) && word.len() == 3)
}

/// An amount without its cents.
fn whole(text: &str) -> &str {
    let Some((whole, cents)) = text.split_once(',') else {
        return text;
    };
    if all_digits(cents) { whole } else { text }
}

/// The number that one word is, of four digits or more.
fn number(text: &str) -> Option<String> {
    let text = whole(text);
    let groups: Vec<&str> = text.split('.').collect();
    let number = text.replace('.', "");
    let fits = number.len() >= 4 && all_digits(&number) && !number.starts_with('0');
    (fits && (text == number || is_grouped(&groups))).then_some(number)
}

/// The days that one word may mean.
fn days_of_word(text: &str) -> Vec<Day> {
    let clock = |time: &str| {
        let begins = time.len() >= 2 && all_digits(time.get(..2).unwrap_or(""));
        begins
            && time
                .chars()
                .all(|c| c.is_ascii_digit() || ":.,+-Zz".contains(c))
    };
    let text = match text.split_once(['T', 't']) {
        Some((day, time)) if all_digits(day.get(..4).unwrap_or("")) && clock(time) => day,
        _ => text,
    };
    let parted = ["-", "/", "."].into_iter().flat_map(|sign| {
        let parts: Vec<&str> = text.split(sign).collect();
        days_of(&parts, true)
    });
    parted.chain(eight_digits(text)).collect()
}

fn eight_digits(text: &str) -> Option<Day> {
    let eight = all_digits(text) && text.len() == 8;
    let days = eight.then(|| days_of(&[&text[..4], &text[4..6], &text[6..]], false))?;
    days.first().copied()
}

/// `14:30`, `9:05:00Z`.
fn is_clock(text: &str) -> bool {
    let Some((hour, rest)) = text.split_once(':') else {
        return false;
    };
    let minutes = rest.starts_with(|c: char| c.is_ascii_digit());
    let signs = rest
        .chars()
        .all(|c| c.is_ascii_digit() || ":.,+-Zz".contains(c));
    figure(hour).is_some() && minutes && signs
}

/// The day of `05t14`.
fn with_hour(term: &str) -> Option<u32> {
    let (day, hour) = term.split_once('t')?;
    let two = day.len() == 2 && hour.len() == 2 && figure(hour).is_some_and(|hour| hour <= 24);
    two.then(|| figure(day))?
}

/// The days that three parts may mean; `joined`: they are one word.
fn days_of(parts: &[&str], joined: bool) -> Vec<Day> {
    let [first, middle, last] = *parts else {
        return Vec::new();
    };
    let Some(month) = figure(middle).or_else(|| named(middle)) else {
        return Vec::new();
    };
    let last = match joined {
        true => last,
        false => last.trim_start_matches(['\'', '’']),
    };
    let (day, years) = match (year(first), year(last), figure(last)) {
        (Some(year), _, _) => (last, vec![year]),
        (_, Some(year), _) => (first, vec![year]),
        (_, _, Some(year)) if last.len() == 2 && (joined || named(middle).is_some()) => {
            (first, vec![2000 + year, 1900 + year])
        }
        _ => return Vec::new(),
    };
    let days = years.into_iter().filter_map(|year| {
        let days = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let day = figure(day)?;
        let exists = (1..=12).contains(&month) && (1..=days).contains(&day);
        exists.then_some(Day { day, month, year })
    });
    days.collect()
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
