//! What searches find of each other's hits, counted by the cluster. Searches that are too large for one question together are
//! asked one by one, and their hits held against each other here: then memory grows with what they find together.

use super::compile::{all_of, any_of, none_of};
use super::count::per_source;
use super::state::{AT_A_TIME, State, by_id};
use super::template as field;
use crate::DocId;
use crate::index::{DateField, Extent, FacetField, IndexError, Overlap, Share};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The shares of these searches, each as a query with its filters.
///
/// # Errors
/// Those of the cluster.
pub fn overlap(state: &State, searches: &[Value]) -> Result<Overlap, IndexError> {
    match together(state, searches) {
        Err(IndexError::NotExactly(_)) => one_by_one(state, searches),
        result => result,
    }
}

fn together(state: &State, searches: &[Value]) -> Result<Overlap, IndexError> {
    let mut shares = Vec::with_capacity(searches.len());
    for (at, query) in searches.iter().enumerate() {
        let others = searches.iter().enumerate();
        let others = others.filter(|(other, _)| *other != at);
        let others = others.map(|(_, query)| query.clone()).collect();
        let alone = all_of(vec![query.clone(), none_of(vec![any_of(others)])]);
        shares.push(Share {
            extent: extent(state, query)?,
            unique: state.count(&alone)?,
        });
    }
    Ok(Overlap {
        searches: shares,
        together: extent(state, &any_of(searches.to_vec()))?,
    })
}

/// A hit of one search or more.
struct Hit {
    /// The first search that found it, and whether another did.
    first: usize,
    shared: bool,
    family: DocId,
    bron: String,
}

fn one_by_one(state: &State, searches: &[Value]) -> Result<Overlap, IndexError> {
    let mut hits: HashMap<DocId, Hit> = HashMap::new();
    let mut extents = Vec::with_capacity(searches.len());
    for (at, query) in searches.iter().enumerate() {
        extents.push(extent(state, query)?);
        each_hit(state, query, &mut |id, family, bron| {
            let hit = hits.entry(id).or_insert_with(|| Hit {
                first: at,
                shared: false,
                family,
                bron: bron.to_owned(),
            });
            hit.shared |= hit.first != at;
        })?;
    }
    let mut unique = vec![0; searches.len()];
    let mut per_source: BTreeMap<String, u64> = BTreeMap::new();
    for hit in hits.values() {
        unique[hit.first] += u64::from(!hit.shared);
        *per_source.entry(hit.bron.clone()).or_default() += 1;
    }
    let families: HashSet<DocId> = hits.values().map(|hit| hit.family).collect();
    let shares = extents.into_iter().zip(unique);
    Ok(Overlap {
        searches: shares
            .map(|(extent, unique)| Share { extent, unique })
            .collect(),
        together: Extent {
            total: hits.len() as u64,
            families: families.len() as u64,
            per_source,
        },
    })
}

/// Hands over every hit: itself, its family and its source.
fn each_hit(
    state: &State,
    query: &Value,
    each: &mut dyn FnMut(DocId, DocId, &str),
) -> Result<(), IndexError> {
    let bron = field::facet(FacetField::Bron, DateField::default());
    let more = json!({"_source": false, "docvalue_fields": [field::FAMILY, bron]});
    let id = |value: &Value| -> Result<DocId, IndexError> {
        let text = value.as_str().unwrap_or_default();
        text.parse().map_err(IndexError::Engine)
    };
    state.walk(query, &by_id(), &more, None, AT_A_TIME, &mut |hit| {
        let fields = &hit["fields"];
        let name = fields[&bron][0].as_str().unwrap_or_default();
        each(id(&hit["_id"])?, id(&fields[field::FAMILY][0])?, name);
        Ok(true)
    })
}

fn extent(state: &State, query: &Value) -> Result<Extent, IndexError> {
    let per_source = per_source(state, query)?;
    let mut families = 0;
    state.values(query, field::FAMILY, &mut |_, _| {
        families += 1;
        Ok(())
    })?;
    Ok(Extent {
        total: per_source.values().sum(),
        families,
        per_source,
    })
}
