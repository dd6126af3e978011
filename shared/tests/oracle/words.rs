//! What one word or phrase of a question means, as things that can stand at one position. Written from what the
//! language promises, word by word and by trying everything; shares nothing with the plan of the engines.
//!
//! | a word | stands where |
//! |---|---|
//! | as written | the same exact term stands (of several parts: side by side; or its whole form at one position) |
//! | other forms | a word stands of which it shares a lemma, or which is that lemma itself |
//! | in compounds | one of its lemmas is a part of the word that stands there |
//! | written apart | forms of the words stand side by side that the analyzer says it is made of |
//! | a date or number | the same one stands, written otherwise (`figures`) |
//! | a synonym | forms of the words of the synonym stand side by side, when the search has the list (`synonyms`) |
//! | broad | the word that stands there has it in it, or (of five letters and more) differs by one letter |
//!
//! What is switched off by its kind or its name does not count; where a form or compound that is switched off by name
//! stands, nothing of the kind stands.
//!
//! Names and paths are not inflected: in `van:`, `aan:` and `pad:` a word is only as written, and so it is in mode
//! exact, whatever its switches say.
//!
//! Plain words next to each other that must all be there may be a date, a number or a term of the list together. What
//! one of them switches off, is off for all of them.

use super::figures::{self, Way};
use super::synonyms;
use super::text::{Span, Text};
use std::collections::BTreeSet;
use std::ops::Range;
use zv_analyzers::{Stream, TokenKind, tokens};
use zv_shared::plan::Mode;
use zv_shared::query::{ExpansionKind, Form, Phrase, Switches, TextField, Word};

/// A word this short has no neighbours in mode breed.
const BROAD_LETTERS: usize = 5;

/// What can stand at one position.
#[derive(Debug)]
enum Step {
    /// This term, as written.
    Written(String),
    /// This term as written, or a form of one of these lemmas.
    FormOf(String, Vec<String>),
    /// A compound with one of these lemmas.
    With(Vec<String>),
    /// That, but nowhere where one of these terms is written.
    Except(Box<Step>, BTreeSet<String>),
    /// A term that the wildcards match.
    Like(String),
    /// A term that contains this, but none of these.
    Containing(String, BTreeSet<String>),
    /// A term that differs by so many letters, but none of these.
    Similar(String, usize, BTreeSet<String>),
}

impl Step {
    fn stands(&self, there: &[(Stream, String)]) -> bool {
        if let Step::Except(step, but) = self {
            let written =
                |(stream, term): &(Stream, String)| *stream == Stream::Exact && but.contains(term);
            return step.stands(there) && !there.iter().any(written);
        }
        there.iter().any(|(stream, term)| match (self, stream) {
            (Step::Written(word), Stream::Exact) => term == word,
            (Step::FormOf(word, lemmas), Stream::Exact) => term == word || lemmas.contains(term),
            (Step::FormOf(_, lemmas), Stream::Woordvorm) => lemmas.contains(term),
            (Step::With(lemmas), Stream::Deel) => lemmas.contains(term),
            (Step::Like(pattern), Stream::Exact) => glob(&letters(pattern), &letters(term)),
            (Step::Containing(word, but), Stream::Exact) => {
                term.contains(word.as_str()) && !but.contains(term)
            }
            (Step::Similar(word, most, but), Stream::Exact) => {
                differences(&letters(word), &letters(term)) <= *most && !but.contains(term)
            }
            _ => false,
        })
    }
}

/// The ways in which a word or phrase can stand in a text.
#[derive(Debug, Default)]
pub struct Meaning {
    /// Each some steps side by side.
    steps: Vec<Vec<Step>>,
    /// Dates and numbers.
    figures: Vec<Way>,
}

impl Meaning {
    /// Everywhere it stands.
    pub fn spans(&self, text: &Text) -> BTreeSet<Span> {
        let mut spans = BTreeSet::new();
        for way in &self.figures {
            let ends = |from: u32| way.end(text, from).map(|to| (from, to));
            spans.extend(text.positions().filter_map(ends));
        }
        for steps in self.steps.iter().filter(|steps| !steps.is_empty()) {
            for from in text.positions() {
                let stands = steps
                    .iter()
                    .zip(from..)
                    .all(|(step, at)| step.stands(text.at(at)));
                if stands {
                    spans.insert((from, from + steps.len() as u32 - 1));
                }
            }
        }
        spans
    }

    fn of_steps(steps: Vec<Vec<Step>>) -> Self {
        Meaning {
            steps,
            figures: Vec::new(),
        }
    }

    pub fn of_phrase(phrase: &Phrase) -> Self {
        Meaning::of_steps(if phrase.text.contains(['*', '?']) {
            patterns(&phrase.text)
        } else {
            as_written(&Asked::of(&phrase.text))
        })
    }

