//! Side by side, NEAR and `binnen:` as span queries of the cluster. Owns that they find exactly what `plan/spans.rs` says, or
//! that it says that it cannot; never approximates.
//!
//! Lucene looks at one span for each beginning and takes the next one that fits. That misses combinations when the spans
//! of one side have several lengths: they are kept apart by length here, and each pair of lengths is a query of its
//! own. Within those, beginnings and ends come in the same order, and the next one that fits is the nearest. A NEAR inside
//! a NEAR needs every combination, not the nearest: there each distance is a query of its own.
//!
//! A unit is what lies between its mark and the next. NIET inside it is brought down to the words, so that only spans of
//! words are ever left out.

use super::http::failed;
use super::template as field;
use crate::index::IndexError;
use crate::plan::{Alternative, Leaf, Near, Node};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zv_analyzers::{Stream, Unit};

/// Span queries that one question may become.
const MOST: usize = 500;
/// Terms that stand in all span queries of a question together: a cluster counts every one.
pub const MOST_TERMS: usize = 20_000;
/// Far enough for any text.
const ANYWHERE: u32 = i32::MAX as u32;

/// Span queries by the number of words that they span.
type ByLength = BTreeMap<u32, Vec<Value>>;

/// What came of it.
pub enum Compiled {
    /// This finds it.
    Query(Value),
    /// Nothing can.
    Nothing,
    /// It would take too many queries.
    TooMuch,
}

/// Compiles what stands below one node, all in one field.
pub struct Spans<'a> {
    leaves: &'a [Leaf],
    field: &'static str,
    made: usize,
    /// Terms in what was made.
    terms: usize,
    /// How many there may be.
    most_terms: usize,
}

impl<'a> Spans<'a> {
    /// For words in `field`, with at most so many terms.
    pub fn new(leaves: &'a [Leaf], field: &'static str, most_terms: usize) -> Self {
        Spans {
            leaves,
            field,
            made: 0,
            terms: 0,
            most_terms,
        }
    }

    /// Documents in which NEAR or a unit holds.
    ///
    /// # Errors
    /// For a node that the language does not allow here.
    pub fn query(&mut self, node: &Node) -> Result<Compiled, IndexError> {
        let found = match node {
            Node::Within(unit, inner) => {
                let units = Units::of(self, *unit);
                self.holding(&units, inner, true)?
            }
            Node::Near(near) => self.near(near)?,
            _ => return Err(failed("een onverwachte vraag over plaatsen".to_owned())),
        };
        self.room(0, found.iter().map(terms_in).sum());
        Ok(match self.any(found) {
            _ if self.made > MOST || self.terms > self.most_terms => Compiled::TooMuch,
            Some(query) => Compiled::Query(query),
            None => Compiled::Nothing,
        })
    }

    /// Documents in which this stands.
    pub fn alternative(&mut self, alternative: &Alternative) -> Option<Value> {
        self.side_by_side(alternative).map(|(_, found)| found)
    }

    /// Whether there is room for so many more queries with so many terms; what was made is of no use when there is not.
    fn room(&mut self, queries: usize, terms: usize) -> bool {
        self.made = self.made.saturating_add(queries);
        self.terms = self.terms.saturating_add(terms);
        self.made <= MOST && self.terms <= self.most_terms
    }

    fn any(&self, mut found: Vec<Value>) -> Option<Value> {
        match found.len() {
            0 => None,
            1 => found.pop(),
            _ => Some(json!({"span_or": {"clauses": found}})),
        }
    }

    fn term(&self, term: &str) -> Value {
        json!({"span_term": {self.field: term}})
    }

    fn terms(&self, terms: &[String]) -> Option<Value> {
        self.any(terms.iter().map(|term| self.term(term)).collect())
    }

