//! Places in a list of hits, as text: a cursor names the state of the index, the order, and the hit after which the list
//! goes on. Owns that text. Never looks at documents.

use super::hits::{Key, Rank};
use crate::index::{Cursor, IndexError, Sort};
use sha2::{Digest, Sha256};
use tantivy::Searcher;

/// Digits of the tag of a scope, and of a score.
const DIGITS: usize = 16;

/// Names exactly this set of segments and deletions.
pub fn state_id(searcher: &Searcher) -> String {
    let mut hasher = Sha256::new();
    for segment in searcher.segment_readers() {
        hasher.update(segment.segment_id().uuid_string());
        hasher.update(segment.delete_opstamp().unwrap_or(0).to_be_bytes());
    }
    hasher.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The place behind `key` in the order `sort` of the state `id`; `scope` is the tag of the part that is looked at, if it
/// is one.
pub fn cursor(id: &str, scope: Option<&str>, key: &Key, sort: Sort) -> Cursor {
    let rank = match (&key.rank, scope) {
        // A part has scores of its own: in another one this would be another place.
        (Rank::Number(number), Some(tag)) if sort == Sort::Relevantie => {
            format!("{tag}{number:016x}")
        }
        (Rank::Number(number), _) => format!("{number:x}"),
        (Rank::Path(path), _) => path.bytes().map(|byte| format!("{byte:02x}")).collect(),
    };
    Cursor(format!("{id}.{}.{:x}.{rank}", sort.name(), key.id))
}

/// What a cursor says, for the same state, part and order.
///
/// # Errors
/// [`IndexError::SnapshotGone`] when it is of another state or part.
pub fn after(
    id: &str,
    scope: Option<&str>,
    cursor: &Cursor,
    sort: Sort,
) -> Result<Key, IndexError> {
    let mut fields = cursor.0.split('.');
    let mut next = || fields.next().ok_or(IndexError::BadCursor);
    if next()? != id {
        return Err(IndexError::SnapshotGone);
    }
    if next()? != sort.name() {
        return Err(IndexError::BadCursor);
    }
    let id = u128::from_str_radix(next()?, 16).map_err(|_| IndexError::BadCursor)?;
    let rank = next()?;
    let number = |digits: &str| u64::from_str_radix(digits, 16).map_err(|_| IndexError::BadCursor);
    let rank = match sort {
        Sort::Pad => Rank::Path(from_hex(rank).ok_or(IndexError::BadCursor)?),
        Sort::Relevantie => Rank::Number(number(score(rank, scope)?)?),
        _ => Rank::Number(number(rank)?),
    };
    Ok(Key { rank, id })
}

/// The digits of the score in a place of this part.
fn score<'a>(rank: &'a str, scope: Option<&str>) -> Result<&'a str, IndexError> {
    let (tag, score) = match rank.len() {
        length if length <= DIGITS => (None, rank),
        length if length == 2 * DIGITS => {
            let (tag, score) = rank.split_at_checked(DIGITS).ok_or(IndexError::BadCursor)?;
            (Some(tag), score)
        }
        _ => return Err(IndexError::BadCursor),
    };
    match tag == scope {
        true => Ok(score),
        false => Err(IndexError::SnapshotGone),
    }
}

/// The state that a cursor names, when it has the shape of one: state, order, id and rank.
pub fn state_in(cursor: &Cursor) -> Option<&str> {
    let hexadecimal = |text: &str, longest: usize| {
        (1..=longest).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let fields: Vec<&str> = cursor.0.split('.').collect();
    let [snapshot, sort, id, rank] = fields.as_slice() else {
        return None;
    };
    let known = Sort::ALL.iter().any(|known| known.name() == *sort);
    let shaped = known && hexadecimal(id, 32) && hexadecimal(rank, usize::MAX);
    (shaped && snapshot.len() == 16 && hexadecimal(snapshot, 16)).then_some(*snapshot)
}

fn from_hex(text: &str) -> Option<String> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    String::from_utf8(
        (0..text.len())
            .step_by(2)
            .map(byte)
            .collect::<Option<_>>()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_by_relevance_is_one_of_its_own_part() {
        let (state, tag, other) = ("0123456789abcdef", "00000000000000aa", "00000000000000bb");
        let key = Key {
            rank: Rank::Number(7),
            id: 5,
        };
        for scope in [None, Some(tag)] {
            for (sort, rank) in [
                (Sort::Relevantie, Rank::Number(7)),
                (Sort::DatumOudst, Rank::Number(u64::MAX)),
                (Sort::Pad, Rank::Path("a/b".into())),
            ] {
                let key = Key {
                    rank,
                    ..key.clone()
                };
                let place = cursor(state, scope, &key, sort);
                assert_eq!(state_in(&place), Some(state));
                let back = after(state, scope, &place, sort);
                assert_eq!(back.expect("a place"), key, "{place:?}");
            }
        }
        let relevance = |scope, place: &Cursor| after(state, scope, place, Sort::Relevantie);
        for (made, read) in [
            (Some(tag), Some(other)),
            (Some(tag), None),
            (None, Some(tag)),
        ] {
            let place = cursor(state, made, &key, Sort::Relevantie);
            let gone = relevance(read, &place);
            assert!(matches!(gone, Err(IndexError::SnapshotGone)), "{place:?}");
        }
        let long = Cursor(format!("{state}.relevantie.5.{}", "0".repeat(33)));
        assert!(matches!(relevance(None, &long), Err(IndexError::BadCursor)));
    }
}
