//! Lemmas and parts. Owns what a folded word stands for: the lemmas it is a form of and, for a compound, the words
//! it is made of, with a bounded cache per thread. Never sees more than one word.

use crate::compound::{MAX_BYTES, Span, split};
use crate::dictionary::{Dictionary, Entry};
use crate::inflect::{INSEPARABLE, Kind, SEPARABLE, bases, verbs_within};
use crate::nouns::{as_word, behind_particle, plural_compound, with_n};
use crate::spelling::respelled;
use crate::stem::stem;
use std::cell::RefCell;

/// A new word takes the place of the one in its slot: memory stays below some 16 MB per thread, and no choice of
/// words makes it slower than analysing each of them.
const CACHE_SLOTS: usize = 1 << 16;

/// How much more easily a word is split that the dictionary knows, or that is itself a part: most long ones are
/// compounds.
const EASE_KNOWN: f32 = 6.6;
pub(crate) const EASE_UNKNOWN: f32 = 5.0;

/// A spelling that may never have been written has to be a clearer compound.
const EASE_RESPELLED: f32 = 4.0;

/// A part shorter than this is not split further.
const MIN_SPLIT_PART: usize = 7;

/// Shorter verbs are not made of two words.
const MIN_COMPOUND_VERB: usize = 10;

/// What a folded word of plain letters stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// The lemmas it is a form of, never none: "wegen" is a form of "weg" and of "wegen".
    pub lemmas: Box<[Box<str>]>,
    /// For a compound the lemmas of the words in it, also of the longer ones: "kinderopvang", "kind", "opvang" and
    /// "toeslag" for "kinderopvangtoeslag". Never one of `lemmas`.
    pub parts: Box<[Box<str>]>,
}

/// What a word stands for in one piece of memory, so that looking it up waits for memory once: the word, then each
/// lemma and part, every one behind a byte for what it is and one for its length.
struct Packed(Box<[u8]>);

/// What a piece of a [`Packed`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A lemma of the word.
    Lemma,
    /// A lemma of a part of the compound.
    Part,
}

const CAPITALISED: u8 = 1;
const LEMMA: u8 = 2;

impl Packed {
    fn new(word: &str, capitalised: bool, forms: &Forms) -> Self {
        let mut bytes = Vec::with_capacity(64);
        // No word, lemma or part is as long as a byte can tell.
        let mut push = |what: u8, text: &str| {
            bytes.extend([what, text.len() as u8]);
            bytes.extend_from_slice(text.as_bytes());
        };
        push(u8::from(capitalised) * CAPITALISED, word);
        forms.lemmas.iter().for_each(|lemma| push(LEMMA, lemma));
        forms.parts.iter().for_each(|part| push(0, part));
        Packed(bytes.into())
    }

    fn pieces(bytes: &[u8]) -> impl Iterator<Item = (u8, &str)> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let [what, len, behind @ ..] = rest else {
                return None;
            };
            let (text, behind) = behind.split_at_checked(usize::from(*len))?;
            rest = behind;
            Some((*what, std::str::from_utf8(text).ok()?))
        })
    }

    fn is_of(&self, word: &str, capitalised: bool) -> bool {
        let head = [u8::from(capitalised) * CAPITALISED, word.len() as u8];
        self.0.starts_with(&head) && self.0[2..].starts_with(word.as_bytes())
    }
}

thread_local! {
    /// Two slots for each pair of words: one that was met again takes the first, a new one the second.
    static CACHE: RefCell<Vec<[Option<Packed>; 2]>> =
        RefCell::new(std::iter::repeat_with(|| [None, None]).take(CACHE_SLOTS / 2).collect());
}

/// Calls `each` with all that the folded word stands for, lemmas first; `capitalised`: as for [`forms`].
pub(crate) fn forms_of(word: &str, capitalised: bool, mut each: impl FnMut(Piece, &str)) {
    CACHE.with_borrow_mut(|cache| {
        let Some([first, second]) = cache.get_mut(slot_of(word, capitalised)) else {
            return;
        };
        let is_word = |slot: &Option<Packed>| {
            slot.as_ref()
                .is_some_and(|slot| slot.is_of(word, capitalised))
        };
        if !is_word(first) {
            if !is_word(second) {
                *second = Some(Packed::new(word, capitalised, &forms(word, capitalised)));
            }
            std::mem::swap(first, second);
        }
        if let Some(packed) = first {
            for (what, text) in Packed::pieces(&packed.0).skip(1) {
                each(
                    if what == LEMMA {
                        Piece::Lemma
                    } else {
                        Piece::Part
                    },
                    text,
                );
            }
        }
    });
}

