//! Looking words up in a list: by the word as written and by what it is a form of. Never knows files.

use super::list::{List, Row};
use std::collections::HashMap;
use std::ops::Range;
use zv_analyzers::{Written, WrittenWord, written};

/// Abbreviations of one capital have so many letters at most; longer ones are names and nouns.
const SHORT: usize = 5;

/// Where every term of a list stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    terms: Vec<Term>,
    /// The terms by a form of their first word, or of their first two.
    by_words: HashMap<String, Vec<u32>>,
}

/// A term that can be asked for.
#[derive(Clone, Debug)]
struct Term {
    at: Found,
    /// Of each word its forms.
    words: Vec<Vec<String>>,
    /// Capitals count: so it was written.
    just_so: Option<String>,
}

/// The place of a term in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub row: usize,
    pub term: usize,
}

/// A word as it is looked up: every way to see it as words with their forms.
pub(super) struct Asked<'a> {
    text: &'a str,
    ways: Vec<Vec<Vec<String>>>,
}

impl<'a> Asked<'a> {
    pub fn new(text: &'a str, analysed: &Written) -> Self {
        let parts = analysed.parts.iter().map(asked_forms).collect();
        let whole = analysed.whole.iter().map(|whole| vec![asked_forms(whole)]);
        Asked {
            text,
            ways: whole.chain([parts]).collect(),
        }
    }
}

/// Words that follow each other, as they are looked up.
pub(super) struct Sequence<'a> {
    words: &'a [&'a str],
    /// Of each part of a word its forms.
    parts: Vec<Vec<String>>,
    /// At which parts words begin, and where the last ends.
    starts: Vec<usize>,
}

impl<'a> Sequence<'a> {
    pub fn new(words: &'a [&'a str]) -> Self {
        let (mut parts, mut starts) = (Vec::new(), Vec::new());
        for word in words {
            starts.push(parts.len());
            parts.extend(written(word).parts.iter().map(asked_forms));
        }
        starts.push(parts.len());
        Sequence {
            words,
            parts,
            starts,
        }
    }
}

impl Index {
    pub fn of(content: &List) -> Self {
        let mut index = Index::default();
        for (row, content) in content.rows().iter().enumerate() {
            for (term, text) in content.terms.iter().enumerate() {
                index.add_term(Found { row, term }, content, text);
            }
        }
        index
    }

    fn add_term(&mut self, at: Found, row: &Row, text: &str) {
        let analysed = written(text);
        let one_way = !row.only_to.is_empty() && text.chars().any(char::is_uppercase);
        let just_so = one_way.then(|| text.to_owned());
        let forms = if is_abbreviation(text) {
            abbreviation
        } else {
            stored_forms
        };
        let whole = analysed.whole.iter().map(|whole| vec![forms(whole)]);
        let parts = analysed.parts.iter().map(forms).collect();
        for words in whole.chain([parts]) {
            let number = self.terms.len() as u32;
            for key in keys(&words) {
                self.by_words.entry(key).or_default().push(number);
            }
            let just_so = just_so.clone();
            self.terms.push(Term { at, words, just_so });
        }
    }

    /// The terms that are exactly this word, in the order of the list.
    pub fn whole(&self, asked: &Asked<'_>) -> Vec<Found> {
        let mut found = Vec::new();
        for words in &asked.ways {
            let same = |term: &&Term| term.words.len() == words.len();
            found.extend(
                self.beginning(words, asked.text)
                    .filter(same)
                    .map(|term| term.at),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The terms that two or more consecutive words are, with the words.
    pub fn sequences(&self, asked: &Sequence<'_>) -> Vec<(Range<usize>, Found)> {
        let Sequence {
            words,
            parts,
            starts,
        } = asked;
        let mut found = Vec::new();
        for (from, start) in starts.iter().take(words.len()).enumerate() {
            let rest = parts.get(*start..).unwrap_or_default();
            for term in self.beginning(rest, "") {
                let Ok(to) = starts.binary_search(&(start + term.words.len())) else {
                    continue;
                };
                let as_written = || words[from..to].join(" ");
                if to > from + 1
                    && term
                        .just_so
                        .as_ref()
                        .is_none_or(|just| *just == as_written())
                {
                    found.push((from..to, term.at));
                }
            }
        }
        found.sort_unstable_by_key(|(range, at)| (range.start, usize::MAX - range.end, *at));
        found.dedup();
        found
    }

    /// The terms that `words` begin with. `text`: how it was written, when that is to be compared.
    fn beginning(&self, words: &[Vec<String>], text: &str) -> impl Iterator<Item = &Term> {
        let one = keys(words.get(..1).unwrap_or_default());
        let two = words.get(..2).map(keys).unwrap_or_default();
        let fits = move |term: &&Term| {
            term.words.len() <= words.len()
                && term.words.iter().zip(words).all(|(a, b)| shared(a, b))
                && (text.is_empty() || term.just_so.as_ref().is_none_or(|just| is_just(just, text)))
        };
        let numbers: Vec<u32> = one
            .into_iter()
            .chain(two)
            .filter_map(|key| self.by_words.get(&key))
            .flatten()
            .copied()
            .collect();
        numbers
            .into_iter()
            .filter_map(|number| self.terms.get(number as usize))
            .filter(fits)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// Every way to name the first word, or the first two when there are more.
fn keys(words: &[Vec<String>]) -> Vec<String> {
    match words {
        [] => Vec::new(),
        [only] => only.clone(),
        [first, second, ..] => first
            .iter()
            .flat_map(|a| second.iter().map(move |b| format!("{a} {b}")))
            .collect(),
    }
}

fn shared(a: &[String], b: &[String]) -> bool {
    a.iter().any(|form| b.contains(form))
}

fn is_just(term: &str, text: &str) -> bool {
    let text = text.trim();
    let inflected = || {
        text.strip_prefix(term)
            .is_some_and(|rest| rest.starts_with(['\'', '’']))
    };
    text == term || inflected()
}

/// Whether `text` is an abbreviation: those are not a form of another word, nor the other way around.
pub(crate) fn is_abbreviation(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let letters = text.chars().count();
    !text.contains(char::is_whitespace) && (capitals > 1 || capitals == 1 && letters <= SHORT)
}

/// What no word has: so an abbreviation never meets the lemma of another word.
const ABBREVIATION: &str = "=";

fn abbreviation(word: &WrittenWord) -> Vec<String> {
    vec![format!("{ABBREVIATION}{}", word.exact)]
}

fn stored_forms(word: &WrittenWord) -> Vec<String> {
    let mut forms = word.lemmas.clone();
    forms.push(word.exact.clone());
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// What a word of a question may stand for in a list: its lemmas, and an abbreviation with its inflection (`zzp'er`,
/// `pgb's`, `zbos`).
fn asked_forms(word: &WrittenWord) -> Vec<String> {
    let mut forms = stored_forms(word);
    let base = word.exact.split('\'').next().unwrap_or_default();
    let plural = base.strip_suffix('s').filter(|base| base.len() > 1);
    for abbreviation in [Some(word.exact.as_str()), Some(base), plural] {
        forms.extend(abbreviation.map(|letters| format!("{ABBREVIATION}{letters}")));
    }
    forms
}
