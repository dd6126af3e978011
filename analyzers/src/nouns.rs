//! Nouns in nouns that the dictionary does not tell of: as they stand inside a compound, plurals of compounds whose last
//! part it knows as a verb only, and nouns behind a particle. Only rules: the dictionary decides which of their guesses
//! exist.

use crate::compound::{Span, split};
use crate::dictionary::Dictionary;
use crate::inflect::{INSEPARABLE, Kind, SEPARABLE, bases, infinitives, verbs_within};
use std::borrow::Cow;

/// Particles that leave the noun behind them its meaning, when that is of a verb with a prefix of its own: a
/// heronderzoek and a vooronderzoek are an onderzoek.
const PARTICLES: [&str; 4] = [AGAIN, "voor", "na", "mede"];
/// It only says "again", so that a verb with it leaves the noun its meaning too.
const AGAIN: &str = "her";

/// Prefixes of which the rest need not be a verb: verzekeren, gebruiken.
const BOUND: [&str; 4] = ["be", "ge", "ver", "ont"];
/// A shorter noun with one of these may be anything: beeld.
const MIN_BOUND_NOUN: usize = 7;

fn is_verb(dictionary: &'static Dictionary, word: &str) -> bool {
    dictionary
        .entry(word)
        .is_some_and(|entry| entry.is_own(Kind::Verb))
}

fn is_noun(dictionary: &'static Dictionary, word: &str) -> bool {
    dictionary
        .entry(word)
        .is_some_and(|entry| entry.is_own(Kind::Noun))
}

/// Whether some verb that `noun` may be made of is as wanted.
fn of_verb(noun: &str, mut wanted: impl FnMut(&str) -> bool) -> bool {
    let mut found = false;
    verbs_within(noun, |verb| found |= wanted(&verb));
    infinitives(noun, |verb| found |= wanted(&verb));
    found
}

/// The noun behind a particle: "onderzoek" in "heronderzoek", but "stel" is not in "herstel", nor "behoud" in
/// "voorbehoud", which is of "voorbehouden".
pub(crate) fn behind_particle<'w>(
    dictionary: &'static Dictionary,
    word: &'w str,
) -> Option<&'w str> {
    let parted = PARTICLES
        .iter()
        .filter_map(|particle| Some((*particle, word.strip_prefix(particle)?)));
    let mut meant = parted.filter(|(particle, noun)| {
        !has_longer_particle(word, particle)
            && is_noun(dictionary, noun)
            && of_verb(noun, |verb| is_prefixed(dictionary, verb, noun))
            && (*particle == AGAIN || !of_verb(word, |verb| is_verb(dictionary, verb)))
    });
    let (_, noun) = meant.next()?;
    let is_whole = dictionary
        .entry(word)
        .is_some_and(|entry| entry.group.whole);
    (!is_whole).then_some(noun)
}

/// A voorafbeelding is no afbeelding, nor a vooruitbetaling an uitbetaling.
fn has_longer_particle(word: &str, particle: &str) -> bool {
    let begins = |other: &&str| other.len() > particle.len() && word.starts_with(*other);
    SEPARABLE.iter().any(begins)
}

/// Whether `verb` is one with a prefix: onderzoeken, indelen.
fn is_prefixed(dictionary: &'static Dictionary, verb: &str, noun: &str) -> bool {
    let bound = |prefix: &&str| BOUND.contains(prefix) && noun.len() >= MIN_BOUND_NOUN;
    is_verb(dictionary, verb)
        && INSEPARABLE.iter().chain(&SEPARABLE).any(|prefix| {
            let rest = verb.strip_prefix(prefix);
            rest.is_some_and(|rest| bound(prefix) || is_verb(dictionary, rest))
        })
}

/// The compound of which `word`, a word that no list knows, is the plural: "bankoverval" of "bankovervallen". The
/// dictionary may know the last part as a verb only.
pub(crate) fn plural_compound(
    dictionary: &'static Dictionary,
    word: &str,
    ease: f32,
) -> Option<String> {
    let mut found = None;
    word.strip_suffix("en")?;
    bases(word, |kind, base| {
        if kind != Kind::Noun || found.is_some() || base.len() >= word.len() {
            return;
        }
        let ends_in_noun = |spans: Vec<Span>| {
            let last = spans.last();
            last.is_some_and(|last| is_noun(dictionary, &base[last.from..last.to]))
        };
        if split(&base, dictionary, ease).is_some_and(ends_in_noun) {
            found = Some(base);
        }
    });
    found
}

/// The word that a part other than the last is a form of.
pub(crate) fn as_word<'a>(dictionary: &'static Dictionary, part: &'a str) -> Cow<'a, str> {
    match (without_s(dictionary, part), with_n(dictionary, part)) {
        (Some(base), _) => Cow::Borrowed(base),
        (None, Some(plural)) => Cow::Owned(plural),
        (None, None) => Cow::Borrowed(part),
    }
}

/// Older spelling left out the n of a plural that is a part: "paarde" in "paardebloem", also if it is a word too.
pub(crate) fn with_n(dictionary: &'static Dictionary, part: &str) -> Option<String> {
    if !part.ends_with('e') || is_noun(dictionary, part) && part.len() > 5 {
        return None;
    }
    let plural = format!("{part}n");
    let mut is_plural = false;
    dictionary.entry(&plural)?.lemmas(|kind, lemma| {
        is_plural |= kind == Some(Kind::Noun) && lemma.len() < part.len();
    });
    is_plural.then_some(plural)
}

/// "staats" and "volks" are words of their own in the dictionary, but in a compound "staat" and "volk" with an s.
fn without_s<'a>(dictionary: &'static Dictionary, part: &'a str) -> Option<&'a str> {
    let base = part.strip_suffix('s')?;
    let is_adjective = dictionary.entry(part)?.is_own(Kind::Adjective);
    (is_adjective && is_noun(dictionary, base)).then_some(base)
}
