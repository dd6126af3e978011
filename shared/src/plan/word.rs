//! The alternatives of one word or phrase. Owns which expansions there are and in which order they are shown;
//! never decides what a word is a form of (`zv-analyzers`), nor what a synonym is (`lists`).

use super::figures;
use super::pattern::written_with_wildcards;
use super::{Alternative, Kind, MAX_TERMS, Mode, Pattern, Vocabulary, Widening};
use crate::index::IndexError;
use crate::lists::{Synonym, is_abbreviation};
use crate::query::{ExpansionKind, Form, Switches, TextField, Word};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use zv_analyzers::{Stream, Written, WrittenWord, written};

/// A word this short has too many neighbours at one letter's distance to be worth showing.
const MIN_FUZZY_LETTERS: usize = 5;

/// Expands words and phrases.
pub struct WordExpander<'a> {
    pub widening: &'a Widening,
    pub vocabulary: &'a dyn Vocabulary,
}

type Steps = Vec<Vec<String>>;
/// Words that follow each other, and what they stand for together.
pub type Together = (Range<usize>, Vec<Alternative>);

impl WordExpander<'_> {
    /// What a word stands for.
    pub fn word(
        &self,
        word: &Word,
        field: Option<TextField>,
    ) -> Result<Vec<Alternative>, IndexError> {
        match word.form {
            Form::Exact => Ok(exact(&written(&word.text))),
            Form::Pattern => self.patterns(&word.text, field),
            Form::Fuzzy(distance) => self.fuzzy(&written(&word.text), distance, field),
            Form::Woordvorm => self.widened(word, field),
        }
    }

    /// What stands between quotes: words as written, side by side.
    pub fn phrase(
        &self,
        text: &str,
        field: Option<TextField>,
    ) -> Result<Vec<Alternative>, IndexError> {
        if text.contains(['*', '?']) {
            self.patterns(text, field)
        } else {
            Ok(exact(&written(text)))
        }
    }

    fn widened(
        &self,
        word: &Word,
        field: Option<TextField>,
    ) -> Result<Vec<Alternative>, IndexError> {
        let text = written(&word.text);
        let mut alternatives = exact(&text);
        if !self.widens(field) {
            return Ok(alternatives);
        }
        alternatives.extend(forms(&text));
        alternatives.extend(compounds(&text));
        alternatives.extend(other_spellings(&text));
        alternatives.extend(in_figures(figures::of_word(&word.text)));
        let synonyms = self.widening.lists.synonyms(&word.text);
        alternatives.extend(synonyms_forms(synonyms, &word.text)?);
        if self.widening.mode == Mode::Breed || word.switches.broad {
            self.add_broad(&mut alternatives, &text, field)?;
        }
        switch_off(&mut alternatives, &word.switches);
        Ok(alternatives)
    }

    /// What two or more of `words`, plain words that must all be there, stand for together: a synonym of
    /// `binnenlandse zaken`, the figures of `5 januari 2023`. What one of the words switches off, is off.
    pub fn sequences(
        &self,
        words: &[&Word],
        field: Option<TextField>,
    ) -> Result<Vec<Together>, IndexError> {
        if !self.widens(field) {
            return Ok(Vec::new());
        }
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let mut found: BTreeMap<(usize, usize), Vec<Alternative>> = BTreeMap::new();
        for (range, figures) in figures::of_words(&texts) {
            let alternatives = found.entry((range.start, range.end)).or_default();
            alternatives.extend(in_figures(figures));
        }
        for (range, synonyms) in self.widening.lists.sequences(&texts) {
            let text = texts[range.clone()].join(" ");
            let alternatives = found.entry((range.start, range.end)).or_default();
            alternatives.extend(synonyms_forms(synonyms, &text)?);
        }
        let mut sequences = Vec::with_capacity(found.len());
        for ((start, end), mut alternatives) in found {
            for word in &words[start..end] {
                switch_off(&mut alternatives, &word.switches);
            }
            sequences.push((start..end, alternatives));
        }
        Ok(sequences)
    }

    /// Whether a plain word in `field` stands for more than itself: names and paths are not inflected.
    fn widens(&self, field: Option<TextField>) -> bool {
        self.widening.mode != Mode::Exact && matches!(field, None | Some(TextField::Titel))
    }

    /// Every word that contains the word, and every word one letter off.
    fn add_broad(
        &self,
        alternatives: &mut Vec<Alternative>,
        text: &Written,
        field: Option<TextField>,
    ) -> Result<(), IndexError> {
        if let Some(word) = whole_or_only(text) {
            let pattern = Pattern::containing(&word.exact);
            let found = self.matching(field, &pattern)?;
            alternatives.extend(each(Kind::Breed, found, &word.exact));
            if word.exact.chars().count() >= MIN_FUZZY_LETTERS {
                let found = self
                    .vocabulary
                    .similar(field, &word.exact, 1, MAX_TERMS + 1)?;
                alternatives.extend(each(
                    Kind::Spelling,
                    limited(found, &word.exact)?,
                    &word.exact,
                ));
            }
        }
        Ok(())
    }

    fn fuzzy(
        &self,
        text: &Written,
        distance: u8,
        field: Option<TextField>,
    ) -> Result<Vec<Alternative>, IndexError> {
        let mut alternatives = exact(text);
        if let Some(word) = whole_or_only(text) {
            let found = self
                .vocabulary
                .similar(field, &word.exact, distance, MAX_TERMS + 1)?;
            alternatives.extend(each(
                Kind::Spelling,
                limited(found, &word.exact)?,
                &word.exact,
            ));
        }
        Ok(alternatives)
    }

    /// Words with wildcards, side by side; the whole form too when it is one written word.
    fn patterns(
        &self,
        text: &str,
        field: Option<TextField>,
    ) -> Result<Vec<Alternative>, IndexError> {
        let found = written_with_wildcards(text);
        let words = |term: &str| match Pattern::of(term) {
            Some(pattern) => self.matching(field, &pattern),
            None => Ok(vec![term.to_owned()]),
        };
        let mut steps = Vec::with_capacity(found.parts.len());
        for part in &found.parts {
            steps.push(words(&part.exact)?);
        }
        let mut alternatives = Vec::new();
        if let [only] = steps.as_mut_slice() {
            alternatives.extend(each(Kind::Jokerteken, std::mem::take(only), ""));
        } else if steps.iter().all(|step| !step.is_empty()) {
            alternatives.push(alternative(Kind::Jokerteken, text.to_lowercase(), steps));
        }
        if let Some(whole) = &found.whole {
            alternatives.extend(each(Kind::Jokerteken, words(&whole.exact)?, ""));
        }
        Ok(alternatives)
    }

    fn matching(
        &self,
        field: Option<TextField>,
        pattern: &Pattern,
    ) -> Result<Vec<String>, IndexError> {
        let keep = |word: &str| pattern.matches(word);
        let found = self
            .vocabulary
            .containing(field, &pattern.longest(), &keep, MAX_TERMS + 1)?;
        limited(found, pattern.text())
    }
}

