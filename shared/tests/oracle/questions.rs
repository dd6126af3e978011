//! Random searches about an archive, over every operator of the language, nested three deep. Most words come from the
//! documents, so that many questions find some of them and not all. Never answers one.

use super::Known;
use super::generate::{DATES, FORMATS, Random, TOGETHER, WORDS, date};
use std::collections::BTreeSet;
use std::sync::Arc;
use zv_shared::index::{Collapse, DateField, DateOptions, FacetField, Filters, Search};
use zv_shared::lists::Lists;
use zv_shared::plan::{Mode, Widening};
use zv_shared::query::{
    ExpansionKind, Form, Near, NumberField, NumberSpan, Switches, Unit, Word, parse,
};
use zv_shared::{DateSpan, Query, TextField};

/// How deep operators are nested.
const DEPTH: usize = 3;
const FIELDS: [TextField; 4] = [
    TextField::Titel,
    TextField::Van,
    TextField::Aan,
    TextField::Pad,
];

/// Every operator, field and form of a word that questions are made of.
pub const CONSTRUCTS: [&str; 28] = [
    "EN",
    "OF",
    "NIET",
    "VAN",
    "NEAR",
    "P",
    "binnen:zin",
    "binnen:alinea",
    "binnen:pagina",
    "binnen:familie",
    "titel:",
    "van:",
    "aan:",
    "pad:",
    "type:",
    "datum:",
    "grootte:",
    "paginas:",
    "woord",
    "=woord",
    "wo*rd",
    "woord~1",
    "woord~2",
    "{-soort}",
    "{-\"woord\"}",
    "{+breed}",
    "\"frase\"",
    "\"fra* se\"",
];

/// Which of [`CONSTRUCTS`] a question is made of, and how deep they are in each other.
pub fn constructs(query: &Query, found: &mut BTreeSet<&'static str>) -> usize {
    let name = match query {
        Query::All => return 0,
        Query::And(_) => "EN",
        Query::Or(_) => "OF",
        Query::Not(_) => "NIET",
        Query::Quorum { .. } => "VAN",
        Query::Near(near) if near.ordered => "P",
        Query::Near(_) => "NEAR",
        Query::Within(Unit::Zin, _) => "binnen:zin",
        Query::Within(Unit::Alinea, _) => "binnen:alinea",
        Query::Within(Unit::Pagina, _) => "binnen:pagina",
        Query::Within(Unit::Familie, _) => "binnen:familie",
        Query::Field(TextField::Titel, _) => "titel:",
        Query::Field(TextField::Van, _) => "van:",
        Query::Field(TextField::Aan, _) => "aan:",
        Query::Field(TextField::Pad, _) => "pad:",
        Query::Format(_) => "type:",
        Query::Date(_) => "datum:",
        Query::Number(NumberField::Grootte, _) => "grootte:",
        Query::Number(NumberField::Paginas, _) => "paginas:",
        Query::Phrase(phrase) if phrase.has_wildcards() => "\"fra* se\"",
        Query::Phrase(_) => "\"frase\"",
        Query::Word(word) => match word.form {
            Form::Woordvorm => "woord",
            Form::Exact => "=woord",
            Form::Pattern => "wo*rd",
            Form::Fuzzy(1) => "woord~1",
            Form::Fuzzy(_) => "woord~2",
        },
    };
    found.insert(name);
    if let Query::Word(word) = query {
        let switches = &word.switches;
        found.extend((!switches.off.is_empty()).then_some("{-soort}"));
        found.extend((!switches.without.is_empty()).then_some("{-\"woord\"}"));
        found.extend(switches.broad.then_some("{+breed}"));
    }
    let below: Vec<&Query> = match query {
        Query::And(parts) | Query::Or(parts) | Query::Quorum { of: parts, .. } => {
            parts.iter().collect()
        }
        Query::Not(inner) | Query::Within(_, inner) | Query::Field(_, inner) => {
            vec![inner.as_ref()]
        }
        Query::Near(near) => vec![near.left.as_ref(), near.right.as_ref()],
        _ => return 0,
    };
    let deepest = below.into_iter().map(|part| constructs(part, found)).max();
    1 + deepest.unwrap_or(0)
}

