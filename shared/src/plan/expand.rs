//! From a question to its plan: the shape of the tree. What one word stands for is in `word`.

use super::word::WordExpander;
use super::{Near, Node, Plan, Vocabulary, Widening, unit_in_text};
use crate::index::IndexError;
use crate::query::{Form, Query, TextField, Word};
use std::collections::BTreeSet;
use std::ops::Range;

/// Works out what `query` asks for.
///
/// # Errors
/// [`IndexError::TooWide`] when a word stands for more words than [`super::MAX_TERMS`]; whatever the vocabulary
/// reports.
pub fn expand(
    query: &Query,
    widening: &Widening,
    vocabulary: &dyn Vocabulary,
) -> Result<Plan, IndexError> {
    let mut expansion = Expansion {
        words: WordExpander {
            widening,
            vocabulary,
        },
        leaves: Vec::new(),
        number: 0,
    };
    let root = expansion.node(query, None, true)?;
    Ok(Plan {
        root,
        leaves: expansion.leaves,
    })
}

struct Expansion<'a> {
    words: WordExpander<'a>,
    leaves: Vec<super::Leaf>,
    /// Words and phrases met so far.
    number: usize,
}

impl Expansion<'_> {
    fn node(
        &mut self,
        query: &Query,
        field: Option<TextField>,
        wanted: bool,
    ) -> Result<Node, IndexError> {
        Ok(match query {
            Query::All => Node::All,
            Query::Word(word) => {
                let alternatives = self.words.word(word, field)?;
                self.leaf(query, field, wanted, alternatives)
            }
            Query::Phrase(phrase) => {
                let alternatives = self.words.phrase(&phrase.text, field)?;
                self.leaf(query, field, wanted, alternatives)
            }
            Query::Field(field, inner) => self.node(inner, Some(*field), wanted)?,
            Query::Format(format) => Node::Format(format.to_lowercase()),
            Query::Date(span) => Node::Date(*span),
            Query::Number(number, span) => Node::Number(*number, *span),
            Query::And(parts) => all_of(self.all_of(parts, field, wanted)?),
            Query::Or(parts) => Node::Or(self.nodes(parts, field, wanted)?),
            Query::Quorum { at_least, of } => {
                Node::AtLeast(*at_least, self.nodes(of, field, wanted)?)
            }
            Query::Not(inner) => Node::Not(Box::new(self.node(inner, field, !wanted)?)),
            Query::Near(near) => Node::Near(Box::new(Near {
                left: self.node(&near.left, field, wanted)?,
                right: self.node(&near.right, field, wanted)?,
                distance: near.distance,
                ordered: near.ordered,
            })),
            Query::Within(unit, inner) => {
                let inner = Box::new(self.node(inner, field, wanted)?);
                match unit_in_text(*unit) {
                    Some(unit) => Node::Within(unit, inner),
                    None => Node::Family(inner),
                }
            }
        })
    }

    fn nodes(
        &mut self,
        parts: &[Query],
        field: Option<TextField>,
        wanted: bool,
    ) -> Result<Vec<Node>, IndexError> {
        parts
            .iter()
            .map(|part| self.node(part, field, wanted))
            .collect()
    }

    /// All of `parts`; plain words that follow each other may also stand for something together.
    fn all_of(
        &mut self,
        parts: &[Query],
        field: Option<TextField>,
        wanted: bool,
    ) -> Result<Vec<Node>, IndexError> {
        let mut nodes = Vec::with_capacity(parts.len());
        let mut rest = parts;
        while let Some((first, behind)) = rest.split_first() {
            let words: Vec<&Word> = rest.iter().map_while(plain_word).collect();
            if words.is_empty() {
                nodes.push(self.node(first, field, wanted)?);
                rest = behind;
                continue;
            }
            nodes.extend(self.run(&rest[..words.len()], &words, field, wanted)?);
            rest = &rest[words.len()..];
        }
        Ok(nodes)
    }

    /// Plain words that follow each other: each must be there, by itself or in what stands for several of them.
    fn run(
        &mut self,
        parts: &[Query],
        words: &[&Word],
        field: Option<TextField>,
        wanted: bool,
    ) -> Result<Vec<Node>, IndexError> {
        let mut found = self.words.sequences(words, field)?;
        // Behind the last of its words, the shortest first.
        found.sort_by_key(|(range, _)| (range.end, std::cmp::Reverse(range.start)));
        let mut found = found.into_iter().peekable();
        let (mut nodes, mut together) = (Vec::with_capacity(parts.len()), Vec::new());
        for (at, part) in parts.iter().enumerate() {
            nodes.push(self.node(part, field, wanted)?);
            // What the last of the words switches off, is off for all of them together.
            let last = self.number - 1;
            while let Some((range, alternatives)) = found.next_if(|(range, _)| range.end == at + 1)
            {
                let texts: Vec<String> =
                    parts[range.clone()].iter().map(Query::to_string).collect();
                let leaf = self.add(texts.join(" "), last, field, wanted, alternatives);
                together.push((range, leaf));
            }
        }
        together.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        Ok(covered(&nodes, 0..nodes.len(), &together))
    }

    fn leaf(
        &mut self,
        query: &Query,
        field: Option<TextField>,
        wanted: bool,
        alternatives: Vec<super::Alternative>,
    ) -> Node {
        let number = self.number;
        self.number += 1;
        self.add(query.to_string(), number, field, wanted, alternatives)
    }

    fn add(
        &mut self,
        text: String,
        number: usize,
        field: Option<TextField>,
        wanted: bool,
        alternatives: Vec<super::Alternative>,
    ) -> Node {
        self.leaves.push(super::Leaf {
            text,
            number,
            field,
            wanted,
            alternatives,
        });
        Node::Leaf(self.leaves.len() - 1)
    }
}

