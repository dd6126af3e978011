//! Whether NEAR or a unit holds in documents, read from their own texts: for questions that take too many span queries. Owns
//! where terms stand in a text; what they mean there is in `plan`. Slow, and so only for few documents.

use super::compile::{all_of, any_of, one_of};
use super::template as field;
use crate::index::layout::{header, separated};
use crate::index::{Blobs, IndexError};
use crate::plan::{Leaf, Node, Places, found};
use crate::{Document, TextField};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use zv_analyzers::{Stream, Tokens, UNIT_GAP, Unit, exact_tokens, stored_tokens};

/// Texts that are read for one question at most.
pub const MOST: u64 = 10_000;
/// Why a question about more of them is refused.
pub const TOO_MANY: &str = "hij zoekt op te veel plaatsen in te veel documenten tegelijk. Maak de afstand van NEAR \
                            kleiner, of voeg een woord toe dat in weinig documenten staat.";

/// What a document must have at least, wherever it stands.
pub fn candidates(node: &Node, leaves: &[Leaf], name: &str) -> Value {
    let each = |parts: &[Node]| -> Vec<Value> {
        let parts = parts.iter();
        parts.map(|part| candidates(part, leaves, name)).collect()
    };
    match node {
        Node::Leaf(leaf) => {
            let active = leaves.get(*leaf).into_iter().flat_map(Leaf::active);
            any_of(
                active
                    .map(|(_, alternative)| {
                        let steps = alternative.steps.iter();
                        all_of(
                            steps
                                .map(|step| one_of(name, step.iter().cloned()))
                                .collect(),
                        )
                    })
                    .collect(),
            )
        }
        Node::And(parts) => all_of(each(parts)),
        Node::Or(parts) => any_of(each(parts)),
        Node::Near(near) => all_of(vec![
            candidates(&near.left, leaves, name),
            candidates(&near.right, leaves, name),
        ]),
        Node::Within(_, inner) => candidates(inner, leaves, name),
        _ => super::compile::everything(),
    }
}

/// Looks in one document after another.
pub struct Verifier<'a> {
    node: &'a Node,
    leaves: &'a [Leaf],
    of: Option<TextField>,
    wanted: HashSet<&'a str>,
    blobs: &'a Blobs,
}

impl<'a> Verifier<'a> {
    /// Whether `node` holds in a field; the texts lie in `blobs`.
    pub fn new(
        node: &'a Node,
        leaves: &'a [Leaf],
        of: Option<TextField>,
        blobs: &'a Blobs,
    ) -> Self {
        let alternatives = leaves.iter().flat_map(Leaf::active);
        let terms = alternatives.flat_map(|(_, alternative)| {
            let steps = alternative.steps.iter().flatten();
            steps.chain(&alternative.except).map(String::as_str)
        });
        Verifier {
            wanted: terms.collect(),
            node,
            leaves,
            of,
            blobs,
        }
    }

    /// Whether it holds in a document.
    ///
    /// # Errors
    /// When its text is not there.
    pub fn holds(&self, document: &Document) -> Result<bool, IndexError> {
        let mut standing = Standing {
            leaves: self.leaves,
            positions: HashMap::new(),
            starts: Vec::new(),
            next: 0,
        };
        let names = |names: &[String]| separated(names.iter().map(String::as_str));
        match self.of {
            None => {
                if let Some(key) = &document.text {
                    let (_, text) = self.blobs.read(key)?;
                    standing.read(stored_tokens(&text), &self.wanted);
                }
                standing.read(stored_tokens(&header(document)), &self.wanted);
            }
            Some(TextField::Titel) => {
                standing.read(stored_tokens(&document.title), &self.wanted);
            }
            Some(TextField::Van) => {
                standing.read(exact_tokens(&names(&document.from)), &self.wanted);
            }
            Some(TextField::Aan) => {
                standing.read(exact_tokens(&names(&document.to)), &self.wanted);
            }
            Some(TextField::Pad) => {
                let place = document.place.to_string();
                standing.read(exact_tokens(&place), &self.wanted);
            }
        }
        Ok(found(self.node, self.leaves, &mut standing))
    }
}

/// Where terms stand in one document.
struct Standing<'a> {
    leaves: &'a [Leaf],
    positions: HashMap<String, Vec<u32>>,
    starts: Vec<(&'static str, u32)>,
    /// Where the next text begins.
    next: u32,
}

impl Standing<'_> {
    fn read(&mut self, mut tokens: Tokens<'_>, wanted: &HashSet<&str>) {
        let from = self.next;
        while tokens.advance() {
            let token = tokens.token();
            let position = from + token.position;
            self.next = position + UNIT_GAP;
            if token.stream == Stream::Grens
                && let Some(unit) = Unit::ALL.iter().find(|unit| unit.term() == token.term)
            {
                self.starts.push((unit.term(), position));
            }
            let stored = token.stream.stored(&token.term);
            if wanted.contains(stored.as_str()) {
                self.positions.entry(stored).or_default().push(position);
            }
        }
    }
}

impl Places for Standing<'_> {
    fn step(&mut self, leaf: usize, alternative: usize, step: usize) -> Vec<u32> {
        let alternative = self.leaves[leaf].alternatives.get(alternative);
        let mut steps = alternative
            .into_iter()
            .flat_map(|found| found.steps_and_exceptions());
        let terms = steps.find(|(number, _)| *number == step);
        let terms = terms.map_or(&[][..], |(_, terms)| terms);
        let found = terms.iter().filter_map(|term| self.positions.get(term));
        let mut all: Vec<u32> = found.flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn starts(&mut self, unit: Unit) -> Vec<u32> {
        let larger = |term: &str| {
            let mut all = Unit::ALL.into_iter();
            all.any(|larger| larger >= unit && larger.term() == term)
        };
        let starts = self.starts.iter().filter(|(term, _)| larger(term));
        starts.map(|(_, position)| *position).collect()
    }
}

/// The documents in which it holds.
pub fn these(ids: Vec<String>) -> Value {
    one_of(field::ID, ids)
}
