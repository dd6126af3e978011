//! From a plan to queries of the cluster. Every leaf matches in one field; ranking is apart and never decides what is found.
//! Never sends anything: what must be known first is asked of the caller.

use super::entry::by_message;
use super::spans::{Compiled, MOST_TERMS, Spans, terms_in};
use super::template as field;
use crate::index::{DateField, DateOptions, FacetField, IndexError};
use crate::plan::{Alternative, Kind, Leaf, Node, Plan};
use crate::query::{NumberField, NumberSpan};
use crate::{DateSpan, DayRange, TextField};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// A hit in the title counts this much more than one in the text.
const TITLE_BOOST: f64 = 1.5;
/// What evidence beside the best adds.
const TIE_BREAKER: f64 = 0.2;
/// Terms that are weighed each by itself; of more it only counts that there is one.
const MAX_WEIGHED: usize = 64;

/// How much a kind of evidence counts, beside a form of the word.
fn weight(kind: Kind) -> f64 {
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

/// What must be known before a question can be asked.
pub trait Lookup {
    /// The families with a document that a query finds.
    ///
    /// # Errors
    /// Those of the cluster.
    fn families(&self, query: &Value) -> Result<BTreeSet<String>, IndexError>;
    /// The documents in which NEAR or a unit holds in field `of`, read from their texts.
    ///
    /// # Errors
    /// Those of the cluster; when these are too many texts.
    fn holding(
        &self,
        node: &Node,
        leaves: &[Leaf],
        of: Option<TextField>,
    ) -> Result<Value, IndexError>;
}

/// Builds queries for one search.
pub struct Compiler<'a> {
    dates: DateOptions,
    leaves: &'a [Leaf],
    lookup: &'a dyn Lookup,
    /// Terms in the span queries so far.
    terms: Cell<usize>,
}

/// Nothing.
pub fn nothing() -> Value {
    json!({"match_none": {}})
}

/// Everything.
pub fn everything() -> Value {
    json!({"match_all": {}})
}

/// All of them.
pub fn all_of(mut parts: Vec<Value>) -> Value {
    match parts.len() {
        0 => everything(),
        1 => parts.remove(0),
        _ => json!({"bool": {"filter": parts}}),
    }
}

/// One of them at least.
pub fn any_of(mut parts: Vec<Value>) -> Value {
    match parts.len() {
        0 => nothing(),
        1 => parts.remove(0),
        _ => at_least(1, parts),
    }
}

/// Everything but what these find.
pub fn none_of(parts: Vec<Value>) -> Value {
    json!({"bool": {"must_not": parts}})
}

/// With one of these values.
pub fn one_of(name: &str, values: impl IntoIterator<Item = String>) -> Value {
    let values: Vec<String> = values.into_iter().collect();
    match values.is_empty() {
        true => nothing(),
        false => json!({"terms": {name: values}}),
    }
}

/// With this value.
pub fn term(name: &str, value: &str) -> Value {
    json!({"term": {name: value}})
}

fn at_least(n: usize, parts: Vec<Value>) -> Value {
    json!({"bool": {"should": parts, "minimum_should_match": n}})
}

fn between(name: &str, first: i64, last: i64) -> Value {
    json!({"range": {name: {"gte": first, "lte": last}}})
}

impl<'a> Compiler<'a> {
    /// For a plan.
    pub fn new(plan: &'a Plan, dates: DateOptions, lookup: &'a dyn Lookup) -> Self {
        Compiler {
            dates,
            leaves: &plan.leaves,
            lookup,
            terms: Cell::new(0),
        }
    }

    /// What the question finds, without filters and whatever the scope.
    ///
    /// # Errors
    /// When the cluster cannot answer it exactly, and those of looking up families.
    pub fn query(&self, root: &Node) -> Result<Value, IndexError> {
        self.node(root, true)
    }

    /// `possible`: whether a document that might match counts, as it does under an even number of NIETs.
    fn node(&self, node: &Node, possible: bool) -> Result<Value, IndexError> {
        Ok(match node {
            Node::All => everything(),
            Node::Leaf(leaf) => self.leaves.get(*leaf).map_or_else(nothing, leaf_query),
            Node::Format(format) => {
                let name = field::facet(FacetField::Formaat, DateField::default());
                term(&name, format)
            }
            Node::Date(span) => self.date(*span, possible && self.dates.include_undated),
            Node::Number(number, span) => numbers(*number, *span),
            Node::And(parts) => all_of(self.each(parts, possible)?),
            Node::Or(parts) => any_of(self.each(parts, possible)?),
            Node::AtLeast(n, parts) => at_least(*n, self.each(parts, possible)?),
            Node::Not(inner) => none_of(vec![self.node(inner, !possible)?]),
            Node::Near(_) | Node::Within(..) => self.positional(node)?,
            Node::Family(inner) => self.families(inner, possible)?.query()?,
        })
    }

