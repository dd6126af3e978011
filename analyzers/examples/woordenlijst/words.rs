//! From the word list to forms and their lemmas. Owns what hunspell's flags mean, and the lists written by hand.

use crate::fold::fold_char;
use crate::hunspell::{Entry, Flag, List};
use crate::inflect::{Kind, bases};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::error::Error;
use std::path::Path;

/// The lists written by hand.
pub struct Hand {
    pub verbs: Vec<Vec<String>>,
    pub separated: Vec<Vec<String>>,
    pub nouns: Vec<Vec<String>>,
    pub adjectives: Vec<Vec<String>>,
    pub bound: Vec<Vec<String>>,
    pub no_forms: Vec<Vec<String>>,
    pub alone: HashSet<String>,
    pub no_parts: Vec<String>,
    pub whole: HashSet<String>,
}

impl Hand {
    pub fn read(data: &Path) -> Result<Hand, Box<dyn Error>> {
        let lines = |name: &str| -> Result<Vec<Vec<String>>, Box<dyn Error>> {
            Ok(std::fs::read_to_string(data.join(name))?
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(|line| line.split_whitespace().map(str::to_owned).collect())
                .collect())
        };
        Ok(Hand {
            verbs: lines("werkwoorden.txt")?,
            separated: lines("gescheiden.txt")?,
            nouns: lines("naamwoorden.txt")?,
            adjectives: lines("bijvoeglijk.txt")?,
            bound: lines("gebonden_delen.txt")?,
            no_forms: lines("geen_vorm.txt")?,
            no_parts: lines("geen_delen.txt")?.into_iter().flatten().collect(),
            alone: lines("losse_woorden.txt")?.into_iter().flatten().collect(),
            whole: lines("niet_splitsen.txt")?.into_iter().flatten().collect(),
        })
    }
}

/// What is known of one folded form.
#[derive(Default)]
pub struct Form {
    /// Kind (N, V, A, P for names and O for words that are only themselves) and lemma.
    pub lemmas: BTreeSet<(char, String)>,
    /// Only inside compounds; of those of the list of bound parts: as first, as last part.
    pub only_part: bool,
    pub bound_first: bool,
    pub bound_last: bool,
    /// Not as a first, not as a last part.
    pub never_first: bool,
    pub never_last: bool,
    /// A verb that a particle separates from.
    pub separable: bool,
    /// The stem of a verb (zoek, woon).
    pub stem: bool,
    pub takes_s: bool,
    pub whole: bool,
    pub first: Option<u8>,
    pub last: Option<u8>,
}

impl Form {
    pub fn is(&self, kind: char) -> bool {
        self.lemmas.iter().any(|(k, _)| *k == kind)
    }

    /// Whether the word is its own lemma, as this kind.
    pub fn is_own(&self, kind: char, word: &str) -> bool {
        self.lemmas
            .iter()
            .any(|(k, lemma)| *k == kind && lemma == word)
    }
}

/// All forms.
#[derive(Default)]
pub struct Words {
    pub forms: BTreeMap<String, Form>,
    pub infinitives: HashSet<String>,
    /// Forms of which the list does not say the lemma: loose words, and forms of verbs.
    pub loose: BTreeSet<String>,
    pub verb_forms: BTreeSet<String>,
    pub participles: BTreeSet<String>,
    /// Loose words that make compounds: nouns, whatever else they are.
    compounding: HashSet<String>,
    /// Names that are not in another word's flags.
    loose_names: BTreeSet<String>,
    pub alone: HashSet<String>,
}

/// The folded word, if it is one word of plain letters.
fn folded(word: &str) -> Option<String> {
    if !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let mut out = String::new();
    word.chars().for_each(|c| fold_char(c, |c| out.push(c)));
    (out.bytes().all(|b| b.is_ascii_lowercase()) && out.len() > 1).then_some(out)
}

fn has(flags: &[Flag], wanted: &str) -> bool {
    flags
        .iter()
        .any(|flag| wanted.as_bytes().chunks(2).any(|wanted| wanted == flag))
}

const NOUN: &str = "YaYbYcYdYeYfYgZaZuZxZbZcZdZeZfZgZhZiZjXeChCd";
const NOUN_OF_ADJECTIVE: &str = "ZmZk";
const ADJECTIVE: &str = "AaAbAcAdAeAiAlAmAnAoApAqArAsAyAtAuAvAwAx";
const VERB: &str = "V3VpVqVaVb";
const ENDS_COMPOUNDS: &str = "Cc";
const FORBIDDEN: &str = "Fw";
const ONLY_IN_COMPOUND: &str = "Cx";

