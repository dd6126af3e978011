//! What the lists written by hand add to the words: irregular forms, words that are only themselves, and what is or is
//! not a part of a compound.

use crate::inflect::{INSEPARABLE, Kind, SEPARABLE, infinitives};
use crate::words::{Form, Hand, Words};
use std::collections::{BTreeSet, HashSet};

/// Particles that mostly leave the verb its meaning: uitbetalen is a way of betalen, but overnemen none of nemen.
const TRANSPARENT: [&str; 15] = [
    "aan", "af", "bij", "binnen", "in", "mede", "mee", "na", "neer", "op", "terug", "toe", "uit",
    "voort", "weg",
];

impl Words {
    /// The irregular verbs, also with what stands before them.
    pub fn add_verbs(&mut self, hand: &Hand) {
        self.infinitives
            .extend(hand.verbs.iter().filter_map(|verb| verb.first().cloned()));
        // The list has stems of verbs without the verb among its infinitives: regen, regenen.
        for stem in &self.verb_forms {
            infinitives(stem, |infinitive| {
                if self.loose.contains(&infinitive) {
                    self.infinitives.insert(infinitive);
                }
            });
        }
        for infinitive in self.infinitives.clone() {
            self.link(&infinitive, 'V', &infinitive);
        }
        let all: Vec<String> = self.infinitives.iter().cloned().collect();
        for verb in &hand.verbs {
            let Some((base, forms)) = verb.split_first() else {
                continue;
            };
            for infinitive in &all {
                let Some(prefix) = infinitive.strip_suffix(base.as_str()) else {
                    continue;
                };
                let inseparable = INSEPARABLE.contains(&prefix);
                let allowed = prefix.is_empty()
                    || inseparable
                    || SEPARABLE.contains(&prefix)
                    || (prefix.len() >= 3 && self.forms.contains_key(prefix));
                if !allowed {
                    continue;
                }
                self.link(infinitive, 'V', infinitive);
                for form in forms {
                    let form = match form.strip_prefix('~') {
                        Some(_) if prefix.is_empty() => continue,
                        Some(form) => form,
                        None => form,
                    };
                    self.add_verb_form(infinitive, prefix, form, inseparable);
                }
            }
        }
    }

    fn add_verb_form(&mut self, infinitive: &str, prefix: &str, form: &str, inseparable: bool) {
        let known: HashSet<String> = [format!("{prefix}{form}"), form.replacen("ge", prefix, 1)]
            .into_iter()
            .filter(|form| {
                self.loose.contains(form)
                    || self.participles.contains(form)
                    || self.forms.contains_key(form)
            })
            .collect();
        let listed = |form: &str| known.contains(form);
        let mut add = |form: String| {
            self.link(&form, 'V', infinitive);
            if form.ends_with(['t', 'd']) && form.contains("ge")
                || prefix.len() > 1 && form.ends_with("cht")
            {
                self.link(&format!("{form}e"), 'V', infinitive);
            }
        };
        // Of the participles in -n: gedaan, gedane; gezien, geziene.
        if let Some(open) = form.strip_suffix("aan").filter(|open| open.contains("ge")) {
            add(format!("{prefix}{open}ane"));
        } else if form.ends_with("ien") && form.starts_with("ge") {
            add(format!("{prefix}{form}e"));
        }
        // Of overnemen the list has overgenomen, of ondernemen it has ondernomen.
        let with_ge = format!("{prefix}{form}");
        let without = form
            .strip_prefix("ge")
            .filter(|_| inseparable)
            .map(|rest| format!("{prefix}{rest}"));
        match without {
            Some(without) if !listed(&with_ge) => add(without),
            Some(without) if listed(&without) => {
                add(without);
                add(with_ge);
            }
            _ => add(with_ge),
        }
    }