fn limited(found: Vec<String>, word: &str) -> Result<Vec<String>, IndexError> {
    if found.len() > MAX_TERMS {
        return Err(IndexError::TooWide(word.to_owned()));
    }
    Ok(found)
}

fn alternative(kind: Kind, text: String, steps: Steps) -> Alternative {
    Alternative {
        kind,
        text,
        steps,
        except: Vec::new(),
        lists: Vec::new(),
        on: true,
    }
}

/// One alternative per word, without the word itself.
fn each(kind: Kind, words: Vec<String>, except: &str) -> impl Iterator<Item = Alternative> {
    let words = words.into_iter().filter(move |word| word != except);
    words
        .map(move |word| alternative(kind, word.clone(), vec![vec![word]]))
        .collect::<Vec<_>>()
        .into_iter()
}

/// A word of several parts counts as a whole.
fn whole_or_only(text: &Written) -> Option<&WrittenWord> {
    match (&text.whole, text.parts.as_slice()) {
        (Some(whole), _) => Some(whole),
        (None, [only]) => Some(only),
        _ => None,
    }
}

fn shown(text: &Written) -> String {
    let parts: Vec<&str> = text.parts.iter().map(|part| part.exact.as_str()).collect();
    text.whole
        .as_ref()
        .map_or_else(|| parts.join(" "), |whole| whole.exact.clone())
}

/// The words as written, side by side, or their whole form.
fn exact(text: &Written) -> Vec<Alternative> {
    let steps: Steps = text
        .parts
        .iter()
        .map(|part| vec![part.exact.clone()])
        .collect();
    if steps.is_empty() {
        return Vec::new();
    }
    let whole = text
        .whole
        .iter()
        .map(|whole| vec![vec![whole.exact.clone()]]);
    [steps]
        .into_iter()
        .chain(whole)
        .map(|steps| alternative(Kind::Exact, shown(text), steps))
        .collect()
}