impl Words {
    pub fn new(list: &List, hand: &Hand) -> Words {
        let mut words = Words {
            alone: hand.alone.clone(),
            ..Words::default()
        };
        for entry in &list.entries {
            if !has(&entry.flags, FORBIDDEN) {
                words.add(list, entry);
            }
        }
        words.add_verbs(hand);
        words.resolve_verbs();
        words.add_nouns(hand);
        words.resolve_loose();
        words.resolve_names();
        words.add_adjectives(hand);
        words.add_separated(hand);
        words.add_nouns_of_participles();
        words.add_mede();
        words.keep_alone();
        for pair in &hand.no_forms {
            if let [form, lemma] = &pair[..]
                && let Some(form) = words.forms.get_mut(form)
            {
                form.lemmas.retain(|(_, found)| found != lemma);
            }
        }
        words.add_bound(hand);
        words.mark_separable();
        for form in words.forms.values_mut() {
            form.whole = form.lemmas.iter().any(|(_, lemma)| {
                let derived = ["heid", "ing", "er", "isch", "ig", "elijk"]
                    .iter()
                    .any(|ending| {
                        lemma
                            .strip_suffix(ending)
                            .is_some_and(|base| hand.whole.contains(base))
                    });
                derived || hand.whole.contains(lemma)
            });
        }
        words
    }

    pub fn link(&mut self, form: &str, kind: char, lemma: &str) {
        if let (Some(form), Some(lemma)) = (folded(form), folded(lemma)) {
            self.forms
                .entry(form)
                .or_default()
                .lemmas
                .insert((kind, lemma));
        }
    }

    fn add(&mut self, list: &List, entry: &Entry) {
        let word = entry.word.as_str();
        let flags = &entry.flags;
        if has(flags, ONLY_IN_COMPOUND) {
            if let Some(folded) = folded(word) {
                let form = self.forms.entry(folded.clone()).or_default();
                form.only_part = form.lemmas.is_empty();
                form.lemmas.insert(('N', folded));
            }
            return;
        }
        if word.chars().next().is_some_and(char::is_uppercase) || has(flags, "ClCwPNPIPJPKSv") {
            self.link(word, 'P', word);
            self.loose_names.extend(folded(word));
            for flag in flags.iter().filter(|flag| has(&[**flag], "PNPIPJPK")) {
                for form in list.suffixed(word, *flag) {
                    self.link(&form, 'P', word);
                }
            }
            // Inhabitants and languages inflect like other words.
            self.add_inflected(list, word, flags, false);
            return;
        }
        self.add_inflected(list, word, flags, true);
        self.add_noun_of_verb(word, flags);
        for prefix in flags.iter().filter_map(|flag| list.prefix(*flag)) {
            if prefix.chars().all(char::is_alphabetic) {
                let longer = format!("{prefix}{word}");
                self.add_inflected(list, &longer, flags, true);
            }
        }
    }

    /// A verb form that ends compounds is a noun too, though the list flags only its verb (herstel, vrees): no finite
    /// verb is written behind another word. With a particle before it it is that verb only (uitmaak).
    fn add_noun_of_verb(&mut self, word: &str, flags: &[Flag]) {
        let of_verb_only =
            has(flags, VERB) && !has(flags, NOUN) && !has(flags, ADJECTIVE) && !has(flags, "ViVe");
        if of_verb_only && has(flags, ENDS_COMPOUNDS) {
            self.loose.extend(folded(word));
            self.compounding.extend(folded(word));
        }
    }

    fn add_inflected(&mut self, list: &List, word: &str, flags: &[Flag], may_be_loose: bool) {
        let mut known = false;
        for (kind, wanted) in [('N', NOUN), ('A', ADJECTIVE)] {
            for flag in flags.iter().filter(|flag| has(&[**flag], wanted)) {
                known = true;
                self.link(word, kind, word);
                for form in list.suffixed(word, *flag) {
                    if *flag != *b"Ch" && *flag != *b"Cd" {
                        // A bassiste is not a bassist.
                        let lemma = if *flag == *b"Xe" { &form } else { word };
                        self.link(&form, kind, lemma);
                    }
                }
                if has(&[*flag], "ChCd")
                    && let Some(form) = folded(word).and_then(|word| self.forms.get_mut(&word))
                {
                    form.takes_s = true;
                }
            }
        }
        for flag in flags
            .iter()
            .filter(|flag| has(&[**flag], NOUN_OF_ADJECTIVE))
        {
            known = true;
            let mut made = list.suffixed(word, *flag);
            made.sort_by_key(String::len);
            let lemma = made.first().cloned().unwrap_or_default();
            for form in made {
                self.link(&form, 'N', &lemma);
            }
        }
        self.collect_verbs(list, word, flags, &mut known);
        if !known && may_be_loose {
            self.loose.extend(folded(word));
            if has(flags, "CaCbCc") {
                self.compounding.extend(folded(word));
            }
        }
    }

