//! From a question to queries of tantivy. Every leaf matches in one field; other fields only add to the score,
//! so that the hit set never depends on the order asked for. The stock query parser is not used.

use super::excluded::Excluded;
use super::reader::by_message;
use super::schema::{Fields, Streams, column};
use crate::index::{DateOptions, FacetField};
use crate::query::Form;
use crate::{DateSpan, DayRange, Query, TextField};
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, DisjunctionMaxQuery, EmptyQuery, ExistsQuery, Occur,
    PhraseQuery, Query as EngineQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use zv_analyzers::{Stream, whole_form, written_parts};

type Boxed = Box<dyn EngineQuery>;

/// A hit in the title counts this much more than one in the text.
const TITLE_BOOST: f32 = 1.5;
/// A hit on the word as written counts this much more than one on its word form.
const EXACT_BOOST: f32 = 1.2;
/// What evidence beside the best adds.
const TIE_BREAKER: f32 = 0.2;

/// Builds engine queries for one search.
pub struct Compiler<'a> {
    fields: &'a Fields,
    dates: DateOptions,
    scored: bool,
}

impl<'a> Compiler<'a> {
    /// `scored` adds the evidence that only ranks.
    pub fn new(fields: &'a Fields, dates: DateOptions, scored: bool) -> Self {
        Compiler {
            fields,
            dates,
            scored,
        }
    }

    /// The question without its filters: those are looked at hit by hit.
    pub fn query(&self, query: &Query) -> Boxed {
        self.node(query, None, true)
    }

    /// `possible`: whether a document that might match counts, as it does under an even number of NIETs.
    fn node(&self, query: &Query, field: Option<TextField>, possible: bool) -> Boxed {
        match query {
            Query::All => Box::new(AllQuery),
            Query::Word(word) => match word.form {
                Form::Woordvorm => self.words(&word.text, field, false),
                Form::Exact => self.words(&word.text, field, true),
                Form::Pattern | Form::Fuzzy(_) => Box::new(EmptyQuery),
            },
            Query::Phrase(phrase) if phrase.has_wildcards() => Box::new(EmptyQuery),
            Query::Phrase(phrase) => self.words(&phrase.text, field, true),
            Query::Field(field, inner) => self.node(inner, Some(*field), possible),
            Query::Format(format) => match self.fields.facet(FacetField::Formaat) {
                Some(field) => term(field, &format.to_lowercase()),
                None => Box::new(EmptyQuery),
            },
            Query::Date(span) => self.date(*span, possible && self.dates.include_undated),
            Query::And(parts) => self.all_of(parts, field, possible),
            Query::Or(parts) => either(
                parts
                    .iter()
                    .map(|part| self.node(part, field, possible))
                    .collect(),
            ),
            Query::Not(inner) => all_but(vec![self.node(inner, field, !possible)]),
            Query::Number(..) | Query::Near(_) | Query::Quorum { .. } | Query::Within(..) => {
                Box::new(EmptyQuery)
            }
        }
    }