    /// These behind each other, with so many positions between each two.
    fn behind(&self, parts: Vec<Value>, between: u32) -> Value {
        let mut clauses = Vec::with_capacity(2 * parts.len());
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 && between > 0 {
                clauses.push(json!({"span_gap": {self.field: between}}));
            }
            clauses.push(part);
        }
        json!({"span_near": {"clauses": clauses, "slop": 0, "in_order": true}})
    }

    fn side_by_side(&self, alternative: &Alternative) -> Option<(u32, Value)> {
        let steps = alternative.steps.iter().map(|step| self.terms(step));
        let mut steps: Vec<Value> = steps.collect::<Option<_>>()?;
        let first = steps.first_mut()?;
        if let Some(except) = self.terms(&alternative.except) {
            *first = json!({"span_not": {"include": first.take(), "exclude": except}});
        }
        let length = steps.len() as u32;
        let found = match steps.len() {
            1 => steps.pop()?,
            // The marks of units stand between words.
            _ => self.behind(steps, 1),
        };
        Some((length, found))
    }

    /// Every span of a leaf.
    fn leaf(&self, leaf: &Leaf) -> ByLength {
        let mut found = ByLength::new();
        let mut single = Vec::new();
        for (_, alternative) in leaf.active() {
            match alternative.steps.as_slice() {
                [only] if alternative.except.is_empty() => single.extend_from_slice(only),
                _ => {
                    if let Some((length, query)) = self.side_by_side(alternative) {
                        found.entry(length).or_default().push(query);
                    }
                }
            }
        }
        single.sort_unstable();
        single.dedup();
        found.entry(1).or_default().extend(self.terms(&single));
        found.retain(|_, queries| !queries.is_empty());
        found
    }

    /// Every span of a side of NEAR.
    fn spans(&mut self, node: &Node) -> Result<ByLength, IndexError> {
        match node {
            Node::Leaf(leaf) => {
                let leaves = self.leaves;
                Ok(leaves
                    .get(*leaf)
                    .map_or_else(ByLength::new, |leaf| self.leaf(leaf)))
            }
            Node::Or(parts) => {
                let mut all = ByLength::new();
                for part in parts {
                    for (length, found) in self.spans(part)? {
                        all.entry(length).or_default().extend(found);
                    }
                }
                Ok(all)
            }
            Node::Near(near) => self.near_exactly(near),
            _ => Err(failed("een onverwachte vraag over plaatsen".to_owned())),
        }
    }

    /// The sides of NEAR, each length as one query.
    fn sides(&mut self, near: &Near) -> Result<[Vec<(u32, Value)>; 2], IndexError> {
        let left = self.spans(&near.left)?;
        let right = self.spans(&near.right)?;
        let joined = |side: ByLength| {
            let each = side.into_iter();
            let each = each.filter_map(|(length, found)| Some((length, self.any(found)?)));
            each.collect()
        };
        Ok([joined(left), joined(right)])
    }

    /// Where NEAR holds: for each left span the nearest right one, for each right span the nearest left one.
    fn near(&mut self, near: &Near) -> Result<Vec<Value>, IndexError> {
        let [left, right] = self.sides(near)?;
        let mut found = Vec::new();
        if !self.room(
            2 * left.len() * right.len(),
            2 * terms_of_pairs(&left, &right),
        ) {
            return Ok(found);
        }
        // Two positions for a word, of which the mark before it is one.
        let slop = 2 * near.distance - 1;
        let mut pair = |first: &Value, second: &Value| {
            found.push(json!({
                "span_near": {"clauses": [first, second], "slop": slop, "in_order": true}
            }));
        };
        for (_, left) in &left {
            for (_, right) in &right {
                pair(left, right);
                if !near.ordered {
                    pair(right, left);
                }
            }
        }
        Ok(found)
    }

    /// All spans of NEAR.
    fn near_exactly(&mut self, near: &Near) -> Result<ByLength, IndexError> {
        let [left, right] = self.sides(near)?;
        let (queries, terms) = (
            2 * left.len() * right.len(),
            2 * terms_of_pairs(&left, &right),
        );
        let times = near.distance as usize;
        let mut found = ByLength::new();
        if !self.room(queries.saturating_mul(times), terms.saturating_mul(times)) {
            return Ok(found);
        }
        for (left_length, left) in &left {
            for (right_length, right) in &right {
                for distance in 1..=near.distance {
                    let between = 2 * distance - 1;
                    let length = left_length + right_length + distance - 1;
                    let all = found.entry(length).or_default();
                    all.push(self.behind(vec![left.clone(), right.clone()], between));
                    if !near.ordered {
                        all.push(self.behind(vec![right.clone(), left.clone()], between));
                    }
                }
            }
        }
        Ok(found)
    }

    /// The units in which `node` holds, or, when it is not `wanted`, in which it does not.
    fn holding(
        &mut self,
        units: &Units,
        node: &Node,
        wanted: bool,
    ) -> Result<Vec<Value>, IndexError> {
        match node {
            Node::Leaf(_) | Node::Near(_) => {
                let found = match node {
                    Node::Near(near) => self.near(near)?,
                    _ => self.spans(node)?.into_values().flatten().collect(),
                };
                // One query for each length: what crosses a mark must not hide what does not.
                self.room(found.len(), 0);
                let within = found.into_iter().map(|spans| units.one(spans)).collect();
                Ok(match (self.any(within), wanted) {
                    (Some(found), true) => vec![units.with(found)],
                    (Some(found), false) => vec![units.without(found)],
                    (None, true) => Vec::new(),
                    (None, false) => vec![units.whole()],
                })
            }
            Node::Not(inner) => self.holding(units, inner, !wanted),
            Node::And(parts) => self.at_least(units, parts, parts.len(), wanted),
            Node::Or(parts) => self.at_least(units, parts, 1, wanted),
            Node::AtLeast(n, parts) => self.at_least(units, parts, *n, wanted),
            // The language allows nothing else here.
            _ => Ok(match wanted {
                true => vec![units.whole()],
                false => Vec::new(),
            }),
        }
    }

    fn at_least(
        &mut self,
        units: &Units,
        parts: &[Node],
        n: usize,
        wanted: bool,
    ) -> Result<Vec<Value>, IndexError> {
        // Fewer than n of them hold: of the others more than all but n do.
        let n = match wanted {
            true => n,
            false => (parts.len() + 1).saturating_sub(n),
        };
        if n == 0 {
            return Ok(vec![units.whole()]);
        }
        let mut each = Vec::with_capacity(parts.len());
        for part in parts {
            let found = self.holding(units, part, wanted)?;
            each.extend(self.any(found));
        }
        self.choose(&each, n)
    }

    /// Units in which at least `n` hold.
    fn choose(&mut self, each: &[Value], n: usize) -> Result<Vec<Value>, IndexError> {
        if n == 1 {
            return Ok(each.to_vec());
        }
        let mut found = Vec::new();
        for (at, first) in each.iter().enumerate() {
            let rest = self.choose(&each[at + 1..], n - 1)?;
            let terms = terms_in(first) + rest.iter().map(terms_in).sum::<usize>();
            if !self.room(rest.len(), terms) {
                return Ok(Vec::new());
            }
            if let Some(rest) = self.any(rest) {
                found.push(json!({"span_containing": {"big": first, "little": rest}}));
            }
        }
        Ok(found)
    }
}

