//! Which words make compounds, learned from the compounds in the list itself: split them, count the parts, and split
//! again with what was counted. Owns the counts.

use crate::compound::{Lexicon, Part, split};
use crate::words::{Form, Words};
use std::collections::{BTreeMap, HashMap};

const ROUNDS: usize = 4;
const LONGEST: usize = 30;
/// Known words are split more easily than unknown ones: most long ones are compounds.
const EASE: f32 = 4.0;

/// How often a word is a first part, a first part before s, and a last part.
#[derive(Default, Clone, Copy)]
struct Count {
    first: f32,
    with_s: f32,
    last: f32,
}

struct Parts(HashMap<String, Part>);

impl Lexicon for Parts {
    fn beginnings(&self, text: &str, found: &mut dyn FnMut(usize, Part)) {
        for len in 3..=text.len().min(LONGEST) {
            if let Some(part) = self.0.get(&text[..len]) {
                found(len, *part);
            }
        }
    }
}

fn may_be_first(word: &str, form: &Form) -> bool {
    if form.never_first && !form.bound_first {
        return false;
    }
    form.bound_first
        || form.only_part && !form.bound_last
        || form.is('N')
        || form.stem && form.is('V')
        || form.is_own('A', word)
        || form.is('P') && word.len() >= 5
}

fn may_be_last(form: &Form) -> bool {
    form.bound_last || !form.never_last && !form.only_part && (form.is('N') || form.is('A'))
}

/// Under which name a last part is counted: all its forms are one.
fn last_key<'a>(word: &'a str, form: &'a Form) -> &'a str {
    let lemma = |kind| {
        form.lemmas
            .iter()
            .find(|(k, _)| *k == kind)
            .map(|(_, lemma)| lemma.as_str())
    };
    lemma('N').or_else(|| lemma('A')).unwrap_or(word)
}

/// What a part of the list of bound parts costs at most: the list of words has too few compounds with woo and avg to
/// learn it from.
const BOUND_COST: u8 = 8;

const TAKE_S: [&str; 8] = [
    "heid", "ing", "teit", "schap", "dom", "ling", "eit", "ement",
];

/// Finds out how common words are in compounds.
pub fn learn(words: &mut Words) {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let training: Vec<String> = words
        .forms
        .iter()
        .filter(|(word, form)| {
            (7..=LONGEST).contains(&word.len())
                && !form.whole
                && (form.is_own('N', word) || form.is_own('A', word))
        })
        .map(|(word, _)| word.clone())
        .collect();
    for round in 0..ROUNDS {
        let parts = Parts(candidates(words, &counts, round == 0));
        counts.clear();
        let mut split_words = 0;
        for word in &training {
            let Some(spans) = split(word, &parts, EASE) else {
                continue;
            };
            split_words += 1;
            for span in &spans {
                let surface = &word[span.from..span.to];
                if span.next == word.len() {
                    let key = words
                        .forms
                        .get(surface)
                        .map_or(surface, |form| last_key(surface, form));
                    counts.entry(key.to_owned()).or_default().last += 1.0;
                } else {
                    let count = counts.entry(surface.to_owned()).or_default();
                    count.first += 1.0;
                    if span.next > span.to {
                        count.with_s += 1.0;
                    }
                }
            }
        }
        eprintln!(
            "round {round}: {split_words} of {} words split",
            training.len()
        );
    }
    let parts = Parts(candidates(words, &counts, false));
    for (word, part) in &parts.0 {
        if let Some(form) = words.forms.get_mut(word) {
            (form.first, form.last, form.takes_s) = (part.first, part.last, part.takes_s);
        }
    }
    add_old_links(words, &parts);
}

/// What each word costs as a part.
fn candidates(
    words: &Words,
    counts: &BTreeMap<String, Count>,
    all_equal: bool,
) -> HashMap<String, Part> {
    let total: f32 = counts.values().map(|count| count.first).sum();
    let total_last: f32 = counts.values().map(|count| count.last).sum();
    let step = |count: f32, total: f32| {
        if all_equal {
            return 7;
        }
        let cost = -((count + 0.3) / total.max(1.0)).ln();
        ((cost - 3.5) / 0.6).round().clamp(0.0, 15.0) as u8
    };
    let count = |word: &str| counts.get(word).copied().unwrap_or_default();
    words
        .forms
        .iter()
        .filter(|(word, form)| {
            (3..=LONGEST).contains(&word.len()) && (may_be_first(word, form) || may_be_last(form))
        })
        .map(|(word, form)| {
            let own = count(word);
            let last = count(last_key(word, form)).last;
            let takes_s = form.takes_s && own.first >= 0.0
                || own.with_s >= 2.0
                || form.is_own('N', word) && TAKE_S.iter().any(|ending| word.ends_with(ending));
            let at_most = |bound: bool| if bound { BOUND_COST } else { u8::MAX };
            let part = Part {
                first: may_be_first(word, form)
                    .then(|| step(own.first, total).min(at_most(form.bound_first))),
                last: may_be_last(form)
                    .then(|| step(last, total_last).min(at_most(form.bound_last))),
                takes_s,
            };
            (word.clone(), part)
        })
        .collect()
}

/// Before 1996 the linking n was mostly not written: paardebloem, pannekoek.
fn add_old_links(words: &mut Words, parts: &Parts) {
    let plurals: Vec<(String, u8, String)> = words
        .forms
        .iter()
        .filter_map(|(word, form)| {
            let old = word.strip_suffix('n').filter(|old| old.ends_with('e'))?;
            let first = parts.0.get(word)?.first.filter(|first| *first <= 12)?;
            let (_, lemma) = form
                .lemmas
                .iter()
                .find(|(kind, lemma)| *kind == 'N' && lemma != word)?;
            Some((old.to_owned(), first, lemma.clone()))
        })
        .collect();
    for (old, first, lemma) in plurals {
        let form = words.forms.entry(old).or_default();
        if form.lemmas.is_empty() {
            form.only_part = true;
            form.lemmas.insert(('N', lemma));
        }
        // Also if it is a word by itself: panne, paarde.
        if !form.never_first {
            form.first = Some(form.first.map_or(15, |own| own).min(first + 1));
        }
    }
}