    /// The irregular nouns, also at the end of compounds.
    pub fn add_nouns(&mut self, hand: &Hand) {
        let all: Vec<String> = self
            .forms
            .iter()
            .filter(|(word, form)| form.is_own('N', word))
            .map(|(word, _)| word.clone())
            .chain(self.loose.iter().cloned())
            .collect();
        for noun in &hand.nouns {
            let Some((base, plurals)) = noun.split_first() else {
                continue;
            };
            self.link(base, 'N', base);
            for plural in plurals {
                self.link(plural, 'N', base);
                if let Some(part) = plural
                    .strip_suffix("en")
                    .filter(|part| part.ends_with("er"))
                {
                    let form = self.forms.entry(part.to_owned()).or_default();
                    form.only_part |= form.lemmas.is_empty();
                    form.lemmas.insert(('N', base.clone()));
                    if form.only_part {
                        form.lemmas.retain(|(_, lemma)| lemma == base);
                    }
                }
            }
            for singular in &all {
                let Some(prefix) = singular
                    .strip_suffix(base.as_str())
                    .filter(|p| p.len() >= 3)
                else {
                    continue;
                };
                for plural in plurals {
                    let plural = format!("{prefix}{plural}");
                    if self.loose.contains(&plural) || self.forms.contains_key(&plural) {
                        self.link(singular, 'N', singular);
                        self.link(&plural, 'N', singular);
                    }
                }
            }
        }
    }

    /// Irregular degrees, and participles that the list has as adjectives.
    pub fn add_adjectives(&mut self, hand: &Hand) {
        for adjective in &hand.adjectives {
            if adjective[0] == "-" {
                for noun in &adjective[1..] {
                    if let Some(form) = self.forms.get_mut(noun) {
                        form.lemmas.retain(|(kind, _)| *kind != 'A');
                    }
                }
                continue;
            }
            for form in adjective {
                self.link(form, 'A', &adjective[0]);
            }
        }
        // The list does not say of a stem that ends in t that it is one: bezit, zit.
        let stems: Vec<(String, String)> = self
            .forms
            .iter()
            .filter(|(word, form)| word.ends_with('t') && !form.is('V') && !form.lemmas.is_empty())
            .flat_map(|(word, _)| {
                let mut found = Vec::new();
                infinitives(word, |infinitive| found.push((word.clone(), infinitive)));
                found
            })
            .filter(|(_, infinitive)| self.infinitives.contains(infinitive))
            .collect();
        for (stem, infinitive) in stems {
            self.link(&stem, 'V', &infinitive);
        }
        let adjectives: Vec<String> = self
            .forms
            .iter()
            .filter(|(word, form)| {
                let separated = SEPARABLE
                    .iter()
                    .filter_map(|particle| word.strip_prefix(particle))
                    .any(|rest| rest.starts_with("ge"));
                (form.is('A') || separated && form.is('N')) && !form.is('V') && word.len() >= 5
            })
            .map(|(word, _)| word.clone())
            .collect();
        for word in adjectives {
            let participle = word.strip_suffix('e').unwrap_or(&word);
            let own = self.is_own(participle, 'A') || self.is_own(&word, 'N');
            if participle.ends_with(['d', 't']) && own {
                self.resolve(&word, |words, kind, base| {
                    kind == Kind::Verb && words.infinitives.contains(base)
                });
            }
        }
    }

    /// The forms of a verb that hardly exists without its particle are forms of the verbs with one: "kondigt aan". Not
    /// what is another word too: nodig, burger.
    pub fn add_separated(&mut self, hand: &Hand) {
        for verb in &hand.separated {
            let Some((base, whole)) = verb.split_first() else {
                continue;
            };
            let known = whole.iter().filter(|verb| self.infinitives.contains(*verb));
            for verb in known.cloned().collect::<Vec<_>>() {
                self.link_forms(base, &verb, |form| {
                    form.lemmas.iter().all(|(kind, _)| *kind == 'V')
                });
            }
        }
    }

