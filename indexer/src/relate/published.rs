//! Which documents are public already: those in a source of which everything is, those with the same content as one of
//! them, and those with nearly its text. Each is compared with public documents alone, never by way of a third: what
//! somebody sees of a document must not tell of others that he may not see. Never decides which sources are public.

use super::Changes;
use super::copies::{NEARLY, bands};
use std::collections::{BTreeSet, HashMap, HashSet};
use zv_shared::index::{IndexError, RelationTable};
use zv_shared::{GroupKey, Public, Signature};

/// With how many public documents of an equal band a document is compared.
const COMPARED: usize = 64;

pub(super) fn find(
    table: &dyn RelationTable,
    sources: &BTreeSet<String>,
    now: &mut Changes,
) -> Result<(), IndexError> {
    let mut public = Vec::new();
    for bron in sources {
        public.extend(table.of_source(bron)?);
    }
    if public.is_empty() {
        return Ok(());
    }
    for &row in &public {
        now.published.insert(row, (Public::Gelijk, row));
    }
    same(table, &public, now);
    near(table, &public, now);
    Ok(())
}

/// Whether the mark of the documents of a source is other than it should be.
pub fn is_stale(
    table: &dyn RelationTable,
    bron: &str,
    is_public: bool,
) -> Result<bool, IndexError> {
    let own = |row: u32| {
        let published = table.groups(row).published;
        let itself = zv_shared::index::PublishedRow::new(Public::Gelijk, table.id(row));
        published == Some(itself)
    };
    let rows = table.of_source(bron)?;
    Ok(rows.into_iter().any(|row| own(row) != is_public))
}

fn same(table: &dyn RelationTable, public: &[u32], now: &mut Changes) {
    let mut first: HashMap<GroupKey, u32> = HashMap::new();
    for &row in public {
        if let Some(key) = table.groups(row).same {
            let known = first.entry(key).or_insert(row);
            if table.id(row) < table.id(*known) {
                *known = row;
            }
        }
    }
    for row in 0..table.len() {
        let found = table.groups(row).same.and_then(|key| first.get(&key));
        if let Some(found) = found {
            now.published.entry(row).or_insert((Public::Gelijk, *found));
        }
    }
}

/// A public document that others may be nearly the same as.
struct One {
    row: u32,
    signature: Signature,
}

fn near(table: &dyn RelationTable, public: &[u32], now: &mut Changes) {
    let signed = public.iter().filter_map(|&row| {
        let signature = table.signature(row)?;
        Some(One { row, signature })
    });
    let all: Vec<One> = signed.collect();
    let mut keys: Vec<(u64, u32)> = Vec::new();
    for (at, one) in (0u32..).zip(&all) {
        keys.extend(bands(&one.signature).map(|band| (band, at)));
    }
    keys.sort_unstable();
    let alone = keys.chunk_by(|a, b| a.0 == b.0);
    let by_band: HashMap<u64, &[(u64, u32)]> = alone.map(|group| (group[0].0, group)).collect();
    for row in 0..table.len() {
        if now.published.contains_key(&row) {
            continue;
        }
        let Some(signature) = table.signature(row) else {
            continue;
        };
        let mut met = HashSet::new();
        let candidates = bands(&signature)
            .filter_map(|band| by_band.get(&band))
            .flat_map(|group| group.iter().take(COMPARED))
            .map(|(_, at)| *at)
            .filter(|at| met.insert(*at));
        // Of equally near ones always the same, whatever the order of the rows.
        let nearest = candidates
            .map(|at| &all[at as usize])
            .map(|one| (signature.equal_rows(&one.signature), one.row))
            .filter(|(rows, _)| *rows >= NEARLY)
            .max_by_key(|(rows, row)| (*rows, std::cmp::Reverse(table.id(*row))));
        if let Some((_, found)) = nearest {
            now.published.insert(row, (Public::Bijna, found));
        }
    }
}