    fn collect_verbs(&mut self, list: &List, word: &str, flags: &[Flag], known: &mut bool) {
        if has(flags, "Vi") {
            *known = true;
            self.infinitives.extend(folded(word));
            self.link(word, 'V', word);
            for form in list.suffixed(word, *b"Vi") {
                self.link(&form, 'V', word);
            }
        }
        if has(flags, "Ve") {
            *known = true;
            self.participles.extend(folded(word));
            let inflected = list.suffixed(word, *b"Ve");
            self.participles
                .extend(inflected.iter().filter_map(|form| folded(form)));
        }
        for flag in flags.iter().filter(|flag| has(&[**flag], VERB)) {
            *known = true;
            self.verb_forms.extend(folded(word));
            if has(&[*flag], "V3VpVq")
                && let Some(word) = folded(word)
            {
                self.forms.entry(word).or_default().stem = true;
            }
            let inflected = list.suffixed(word, *flag);
            self.verb_forms
                .extend(inflected.iter().filter_map(|form| folded(form)));
        }
    }

    /// The verbs that forms of verbs belong to.
    fn resolve_verbs(&mut self) {
        for form in std::mem::take(&mut self.verb_forms) {
            if !self.resolve(&form, |words, kind, base| {
                kind == Kind::Verb && words.infinitives.contains(base)
            }) {
                self.loose.insert(form);
            }
        }
        for form in std::mem::take(&mut self.participles) {
            if !self.resolve(&form, |words, kind, base| {
                kind == Kind::Verb && words.infinitives.contains(base)
            }) {
                // gezond is not a participle.
                let base = form.strip_suffix('e').unwrap_or(&form).to_owned();
                self.link(&form, 'A', &base);
            }
        }
    }

    /// Links a form to all bases that are accepted.
    pub fn resolve(&mut self, form: &str, accept: impl Fn(&Words, Kind, &str) -> bool) -> bool {
        let mut found = BTreeSet::new();
        bases(form, |kind, base| {
            if accept(self, kind, &base) {
                let kind = match kind {
                    Kind::Noun => 'N',
                    Kind::Verb => 'V',
                    Kind::Adjective => 'A',
                };
                found.insert((kind, base));
            }
        });
        for (kind, base) in &found {
            self.link(form, *kind, base);
        }
        !found.is_empty()
    }

    /// Loose words are forms of other words by rule, or themselves.
    fn resolve_loose(&mut self) {
        let loose: Vec<String> = std::mem::take(&mut self.loose).into_iter().collect();
        let set: HashSet<String> = loose
            .iter()
            .filter(|word| !self.is_own(word, 'N'))
            .cloned()
            .collect();
        let by_length = {
            let mut sorted = loose;
            sorted.sort_by_key(String::len);
            sorted
        };
        for word in by_length {
            let linked = self
                .forms
                .get(&word)
                .is_some_and(|form| form.is('V') || form.is('N') && !form.only_part);
            let known = linked
                | self.resolve(&word, |words, kind, base| match kind {
                    Kind::Verb => words.infinitives.contains(base),
                    Kind::Adjective => words.is_own(base, 'A'),
                    Kind::Noun => {
                        !words.is_own(&word, 'N')
                            && base.len() >= 3
                            && base != word
                            && !words.alone.contains(base)
                            && words.is_own(base, 'N')
                            && (!set.contains(base) || base.len() >= 5)
                    }
                });
            let is_noun = self.forms.get(&word).is_some_and(|form| form.is('N'));
            if self.compounding.contains(&word) && !is_noun {
                self.link(&word, 'N', &word);
            } else if !known {
                let kind = if word.len() >= 4 { 'N' } else { 'P' };
                self.link(&word, kind, &word);
            }
            if let Some(form) = self.forms.get_mut(&word) {
                form.only_part = false;
            }
        }
    }

    pub fn is_own(&self, word: &str, kind: char) -> bool {
        self.forms
            .get(word)
            .is_some_and(|form| form.is_own(kind, word) && !form.only_part)
    }

    /// The plurals of inhabitants: Bredanaars.
    fn resolve_names(&mut self) {
        for name in std::mem::take(&mut self.loose_names) {
            let Some(base) = name
                .strip_suffix('s')
                .filter(|base| base.ends_with("er") || base.ends_with("aar"))
            else {
                continue;
            };
            if base.len() >= 6 && self.forms.contains_key(base) {
                self.link(&name, 'P', base);
            }
        }
    }
}