/// Where in a question we are: what can stand there differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Anything.
    Document,
    /// A family: no other `binnen:`.
    Family,
    /// A field or a unit of a text: words, phrases and what combines them.
    Text,
    /// A side of NEAR.
    Near,
}

/// Makes questions about some documents.
struct Questions<'a> {
    random: &'a mut Random,
    known: &'a [Known],
    /// The field that we are in.
    field: Option<TextField>,
}

/// A whole search about `known`, with these synonyms.
pub fn search(random: &mut Random, known: &[Known], lists: &Arc<Lists>) -> Search {
    let dates = DateOptions {
        field: DateField::ALL[random.below(DateField::ALL.len())],
        include_undated: !random.once_in(3),
    };
    Search {
        query: query(random, known),
        filters: filters(random, known, dates),
        dates,
        widening: Widening {
            mode: match random.below(5) {
                0 => Mode::Exact,
                1 => Mode::Breed,
                _ => Mode::Normaal,
            },
            lists: lists.clone(),
        },
        collapse: match random.once_in(2) {
            true => Collapse::Geen,
            false => Collapse::ALL[random.below(Collapse::ALL.len())],
        },
    }
}

/// A question as a user's text would have given it.
fn query(random: &mut Random, known: &[Known]) -> Query {
    if random.once_in(60) {
        return Query::All;
    }
    let mut questions = Questions {
        random,
        known,
        field: None,
    };
    let made = questions.tree(DEPTH, Inside::Document);
    parse(&made.to_string()).unwrap_or_else(|error| panic!("{made}: {error}"))
}

