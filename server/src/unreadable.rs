//! All documents that could not, or not wholly, be read: finding them one stretch after another, and counting why.
//! Never holds all of them at once.

use std::collections::HashMap;
use zv_shared::index::{Cursor, FacetField, Filters, IndexError, Page, Search, Snapshot, Sort};
use zv_shared::{Document, Query, Readability};

/// Documents in one go.
const STRETCH: usize = 500;
/// Different reasons that are told apart; further ones count together.
const MOST_REASONS: usize = 1_000;
/// The reason that further ones count under.
const OTHERS: &str = "overige redenen";

/// Said when a document does not tell why.
pub const UNKNOWN: &str = "de reden is niet bekend";

/// Why documents could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What such reasons have in common.
    pub name: String,
    /// The first one in full, when it says more.
    pub example: Option<String>,
    /// Documents.
    pub count: u64,
}

/// The search that finds them.
pub fn search() -> Search {
    let values = [Readability::Gedeeltelijk, Readability::Onleesbaar];
    let values = values.map(|value| value.name().to_owned());
    Search {
        filters: Filters::from([(FacetField::Leesbaarheid, values.into())]),
        ..Search::of(Query::All)
    }
}

/// The next `limit` of them, by source and path.
pub fn stretch(
    snapshot: &dyn Snapshot,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page, IndexError> {
    snapshot.hits(&search(), Sort::Pad, after, limit)
}

/// Hands over all of them, stretch by stretch, until `each` says that it is enough.
pub fn each<E: From<IndexError>>(
    snapshot: &dyn Snapshot,
    mut each: impl FnMut(Vec<Document>) -> Result<bool, E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        let page = stretch(snapshot, after.as_ref(), STRETCH)?;
        let documents = page.hits.into_iter().map(|hit| hit.document).collect();
        after = page.next;
        if !each(documents)? || after.is_none() {
            return Ok(());
        }
    }
}

/// The reasons by what they have in common, the most frequent first.
pub fn reasons(snapshot: &dyn Snapshot) -> Result<Vec<Reason>, IndexError> {
    let mut counts: HashMap<String, Reason> = HashMap::new();
    each(snapshot, |documents| {
        for document in &documents {
            count(&mut counts, document.reason.as_deref().unwrap_or(UNKNOWN));
        }
        Ok::<_, IndexError>(true)
    })?;
    let mut reasons: Vec<Reason> = counts.into_values().collect();
    reasons.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
    Ok(reasons)
}

fn count(counts: &mut HashMap<String, Reason>, reason: &str) {
    let mut name = fixed_part(reason);
    if !counts.contains_key(&name) && counts.len() >= MOST_REASONS {
        name = OTHERS.to_owned();
    }
    let fresh = || Reason {
        example: (name != reason).then(|| reason.to_owned()),
        name: name.clone(),
        count: 0,
    };
    counts.entry(name.clone()).or_insert_with(fresh).count += 1;
}

/// What a reason has in common with others of its kind: no names, no figures, no further explanation.
fn fixed_part(reason: &str) -> String {
    let end = reason.find([':', '(', '"']).unwrap_or(reason.len());
    let head = reason[..end].trim();
    let head = if head.is_empty() { reason } else { head };
    let mut name = String::new();
    let mut digits = false;
    for letter in head.chars() {
        let digit = letter.is_ascii_digit();
        if digit && !digits {
            name.push('…');
        } else if !digit {
            name.push(letter);
        }
        digits = digit;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_by_their_fixed_part() {
        let mut counts = HashMap::new();
        for reason in [
            "geen lezer voor dit formaat (dwg)",
            "geen lezer voor dit formaat (psd)",
            "beschadigd: de inhoudsopgave ontbreekt",
            "3 van 12 pagina's zonder tekst: afbeelding of scan, en er is geen OCR",
            "4 van 5 pagina's zonder tekst: afbeelding of scan, en er is geen OCR",
            ": vreemd",
        ] {
            count(&mut counts, reason);
        }
        let of = |name: &str| counts.get(name).map(|reason| reason.count);
        assert_eq!(of("geen lezer voor dit formaat"), Some(2));
        assert_eq!(of("beschadigd"), Some(1));
        assert_eq!(of("… van … pagina's zonder tekst"), Some(2));
        assert_eq!(of(": vreemd"), Some(1));
        let example = counts["beschadigd"].example.as_deref();
        assert_eq!(example, Some("beschadigd: de inhoudsopgave ontbreekt"));
    }

    #[test]
    fn endlessly_many_reasons_take_no_endless_room() {
        let mut counts = HashMap::new();
        let letters = |number: usize| {
            let letter = |place: u32| char::from(b'a' + (number / 26usize.pow(place) % 26) as u8);
            [letter(0), letter(1), letter(2)]
                .into_iter()
                .collect::<String>()
        };
        for number in 0..3_000 {
            count(&mut counts, &letters(number));
        }
        assert_eq!(counts.len(), MOST_REASONS + 1);
        assert_eq!(
            counts.values().map(|reason| reason.count).sum::<u64>(),
            3_000
        );
    }
}