/// What several words stand for together.
type Piece = (Range<usize>, Node);

/// All of the words in `range`, each by itself or in one of `pieces`, which all lie within it; the first first, and of
/// those the longest.
fn covered(words: &[Node], range: Range<usize>, mut pieces: &[Piece]) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(range.len());
    let mut at = range.start;
    while at < range.end {
        // Up to where one piece after another hangs together with the word.
        let (mut end, mut count) = (at + 1, 0);
        while let Some((piece, _)) = pieces.get(count).filter(|(piece, _)| piece.start < end) {
            end = end.max(piece.end);
            count += 1;
        }
        let (inside, behind) = pieces.split_at(count);
        match inside {
            [] => nodes.extend_from_slice(&words[at..end]),
            [(all, leaf), inner @ ..] if *all == (at..end) => {
                let words = Node::And(covered(words, at..end, inner));
                nodes.push(Node::Or(vec![words, leaf.clone()]));
            }
            _ => nodes.extend(overlapping(words, inside)),
        }
        (at, pieces) = (end, behind);
    }
    nodes
}

/// Words of which overlapping pieces stand for something: `een twee` and `twee drie` of `een twee drie`. Each word
/// by itself or in any piece that has it, so that no way to cut the words is left out, however many there are.
fn overlapping(words: &[Node], pieces: &[Piece]) -> Vec<Node> {
    let ends = pieces
        .iter()
        .flat_map(|(piece, _)| [piece.start, piece.end]);
    let ends: BTreeSet<usize> = ends.collect();
    let mut nodes = Vec::new();
    let (mut waiting, mut here): (_, Vec<&Piece>) = (pieces.iter().peekable(), Vec::new());
    for (from, to) in ends.iter().zip(ends.iter().skip(1)) {
        here.retain(|(piece, _)| piece.end > *from);
        here.extend(std::iter::from_fn(|| {
            waiting.next_if(|(piece, _)| piece.start == *from)
        }));
        let alone = Node::And(words[*from..*to].to_vec());
        let together = here.iter().map(|(_, leaf)| leaf.clone());
        nodes.push(Node::Or([alone].into_iter().chain(together).collect()));
    }
    nodes
}

fn plain_word(query: &Query) -> Option<&Word> {
    match query {
        Query::Word(word) if word.form == Form::Woordvorm => Some(word),
        _ => None,
    }
}

fn all_of(mut nodes: Vec<Node>) -> Node {
    let only = if nodes.len() == 1 { nodes.pop() } else { None };
    only.unwrap_or(Node::And(nodes))
}

#[cfg(test)]
mod tests;