impl Questions<'_> {
    fn tree(&mut self, depth: usize, inside: Inside) -> Query {
        if depth == 0 || self.random.once_in(6) {
            return self.leaf(inside);
        }
        if inside == Inside::Near {
            return match self.random.once_in(2) {
                true => self.near(depth),
                false => Query::Or(self.parts(depth, inside)),
            };
        }
        let choices = match inside {
            Inside::Document => 16,
            Inside::Family => 13,
            _ => 11,
        };
        match self.random.below(choices) {
            0 | 1 if self.random.once_in(3) => self.run(),
            0 | 1 => Query::And(self.parts(depth, inside)),
            2..=4 => Query::Or(self.parts(depth, inside)),
            5 => Query::Not(Box::new(self.tree(depth - 1, inside))),
            6 | 7 => {
                let of = self.parts(depth, inside);
                let at_least = 1 + self.random.below(of.len());
                Query::Quorum { at_least, of }
            }
            8..=10 => self.near(depth),
            11 | 12 => self.in_field(depth - 1),
            13 => {
                let inner = self.tree(depth - 1, Inside::Family);
                Query::Within(Unit::Familie, Box::new(inner))
            }
            _ => {
                let unit = [Unit::Zin, Unit::Alinea, Unit::Pagina][self.random.below(3)];
                let inner = self.tree(depth - 1, Inside::Text);
                Query::Within(unit, Box::new(inner))
            }
        }
    }

    fn parts(&mut self, depth: usize, inside: Inside) -> Vec<Query> {
        let count = 2 + self.random.below(2);
        (0..count).map(|_| self.tree(depth - 1, inside)).collect()
    }

    /// Plain words that must all be there, which often are something together.
    fn run(&mut self) -> Query {
        let mut words = Vec::new();
        for _ in 0..1 + self.random.below(2) {
            let more = match self.random.below(4) {
                0 => self.words(2),
                1 => vec![self.random.pick(&WORDS).to_owned()],
                _ => vec![self.random.pick(&TOGETHER).to_owned()],
            };
            words.extend(more.join(" ").split_whitespace().map(str::to_owned));
        }
        let mut parts = Vec::new();
        for text in words {
            if let Some(mut word) = one_word(&text) {
                if word.form == Form::Woordvorm && self.random.once_in(9) {
                    word.switches = switches(self.random, &word);
                }
                parts.push(Query::Word(word));
            }
        }
        match parts.len() {
            0 => self.word(),
            1 => parts.remove(0),
            _ => Query::And(parts),
        }
    }

    fn near(&mut self, depth: usize) -> Query {
        Query::Near(Near {
            left: Box::new(self.tree(depth - 1, Inside::Near)),
            right: Box::new(self.tree(depth - 1, Inside::Near)),
            distance: [1, 1, 2, 3, 5, 8, 20, 999][self.random.below(8)],
            ordered: self.random.once_in(3),
        })
    }

    fn in_field(&mut self, depth: usize) -> Query {
        let field = FIELDS[self.random.below(4)];
        self.field = Some(field);
        let inner = self.tree(depth, Inside::Text);
        self.field = None;
        Query::Field(field, Box::new(inner))
    }

    fn leaf(&mut self, inside: Inside) -> Query {
        match (inside, self.random.below(12)) {
            (Inside::Document | Inside::Family, 0) => {
                Query::Format(self.random.pick(&FORMATS).to_owned())
            }
            (Inside::Document | Inside::Family, 1) => Query::Date(span(self.random)),
            (Inside::Document | Inside::Family, 2) => number(self.random),
            (Inside::Document | Inside::Family, 3) => self.in_field(0),
            (_, 4..=6) => self.phrase(),
            _ => self.word(),
        }
    }

    /// Words that stand, or could stand, side by side where the question looks.
    fn words(&mut self, length: usize) -> Vec<String> {
        if self.random.once_in(4) || self.known.is_empty() {
            let from: &[&str] = match self.random.once_in(5) {
                true => &TOGETHER,
                false => &WORDS,
            };
            return (0..length)
                .map(|_| self.random.pick(from).to_owned())
                .collect();
        }
        let known = &self.known[self.random.below(self.known.len())];
        let document = &known.document;
        let text = match self.field {
            Some(TextField::Titel) => document.title.clone(),
            Some(TextField::Van) => document.from.join("\u{1e}"),
            Some(TextField::Aan) => document.to.join("\u{1e}"),
            Some(TextField::Pad) => document.place.to_string(),
            None if self.random.once_in(6) => document.title.clone(),
            None if self.random.once_in(12) => document.place.name(),
            None => known.text().to_owned(),
        };
        let all: Vec<&str> = text.split([' ', '\u{1e}', '\n', '\u{c}']).collect();
        let start = self.random.below(all.len());
        all[start..]
            .iter()
            .take(length)
            .map(|word| (*word).to_owned())
            .collect()
    }

    fn word(&mut self) -> Query {
        loop {
            let word = self.words(1).concat();
            let text = match self.random.below(10) {
                0 | 1 => format!("={word}"),
                2 | 3 => wildcards(self.random, &word),
                4 => format!(
                    "{}~{}",
                    misspelt(self.random, &word),
                    1 + self.random.below(2)
                ),
                _ => word,
            };
            if let Some(mut word) = one_word(&text) {
                if word.form == Form::Woordvorm && self.random.once_in(4) {
                    word.switches = switches(self.random, &word);
                }
                return Query::Word(word);
            }
        }
    }

    fn phrase(&mut self) -> Query {
        loop {
            let length = 1 + self.random.below(3);
            let mut words = self.words(length);
            if self.random.once_in(3)
                && let Some(word) = words.last_mut()
            {
                *word = wildcards(self.random, word);
            }
            if self.random.once_in(9)
                && let Some(word) = words.first_mut()
            {
                *word = wildcards(self.random, word);
            }
            if let Ok(query @ Query::Phrase(_)) = parse(&format!("\"{}\"", words.join(" "))) {
                return query;
            }
        }
    }
}

/// `text` as one word: one that it also is in a list, where a comma between a figure and a sign separates.
fn one_word(text: &str) -> Option<Word> {
    match (parse(text), parse(&format!("1 VAN (a, {text})"))) {
        (Ok(Query::Word(word)), Ok(Query::Quorum { of, .. })) if of.len() == 2 => Some(word),
        _ => None,
    }
}

