//! Other ways to write dates, numbers and the numbers of parliamentary papers. Owns which ways there are; never looks
//! anything up. What a document joins (`1.250.000`, `2021-0000123456`) its terms already have.

use jiff::civil::Date;
use std::ops::Range;
use zv_analyzers::Stream;

/// What must stand at consecutive positions: at each any of these terms.
type Steps = Vec<Vec<String>>;
/// How it is shown, and what it stands for.
type Way = (String, Steps);

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

/// The words of a date.
const DATE_WORDS: usize = 3;
/// The fewest digits of a number that is also written in groups of three: a year is not.
const GROUPED: usize = 5;
/// The digits of the number of a parliamentary dossier.
const DOSSIER: usize = 5;

/// The other ways to write one word.
pub(super) fn of_word(text: &str) -> Vec<Way> {
    if let Some(date) = date(&parts(text)) {
        return ways(date, text);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text) && text.len() >= GROUPED && !text.starts_with('0') {
        let groups = groups(text);
        return vec![(groups.join(" "), each(groups))];
    }
    match text.split_once('-') {
        Some((dossier, paper))
            if digits(dossier)
                && dossier.len() == DOSSIER
                && digits(paper)
                && paper.len() < DOSSIER =>
        {
            papers(dossier, paper)
        }
        _ => Vec::new(),
    }
}

/// The other ways to write two or more words that follow each other, with which words.
pub(super) fn of_words(words: &[&str]) -> Vec<(Range<usize>, Vec<Way>)> {
    let mut found = Vec::new();
    for start in 0..words.len() {
        let rest = &words[start..];
        if let Some(date) = rest.get(..DATE_WORDS).and_then(date) {
            found.push((start..start + DATE_WORDS, ways(date, "")));
        }
        let length = grouped(rest);
        // A group of three is no beginning when it is itself in the middle.
        let inside = found
            .last()
            .is_some_and(|(range, _): &(Range<usize>, _)| range.end > start);
        if length > 1 && !inside {
            let number = rest[..length].concat();
            let joined = vec![number.clone(), Stream::Woordvorm.stored(&number)];
            found.push((start..start + length, vec![(number, vec![joined])]));
        }
    }
    found
}

/// The parts of a word that one kind of sign joins.
fn parts(text: &str) -> Vec<&str> {
    ['-', '/', '.']
        .into_iter()
        .map(|sign| text.split(sign).collect::<Vec<_>>())
        .find(|parts| parts.len() == DATE_WORDS)
        .unwrap_or_default()
}

/// A date, day first or year first, the month in figures or in letters.
fn date(parts: &[&str]) -> Option<Date> {
    let [a, month, b] = *parts else {
        return None;
    };
    let (day, year) = if a.len() == 4 { (b, a) } else { (a, b) };
    let number = |text: &str, longest: usize| {
        let figures = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (figures && text.len() <= longest).then(|| text.parse::<i16>().ok())?
    };
    let month = number(month, 2)
        .and_then(|month| i8::try_from(month).ok())
        .or_else(|| named(month))?;
    let year = number(year, 4).filter(|_| year.len() == 4)?;
    Date::new(year, month, i8::try_from(number(day, 2)?).ok()?).ok()
}

fn named(month: &str) -> Option<i8> {
    let month = month.to_lowercase();
    let month = month.trim_end_matches('.');
    let number = MONTHS.iter().position(|names| names.contains(&month))?;
    i8::try_from(number + 1).ok()
}

/// The ways to write `date`; the first is not called `text`, because that is how the question calls it.
fn ways(date: Date, text: &str) -> Vec<Way> {
    let (day, month, year) = (date.day(), date.month(), date.year());
    let short = year.rem_euclid(100);
    let plain = format!("{day}-{month}-{year}");
    let padded = format!("{day:02}-{month:02}-{year}");
    let slashes = format!("{day}/{month}/{year}");
    let name = [plain, padded, slashes]
        .into_iter()
        .find(|name| name != text);
    let figures = |number: i8| once(vec![number.to_string(), format!("{number:02}")]);
    let names = MONTHS
        .get(usize::from(month.unsigned_abs()) - 1)
        .copied()
        .unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let (days, months, years) = (figures(day), figures(month), vec![format!("{year:04}")]);
    let with_short_year = ['-', '/', '.'].into_iter().flat_map(|sign| {
        let days = figures(day).into_iter();
        days.flat_map(move |day| {
            let months = figures(month).into_iter();
            months.map(move |month| format!("{day}{sign}{month}{sign}{short:02}"))
        })
    });
    let short_years = once(with_short_year.collect());
    let full_name = names.first().cloned().unwrap_or_default();
    vec![
        (
            name.unwrap_or_default(),
            vec![days.clone(), months.clone(), years.clone()],
        ),
        (
            format!("{year:04}-{month:02}-{day:02}"),
            vec![years.clone(), months, days.clone()],
        ),
        (
            format!("{year:04}{month:02}{day:02}"),
            vec![vec![format!("{year:04}{month:02}{day:02}")]],
        ),
        (
            format!("{day} {full_name} {year}"),
            vec![days, names, years],
        ),
        (format!("{day:02}-{month:02}-{short:02}"), vec![short_years]),
    ]
}

