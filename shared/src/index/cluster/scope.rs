//! The part of an index that somebody may see, as a query. Owns which documents it holds, and which of them have another
//! like them within it. Never knows why: rights are the caller's.

use super::compile::{all_of, any_of, none_of, one_of, term};
use super::state::State;
use super::template as field;
use crate::access::group_of;
use crate::globs::Globs;
use crate::index::layout::FACET_BYTES;
use crate::index::rights::{self, CLOSED, UNKNOWN};
use crate::index::wanted::Wanted;
use crate::index::{DateField, FacetField, IndexError, Reach};
use crate::{Document, GroupKey, Likeness};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Longer paths were cut: where they end is not known. The order within a family takes 9 bytes in the embedded engine.
const PATH_BYTES: usize = FACET_BYTES - 16 - 9;

/// Documents that somebody may see.
#[derive(Debug)]
pub struct Scope {
    /// What is wanted.
    pub wanted: Wanted,
    /// Names it: 16 hexadecimal digits.
    pub tag: String,
    /// What a document in it must have.
    pub query: Value,
    /// Groups of several in it, by content and by nearly the same text.
    several: OnceLock<[BTreeSet<String>; 2]>,
}

fn bron_field() -> String {
    field::facet(FacetField::Bron, DateField::default())
}

/// Not unique in the whole index.
fn not_unique() -> Value {
    let name = field::facet(FacetField::Dubbel, DateField::default());
    none_of(vec![term(&name, Likeness::Uniek.name())])
}

impl Scope {
    /// The documents of `wanted`; `None` when that is the whole index.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn new(state: &State, wanted: Wanted) -> Result<Option<Self>, IndexError> {
        let mut parts = vec![none_of(vec![term(field::ACCESS, CLOSED)])];
        if let Some(bronnen) = wanted.bronnen() {
            let each = bronnen.iter();
            let each = each.map(|(bron, ways)| of_source(state, bron, ways));
            parts.push(any_of(each.collect::<Result<_, _>>()?));
        }
        let query = all_of(parts);
        let all = state.count(&super::compile::everything())?;
        if state.count(&query)? == all {
            return Ok(None);
        }
        Ok(Some(Scope {
            tag: wanted.tag(),
            wanted,
            query,
            several: OnceLock::new(),
        }))
    }

    /// Documents of the scope that are like others of it in this way.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn alike(&self, state: &State, likeness: Likeness) -> Result<Value, IndexError> {
        let [same, near] = self.several(state)?;
        let same = one_of(field::SAME, same.iter().cloned());
        let near = one_of(field::NEAR, near.iter().cloned());
        Ok(match likeness {
            Likeness::Dubbel => all_of(vec![not_unique(), same]),
            Likeness::Bijna => all_of(vec![not_unique(), near, none_of(vec![same])]),
            Likeness::Uniek => none_of(vec![all_of(vec![not_unique(), any_of(vec![same, near])])]),
        })
    }

    fn several(&self, state: &State) -> Result<&[BTreeSet<String>; 2], IndexError> {
        if let Some(known) = self.several.get() {
            return Ok(known);
        }
        let query = all_of(vec![self.query.clone(), not_unique()]);
        let mut found = [BTreeSet::new(), BTreeSet::new()];
        for (name, found) in [field::SAME, field::NEAR].into_iter().zip(&mut found) {
            state.values(&query, name, &mut |group, documents| {
                if documents > 1 {
                    found.insert(group.to_owned());
                }
                match found.len() > field::MOST_VALUES {
                    true => Err(IndexError::NotExactly(TOO_MANY_GROUPS)),
                    false => Ok(()),
                }
            })?;
        }
        Ok(self.several.get_or_init(|| found))
    }

    /// Tells of each document whether there is another like it in the scope, and nothing else about others.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn tell(&self, state: &State, documents: &mut [Document]) -> Result<(), IndexError> {
        let group = |key: Option<GroupKey>| key.map(|key| key.to_string());
        let alike = |document: &&Document| document.relations.likeness != Likeness::Uniek;
        let keys = |of: fn(&Document) -> Option<GroupKey>| -> BTreeSet<String> {
            let each = documents.iter().filter(alike);
            each.filter_map(|document| group(of(document))).collect()
        };
        let same = keys(|document| document.relations.same);
        let near = keys(|document| document.relations.near);
        let mut several = BTreeMap::new();
        if !same.is_empty() || !near.is_empty() {
            let count = |name: &str, keys: &BTreeSet<String>| {
                let size = keys.len().max(1);
                json!({
                    "filter": one_of(name, keys.iter().cloned()),
                    "aggs": {"v": {"terms": {"field": name, "size": size, "shard_size": size, "min_doc_count": 1}}}
                })
            };
            let answer = state.search(json!({
                "query": all_of(vec![self.query.clone(), not_unique()]),
                "size": 0,
                "aggs": {
                    field::SAME: count(field::SAME, &same),
                    field::NEAR: count(field::NEAR, &near)
                }
            }))?;
            for name in [field::SAME, field::NEAR] {
                let found = super::state::tally(&answer["aggregations"][name]["v"])?;
                several.insert(name, found);
            }
        }
        let met = |name: &str, key: Option<GroupKey>| {
            let found = several.get(name).zip(group(key));
            let found = found.and_then(|(found, key)| found.get(&key).copied());
            found.unwrap_or(0) > 1
        };
        for document in documents {
            let relations = &mut document.relations;
            relations.likeness = match relations.likeness {
                Likeness::Uniek => Likeness::Uniek,
                _ if met(field::SAME, relations.same) => Likeness::Dubbel,
                _ if met(field::NEAR, relations.near) => Likeness::Bijna,
                _ => Likeness::Uniek,
            };
            // That a mail is repeated elsewhere may be a hint at a mail outside.
            relations.inclusive = None;
        }
        Ok(())
    }
}

