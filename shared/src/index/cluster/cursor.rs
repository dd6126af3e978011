//! Places in a list of hits, as text: the state of the index, the order, and the hit after which the list goes on. Owns that text.

use crate::index::{Cursor, IndexError, Sort};
use serde_json::{Value, json};

/// The place behind a hit with these sort values; `tag` names the part that is looked at, if it is one.
pub fn cursor(state: &str, tag: Option<&str>, sort: Sort, values: &Value) -> Cursor {
    // A part has scores of its own: in another one this would be another place.
    let part = tag.filter(|_| sort == Sort::Relevantie).unwrap_or("0");
    let place: String = values
        .to_string()
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Cursor(format!("{state}.{}.{part}.{place}", sort.name()))
}

/// The sort values behind which the list goes on.
///
/// # Errors
/// [`IndexError::SnapshotGone`] when it is of another state or part, [`IndexError::BadCursor`] when it is no place.
pub fn after(
    state: &str,
    tag: Option<&str>,
    sort: Sort,
    cursor: &Cursor,
) -> Result<Value, IndexError> {
    let fields: Vec<&str> = cursor.0.split('.').collect();
    let [named, order, part, place] = fields.as_slice() else {
        return Err(IndexError::BadCursor);
    };
    if *named != state {
        return Err(IndexError::SnapshotGone);
    }
    if *order != sort.name() {
        return Err(IndexError::BadCursor);
    }
    if *part != tag.filter(|_| sort == Sort::Relevantie).unwrap_or("0") {
        return Err(IndexError::SnapshotGone);
    }
    let values = from_hex(place).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let values = values.filter(|values| {
        let two = values.as_array().filter(|values| values.len() == 2);
        two.is_some_and(|two| {
            let plain = two[0].is_number() || two[0].is_string() || two[0].is_null();
            plain && two[1].is_string()
        })
    });
    values.ok_or(IndexError::BadCursor)
}

/// The state that a cursor names.
pub fn state_in(cursor: &Cursor) -> Option<&str> {
    let (state, _) = cursor.0.split_once('.')?;
    let named = state.len() == 16 && state.bytes().all(|byte| byte.is_ascii_hexdigit());
    named.then_some(state)
}

/// What the cluster sorts by; `day` is the first day of the chosen date.
pub fn order(sort: Sort, day: &str) -> Value {
    let first = match sort {
        Sort::Relevantie => json!({"_score": "desc"}),
        Sort::DatumNieuwst => json!({day: {"order": "desc", "missing": "_last"}}),
        Sort::DatumOudst => json!({day: {"order": "asc", "missing": "_last"}}),
        Sort::Pad => json!({super::template::PATH_ORDER: "asc"}),
    };
    json!([first, {super::template::ID: "asc"}])
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_of_its_state_order_and_part() {
        let (state, tag) = ("0123456789abcdef", Some("00000000000000aa"));
        let values = json!([1.25, "5"]);
        let place = cursor(state, tag, Sort::Relevantie, &values);
        assert_eq!(state_in(&place), Some(state));
        let read = |state, tag, sort| after(state, tag, sort, &place);
        assert_eq!(read(state, tag, Sort::Relevantie).expect("a place"), values);
        let gone = read(state, None, Sort::Relevantie);
        assert!(matches!(gone, Err(IndexError::SnapshotGone)));
        let gone = read("fedcba9876543210", tag, Sort::Relevantie);
        assert!(matches!(gone, Err(IndexError::SnapshotGone)));
        let bad = read(state, tag, Sort::Pad);
        assert!(matches!(bad, Err(IndexError::BadCursor)));
        for text in [
            "onzin",
            "0123456789abcdef.pad.0.zz",
            "0123456789abcdef.pad.0.7b7d",
        ] {
            let bad = after(state, None, Sort::Pad, &Cursor(text.to_owned()));
            assert!(matches!(bad, Err(IndexError::BadCursor)), "{text}");
        }
    }
}
