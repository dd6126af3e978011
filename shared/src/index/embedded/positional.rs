//! Matches by where terms stand: phrases of alternatives, NEAR, and everything within a sentence, paragraph or page.
//! Owns reading positions; what they mean is in `plan`. A looser query finds candidates and their score.

use super::any_word::Words;
use super::evidence::Evidence;
use crate::plan::{Alternative, Leaf, Node, Places, found, side_by_side, words_near};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    AllQuery, BooleanQuery, EnableScoring, Explanation, Occur, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};
use zv_analyzers::{Stream, Unit};

/// Documents in which `node` holds within `field`.
#[derive(Debug)]
pub struct Positional {
    node: Arc<Node>,
    leaves: Arc<[Leaf]>,
    field: Field,
    candidates: Box<dyn Query>,
}

impl Clone for Positional {
    fn clone(&self) -> Self {
        Positional {
            node: self.node.clone(),
            leaves: self.leaves.clone(),
            field: self.field,
            candidates: self.candidates.box_clone(),
        }
    }
}

impl Positional {
    /// `node` holds leaves, NEAR, units and what combines them within a unit.
    pub fn new(node: Node, leaves: &[Leaf], field: Field) -> Self {
        let leaves: Arc<[Leaf]> = leaves.iter().map(together).collect();
        Positional {
            candidates: candidates(&node, &leaves, field),
            node: Arc::new(node),
            leaves,
            field,
        }
    }
}

/// The same leaf with all its single words as one alternative: where they stand is looked up once.
fn together(leaf: &Leaf) -> Leaf {
    let is_single = |found: &&Alternative| found.steps.len() == 1 && found.except.is_empty();
    let active = leaf.active().map(|(_, alternative)| alternative);
    let (single, mut alternatives): (Vec<&Alternative>, Vec<&Alternative>) =
        active.partition(is_single);
    let terms: BTreeSet<&String> = single.iter().flat_map(|found| &found.steps[0]).collect();
    alternatives.extend(single.first());
    let mut alternatives: Vec<Alternative> = alternatives.into_iter().cloned().collect();
    if let (Some(all), false) = (alternatives.last_mut(), terms.is_empty()) {
        all.steps = vec![terms.into_iter().cloned().collect()];
    }
    Leaf {
        text: String::new(),
        number: leaf.number,
        field: leaf.field,
        wanted: leaf.wanted,
        alternatives,
    }
}

/// What a document must have at least.
fn candidates(node: &Node, leaves: &[Leaf], field: Field) -> Box<dyn Query> {
    let each = |parts: &[Node]| {
        parts
            .iter()
            .map(|part| candidates(part, leaves, field))
            .collect()
    };
    let mut words = Vec::new();
    if all_words(node, leaves, field, &mut words) {
        return Words::all(words);
    }
    match node {
        Node::And(parts) => every(each(parts)),
        Node::Or(parts) => any(each(parts)),
        Node::AtLeast(n, parts) => Box::new(BooleanQuery::union_with_minimum_required_clauses(
            each(parts),
            *n,
        )),
        Node::Near(near) => every(vec![
            candidates(&near.left, leaves, field),
            candidates(&near.right, leaves, field),
        ]),
        Node::Within(_, inner) => candidates(inner, leaves, field),
        _ => Box::new(AllQuery),
    }
}

/// Adds what stands for each word of which a document must have all; false when that is not what `node` asks.
fn all_words(node: &Node, leaves: &[Leaf], field: Field, words: &mut Vec<Vec<Evidence>>) -> bool {
    match node {
        Node::Leaf(leaf) => {
            words.push(vec![loosely(&leaves[*leaf], field)]);
            true
        }
        Node::And(parts) => parts
            .iter()
            .all(|part| all_words(part, leaves, field, words)),
        Node::Near(near) => [&near.left, &near.right]
            .into_iter()
            .all(|side| all_words(side, leaves, field, words)),
        Node::Within(_, inner) => all_words(inner, leaves, field, words),
        _ => false,
    }
}

/// What stands for a leaf, of several words wherever they stand.
fn loosely(leaf: &Leaf, field: Field) -> Evidence {
    let mut evidence = Evidence::of(field, Vec::new());
    for (_, alternative) in leaf.active() {
        let of = |step: &Vec<String>| vec![Evidence::of(field, step.clone())];
        match alternative.steps.as_slice() {
            [only] => evidence.terms.extend_from_slice(only),
            steps => {
                let steps = Words::all(steps.iter().map(of).collect());
                evidence.phrases.push(Arc::from(steps));
            }
        }
    }
    evidence
}

