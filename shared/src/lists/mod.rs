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

pub use list::{
    List, ListError, ListName, MAX_ROW, MAX_TERM_LENGTH, MAX_TERMS, Origin, Row, version,
};
pub use load::{ListsError, read};
pub(crate) use lookup::is_abbreviation;

use lookup::{Asked, Found, Index, Sequence};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use zv_analyzers::written;

/// The name of the list that the program brings along.
pub const BUILT_IN: &str = "afkortingen";

/// A list that is ready to be asked. Making it ready takes longer than asking it: share it.
#[derive(Clone, Debug)]
pub struct Ready {
    list: List,
    name: Arc<ListName>,
    index: Index,
}

impl Ready {
    /// Makes a list ready.
    pub fn new(list: List) -> Self {
        Ready {
            index: Index::of(&list),
            name: Arc::new(list.known_as()),
            list,
        }
    }

    /// The list.
    pub fn list(&self) -> &List {
        &self.list
    }
}

/// The lists of one search, in the order in which they are asked. The default holds none.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    lists: Vec<Arc<Ready>>,
}

impl PartialEq for Lists {
    fn eq(&self, other: &Self) -> bool {
        // The index follows from the lists.
        self.lists().eq(other.lists())
    }
}

impl Eq for Lists {}

/// What means the same as a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// As the list writes it; the first list, when it stands in several.
    pub text: String,
    /// Every list that has it.
    pub lists: Vec<Arc<ListName>>,
}

impl Lists {
    /// Only the list that the program brings along.
    pub fn built_in() -> Result<Self, ListError> {
        let bytes = include_bytes!("afkortingen.csv");
        Ok(Lists::default().with(csv::parse(BUILT_IN, Origin::Ingebouwd, bytes)?))
    }

    /// These lists and one more, which is asked last.
    #[must_use]
    pub fn with(self, list: List) -> Self {
        self.and(Arc::new(Ready::new(list)))
    }

    /// These lists and one more that is ready, which is asked last.
    #[must_use]
    pub fn and(mut self, list: Arc<Ready>) -> Self {
        self.lists.push(list);
        self
    }

    /// The lists.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        self.lists.iter().map(|ready| &ready.list)
    }

    /// The lists, ready to be asked in another combination.
    pub fn ready(&self) -> &[Arc<Ready>] {
        &self.lists
    }

    /// What means the same as `text`, a word as a question writes it: its capitals tell `OM` from "om".
    pub fn synonyms(&self, text: &str) -> Vec<Synonym> {
        let asked = Asked::new(text, &written(text));
        let found = self.lists.iter().flat_map(|ready| {
            let terms = ready.index.whole(&asked).into_iter();
            terms.map(|at| (&**ready, at))
        });
        of_rows(found, text)
    }

    /// What means the same as two or more of `words` that follow each other, each time with which words; those that
    /// begin first come first, and of these the longest.
    pub fn sequences(&self, words: &[&str]) -> Vec<(Range<usize>, Vec<Synonym>)> {
        let asked = Sequence::new(words);
        let mut found: Vec<(Range<usize>, &Ready, Found)> = Vec::new();
        for ready in &self.lists {
            let terms = ready.index.sequences(&asked).into_iter();
            found.extend(terms.map(|(range, at)| (range, &**ready, at)));
        }
        // Stable: of the same words the lists keep their order.
        found.sort_by_key(|(range, ..)| (range.start, usize::MAX - range.end));
        found
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|same| {
                let range = same.first()?.0.clone();
                let text = words.get(range.clone())?.join(" ");
                let synonyms = of_rows(same.iter().map(|(_, ready, at)| (*ready, *at)), &text);
                (!synonyms.is_empty()).then_some((range, synonyms))
            })
            .collect()
    }
}

/// The other terms of rows, each once, without what is written like `text` itself.
fn of_rows<'a>(rows: impl Iterator<Item = (&'a Ready, Found)>, text: &str) -> Vec<Synonym> {
    // Of what was seen the place among the synonyms; none when it is the term itself.
    let mut seen = HashMap::from([(folded(text), None)]);
    let mut synonyms: Vec<Synonym> = Vec::new();
    for (ready, at) in rows {
        let Some(row) = ready.list.rows().get(at.row) else {
            continue;
        };
        // The term itself, also when it is another form of the word: that is no synonym.
        if let Some(term) = row.terms.get(at.term) {
            seen.entry(folded(term)).or_insert(None);
        }
        let others = if row.only_to.is_empty() {
            &row.terms
        } else {
            &row.only_to
        };
        for other in others {
            let next = synonyms.len();
            match *seen.entry(folded(other)).or_insert(Some(next)) {
                Some(number) if number == next => synonyms.push(Synonym {
                    text: other.clone(),
                    lists: vec![Arc::clone(&ready.name)],
                }),
                Some(number) => {
                    let known = synonyms.get_mut(number).map(|known| &mut known.lists);
                    if let Some(lists) = known.filter(|lists| !lists.contains(&ready.name)) {
                        lists.push(Arc::clone(&ready.name));
                    }
                }
                None => {}
            }
        }
    }
    synonyms
}

/// The words of a text as the index has them.
fn folded(text: &str) -> Vec<String> {
    let parts = written(text).parts;
    parts.into_iter().map(|part| part.exact).collect()
}

#[cfg(test)]
mod tests;