    fn each(&self, parts: &[Node], possible: bool) -> Result<Vec<Value>, IndexError> {
        parts.iter().map(|part| self.node(part, possible)).collect()
    }

    /// Everything below `node` stands in one field.
    fn positional(&self, node: &Node) -> Result<Value, IndexError> {
        let leaf = first_leaf(node).and_then(|leaf| self.leaves.get(leaf));
        let of = leaf.and_then(|leaf| leaf.field);
        let left = MOST_TERMS.saturating_sub(self.terms.get());
        match Spans::new(self.leaves, field::text(of), left).query(node)? {
            Compiled::Query(query) => {
                self.terms.set(self.terms.get() + terms_in(&query));
                Ok(query)
            }
            Compiled::Nothing => Ok(nothing()),
            Compiled::TooMuch => self.lookup.holding(node, self.leaves, of),
        }
    }

    /// What must hold of a family: each word may stand in another of its documents.
    fn families(&self, node: &Node, possible: bool) -> Result<Families, IndexError> {
        let several = |n: usize, parts: &[Node]| {
            let each = parts.iter().map(|part| self.families(part, possible));
            Ok(Families::at_least(
                n,
                &each.collect::<Result<Vec<_>, IndexError>>()?,
            ))
        };
        match node {
            Node::And(parts) => several(parts.len(), parts),
            Node::Or(parts) => several(1, parts),
            Node::AtLeast(n, parts) => several(*n, parts),
            Node::Not(inner) => Ok(match self.families(inner, !possible)? {
                Families::These(these) => Families::AllBut(these),
                Families::AllBut(others) => Families::These(others),
            }),
            other => {
                let query = self.node(other, possible)?;
                Ok(Families::These(self.lookup.families(&query)?))
            }
        }
    }

    fn date(&self, span: DateSpan, with_undated: bool) -> Value {
        let first = span.from.map_or(i64::MIN, |date| date.days().first);
        let last = span.to.map_or(i64::MAX, |date| date.days().last);
        let dated = self.overlapping(DayRange { first, last });
        match with_undated {
            true => any_of(vec![dated, term(field::UNDATED, self.dates.field.name())]),
            false => dated,
        }
    }

    /// Documents of which the chosen date overlaps `range`.
    fn overlapping(&self, range: DayRange) -> Value {
        let [first, last] = field::days(self.dates.field);
        let mut both = vec![
            between(&first, i64::MIN, range.last),
            between(&last, range.first, i64::MAX),
        ];
        if !by_message(self.dates.field) {
            return all_of(both);
        }
        // Of a chat the days with messages count, not all days between the first and the last.
        let chats = json!({"exists": {"field": field::MESSAGE_DAYS}});
        both.push(none_of(vec![chats]));
        let messages = between(field::MESSAGE_DAYS, range.first, range.last);
        any_of(vec![all_of(both), messages])
    }
}

/// One alternative of one leaf alone.
pub fn alternative(plan: &Plan, leaf: usize, number: usize) -> Value {
    let found = plan.leaves.get(leaf);
    let alternative = found.and_then(|leaf| leaf.alternatives.get(number));
    match (found, alternative) {
        (Some(of), Some(found)) => any_alternative([found], field::text(of.field)),
        _ => nothing(),
    }
}

/// What stands for a word in the field that it must stand in.
fn leaf_query(leaf: &Leaf) -> Value {
    let all = leaf.active().map(|(_, alternative)| alternative);
    any_alternative(all, field::text(leaf.field))
}

/// Any of the alternatives: single terms together, each of several words by its positions.
fn any_alternative<'a>(
    alternatives: impl IntoIterator<Item = &'a Alternative>,
    name: &'static str,
) -> Value {
    let mut terms = BTreeSet::new();
    let mut found = Vec::new();
    for alternative in alternatives {
        match alternative.steps.as_slice() {
            [only] if alternative.except.is_empty() => terms.extend(only.iter().cloned()),
            _ => found.extend(Spans::new(&[], name, MOST_TERMS).alternative(alternative)),
        }
    }
    if !terms.is_empty() {
        found.push(one_of(name, terms));
    }
    any_of(found)
}