fn every(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    let must = queries.into_iter().map(|query| (Occur::Must, query));
    Box::new(BooleanQuery::new(must.collect()))
}

fn any(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

impl Query for Positional {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(PositionalWeight {
            query: self.clone(),
            candidates: self.candidates.weight(scoring)?,
        }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.candidates.query_terms(visitor);
    }
}

struct PositionalWeight {
    query: Positional,
    candidates: Box<dyn Weight>,
}

impl Weight for PositionalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = PositionalScorer {
            candidates: self.candidates.scorer(reader, boost)?,
            check: Check::open(&self.query, reader)?,
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.candidates.explain(reader, doc)
    }
}

struct PositionalScorer {
    candidates: Box<dyn Scorer>,
    check: Check,
}

impl PositionalScorer {
    /// Moves on from the present candidate to the first that holds.
    fn settle(&mut self) -> DocId {
        let mut doc = self.candidates.doc();
        while doc != TERMINATED && !self.check.holds(doc) {
            doc = self.candidates.advance();
        }
        doc
    }
}

/// How it is decided whether a document holds: what is asked for most in a way of its own.
enum Check {
    /// Two words near each other.
    Near(Arc<Node>, [TermsInOrder; 2]),
    /// Words side by side.
    SideBySide(Vec<TermsInOrder>),
    /// Anything else.
    Any(Arc<Node>, Arc<[Leaf]>, SegmentPlaces),
}

impl Check {
    fn open(query: &Positional, reader: &SegmentReader) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(query.field)?;
        let open = |terms: &Vec<String>| TermsInOrder::open(terms, query.field, &inverted);
        let steps = |node: &Node| match node {
            Node::Leaf(leaf) => only(&query.leaves[*leaf]),
            _ => None,
        };
        if let Some(steps) = steps(&query.node) {
            let steps = steps.iter().map(open).collect::<Result<_, _>>()?;
            return Ok(Check::SideBySide(steps));
        }
        if let Node::Near(near) = &*query.node
            && let (Some([left]), Some([right])) = (steps(&near.left), steps(&near.right))
        {
            let words = [open(left)?, open(right)?];
            return Ok(Check::Near(query.node.clone(), words));
        }
        let places = SegmentPlaces::open(query, reader)?;
        let (node, leaves) = (query.node.clone(), query.leaves.clone());
        Ok(Check::Any(node, leaves, places))
    }

    fn holds(&mut self, doc: DocId) -> bool {
        match self {
            Check::Near(node, [left, right]) => match &**node {
                Node::Near(near) => words_near(near, left.read(doc), right.read(doc)),
                _ => false,
            },
            Check::SideBySide(steps) => {
                steps.iter_mut().for_each(|step| {
                    step.read(doc);
                });
                let words: Vec<&[u32]> = steps.iter().map(|step| step.last.as_slice()).collect();
                side_by_side(&words)
            }
            Check::Any(node, leaves, places) => {
                places.doc = doc;
                found(node, leaves, places)
            }
        }
    }
}

/// The steps of a leaf that has one alternative.
fn only(leaf: &Leaf) -> Option<&[Vec<String>]> {
    let mut active = leaf.active().map(|(_, alternative)| alternative);
    match (active.next(), active.next()) {
        (Some(only), None) if only.except.is_empty() => Some(&only.steps),
        _ => None,
    }
}

impl DocSet for PositionalScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.candidates.doc() >= target {
            return self.candidates.doc();
        }
        self.candidates.seek(target);
        self.settle()
    }

    /// Looks at `target` alone.
    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        match self.candidates.seek_danger(target) {
            SeekDangerResult::Found if self.check.holds(target) => SeekDangerResult::Found,
            SeekDangerResult::Found => SeekDangerResult::SeekLowerBound(target + 1),
            elsewhere => elsewhere,
        }
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint() / 2
    }

    fn cost(&self) -> u64 {
        self.candidates.cost().saturating_mul(4)
    }
}

impl Scorer for PositionalScorer {
    fn score(&mut self) -> Score {
        self.candidates.score()
    }
}

/// The positions of one segment's documents.
struct SegmentPlaces {
    doc: DocId,
    steps: HashMap<(usize, usize, usize), TermsInOrder>,
    starts: HashMap<Unit, TermsInOrder>,
}