    fn all_of(&self, parts: &[Query], field: Option<TextField>, possible: bool) -> Boxed {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Query::Not(inner) => unwanted.push(self.node(inner, field, !possible)),
                other => wanted.push((Occur::Must, self.node(other, field, possible))),
            }
        }
        if wanted.is_empty() {
            return all_but(unwanted);
        }
        wanted.extend(unwanted.into_iter().map(excluded));
        both(wanted)
    }

    /// A word or phrase: its parts side by side.
    fn words(&self, text: &str, field: Option<TextField>, exact: bool) -> Boxed {
        let fields = self.fields;
        match field {
            None => self.ranked_words(text, exact),
            Some(TextField::Titel) => {
                side_by_side(matched(fields.title, exact), text, stream(exact))
            }
            Some(TextField::Van) => side_by_side(fields.from, text, Stream::Exact),
            Some(TextField::Aan) => side_by_side(fields.to, text, Stream::Exact),
            Some(TextField::Pad) => side_by_side(fields.path, text, Stream::Exact),
        }
    }

    fn ranked_words(&self, text: &str, exact: bool) -> Boxed {
        let (all, title) = (self.fields.text, self.fields.title);
        let matching = side_by_side(matched(all, exact), text, stream(exact));
        if !self.scored {
            return matching;
        }
        let title = side_by_side(matched(title, exact), text, stream(exact));
        let mut evidence = vec![matching, boosted(title, TITLE_BOOST)];
        if !exact {
            evidence.push(boosted(
                side_by_side(all.exact, text, Stream::Exact),
                EXACT_BOOST,
            ));
        }
        Box::new(DisjunctionMaxQuery::with_tie_breaker(evidence, TIE_BREAKER))
    }

    fn date(&self, span: DateSpan, with_undated: bool) -> Boxed {
        let first = span.from.map_or(i64::MIN, |date| date.days().first);
        let last = span.to.map_or(i64::MAX, |date| date.days().last);
        let dated = self.overlapping(DayRange { first, last });
        if !with_undated {
            return dated;
        }
        either(vec![
            dated,
            term(self.fields.undated, self.dates.field.name()),
        ])
    }

    /// Documents of which the chosen date overlaps `range`.
    fn overlapping(&self, range: DayRange) -> Boxed {
        let days = self.fields.days(self.dates.field);
        let first = (Occur::Must, between(days.first.1, i64::MIN, range.last));
        let last = (Occur::Must, between(days.last.1, range.first, i64::MAX));
        if !by_message(self.dates.field) {
            return both(vec![first, last]);
        }
        // Of a chat the days with messages count, not all days between the first and the last.
        let messages = self.fields.message_days;
        let chat = excluded(Box::new(ExistsQuery::new(
            column::MESSAGE_DAYS.into(),
            false,
        )));
        either(vec![
            both(vec![first, last, chat]),
            between(messages, range.first, range.last),
        ])
    }
}

fn matched(streams: Streams, exact: bool) -> Field {
    if exact {
        streams.exact
    } else {
        streams.word_form
    }
}

fn stream(exact: bool) -> Stream {
    if exact {
        Stream::Exact
    } else {
        Stream::Woordvorm
    }
}

/// The parts of `text` at consecutive positions; for one written word of several parts also its whole form,
/// which is all that a word broken at its hyphen over a line end has. A text without any term matches nothing:
/// the parser refuses it before it gets here.
fn side_by_side(field: Field, text: &str, stream: Stream) -> Boxed {
    let term = |part: String| Term::from_field_text(field, &part);
    let one = |part: String| Box::new(TermQuery::new(term(part), IndexRecordOption::WithFreqs));
    let mut parts = written_parts(text, stream);
    match parts.len() {
        0 => return Box::new(EmptyQuery),
        1 => return one(parts.remove(0)),
        _ => {}
    }
    let phrase: Boxed = Box::new(PhraseQuery::new(parts.into_iter().map(term).collect()));
    match whole_form(text, stream) {
        Some(whole) => either(vec![phrase, one(whole)]),
        None => phrase,
    }
}

fn term(field: Field, value: &str) -> Boxed {
    Box::new(TermQuery::new(
        Term::from_field_text(field, value),
        IndexRecordOption::Basic,
    ))
}

fn between(field: Field, first: i64, last: i64) -> Boxed {
    let bound = |value| Bound::Included(Term::from_field_i64(field, value));
    Box::new(RangeQuery::new(bound(first), bound(last)))
}

fn boosted(query: Boxed, boost: f32) -> Boxed {
    Box::new(BoostQuery::new(query, boost))
}

fn both(mut clauses: Vec<(Occur, Boxed)>) -> Boxed {
    match clauses.as_slice() {
        [(Occur::Must, _)] => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}

fn either(mut queries: Vec<Boxed>) -> Boxed {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

fn excluded(query: Boxed) -> (Occur, Boxed) {
    (Occur::MustNot, Box::new(Excluded(query)))
}

/// A Boolean query of only MustNot matches nothing in tantivy: everything must be asked for.
fn all_but(unwanted: Vec<Boxed>) -> Boxed {
    let mut clauses: Vec<(Occur, Boxed)> = vec![(Occur::Must, Box::new(AllQuery))];
    clauses.extend(unwanted.into_iter().map(excluded));
    Box::new(BooleanQuery::new(clauses))
}