/// The slot that the word shares with few others. Multiplying carries every byte into the top bits.
fn slot_of(word: &str, capitalised: bool) -> usize {
    let hash = word
        .as_bytes()
        .chunks(8)
        .fold(u64::from(capitalised), |hash, chunk| {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            (hash.rotate_left(5) ^ u64::from_le_bytes(bytes)).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
    (hash >> (65 - CACHE_SLOTS.trailing_zeros())) as usize
}

fn forms_of_nothing(word: &str) -> Forms {
    Forms {
        lemmas: Box::new([word.into()]),
        parts: Box::new([]),
    }
}

/// What a folded word stands for. `capitalised`: it was written with a capital, so that it may be a name; names that
/// no list knows are not stemmed. Anything but plain letters, or very long, is only itself.
pub fn forms(word: &str, capitalised: bool) -> Forms {
    analysed(word, capitalised, false)
}

/// A word that was respelled is not respelled again: two spellings may lead to each other without end.
fn analysed(word: &str, capitalised: bool, is_respelled: bool) -> Forms {
    let plain = word.len() <= MAX_BYTES && word.bytes().all(|b| b.is_ascii_lowercase());
    let Some(dictionary) = Dictionary::get().filter(|_| plain && word.len() > 1) else {
        return forms_of_nothing(word);
    };
    let mut found = Found {
        is_respelled,
        ..Found::default()
    };
    match dictionary.entry(word).filter(|entry| entry.group.is_word) {
        Some(entry) => {
            found.add_known(dictionary, &entry);
            if entry.group.is_name && !capitalised {
                found.add_unknown(dictionary, word, true);
            }
        }
        None => found.add_unknown(dictionary, word, capitalised),
    }
    found.finish(word)
}

/// All words of the dictionary that are forms of `lemma`, in alphabetical order. Goes through the whole dictionary:
/// some milliseconds.
pub fn known_forms(lemma: &str) -> Vec<String> {
    Dictionary::get().map_or_else(Vec::new, |dictionary| dictionary.forms_of(lemma))
}

/// Lemmas and parts so far.
#[derive(Default)]
struct Found {
    lemmas: Vec<String>,
    parts: Vec<String>,
    is_respelled: bool,
}

fn add_new(list: &mut Vec<String>, word: String) {
    if !list.contains(&word) {
        list.push(word);
    }
}

impl Found {
    fn finish(self, word: &str) -> Forms {
        let Found {
            mut lemmas, parts, ..
        } = self;
        if lemmas.is_empty() {
            lemmas.push(word.to_owned());
        }
        let parts = parts
            .into_iter()
            .filter(|part| !lemmas.contains(part) && part != word)
            .map(String::into_boxed_str)
            .collect();
        Forms {
            lemmas: lemmas.into_iter().map(String::into_boxed_str).collect(),
            parts,
        }
    }

    fn add_known(&mut self, dictionary: &'static Dictionary, entry: &Entry<'_>) {
        let (mut is_noun, mut is_adjective, mut is_verb) = (false, false, false);
        entry.lemmas(|kind, _| {
            is_noun |= kind == Some(Kind::Noun);
            is_adjective |= kind == Some(Kind::Adjective);
            is_verb |= kind == Some(Kind::Verb);
        });
        entry.lemmas(|kind, lemma| {
            // A participle ("betrokken") is not a compound, whatever it looks like.
            let may_be_split = match kind {
                Some(Kind::Noun) => true,
                Some(Kind::Adjective) => !is_verb,
                _ => false,
            };
            let is_this_noun = kind == Some(Kind::Noun);
            let behind = is_this_noun.then(|| behind_particle(dictionary, &lemma));
            if let Some(noun) = behind.flatten() {
                self.add_noun(dictionary, noun);
            } else if may_be_split && !entry.group.whole && !is_made_of_verb(dictionary, &lemma) {
                let spans = self.add_parts(dictionary, &lemma, EASE_KNOWN);
                if is_this_noun && lemma == entry.word {
                    self.add_singular(dictionary, entry.word, spans.as_deref());
                }
            }
            if kind == Some(Kind::Verb) && !is_noun && !is_adjective {
                self.parts.extend(separated(dictionary, &lemma));
            }
            add_new(&mut self.lemmas, lemma);
        });
    }

    fn add_unknown(&mut self, dictionary: &'static Dictionary, word: &str, capitalised: bool) {
        if capitalised {
            add_new(&mut self.lemmas, word.to_owned());
        }
        bases(word, |kind, base| {
            if dictionary
                .entry(&base)
                .is_some_and(|entry| entry.is_own(kind))
            {
                add_new(&mut self.lemmas, base);
            }
        });
        let by_rule = self.lemmas.len() > usize::from(capitalised);
        let nouns = self.lemmas.iter().map(String::as_str).chain([word]);
        let behind = nouns.filter_map(|noun| behind_particle(dictionary, noun));
        let behind: Vec<String> = behind.map(str::to_owned).collect();
        if behind.is_empty() {
            self.add_unknown_parts(dictionary, word, by_rule);
        }
        for noun in behind {
            self.add_noun(dictionary, &noun);
        }
        let exists = |now: &str| {
            dictionary.entry(now).is_some() || split(now, dictionary, EASE_RESPELLED).is_some()
        };
        if !self.is_respelled
            && let Some(now) = respelled(word, exists)
        {
            let Forms { lemmas, parts } = analysed(&now, capitalised, true);
            for lemma in lemmas {
                add_new(&mut self.lemmas, lemma.into());
            }
            for part in parts {
                add_new(&mut self.parts, part.into());
            }
        }
        if self.lemmas.is_empty() {
            self.lemmas.push(stem(word));
        }
    }

    /// The parts of a word that no list knows, and its lemma when no rule gave one.
    fn add_unknown_parts(&mut self, dictionary: &'static Dictionary, word: &str, by_rule: bool) {
        if let Some(spans) = self.add_parts(dictionary, word, EASE_UNKNOWN) {
            if !by_rule {
                self.add_compound_lemmas(dictionary, word, &spans);
            }
        } else if let Some(one) = plural_compound(dictionary, word, EASE_UNKNOWN) {
            self.add_parts(dictionary, &one, EASE_UNKNOWN);
            add_new(&mut self.lemmas, one);
        }
    }

    /// The singular of a compound that the dictionary has in the plural only: "inbraak" is in "woninginbraken".
    fn add_singular(
        &mut self,
        dictionary: &'static Dictionary,
        word: &str,
        spans: Option<&[Span]>,
    ) {
        let Some(last) = spans.and_then(<[Span]>::last) else {
            return;
        };
        let (beginning, head) = word.split_at(last.from);
        let Some(entry) = dictionary
            .entry(head)
            .filter(|head| !head.is_own(Kind::Noun))
        else {
            return;
        };
        entry.lemmas(|kind, lemma| {
            if kind == Some(Kind::Noun) {
                add_new(&mut self.lemmas, format!("{beginning}{lemma}"));
            }
        });
    }

    /// Adds a noun that stands in the word, with what it is made of itself.
    fn add_noun(&mut self, dictionary: &'static Dictionary, noun: &str) {
        self.add_part(dictionary, noun);
        add_new(&mut self.parts, noun.to_owned());
    }

    /// The lemma of a compound that no list knows: what stands before its last part, and the lemma of that part.
    fn add_compound_lemmas(&mut self, dictionary: &'static Dictionary, word: &str, spans: &[Span]) {
        let Some((last, before)) = spans.split_last() else {
            return;
        };
        let mut beginnings = vec![word[..last.from].to_owned()];
        // The n that older spelling left out: a paardebloem is a paardenbloem.
        for span in before.iter().filter(|span| span.next == span.to) {
            let surface = &word[span.from..span.to];
            if with_n(dictionary, surface).is_some() {
                beginnings.push([&word[..span.to], "n", &word[span.to..last.from]].concat());
            }
        }
        // A linking s that is not written by everyone: besturing(s)systeem.
        for span in before {
            let end = &word[span.to..];
            let other = match span.next == span.to {
                true => [&word[..span.to], "s", end].concat(),
                false => [&word[..span.to], &end[1..]].concat(),
            };
            if let Some(entry) = dictionary.entry(&other).filter(|entry| entry.group.is_word) {
                entry.lemmas(|_, lemma| add_new(&mut self.lemmas, lemma));
            }
        }
        let heads = lemmas_of_part(dictionary, &word[last.from..]);
        for beginning in beginnings {
            for head in &heads {
                add_new(&mut self.lemmas, format!("{beginning}{head}"));
            }
        }
    }

    /// Adds what a part is made of itself.
    fn add_part(&mut self, dictionary: &'static Dictionary, part: &str) {
        // Ever shorter words, so that this ends.
        if let Some(noun) = behind_particle(dictionary, part) {
            return self.add_noun(dictionary, noun);
        }
        let whole = is_made_of_verb(dictionary, part)
            || dictionary
                .entry(part)
                .is_some_and(|entry| entry.group.whole);
        if part.len() >= MIN_SPLIT_PART && !whole {
            self.add_parts(dictionary, part, EASE_KNOWN);
        }
    }

    /// Adds the parts of `word`, if it is a compound; returns the parts next to each other.
    fn add_parts(
        &mut self,
        dictionary: &'static Dictionary,
        word: &str,
        ease: f32,
    ) -> Option<Vec<Span>> {
        let spans = split(word, dictionary, ease)?;
        for from in 0..spans.len() {
            for to in from + 1..=spans.len() {
                let (first, last) = (spans.get(from)?, spans.get(to - 1)?);
                let part = &word[first.from..last.to];
                if part.len() == word.len() {
                    continue;
                }
                if to == from + 1 {
                    let part = if to < spans.len() {
                        &*as_word(dictionary, part)
                    } else {
                        part
                    };
                    for lemma in lemmas_of_part(dictionary, part) {
                        // Ever shorter words, so that this ends.
                        if lemma.len() < word.len() {
                            self.add_part(dictionary, &lemma);
                        }
                        add_new(&mut self.parts, lemma);
                    }
                } else if dictionary.entry(part).is_some() {
                    for lemma in lemmas_of_part(dictionary, part) {
                        add_new(&mut self.parts, lemma);
                    }
                } else {
                    for head in lemmas_of_part(dictionary, &word[last.from..last.to]) {
                        add_new(
                            &mut self.parts,
                            format!("{}{head}", &word[first.from..last.from]),
                        );
                    }
                }
            }
        }
        Some(spans)
    }
}

/// Whether the word is a noun or adjective made of a verb: "uitwisseling" is of "uitwisselen", not a "wisseling" of some
/// kind, and "scheiding" has no "ding" in it. A verb may be a compound itself ("toneelspeler"), and "terug" leaves the
/// noun its meaning.
fn is_made_of_verb(dictionary: &'static Dictionary, word: &str) -> bool {
    let is_verb = |word: &str| {
        dictionary
            .entry(word)
            .is_some_and(|entry| entry.is_own(Kind::Verb))
    };
    let mut made = false;
    if !word.starts_with("terug") {
        verbs_within(word, |verb| {
            let simple = verb.len() < MIN_COMPOUND_VERB
                || INSEPARABLE
                    .iter()
                    .chain(&SEPARABLE)
                    .any(|prefix| verb.strip_prefix(prefix).is_some_and(is_verb));
            made |= simple && is_verb(&verb);
        });
    }
    made
}

/// The verb in a verb that its particle separates from: bellen in opbellen ("belde op").
fn separated(dictionary: &'static Dictionary, verb: &str) -> Option<String> {
    dictionary
        .entry(verb)
        .filter(|entry| entry.group.separable)?;
    SEPARABLE
        .iter()
        .filter_map(|particle| verb.strip_prefix(particle))
        .filter(|rest| {
            dictionary
                .entry(rest)
                .is_some_and(|entry| entry.is_own(Kind::Verb))
        })
        .min_by_key(|rest| rest.len())
        .map(str::to_owned)
}

/// The lemmas that a part of a compound most probably has: those of a noun, else of an adjective, else of a verb.
fn lemmas_of_part(dictionary: &'static Dictionary, part: &str) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(entry) = dictionary.entry(part) {
        entry.lemmas(|kind, lemma| {
            let rank = match kind {
                Some(Kind::Noun) => 0,
                Some(Kind::Adjective) => 1,
                Some(Kind::Verb) => 2,
                None => 3,
            };
            all.push((rank, lemma));
        });
    }
    let best = all.iter().map(|(rank, _)| *rank).min();
    let mut lemmas = Vec::new();
    for (rank, lemma) in all {
        if Some(rank) == best {
            add_new(&mut lemmas, lemma);
        }
    }
    if lemmas.is_empty() {
        lemmas.push(part.to_owned());
    }
    lemmas
}

#[cfg(test)]
mod tests;
