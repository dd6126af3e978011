//! From a plan to queries of tantivy. Every leaf matches in one field; other fields only add to the score, so that
//! the hit set never depends on the order asked for. The stock query parser is not used.

use super::any_word::{Word, Words};
use super::beside::beside;
use super::evidence::Evidence;
use super::excluded::Excluded;
use super::family::{Families, Family};
use super::positional::Positional;
use super::reader::by_message;
use super::schema::{Fields, column};
use super::scope::{Scope, Scoped};
use crate::index::{DateOptions, FacetField};
use crate::plan::{Alternative, Kind, Leaf, Node, Plan};
use crate::query::{NumberField, NumberSpan};
use crate::{DateSpan, DayRange};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, Occur, PhraseQuery,
    Query as EngineQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

type Boxed = Box<dyn EngineQuery>;

/// A hit in the title counts this much more than one in the text.
const TITLE_BOOST: f32 = 1.5;
/// The words of a question that are looked at together.
const MAX_TOGETHER: usize = 64;

/// How much a kind of evidence counts, beside a form of the word.
fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Exact => 1.2,
        Kind::Vorm | Kind::Jokerteken => 1.0,
        Kind::Schrijfwijze => 0.8,
        Kind::Synoniem => 0.6,
        Kind::Deel => 0.4,
        Kind::Spelling => 0.3,
        Kind::Breed => 0.2,
    }
}

/// Builds engine queries for one search.
pub struct Compiler<'a> {
    fields: &'a Fields,
    dates: DateOptions,
    scored: bool,
    leaves: &'a [Leaf],
    scope: Option<Arc<Scope>>,
}

impl<'a> Compiler<'a> {
    /// `scored` adds the evidence that only ranks.
    pub fn new(fields: &'a Fields, dates: DateOptions, scored: bool, plan: &'a Plan) -> Self {
        Compiler {
            fields,
            dates,
            scored,
            leaves: &plan.leaves,
            scope: None,
        }
    }

    /// Only documents of `scope` exist.
    pub fn within(self, scope: Option<&Arc<Scope>>) -> Self {
        let scope = scope.cloned();
        Compiler { scope, ..self }
    }

    /// The question without the filters of the search: those are looked at hit by hit.
    pub fn query(&self, root: &Node) -> Boxed {
        Scoped::query(self.node(root, true), self.scope.as_ref())
    }

    /// One alternative of one leaf alone.
    pub fn alternative(&self, leaf: usize, number: usize) -> Boxed {
        let found = self.leaves.get(leaf);
        let alternative = found.and_then(|leaf| leaf.alternatives.get(number));
        match (found, alternative) {
            (Some(of), Some(alternative)) => {
                let query = Words::one(vec![evidence([alternative], self.fields.of(of.field))]);
                Scoped::query(query, self.scope.as_ref())
            }
            _ => Box::new(EmptyQuery),
        }
    }

    /// `possible`: whether a document that might match counts, as it does under an even number of NIETs.
    fn node(&self, node: &Node, possible: bool) -> Boxed {
        match node {
            Node::All => unscored(Box::new(AllQuery)),
            Node::Leaf(leaf) => match self.leaves.get(*leaf) {
                Some(leaf) => Words::one(self.evidence(leaf)),
                None => Box::new(EmptyQuery),
            },
            Node::Format(format) => match self.fields.facet(FacetField::Formaat) {
                Some(field) => term(field, format),
                None => Box::new(EmptyQuery),
            },
            Node::Date(span) => unscored(self.date(*span, possible && self.dates.include_undated)),
            Node::Number(field, span) => unscored(self.number(*field, *span)),
            Node::And(parts) => self.all_of(parts, possible),
            Node::Or(parts) => match self.words(parts) {
                Some(words) => Words::any(words),
                None => either(self.each(parts, possible)),
            },
            Node::AtLeast(n, parts) => Box::new(BooleanQuery::union_with_minimum_required_clauses(
                self.each(parts, possible),
                *n,
            )),
            Node::Not(inner) => all_but(vec![self.node(inner, !possible)]),
            Node::Near(_) | Node::Within(..) => self.positional(node),
            Node::Family(inner) => Box::new(Family::new(self.families(inner, possible))),
        }
    }

    /// The words of a question of which any will do, when only the order is left to decide.
    fn words(&self, parts: &[Node]) -> Option<Vec<Word>> {
        // A long list of terms is no question in plain words, and each word costs several scorers.
        if !self.scored || parts.len() > MAX_TOGETHER {
            return None;
        }
        let word = |part: &Node| match part {
            Node::Leaf(at) => Some(self.word(self.leaves.get(*at)?)),
            _ => None,
        };
        parts.iter().map(word).collect()
    }

    fn each(&self, parts: &[Node], possible: bool) -> Vec<Boxed> {
        parts.iter().map(|part| self.node(part, possible)).collect()
    }

