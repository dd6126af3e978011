//! What the words of a question stand for in an index, to be shown: every expansion with the number of documents it
//! stands in. Owns the list; never decides what an expansion is (`plan`).

use super::{IndexError, Snapshot};
use crate::TextField;
use crate::lists::ListName;
use crate::plan::{Alternative, Kind, Leaf, MAX_TERMS, Node, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zv_analyzers::{Stream, WrittenWord, known_forms, written};

/// An expansion of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// As written.
    pub text: String,
    /// Documents that it stands in.
    pub documents: u64,
    /// The lists that a synonym comes from.
    pub lists: Vec<Arc<ListName>>,
    /// Whether it counts.
    pub on: bool,
}

/// The expansions of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansions {
    /// Which kind.
    pub kind: Kind,
    /// Whether the kind counts.
    pub on: bool,
    /// The most frequent first.
    pub list: Vec<Expansion>,
}

/// For each leaf of `plan` its expansions by kind, in the order of [`Kind`].
///
/// # Errors
/// Those of the index.
pub fn expansions(
    snapshot: &dyn Snapshot,
    plan: &Plan,
) -> Result<Vec<Vec<Expansions>>, IndexError> {
    let listing = Listing { snapshot };
    (0..plan.leaves.len())
        .map(|leaf| listing.leaf(plan, leaf))
        .collect()
}

struct Listing<'a> {
    snapshot: &'a dyn Snapshot,
}

impl Listing<'_> {
    fn leaf(&self, plan: &Plan, at: usize) -> Result<Vec<Expansions>, IndexError> {
        let Some(leaf) = plan.leaves.get(at) else {
            return Ok(Vec::new());
        };
        let mut kinds: BTreeMap<Kind, (bool, BTreeMap<String, Expansion>)> = BTreeMap::new();
        for (number, alternative) in leaf.alternatives.iter().enumerate() {
            let (on, list) = kinds.entry(alternative.kind).or_default();
            let of_words = matches!(alternative.kind, Kind::Vorm | Kind::Deel);
            *on |= alternative.on || of_words && !alternative.except.is_empty();
            let found = match (alternative.kind, alternative.steps.as_slice()) {
                (Kind::Vorm | Kind::Deel, [terms]) => self.words(leaf, alternative, terms)?,
                _ => vec![Expansion {
                    text: alternative.text.clone(),
                    documents: self.snapshot.documents_with(plan, at, number)?,
                    lists: alternative.lists.clone(),
                    on: alternative.on,
                }],
            };
            for expansion in found {
                // Two ways to stand for the same text: the count of the most frequent.
                let slot = list
                    .entry(expansion.text.clone())
                    .or_insert_with(|| expansion.clone());
                slot.documents = slot.documents.max(expansion.documents);
                slot.on |= expansion.on;
            }
        }
        let exact: BTreeSet<String> = kinds
            .get(&Kind::Exact)
            .into_iter()
            .flat_map(|(_, list)| list.keys().cloned())
            .collect();
        let each = kinds.into_iter().map(|(kind, (on, list))| {
            let shown = |found: &Expansion| kind == Kind::Exact || !exact.contains(&found.text);
            let mut list: Vec<Expansion> = list.into_values().filter(shown).collect();
            list.sort_by(|a, b| {
                b.documents
                    .cmp(&a.documents)
                    .then_with(|| a.text.cmp(&b.text))
            });
            Expansions { kind, on, list }
        });
        Ok(each.filter(|kind| !kind.list.is_empty()).collect())
    }

    /// The words of the index that one of `terms` stands for.
    fn words(
        &self,
        leaf: &Leaf,
        alternative: &Alternative,
        terms: &[String],
    ) -> Result<Vec<Expansion>, IndexError> {
        let stream = match alternative.kind {
            Kind::Deel => Stream::Deel,
            _ => Stream::Woordvorm,
        };
        let mark = stream.mark();
        let lemmas: BTreeSet<&str> = terms
            .iter()
            .filter_map(|term| term.strip_prefix(mark?))
            .collect();
        let of_word = |word: &WrittenWord| match stream {
            Stream::Deel => word.parts.iter().any(|part| lemmas.contains(part.as_str())),
            _ => word
                .lemmas
                .iter()
                .any(|lemma| lemmas.contains(lemma.as_str())),
        };
        let keep = |word: &str| {
            let found = written(word);
            match (&found.whole, found.parts.as_slice()) {
                (Some(whole), _) => of_word(whole),
                (None, [only]) => of_word(only),
                _ => false,
            }
        };
        let mut words = BTreeSet::new();
        for letters in roots(&lemmas) {
            words.extend(
                self.snapshot
                    .containing(leaf.field, &letters, &keep, MAX_TERMS)?,
            );
        }
        let each = words.into_iter().map(|word| {
            Ok(Expansion {
                documents: documents_with_word(self.snapshot, &word, leaf.field)?,
                lists: Vec::new(),
                on: alternative.on && !alternative.except.contains(&word),
                text: word,
            })
        });
        each.collect()
    }
}

/// In how many documents `word`, as the exact stream has it, stands.
///
/// # Errors
/// Those of the index.
pub fn documents_with_word(
    snapshot: &dyn Snapshot,
    word: &str,
    field: Option<TextField>,
) -> Result<u64, IndexError> {
    let plan = Plan {
        root: Node::Leaf(0),
        leaves: vec![Leaf {
            text: String::new(),
            number: 0,
            field,
            wanted: true,
            alternatives: vec![Alternative {
                kind: Kind::Exact,
                text: String::new(),
                steps: vec![vec![word.to_owned()]],
                except: Vec::new(),
                lists: Vec::new(),
                on: true,
            }],
        }],
    };
    snapshot.documents_with(&plan, 0, 0)
}

/// Letters of which every form of one of the lemmas has some.
fn roots(lemmas: &BTreeSet<&str>) -> BTreeSet<String> {
    const INFLECTED: usize = 2;
    const SHORTEST: usize = 2;
    let root = |word: &str| {
        let letters = word.chars().count();
        word.chars()
            .take(letters.saturating_sub(INFLECTED).max(SHORTEST))
            .collect::<String>()
    };
    let forms = lemmas.iter().flat_map(|lemma| known_forms(lemma));
    let mut roots: Vec<String> = lemmas
        .iter()
        .map(|lemma| root(lemma))
        .chain(forms.map(|form| root(&form)))
        .collect();
    // A root that holds another adds nothing.
    roots.sort_by_key(String::len);
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for root in roots {
        if !kept.iter().any(|shorter| root.contains(shorter.as_str())) {
            kept.insert(root);
        }
    }
    kept
}
