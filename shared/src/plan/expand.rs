//! From a question to its plan: the shape of the tree. What one word stands for is in `word`.

use super::word::WordExpander;
use super::{Near, Node, Plan, Vocabulary, Widening, unit_in_text};
use crate::index::IndexError;
use crate::query::{Query, TextField};

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
            Query::And(parts) => Node::And(self.nodes(parts, field, wanted)?),
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

    fn leaf(
        &mut self,
        query: &Query,
        field: Option<TextField>,
        wanted: bool,
        alternatives: Vec<super::Alternative>,
    ) -> Node {
        self.leaves.push(super::Leaf {
            text: query.to_string(),
            number: self.number,
            field,
            wanted,
            alternatives,
        });
        self.number += 1;
        Node::Leaf(self.leaves.len() - 1)
    }
}