    pub fn of_word(word: &Word, field: Option<TextField>, how: Widened) -> Self {
        let asked = Asked::of(&word.text);
        let mut meaning = Meaning::of_steps(match word.form {
            Form::Pattern => patterns(&word.text),
            _ => as_written(&asked),
        });
        match word.form {
            Form::Exact | Form::Pattern => {}
            Form::Fuzzy(most) => meaning.steps.extend(asked.one().map(|one| {
                let (word, most) = (one.term.clone(), most.into());
                vec![Step::Similar(word, most, BTreeSet::new())]
            })),
            Form::Woordvorm if how.widens(field) => {
                widen(&mut meaning.steps, &asked, &word.switches, how.mode);
                meaning.add_figures(figures::of_word(&word.text), &[word]);
                if how.synonyms {
                    meaning.add_synonyms(synonyms::of_word(&word.text), &[word]);
                }
            }
            Form::Woordvorm => {}
        }
        meaning
    }

    /// The words of `run` in `range` together.
    pub fn of_words(
        run: &[Word],
        range: Range<usize>,
        field: Option<TextField>,
        how: Widened,
    ) -> Self {
        let mut meaning = Meaning::default();
        if how.widens(field) {
            let texts: Vec<&str> = run.iter().map(|word| word.text.as_str()).collect();
            let words: Vec<&Word> = run[range.clone()].iter().collect();
            meaning.add_figures(figures::of_words(&texts, range.clone()), &words);
            if how.synonyms {
                meaning.add_synonyms(synonyms::of_words(&texts, range), &words);
            }
        }
        meaning
    }

    fn add_figures(&mut self, ways: Vec<(String, Way)>, words: &[&Word]) {
        let on = |name: &str| is_on(words, ExpansionKind::Schrijfwijze, name);
        let ways = ways.into_iter().filter(|(name, _)| on(name));
        self.figures.extend(ways.map(|(_, way)| way));
    }

    fn add_synonyms(&mut self, terms: Vec<&str>, words: &[&Word]) {
        for term in terms {
            if !is_on(words, ExpansionKind::Synoniem, term) {
                continue;
            }
            let asked = Asked::of(term);
            let form = |one: &Analysed| match synonyms::is_abbreviation(term) {
                true => Step::FormOf(one.term.clone(), vec![one.term.clone()]),
                false => Step::FormOf(one.term.clone(), one.lemmas.clone()),
            };
            self.steps.push(asked.parts.iter().map(form).collect());
            self.steps
                .extend(asked.whole.iter().map(|whole| vec![form(whole)]));
        }
    }
}

/// How a search widens its words.
#[derive(Clone, Copy)]
pub struct Widened {
    pub mode: Mode,
    /// Whether it has the list of synonyms.
    pub synonyms: bool,
}

impl Widened {
    fn widens(self, field: Option<TextField>) -> bool {
        self.mode != Mode::Exact && matches!(field, None | Some(TextField::Titel))
    }
}

/// Whether none of the words switches off the kind or the name.
fn is_on(words: &[&Word], kind: ExpansionKind, name: &str) -> bool {
    words.iter().all(|word| {
        let switches = &word.switches;
        let without = |off: &String| folded(off) == folded(name);
        !switches.off.contains(&kind) && !switches.without.iter().any(without)
    })
}

/// Adds what the user did not switch off.
fn widen(ways: &mut Vec<Vec<Step>>, asked: &Asked, switches: &Switches, mode: Mode) {
    let off: BTreeSet<String> = switches.without.iter().map(|name| folded(name)).collect();
    let form = |one: &Analysed| Step::FormOf(one.term.clone(), one.lemmas.clone());
    let name = match &asked.whole {
        Some(whole) => whole.name(),
        None => asked
            .parts
            .iter()
            .map(Analysed::name)
            .collect::<Vec<_>>()
            .join(" "),
    };
    let alone = |step| vec![Step::Except(Box::new(step), off.clone())];
    if !switches.off.contains(&ExpansionKind::Vorm) {
        match asked.parts.as_slice() {
            [only] => ways.push(alone(form(only))),
            parts if !off.contains(&name) => ways.push(parts.iter().map(form).collect()),
            _ => {}
        }
        ways.extend(asked.whole.iter().map(|whole| alone(form(whole))));
    }
    if let [only] = asked.parts.as_slice()
        && let Some(apart) = zv_analyzers::written_apart(&only.term)
        && !switches.off.contains(&ExpansionKind::Schrijfwijze)
        && !off.contains(&apart.join(" "))
    {
        let words = apart.iter().flat_map(|word| Asked::of(word).parts);
        ways.push(words.map(|word| form(&word)).collect());
    }
    let Some(one) = asked.one() else { return };
    if !switches.off.contains(&ExpansionKind::Deel) {
        ways.push(alone(Step::With(one.lemmas.clone())));
    }
    if mode != Mode::Breed && !switches.broad {
        return;
    }
    if !switches.off.contains(&ExpansionKind::Breed) {
        ways.push(vec![Step::Containing(one.term.clone(), off.clone())]);
    }
    if !switches.off.contains(&ExpansionKind::Spelling) && letters(&one.term).len() >= BROAD_LETTERS
    {
        ways.push(vec![Step::Similar(one.term.clone(), 1, off)]);
    }
}

