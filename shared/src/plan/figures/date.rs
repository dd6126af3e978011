//! Dates in a question, and every way to write one. Day first, as the Dutch do. Owns which words are a date and what a
//! short year means; never knows numbers.

use super::{Steps, Way, digits, once};
use jiff::civil::Date;
use zv_analyzers::Stream;

/// The months, each as people write it.
const MONTHS: [&[&str]; 12] = [
    &["januari", "jan"],
    &["februari", "feb", "febr"],
    &["maart", "mrt"],
    &["april", "apr"],
    &["mei"],
    &["juni", "jun"],
    &["juli", "jul"],
    &["augustus", "aug"],
    &["september", "sep", "sept"],
    &["oktober", "okt"],
    &["november", "nov"],
    &["december", "dec"],
];

/// The parts of a date.
pub(super) const PARTS: usize = 3;
/// The centuries in which a year of two digits lies, the likeliest first.
const CENTURIES: [i16; 2] = [20, 19];
/// The hours that stand behind the `T` of a moment, with one for midnight at the end of a day.
const HOURS: std::ops::RangeInclusive<u8> = 0..=24;

/// Whether `word` is a time of day: `14:30`, `9:05:00Z`.
pub(super) fn is_clock(word: &str) -> bool {
    let Some((hour, rest)) = word.split_once(':') else {
        return false;
    };
    figure(hour).is_some() && rest.starts_with(|c: char| c.is_ascii_digit()) && signs(rest)
}

fn signs(clock: &str) -> bool {
    clock
        .chars()
        .all(|c| c.is_ascii_digit() || ":.,+-Zz".contains(c))
}

/// `14:30:00Z` or `143000`, as it stands behind a `T`.
fn is_hour(text: &str) -> bool {
    text.get(..2).is_some_and(digits) && signs(text)
}

/// The dates that one word may be.
pub(super) fn of_word(text: &str) -> Vec<Date> {
    let day = match text.split_once(['T', 't']) {
        Some((day, time)) if day.get(..4).is_some_and(digits) && is_hour(time) => day,
        _ => text,
    };
    if day.len() == 8 && digits(day) {
        return read(&day[..4], &day[4..6], &day[6..], false);
    }
    let parts = ['-', '/', '.']
        .into_iter()
        .map(|sign| day.split(sign).collect::<Vec<_>>())
        .find(|parts| parts.len() == PARTS);
    match parts.as_deref() {
        Some([a, month, b]) => read(a, month, b, true),
        _ => Vec::new(),
    }
}

/// The dates that words which follow each other may be.
pub(super) fn of_words(words: &[&str]) -> Vec<Date> {
    match words {
        // Three figures of which the last has two digits are most often just figures.
        [a, month, b] => read(
            a,
            month,
            b.trim_start_matches(['\'', '’']),
            named(month).is_some(),
        ),
        _ => Vec::new(),
    }
}

/// The dates, day first or year first, the month in figures or in letters. `short`: two digits may be a year.
fn read(a: &str, month: &str, b: &str, short: bool) -> Vec<Date> {
    let month = figure(month).or_else(|| named(month));
    let full = |text: &str| {
        text.parse::<i16>()
            .ok()
            .filter(|_| text.len() == 4 && digits(text))
    };
    let (day, years) = match (full(a), full(b)) {
        (Some(year), _) => (b, vec![year]),
        (None, Some(year)) => (a, vec![year]),
        (None, None) if short && b.len() == 2 => {
            let year = figure(b).map(i16::from);
            let years = |year: i16| CENTURIES.map(|century| 100 * century + year).to_vec();
            (a, year.map(years).unwrap_or_default())
        }
        (None, None) => return Vec::new(),
    };
    let dates = years.into_iter();
    dates
        .filter_map(|year| Date::new(year, month?, figure(day)?).ok())
        .collect()
}

/// One or two digits.
fn figure(text: &str) -> Option<i8> {
    (digits(text) && text.len() <= 2)
        .then(|| text.parse().ok())
        .flatten()
}

fn named(month: &str) -> Option<i8> {
    let month = month.to_lowercase();
    let month = month.trim_end_matches('.');
    let number = MONTHS.iter().position(|names| names.contains(&month))?;
    i8::try_from(number + 1).ok()
}

/// The ways to write `dates`, each name once; those with figures only are not called `text`, because that is how the
/// question calls them.
pub(super) fn ways(dates: &[Date], text: &str) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for way in dates.iter().flat_map(|date| of_date(*date, text)) {
        if ways.iter().all(|known| known.name != way.name) {
            ways.push(way);
        }
    }
    ways
}

fn of_date(date: Date, text: &str) -> Vec<Way> {
    let (day, month, year) = (date.day(), date.month(), date.year());
    let names = MONTHS
        .get(usize::from(month.unsigned_abs()) - 1)
        .copied()
        .unwrap_or_default();
    let full_name = names.first().copied().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let (days, months, years) = (both(day), both(month), vec![format!("{year:04}")]);
    let mut ways = vec![
        Way::new(
            in_figures(date, &year.to_string(), text),
            vec![days.clone(), months.clone(), years.clone()],
        ),
        Way::new(
            format!("{year:04}-{month:02}-{day:02}"),
            vec![years.clone(), months, with_hours(day)],
        ),
        Way::new(
            format!("{year:04}{month:02}{day:02}"),
            vec![vec![format!("{year:04}{month:02}{day:02}")]],
        ),
        Way::new(
            format!("{day} {full_name} {year}"),
            vec![days.clone(), names.clone(), years],
        ),
    ];
    if CENTURIES.contains(&year.div_euclid(100)) {
        let short = format!("{:02}", year.rem_euclid(100));
        let steps: Steps = vec![days, names, vec![short.clone()]];
        ways.push(Way::new(format!("{day} {full_name} {short}"), steps));
        let name = in_figures(date, &short, text);
        ways.push(Way::new(name, vec![with_short_year(date, &short)]));
    }
    ways
}

/// The first name in figures that is not `text`.
fn in_figures(date: Date, year: &str, text: &str) -> String {
    let (day, month) = (date.day(), date.month());
    [
        format!("{day}-{month}-{year}"),
        format!("{day:02}-{month:02}-{year}"),
    ]
    .into_iter()
    .find(|name| name != text)
    .unwrap_or_else(|| format!("{day}/{month}/{year}"))
}

/// With and without a zero before it.
fn both(figure: i8) -> Vec<String> {
    once(vec![figure.to_string(), format!("{figure:02}")])
}

/// A day, also as the part of `2023-01-05T14:30:00Z` that has it.
fn with_hours(day: i8) -> Vec<String> {
    let hours = HOURS.map(|hour| format!("{day:02}t{hour:02}"));
    once(both(day).into_iter().chain(hours).collect())
}

/// The whole words in which a year has two digits, also as a part of a longer word: of figures side by side nothing tells
/// that they are a date.
fn with_short_year(date: Date, year: &str) -> Vec<String> {
    let mut words = Vec::new();
    for sign in ['-', '/', '.'] {
        for day in both(date.day()) {
            for month in both(date.month()) {
                let word = format!("{day}{sign}{month}{sign}{year}");
                words.push(Stream::Grens.stored(&word));
                words.push(word);
            }
        }
    }
    once(words)
}
