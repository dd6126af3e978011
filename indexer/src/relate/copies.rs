//! Documents that are the same or nearly the same. The same: equal keys. Nearly: signatures that are equal in three
//! quarters of their rows; candidates are those with an equal band of rows, so that not every pair is compared.
//! Never reads a text but those of chats.

use super::union::Union;
use super::{Changes, Texts, chats, equal, name};
use std::collections::HashSet;
use zv_shared::index::{IndexError, RelationTable};
use zv_shared::relation::SIGNATURE_ROWS;
use zv_shared::{GroupKey, Signature};

/// Bands of four rows: two texts that share four fifths have an equal band with a chance of .9998.
const BANDS: usize = SIGNATURE_ROWS / 4;
/// Rows that must be equal to be nearly the same.
pub(super) const NEARLY: u32 = SIGNATURE_ROWS as u32 * 3 / 4;
/// With how many others of an equal band a document is compared.
const COMPARED: usize = 8;

pub(super) fn find(
    table: &dyn RelationTable,
    texts: &Texts<'_>,
    now: &mut Changes,
) -> Result<(), IndexError> {
    same(table, now);
    let mut union = Union::new(table.len());
    for band in 0..BANDS {
        join_band(table, band, &mut union);
    }
    chats::join(table, texts, &mut union)?;
    let mut taken = HashSet::new();
    union.sets(2, |set| {
        let borne = set.iter().filter_map(|&row| table.groups(row).near);
        let fallback = GroupKey(u64::from_be_bytes(first_half(table, set[0])));
        let key = name(borne, fallback, &mut taken);
        now.near.extend(set.iter().map(|&row| (row, key)));
        Ok(())
    })
}

fn same(table: &dyn RelationTable, now: &mut Changes) {
    let keys = (0..table.len()).filter_map(|row| Some((table.groups(row).same?, row)));
    let mut keys: Vec<(GroupKey, u32)> = keys.collect();
    keys.sort_unstable();
    for group in equal(&keys) {
        now.doubles.extend(group.iter().map(|(_, row)| *row));
    }
}

/// The bands of a signature, each told from the others.
pub(super) fn bands(signature: &Signature) -> impl Iterator<Item = u64> + '_ {
    (0..BANDS).map(|band| ((band as u64) << 32) | u64::from(word(signature, band)))
}

/// One band: four rows.
fn word(signature: &Signature, band: usize) -> u32 {
    (signature.0[band / 2] >> (32 * (band % 2))) as u32
}

fn join_band(table: &dyn RelationTable, band: usize, union: &mut Union) {
    let key = |row| {
        let signature = table.signature(row)?;
        Some((word(&signature, band), row))
    };
    let mut keys: Vec<(u32, u32)> = (0..table.len()).filter_map(key).collect();
    keys.sort_unstable();
    for group in equal(&keys) {
        join_similar(table, group, union);
    }
}

/// Joins each row of a group with an earlier one that it is nearly the same as.
fn join_similar(table: &dyn RelationTable, group: &[(u32, u32)], union: &mut Union) {
    let mut kept: Vec<(u32, Signature)> = Vec::new();
    for &(_, row) in group {
        let Some(signature) = table.signature(row) else {
            continue;
        };
        let like = kept
            .iter()
            .find(|(_, other)| signature.equal_rows(other) >= NEARLY);
        match like {
            Some((other, _)) => union.join(row, *other),
            None if kept.len() < COMPARED => kept.push((row, signature)),
            None => {}
        }
    }
}

/// A number of a document's own, for a group that has no name yet.
pub(super) fn first_half(table: &dyn RelationTable, row: u32) -> [u8; 8] {
    let mut half = [0; 8];
    half.copy_from_slice(&table.id(row).0[..8]);
    half
}
