//! Shows hits that belong together once: of each group the newest, and of equals the one with the lowest id. Memory and
//! answers grow with the hits, only when it is asked for.

use super::state::{AT_A_TIME, Hit, State, by_id};
use super::template as field;
use crate::index::{Collapse, DateField, IndexError};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// The hits that stand for their groups, by identity.
pub struct Standing(HashSet<u128>);

impl Standing {
    /// Of what `query` finds; `None` when every hit is shown.
    ///
    /// # Errors
    /// Those of the cluster.
    pub fn of(
        collapse: Collapse,
        state: &State,
        query: &Value,
    ) -> Result<Option<Self>, IndexError> {
        // The first that a document has says which group it is in.
        let names: &[&str] = match collapse {
            Collapse::Geen => return Ok(None),
            Collapse::Dubbel => &[field::SAME],
            Collapse::Bijna => &[field::NEAR, field::SAME],
            Collapse::Draad => &[field::THREAD],
        };
        let [_, day] = field::days(DateField::default());
        let mut wanted = names.to_vec();
        wanted.push(&day);
        let more = json!({"_source": false, "docvalue_fields": wanted});
        let mut best: HashMap<(bool, u128), (i64, Reverse<u128>)> = HashMap::new();
        state.walk(query, &by_id(), &more, None, AT_A_TIME, &mut |hit| {
            let id = id_of(hit);
            let first = |name: &str| Some(&hit["fields"][name][0]).filter(|found| !found.is_null());
            let group = names.iter().find_map(|name| first(name)?.as_str());
            let group = group.and_then(|key| u128::from_str_radix(key, 16).ok());
            // What belongs to nothing is a group of its own.
            let key = (group.is_some(), group.unwrap_or(id));
            let day = first(&day).and_then(Value::as_i64).unwrap_or(i64::MIN);
            let newness = (day, Reverse(id));
            let known = best.entry(key).or_insert(newness);
            *known = newness.max(*known);
            Ok(true)
        })?;
        let standing = best.into_values().map(|(_, Reverse(id))| id);
        Ok(Some(Standing(standing.collect())))
    }

    /// How many groups there are.
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether a hit stands for its group.
    pub fn has(&self, hit: &Hit) -> bool {
        self.0.contains(&id_of(hit))
    }
}

fn id_of(hit: &Hit) -> u128 {
    let id = hit["_id"].as_str().unwrap_or_default();
    u128::from_str_radix(id, 16).unwrap_or(0)
}