    fn all_of(&self, parts: &[Node], possible: bool) -> Boxed {
        let (mut wanted, mut unwanted, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let together = self.scored || parts.iter().any(|part| self.is_widened(part));
        for part in parts {
            match part {
                Node::Not(inner) => unwanted.push(self.node(inner, !possible)),
                Node::Leaf(leaf) if together && words.len() < MAX_TOGETHER => {
                    let leaf = self.leaves.get(*leaf);
                    words.push(leaf.map_or_else(Vec::new, |leaf| self.evidence(leaf)));
                }
                other => wanted.push((Occur::Must, self.node(other, possible))),
            }
        }
        if !words.is_empty() {
            wanted.insert(0, (Occur::Must, Words::all(words)));
        }
        if wanted.is_empty() {
            return all_but(unwanted);
        }
        wanted.extend(unwanted.into_iter().map(excluded));
        both(wanted)
    }

    /// Whether more than one term stands for a word. Of single terms the engine's own lists skip faster.
    fn is_widened(&self, part: &Node) -> bool {
        let leaf = match part {
            Node::Leaf(at) => self.leaves.get(*at),
            _ => None,
        };
        let mut active = leaf.into_iter().flat_map(Leaf::active);
        active.next().is_some_and(|(_, first)| {
            let single = first.steps.len() == 1 && first.steps[0].len() == 1;
            !single || active.next().is_some()
        })
    }

    /// What must hold of a family: each word may stand in another of its documents.
    fn families(&self, node: &Node, possible: bool) -> Families {
        let each = |parts: &[Node]| {
            parts
                .iter()
                .map(|part| self.families(part, possible))
                .collect()
        };
        match node {
            Node::And(parts) => Families::AtLeast(parts.len(), each(parts)),
            Node::Or(parts) => Families::AtLeast(1, each(parts)),
            Node::AtLeast(n, parts) => Families::AtLeast(*n, each(parts)),
            Node::Not(inner) => Families::Not(Box::new(self.families(inner, !possible))),
            // What stands outside the scope makes no family a hit, and keeps none from being one.
            other => Families::With(Scoped::query(
                self.node(other, possible),
                self.scope.as_ref(),
            )),
        }
    }

    /// Everything below `node` stands in one field.
    fn positional(&self, node: &Node) -> Boxed {
        let leaf = first_leaf(node).and_then(|leaf| self.leaves.get(leaf));
        let field = self.fields.of(leaf.and_then(|leaf| leaf.field));
        Box::new(Positional::new(node.clone(), self.leaves, field))
    }

    /// A word with what stands beside it.
    fn word(&self, leaf: &Leaf) -> Word {
        let kinds: BTreeSet<Kind> = leaf.active().map(|(_, found)| found.kind).collect();
        let place = |wanted| kinds.iter().position(|kind| *kind == wanted);
        Word {
            evidence: self.evidence(leaf),
            rarity: place(Kind::Vorm).or_else(|| place(Kind::Exact)),
            beside: beside(leaf, self.fields),
        }
    }

    /// What stands for a leaf: by kind when scored, in their order.
    fn evidence(&self, leaf: &Leaf) -> Vec<Evidence> {
        let field = self.fields.of(leaf.field);
        let all = || leaf.active().map(|(_, alternative)| alternative);
        if !self.scored {
            return vec![evidence(all(), field)];
        }
        let mut kinds: BTreeMap<Kind, Vec<&Alternative>> = BTreeMap::new();
        all().for_each(|found| kinds.entry(found.kind).or_default().push(found));
        let kinds = kinds.into_iter();
        let mut found: Vec<Evidence> = kinds
            .map(|(kind, alternatives)| Evidence {
                weight: weight(kind),
                ..evidence(alternatives, field)
            })
            .collect();
        if leaf.field.is_none() {
            // In a title it matters little how a word is met. The text has the title too.
            found.push(Evidence {
                weight: TITLE_BOOST,
                finds: false,
                ..evidence(all(), self.fields.title)
            });
        }
        found
    }

    fn number(&self, number: NumberField, span: NumberSpan) -> Boxed {
        let field = match number {
            NumberField::Grootte => self.fields.size,
            NumberField::Paginas => self.fields.pages,
        };
        let bound = |value| Bound::Included(Term::from_field_u64(field, value));
        let (from, to) = (span.from.unwrap_or(0), span.to.unwrap_or(u64::MAX));
        Box::new(RangeQuery::new(bound(from), bound(to)))
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

/// Any of the alternatives: single terms together, each of several words by its positions.
fn evidence<'a>(alternatives: impl IntoIterator<Item = &'a Alternative>, field: Field) -> Evidence {
    let (mut single, mut phrases) = (Vec::new(), Vec::new());
    for alternative in alternatives {
        match alternative.steps.as_slice() {
            [] => {}
            [only] if alternative.except.is_empty() => single.extend_from_slice(only),
            _ => phrases.push(Arc::from(side_by_side(alternative, field))),
        }
    }
    Evidence {
        phrases,
        ..Evidence::of(field, single)
    }
}

fn side_by_side(alternative: &Alternative, field: Field) -> Boxed {
    let steps = alternative.steps.iter();
    let only: Option<Vec<Term>> = steps
        .map(|step| match step.as_slice() {
            [term] => Some(Term::from_field_text(field, term)),
            _ => None,
        })
        .collect();
    let plain = only.filter(|terms| terms.len() > 1 && alternative.except.is_empty());
    if let Some(terms) = plain {
        return Box::new(PhraseQuery::new(terms));
    }
    let leaf = Leaf {
        text: String::new(),
        number: 0,
        field: None,
        wanted: true,
        alternatives: vec![Alternative {
            on: true,
            ..alternative.clone()
        }],
    };
    Box::new(Positional::new(Node::Leaf(0), &[leaf], field))
}

fn first_leaf(node: &Node) -> Option<usize> {
    match node {
        Node::Leaf(leaf) => Some(*leaf),
        Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
            parts.iter().find_map(first_leaf)
        }
        Node::Not(inner) | Node::Within(_, inner) => first_leaf(inner),
        Node::Near(near) => first_leaf(&near.left),
        _ => None,
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

/// Finds and does not rank: left to tantivy, a range counts in one segment and not in another, depending on whether all
/// that the segment has lies in it.
fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
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
    let mut clauses = vec![(Occur::Must, unscored(Box::new(AllQuery)))];
    clauses.extend(unwanted.into_iter().map(excluded));
    Box::new(BooleanQuery::new(clauses))
}