/// The parts side by side, or the whole form.
fn as_written(asked: &Asked) -> Vec<Vec<Step>> {
    let written = |one: &Analysed| Step::Written(one.term.clone());
    let mut ways = vec![asked.parts.iter().map(written).collect()];
    ways.extend(asked.whole.iter().map(|whole| vec![written(whole)]));
    ways
}

/// The same with wildcards, which the analyzer must take for letters: letters are put in their place that the text
/// does not have.
fn patterns(text: &str) -> Vec<Vec<Step>> {
    let without: String = text.replace(['*', '?'], " ");
    let used: String = Asked::of(&without)
        .parts
        .iter()
        .map(|one| one.term.as_str())
        .collect();
    let mut free = ('a'..='z').rev().filter(|c| !used.contains(*c));
    let (many, one) = (free.next().unwrap(), free.next().unwrap());
    let lettered = text
        .replace('*', &many.to_string())
        .replace('?', &one.to_string());
    let asked = Asked::of(&lettered);
    let like = |word: &Analysed| Step::Like(word.term.replace(many, "*").replace(one, "?"));
    let mut ways = vec![asked.parts.iter().map(like).collect()];
    ways.extend(asked.whole.iter().map(|whole| vec![like(whole)]));
    ways
}

/// A text of a question, cut into the parts that take a position each; with the whole form when it is one written
/// word of several parts.
pub struct Asked {
    pub parts: Vec<Analysed>,
    pub whole: Option<Analysed>,
}

#[derive(Clone, Debug)]
pub struct Analysed {
    pub term: String,
    lemmas: Vec<String>,
    from: usize,
    to: usize,
}

impl Analysed {
    /// As its forms are shown.
    fn name(&self) -> String {
        self.lemmas.join("/")
    }

    /// What it is, and what it is a form of.
    pub fn forms(&self) -> impl Iterator<Item = &String> {
        self.lemmas.iter().chain([&self.term])
    }
}

impl Asked {
    pub fn of(text: &str) -> Self {
        let (mut parts, mut wholes) = (Vec::<Analysed>::new(), Vec::<Analysed>::new());
        let mut found = tokens(text);
        while found.advance() {
            let token = found.token();
            let list = match token.kind {
                TokenKind::Part => &mut parts,
                TokenKind::Whole => &mut wholes,
                TokenKind::Variant | TokenKind::Start(_) => continue,
            };
            let term = token.term.clone();
            match token.stream {
                Stream::Exact => list.push(Analysed {
                    term,
                    lemmas: Vec::new(),
                    from: token.from,
                    to: token.to,
                }),
                Stream::Woordvorm => list.last_mut().unwrap().lemmas.push(term),
                Stream::Deel | Stream::Grens => {}
            }
        }
        let ends = |parts: &[Analysed]| Some((parts.first()?.from, parts.last()?.to));
        let all = ends(&parts);
        let whole = wholes
            .into_iter()
            .find(|whole| Some((whole.from, whole.to)) == all);
        Asked { parts, whole }
    }

    /// The one word that is meant, when it is one.
    fn one(&self) -> Option<&Analysed> {
        match (&self.whole, self.parts.as_slice()) {
            (None, [only]) => Some(only),
            (whole, _) => whole.as_ref(),
        }
    }
}

/// Switches are read as words are: capitals and accents make no difference.
fn folded(name: &str) -> String {
    let asked = Asked::of(name);
    match asked.whole {
        Some(whole) => whole.term,
        None => asked
            .parts
            .iter()
            .map(|one| one.term.as_str())
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// `*` is any letters or none, `?` is one.
fn glob(pattern: &[char], term: &[char]) -> bool {
    match (pattern.split_first(), term.split_first()) {
        (None, _) => term.is_empty(),
        (Some(('*', rest)), _) => (0..=term.len()).any(|taken| glob(rest, &term[taken..])),
        (Some((sign, pattern)), Some((letter, term))) => {
            (*sign == '?' || sign == letter) && glob(pattern, term)
        }
        (Some(_), None) => false,
    }
}

/// How many letters must be added, left out or replaced to make one word of the other.
pub fn distance(one: &str, other: &str) -> usize {
    differences(&letters(one), &letters(other))
}

fn differences(one: &[char], other: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, b) in other.iter().enumerate() {
            let replaced = above[column] + usize::from(a != b);
            here.push(replaced.min(above[column + 1] + 1).min(here[column] + 1));
        }
        above = here;
    }
    above[other.len()]
}