fn numbers(number: NumberField, span: NumberSpan) -> Value {
    let name = match number {
        NumberField::Grootte => field::SIZE,
        NumberField::Paginas => field::PAGES,
    };
    let bound = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let from = bound(span.from.unwrap_or(0));
    between(name, from, span.to.map_or(i64::MAX, bound))
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

/// Families for which something holds.
enum Families {
    These(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Families {
    fn holds(&self, family: &String) -> bool {
        match self {
            Families::These(these) => these.contains(family),
            Families::AllBut(others) => !others.contains(family),
        }
    }

    fn at_least(n: usize, parts: &[Families]) -> Families {
        let all = parts.iter().flat_map(|part| match part {
            Families::These(named) | Families::AllBut(named) => named,
        });
        // A family that no part names is the same for each: it counts where all but some are meant.
        let open = parts
            .iter()
            .filter(|part| matches!(part, Families::AllBut(_)));
        let unnamed = open.count() >= n;
        let enough = |family: &String| parts.iter().filter(|part| part.holds(family)).count() >= n;
        let kept = all.filter(|family| enough(family) != unnamed);
        let kept = kept.cloned().collect();
        match unnamed {
            true => Families::AllBut(kept),
            false => Families::These(kept),
        }
    }

    fn query(self) -> Result<Value, IndexError> {
        let (Families::These(named) | Families::AllBut(named)) = &self;
        if named.len() > field::MOST_VALUES {
            const WHY: &str = "hij gaat over meer dan een miljoen families. Maak de vraag kleiner.";
            return Err(IndexError::NotExactly(WHY));
        }
        Ok(match self {
            Families::These(these) => one_of(field::FAMILY, these),
            Families::AllBut(others) => none_of(vec![one_of(field::FAMILY, others)]),
        })
    }
}

/// What the words of a plan add to a score, given in how many of how many documents each stands.
pub fn ranking(plan: &Plan, standing: &[u64], documents: u64) -> Vec<Value> {
    let leaves = plan.leaves.iter().zip(standing);
    let leaves = leaves.filter(|(leaf, _)| leaf.wanted);
    leaves
        .filter_map(|(leaf, standing)| {
            let (all, with) = (documents as f64, *standing as f64);
            let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            evidence(leaf, rarity)
        })
        .collect()
}

/// What tells how rare each word is: the word itself or a form of it.
pub fn rarities(plan: &Plan) -> Vec<Value> {
    plan.leaves.iter().map(leaf_query).collect()
}

/// What stands for a leaf, by kind; the best counts.
fn evidence(leaf: &Leaf, rarity: f64) -> Option<Value> {
    let mut kinds: BTreeMap<Kind, Vec<&Alternative>> = BTreeMap::new();
    for (_, found) in leaf.active() {
        kinds.entry(found.kind).or_default().push(found);
    }
    let name = field::text(leaf.field);
    let mut found: Vec<Value> = kinds
        .iter()
        .map(|(kind, alternatives)| weighed(alternatives, name, weight(*kind) * rarity))
        .collect();
    if found.is_empty() {
        return None;
    }
    if leaf.field.is_none() {
        let all: Vec<&Alternative> = leaf.active().map(|(_, found)| found).collect();
        let title = field::text(Some(TextField::Titel));
        found.push(weighed(&all, title, TITLE_BOOST * rarity));
    }
    Some(json!({"dis_max": {"queries": found, "tie_breaker": TIE_BREAKER}}))
}

fn weighed(alternatives: &[&Alternative], name: &'static str, boost: f64) -> Value {
    let single: Option<BTreeSet<&String>> = alternatives
        .iter()
        .map(|found| match found.steps.as_slice() {
            [only] if found.except.is_empty() => Some(only),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .map(|steps| steps.into_iter().flatten().collect());
    match single {
        Some(terms) if terms.len() <= MAX_WEIGHED => {
            let each = terms.into_iter();
            let each: Vec<Value> = each
                .map(|term| json!({"term": {name: {"value": term, "boost": boost}}}))
                .collect();
            json!({"bool": {"should": each}})
        }
        _ => {
            let found = any_alternative(alternatives.iter().copied(), name);
            json!({"constant_score": {"filter": found, "boost": boost}})
        }
    }
}
