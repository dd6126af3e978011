//! What searches find of each other's hits, counted by the cluster: no hit comes here. Owns nothing but the questions.

use super::compile::{all_of, any_of, none_of};
use super::count::per_source;
use super::state::State;
use super::template as field;
use crate::index::{Extent, IndexError, Overlap, Share};
use serde_json::Value;

/// The shares of these searches, each as a query with its filters.
///
/// # Errors
/// Those of the cluster.
pub fn overlap(state: &State, searches: &[Value]) -> Result<Overlap, IndexError> {
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