const TOO_MANY_GROUPS: &str =
    "er zijn meer dan een miljoen groepen van gelijke documenten. Kies minder bronnen.";
const TOO_MANY_FILES: &str =
    "de uitgezonderde paden gaan over meer dan een miljoen bestanden. Kies minder bronnen.";

/// The documents of a source to which all of these ways are open.
fn of_source(
    state: &State,
    bron: &str,
    ways: &BTreeSet<BTreeSet<Reach>>,
) -> Result<Value, IndexError> {
    let mut parts = vec![term(&bron_field(), bron)];
    for way in ways {
        let mut found = Vec::new();
        for reach in way {
            match reach {
                // A way in with this would not have been asked for.
                Reach::Everything => {}
                Reach::But(patterns) => found.push(not_covered(state, patterns, bron)?),
                Reach::Rights(principals) => {
                    let mut words = Vec::new();
                    let all = super::compile::everything();
                    state.values(&all, field::ACCESS, &mut |word, _| {
                        if rights::admits(word, |name| principals.has(name)) == Some(true) {
                            words.push(word.to_owned());
                        }
                        Ok(())
                    })?;
                    if principals.has(&group_of(bron)) {
                        words.push(UNKNOWN.to_owned());
                    }
                    found.push(one_of(field::ACCESS, words));
                }
            }
        }
        parts.push(any_of(found));
    }
    Ok(all_of(parts))
}

/// The documents of `bron` whose file no pattern covers.
fn not_covered(
    state: &State,
    patterns: &BTreeSet<String>,
    bron: &str,
) -> Result<Value, IndexError> {
    let patterns: Vec<String> = patterns.iter().cloned().collect();
    let globs = Globs::new(&patterns).map_err(|error| IndexError::Engine(error.to_string()))?;
    let prefix = format!("{bron}/");
    let mut covered = Vec::new();
    let of_bron = term(&bron_field(), bron);
    state.values(&of_bron, field::FILE, &mut |file, _| {
        let path = file.strip_prefix(&prefix);
        let path = path.filter(|_| file.len() < PATH_BYTES);
        if path.is_none_or(|path| globs.cover(path.as_bytes())) {
            covered.push(file.to_owned());
        }
        match covered.len() > field::MOST_VALUES {
            true => Err(IndexError::NotExactly(TOO_MANY_FILES)),
            false => Ok(()),
        }
    })?;
    Ok(none_of(vec![one_of(field::FILE, covered)]))
}