impl SegmentPlaces {
    fn open(query: &Positional, reader: &SegmentReader) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(query.field)?;
        let mut places = SegmentPlaces {
            doc: 0,
            steps: HashMap::new(),
            starts: HashMap::new(),
        };
        places.open_node(&query.node, query, &inverted)?;
        Ok(places)
    }

    fn open_node(
        &mut self,
        node: &Node,
        query: &Positional,
        inverted: &InvertedIndexReader,
    ) -> tantivy::Result<()> {
        match node {
            Node::Leaf(leaf) => {
                for (at, alternative) in query.leaves[*leaf].active() {
                    for (step, terms) in alternative.steps_and_exceptions() {
                        let opened = TermsInOrder::open(terms, query.field, inverted)?;
                        self.steps.insert((*leaf, at, step), opened);
                    }
                }
            }
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                for part in parts {
                    self.open_node(part, query, inverted)?;
                }
            }
            Node::Not(inner) => self.open_node(inner, query, inverted)?,
            Node::Near(near) => {
                self.open_node(&near.left, query, inverted)?;
                self.open_node(&near.right, query, inverted)?;
            }
            Node::Within(unit, inner) => {
                let larger = Unit::ALL.into_iter().filter(|larger| larger >= unit);
                let terms: Vec<String> = larger
                    .map(|unit| Stream::Grens.stored(unit.term()))
                    .collect();
                self.starts
                    .insert(*unit, TermsInOrder::open(&terms, query.field, inverted)?);
                self.open_node(inner, query, inverted)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Places for SegmentPlaces {
    fn step(&mut self, leaf: usize, alternative: usize, step: usize) -> Vec<u32> {
        let terms = self.steps.get_mut(&(leaf, alternative, step));
        terms.map_or_else(Vec::new, |terms| terms.read(self.doc).to_vec())
    }

    fn starts(&mut self, unit: Unit) -> Vec<u32> {
        let terms = self.starts.get_mut(&unit);
        terms.map_or_else(Vec::new, |terms| terms.read(self.doc).to_vec())
    }
}

/// Lists that are looked at one by one; more are kept in order.
const FEW: usize = 8;

/// Several terms, walked through together: a document costs only the terms that it has.
struct TermsInOrder {
    postings: Vec<SegmentPostings>,
    /// The documents where the lists stand, the lowest on top; of few lists none.
    next: BinaryHeap<Reverse<(DocId, usize)>>,
    /// The last answer, and of which document: one is asked for several times.
    last: Vec<u32>,
    of: DocId,
}

impl TermsInOrder {
    fn open(
        terms: &[String],
        field: Field,
        inverted: &InvertedIndexReader,
    ) -> tantivy::Result<Self> {
        let mut postings = Vec::new();
        for term in terms {
            let term = Term::from_field_text(field, term);
            postings
                .extend(inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        let mut next = BinaryHeap::new();
        if postings.len() > FEW {
            let lists = postings.iter().enumerate();
            next.extend(lists.map(|(at, list)| Reverse((list.doc(), at))));
        }
        Ok(TermsInOrder {
            postings,
            next,
            last: Vec::new(),
            of: TERMINATED,
        })
    }

    /// The positions in `doc`, ascending and each once; documents are asked for in order.
    fn read(&mut self, doc: DocId) -> &[u32] {
        if self.of == doc {
            return &self.last;
        }
        self.of = doc;
        self.last.clear();
        let lists = match self.postings.len() {
            0..=FEW => self.read_each(doc),
            _ => self.read_in_order(doc),
        };
        if lists > 1 {
            self.last.sort_unstable();
        }
        self.last.dedup();
        &self.last
    }

    /// Reads from every list; answers how many have the document.
    fn read_each(&mut self, doc: DocId) -> usize {
        let mut lists = 0;
        for postings in &mut self.postings {
            let at = postings.doc();
            let here = if at < doc { postings.seek(doc) } else { at };
            if here == doc {
                postings.append_positions_with_offset(0, &mut self.last);
                lists += 1;
            }
        }
        lists
    }

    /// The same, from those lists only that are not ahead.
    fn read_in_order(&mut self, doc: DocId) -> usize {
        let mut lists = 0;
        while let Some(Reverse((at, list))) = self.next.peek().copied() {
            if at > doc {
                break;
            }
            self.next.pop();
            let Some(postings) = self.postings.get_mut(list) else {
                continue;
            };
            let here = if at < doc { postings.seek(doc) } else { at };
            if here == doc {
                postings.append_positions_with_offset(0, &mut self.last);
                postings.advance();
                lists += 1;
            }
            if postings.doc() != TERMINATED {
                self.next.push(Reverse((postings.doc(), list)));
            }
        }
        lists
    }
}
