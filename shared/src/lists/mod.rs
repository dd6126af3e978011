//! Words that mean the same: abbreviations and synonyms. Owns the lists and how they are looked up; they count when
//! a question is asked, never in the index.
//!
//! | file | owns |
//! |---|---|
//! | `list` | one list: rows, limits, version |
//! | `csv`, `skos`, `turtle` | the file formats |
//! | `load` | the lists of an installation |
//! | `lookup` | from a word to the rows with it |
//! | `afkortingen.csv` | the list that the program brings along |

pub mod csv;
mod list;
mod load;
mod lookup;
pub mod skos;
mod turtle;

pub use list::{List, ListError, MAX_ROW, MAX_TERM_LENGTH, MAX_TERMS, Origin, Row};
pub use load::{ListsError, read};
pub(crate) use lookup::is_abbreviation;

use lookup::{Found, Index};
use std::collections::HashSet;
use std::ops::Range;
use zv_analyzers::written;

/// The name of the list that the program brings along.
pub const BUILT_IN: &str = "afkortingen";

/// The lists of one search, in the order in which they are asked. The default holds none.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    lists: Vec<List>,
    index: Index,
}

impl PartialEq for Lists {
    fn eq(&self, other: &Self) -> bool {
        // The index follows from the lists.
        self.lists == other.lists
    }
}

impl Eq for Lists {}

/// What means the same as a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// As the list writes it.
    pub text: String,
    /// The name of the list; the first, when it stands in several.
    pub list: String,
}

impl Lists {
    /// Only the list that the program brings along.
    pub fn built_in() -> Result<Self, ListError> {
        let bytes = include_bytes!("afkortingen.csv");
        Ok(Lists::default().with(csv::parse(BUILT_IN, Origin::Ingebouwd, bytes)?))
    }

    /// These lists and one more, which is asked last.
    #[must_use]
    pub fn with(mut self, list: List) -> Self {
        self.index.add(self.lists.len(), &list);
        self.lists.push(list);
        self
    }

    /// The lists.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// Of each list its name, its version and how many terms it holds: for the record of a search.
    pub fn versions(&self) -> Vec<(String, String, usize)> {
        self.lists
            .iter()
            .map(|list| (list.name().to_owned(), list.version(), list.terms()))
            .collect()
    }

    /// What means the same as `text`, a word as a question writes it: its capitals tell `OM` from "om".
    pub fn synonyms(&self, text: &str) -> Vec<Synonym> {
        self.of_rows(self.index.whole(text, &written(text)), text)
    }

    /// What means the same as two or more of `words` that follow each other, each time with which words; those that
    /// begin first come first, and of these the longest.
    pub fn sequences(&self, words: &[&str]) -> Vec<(Range<usize>, Vec<Synonym>)> {
        let found = self.index.sequences(words);
        found
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|same| {
                let range = same.first()?.0.clone();
                let text = words.get(range.clone())?.join(" ");
                let synonyms = self.of_rows(same.iter().map(|(_, at)| *at), &text);
                (!synonyms.is_empty()).then_some((range, synonyms))
            })
            .collect()
    }

    /// The other terms of rows, each once, without what is written like `text` itself.
    fn of_rows(&self, rows: impl IntoIterator<Item = Found>, text: &str) -> Vec<Synonym> {
        let mut seen = HashSet::from([folded(text)]);
        let mut synonyms = Vec::new();
        for at in rows {
            let Some(list) = self.lists.get(at.list) else {
                continue;
            };
            let Some(row) = list.rows().get(at.row) else {
                continue;
            };
            // The term itself, also when it is another form of the word: that is no synonym.
            seen.extend(row.terms.get(at.term).map(|term| folded(term)));
            let others = if row.only_to.is_empty() {
                &row.terms
            } else {
                &row.only_to
            };
            for other in others {
                if seen.insert(folded(other)) {
                    synonyms.push(Synonym {
                        text: other.clone(),
                        list: list.name().to_owned(),
                    });
                }
            }
        }
        synonyms
    }
}

/// The words of a text as the index has them.
fn folded(text: &str) -> Vec<String> {
    let parts = written(text).parts;
    parts.into_iter().map(|part| part.exact).collect()
}

#[cfg(test)]
mod tests;