/// How many terms stand in a query.
pub fn terms_in(query: &Value) -> usize {
    match query {
        Value::Object(fields) => {
            let each = fields.iter();
            each.map(|(name, value)| match name == "span_term" {
                true => 1,
                false => terms_in(value),
            })
            .sum()
        }
        Value::Array(values) => values.iter().map(terms_in).sum(),
        _ => 0,
    }
}

/// How many stand in all pairs of one of these and one of those.
fn terms_of_pairs(left: &[(u32, Value)], right: &[(u32, Value)]) -> usize {
    let terms =
        |side: &[(u32, Value)]| side.iter().map(|(_, query)| terms_in(query)).sum::<usize>();
    terms(left) * right.len() + terms(right) * left.len()
}

/// The units of a text, as spans from the mark of one to the next mark.
struct Units {
    marks: Value,
}

impl Units {
    fn of(spans: &Spans<'_>, unit: Unit) -> Self {
        let larger = Unit::ALL.into_iter().filter(|larger| *larger >= unit);
        let marks = larger.map(|unit| spans.term(&Stream::Grens.stored(unit.term())));
        let marks: Vec<Value> = marks.chain([spans.term(field::END)]).collect();
        Units {
            marks: json!({"span_or": {"clauses": marks}}),
        }
    }

    fn whole(&self) -> Value {
        json!({"span_near": {
            "clauses": [self.marks, self.marks],
            "slop": ANYWHERE,
            "in_order": true
        }})
    }

    /// Only those that no mark stands in.
    fn one(&self, spans: Value) -> Value {
        json!({"span_not": {"include": spans, "exclude": self.marks}})
    }

    fn with(&self, spans: Value) -> Value {
        json!({"span_containing": {"big": self.whole(), "little": spans}})
    }

    fn without(&self, spans: Value) -> Value {
        json!({"span_not": {"include": self.whole(), "exclude": spans}})
    }
}
