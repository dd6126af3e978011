//! From a question to its plan: the shape of the tree. What one word stands for is in `word`.

use super::word::{Together, WordExpander};
use super::{Near, Node, Plan, Vocabulary, Widening, unit_in_text};
use crate::index::IndexError;
use crate::query::{Form, Query, TextField, Word};
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
            let run = Run {
                parts: rest,
                found: self.words.sequences(&words, field)?,
                field,
                wanted,
            };
            nodes.extend(self.run(&run, 0..words.len(), false)?);
            rest = &rest[words.len()..];
        }
        Ok(nodes)
    }

    /// The words of `range`: of what stands for several of them, the first and longest, and within it the same again.
    /// `inner`: not what stands for the whole of `range`.
    fn run(
        &mut self,
        run: &Run<'_>,
        range: Range<usize>,
        inner: bool,
    ) -> Result<Vec<Node>, IndexError> {
        let mut nodes = Vec::with_capacity(range.len());
        let mut at = range.start;
        while at < range.end {
            let fits = |(found, _): &&Together| {
                found.start == at && found.end <= range.end && !(inner && *found == range)
            };
            let Some((found, alternatives)) = run
                .found
                .iter()
                .filter(fits)
                .max_by_key(|(found, _)| found.end)
            else {
                nodes.push(self.node(&run.parts[at], run.field, run.wanted)?);
                at += 1;
                continue;
            };
            let words = Node::And(self.run(run, found.clone(), true)?);
            let texts: Vec<String> = run.parts[found.clone()]
                .iter()
                .map(Query::to_string)
                .collect();
            // What the last of the words switches off, is off for all of them together.
            let last = self.number - 1;
            let together = self.add(
                texts.join(" "),
                last,
                run.field,
                run.wanted,
                alternatives.clone(),
            );
            nodes.push(Node::Or(vec![words, together]));
            at = found.end;
        }
        Ok(nodes)
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

/// Plain words that follow each other, from the first of `parts` on.
struct Run<'a> {
    parts: &'a [Query],
    /// What several of them stand for together.
    found: Vec<Together>,
    field: Option<TextField>,
    wanted: bool,
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
