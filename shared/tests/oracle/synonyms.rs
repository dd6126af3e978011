//! A small list of words that mean the same, and what it says of a word or of words together. A plain table that is
//! read from the top for every question; an engine gets the same list as a file.
//!
//! A word, or words together, are a term of the list when they have as many parts and each is a form of the part that
//! stands there; of a word with joiners, its whole form counts too. An abbreviation (one word with two capitals, or
//! with one and at most five letters) is no form of anything: only itself, with an s or with an apostrophe and
//! anything. What finds only in one direction and has a capital, is only found as it is written.

use super::words::{Analysed, Asked};
use std::ops::Range;

/// Terms that mean the same.
struct Row {
    terms: &'static [&'static str],
    /// When not empty: `terms` find these, and not the other way around.
    only_to: &'static [&'static str],
}

const ROWS: [Row; 9] = [
    Row {
        terms: &["toelage", "toeslag"],
        only_to: &[],
    },
    Row {
        terms: &["woo-verzoek", "informatie", "advies"],
        only_to: &[],
    },
    Row {
        terms: &["HGD", "hoge dijk"],
        only_to: &[],
    },
    Row {
        terms: &["NHD", "nota hoge dijk"],
        only_to: &[],
    },
    Row {
        terms: &["DB", "dijk besluit"],
        only_to: &[],
    },
    Row {
        terms: &["hoge dijk besluit van", "BN"],
        only_to: &[],
    },
    Row {
        terms: &["besluit van huur", "dijkbesluit"],
        only_to: &[],
    },
    Row {
        terms: &["A"],
        only_to: &["besluit"],
    },
    Row {
        terms: &["gas"],
        only_to: &["aardgas winning", "huur"],
    },
];

/// The list as a file.
pub fn csv() -> String {
    let rows = ROWS.iter().map(|row| {
        let arrow = (!row.only_to.is_empty()).then_some("=>");
        let cells = row.terms.iter().copied();
        let cells: Vec<&str> = cells
            .chain(arrow)
            .chain(row.only_to.iter().copied())
            .collect();
        format!("{}\n", cells.join(";"))
    });
    rows.collect()
}

/// What means the same as a word of a question.
pub fn of_word(text: &str) -> Vec<&'static str> {
    let asked = Asked::of(text);
    let whole = asked.whole.map(|whole| vec![whole]);
    let readings: Vec<Vec<Analysed>> = [asked.parts].into_iter().chain(whole).collect();
    of(&readings, &|term| {
        let inflected = text.strip_prefix(term);
        inflected.is_some_and(|rest| rest.is_empty() || rest.starts_with(['\'', '’']))
    })
}

/// What means the same as the words in `range` together.
pub fn of_words(words: &[&str], range: Range<usize>) -> Vec<&'static str> {
    let words = &words[range];
    let parts = words.iter().flat_map(|word| Asked::of(word).parts);
    of(&[parts.collect()], &|term| words.join(" ") == term)
}

fn of(readings: &[Vec<Analysed>], just_so: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    let mut found = Vec::new();
    for row in &ROWS {
        for term in row.terms {
            let capital = term.chars().any(char::is_uppercase);
            if !row.only_to.is_empty() && capital && !just_so(term) {
                continue;
            }
            if !readings.iter().any(|asked| is_term(asked, term)) {
                continue;
            }
            let others = match row.only_to {
                [] => row.terms,
                only_to => only_to,
            };
            found.extend(others.iter().filter(|other| *other != term));
        }
    }
    found
}

fn is_term(asked: &[Analysed], term: &str) -> bool {
    let listed = Asked::of(term);
    let same = |asked: &Analysed, listed: &Analysed| match is_abbreviation(term) {
        true => is_inflection(&asked.term, &listed.term),
        false => asked.forms().any(|form| listed.forms().any(|f| f == form)),
    };
    let whole = listed.whole.map(|whole| vec![whole]);
    [listed.parts].into_iter().chain(whole).any(|listed| {
        listed.len() == asked.len() && asked.iter().zip(&listed).all(|(a, b)| same(a, b))
    })
}

fn is_inflection(asked: &str, abbreviation: &str) -> bool {
    match asked.strip_prefix(abbreviation) {
        None => false,
        Some("" | "s" | "s'") => true,
        Some(rest) => rest.starts_with('\'') || rest.starts_with("s'"),
    }
}

/// Whether a term of the list is written as an abbreviation.
pub fn is_abbreviation(term: &str) -> bool {
    let capitals = term.chars().filter(|c| c.is_uppercase()).count();
    let short = term.chars().count() <= 5;
    !term.contains(' ') && (capitals >= 2 || capitals == 1 && short)
}
