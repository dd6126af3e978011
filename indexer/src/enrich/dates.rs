//! Dates of a document: from its properties, its name or the start of its text. Never guesses: what is not
//! plainly a date is left alone.

use jiff::{Timestamp, civil};
use zv_shared::{DateOrigin, Dated, PartialDate};

/// Where in the text the date of a letter or note stands, in bytes.
const HEAD: usize = 1500;
const MONTHS: [(&str, u32); 25] = [
    ("januari", 1),
    ("februari", 2),
    ("maart", 3),
    ("april", 4),
    ("mei", 5),
    ("juni", 6),
    ("juli", 7),
    ("augustus", 8),
    ("september", 9),
    ("oktober", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("mrt", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("october", 10),
];

/// A property: an instant (RFC 3339), a local date and time, or a partial date. Moments before 1980 are what
/// programs write when they do not know.
pub fn moment(value: &str) -> Option<(PartialDate, Option<Timestamp>)> {
    let value = value.trim();
    let (date, instant) = if let Ok(instant) = value.parse::<Timestamp>() {
        (PartialDate::from_timestamp(instant), Some(instant))
    } else if let Some(date) = PartialDate::parse(value) {
        (date, None)
    } else {
        (value.parse::<civil::DateTime>().ok()?.date().into(), None)
    };
    let first = PartialDate::parse("1980")?.days().first;
    (date.days().last >= first).then_some((date, instant))
}

/// The date that a document itself gives: its properties, else its name, else the start of its text.
pub fn document(metadata: Option<PartialDate>, name: &str, text: &str) -> Option<Dated> {
    let metadata = metadata.map(|date| Dated {
        date,
        origin: DateOrigin::Metadata,
    });
    metadata.or_else(|| {
        let date = in_name(name).or_else(|| in_text(text))?;
        Some(Dated {
            date,
            origin: DateOrigin::Inhoud,
        })
    })
}

/// A run of digits or of letters.
#[derive(Clone, Copy, PartialEq)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    digits: bool,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn number(&self, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
        let fits = self.digits && lengths.contains(&self.text.len());
        fits.then(|| self.text.parse().ok()).flatten()
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() {
            continue;
        }
        let digits = c.is_ascii_digit();
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if word.end() == at && word.digits == digits => {
                word.text = &text[word.start..end];
            }
            _ => words.push(Word {
                text: &text[at..end],
                start: at,
                digits,
            }),
        }
    }
    words
}

/// `2021-06-30`, `30-06-2021` (also with `_`, `.` or `/`) or `20210630`.
fn in_name(name: &str) -> Option<PartialDate> {
    let words = words(name);
    let whole = |word: &Word<'_>| {
        let digits = word.number(8..=8)?;
        date(digits / 10_000, digits / 100 % 100, digits % 100)
    };
    (0..words.len()).find_map(|i| numeric(name, &words[i..]).or_else(|| whole(&words[i])))
}

/// The date in a line that begins with `Datum`, else the first one with the month as a word.
fn in_text(text: &str) -> Option<PartialDate> {
    let head = &text[..text.floor_char_boundary(HEAD)];
    let labelled = head.lines().find_map(|line| {
        let line = line.trim_start();
        let label = line.get(..5)?;
        let found = label.eq_ignore_ascii_case("datum");
        found.then(|| any(line)).flatten()
    });
    labelled.or_else(|| {
        let words = words(head);
        (0..words.len()).find_map(|i| written(head, &words[i..]))
    })
}

fn any(line: &str) -> Option<PartialDate> {
    let words = words(line);
    (0..words.len()).find_map(|i| numeric(line, &words[i..]).or_else(|| written(line, &words[i..])))
}

fn numeric(text: &str, words: &[Word<'_>]) -> Option<PartialDate> {
    let [a, b, c, ..] = words else { return None };
    let separator = &text[a.end()..b.start];
    let same = separator == &text[b.end()..c.start];
    if !same || !matches!(separator, "-" | "_" | "." | "/") {
        return None;
    }
    let middle = b.number(1..=2)?;
    match (a.number(4..=4), c.number(4..=4)) {
        (Some(year), _) => date(year, middle, c.number(1..=2)?),
        (None, Some(year)) => date(year, middle, a.number(1..=2)?),
        (None, None) => None,
    }
}

/// `12 maart 2021`.
fn written(text: &str, words: &[Word<'_>]) -> Option<PartialDate> {
    let [day, month, year, ..] = words else {
        return None;
    };
    let gap = |from: &Word<'_>, to: &Word<'_>| text[from.end()..to.start].trim().len() <= 1;
    let (day_number, year_number) = (day.number(1..=2)?, year.number(4..=4)?);
    if !gap(day, month) || !gap(month, year) {
        return None;
    }
    let name = month.text.to_lowercase();
    let (_, month) = MONTHS.iter().find(|(known, _)| *known == name)?;
    date(year_number, *month, day_number)
}

fn date(year: u32, month: u32, day: u32) -> Option<PartialDate> {
    if !(1900..=2100).contains(&year) {
        return None;
    }
    PartialDate::parse(&format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(name: &str, text: &str) -> Option<String> {
        document(None, name, text).map(|dated| dated.date.to_string())
    }

    #[test]
    fn dates_in_names_are_found() {
        for name in [
            "2021-06-30 nota.pdf",
            "nota_20210630.pdf",
            "verslag 30-06-2021.docx",
            "brief-30.6.2021.docx",
            "2021_06_30_v2.txt",
        ] {
            assert_eq!(found(name, "").as_deref(), Some("2021-06-30"), "{name}");
        }
        for name in [
            "nota 2021.pdf",
            "20219999.pdf",
            "31-02-2021.pdf",
            "1-2-3.txt",
            "zaak 2021-123456.pdf",
        ] {
            assert_eq!(found(name, ""), None, "{name}");
        }
    }

    #[test]
    fn the_date_of_a_letter_is_found_and_a_passing_number_is_not() {
        assert_eq!(
            found("brief.txt", "Den Haag, 12 maart 2021\nGeachte").as_deref(),
            Some("2021-03-12")
        );
        assert_eq!(
            found("x", "Ons kenmerk 5\nDatum: 12-03-2021").as_deref(),
            Some("2021-03-12")
        );
        assert_eq!(
            found("x", "Op 1 mei 2020 schreef u\nDatum 3 juni 2020").as_deref(),
            Some("2020-06-03")
        );
        assert_eq!(found("x", "dossier 12-03-2021"), None);
        assert_eq!(found("x", "12 bananen 2021, 40 maart 2021"), None);
        let late = format!("{} 12 maart 2021", "woord ".repeat(300));
        assert_eq!(found("x", &late), None);
    }

    #[test]
    fn properties_go_before_what_the_text_says() {
        let (date, instant) = moment("2020-01-02T03:04:05").unwrap();
        assert_eq!((date.to_string().as_str(), instant), ("2020-01-02", None));
        let dated = document(Some(date), "2021-06-30.pdf", "").unwrap();
        assert_eq!(dated.origin, DateOrigin::Metadata);
        assert_eq!(moment("1601-01-01T00:00:00Z"), None);
        assert_eq!(moment("1970-01-01"), None);
        assert_eq!(moment("ooit"), None);
    }

    proptest! {
        #[test]
        fn never_panics(name in "\\PC{0,40}", text in "(?s).{0,200}") {
            let _found = document(None, &name, &text);
            let _moment = moment(&text);
        }
    }
}
