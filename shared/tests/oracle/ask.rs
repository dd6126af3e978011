//! What the operators of a question mean for one document among others. By definition, without any short cut:
//! all pairs of spans for NEAR, every unit for `binnen:`, every member of a family.

use super::Known;
use super::text::{Span, Text};
use super::words::{Meaning, Widened};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;
use zv_shared::index::DateOptions;
use zv_shared::query::{Form, Near, NumberField, Phrase, Unit, Word};
use zv_shared::{DocId, Query, TextField};

/// One search in an archive.
pub struct Asking<'a> {
    families: HashMap<DocId, Vec<&'a Known>>,
    dates: DateOptions,
    how: Widened,
    meanings: RefCell<HashMap<Said, Rc<Meaning>>>,
}

/// What stands in a question, and in which field.
#[derive(PartialEq, Eq, Hash)]
enum Said {
    Word(Word, Option<TextField>),
    Phrase(Phrase),
    /// Of plain words next to each other those of the range, together.
    Together(Vec<Word>, Range<usize>, Option<TextField>),
}

/// What must hold, of the parts of an EN.
#[derive(Clone, Copy)]
enum Part<'q> {
    One(&'q Query),
    /// Of plain words next to each other those from the one to the other, together.
    Together(&'q [Query], usize, usize),
}

/// Where we are in a question.
#[derive(Clone, Copy)]
struct Place {
    field: Option<TextField>,
    /// False under an odd number of NIETs, where a document without a date does not count.
    wanted: bool,
}

impl<'a> Asking<'a> {
    pub fn new(documents: &'a [Known], dates: DateOptions, how: Widened) -> Self {
        let mut families: HashMap<DocId, Vec<&Known>> = HashMap::new();
        for known in documents {
            families
                .entry(known.document.family)
                .or_default()
                .push(known);
        }
        Asking {
            families,
            dates,
            how,
            meanings: RefCell::default(),
        }
    }

    /// Whether the question alone, without filters, finds the document.
    pub fn matches(&self, query: &Query, known: &Known) -> bool {
        let place = Place {
            field: None,
            wanted: true,
        };
        self.node(query, known, place)
    }

    fn node(&self, query: &Query, known: &Known, place: Place) -> bool {
        let document = &known.document;
        match query {
            Query::All => true,
            Query::Word(_) | Query::Phrase(_) | Query::Near(_) => {
                let mut texts = known.texts(place.field).iter();
                texts.any(|text| !self.spans(query, text, place.field).is_empty())
            }
            Query::Field(field, inner) => {
                let field = Some(*field);
                self.node(inner, known, Place { field, ..place })
            }
            Query::Format(format) => document.format.eq_ignore_ascii_case(format),
            Query::Date(span) => known.date_matches(*span, self.dates, place.wanted),
            Query::Number(field, span) => {
                let number = match field {
                    NumberField::Grootte => document.size,
                    NumberField::Paginas => document.pages.into(),
                };
                span.from.is_none_or(|from| from <= number) && span.to.is_none_or(|to| number <= to)
            }
            Query::Within(Unit::Familie, inner) => {
                self.family(inner, &self.families[&document.family], place)
            }
            Query::Within(unit, inner) => {
                let unit = match unit {
                    Unit::Zin => zv_analyzers::Unit::Zin,
                    Unit::Alinea => zv_analyzers::Unit::Alinea,
                    Unit::Pagina | Unit::Familie => zv_analyzers::Unit::Pagina,
                };
                known.texts(place.field).iter().any(|text| {
                    let mut units = text.units(unit).into_iter();
                    units.any(|unit| self.unit(inner, text, place.field, &unit))
                })
            }
            _ => combined(query, place, &|part, place| match part {
                Part::One(part) => self.node(part, known, place),
                Part::Together(..) => self.stands(part, known, place),
            }),
        }
    }

    /// Whether words stand together in one of the texts of a document.
    fn stands(&self, words: Part, known: &Known, place: Place) -> bool {
        let meaning = self.meaning(said(words, place.field));
        let mut texts = known.texts(place.field).iter();
        texts.any(|text| !meaning.spans(text).is_empty())
    }

    /// Whether it holds of a family: each word may stand in another of its documents.
    fn family(&self, query: &Query, members: &[&Known], place: Place) -> bool {
        match query {
            Query::Field(field, inner) => {
                let field = Some(*field);
                self.family(inner, members, Place { field, ..place })
            }
            Query::And(_) | Query::Or(_) | Query::Quorum { .. } | Query::Not(_) => {
                combined(query, place, &|part, place| match part {
                    Part::One(part) => self.family(part, members, place),
                    Part::Together(..) => {
                        let mut members = members.iter();
                        members.any(|known| self.stands(part, known, place))
                    }
                })
            }
            one => members.iter().any(|known| self.node(one, known, place)),
        }
    }

    /// Whether it holds within one sentence, paragraph or page.
    fn unit(
        &self,
        query: &Query,
        text: &Text,
        field: Option<TextField>,
        unit: &Range<u32>,
    ) -> bool {
        let within = |spans: BTreeSet<Span>| {
            let mut spans = spans.iter();
            spans.any(|(from, to)| unit.contains(from) && unit.contains(to))
        };
        match query {
            Query::Word(_) | Query::Phrase(_) | Query::Near(_) => {
                within(self.spans(query, text, field))
            }
            _ => {
                let place = Place {
                    field,
                    wanted: true,
                };
                combined(query, place, &|part, _| match part {
                    Part::One(part) => self.unit(part, text, field, unit),
                    Part::Together(..) => within(self.meaning(said(part, field)).spans(text)),
                })
            }
        }
    }

    /// Where in a text words, groups of words and texts near each other stand.
    fn spans(&self, query: &Query, text: &Text, field: Option<TextField>) -> BTreeSet<Span> {
        match query {
            Query::Word(word) => self.meaning(Said::Word(word.clone(), field)).spans(text),
            Query::Phrase(phrase) => self.meaning(Said::Phrase(phrase.clone())).spans(text),
            Query::Or(parts) => {
                let each = parts.iter().map(|part| self.spans(part, text, field));
                each.flatten().collect()
            }
            Query::Near(near) => {
                let left = self.spans(&near.left, text, field);
                let right = self.spans(&near.right, text, field);
                let mut both = BTreeSet::new();
                for a in &left {
                    for b in right.iter().filter(|b| are_near(near, *a, **b)) {
                        both.insert((a.0.min(b.0), a.1.max(b.1)));
                    }
                }
                both
            }
            other => panic!("{other} has no place in a text"),
        }
    }

    fn meaning(&self, said: Said) -> Rc<Meaning> {
        if let Some(known) = self.meanings.borrow().get(&said) {
            return known.clone();
        }
        let meaning = Rc::new(match &said {
            Said::Word(word, field) => Meaning::of_word(word, *field, self.how),
            Said::Phrase(phrase) => Meaning::of_phrase(phrase),
            Said::Together(run, range, field) => {
                Meaning::of_words(run, range.clone(), *field, self.how)
            }
        });
        self.meanings.borrow_mut().insert(said, meaning.clone());
        meaning
    }
}

/// The last word of the one and the first of the other are at most so many words apart: one that overlaps the other
/// is not near it.
fn are_near(near: &Near, left: Span, right: Span) -> bool {
    let before = |a: Span, b: Span| a.1 < b.0 && b.0 - a.1 <= near.distance;
    before(left, right) || (!near.ordered && before(right, left))
}

fn said(part: Part, field: Option<TextField>) -> Said {
    let Part::Together(run, from, to) = part else {
        panic!("one question is not said together");
    };
    let word = |query: &Query| match query {
        Query::Word(word) => word.clone(),
        other => panic!("{other} is no word"),
    };
    Said::Together(run.iter().map(word).collect(), from..to, field)
}

/// EN, OF, NIET and VAN are the same everywhere.
fn combined(query: &Query, place: Place, holds: &dyn Fn(Part, Place) -> bool) -> bool {
    let one = |part: &Query| holds(Part::One(part), place);
    match query {
        Query::And(parts) => {
            let plain =
                |part: &Query| matches!(part, Query::Word(word) if word.form == Form::Woordvorm);
            let mut runs = parts.chunk_by(|a, b| plain(a) && plain(b));
            runs.all(|run| is_covered(run, &|part| holds(part, place)))
        }
        Query::Or(parts) => parts.iter().any(one),
        Query::Quorum { at_least, of } => of.iter().filter(|part| one(part)).count() >= *at_least,
        Query::Not(inner) => {
            let wanted = !place.wanted;
            !holds(Part::One(inner), Place { wanted, ..place })
        }
        other => panic!("{other} combines nothing"),
    }
}

/// Whether each word of `run` holds, or holds together with words around it.
fn is_covered(run: &[Query], holds: &dyn Fn(Part) -> bool) -> bool {
    let together = |at: usize| {
        let ranges = (0..=at).flat_map(|from| (at + 1..=run.len()).map(move |to| (from, to)));
        let mut longer = ranges.filter(|(from, to)| to - from > 1);
        longer.any(|(from, to)| holds(Part::Together(run, from, to)))
    };
    (0..run.len()).all(|at| holds(Part::One(&run[at])) || together(at))
}