    /// A noun that is an inflected participle belongs to its verb as the participle does: betrokkenen, gedupeerden.
    pub fn add_nouns_of_participles(&mut self) {
        let mut found = Vec::new();
        for (word, form) in &self.forms {
            for (_, noun) in form.lemmas.iter().filter(|(kind, _)| *kind == 'N') {
                let participle = noun.strip_suffix('e').and_then(|base| self.forms.get(base));
                let verbs = participle.into_iter().flat_map(|base| &base.lemmas);
                let verbs = verbs.filter(|(kind, verb)| *kind == 'V' && verb != word);
                found.extend(verbs.map(|(_, verb)| (word.clone(), verb.clone())));
            }
        }
        for (word, verb) in found {
            self.link(&word, 'V', &verb);
        }
    }

    /// To "mededelen" is to "meedelen": the same verb, older.
    pub fn add_mede(&mut self) {
        let older = self.infinitives.iter().filter_map(|verb| {
            let now = format!("mee{}", verb.strip_prefix("mede")?);
            self.infinitives.contains(&now).then(|| (verb.clone(), now))
        });
        for (verb, now) in older.collect::<Vec<_>>() {
            self.link_forms(&verb, &now, |_| true);
        }
    }

    /// Links the forms of one verb that `takes` takes to another verb too.
    fn link_forms(&mut self, verb: &str, other: &str, takes: impl Fn(&Form) -> bool) {
        let is_form = |form: &Form| {
            let mut lemmas = form.lemmas.iter();
            lemmas.any(|(kind, lemma)| *kind == 'V' && lemma == verb) && takes(form)
        };
        let forms = self.forms.iter().filter(|(_, form)| is_form(form));
        for form in forms.map(|(word, _)| word.clone()).collect::<Vec<_>>() {
            self.link(&form, 'V', other);
        }
    }

    /// A verb that is taken apart by ge- (voorgesteld) is taken apart in sentences as well.
    pub fn mark_separable(&mut self) {
        let mut separable = HashSet::new();
        for (word, form) in &self.forms {
            for (kind, lemma) in &form.lemmas {
                let particle = TRANSPARENT.iter().any(|particle| {
                    lemma.starts_with(particle)
                        && word
                            .strip_prefix(particle)
                            .is_some_and(|rest| rest.starts_with("ge"))
                });
                if *kind == 'V' && particle && word != lemma {
                    separable.insert(lemma.clone());
                }
            }
        }
        for verb in separable {
            if let Some(form) = self.forms.get_mut(&verb) {
                form.separable = true;
            }
        }
    }

    /// What is a part but not a word, and the other way round.
    pub fn add_bound(&mut self, hand: &Hand) {
        for bound in &hand.bound {
            let [part, lemma] = &bound[..] else {
                continue;
            };
            let surface = part.trim_matches('-');
            let form = self.forms.entry(surface.to_owned()).or_default();
            if form.lemmas.is_empty() {
                form.only_part = true;
                form.lemmas.insert(('N', lemma.clone()));
            }
            form.bound_first |= part.ends_with('-');
            form.bound_last |= part.starts_with('-');
        }
        for part in &hand.no_parts {
            let surface = part.trim_end_matches('-');
            if let Some(form) = self.forms.get_mut(surface) {
                form.never_last = true;
                form.never_first |= surface == part;
            }
        }
        for word in hand.alone.iter().filter(|word| !word.ends_with('+')) {
            if let Some(form) = self.forms.get_mut(word) {
                form.never_last = true;
                form.never_first = true;
            }
        }
    }

    /// Words that are only themselves.
    pub fn keep_alone(&mut self) {
        for word in self.alone.clone() {
            let (word, kind) = match word.strip_suffix('+') {
                Some(noun) => (noun.to_owned(), 'N'),
                None => (word, 'O'),
            };
            let form = self.forms.entry(word.clone()).or_default();
            // What the word may be a form of as well is hardly ever meant: forget it.
            form.lemmas = BTreeSet::from([(kind, word)]);
            form.only_part = false;
        }
    }
}