/// Every stored term of the words that are a form of one of `lemmas`.
fn form_terms(word: &WrittenWord) -> Vec<String> {
    // The lemma as written is not stored a second time as a lemma.
    let both = word
        .lemmas
        .iter()
        .flat_map(|lemma| [lemma.clone(), Stream::Woordvorm.stored(lemma)]);
    let mut terms: Vec<String> = [word.exact.clone()].into_iter().chain(both).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn forms(text: &Written) -> Vec<Alternative> {
    let steps: Steps = text.parts.iter().map(form_terms).collect();
    if steps.is_empty() {
        return Vec::new();
    }
    let lemmas = |word: &WrittenWord| word.lemmas.join("/");
    let parts: Vec<String> = text.parts.iter().map(lemmas).collect();
    let name = text.whole.as_ref().map_or_else(|| parts.join(" "), lemmas);
    let whole = text.whole.iter().map(|whole| vec![form_terms(whole)]);
    [steps]
        .into_iter()
        .chain(whole)
        .map(|steps| alternative(Kind::Vorm, name.clone(), steps))
        .collect()
}

/// Compounds with the word in them.
fn compounds(text: &Written) -> Option<Alternative> {
    let word = whole_or_only(text)?;
    let terms = word
        .lemmas
        .iter()
        .map(|lemma| Stream::Deel.stored(lemma))
        .collect();
    Some(alternative(Kind::Deel, word.lemmas.join("/"), vec![terms]))
}

/// A compound written as separate words.
fn other_spellings(text: &Written) -> Option<Alternative> {
    let [only] = text.parts.as_slice() else {
        return None;
    };
    let apart = zv_analyzers::written_apart(&only.exact)?;
    let words: Vec<WrittenWord> = apart.iter().flat_map(|word| written(word).parts).collect();
    let steps = words.iter().map(form_terms).collect();
    Some(alternative(Kind::Schrijfwijze, apart.join(" "), steps))
}

/// Other ways to write a date or number.
fn in_figures(found: Vec<figures::Way>) -> impl Iterator<Item = Alternative> {
    found.into_iter().map(|way| Alternative {
        except: way.except,
        ..alternative(Kind::Schrijfwijze, way.name, way.steps)
    })
}

fn synonyms_forms(synonyms: Vec<Synonym>, word: &str) -> Result<Vec<Alternative>, IndexError> {
    if synonyms.len() > MAX_TERMS {
        return Err(IndexError::TooWide(word.to_owned()));
    }
    Ok(synonyms.iter().flat_map(synonym_forms).collect())
}

fn synonym_forms(synonym: &Synonym) -> Vec<Alternative> {
    let mut text = written(&synonym.text);
    if is_abbreviation(&synonym.text) {
        // It is a form of nothing else, but inflected (`Wob'er`) it is a form of itself.
        for word in text.parts.iter_mut().chain(&mut text.whole) {
            word.lemmas = vec![word.exact.clone()];
        }
    }
    let mut found = forms(&text);
    for alternative in &mut found {
        alternative.kind = Kind::Synoniem;
        alternative.text = synonym.text.clone();
        alternative.lists = synonym.lists.clone();
    }
    found
}

/// Switches off what the question says. Capitals and accents make no difference.
fn switch_off(alternatives: &mut [Alternative], switches: &Switches) {
    let names = switches.without.iter();
    let without: BTreeSet<String> = names.map(|name| shown(&written(name))).collect();
    for alternative in alternatives {
        let kind = match alternative.kind {
            Kind::Vorm => Some(ExpansionKind::Vorm),
            Kind::Deel => Some(ExpansionKind::Deel),
            Kind::Schrijfwijze => Some(ExpansionKind::Schrijfwijze),
            Kind::Synoniem => Some(ExpansionKind::Synoniem),
            Kind::Spelling => Some(ExpansionKind::Spelling),
            Kind::Breed => Some(ExpansionKind::Breed),
            Kind::Exact | Kind::Jokerteken => None,
        };
        alternative.on &= kind.is_none_or(|kind| !switches.off.contains(&kind));
        match alternative.kind {
            // Many words stand behind one term: those that are switched off do not count where it stands.
            Kind::Vorm | Kind::Deel if alternative.steps.len() == 1 => {
                alternative.except = without.iter().cloned().collect();
            }
            Kind::Exact | Kind::Jokerteken => {}
            _ if without.is_empty() => {}
            _ => alternative.on &= !without.contains(&shown(&written(&alternative.text))),
        }
    }
}
