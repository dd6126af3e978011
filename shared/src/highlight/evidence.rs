//! Why a hit is one: which words were met, as what, how often and where. Owns the summing up; what matched is found by
//! `scan`.

use super::Match;
use crate::plan::{Kind, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// How one word or phrase of a question was met in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The leaf of the plan.
    pub leaf: usize,
    /// Why what was met stands for it.
    pub kind: Kind,
    /// What was met, as written but in lower case, with how often; the most frequent first.
    pub words: Vec<(String, usize)>,
    /// The pages on which it was met, from 1.
    pub pages: BTreeSet<u32>,
}

/// Words with how often, and the pages.
type Met = (BTreeMap<String, usize>, BTreeSet<u32>);

/// Sums up `matches`, found in `text` and in order of place; each place counts once, for its strongest reason.
pub fn evidence(text: &str, plan: &Plan, matches: &[Match]) -> Vec<Evidence> {
    let mut strongest: BTreeMap<(usize, usize, usize), Kind> = BTreeMap::new();
    for found in matches {
        let leaf = plan.leaves.get(found.leaf);
        let Some(alternative) = leaf.and_then(|leaf| leaf.alternatives.get(found.alternative))
        else {
            continue;
        };
        let place = (found.range.start, found.range.end, found.leaf);
        let kind = strongest.entry(place).or_insert(alternative.kind);
        *kind = (*kind).min(alternative.kind);
    }
    let mut summed: BTreeMap<(usize, Kind), Met> = BTreeMap::new();
    let (mut page, mut counted) = (1, 0);
    for ((start, end, leaf), kind) in strongest {
        let before = text.as_bytes().get(counted..start).unwrap_or(&[]);
        page += before.iter().filter(|byte| **byte == 0x0c).count() as u32;
        counted = start;
        let (words, pages) = summed.entry((leaf, kind)).or_default();
        let word = text.get(start..end).unwrap_or_default();
        let word: Vec<&str> = word.split_whitespace().collect();
        *words.entry(word.join(" ").to_lowercase()).or_default() += 1;
        pages.insert(page);
    }
    let each = summed.into_iter().map(|((leaf, kind), (words, pages))| {
        let mut words: Vec<(String, usize)> = words.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Evidence {
            leaf,
            kind,
            words,
            pages,
        }
    });
    each.collect()
}