fn once(mut terms: Vec<String>) -> Vec<String> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// How many of `words`, from the first on, are a number in groups of three.
fn grouped(words: &[&str]) -> usize {
    let digits = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    match words.split_first() {
        Some((first, rest))
            if digits(first) && (1..=3).contains(&first.len()) && !first.starts_with('0') =>
        {
            1 + rest
                .iter()
                .take_while(|word| digits(word) && word.len() == 3)
                .count()
        }
        _ => 0,
    }
}

/// The digits of a number in groups of three from its end.
fn groups(number: &str) -> Vec<String> {
    let first = (number.len() - 1) % 3 + 1;
    let (head, tail) = number.split_at(first);
    let tail = tail.as_bytes().chunks(3).map(String::from_utf8_lossy);
    std::iter::once(head.to_owned())
        .chain(tail.map(|group| group.into_owned()))
        .collect()
}

fn each(words: Vec<String>) -> Steps {
    words.into_iter().map(|word| vec![word]).collect()
}

/// `32802-73`, as parliament itself writes it: `32 802, nr. 73`.
fn papers(dossier: &str, paper: &str) -> Vec<Way> {
    let apart = groups(dossier);
    let numbered = |dossier: &[String], between: &[&str]| {
        let between = between.iter().map(|word| (*word).to_owned());
        let words: Vec<String> = dossier
            .iter()
            .cloned()
            .chain(between)
            .chain([paper.to_owned()])
            .collect();
        words
    };
    let whole = [dossier.to_owned()];
    vec![
        (
            format!("{}-{paper}", apart.join(" ")),
            each(numbered(&apart, &[])),
        ),
        (
            format!("{}, nr. {paper}", apart.join(" ")),
            each(numbered(&apart, &["nr"])),
        ),
        (
            format!("{dossier}, nr. {paper}"),
            each(numbered(&whole, &["nr"])),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(ways: &[Way]) -> Vec<&str> {
        ways.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_date_is_written_in_many_ways() {
        let expected = [
            "5-1-2023",
            "2023-01-05",
            "20230105",
            "5 januari 2023",
            "05-01-23",
        ];
        for text in [
            "05-01-2023",
            "2023-01-05",
            "2023-1-5",
            "5/1/2023",
            "5.1.2023",
            "5-jan-2023",
        ] {
            assert_eq!(names(&of_word(text)), expected, "{text}");
        }
        assert_eq!(names(&of_word("5-1-2023"))[0], "05-01-2023");
        assert_eq!(names(&of_word("12-11-2023"))[0], "12/11/2023");
        let ways = of_word("5-1-2023");
        assert_eq!(ways[0].1, [vec!["05", "5"], vec!["01", "1"], vec!["2023"]]);
        assert_eq!(
            ways[3].1,
            [vec!["05", "5"], vec!["januari", "jan"], vec!["2023"]]
        );
        let short = [
            "5-1-23", "05-01-23", "5-01-23", "05-1-23", "5/1/23", "5.1.23", "05.01.23",
        ];
        assert!(
            short
                .iter()
                .all(|short| ways[4].1[0].iter().any(|way| way == short))
        );
        for other in [
            "30-2-2023",
            "5-1-23",
            "5-13-2023",
            "1.2.3",
            "2023/4567",
            "a-b-2023",
            "--",
            "5-1-02023",
        ] {
            assert_eq!(of_word(other), [], "{other}");
        }
    }

    #[test]
    fn a_date_in_words_is_also_one_in_figures() {
        let found = of_words(&["besluit", "5", "Januari", "2023"]);
        let [(range, ways)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(*range, 1..4);
        assert_eq!(
            names(ways),
            [
                "5-1-2023",
                "2023-01-05",
                "20230105",
                "5 januari 2023",
                "05-01-23"
            ]
        );
        assert_eq!(of_words(&["5", "jan.", "2023"]).len(), 1);
        assert_eq!(of_words(&["januari", "5", "2023"]), []);
        assert_eq!(of_words(&["31", "februari", "2023"]), []);
    }

    #[test]
    fn a_number_is_written_with_and_without_separators() {
        let groups = |text: &str| of_word(text).first().map(|(name, _)| name.clone());
        assert_eq!(groups("1250000").as_deref(), Some("1 250 000"));
        assert_eq!(groups("32802").as_deref(), Some("32 802"));
        assert_eq!(
            (groups("2023"), groups("0012345"), groups("1.250.000")),
            (None, None, None)
        );
        let found = of_words(&["bedrag", "1", "250", "000", "euro"]);
        let [(range, ways)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((range.clone(), names(ways)), (1..4, vec!["1250000"]));
        assert_eq!(ways[0].1, [["1250000", "\u{1}1250000"]]);
        assert_eq!(of_words(&["2", "25", "000"]).len(), 1);
        assert_eq!(of_words(&["2", "25"]), []);
    }

    #[test]
    fn a_paper_of_parliament_is_found_as_parliament_writes_it() {
        assert_eq!(
            names(&of_word("32802-73")),
            ["32 802-73", "32 802, nr. 73", "32802, nr. 73"]
        );
        assert_eq!(of_word("2021-0000123456"), []);
    }

    proptest! {
        #[test]
        fn no_word_makes_it_fail(words in prop::collection::vec("[0-9é./-]{0,6}|mei|2023", 0..6)) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            for (range, ways) in of_words(&words) {
                prop_assert!(range.end <= words.len() && range.len() > 1 && !ways.is_empty());
            }
            for word in words {
                prop_assert!(of_word(word).iter().all(|(_, steps)| steps.iter().all(|step| !step.is_empty())));
            }
        }
    }
}