/// `word` with some of its letters left to the reader.
fn wildcards(random: &mut Random, word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let (from, to) = match letters.len() {
        0 => return String::new(),
        length => {
            let a = random.below(length + 1);
            let b = (a + random.below(5)).min(length);
            (a, b)
        }
    };
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    match random.below(6) {
        0 => format!("{}*", part(0, from)),
        1 => format!("*{}", part(to, letters.len())),
        2 => format!("*{}*", part(from, to)),
        3 => format!("{}*{}", part(0, from), part(to, letters.len())),
        4 => format!("{}?*{}", part(0, from), part(to, letters.len())),
        _ => {
            let signs = "?".repeat(to - from);
            format!("{}{signs}{}", part(0, from), part(to, letters.len()))
        }
    }
}

/// `word` with at most two letters changed.
fn misspelt(random: &mut Random, word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    for _ in 0..random.below(3) {
        let at = random.below(letters.len() + 1);
        match random.below(3) {
            0 => letters.insert(at, 'e'),
            1 if at < letters.len() => letters[at] = 'n',
            _ if at < letters.len() => drop(letters.remove(at)),
            _ => letters.push('s'),
        }
    }
    letters.into_iter().collect()
}

fn switches(random: &mut Random, word: &Word) -> Switches {
    let mut switches = Switches::default();
    for kind in ExpansionKind::ALL {
        if random.once_in(5) {
            switches.off.insert(kind);
        }
    }
    switches.broad = random.once_in(3) && !switches.off.contains(&ExpansionKind::Breed);
    for _ in 0..random.below(3) {
        // Often the name of what is shown: a lemma, or a word that the word stands in.
        let name = match random.below(4) {
            0 => random.pick(&WORDS).to_owned(),
            3 => random.pick(&TOGETHER).to_owned(),
            1 => word.text.clone(),
            _ => lemma(&word.text),
        };
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if parse(&format!("a{{-\"{name}\"}}")).is_ok() {
            switches.without.insert(name);
        }
    }
    switches
}

fn lemma(text: &str) -> String {
    let mut tokens = zv_analyzers::tokens(text);
    let mut lemma = text.to_owned();
    while tokens.advance() {
        if tokens.token().stream == zv_analyzers::Stream::Woordvorm {
            lemma.clone_from(&tokens.token().term);
        }
    }
    lemma
}

fn number(random: &mut Random) -> Query {
    let (field, below) = match random.once_in(2) {
        true => (NumberField::Grootte, 1_100),
        false => (NumberField::Paginas, 8),
    };
    let (a, b) = (random.below(below) as u64, random.below(below) as u64);
    let (from, to) = match random.below(4) {
        0 => (Some(a), None),
        1 => (None, Some(a)),
        2 => (Some(a), Some(a)),
        _ => (Some(a.min(b)), Some(a.max(b))),
    };
    Query::Number(field, NumberSpan { from, to })
}

fn span(random: &mut Random) -> DateSpan {
    let (a, b) = (date(random.pick(&DATES)), date(random.pick(&DATES)));
    let (from, to) = if a.days().first <= b.days().last {
        (a, b)
    } else {
        (b, a)
    };
    match random.below(4) {
        0 => DateSpan {
            from: Some(from),
            to: None,
        },
        1 => DateSpan {
            from: None,
            to: Some(to),
        },
        2 => DateSpan {
            from: Some(a),
            to: Some(a),
        },
        _ => DateSpan {
            from: Some(from),
            to: Some(to),
        },
    }
}

fn filters(random: &mut Random, known: &[Known], options: DateOptions) -> Filters {
    let mut filters = Filters::new();
    for _ in 0..random.below(3) {
        let field = FacetField::ALL[random.below(FacetField::ALL.len())];
        let mut chosen = BTreeSet::new();
        for _ in 0..random.below(3) {
            if let Some(known) = known.get(random.below(known.len() + 1)) {
                chosen.extend(
                    known
                        .values(field, options)
                        .into_iter()
                        .take(1 + random.below(2)),
                );
            }
        }
        if random.once_in(8) {
            chosen.insert(random.pick(&["1999", "2019-06", "onbekend"]).to_owned());
        }
        filters.insert(field, chosen);
    }
    filters
}
